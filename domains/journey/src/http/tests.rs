//! Stories of reminders, as staff are told them.

use std::sync::Arc;

use axum::Router;
use db::{Records, db_test};
use facts::Kind;
use kernel::{Clock, ManualClock, SeededEntropy, Timestamp};
use serde_json::{Value, json};
use web::{
    openapi::{assemble, complaints},
    testing::{KnownCallers, check_authorisation},
};

use crate::{
    Wiring,
    testing::{House, Names, fragrance, migrations},
};

fn idle(records: Records) -> Wiring {
    let names = Arc::new(Names::default());
    Wiring {
        records,
        rivers: Arc::default(),
        persons: names.clone(),
        directory: names,
        clock: Arc::new(ManualClock::at(Timestamp::from_secs(1_790_000_000))),
        entropy: Arc::new(SeededEntropy::new(1)),
        signal: Arc::default(),
    }
}

#[db_test(migrations = migrations())]
async fn every_endpoint_asks_for_the_permission_it_names(records: Records) {
    assert_eq!(check_authorisation(|gate| crate::router(idle(records), gate)).await, [""; 0]);
}

#[db_test(migrations = migrations())]
async fn the_document_is_complete(records: Records) {
    let gate = KnownCallers::default().gate();
    let (_, api): (Router, _) = assemble("test", "1", &[crate::TAG], [crate::router(idle(records), gate)]);
    assert_eq!(complaints(&api), [""; 0]);
}

const DUE: &str = "/api/v1/reminders?state=due";

#[db_test(migrations = migrations())]
async fn three_months_after_the_fragrance_its_owner_is_reminded_once_and_a_repurchase_moves_it(records: Records) {
    let house = House::new(&records).await;
    let rule = house.rule(fragrance()).await;
    house.customer("lin", json!({"name": "林晓"}), json!({"unit": "store-1", "staff": "guide-1"})).await;
    house.customer("chen", json!({"name": "陈"}), json!({"unit": "store-1"})).await;
    house.buys("lin", "1", "香薰 · 木质调").await;
    house.buys("chen", "2", "地毯").await;
    house.buys("lin", "3", "花束").await;

    // Nothing until the third month is over, then exactly one, at eight in the evening.
    assert_eq!(house.until("2026-11-22T19:59:00+08:00", 43_211).await, 0);
    assert_eq!(house.until("2026-11-22T20:00:00+08:00", 60).await, 1);
    assert_eq!(house.until("2026-11-24T20:00:00+08:00", 3600).await, 0);
    let mine = house.get("guide", &format!("{DUE}&mine=true")).await;
    assert_eq!(mine.json["items"].as_array().map(Vec::len), Some(1), "{}", mine.json);
    let one = &mine.json["items"][0];
    assert_eq!(one["script"], "林晓您好，92天前的香薰快用完了，一店给您留了一瓶。");
    assert_eq!(one["why"]["zh"], "92 天前（8月22日）支付订单");
    assert_eq!((&one["staff"]["id"], &one["late"]), (&json!("guide-1"), &json!(false)));
    let told = house.outbox().await;
    assert_eq!(told.len(), 1);
    assert_eq!(
        (told[0].0.as_str(), &told[0].1["person"], &told[0].1["staff"]),
        ("Reminder Due", &json!("p1"), &json!("guide-1"))
    );
    assert!(!told[0].1.to_string().contains("林"), "no personal data: {}", told[0].1);
    house.carry().await;

    // Whoever has nothing to do with it does not see it.
    assert_eq!(house.get("two", DUE).await.each("items", "id").len(), 0);
    let path = format!("/api/v1/reminders/{}", one["id"].as_str().expect("an id"));
    assert_eq!((house.get("two", &path).await.status, house.get("one", &path).await.status), (404, 200));

    // Answered, taken back, answered again.
    let answer = format!("{path}/answer");
    assert_eq!(house.post("two", &answer, &json!({"result": "done"})).await.status, 404);
    let done = house.post("guide", &answer, &json!({"result": "done", "note": "下周来店"})).await;
    assert_eq!((done.status, &done.json["state"], &done.json["note"]), (200, &json!("done"), &json!("下周来店")));
    assert_eq!(house.post("guide", &answer, &json!({"result": "skipped"})).await.status, 409);
    assert_eq!(house.delete("guide", &answer).await.json["state"], "due");
    assert_eq!(house.post("guide", &answer, &json!({"result": "skipped"})).await.json["state"], "skipped");
    let answers: Vec<Value> = house
        .outbox()
        .await
        .into_iter()
        .filter(|(event, _)| event == "Reminder Answered")
        .map(|(_, told)| told["answer"].clone())
        .collect();
    assert_eq!(answers, ["done", "withdrawn", "skipped"]);

    // They buy another one, and a month later one more: the reminder moves, and comes once.
    house.buys("lin", "4", "香薰").await;
    house.until("2026-12-24T20:00:00+08:00", 86_400).await;
    house.buys("lin", "5", "香薰").await;
    assert_eq!(house.until("2027-03-24T19:00:00+08:00", 86_400).await, 0, "not three months after the first");
    assert_eq!(house.until("2027-03-24T20:00:00+08:00", 600).await, 1);
    let told = house.get("all", &format!("/api/v1/reminders?rule={rule}")).await;
    assert_eq!(told.each("items", "state"), ["due", "skipped"]);

    // And one that was told is needless once they have bought again.
    house.buys("lin", "6", "香薰").await;
    assert_eq!(
        house.get("all", &format!("/api/v1/reminders?rule={rule}")).await.each("items", "state"),
        ["overtaken", "skipped"]
    );
    let csv = house.get("all", "/api/v1/reminders?format=csv").await;
    assert!(std::str::from_utf8(&csv.bytes).expect("text").contains("香薰回购"));
}

