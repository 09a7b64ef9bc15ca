//! 66号门店: from the manager to b3 over b1, then over c1 and c2; b1 says no, and b3 comes all the same. Told through the doors,
//! planned and done over HTTP, and learned from the facts of our own.

use serde_json::{Value, json};

use crate::{
    server::{Caller, Installation, items},
    town::PASSWORD,
};

const TASKS: &str = "/api/v1/reach/tasks";
const PATHS: &str = "/api/v1/network/paths?from=user:B&to=user:b3";

fn opened(receiver: &str, sharer: &str) -> Value {
    json!({"event": "Spread Opened", "user_id": receiver, "properties": {"campaign": "spring", "sharer_id": sharer}})
}

fn lengths(plan: &Value) -> Vec<u64> {
    plan["paths"].as_array().expect("paths").iter().filter_map(|path| path["length"].as_u64()).collect()
}

/// Asks until it is so: our own facts go through the outbox and the log before the network has learned them.
async fn until(caller: &Caller, path: &str, so: impl Fn(&Value) -> bool) -> Value {
    let mut told = Value::Null;
    for _ in 0..3000 {
        told = caller.read(path).await;
        if so(&told) {
            return told;
        }
        // Asking again after a moment is what the page does.
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    panic!("{path} did not come to it: {told}");
}

#[tokio::test]
async fn the_manager_of_store_66_reaches_b3_although_b1_says_no() {
    let house = Installation::new();
    let founded = house.create_brand("jia", "owner@jia.example").await;
    let server = house.serve().await;
    let owner = server.sign_in(&founded.email, &founded.password).await;
    owner.make("/api/v1/units", &json!({"id": "store-66", "kind": "store", "name": "66号门店"})).await;
    let manager = json!({"id": "B", "role": "store_manager", "unit": "store-66", "name": "店长B",
                         "email": "b@jia.example", "password": PASSWORD});
    owner.make("/api/v1/staff", &manager).await;
    owner.make("/api/v1/campaigns", &json!({"id": "spring", "name": "春"})).await;
    let door = server.key(&founded.secret_key);
    let root = json!({"event": "Spread Started", "user_id": "B",
                      "properties": {"campaign": "spring", "unit": "store-66", "staff": "B"}});
    let hops = [("b1", "B"), ("c1", "B"), ("b3", "b1"), ("c2", "c1"), ("b3", "c2")];
    let facts: Vec<Value> =
        std::iter::once(root).chain(hops.map(|(receiver, sharer)| opened(receiver, sharer))).collect();
    door.hand_in(&facts).await;
    let manager = server.sign_in("b@jia.example", PASSWORD).await;

    // The planner lists b1, then c1 and c2, sharing nobody.
    let plan = until(&manager, PATHS, |plan| lengths(plan).len() == 2).await;
    assert_eq!((lengths(&plan), &plan["paths"][1]["independent"]), (vec![2, 3], &json!(true)));
    assert_eq!(plan["independence"]["routes"], 2);
    let starts = manager.read("/api/v1/reach/starts").await;
    assert_eq!((&items(&starts)[0]["mine"], &items(&starts)[0]["staff"]["id"]), (&json!(true), &json!("B")));

    // b1 is marked refused: c1 and c2 lead.
    let task = manager.make(TASKS, &json!({"from": "user:B", "to": "user:b3", "route": plan["paths"][0]["key"]})).await;
    let answer = format!("{TASKS}/{}/answer", task["id"].as_str().expect("an id"));
    let refused = manager.post(&answer, &json!({"result": "refused"})).await.json();
    let next = refused["next"].clone();
    assert_eq!((next["hops"].as_array().map(Vec::len), &next["assignee"]["id"]), (Some(4), &json!("B")), "{refused}");
    let plan = until(&manager, PATHS, |plan| lengths(plan) == [3]).await;
    assert_eq!(plan["refused"].as_array().map(Vec::len), Some(1), "{plan}");

    // b3 opens the manager's own share: the task is done by itself, and b3 stands in B's first circle.
    door.hand_in(&[json!({"event": "Spread Started", "user_id": "B", "properties": {"campaign": "autumn", "unit": "store-66", "staff": "B"}}),
        json!({"event": "Spread Opened", "user_id": "b3", "properties": {"campaign": "autumn", "sharer_id": "B"}})])
        .await;
    let path = format!("{TASKS}/{}", next["id"].as_str().expect("an id"));
    let done = until(&manager, &path, |task| task["state"] == "done").await;
    assert_eq!(done["recognised"], true);
    let b3 = manager.read("/api/v1/persons/user:b3/network").await;
    assert_eq!(b3["campaigns"][0]["circle"], 1, "{b3}");
    let audit = owner.read("/api/v1/audit?action=reach_task&limit=10").await;
    let actions: Vec<&str> = items(&audit).iter().filter_map(|entry| entry["action"].as_str()).collect();
    assert_eq!(actions, ["reach_task.answered", "reach_task.set", "reach_task.answered", "reach_task.set"]);
}

#[tokio::test]
async fn a_route_leads_over_friends_and_groups_and_says_so() {
    let house = Installation::new();
    let founded = house.create_brand("jia", "owner@jia.example").await;
    let server = house.serve().await;
    let owner = server.sign_in(&founded.email, &founded.password).await;
    owner.make("/api/v1/campaigns", &json!({"id": "spring", "name": "春"})).await;
    let did =
        |user: &str, event: &str, properties: Value| json!({"event": event, "user_id": user, "properties": properties});
    let door = server.key(&founded.secret_key);
    let joined = |user: &str| did(user, "Group Joined", json!({"group": "g3", "group_name": "书友3群"}));
    door.hand_in(&[
        did("B", "Spread Started", json!({"campaign": "spring", "unit": "store-66"})),
        opened("b1", "B"),
        did("b1", "Friend Added", json!({"friend_id": "f1"})),
        joined("f1"),
        joined("x1"),
        did("x1", "Bought Together", json!({"basket": "b-1"})),
        did("y1", "Bought Together", json!({"basket": "b-1"})),
    ])
    .await;
    server.ready().await;

    let plan = until(&owner, "/api/v1/network/paths?from=user:B&to=user:y1", |plan| lengths(plan) == [4]).await;
    let hops = plan["paths"][0]["hops"].as_array().expect("hops");
    let evidence: Vec<&str> = hops.iter().filter_map(|hop| hop["evidence"]["zh"].as_str()).collect();
    assert!(evidence[1].contains("加为好友") && evidence[2].ends_with("同在「书友3群」群"), "{evidence:?}");
    assert!(evidence[3].contains("一起买过"), "{evidence:?}");
    assert_eq!(hops[3]["ties"], 0, "no touch among them");

    // The same after a restart: bonds are in the snapshot, or heard again.
    server.stop().await;
    let server = house.serve().await;
    let owner = server.sign_in(&founded.email, &founded.password).await;
    let again = owner.read("/api/v1/network/paths?from=user:B&to=user:y1").await;
    assert_eq!(again["paths"][0]["key"], plan["paths"][0]["key"]);
    assert_eq!(again["paths"][0]["hops"][2]["evidence"], hops[2]["evidence"]);

    let refused =
        server.key(&founded.secret_key).post("/api/v1/facts", &json!([did("b1", "Friend Added", json!({}))])).await;
    assert!(refused.text().contains("friend_id"), "{}", refused.text());
}
