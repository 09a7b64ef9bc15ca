//! A segment follows what happens: who belongs is told within a second of the fact, and so are who comes and who leaves.

use std::time::Duration;

use serde_json::{Value, json};

use crate::{
    server::{Caller, Installation, items},
    town::Town,
};

/// Far longer than it takes, also on a busy machine.
const WITHIN: Duration = Duration::from_secs(20);

/// Asks until the answer is right; the answer then. How soon that is, is measured elsewhere.
pub async fn soon(caller: &Caller, path: &str, right: impl Fn(&Value) -> bool) -> Value {
    let asked = async {
        loop {
            let answer = caller.read(path).await;
            if right(&answer) {
                return answer;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(WITHIN, asked).await.unwrap_or_else(|_| panic!("{path} does not come right"))
}

#[tokio::test]
async fn an_operator_keeps_a_segment_and_a_guide_tags_people() {
    let house = Installation::new();
    let founded = house.create_brand("jia", "owner@jia.example").await;
    let server = house.serve().await;
    let town = Town::build(&server, &founded, "jia").await;
    town.let_happen().await;
    server.ready().await;
    let owner = &town.owner;

    let rule = json!({"kind": "did", "event": "Tea Tasted", "at_least": 2, "days": 30});
    let made = owner.make("/api/v1/segments", &json!({"name": "品茶", "kind": "live", "rule": rule})).await;
    let path = format!("/api/v1/segments/{}", made["segment"].as_str().expect("an id"));
    assert_eq!((&made["size"], &made["kind"]), (&json!(0), &json!("live")));
    let tasted = |number: u32| json!({"event": "Tea Tasted", "user_id": "tea", "message_id": format!("tea-{number}")});
    town.secret.hand_in(&[tasted(1)]).await;
    town.secret.hand_in(&[tasted(2)]).await;
    let people = soon(owner, &format!("{path}/people"), |people| people["total"] == 1).await;
    let person = items(&people)[0]["person"].as_str().expect("an id").to_owned();
    let why = owner.read(&format!("{path}/people/{person}/why")).await;
    assert_eq!((&why["holds"], &why["saw"], &why["kind"]), (&json!(true), &json!(2), &json!("did")));
    let told = soon(owner, "/api/v1/facts?event=Segment%20Entered", |facts| !items(facts).is_empty()).await;
    assert_eq!(items(&told)[0]["properties"], json!({"segment": made["segment"], "person": person}));
    let sizes =
        soon(owner, &format!("{path}/sizes"), |sizes| items(sizes).last().is_some_and(|day| day["size"] == 1)).await;
    assert_eq!(items(&sizes)[0]["entered"], 1);

    // Nobody of the town sees who belongs to no root of theirs.
    let keeper = town.sign_in(&server, "m1").await;
    assert_eq!(keeper.read(&format!("{path}/people")).await["total"], 0);
    assert_eq!(keeper.get(&format!("{path}/people/{person}/why")).await.status, 404);

    let tag = json!({"group": "意向", "name": "爱喝茶", "intent": "judgement"});
    let tag = owner.make("/api/v1/tags", &tag).await;
    let tagged = format!("/api/v1/tags/{}/people", tag["tag"].as_str().expect("an id"));
    let on = json!({"people": ["user:tea"], "on": true, "note": "到店试饮"});
    assert_eq!(owner.post(&tagged, &on).await.json(), json!({"changed": 1}));
    let page = format!("/api/v1/persons/{person}/audience");
    let worn = soon(owner, &page, |page| page["tags"].as_array().is_some_and(|tags| !tags.is_empty())).await;
    assert_eq!((&worn["tags"][0]["name"], &worn["tags"][0]["note"]), (&json!("爱喝茶"), &json!("到店试饮")));
    assert_eq!(worn["segments"], json!([{"segment": made["segment"], "name": "品茶"}]));
    assert_eq!(keeper.post(&tagged, &on).await.status, 422, "nobody they see");

    let upon = json!({"kind": "all", "rules": [
        {"kind": "segment", "segment": made["segment"]}, {"kind": "tag", "tag": tag["tag"]}]});
    let both = owner.make("/api/v1/segments", &json!({"name": "两者", "kind": "live", "rule": upon})).await;
    assert_eq!(both["size"], 1);
    let kept = owner.delete(&path).await;
    assert_eq!(kept.status, 409);
    assert!(kept.text().contains("两者"), "{}", kept.text());
}
