//! Pages are written, published, seen, answered and withdrawn.

use axum::http::Request;
use db::{Records, db_test};
use serde_json::{Value, json};

use crate::http::testing::{House, migrations};

const PAGES: &str = "/api/v1/content/pages";
const SPRING: &str = "/api/v1/content/pages/spring";
const SEEN: &str = "/api/v1/fan/1/pages/spring";

fn draft(title: &str) -> Value {
    let phone = json!({"name": "phone", "label": "手机号", "kind": "phone", "required": true});
    json!({"title": title, "description": "", "image": null, "blocks": [
        {"type": "title", "text": title, "level": 1},
        {"type": "form", "form": "trial", "title": null, "fields": [{"name": "phone", "label": "手机号", "kind": "phone",
            "required": phone["required"], "options": []}], "submit": "提交", "thanks": "已收到，明天联系您"},
    ]})
}

#[db_test(migrations = migrations())]
async fn customers_see_what_is_published_and_nothing_else(records: Records) {
    let house = House::new(&records);
    let made = house.client.post("all", PAGES, &json!({"page": "spring", "draft": draft("春季书单")})).await;
    assert_eq!((made.status, &made.json["revision"], &made.json["path"]), (201, &json!(1), &json!("/f/1/p/spring")));
    assert_eq!(house.client.post("all", PAGES, &json!({"page": "spring", "draft": draft("x")})).await.status, 409);
    assert_eq!(house.browse(SEEN, None).await.status, 404, "a draft is nobody's business");

    let publication = format!("{SPRING}/publication");
    let published = house.client.post("all", &publication, &json!({"revision": 1})).await;
    assert_eq!((published.status, &published.json["published"]), (200, &json!(1)));
    assert_eq!(published.json["differs"], false);
    let seen = house.browse(SEEN, None).await;
    assert_eq!((seen.status, &seen.json["document"]), (200, &draft("春季书单")));
    let tag = seen.headers["etag"].to_str().unwrap().to_owned();
    assert_eq!(seen.headers["cache-control"], "public, max-age=30");
    let again = house.client.ask("nobody", Request::get(SEEN).header("if-none-match", &tag), None).await;
    assert_eq!((again.status, again.bytes.len()), (304, 0));

    // The draft goes on; customers see the version until the next is published.
    let written = house.client.put("all", SPRING, &json!({"revision": 2, "draft": draft("夏季书单")})).await;
    assert_eq!((written.status, &written.json["differs"]), (200, &json!(true)));
    assert_eq!(house.client.put("all", SPRING, &json!({"revision": 2, "draft": draft("旧")})).await.status, 409);
    assert_eq!(house.browse(SEEN, None).await.json["document"]["title"], "春季书单");
    assert_eq!(house.client.post("all", &publication, &json!({"revision": 2})).await.status, 409);
    house.client.post("all", &publication, &json!({"revision": 3})).await;
    assert_eq!(house.browse(SEEN, None).await.json["document"]["title"], "夏季书单");
    let first = house.client.get("all", &format!("{SPRING}/versions/1")).await;
    assert_eq!((first.status, first.json), (200, draft("春季书单")));
    assert_eq!(house.client.get("all", SPRING).await.each("history", "version"), [2, 1]);

    let withdrawn = house.client.delete("all", &publication).await;
    assert_eq!((withdrawn.status, &withdrawn.json["published"]), (200, &Value::Null));
    assert_eq!(house.browse(SEEN, None).await.status, 404);
    // The numbers go on, so that an ETag never stands for something else.
    let revision = withdrawn.json["revision"].clone();
    let third = house.client.post("all", &publication, &json!({"revision": revision})).await;
    assert_eq!(third.json["published"], 3);
}

