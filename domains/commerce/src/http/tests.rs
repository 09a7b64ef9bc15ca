//! Stories of the shop, as staff, customers and the provider see them.

use std::sync::Arc;

use axum::Router;
use db::{Records, db_test};
use kernel::{ManualClock, Timestamp};
use serde_json::json;
use web::{
    openapi::{assemble, complaints},
    testing::{KnownCallers, check_authorisation},
};

use super::testing::{House, migrations, wiring};

fn clock() -> Arc<ManualClock> {
    Arc::new(ManualClock::at(Timestamp::from_secs(1_790_000_000)))
}

#[db_test(migrations = migrations())]
async fn every_endpoint_asks_for_the_permission_it_names(records: Records) {
    let slice = |gate| crate::router(wiring(records, None, clock()), gate);
    assert_eq!(check_authorisation(slice).await, [""; 0]);
}

#[db_test(migrations = migrations())]
async fn the_document_is_complete(records: Records) {
    let gate = KnownCallers::default().gate();
    let slice = crate::router(wiring(records, None, clock()), gate);
    let (_, api): (Router, _) = assemble("test", "1", &[crate::TAG], [slice]);
    assert_eq!(complaints(&api), [""; 0]);
}

#[db_test(migrations = migrations())]
async fn a_product_is_made_found_changed_and_its_price_may_be_compared(records: Records) {
    let house = House::new(&records);
    let client = &house.client;
    let (book, variant) = house.product("晚安，月亮", 4900, 10).await;
    house.product("Tea 100% 袋泡茶", 1000, 0).await;
    let list = async |query: &str| client.get("all", &format!("/api/v1/shop/products?{query}")).await;
    assert_eq!(list("").await.each("items", "name"), ["Tea 100% 袋泡茶", "晚安，月亮"].map(|name| json!(name)));
    assert_eq!(list("search=TEA").await.each("items", "name").len(), 1);
    assert_eq!(list("search=100%25").await.each("items", "name").len(), 1);
    assert_eq!(list("search=_").await.each("items", "name").len(), 0, "an underscore means itself");
    let first = list("limit=1").await;
    let next = first.json["next"].as_str().expect("there is more").to_owned();
    assert_eq!(list(&format!("limit=1&after={next}")).await.each("items", "name"), [json!("晚安，月亮")]);

    house.clock.advance_secs(86_400);
    let path = format!("/api/v1/shop/products/{book}");
    let read = client.get("all", &path).await.json;
    assert_eq!(read["variants"][0]["reference_price"], json!(null), "it was never dearer");
    let cheaper = json!({"name": "晚安，月亮", "delivery": "pick_up", "changed_at": read["changed_at"],
        "variants": [{"id": variant, "price": 3900, "floor": 3000}]});
    let changed = client.put("all", &path, &cheaper).await;
    assert_eq!((changed.status, &changed.json["variants"][0]["reference_price"]), (200, &json!(4900)));
    assert_eq!(client.put("all", &path, &cheaper).await.status, 409, "somebody changed it meanwhile");
    let seen = house.fan("lin", "GET", &format!("products/{book}"), None).await;
    assert_eq!(
        seen.json["variants"][0],
        json!({"variant": variant, "name": "", "price": 3900, "reference_price": 4900, "in_stock": true})
    );
    assert_eq!(client.get("theirs", &path).await.status, 404, "another brand's");

    let stock = format!("{path}/stock");
    assert_eq!(client.post("all", &stock, &json!({"variant": variant, "change": -11})).await.status, 409);
    assert_eq!(
        client.post("all", &stock, &json!({"variant": variant, "change": -4, "reason": "损耗"})).await.status,
        201
    );
    assert_eq!(house.stock(&book).await, (6, 0));
    let moved = client.get("all", &format!("{stock}?variant={variant}")).await;
    assert_eq!(moved.each("items", "change"), [json!(-4), json!(10)]);
    let csv = client.get("all", "/api/v1/shop/products?format=csv").await;
    assert!(csv.text().contains("晚安，月亮") && csv.text().contains("3900"), "{}", csv.text());
    house.balanced().await;
}

