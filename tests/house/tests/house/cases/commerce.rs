//! The shop.

use serde_json::json;

use super::{Ask, Case, Spare, get, own_only, with};

const SHOP: &str = "/api/v1/shop";

/// An operation on something of which nobody has one of this id.
macro_rules! on_nothing {
    ($operation:literal, $ask:expr) => {
        Case { operation: $operation, spare: Spare::None, ask: |_| $ask, allowed: 404, foreign: |_| vec![($ask, 404)] }
    };
}

/// An operation of customers.
macro_rules! of_fans {
    ($operation:literal, $ask:expr, $allowed:literal) => {
        Case { operation: $operation, spare: Spare::None, ask: |_| $ask, allowed: $allowed, foreign: own_only }
    };
}

fn shop(path: &str) -> Ask {
    Ask { path: format!("{SHOP}/{path}"), body: None }
}

fn set(path: &str, body: serde_json::Value) -> Ask {
    with(format!("{SHOP}/{path}"), body)
}

fn product() -> serde_json::Value {
    json!({"name": "晚安，月亮", "variants": [{"price": 4900}], "changed_at": "2026-11-20T00:00:00Z"})
}

fn rule() -> serde_json::Value {
    json!({"name": "金卡八折", "on": false, "effect": {"kind": "percent", "off_bp": 2000}})
}

fn lines() -> serde_json::Value {
    json!({"lines": [{"variant": "theirs", "quantity": 1}], "payable": 0, "namespace": "user", "customer": "u1"})
}

pub const CASES: &[Case] = &[
    Case {
        operation: "commerce.product.list",
        spare: Spare::None,
        ask: |_| shop("products"),
        allowed: 200,
        foreign: |_| vec![(shop("products?search=theirs"), 200), (shop("products?format=csv"), 200)],
    },
    Case {
        operation: "commerce.product.create",
        spare: Spare::None,
        ask: |_| set("products", product()),
        allowed: 201,
        foreign: own_only,
    },
    on_nothing!("commerce.product.read", shop("products/theirs")),
    on_nothing!("commerce.product.update", set("products/theirs", product())),
    on_nothing!("commerce.stock.list", shop("products/theirs/stock?variant=theirs")),
    on_nothing!("commerce.stock.create", set("products/theirs/stock", json!({"variant": "theirs", "change": 1}))),
    Case {
        operation: "commerce.price_rule.list",
        spare: Spare::None,
        ask: |_| shop("price-rules"),
        allowed: 200,
        foreign: |_| vec![(shop("price-rules?format=csv"), 200)],
    },
    Case {
        operation: "commerce.price_rule.create",
        spare: Spare::None,
        ask: |_| set("price-rules", rule()),
        allowed: 201,
        foreign: own_only,
    },
    on_nothing!("commerce.price_rule.update", set("price-rules/theirs", rule())),
    on_nothing!("commerce.price_rule.delete", shop("price-rules/theirs")),
    Case {
        operation: "commerce.quote.preview",
        spare: Spare::None,
        ask: |_| set("quotes", lines()),
        allowed: 422,
        foreign: |_| vec![(set("quotes", lines()), 422)],
    },
    Case {
        operation: "commerce.order.list",
        spare: Spare::None,
        ask: |_| shop("orders"),
        allowed: 200,
        foreign: |_| vec![(shop("orders?search=theirs"), 200), (shop("orders?format=csv"), 200)],
    },
    Case {
        operation: "commerce.order.create",
        spare: Spare::None,
        ask: |_| set("orders", lines()),
        allowed: 422,
        foreign: |_| vec![(set("orders", lines()), 422)],
    },
    on_nothing!("commerce.order.read", shop("orders/theirs")),
    on_nothing!("commerce.order.cancel", shop("orders/theirs/cancel")),
    on_nothing!("commerce.order.give", set("orders/theirs/give", json!({"words": "SF1"}))),
    on_nothing!("commerce.order.receive", shop("orders/theirs/receive")),
    on_nothing!("commerce.refund.preview", set("orders/theirs/refunds/preview", json!({"lines": []}))),
    on_nothing!("commerce.refund.create", set("orders/theirs/refunds", json!({"lines": []}))),
    on_nothing!("commerce.refund.again", shop("orders/theirs/refunds/0/again")),
    of_fans!("commerce.fan_product.read", get("/api/v1/fan/1/products/none"), 404),
    of_fans!("commerce.fan_quote.preview", with("/api/v1/fan/1/quotes", lines()), 422),
    of_fans!("commerce.fan_order.create", with("/api/v1/fan/1/orders", lines()), 422),
    of_fans!("commerce.fan_order.list", get("/api/v1/fan/1/orders"), 200),
    of_fans!("commerce.fan_order.read", get("/api/v1/fan/1/orders/none"), 404),
    of_fans!("commerce.fan_order.pay", get("/api/v1/fan/1/orders/none/pay"), 404),
    of_fans!("commerce.fan_order.cancel", get("/api/v1/fan/1/orders/none/cancel"), 404),
    of_fans!("commerce.fan_order.receive", get("/api/v1/fan/1/orders/none/receive"), 404),
    Case {
        operation: "commerce.payment.callback",
        spare: Spare::None,
        ask: |_| {
            let said = json!({"workspace": 1, "number": "none-0", "amount": 1, "reference": "none"});
            with("/api/v1/payments/callback", said)
        },
        // This brand takes no money.
        allowed: 404,
        foreign: own_only,
    },
];
