//! The brand most tests use: two cities, three stores, somebody in every role, and two campaigns whose people are known by name.
//!
//! ```text
//! all ┬ hangzhou ┬ store-1 (m1)      rover: a store manager without a unit
//!     │          └ store-2 (m2)
//!     └ shanghai ─ store-3 (m3)
//!
//! spring   m1 ─ a1 ─ a2 ─ a3         autumn   m1 ─ a1
//!            └─ b1 ─ b2              m2 ─ h1 ─ a3
//!          m2 ─ h1 ─ h2
//!          m3 ─ k1
//!          rover ─ r1
//!          poster (a channel) ─ v1
//!          w1 waits for somebody nobody knows
//! ```
//!
//! a3 touched h1 and h1 touched b2, so that the shortest way from a3 to b2 leads through another store. b1 came as browser
//! `br-b1` first. Everybody's name and every id that is not shared begins with the mark of their brand.

use serde_json::{Value, json};

use crate::server::{Caller, Founded, Server};

/// Everybody's.
pub const PASSWORD: &str = "open sesame";

/// Who belongs to which root in the spring campaign, by user id.
pub const SPRING: [(&str, &[&str]); 5] = [
    ("m1", &["m1", "a1", "a2", "a3", "b1", "b2"]),
    ("m2", &["m2", "h1", "h2"]),
    ("m3", &["m3", "k1"]),
    ("rover", &["rover", "r1"]),
    ("poster", &["poster", "v1"]),
];

/// The same in autumn.
pub const AUTUMN: [(&str, &[&str]); 2] = [("m1", &["m1", "a1"]), ("m2", &["m2", "h1", "a3"])];

/// One brand of the town, open for questions.
pub struct Town {
    pub owner: Caller,
    pub secret: Caller,
    pub write: Caller,
    pub mark: String,
    host: String,
}

impl Town {
    /// Sets the brand up through the API. `mark` begins every name.
    pub async fn build(server: &Server, founded: &Founded, mark: &str) -> Self {
        let owner = server.sign_in(&founded.email, &founded.password).await;
        let (secret, write) = (server.key(&founded.secret_key), server.key(&founded.write_key));
        let town = Self { owner, secret, write, mark: mark.to_owned(), host: format!("{mark}.example") };
        for (id, kind, parent) in [
            ("all", "group", None),
            ("hangzhou", "city", Some("all")),
            ("shanghai", "city", Some("all")),
            ("store-1", "store", Some("hangzhou")),
            ("store-2", "store", Some("hangzhou")),
            ("store-3", "store", Some("shanghai")),
        ] {
            let unit = json!({"id": id, "kind": kind, "parent": parent, "name": format!("{mark}·{id}")});
            town.owner.make("/api/v1/units", &unit).await;
        }
        for (id, role, unit) in [
            ("operator", "operator", None),
            ("city", "city_manager", Some("hangzhou")),
            ("m1", "store_manager", Some("store-1")),
            ("m2", "store_manager", Some("store-2")),
            ("m3", "store_manager", Some("store-3")),
            ("rover", "store_manager", None),
            ("analyst", "analyst", None),
        ] {
            let staff = json!({
                "id": id, "role": role, "unit": unit, "name": format!("{mark}·{id}"),
                "email": town.email(id), "password": PASSWORD,
            });
            town.owner.make("/api/v1/staff", &staff).await;
        }
        town
    }

    /// Sets up the two campaigns and lets them happen. Gives the offset of the last fact.
    pub async fn let_happen(&self) -> u64 {
        for campaign in ["spring", "autumn"] {
            let body = json!({"id": campaign, "name": format!("{}·{campaign}", self.mark)});
            self.owner.make("/api/v1/campaigns", &body).await;
        }
        self.secret.hand_in(&self.facts()).await
    }

    /// The address of a member of staff.
    pub fn email(&self, staff: &str) -> String {
        format!("{staff}@{}", self.host)
    }

