//! A form: made by an operator, answered by customers on their phones, and what follows from it.

use reqwest::Method;
use serde_json::{Value, json};

use crate::{
    segments::soon,
    server::{Caller, Installation, items},
    town::Town,
};

/// The token of a customer's browser.
fn token(number: usize) -> String {
    format!("{number:0>8}efghjkmnpqrstuvwxyz2345A")
}

/// A sign-up for two that tags who likes poems.
async fn book_club(owner: &Caller) -> (String, Value) {
    let tag = json!({"group": "偏好", "name": "爱读诗", "intent": "judgement"});
    let tag = owner.make("/api/v1/tags", &tag).await;
    let taste = json!([{"key": "novel", "label": "小说"}, {"key": "poem", "label": "诗", "tag": tag["tag"]}]);
    let asked = json!({
        "title": "读书会报名", "consent": "只用于通知本次读书会", "places": 2,
        "questions": [
            {"key": "name", "label": "怎么称呼您", "required": true, "type": "name"},
            {"key": "phone", "label": "手机号", "type": "phone"},
            {"key": "taste", "label": "爱读哪一类", "required": true, "type": "one", "choices": taste},
        ],
    });
    let made = owner.make("/api/v1/forms", &asked).await;
    (made["form"].as_str().expect("an id").to_owned(), tag["tag"].clone())
}

fn answered(name: &str, taste: &str) -> Value {
    let answers = json!({"name": name, "phone": "170 1234 5678", "taste": taste});
    json!({"version": 1, "answers": answers, "agreed": true})
}

#[tokio::test]
async fn customers_answer_and_become_who_they_said_they_are() {
    let house = Installation::new();
    let founded = house.create_brand("jia", "owner@jia.example").await;
    let server = house.serve().await;
    let town = Town::build(&server, &founded, "jia").await;
    server.ready().await;
    let owner = &town.owner;
    let (form, tag) = book_club(owner).await;
    let page = format!("/api/v1/fan/1/forms/{form}");
    let lin = server.customer(1, &token(1));
    assert_eq!(lin.get(&page).await.status, 404, "a draft is nobody's business");

    let path = format!("/api/v1/forms/{form}");
    assert_eq!(owner.send(Method::PATCH, &path, Some(&json!({"state": "open"}))).await.status, 200);
    let shown = lin.read(&page).await;
    assert_eq!((&shown["open"], &shown["answered"]), (&json!(true), &json!(false)));
    assert!(!shown.to_string().contains(tag.as_str().expect("an id")), "what is thought of answers is not told");

    let answers = format!("{page}/answers");
    let refused = lin.post(&answers, &json!({"version": 1, "answers": {"name": "林晚", "taste": "poem"}})).await;
    assert_eq!(refused.status, 422, "a name is kept only with their agreement");
    assert_eq!(lin.post(&answers, &answered("林晚", "crime")).await.status, 422);
    assert_eq!(lin.post(&answers, &answered("林晚", "poem")).await.status, 204);
    assert_eq!(lin.post(&answers, &answered("林晚", "novel")).await.status, 409, "once each");
    assert_eq!(lin.read(&page).await["answered"], true);

    // The tag is worn, the profile known, the agreement written down.
    let found = soon(owner, "/api/v1/persons?q=%E6%9E%97%E6%99%9A", |people| !items(people).is_empty()).await;
    let person = items(&found)[0]["person"].as_str().expect("an id").to_owned();
    let worn = soon(owner, &format!("/api/v1/persons/{person}/audience"), |page| page["tags"][0]["tag"] == tag).await;
    assert_eq!(worn["tags"][0]["name"], "爱读诗");
    let consents = owner.read(&format!("/api/v1/persons/{person}/consents")).await;
    assert!(consents.to_string().contains(&format!("{form}:1")), "{consents}");
    let told = soon(owner, "/api/v1/facts?event=Form%20Answered", |facts| !items(facts).is_empty()).await;
    assert_eq!(items(&told)[0]["properties"]["answers"]["phone"], "170****5678");

    // A second version: whoever has the old page open is told so.
    let mut asked = owner.read(&path).await["asked"].clone();
    asked["intro"] = json!("每月最后一个周六");
    assert_eq!(owner.send(Method::PATCH, &path, Some(&json!({"asked": asked}))).await.json()["version"], 2);
    let chen = server.customer(1, &token(2));
    assert_eq!(chen.post(&answers, &answered("陈", "novel")).await.status, 409);

    let list = owner.read(&format!("{path}/answers")).await;
    assert_eq!(items(&list)[0]["answers"], json!({"name": "林晚", "phone": "170****5678", "taste": "poem"}));
    let table = owner.get(&format!("{path}/answers?format=csv")).await.text();
    assert!(table.contains("怎么称呼您") && table.contains("诗"), "{table}");
}

#[tokio::test]
async fn of_many_who_sign_up_at_once_as_many_are_taken_as_there_are_places() {
    let house = Installation::new();
    let founded = house.create_brand("jia", "owner@jia.example").await;
    let server = house.serve().await;
    let town = Town::build(&server, &founded, "jia").await;
    let (form, _) = book_club(&town.owner).await;
    let path = format!("/api/v1/forms/{form}");
    assert_eq!(town.owner.send(Method::PATCH, &path, Some(&json!({"state": "open"}))).await.status, 200);
    let answers = format!("/api/v1/fan/1/forms/{form}/answers");
    let mut sent = tokio::task::JoinSet::new();
    for number in 0..12 {
        let (customer, answers) = (server.customer(1, &token(number)), answers.clone());
        sent.spawn(async move { customer.post(&answers, &answered("有人", "novel")).await.status });
    }
    let taken = sent.join_all().await.into_iter().filter(|status| *status == 204).count();
    assert_eq!(taken, 2);
    assert_eq!(town.owner.read(&path).await["answers"], 2);
    let summary = town.owner.read(&format!("{path}/summary")).await;
    assert_eq!(summary["questions"][2]["counts"][0]["count"], 2);
}