#[db_test(migrations = migrations())]
async fn a_rule_of_prices_holds_for_those_it_means(records: Records) {
    let house = House::new(&records);
    let (_, variant) = house.product("香薰", 10_000, 5).await;
    let rules = "/api/v1/shop/price-rules";
    let gold = json!({"name": "金卡八折", "buyers": {"level": "gold"}, "effect": {"kind": "percent", "off_bp": 2000}});
    let made = house.client.post("all", rules, &gold).await;
    assert_eq!(made.status, 201, "{}", made.json);
    let pays = async |buyer| {
        let asked = json!({"lines": [{"variant": variant, "quantity": 2}], "buyer": buyer});
        house.client.post("all", "/api/v1/shop/quotes", &asked).await.json["payable"].clone()
    };
    assert_eq!((pays(json!({})).await, pays(json!({"level": "gold"})).await), (json!(20_000), json!(16_000)));
    let one = format!("{rules}/{}", made.json["id"].as_str().expect("an id"));
    let off = json!({"name": "金卡八折", "on": false, "buyers": {"level": "gold"}, "effect": {"kind": "percent", "off_bp": 2000}});
    assert_eq!(house.client.put("theirs", &one, &off).await.status, 404);
    assert_eq!(house.client.put("all", &one, &off).await.status, 200);
    assert_eq!(pays(json!({"level": "gold"})).await, json!(20_000));
    assert_eq!(house.client.delete("all", &one).await.status, 204);
    assert_eq!(house.client.delete("all", &one).await.status, 404);
    let wrong = json!({"name": "x", "effect": {"kind": "percent", "off_bp": 10_001}});
    assert_eq!(house.client.post("all", rules, &wrong).await.json["errors"][0]["field"], "effect");
}

#[db_test(migrations = migrations())]
async fn an_order_is_paid_handed_over_and_partly_given_back_to_the_fen(records: Records) {
    let house = House::new(&records);
    let (book, variant) = house.product("绘本", 3333, 5).await;
    let order = house.order("lin", &variant, 3).await.expect("placed");
    assert_eq!(house.stock(&book).await, (2, 3));
    assert_eq!(house.fan("wang", "GET", &format!("orders/{order}"), None).await.status, 404, "nobody else's");
    let callback = house.begin("lin", &order).await;
    assert_eq!(house.begin("lin", &order).await, callback, "begun again it is the same payment");
    let mut forged = callback.clone();
    forged.0["amount"] = json!(1);
    assert_eq!(house.call(&forged).await.status, 403);
    for _ in 0..3 {
        assert_eq!(house.call(&callback).await.status, 204, "told again, answered the same");
    }
    assert_eq!(house.stock(&book).await, (2, 0));
    assert_eq!(house.fan("lin", "POST", &format!("orders/{order}/cancel"), None).await.status, 409, "it is paid");

    let path = format!("/api/v1/shop/orders/{order}");
    let given = house.client.post("all", &format!("{path}/give"), &json!({"words": "取货码 1234"})).await;
    assert_eq!((given.status, &given.json["handing"]), (200, &json!("given")));
    assert_eq!(house.fan("lin", "POST", &format!("orders/{order}/receive"), None).await.json["handing"], "received");

    let one = json!({"lines": [{"variant": variant, "quantity": 1}], "restock": true});
    let preview = house.client.post("all", &format!("{path}/refunds/preview"), &one).await;
    assert_eq!((preview.status, &preview.json["total"]["cash"]), (200, &json!(3333)));
    let other = json!({"lines": [{"variant": variant, "quantity": 1}], "cash": 1});
    assert_eq!(house.client.post("all", &format!("{path}/refunds"), &other).await.status, 409, "not what was seen");
    assert_eq!(house.client.post("all", &format!("{path}/refunds"), &one).await.status, 201);
    assert_eq!(house.seen(&order).await["refund_state"], "asked");
    assert_eq!(house.slice.look().await.expect("looked"), 1);
    assert_eq!(house.slice.look().await.expect("looked"), 0);
    assert_eq!((house.seen(&order).await["refund_state"].clone(), house.stock(&book).await), (json!("done"), (3, 0)));
    let rest = json!({"reason": "不想要了"});
    assert_eq!(house.client.post("all", &format!("{path}/refunds"), &rest).await.json["total"]["cash"], 6666);
    house.slice.look().await.expect("looked");
    assert_eq!(house.client.post("all", &format!("{path}/refunds"), &rest).await.status, 409, "everything is back");

    let told: Vec<(String, i64)> = house
        .told()
        .await
        .into_iter()
        .map(|(event, told)| (event, told["amount_minor"].as_i64().expect("an amount")))
        .collect();
    let expected = [("Order Paid", 9999), ("Order Refunded", 3333), ("Order Refunded", 6666)];
    assert_eq!(told, expected.map(|(event, amount)| (event.to_owned(), amount)));
    let csv = house.client.get("all", "/api/v1/shop/orders?state=paid&format=csv").await;
    assert!(csv.text().contains("绘本 × 3") && csv.text().contains("9999"), "{}", csv.text());
    assert_eq!(house.client.get("theirs", "/api/v1/shop/orders").await.each("items", "id").len(), 0);
    house.balanced().await;
}