    /// Signs a member of staff in.
    pub async fn sign_in(&self, server: &Server, staff: &str) -> Caller {
        server.sign_in(&self.email(staff), PASSWORD).await
    }

    fn facts(&self) -> Vec<Value> {
        let mut story = Story { facts: Vec::new(), mark: &self.mark };
        story.start("spring", "m1", &json!({"unit": "store-1", "staff": "m1"}));
        story.start("spring", "m2", &json!({"unit": "store-2", "staff": "m2"}));
        story.start("spring", "m3", &json!({"unit": "store-3", "staff": "m3"}));
        story.start("spring", "rover", &json!({"staff": "rover"}));
        story.start("spring", "poster", &json!({"channel": "poster"}));
        story.tell(&json!({"event": "Spread Opened", "anonymous_id": "br-b1",
                           "properties": {"campaign": "spring", "sharer_id": "m1"}}));
        for (receiver, sharer) in [
            ("a1", "m1"),
            ("a2", "a1"),
            ("a3", "a2"),
            ("b1", "m1"),
            ("b2", "b1"),
            ("h1", "m2"),
            ("h2", "h1"),
            ("k1", "m3"),
            ("r1", "rover"),
            ("v1", "poster"),
            ("w1", "nobody-knows"),
            // A way through the other store, a self share and a repeat.
            ("a3", "h1"),
            ("h1", "b2"),
            ("a2", "a2"),
            ("k1", "m3"),
        ] {
            story.open("spring", receiver, sharer);
        }
        story.tell(&json!({"type": "identify", "user_id": "b1", "anonymous_id": "br-b1", "traits": {}}));
        story.start("autumn", "m1", &json!({"unit": "store-1", "staff": "m1"}));
        story.start("autumn", "m2", &json!({"unit": "store-2", "staff": "m2"}));
        for (receiver, sharer) in [("a1", "m1"), ("h1", "m2"), ("a3", "h1")] {
            story.open("autumn", receiver, sharer);
        }
        for user in
            ["m1", "m2", "m3", "rover", "poster", "a1", "a2", "a3", "b1", "b2", "h1", "h2", "k1", "r1", "v1", "w1"]
        {
            story.know(user);
        }
        for (user, campaign, amount) in [("a1", "spring", 100), ("h2", "spring", 20), ("a3", "autumn", 3)] {
            story.tell(&json!({"event": "Order Paid", "user_id": user, "properties": {
                "order_id": format!("o-{user}"), "amount_minor": amount, "campaign": campaign}}));
        }
        story.facts
    }
}

struct Story<'a> {
    facts: Vec<Value>,
    mark: &'a str,
}

impl Story<'_> {
    /// A fact a minute, each with its number.
    fn tell(&mut self, fact: &Value) {
        let number = self.facts.len();
        let mut fact = fact.clone();
        fact["message_id"] = json!(format!("{}-{number}", self.mark));
        fact["timestamp"] = json!(format!("2026-03-01T08:{number:02}:00Z"));
        self.facts.push(fact);
    }

    fn start(&mut self, campaign: &str, root: &str, owner: &Value) {
        let mut properties = owner.clone();
        properties["campaign"] = json!(campaign);
        self.tell(&json!({"event": "Spread Started", "user_id": root, "properties": properties}));
    }

    fn open(&mut self, campaign: &str, receiver: &str, sharer: &str) {
        self.tell(&json!({"event": "Spread Opened", "user_id": receiver,
                          "properties": {"campaign": campaign, "sharer_id": sharer}}));
    }

    /// Everybody tells their name; those in a's line leave phone and WeChat id and so are fans.
    fn know(&mut self, user: &str) {
        let mut traits = json!({"name": format!("{}·{user}", self.mark)});
        if user.starts_with('a') {
            traits["phone"] = json!("17000000000");
            traits["unionid"] = json!(format!("o-{user}"));
        }
        self.tell(&json!({"type": "identify", "user_id": user, "traits": traits}));
    }
}
