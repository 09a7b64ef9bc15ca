//! Whatever is refused under the API's addresses is refused with a problem document, and what is a page is only read.

use reqwest::Method;
use serde_json::Value;

use crate::server::{Answer, Installation};

fn is_problem(answer: &Answer, code: &str) {
    assert_eq!(answer.headers["content-type"], "application/problem+json");
    let problem: Value = answer.json();
    assert_eq!((&problem["status"], &problem["code"]), (&Value::from(answer.status), &Value::from(code)), "{problem}");
    assert_eq!(problem["type"], format!("urn:searchlight:problem:{code}"));
    assert!(problem["title"].as_str().is_some_and(|title| !title.is_empty()));
    assert_eq!(problem["request_id"], answer.headers["x-request-id"].to_str().expect("text"));
}

#[tokio::test]
async fn a_refusal_is_a_problem_document() {
    let house = Installation::new();
    let founded = house.create_brand("jia", "owner@jia.example").await;
    let server = house.serve().await;
    let (anybody, key) = (server.anybody(), server.key(&founded.secret_key));
    for caller in [&anybody, &key] {
        for path in ["/api", "/api/", "/api/v1", "/api/v1/nothing", "/api/v2/campaigns", "/v1", "/v1/nothing"] {
            for method in [Method::GET, Method::POST, Method::DELETE] {
                let answer = caller.send(method.clone(), path, None).await;
                assert_eq!(answer.status, 404, "{method} {path}");
                is_problem(&answer, "not_found");
            }
        }
        for (method, path, allow) in [
            (Method::DELETE, "/api/v1/campaigns", "GET,HEAD,POST"),
            (Method::PUT, "/api/v1/session", "GET,HEAD,POST,DELETE"),
            (Method::GET, "/v1/batch", "POST"),
            (Method::POST, "/healthz", "GET,HEAD"),
            (Method::POST, "/network/spring", "GET,HEAD"),
        ] {
            let answer = caller.send(method.clone(), path, None).await;
            assert_eq!(answer.status, 405, "{method} {path}");
            let mut allowed: Vec<&str> = answer.headers["allow"].to_str().expect("text").split(',').collect();
            let mut expected: Vec<&str> = allow.split(',').collect();
            allowed.sort_unstable();
            expected.sort_unstable();
            assert_eq!(allowed, expected, "{method} {path}");
            is_problem(&answer, "method_not_allowed");
        }
    }
    let answer = anybody.get("/api/v1/campaigns").await;
    assert_eq!((answer.status, answer.headers["www-authenticate"].to_str().expect("text")), (401, "Bearer"));
    is_problem(&answer, "unauthenticated");
    for (path, status, code) in [
        ("/api/v1/campaigns?limit=many", 422, "invalid"),
        ("/api/v1/campaigns/a%20b/cascade", 404, "not_found"),
        ("/api/v1/campaigns/none/cascade", 404, "not_found"),
        ("/api/v1/network/paths?from=p1", 422, "invalid"),
    ] {
        let answer = key.get(path).await;
        assert_eq!(answer.status, status, "{path}: {}", answer.text());
        is_problem(&answer, code);
    }
    for (path, body, status, code) in [
        ("/api/v1/campaigns", "{", 400, "malformed"),
        ("/api/v1/campaigns", "{\"name\":7}", 422, "invalid"),
        ("/api/v1/facts", "{}", 400, "malformed"),
        ("/v1/batch", "[]", 400, "malformed"),
    ] {
        let request = key.request(Method::POST, path).header("content-type", "application/json").body(body);
        let answer = Answer::of(request).await;
        assert_eq!(answer.status, status, "{path} {body}: {}", answer.text());
        is_problem(&answer, code);
    }
    let many = format!("[{}]", vec!["{}"; 2501].join(","));
    let request = key.request(Method::POST, "/api/v1/facts").header("content-type", "application/json").body(many);
    is_problem(&Answer::of(request).await, "too_large");
}

#[tokio::test]
async fn any_other_address_is_a_page_of_the_console() {
    let house = Installation::new();
    house.create_brand("jia", "owner@jia.example").await;
    let server = house.serve().await;
    for path in ["/", "/network/spring", "/settings/keys"] {
        let answer = server.anybody().get(path).await;
        assert_eq!(answer.status, 200, "{path}");
        assert!(answer.headers["content-type"].to_str().expect("text").starts_with("text/html"));
        let rules = answer.headers["content-security-policy"].to_str().expect("text");
        assert!(rules.contains("default-src 'self'") && rules.contains("frame-ancestors 'none'"));
    }
    assert_eq!(server.anybody().get("/assets/none.js").await.status, 404);
}
