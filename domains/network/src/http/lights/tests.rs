//! Whom lights reach, as their owners are told.

use db::{Records, db_test};
use serde_json::{Value, json};

use crate::http::tests::{House, migrations};

/// m1 lights a, b and c one behind the other, m2 lights h; b is touched by h as well. x waits for y, whom nobody brought;
/// a loner left a phone number and never opened anything.
async fn town(records: &Records) -> House {
    let house = House::new(records).await;
    house.root("spring", "m1", "store-1").await;
    house.root("spring", "m2", "store-2").await;
    for (receiver, sharer) in [("a", "m1"), ("b", "a"), ("c", "b"), ("h", "m2"), ("b", "h"), ("x", "y")] {
        house.open("spring", receiver, sharer).await;
    }
    house.identify("h", json!({"name": "不该看见", "phone": "1", "unionid": "o"})).await;
    house.identify("loner", json!({"name": "独一", "phone": "2"})).await;
    house
}

fn numbers(row: &Value) -> Value {
    json!([
        row["light"],
        row["people"],
        row["fans"],
        row["circles"],
        row["shared"],
        row["shared_elsewhere"],
        row["away"]
    ])
}

#[db_test(migrations = migrations())]
async fn a_light_reaches_over_ties_as_far_as_they_hold(records: Records) {
    let house = town(&records).await;
    let told = house.get("all", "/api/v1/network/lights").await.json;
    // A fresh tie that was answered once holds with 0.24, back from the one who answered with 0.7 ÷ 4.5 = 0.1556. From m1 to h
    // over a and b: 0.24 · 0.24 · 0.1556 = 0.009; on to m2, 0.0014, is too faint.
    assert_eq!(numbers(&told["items"][0]), json!(["store-1", 4, 1, [1, 1, 2, 0, 0], 4, 0, 0]), "a; b; c and h");
    assert_eq!(numbers(&told["items"][1]), json!(["store-2", 4, 1, [1, 1, 2, 0, 0], 4, 0, 0]), "h; b; a and c");
    assert_eq!(told["items"][0]["unit"], json!({"id": "store-1", "name": "一店"}));
    assert_eq!(told["items"][0]["bands"], json!({"well": 1, "weak": 1, "barely": 2}));
    assert_eq!((&told["items"][0]["share_levels"], &told["items"][0]["root"]), (&json!(4), &json!("p1")));
    assert_eq!(told["items"][0]["growth"].as_array().map(Vec::len), told["points"].as_array().map(Vec::len));
    assert_eq!((&told["known"], &told["lit"], &told["dark"]), (&json!(7), &json!(4), &json!(3)));
    assert_eq!(told["dark_reasons"], json!({"untied": 1, "cut_off": 2, "too_far": 0, "too_faint": 0}));
    assert_eq!(told["bands"], json!({"well": 2, "weak": 1, "barely": 1}), "each by the best light");

    let strict = house.get("all", "/api/v1/network/lights?threshold=0.02").await.json;
    assert_eq!(strict["items"][0]["circles"], json!([1, 1, 0, 0, 0]));
    assert_eq!(strict["dark_reasons"]["too_faint"], 1, "c");
    assert_eq!(house.get("all", "/api/v1/network/lights?threshold=0.5").await.status, 422);
    assert_eq!(house.get("all", "/api/v1/network/lights?by=moon").await.status, 422);
    assert_eq!(house.get("all", "/api/v1/network/lights?campaign=none").await.status, 404);

    let by_campaign = house.get("all", "/api/v1/network/lights?by=campaign").await.json;
    assert_eq!(by_campaign["items"][0]["name"], "spring");
    assert_eq!((&by_campaign["items"][0]["people"], &by_campaign["items"][0]["roots"]), (&json!(4), &json!(2)));
    let by_channel = house.get("all", "/api/v1/network/lights?by=channel&campaign=spring").await.json;
    assert_eq!((&by_channel["items"][0]["light"], &by_channel["items"][0]["name"]), (&Value::Null, &Value::Null));

    let csv = house.get("all", "/api/v1/network/lights?format=csv").await;
    assert!(csv.text().starts_with("light,name,unit,roots,people,"), "{}", csv.text());
    assert_eq!(csv.text().lines().nth(1), Some("store-1,一店,一店,1,4,1,3,1,1,2,1,1,2,0,0,4,4,0,0,0"));
}

/// A ring below b, and somebody it brought. Once it is held the lights are those of the town without it.
#[db_test(migrations = migrations())]
async fn fakes_are_neither_lit_nor_dark_and_carry_no_light(records: Records) {
    let house = town(&records).await;
    let untouched = house.get("all", "/api/v1/network/lights").await.json;
    for n in 0..9 {
        let told = json!({"campaign": "spring", "sharer_id": "c"});
        house.tell(facts::Kind::Track, "Spread Opened", (Some(&format!("fake-{n}")), Some("tablet")), told).await;
    }
    house.open("spring", "below", "fake-0").await;
    house.clock.advance_secs(3600);
    let with = house.get("all", "/api/v1/network/lights").await.json;
    assert_eq!(with["known"].as_u64().unwrap() - untouched["known"].as_u64().unwrap(), 10, "{with}");
    let report = house.get("all", "/api/v1/network/stability").await.json;

    house.post("all", "/api/v1/fraud/search", &json!({})).await;
    let ring = house.get("all", "/api/v1/fraud/rings").await.each("items", "id")[0].clone();
    house.post("all", "/api/v1/fraud/decisions", &json!({"rings": [ring], "verdict": "held", "why": "tablet"})).await;
    house.carry().await;
    house.clock.advance_secs(3600);
    let without = house.get("all", "/api/v1/network/lights").await.json;
    for told in ["known", "lit", "dark", "dark_reasons"] {
        assert_eq!(without[told], untouched[told], "{told}: {without}");
    }
    assert_eq!(
        without["items"].as_array().unwrap().iter().map(numbers).collect::<Vec<_>>(),
        untouched["items"].as_array().unwrap().iter().map(numbers).collect::<Vec<_>>()
    );
    let left = house.get("all", "/api/v1/network/stability").await.json;
    assert_eq!(report["people"].as_u64().unwrap() - left["people"].as_u64().unwrap(), 10, "{left}");
}