#[db_test(migrations = migrations())]
async fn mall_185_of_five_pieces_five_are_sold_however_many_order_at_once(records: Records) {
    let house = House::new(&records);
    let (book, variant) = house.product("限量", 100, 5).await;
    let one = || house.order("lin", &variant, 1);
    let (a, b, c, d, e, f, g, h) = tokio::join!(one(), one(), one(), one(), one(), one(), one(), one());
    let mut sold = 0;
    for asked in [a, b, c, d, e, f, g, h] {
        match asked {
            Ok(_) => sold += 1,
            Err(refused) => assert_eq!((refused.status, &refused.json["code"]), (409, &json!("conflict"))),
        }
    }
    assert_eq!((sold, house.stock(&book).await), (5, (0, 5)));
    house.balanced().await;
}

#[db_test(migrations = migrations())]
async fn an_order_nobody_pays_frees_its_stock_and_money_that_comes_late_goes_back(records: Records) {
    let house = House::new(&records);
    let (book, variant) = house.product("绘本", 100, 5).await;
    let forgotten = house.order("lin", &variant, 2).await.expect("placed");
    let paid_unheard = house.order("wang", &variant, 1).await.expect("placed");
    house.begin("lin", &forgotten).await;
    let unheard = house.begin("wang", &paid_unheard).await;
    // The provider took money for one of them, and its callback is lost on the way: closing the payment brings it to light.
    let body = serde_json::to_vec(&unheard.0).expect("JSON");
    assert!(house.slice.provider().expect("a sandbox").believe(&body, &unheard.1).is_some());
    house.clock.advance_secs(1799);
    assert_eq!(house.slice.look().await.expect("looked"), 0);
    house.clock.advance_secs(1);
    house.slice.look().await.expect("looked");
    house.clock.advance_secs(600);
    house.slice.look().await.expect("looked");
    assert_eq!(
        (&house.seen(&forgotten).await["state"], &house.seen(&paid_unheard).await["state"]),
        (&json!("closed"), &json!("paid"))
    );
    assert_eq!(house.stock(&book).await, (4, 0));
    assert_eq!(house.slice.look().await.expect("looked"), 0, "nothing is left to do");

    // Another provider might still say that the forgotten one was paid.
    let late =
        crate::Callback { workspace: 1, number: format!("{forgotten}-0"), amount: 200, reference: "late".into() };
    for _ in 0..2 {
        house.slice.hear(&late).await.expect("stored");
    }
    house.slice.look().await.expect("looked");
    let seen = house.seen(&forgotten).await;
    assert_eq!(
        (&seen["state"], &seen["refunds"][0]["cause"], &seen["refunds"][0]["state"]),
        (&json!("closed"), &json!("late"), &json!("done"))
    );
    assert_eq!(seen["refunds"].as_array().map(Vec::len), Some(1));
    assert_eq!(house.told().await.len(), 1, "that it came late is nobody's business");
    house.balanced().await;
}

