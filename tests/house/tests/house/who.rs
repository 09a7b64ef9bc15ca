//! Who is who, decided by staff: merged, bought and shared as one, taken apart again; a phone with a new owner; a shared device; a
//! mini-program that drops its WeChat ids. Told through the doors, read from the API.

use serde_json::{Value, json};

use crate::server::{Caller, Installation, Server, items};

const DECISIONS: &str = "/api/v1/identity/decisions";

struct Shop {
    _house: Installation,
    _server: Server,
    owner: Caller,
    door: Caller,
    last: u64,
}

impl Shop {
    async fn open() -> Self {
        let house = Installation::new();
        let founded = house.create_brand("jia", "owner@jia.example").await;
        let server = house.serve().await;
        let owner = server.sign_in(&founded.email, &founded.password).await;
        owner.make("/api/v1/campaigns", &json!({"id": "spring", "name": "春"})).await;
        let door = server.key(&founded.secret_key);
        Self { _house: house, _server: server, owner, door, last: 0 }
    }

    async fn tell(&mut self, facts: &[Value]) {
        self.last = self.door.hand_in(facts).await;
    }

    async fn read(&self, path: &str) -> Value {
        let sign = if path.contains('?') { '&' } else { '?' };
        self.owner.read(&format!("{path}{sign}wait_offset={}", self.last)).await
    }

    /// Everything that is told of somebody: who they are, and where they stand.
    async fn whole(&self, who: &str) -> (Value, Value) {
        let person = self.read(&format!("/api/v1/persons/{who}")).await;
        (person, self.read(&format!("/api/v1/persons/{who}/network")).await)
    }

    async fn ids(&self, who: &str) -> usize {
        self.read(&format!("/api/v1/persons/{who}")).await["identities"].as_array().expect("ids").len()
    }

    /// Decides; its fact is the next in the log.
    async fn decide(&mut self, decide: Value) -> String {
        let answer = self.owner.post(DECISIONS, &json!({"decide": decide, "reason": "到店核实"})).await;
        assert_eq!(answer.status, 202, "{}", answer.text());
        self.last += 1;
        self.read("/api/v1/campaigns/spring/cascade").await;
        answer.json()["decision"].as_str().expect("an id").to_owned()
    }
}

fn opened(receiver: &str, sharer: &str) -> Value {
    json!({"event": "Spread Opened", "user_id": receiver, "properties": {"campaign": "spring", "sharer_id": sharer}})
}

fn paid(user: &str, order: &str, amount: u64) -> Value {
    json!({"event": "Order Paid", "user_id": user,
           "properties": {"campaign": "spring", "order_id": order, "amount_minor": amount}})
}

fn seen(user: &str, identities: Value) -> Value {
    json!({"event": "Page Seen", "user_id": user, "identities": identities})
}