#[db_test(migrations = migrations())]
async fn a_reminder_is_put_off_and_stays_to_be_done(records: Records) {
    let house = House::new(&records).await;
    house.rule(fragrance()).await;
    house.customer("lin", json!({"name": "林晓"}), json!({"unit": "store-1", "staff": "guide-1"})).await;
    house.buys("lin", "1", "香薰").await;
    assert_eq!(house.until("2026-11-22T20:00:00+08:00", 43_200).await, 1);
    let one = house.get("guide", DUE).await.json["items"][0].clone();
    let answer = format!("/api/v1/reminders/{}/answer", one["id"].as_str().expect("an id"));
    let later = |until: &str| json!({"result": "later", "until": until});
    for wrong in [json!({"result": "later"}), later("2026-11-22T19:00:00+08:00"), later("2027-03-24T20:00:00+08:00")] {
        let refused = house.post("guide", &answer, &wrong).await;
        assert_eq!((refused.status, &refused.json["errors"][0]["field"]), (422, &json!("until")), "{}", refused.json);
    }

    // It falls due at a time of day at which somebody may be disturbed, in the words of the day it was told; and is told once.
    let put_off = house.post("guide", &answer, &later("2026-11-27T23:00:00+08:00")).await;
    assert_eq!(
        (&put_off.json["state"], &put_off.json["due_at"], &put_off.json["put_off"], &put_off.json["script"]),
        (&json!("due"), &json!("2026-11-28T01:00:00Z"), &json!(true), &one["script"])
    );
    assert_eq!(house.until("2026-11-28T10:00:00+08:00", 3600).await, 0);
    let told: Vec<String> = house.outbox().await.into_iter().map(|(event, _)| event).collect();
    assert_eq!(told, ["Reminder Due"], "to put it off is no answer");
    assert_eq!(house.post("guide", &answer, &json!({"result": "done"})).await.json["state"], "done");
    assert_eq!(house.post("guide", &answer, &later("2026-11-29T10:00:00+08:00")).await.status, 409);
}