#[db_test(migrations = migrations())]
async fn what_is_not_in_order_can_be_kept_but_not_published(records: Records) {
    let house = House::new(&records);
    let mut wrong = draft("春");
    wrong["blocks"][0]["text"] = json!("");
    let made = house.client.post("all", PAGES, &json!({"page": "spring", "draft": wrong})).await;
    assert_eq!((made.status, made.each("faults", "field")), (201, vec![json!("blocks[0].text")]));
    let refused = house.client.post("all", &format!("{SPRING}/publication"), &json!({"revision": 1})).await;
    assert_eq!((refused.status, refused.each("errors", "field")), (422, vec![json!("blocks[0].text")]));
    let script = json!({"page": "x", "draft": {"title": "x", "blocks": [{"type": "script"}]}});
    assert_eq!(house.client.post("all", PAGES, &script).await.status, 422);
    let large = json!({"draft": {"title": "x", "blocks": [{"type": "text", "text": "x".repeat(300_000)}]}});
    assert_eq!(house.client.post("all", PAGES, &large).await.status, 422);
    let nul = json!({"draft": {"title": "a\u{0}b", "blocks": []}});
    assert_eq!(house.client.post("all", PAGES, &nul).await.status, 422);
}

#[db_test(migrations = migrations())]
async fn pages_are_the_whole_brands(records: Records) {
    let house = House::new(&records);
    let new = json!({"page": "spring", "draft": draft("春季书单")});
    assert_eq!(house.client.post("one", PAGES, &new).await.status, 403);
    assert_eq!(house.client.post("key", PAGES, &new).await.status, 201);
    assert_eq!(house.client.put("own", SPRING, &json!({"revision": 1, "draft": draft("x")})).await.status, 403);
    assert_eq!(house.client.post("one", &format!("{SPRING}/publication"), &json!({"revision": 1})).await.status, 403);
    assert_eq!(house.client.get("one", SPRING).await.status, 200);
    assert_eq!(house.client.get("other", SPRING).await.status, 404);
    house.client.post("key", &format!("{SPRING}/publication"), &json!({"revision": 1})).await;
    assert_eq!(house.browse("/api/v1/fan/2/pages/spring", None).await.status, 404);
    let found =
        async |query: &str| house.client.get("one", &format!("{PAGES}?{query}")).await.each("items", "page").len();
    assert_eq!((found("q=书单").await, found("q=SPR").await, found("q=none").await), (1, 1, 0));
    assert_eq!((found("published=true").await, found("published=false").await), (1, 0));
}

#[db_test(migrations = migrations())]
async fn a_tap_too_many_is_no_second_answer(records: Records) {
    let house = House::new(&records);
    house.client.post("all", PAGES, &json!({"page": "spring", "draft": draft("春")})).await;
    let form = format!("{SEEN}/forms/trial");
    let answer = async |cookie: &str, path: &str, phone: &str| {
        let request = Request::post(path).header("cookie", cookie.to_owned());
        house.client.ask("nobody", request, Some(&json!({"answers": {"phone": phone}}))).await
    };
    const LIN: &str = "sl_fan_1=b900";
    assert_eq!(answer(LIN, &form, "13800138000").await.status, 404, "not published yet");
    house.client.post("all", &format!("{SPRING}/publication"), &json!({"revision": 1})).await;
    assert_eq!(answer("a=1", &form, "13800138000").await.status, 401);
    assert_eq!(answer(LIN, &format!("{SEEN}/forms/none"), "13800138000").await.status, 404);
    let wrong = answer(LIN, &form, "ring me").await;
    assert_eq!((wrong.status, wrong.each("errors", "field")), (422, vec![json!("answers.phone")]));

    for _ in 0..2 {
        let taken = answer(LIN, &form, "13800138000").await;
        assert_eq!((taken.status, &taken.json["thanks"]), (201, &json!("已收到，明天联系您")));
        house.clock.advance_secs(3);
    }
    let facts = house.facts();
    let told: Vec<&str> = facts.iter().map(|fact| fact.event.as_str()).collect();
    assert_eq!(told, ["identify", "Form Submitted", "identify", "Form Submitted"]);
    assert_eq!((&facts[0].message_id, &facts[1].message_id), (&facts[2].message_id, &facts[3].message_id));
    assert!(facts.iter().all(|fact| fact.ids[0].value == "b900"));
    assert_eq!(facts[0].properties.get(), r#"{"phone":"13800138000"}"#);
}