#[tokio::test]
async fn merged_people_are_one_everywhere_and_taken_apart_they_are_as_before() {
    let mut shop = Shop::open().await;
    shop.tell(&[
        json!({"event": "Spread Started", "user_id": "m1", "properties": {"campaign": "spring", "unit": "store-1"}}),
        opened("lin", "m1"),
        opened("zhao", "m1"),
        opened("a", "lin"),
        opened("b", "zhao"),
        opened("c", "b"),
        paid("lin", "o-1", 9900),
        paid("zhao", "o-2", 5000),
        seen("lin", json!({"phone": "17000000001"})),
    ])
    .await;
    let before = [shop.whole("user:lin").await, shop.whole("user:zhao").await];
    let cascade = shop.read("/api/v1/campaigns/spring/cascade").await;
    assert_eq!((&cascade["people"], &cascade["depth_max"]), (&json!(6), &json!(3)));

    let merge = json!({"what": "merge", "one": "user:zhao", "other": "user:lin"});
    let foreseen = shop.owner.post("/api/v1/identity/preview", &json!({"decide": merge})).await.json();
    assert_eq!((&foreseen["after"][0]["orders"], &foreseen["campaigns"]), (&json!(2), &json!(["spring"])));
    assert_eq!([shop.whole("user:lin").await, shop.whole("user:zhao").await], before, "looking changes nothing");
    let decision = shop.decide(merge).await;
    let one = shop.whole("user:zhao").await;
    assert_eq!(one, shop.whole("user:lin").await);
    assert_eq!((&one.0["facts"], one.0["identities"].as_array().map(Vec::len)), (&json!(5), Some(3)));
    assert_eq!(shop.read("/api/v1/campaigns/spring/cascade").await["people"], 5);

    shop.decide(json!({"what": "take_back", "decision": decision})).await;
    assert_eq!([shop.whole("user:lin").await, shop.whole("user:zhao").await], before);
    let again = shop.read("/api/v1/campaigns/spring/cascade").await;
    assert_eq!((&again["people"], &again["hops"], &again["depth_max"]), (&json!(6), &cascade["hops"], &json!(3)));

    // Life goes on while they are one: what came under either id stays with it.
    let decision = shop.decide(json!({"what": "merge", "one": "user:zhao", "other": "user:lin"})).await;
    shop.tell(&[paid("zhao", "o-3", 7000), opened("d", "zhao")]).await;
    shop.decide(json!({"what": "take_back", "decision": decision})).await;
    let (lin, network) = shop.whole("user:lin").await;
    let paid = |network: &Value| network.pointer("/campaigns/0/paid_minor").and_then(Value::as_u64);
    assert_eq!((&lin, paid(&network)), (&before[0].0, Some(9900)));
    let zhao = shop.whole("user:zhao").await.0;
    assert_eq!(zhao["facts"].as_u64(), before[1].0["facts"].as_u64().map(|facts| facts + 1));
    let trail = shop.owner.read("/api/v1/audit?action=identity").await;
    assert_eq!(items(&trail).len(), 4);
    assert_eq!(items(&trail)[0]["action"], "identity.taken_back");
}

#[tokio::test]
async fn a_phone_gets_a_new_owner_a_tablet_is_shared_and_a_program_drops_its_ids() {
    let mut shop = Shop::open().await;
    let phone = json!({"phone": "17000000001"});
    shop.tell(&[seen("lin", phone.clone()), seen("zhao", phone)]).await;
    let conflicts = shop.read("/api/v1/identity/conflicts").await;
    let conflict = items(&conflicts)[0]["id"].clone();
    assert_eq!((items(&conflicts).len(), &conflicts["counts"]["open"]), (1, &json!(1)));
    let asked = json!({"what": "conflict", "conflict": conflict, "answer": "move"});
    shop.decide(asked).await;
    assert_eq!((shop.ids("user:lin").await, shop.ids("user:zhao").await), (1, 2));
    assert_eq!(shop.read("/api/v1/identity/conflicts").await["counts"], json!({"open": 0, "decided": 1, "gone": 0}));

    // A tablet in the shop: the later customer gets the fact, nobody is merged, nobody is asked.
    let tablet = json!({"device": "tablet-7"});
    shop.tell(&[seen("lin", tablet.clone()), seen("zhao", tablet)]).await;
    assert_eq!((shop.ids("user:lin").await, shop.ids("user:zhao").await), (2, 2));
    assert_eq!(shop.read("/api/v1/identity/conflicts").await["counts"]["open"], 0);

    // A mini-program tells its WeChat ids before signing in, and never again.
    let early = json!({"device": "mp-1", "wechat:unionid": "oU1", "wechat:openid:wxA": "o1"});
    shop.tell(&[
        json!({"event": "Id Bound", "anonymous_id": "mp-a", "identities": early}),
        json!({"event": "Page Seen", "user_id": "chen", "identities": {"device": "mp-1"}}),
        json!({"event": "Page Seen", "anonymous_id": "h5-1", "identities": {"wechat:unionid": "oU1"}}),
    ])
    .await;
    let view = shop.read("/api/v1/persons/user:chen/identities").await;
    assert_eq!(view["ids"].as_array().map(Vec::len), Some(6), "{view}");
    let joins = view["evidence"].as_array().expect("evidence").iter().filter(|piece| piece["state"] == "joins");
    assert_eq!(joins.count(), 5);
}
