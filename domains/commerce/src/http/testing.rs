//! A brand to test with: a shop on a ledger, customers known by a word, and a provider that says what it is told to.

use std::sync::Arc;

use axum::{Router, http::Request};
use db::{Migration, Records, outbox};
use facts::{Fact, NamedId};
use kernel::{ManualClock, Scope, SeededEntropy, Timestamp, WorkspaceId};
use serde_json::{Value, json};
use web::{
    Fan, PermissionSet,
    openapi::assemble,
    testing::{Answer, Client, KnownCallers, KnownFans, staff},
};

use crate::{Payments, Sandbox, Slice, Wiring};

pub(crate) const WORKSPACE: WorkspaceId = WorkspaceId(1);

/// The tables the slice needs.
pub(crate) fn migrations() -> Vec<Migration> {
    [ledger::MIGRATIONS, crate::MIGRATIONS].concat()
}

/// What a slice without surroundings is wired to.
pub(crate) fn wiring(records: Records, payments: Option<Arc<dyn Payments>>, clock: Arc<ManualClock>) -> Wiring {
    let fan =
        |workspace, value: &str| Fan { workspace, subject: NamedId::new("wechat:openid:wx1", value), signed_in: true };
    let fans = KnownFans::default()
        .with("lin", fan(WORKSPACE, "lin"))
        .with("wang", fan(WORKSPACE, "wang"))
        .with("theirs", fan(WorkspaceId(2), "theirs"));
    let entropy = Arc::new(SeededEntropy::new(1));
    Wiring { records, fans: fans.known(), payments, clock, entropy, signal: Arc::default() }
}

/// A shop, open.
pub(crate) struct House {
    pub(crate) client: Client,
    pub(crate) clock: Arc<ManualClock>,
    pub(crate) slice: Slice,
    records: Records,
}

impl House {
    pub(crate) fn new(records: &Records) -> Self {
        Self::paid_by(records, Arc::new(Sandbox::new(&SeededEntropy::new(7))))
    }

    pub(crate) fn paid_by(records: &Records, payments: Arc<dyn Payments>) -> Self {
        let clock = Arc::new(ManualClock::at(Timestamp::from_secs(1_790_000_000)));
        let wiring = wiring(records.clone(), Some(payments), Arc::clone(&clock));
        let gate = KnownCallers::default()
            .with("all", staff(WORKSPACE, PermissionSet::ALL, Scope::All))
            .with("theirs", staff(WorkspaceId(2), PermissionSet::ALL, Scope::All))
            .gate();
        let slice = Slice::new(wiring.clone());
        let (router, _): (Router, _) = assemble("test", "1", &[crate::TAG], [crate::router(wiring, gate)]);
        Self { client: Client(router), clock, slice, records: records.clone() }
    }

    /// A product with one variant and so many pieces; product and variant.
    pub(crate) async fn product(&self, name: &str, price: i64, pieces: i64) -> (String, String) {
        // Products are told in the order they were made.
        self.clock.advance_secs(1);
        let draft = json!({"name": name, "delivery": "pick_up", "variants": [{"price": price}]});
        let made = self.client.post("all", "/api/v1/shop/products", &draft).await;
        assert_eq!(made.status, 201, "{}", made.json);
        let product = made.json["id"].as_str().expect("an id").to_owned();
        let path = format!("/api/v1/shop/products/{product}");
        let read = self.client.get("all", &path).await;
        let variant = read.json["variants"][0]["id"].as_str().expect("an id").to_owned();
        if pieces > 0 {
            let moved =
                self.client.post("all", &format!("{path}/stock"), &json!({"variant": variant, "change": pieces})).await;
            assert_eq!(moved.status, 201, "{}", moved.json);
        }
        (product, variant)
    }

    /// Asks as a customer.
    pub(crate) async fn fan(&self, who: &str, method: &str, path: &str, body: Option<&Value>) -> Answer {
        self.fan_once(who, method, path, (body, None)).await
    }

    pub(crate) async fn fan_once(
        &self,
        who: &str,
        method: &str,
        path: &str,
        (body, key): (Option<&Value>, Option<&str>),
    ) -> Answer {
        let request = Request::builder().method(method).uri(format!("/api/v1/fan/1/{path}"));
        let request = request.header("cookie", format!("sl_fan_1={who}"));
        let request = key.into_iter().fold(request, |request, key| request.header("idempotency-key", key));
        self.client.ask("nobody", request, body).await
    }

    /// A customer orders so many of a variant; the order's id.
    pub(crate) async fn order(&self, who: &str, variant: &str, quantity: i64) -> Result<String, Answer> {
        let lines = json!([{"variant": variant, "quantity": quantity}]);
        let quote = self.fan(who, "POST", "quotes", Some(&json!({"lines": lines}))).await;
        let draft = json!({"lines": lines, "payable": quote.json["payable"]});
        let placed = self.fan(who, "POST", "orders", Some(&draft)).await;
        match placed.json["id"].as_str() {
            Some(id) if placed.status == 201 => Ok(id.to_owned()),
            _ => Err(placed),
        }
    }

    /// Begins to pay; the callback and its signature.
    pub(crate) async fn begin(&self, who: &str, order: &str) -> (Value, String) {
        let begun = self.fan(who, "POST", &format!("orders/{order}/pay"), None).await;
        assert_eq!(begun.status, 200, "{}", begun.json);
        (begun.json["callback"].clone(), begun.json["signature"].as_str().expect("a signature").to_owned())
    }

    /// The provider calls.
    pub(crate) async fn call(&self, (callback, signature): &(Value, String)) -> Answer {
        let request = Request::post("/api/v1/payments/callback").header("payment-signature", signature);
        self.client.ask("nobody", request, Some(callback)).await
    }

    /// What a member of staff sees of an order.
    pub(crate) async fn seen(&self, order: &str) -> Value {
        self.client.get("all", &format!("/api/v1/shop/orders/{order}")).await.json
    }

    /// Pieces of the only variant that can be sold, and that are held.
    pub(crate) async fn stock(&self, product: &str) -> (i64, i64) {
        let read = self.client.get("all", &format!("/api/v1/shop/products/{product}")).await;
        let number = |field: &str| read.json["variants"][0][field].as_i64().expect("a number");
        (number("free"), number("held"))
    }

    /// What others are told.
    pub(crate) async fn told(&self) -> Vec<(String, Value)> {
        let items = outbox::pending(self.records.reads(), 0, 1000).await.expect("read");
        let read = |item: &outbox::Item| {
            let fact = Fact::from_log(&item.payload).expect("a fact");
            assert_eq!((fact.source.as_str(), fact.ids.len()), (facts::COMMERCE, 1));
            (fact.event.clone(), serde_json::from_str(fact.properties.get()).expect("JSON"))
        };
        items.iter().map(read).collect()
    }

    /// What is kept and what the ledger's transfers say agree.
    pub(crate) async fn balanced(&self) {
        let found = ledger::reconcile::reconcile(self.records.reads(), WORKSPACE).await.expect("read");
        assert_eq!(found, []);
    }
}