#[db_test(migrations = migrations())]
async fn nobody_is_disturbed_at_night_and_who_was_away_is_told_late_but_once(records: Records) {
    let house = House::new(&records).await;
    let mut night = fragrance();
    night["at"] = json!("22:30");
    let rule = house.rule(night).await;
    house.customer("lin", json!({"name": "林"}), json!({"unit": "store-1"})).await;
    house.buys("lin", "1", "香薰").await;
    assert_eq!(house.until("2026-11-23T08:59:59+08:00", 43_200).await, 0);
    assert_eq!(house.until("2026-11-23T09:00:00+08:00", 1).await, 1);
    house.carry().await;

    // The process is off for a week over the moment, and comes back at night.
    house.buys("lin", "2", "香薰").await;
    let away = Timestamp::parse("2027-03-02T23:00:00+08:00").expect("a time");
    house.clock.advance_secs(away.micros_since(house.clock.now()) / 1_000_000);
    assert_eq!(house.look().await, 0);
    assert_eq!(house.until("2027-03-03T09:00:00+08:00", 36_000).await, 1);
    assert_eq!(house.until("2027-03-09T09:00:00+08:00", 36_000).await, 0);
    let told = house.outbox().await;
    assert_eq!(
        (told[told.len() - 1].1["late"].clone(), house.get("all", DUE).await.each("items", "late")),
        (json!(true), vec![json!(true)])
    );

    // One that nobody could be told of for more than two weeks is not told any more.
    house.buys("lin", "3", "香薰").await;
    house.clock.advance_secs(86_400 * 120);
    house.look().await;
    let counts = house.get("all", &format!("/api/v1/reminders/rules/{rule}")).await.json["counts"].clone();
    assert_eq!((&counts["missed"], &counts["waiting"]), (&json!(1), &json!(0)), "{counts}");
}

#[db_test(migrations = migrations())]
async fn a_reminder_that_is_called_off_never_comes_and_orders_are_told_apart(records: Records) {
    let house = House::new(&records).await;
    let unpaid = json!({"name": "待付款", "script": "{name}，订单还没付款", "at": "10:00",
        "terms": {"kind": "after", "per": "order", "wait": {"count": 1, "unit": "day"}, "fact": {"event": "Order Placed"},
            "unless": {"event": "Order Paid"}, "repeat": {"every": {"count": 2, "unit": "day"}, "times": 2}}});
    house.rule(unpaid).await;
    let place = async |order: &str| house.tell(Kind::Track, "Order Placed", "lin", json!({"order_id": order})).await;
    place("1").await;
    place("2").await;
    house.buys("lin", "1", "香薰").await;
    assert_eq!(house.until("2026-08-23T10:00:00+08:00", 3600).await, 1);
    assert_eq!(house.get("all", DUE).await.each("items", "order"), ["2"]);
    assert_eq!(house.until("2026-08-25T10:00:00+08:00", 3600).await, 1, "and again after two days");
    house.buys("lin", "2", "花束").await;
    assert_eq!(house.until("2026-09-10T10:00:00+08:00", 3600).await, 0, "paid: no third time");
    assert_eq!(house.get("all", "/api/v1/reminders").await.each("items", "state"), ["overtaken", "overtaken"]);
    assert!(
        house.get("all", "/api/v1/reminders").await.each("items", "why")[0]["zh"]
            .as_str()
            .is_some_and(|why| why.contains("第 2 次"))
    );

    // Three days of absence let a repetition pass: it is not made up for.
    place("3").await;
    house.clock.advance_secs(86_400 * 4);
    assert_eq!((house.look().await, house.look().await), (1, 0));
    assert_eq!(house.until("2026-09-20T10:00:00+08:00", 3600).await, 1, "the third");
}