#[db_test(migrations = migrations())]
async fn a_manager_sees_the_own_light_and_others_as_numbers_alone(records: Records) {
    let house = town(&records).await;
    let told = house.get("one", "/api/v1/network/lights").await.json;
    assert_eq!(told["items"].as_array().map(Vec::len), Some(1));
    assert_eq!(numbers(&told["items"][0]), json!(["store-1", 4, 1, [1, 1, 2, 0, 0], 0, 4, 1]), "h is away");
    assert_eq!((&told["known"], &told["lit"], &told["dark"]), (&json!(3), &json!(3), &json!(0)));
    let people = house.get("one", "/api/v1/network/light/people?light=store-1").await;
    assert_eq!((&people.json["total"], &people.json["away"]), (&json!(4), &json!(1)));
    assert_eq!(people.each("items", "person"), [json!("p3"), json!("p4"), json!("p5")]);
    assert!(!people.text().contains("不该看见"));
    let light = house.get("one", "/api/v1/network/light?light=store-1").await.json;
    assert_eq!(light["homes"][0], json!({"unit": {"id": "store-1", "name": "一店"}, "people": 3}));
    assert_eq!(light["homes"][1], json!({"unit": null, "people": 1}));
    assert_eq!((&light["overlaps"], &light["lamps"][0]["person"]), (&json!([]), &json!("p1")));
    for path in ["light", "light/people"] {
        assert_eq!(house.get("one", &format!("/api/v1/network/{path}?light=store-2")).await.status, 404);
        assert_eq!(house.get("own", &format!("/api/v1/network/{path}?light=store-1")).await.status, 404);
    }
    let overlaps = house.get("one", "/api/v1/network/light-overlaps").await.json;
    assert_eq!(overlaps["pairs"], json!([]));
    assert_eq!(house.get("own", "/api/v1/network/lights").await.json["items"], json!([]));
}

#[db_test(migrations = migrations())]
async fn overlap_dark_water_and_where_a_new_light_would_help(records: Records) {
    let house = town(&records).await;
    let overlaps = house.get("both", "/api/v1/network/light-overlaps").await.json;
    // a, b, c and h are reached by both.
    assert_eq!(overlaps["pairs"], json!([{"a": 0, "b": 1, "both": 4, "jaccard": 1.0}]));
    let csv = house.get("both", "/api/v1/network/light-overlaps?format=csv").await;
    assert_eq!(csv.text().lines().nth(1), Some("store-1,一店,4,store-2,二店,4,4,1"));

    let dark = house.get("all", "/api/v1/network/dark-water").await;
    assert_eq!(dark.json["total"], 3);
    let reasons = dark.each("items", "reason");
    assert_eq!(reasons, [json!("cut_off"), json!("cut_off"), json!("untied")]);
    assert_eq!(dark.json["items"][2]["name"], "独一");
    let x = &dark.json["items"][0];
    assert_eq!((&x["campaign"]["id"], &x["unit"], &x["since"]), (&json!("spring"), &Value::Null, &Value::Null));
    assert!(x["by"]["person"].is_string());
    assert_eq!(dark.json["sources"][0]["people"], 2);
    let untied = house.get("all", "/api/v1/network/dark-water?reason=untied&format=csv").await;
    assert_eq!(untied.text().lines().count(), 2, "{}", untied.text());
    assert_eq!(house.get("all", "/api/v1/network/dark-water?reason=sad").await.status, 422);

    let new = house.get("all", "/api/v1/network/new-lights").await.json;
    // Dim are x and y, and c, who is barely lit by both stores.
    assert_eq!(new["dim"], 3);
    assert_eq!((&new["items"][0]["gain"], &new["items"][0]["dark"]), (&json!(2), &json!(2)));
    assert_eq!((&new["items"][1]["gain"], &new["items"][1]["dark"]), (&json!(1), &json!(0)));
    assert_eq!(new["items"][1]["together"], 3);
}

#[db_test(migrations = migrations())]
async fn who_waits_for_a_fact_sees_it_and_a_young_survey_serves_otherwise(records: Records) {
    let house = town(&records).await;
    let people = |told: Value| told["items"][0]["people"].clone();
    assert_eq!(people(house.get("all", "/api/v1/network/lights").await.json), 4);
    let offset = house.open("spring", "d", "m1").await;
    assert_eq!(people(house.get("all", "/api/v1/network/lights").await.json), 4, "younger than ten seconds");
    let waited = house.get("all", &format!("/api/v1/network/lights?wait_offset={offset}")).await;
    assert_eq!(people(waited.json), 5);
}
