//! On whom the network hangs, as managers are told.

use db::{Records, db_test};
use serde_json::{Value, json};

use crate::http::tests::{House, migrations};

/// Store 1: m1 brought a, b and k; c came by a and by b; d hangs on c, and e and f on d. Store 2: m2 brought g and h, and h
/// touched e. p1 … p10 are m1, m2, a, b, k, c, d, e, f, g; h is p11.
async fn town(records: &Records) -> House {
    let house = House::new(records).await;
    house.root("spring", "m1", "store-1").await;
    house.root("spring", "m2", "store-2").await;
    for (receiver, sharer) in
        [("a", "m1"), ("b", "m1"), ("k", "m1"), ("c", "a"), ("c", "b"), ("d", "c"), ("e", "d"), ("f", "d")]
    {
        house.open("spring", receiver, sharer).await;
    }
    for (receiver, sharer) in [("g", "m2"), ("h", "m2"), ("e", "h")] {
        house.open("spring", receiver, sharer).await;
    }
    house.identify("h", json!({"name": "不该看见"})).await;
    house
}

fn cut(row: &Value) -> Value {
    json!([row["person"], row["hanging"], row["parts"], row["is_root"], row["unit"]["id"]])
}

#[db_test(migrations = migrations())]
async fn the_whole_brand_in_numbers_and_the_people_it_hangs_on(records: Records) {
    let house = town(&records).await;
    let told = house.get("all", "/api/v1/network/stability").await.json;
    for (field, number) in
        [("people", 11), ("ties", 11), ("groups", 1), ("giant", 11), ("cut_persons", 6), ("bridges", 7)]
    {
        assert_eq!(told[field], number, "{field} of {told}");
    }
    assert_eq!(
        told["curve"][0],
        json!({
            "fraction": 0.0, "by_degree": 1.0, "by_reach": 1.0, "random": 1.0, "random_low": 1.0, "random_high": 1.0
        })
    );
    assert_eq!((told["curve"].as_array().map(Vec::len), &told["runs"]), (Some(8), &json!(30)));
    // Degrees 3, 2, 2, 2, 1, 3, 3, 2, 1, 1, 2: the sum of squares is 50, of degrees 22.
    assert_eq!(told["molloy_reed"], 50.0 / 22.0);

    let persons = house.get("all", "/api/v1/network/stability/persons").await.json;
    assert_eq!(persons["total"], 6);
    assert_eq!(cut(&persons["items"][0]), json!(["p7", 5, 3, false, "store-1"]), "of d");
    assert_eq!(
        persons["items"][0]["units"],
        json!([{"unit": {"id": "store-2", "name": "二店"}, "people": 3}, {"unit": {"id": "store-1", "name": "一店"}, "people": 2}])
    );
    let without = house.get("all", "/api/v1/network/stability/persons?without_roots=true").await;
    assert!(without.each("items", "is_root").iter().all(|root| *root == json!(false)));
    let csv = house.get("all", "/api/v1/network/stability/persons?format=csv&limit=1").await;
    assert_eq!(csv.text().lines().nth(1), Some("1,p7,,一店,false,3,5,3,二店 3; 一店 2"));

    let bridges = house.get("all", "/api/v1/network/stability/bridges").await.json;
    assert_eq!((&bridges["total"], &bridges["items"][0]["hanging"]), (&json!(7), &json!(5)));
    assert_eq!(bridges["items"].as_array().map(Vec::len), Some(4), "ties to single guests are left out");
    let all = house.get("all", "/api/v1/network/stability/bridges?hanging_min=1").await.json;
    assert_eq!(all["items"].as_array().map(Vec::len), Some(7));

    let units = house.get("all", "/api/v1/network/stability/units").await.json;
    assert_eq!((&units["items"][0]["unit"]["id"], &units["items"][0]["people"]), (&json!("store-1"), &json!(8)));
    assert_eq!(units["items"][0]["most"]["person"], "p6", "without c, d, e and f are cut off from the store");
    for list in ["", "/units", "/bridges"] {
        assert_eq!(house.get("all", &format!("/api/v1/network/stability{list}?format=csv")).await.status, 200);
    }
}

#[db_test(migrations = migrations())]
async fn a_manager_is_told_of_the_own_people_alone(records: Records) {
    let house = town(&records).await;
    let told = house.get("one", "/api/v1/network/stability").await.json;
    assert_eq!((&told["people"], &told["ties"]), (&json!(8), &json!(8)));
    let unit = house.get("all", "/api/v1/network/stability?unit=store-1").await.json;
    assert_eq!((&unit["people"], &unit["curve"]), (&told["people"], &told["curve"]));
    assert_eq!(house.get("one", "/api/v1/network/stability?unit=store-2").await.status, 404);
    assert_eq!(house.get("one", "/api/v1/network/stability/leave?person=user:h").await.status, 404);
    assert_eq!(house.get("one", "/api/v1/network/stability/routes?from=user:a&to=user:h").await.status, 404);
    assert_eq!(house.get("own", "/api/v1/network/stability").await.json["people"], 0);
    for list in ["persons", "bridges", "units"] {
        let told = house.get("one", &format!("/api/v1/network/stability/{list}")).await;
        assert!(!told.text().contains("不该看见") && !told.text().contains("store-2"), "{list}");
    }
}

#[db_test(migrations = migrations())]
async fn what_breaks_when_somebody_leaves_and_who_could_mend_it(records: Records) {
    let house = town(&records).await;
    let told = house.get("one", "/api/v1/network/stability/leave?person=user:c").await.json;
    assert_eq!((&told["before"], &told["lost"], &told["roots"]), (&json!(7), &json!(3), &json!(1)));
    assert_eq!(told["pieces"][0]["people"], 3);
    // d should be introduced to a, who brought c: both have c's word.
    assert_eq!(told["pieces"][0]["mend"]["to"]["person"], "p7");
    assert_eq!(told["pieces"][0]["mend"]["from"]["person"], "p3");
    let csv = house.get("one", "/api/v1/network/stability/leave?person=user:c&format=csv").await;
    assert_eq!(csv.text().lines().count(), 4, "{}", csv.text());
    let nobody = house.get("one", "/api/v1/network/stability/leave?person=user:a").await.json;
    assert_eq!((&nobody["lost"], &nobody["pieces"]), (&json!(0), &json!([])), "c is tied to b as well");
    let root = house.get("one", "/api/v1/network/stability/leave?person=user:m1").await.json;
    assert_eq!((&root["lost"], &root["pieces"][0]["mend"]), (&json!(7), &Value::Null));
}

#[db_test(migrations = migrations())]
async fn routes_that_share_nobody(records: Records) {
    let house = town(&records).await;
    let told = house.get("all", "/api/v1/network/stability/routes?from=user:m1&to=user:c").await.json;
    assert_eq!((&told["independent"], &told["capped"]), (&json!(2), &json!(false)));
    let cut: Vec<&Value> = told["cut"].as_array().unwrap().iter().map(|somebody| &somebody["person"]).collect();
    assert_eq!(cut, ["p3", "p4"]);
    let told = house.get("all", "/api/v1/network/stability/routes?from=user:m1&to=user:m2").await.json;
    assert_eq!((&told["independent"], &told["routes"][0].as_array().map(Vec::len)), (&json!(1), &Some(7)));
    assert_eq!(house.get("all", "/api/v1/network/stability/routes?from=p1&to=user:m1").await.status, 422);
    let csv = house.get("all", "/api/v1/network/stability/routes?from=user:m1&to=user:c&format=csv").await;
    assert_eq!(csv.text().lines().count(), 7);
}
