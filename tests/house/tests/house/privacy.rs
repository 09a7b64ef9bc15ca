//! A phone number is masked until its owner agrees; then it is shown to whoever may, written down each time; and what is known
//! of a person is handed out to them.

use serde_json::{Value, json};

use crate::{
    server::{Caller, Installation, items},
    town::PASSWORD,
};

const LIN: &str = "/api/v1/persons/user:lin";

/// Whether a purpose is agreed to, once `offset` is digested.
async fn agreed(caller: &Caller, purpose: &str, said: usize) -> bool {
    for _ in 0..3000 {
        let told = caller.read(&format!("{LIN}/consents")).await;
        if items(&told).len() >= said {
            let states = told["purposes"].as_array().expect("purposes");
            let state = states.iter().find(|state| state["purpose"] == purpose).expect("every purpose is told");
            return state["is_given"] == true;
        }
        // What our own commands tell goes through the outbox and the log first.
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    panic!("fewer than {said} consents were booked");
}

fn reveal(field: &str) -> Value {
    json!({"field": field, "reason": "回访订单 7"})
}

#[tokio::test]
async fn a_phone_is_masked_until_its_owner_agrees_and_every_look_is_written_down() {
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
    let known = json!({"type": "identify", "user_id": "lin",
                       "traits": {"name": "林晓", "phone": "17012345678", "unionid": "oX7-abcdefgh"}});
    let root = json!({"event": "Spread Started", "user_id": "B",
                      "properties": {"campaign": "spring", "unit": "store-66", "staff": "B"}});
    let hop = json!({"event": "Spread Opened", "user_id": "lin", "anonymous_id": "br-lin",
                     "properties": {"campaign": "spring", "sharer_id": "B"}});
    door.hand_in(&[root, hop, known]).await;
    let manager = server.sign_in("b@jia.example", PASSWORD).await;

    // Without consent it stays masked, for the owner too.
    assert!(!agreed(&owner, "contact", 0).await);
    for caller in [&owner, &manager] {
        let refused = caller.post(&format!("{LIN}/reveal"), &reveal("phone")).await;
        assert_eq!((refused.status, &refused.json()["code"]), (409, &json!("consent_missing")));
    }
    assert_eq!(owner.post(&format!("{LIN}/reveal"), &json!({"field": "phone", "reason": " "})).await.status, 422);

    // The brand's page tells that she agreed, under her browser's id: it is the same person.
    let given = json!({"event": "Consent Given", "anonymous_id": "br-lin",
                       "properties": {"purpose": "contact", "notice": "privacy-v3", "channel": "h5"}});
    door.hand_in(&[given]).await;
    assert!(agreed(&manager, "contact", 1).await);
    assert!(!agreed(&manager, "marketing", 1).await, "each purpose stands for itself");
    let shown = manager.post(&format!("{LIN}/reveal"), &reveal("phone")).await.json();
    assert_eq!(shown["value"], "17012345678");
    let trail = owner.read("/api/v1/audit?action=person.revealed").await;
    let entry = &items(&trail)[0];
    assert_eq!((&entry["after"]["field"], &entry["after"]["reason"]), (&json!("phone"), &json!("回访订单 7")));
    assert_eq!(items(&trail).len(), 1, "a refusal showed nothing");
    assert!(!trail.to_string().contains("17012345678"), "the trail tells that it was shown, not what");

    // She takes it back at the counter. What was said before stays written.
    let back = json!({"purpose": "contact", "is_given": false, "channel": "66号门店柜台"});
    assert_eq!(manager.post(&format!("{LIN}/consents"), &back).await.status, 403, "a store's manager may not");
    assert_eq!(owner.post(&format!("{LIN}/consents"), &back).await.status, 202);
    assert!(!agreed(&owner, "contact", 2).await);
    assert_eq!(manager.post(&format!("{LIN}/reveal"), &reveal("wechat")).await.status, 409);

    // She asks what is known of her.
    let asked = json!({"reason": "本人申请"});
    let all = owner.post(&format!("{LIN}/export"), &asked).await.json();
    assert_eq!((&all["phone"], &all["is_complete"]), (&json!("17012345678"), &json!(true)));
    let events: Vec<&str> =
        all["facts"].as_array().expect("facts").iter().filter_map(|fact| fact["event"].as_str()).collect();
    assert_eq!(events, ["Consent Withdrawn", "Consent Given", "identify", "Spread Opened"], "{all}");
    assert_eq!(all["consents"]["items"].as_array().map(Vec::len), Some(2));
    assert_eq!(manager.post(&format!("{LIN}/export"), &asked).await.status, 403);
    let unknown = json!({"event": "Consent Given", "user_id": "lin", "properties": {"purpose": "everything"}});
    let refused = door.post("/api/v1/facts", &json!([unknown])).await;
    assert!(refused.json().to_string().contains("purpose"), "{}", refused.json());
}