#[db_test(migrations = migrations())]
async fn shopper_510_an_order_sent_twice_is_placed_once_and_at_the_price_that_was_shown(records: Records) {
    let house = House::new(&records);
    let (book, variant) = house.product("绘本", 100, 5).await;
    let draft = json!({"lines": [{"variant": variant, "quantity": 2}], "payable": 200});
    let send = async |draft| house.fan_once("lin", "POST", "orders", (Some(draft), Some("key-1"))).await;
    let (one, two) = (send(&draft).await, send(&draft).await);
    assert_eq!((one.status, &one.json), (201, &two.json));
    assert_eq!(house.stock(&book).await, (3, 2));
    let cheaper = json!({"lines": [{"variant": variant, "quantity": 2}], "payable": 1});
    assert_eq!(house.fan("lin", "POST", "orders", Some(&cheaper)).await.status, 409, "the price is the shop's");
    for quantity in [0, -2, 10_000] {
        let lines = json!({"lines": [{"variant": variant, "quantity": quantity}], "payable": 0});
        assert_eq!(house.fan("lin", "POST", "orders", Some(&lines)).await.status, 422);
    }
    assert_eq!(house.fan("theirs", "POST", "orders", Some(&draft)).await.status, 401);
    assert_eq!(house.stock(&book).await, (3, 2));
    let own = house.fan("lin", "GET", "orders", None).await;
    assert_eq!(own.each("items", "state"), [json!("unpaid")]);
    let id = own.json["items"][0]["id"].as_str().expect("an id").to_owned();
    assert_eq!(house.fan("lin", "POST", &format!("orders/{id}/cancel"), None).await.json["state"], "closed");
    assert_eq!(house.stock(&book).await, (5, 0));
    house.balanced().await;
}

#[db_test(migrations = migrations())]
async fn staff_order_for_a_customer_and_what_is_sent_needs_an_address(records: Records) {
    let house = House::new(&records);
    let shipped = json!({"name": "香薰", "variants": [{"name": "木质调", "price": 0}]});
    let made = house.client.post("all", "/api/v1/shop/products", &shipped).await;
    let path = format!("/api/v1/shop/products/{}", made.json["id"].as_str().expect("an id"));
    let variant = house.client.get("all", &path).await.json["variants"][0]["id"].clone();
    house.client.post("all", &format!("{path}/stock"), &json!({"variant": variant, "change": 1})).await;
    let mut draft =
        json!({"lines": [{"variant": variant, "quantity": 1}], "payable": 0, "namespace": "user_id", "customer": "u1"});
    let refused = house.client.post("all", "/api/v1/shop/orders", &draft).await;
    assert_eq!((refused.status, &refused.json["errors"][0]["field"]), (422, &json!("address")));
    draft["address"] = json!({"name": "林晓", "phone": "138 1234 5678", "text": "上海市徐汇区…"});
    let placed = house.client.post("all", "/api/v1/shop/orders", &draft).await;
    assert_eq!(placed.status, 201, "{}", placed.json);
    let list = house.client.get("all", "/api/v1/shop/orders?search=%E6%9E%97%E6%99%93").await;
    let order = &list.json["items"][0];
    assert_eq!(
        (&order["state"], &order["address"]["phone"]),
        (&json!("paid"), &json!("138****5678")),
        "nothing to pay is paid"
    );
    assert_eq!(order["customer"], json!({"namespace": "user", "value": "u1"}));
    assert_eq!(house.client.post("all", "/api/v1/shop/orders", &draft).await.status, 409, "there was one");
    house.balanced().await;
}