#[db_test(migrations = migrations())]
async fn a_new_rule_counts_what_was_told_before_and_its_preview_says_so(records: Records) {
    let house = House::new(&records).await;
    house.customer("lin", json!({"name": "林"}), json!({"unit": "store-1"})).await;
    house.customer("he", json!({"name": "何"}), json!({"unit": "store-2"})).await;
    house.buys("lin", "1", "香薰").await;
    house.buys("he", "2", "香薰").await;
    house.clock.advance_secs(86_400 * 70);
    house.buys("he", "3", "香薰").await;

    let preview = house.post("all", "/api/v1/reminders/rules/preview", &fragrance()).await;
    assert_eq!(
        (preview.status, &preview.json["count"], &preview.json["is_exact"]),
        (200, &json!(1), &json!(true)),
        "{}",
        preview.json
    );
    assert_eq!(preview.json["sample"][0]["name"], "林");
    assert_eq!(house.post("two", "/api/v1/reminders/rules/preview", &fragrance()).await.json["count"], 0);
    let rule = house.rule(fragrance()).await;
    assert_eq!(house.get("all", &format!("/api/v1/reminders/rules/{rule}")).await.json["counts"]["waiting"], 2);
    let calendar = house.get("all", "/api/v1/reminders/calendar?days=40").await;
    let busy: Vec<&Value> =
        calendar.json["days"].as_array().expect("days").iter().filter(|day| day["rules"] != json!([])).collect();
    assert_eq!((busy.len(), &busy[0]["date"], &busy[0]["rules"][0]["count"]), (1, &json!("2026-11-22"), &json!(1)));
    assert_eq!(house.until("2026-11-22T20:00:00+08:00", 43_200).await, 1);

    // Set to two months, the one that was told stays told, and what would have fallen due before the change is not told.
    let path = format!("/api/v1/reminders/rules/{rule}");
    let mut terms = fragrance()["terms"].clone();
    terms["wait"]["count"] = json!(1);
    assert_eq!(house.patch("all", &path, &json!({"terms": terms})).await.status, 200);
    assert_eq!(house.until("2026-12-31T20:00:00+08:00", 43_200).await, 1);
    assert_eq!(
        house.get("all", "/api/v1/reminders").await.json["items"].as_array().map(Vec::len),
        Some(2),
        "林's once, 何's once"
    );
    let off = house.patch("all", &path, &json!({"on": false, "name": "停"})).await;
    assert_eq!((&off.json["on"], &off.json["name"]), (&json!(false), &json!("停")));
    assert_eq!(house.delete("all", &path).await.status, 204);
    assert_eq!(
        (house.get("all", &path).await.status, house.get("all", "/api/v1/reminders").await.each("items", "id").len()),
        (404, 0)
    );
}

#[db_test(migrations = migrations())]
async fn birthdays_and_festivals_come_in_time_once_a_year(records: Records) {
    let house = House::new(&records).await;
    let owner = || json!({"unit": "store-1"});
    house.customer("lin", json!({"name": "林", "birthday": "1990-09-01", "mobile": "1", "openid": "o"}), owner()).await;
    house.customer("he", json!({"name": "何", "lunar_birthday": "08-15"}), owner()).await;
    house.customer("xu", json!({"name": "徐", "birthday": "2000-02-29"}), owner()).await;
    let birthday = json!({"name": "生日", "script": "{name}生日快乐", "terms": {"kind": "birthday", "days_before": 3}});
    let moon = json!({"name": "中秋", "script": "{name}，{festival}快乐", "terms":
        {"kind": "festival", "festival": "mid_autumn", "days_before": 1, "audience": "fans"}});
    let preview = house.post("all", "/api/v1/reminders/rules/preview", &birthday).await;
    assert_eq!(preview.json["count"], 1, "only 林's is near: {}", preview.json);
    house.rule(birthday).await;
    house.rule(moon).await;
    assert_eq!(house.until("2026-08-29T09:59:00+08:00", 43_200).await, 0);
    assert_eq!(house.until("2026-08-29T10:00:00+08:00", 60).await, 1);
    let first = house.get("guide", &format!("{DUE}&mine=true")).await;
    assert_eq!(
        (first.each("items", "name"), &first.json["items"][0]["why"]["zh"]),
        (vec![json!("林")], &json!("9月1日生日，还有 3 天"))
    );

    // The Mid-Autumn Festival of 2026 is on 25 September; only fans are wished a good one. 何's birthday is that day.
    assert_eq!(house.until("2026-09-22T10:00:00+08:00", 43_200).await, 1);
    assert_eq!(house.until("2026-09-24T10:00:00+08:00", 43_200).await, 1);
    let told = house.get("all", "/api/v1/reminders").await;
    assert_eq!(told.each("items", "script"), ["林，中秋节快乐", "何生日快乐", "林生日快乐"]);
    let whys = told.each("items", "why");
    assert_eq!(whys[0]["zh"], "9月25日中秋节，还有 1 天");

    // Two of one person: the birthday told last counts, and one reminder comes. The leap day is kept on 28 February.
    house.tell(Kind::Track, "Joined", "xu", json!({"with": "he"})).await;
    assert_eq!(house.until("2027-02-26T10:00:00+08:00", 43_200).await, 1);
    assert_eq!(house.until("2027-08-01T10:00:00+08:00", 43_200).await, 0);
    // Away over the day: good wishes do not come after it.
    let away = Timestamp::parse("2027-09-02T10:00:00+08:00").expect("a time");
    house.clock.advance_secs(away.micros_since(house.clock.now()) / 1_000_000);
    house.look().await;
    let told = house.get("all", "/api/v1/reminders").await;
    assert_eq!(told.each("items", "name").len(), 4, "{}", told.json);
}

