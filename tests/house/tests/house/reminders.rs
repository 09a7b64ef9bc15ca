//! 香薰: three months after a customer took the fragrance, whoever is to look after them is reminded once, with what to say and never in
//! quiet hours; who bought again is reminded later.
//!
//! The clock is the machine's: what was bought is told with the time of three months ago, and the quiet hours end at a full minute
//! that is about to come.

use std::time::Duration;

use kernel::{Clock, SystemClock, Timestamp};
use serde_json::{Value, json};

use crate::{
    server::{Caller, Installation, each, items},
    town::Town,
};

const RULES: &str = "/api/v1/reminders/rules";
const DUE: &str = "/api/v1/reminders?state=due";
const DAY_SECS: i64 = 86_400;
const WAIT_DAYS: i64 = 90;
/// So near the end of a minute the next one would be over before the rule is set.
const LATE_SECS: i64 = 40;
/// Far longer than it takes, also on a busy machine.
const WITHIN_SECS: i64 = 60;

/// Asks until the answer is right, for `within_secs` at most.
async fn soon(caller: &Caller, path: &str, within_secs: i64, right: impl Fn(&Value) -> bool) -> Value {
    let asked = async {
        loop {
            let answer = caller.read(path).await;
            if right(&answer) {
                return answer;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    let within = Duration::from_secs(u64::try_from(within_secs).expect("a time to come"));
    tokio::time::timeout(within, asked).await.unwrap_or_else(|_| panic!("{path} does not come right"))
}

/// Hours and minutes in Shanghai.
fn clock(at: Timestamp) -> String {
    at.plus_secs(8 * 3600).to_string()[11..16].to_owned()
}

/// A day in Shanghai.
fn day(at: Timestamp) -> String {
    at.plus_secs(8 * 3600).to_string()[..10].to_owned()
}

fn bought(user: &str, order: &str, product: &str, at: Timestamp) -> Value {
    json!({"event": "Order Paid", "user_id": user, "message_id": format!("bought-{order}"), "timestamp": at.to_string(),
           "properties": {"order_id": order, "amount_minor": 19_900, "items": [{"name": product}]}})
}

/// A rule whose moment has come, but for the quiet hours, which end at `quiet_to`.
fn fragrance(now: Timestamp, quiet_to: Timestamp) -> Value {
    json!({"name": "香薰回购", "script": "{name}您好，{days}天前的香薰快用完了，{store}给您留了一瓶。", "at": clock(now),
        "quiet_from": clock(quiet_to.plus_secs(-7200)), "quiet_to": clock(quiet_to),
        "terms": {"kind": "after", "wait": {"count": WAIT_DAYS, "unit": "day"},
            "fact": {"event": "Order Paid", "filters": [{"property": "items.name", "test": "contains", "value": "香薰"}]}}})
}

#[tokio::test]
async fn three_months_after_the_fragrance_one_reminder_comes_when_the_quiet_hours_are_over() {
    let house = Installation::new();
    let founded = house.create_brand("jia", "owner@jia.example").await;
    let server = house.serve().await;
    let town = Town::build(&server, &founded, "jia").await;
    town.let_happen().await;

    let now = SystemClock.now();
    let minutes = if now.secs() % 60 > LATE_SECS { 2 } else { 1 };
    let quiet_to = Timestamp::from_secs((now.secs() / 60 + minutes) * 60);
    let days_ago = |days: i64| now.plus_secs(-days * DAY_SECS);
    town.secret
        .hand_in(&[
            bought("h1", "1", "香薰 · 木质调", days_ago(WAIT_DAYS)),
            bought("h2", "2", "香薰", days_ago(WAIT_DAYS)),
            // Bought again ten days later, and told before.
            bought("h2", "3", "香薰", days_ago(WAIT_DAYS - 10)),
            bought("k1", "4", "地毯", days_ago(WAIT_DAYS)),
        ])
        .await;
    server.ready().await;
    let made = town.owner.make(RULES, &fragrance(now, quiet_to)).await;
    let rule = format!("{RULES}/{}", made["id"].as_str().expect("an id"));
    let counted = soon(&town.owner, &rule, WITHIN_SECS, |rule| rule["ready"] == true).await;
    assert_eq!(counted["counts"]["waiting"], 2, "what was bought before counts: {counted}");

    // It reaches whom the customer belongs to, and nobody else.
    let keeper = town.sign_in(&server, "m2").await;
    let mine = format!("{DUE}&mine=true");
    let left = quiet_to.micros_since(SystemClock.now()) / 1_000_000;
    let told = soon(&keeper, &mine, left.max(0) + WITHIN_SECS, |list| !items(list).is_empty()).await;
    assert_eq!(each(&told, "name"), ["jia·h1"]);
    let one = &items(&told)[0];
    assert_eq!(one["script"], "jia·h1您好，90天前的香薰快用完了，jia·store-2给您留了一瓶。");
    assert_eq!((&one["staff"]["id"], &one["due_at"], &one["late"]), (&json!("m2"), &json!(quiet_to), &json!(false)));
    let told_at = Timestamp::parse(one["told_at"].as_str().expect("told")).expect("a time");
    assert!(told_at >= quiet_to, "told at {told_at}, in the quiet hours until {quiet_to}");
    assert!(items(&town.sign_in(&server, "m1").await.read(DUE).await).is_empty());
    let facts = "/api/v1/facts?event=Reminder%20Due";
    let due = soon(&town.owner, facts, WITHIN_SECS, |facts| !items(facts).is_empty()).await;
    assert_eq!((items(&due).len(), &items(&due)[0]["properties"]["staff"]), (1, &json!("m2")));

    // Who bought again is reminded ten days later.
    let calendar = town.owner.read("/api/v1/reminders/calendar").await;
    let coming: Vec<&Value> =
        calendar["days"].as_array().expect("days").iter().filter(|day| day["rules"] != json!([])).collect();
    assert_eq!(coming.len(), 1, "{coming:?}");
    assert_eq!(
        (&coming[0]["date"], &coming[0]["rules"][0]["count"]),
        (&json!(day(now.plus_secs(10 * DAY_SECS))), &json!(1))
    );

    // A repurchase makes the reminder needless, and starts the three months anew.
    town.secret.hand_in(&[bought("h1", "5", "香薰", SystemClock.now())]).await;
    let all = "/api/v1/reminders";
    let after = soon(&keeper, all, WITHIN_SECS, |list| each(list, "state") == ["overtaken"]).await;
    assert_eq!(items(&after)[0]["id"], one["id"]);
    assert_eq!(town.owner.read(&rule).await["counts"]["waiting"], 2);
    assert!(items(&keeper.read(&mine).await).is_empty());
}
