//! The explorer as the brand and its stores see it.

use db::{Records, db_test};
use facts::Kind;
use serde_json::{Value, json};

use crate::http::tests::{House, migrations};

const EGO: &str = "/api/v1/network/ego";

/// m1 ─ a ─ b ─ c in spring and a ─ h below store 2 in autumn; b is a fan and paid.
async fn town(records: &Records) -> House {
    let house = House::new(records).await;
    house.root("spring", "m1", "store-1").await;
    house.root("autumn", "m2", "store-2").await;
    for (campaign, receiver, sharer) in
        [("spring", "a", "m1"), ("spring", "b", "a"), ("spring", "c", "b"), ("autumn", "h", "m2"), ("autumn", "h", "a")]
    {
        house.open(campaign, receiver, sharer).await;
    }
    house.identify("b", json!({"name": "白", "phone": "17012345678", "unionid": "o"})).await;
    let paid = json!({"order_id": "1", "amount_minor": 990, "campaign": "spring"});
    house.tell(Kind::Track, "Order Paid", (Some("b"), None), paid).await;
    house
}

async fn names(house: &House, who: &str, query: &str) -> Vec<Value> {
    let answer = house.get(who, &format!("{EGO}?person=user:a{query}")).await;
    answer.each("people", "circle")
}

#[db_test(migrations = migrations())]
async fn surroundings_grow_by_circles(records: Records) {
    let house = town(&records).await;
    let one = house.get("all", &format!("{EGO}?person=user:a&circles=1")).await.json;
    assert_eq!(one["circles"], json!([{"circle": 1, "shown": 3, "more": 0, "is_exact": true}]));
    assert_eq!(one["ties"].as_array().unwrap().len(), 3);
    let me = &one["people"][0];
    assert_eq!(
        (&me["circle"], &me["through"], &me["more"], &me["reach"]),
        (&json!(0), &me["person"], &json!(0), &json!(2))
    );
    assert_eq!(names(&house, "all", "&circles=2").await, [0, 1, 1, 1, 2, 2]);
    let few = house.get("all", &format!("{EGO}?person=user:a&circles=1&limit=1")).await.json;
    assert_eq!((&few["circles"][0]["shown"], &few["circles"][0]["more"]), (&json!(1), &json!(2)));
    assert_eq!(few["people"][0]["more"], 2);
    for circles in ["0", "5"] {
        assert_eq!(house.get("all", &format!("{EGO}?person=user:a&circles={circles}")).await.status, 422);
    }
}

#[db_test(migrations = migrations())]
async fn filters_leave_out_people_and_ties(records: Records) {
    let house = town(&records).await;
    let shown = async |query: &str| names(&house, "all", query).await.len() - 1;
    assert_eq!(shown("&circles=1&is_fan=true").await, 1);
    assert_eq!(shown("&circles=1&is_fan=false").await, 2);
    assert_eq!(shown("&circles=1&has_paid=true").await, 1);
    assert_eq!(shown("&circles=1&has_paid=false").await, 2);
    assert_eq!(shown("&circles=1&unit=store-2").await, 1);
    assert_eq!(shown("&circles=4&unit=store-1").await, 3);
    assert_eq!(shown("&circles=4&tag=tg_tea").await, 0);
    house.identify("b", json!({"name": "白茶"})).await;
    house.identify("h", json!({"name": "红茶"})).await;
    assert_eq!(shown("&circles=1&tag=tg_tea").await, 2);
    assert_eq!(shown("&circles=1&tag=tg_tea&unit=store-2").await, 1);
    assert_eq!(house.get("all", &format!("{EGO}?person=user:a&tag=tg_none")).await.status, 404);
    // Facts are a minute apart from 14:13:20 on; h touched a last.
    assert_eq!(shown("&circles=1&from=2026-09-21T14:18:00Z").await, 1);
    assert_eq!(shown("&circles=1&to=2026-09-21T14:16:00Z").await, 1);
    assert_eq!(shown("&circles=1&to=2026-09-21T14:00:00Z").await, 0);
}

#[db_test(migrations = migrations())]
async fn people_of_other_stores_are_not_in_them(records: Records) {
    let house = town(&records).await;
    let seen = house.get("one", &format!("{EGO}?person=user:a&circles=4")).await;
    assert_eq!(seen.each("people", "circle"), [0, 1, 1, 2]);
    assert!(seen.each("people", "more").iter().all(Value::is_null), "who is beyond is not even counted");
    assert_eq!(house.get("one", &format!("{EGO}?person=user:h")).await.status, 404);
    assert_eq!(house.get("one", &format!("{EGO}?person=user:a&unit=store-2")).await.status, 404);
    assert_eq!(house.get("own", &format!("{EGO}?person=user:a")).await.status, 404);
    assert_eq!(house.get("all", &format!("{EGO}?person=user:nobody")).await.status, 404);
}

#[db_test(migrations = migrations())]
async fn who_has_no_ties_stands_alone_and_a_table_is_had(records: Records) {
    let house = town(&records).await;
    house.root("winter", "m3", "store-1").await;
    let alone = house.get("all", &format!("{EGO}?person=user:m3")).await.json;
    assert_eq!((alone["people"].as_array().unwrap().len(), &alone["circles"]), (1, &json!([])));
    let csv = house.get("all", &format!("{EGO}?person=user:a&circles=1&format=csv")).await;
    let lines: Vec<&str> = csv.text().lines().collect();
    assert_eq!(lines.len(), 5);
    assert!(lines[0].starts_with("circle,person,name,through,chance"), "{}", lines[0]);
}

#[db_test(migrations = migrations())]
async fn campaigns_stand_side_by_side(records: Records) {
    let house = town(&records).await;
    let path = "/api/v1/network/compare?campaigns=spring,autumn";
    let told = house.get("all", path).await;
    assert_eq!(told.each("items", "people"), [4, 2]);
    assert_eq!(told.each("items", "fan_rate"), [json!(0.25), json!(0.0)]);
    assert_eq!(told.each("items", "orders"), [1, 0]);
    let spring = &told.json["items"][0];
    assert_eq!((&spring["depth_max"], &spring["circles"]), (&json!(3), &json!([1, 1, 1, 1])));
    assert_eq!((&spring["step_hours"], &spring["joined"]), (&json!(1), &json!([4])));
    assert_eq!(house.get("two", path).await.each("items", "people"), [0, 2]);
    let csv = house.get("all", &format!("{path}&format=csv")).await;
    assert_eq!(csv.text().lines().count(), 3);
    for (campaigns, status) in [("", 422), ("none", 404), ("a,b,c,d,e,f,g", 422), ("spring,none", 404)] {
        assert_eq!(house.get("all", &format!("/api/v1/network/compare?campaigns={campaigns}")).await.status, status);
    }
}