#[db_test(migrations = migrations())]
async fn a_manager_sets_rules_for_their_own_stores(records: Records) {
    let house = House::new(&records).await;
    let rules = "/api/v1/reminders/rules";
    let made = house.post("one", rules, &fragrance()).await;
    assert_eq!((made.status, &made.json["units"][0]["id"]), (201, &json!("store-1")), "{}", made.json);
    let whole = house.rule(fragrance()).await;
    assert_eq!(
        (
            house.get("one", rules).await.each("items", "id").len(),
            house.get("two", rules).await.each("items", "id").len()
        ),
        (1, 0)
    );
    let path = format!("{rules}/{}", made.json["id"].as_str().expect("an id"));
    assert_eq!((house.get("two", &path).await.status, house.delete("two", &path).await.status), (404, 404));
    assert_eq!(house.get("one", &format!("{rules}/{whole}")).await.status, 404);
    assert_eq!(house.post("guide", rules, &fragrance()).await.status, 403);

    house.customer("lin", json!({"name": "林"}), json!({"unit": "store-1"})).await;
    house.customer("he", json!({"name": "何"}), json!({"unit": "store-2"})).await;
    house.buys("lin", "1", "香薰").await;
    house.buys("he", "2", "香薰").await;
    house.until("2026-11-22T20:00:00+08:00", 43_200).await;
    assert_eq!(house.get("one", DUE).await.each("items", "name"), ["林", "林"]);
    assert_eq!(house.get("two", DUE).await.each("items", "name"), ["何"], "by the rule for everybody");

    for (wrong, field) in [
        (json!({"name": " "}), "name"),
        (json!({"script": "{phone}"}), "script"),
        (json!({"at": "25:00"}), "at"),
        (json!({"quiet_from": "9:00"}), "quiet_from"),
        (json!({"units": ["store-2"]}), "units"),
        (json!({"fallback": "store-2"}), "fallback"),
        (json!({"terms": {"kind": "birthday", "days_before": 61}}), "terms.days_before"),
        (
            json!({"terms": {"kind": "after", "fact": {"event": ""}, "wait": {"count": 1, "unit": "day"}}}),
            "terms.fact.event",
        ),
        (
            json!({"terms": {"kind": "after", "fact": {"event": "x"}, "wait": {"count": 0, "unit": "day"}}}),
            "terms.wait",
        ),
    ] {
        let mut draft = fragrance();
        draft.as_object_mut().expect("a draft").extend(wrong.as_object().expect("fields").clone());
        let refused = house.post("one", rules, &draft).await;
        assert_eq!((refused.status, &refused.json["errors"][0]["field"]), (422, &json!(field)), "{}", refused.json);
    }
}
