//! The document of the API, walked: every operation has its case in [`crate::cases`], and says what a reader needs.

use std::collections::BTreeSet;

use reqwest::Method;
use serde_json::{Value, json};

use crate::{
    cases::{self, Ask, Body, Case},
    server::{Answer, Caller, output},
};

/// One operation of the document.
#[derive(Clone, Debug)]
pub struct Operation {
    pub id: String,
    pub method: Method,
    pub path: String,
    /// A permission, `signed_in`, `fan` or `public`.
    pub permission: String,
}

/// Every operation, each with its case.
pub async fn operations() -> Vec<(Operation, &'static Case)> {
    let document = document().await;
    let named: BTreeSet<&str> = cases::all().map(|case| case.operation).collect();
    assert_eq!(named.len(), cases::all().count(), "an operation has two cases");
    let found = listed(&document);
    let ids: BTreeSet<&str> = found.iter().map(|operation| operation.id.as_str()).collect();
    let without = |a: &BTreeSet<&str>, b: &BTreeSet<&str>| a.difference(b).map(ToString::to_string).collect::<Vec<_>>();
    assert_eq!(without(&ids, &named), [""; 0], "operations without a case in tests/house/tests/house/cases");
    assert_eq!(without(&named, &ids), [""; 0], "cases without an operation");
    let case = |id: &str| cases::all().find(|case| case.operation == id).expect("the sets are equal");
    found.into_iter().map(|operation| (operation.clone(), case(&operation.id))).collect()
}

async fn document() -> Value {
    serde_json::from_slice(&output(&["openapi"]).await).expect("the document is JSON")
}

fn methods(document: &Value) -> impl Iterator<Item = (&String, &String, &Value)> {
    let paths = document["paths"].as_object().expect("paths");
    paths.iter().flat_map(|(path, item)| {
        item.as_object().expect("an item").iter().map(move |(method, operation)| (path, method, operation))
    })
}

fn listed(document: &Value) -> Vec<Operation> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    methods(document)
        .map(|(path, method, operation)| Operation {
            id: text(&operation["operationId"]),
            method: method.to_uppercase().parse().expect("a method"),
            path: path.clone(),
            permission: text(&operation["x-permission"]),
        })
        .collect()
}

impl Operation {
    /// Asks as somebody, after making sure that the case asks for this operation.
    pub async fn ask(&self, caller: &Caller, ask: &Ask) -> Answer {
        let path = ask.path.split('?').next().unwrap_or_default();
        assert!(is_at(&self.path, path), "the case of {} asks for {path}, not {}", self.id, self.path);
        let request = caller.request(self.method.clone(), &ask.path);
        Answer::of(match &ask.body {
            None => request,
            Some(Body::Json(body)) => request.json(body),
            Some(Body::Csv(lines)) => request.header("content-type", "text/csv").body(*lines),
        })
        .await
    }
}

fn is_at(pattern: &str, path: &str) -> bool {
    let (pattern, path): (Vec<_>, Vec<_>) = (pattern.split('/').collect(), path.split('/').collect());
    pattern.len() == path.len() && pattern.iter().zip(path).all(|(p, part)| p.starts_with('{') || *p == part)
}

#[tokio::test]
async fn every_operation_has_a_case() {
    assert_eq!(operations().await.len(), cases::all().count());
}

#[tokio::test]
async fn an_operation_without_a_case_is_noticed() {
    let mut document = document().await;
    document["paths"]["/api/v1/secrets"]["get"] = json!({"operationId": "network.secret.list"});
    let found = listed(&document);
    assert!(found.iter().any(|operation| !cases::all().any(|case| case.operation == operation.id)));
}

#[tokio::test]
async fn the_document_is_complete() {
    let document = document().await;
    let tags: BTreeSet<&str> =
        document["tags"].as_array().expect("tags").iter().filter_map(|tag| tag["name"].as_str()).collect();
    let mut ids = BTreeSet::new();
    for (path, method, operation) in methods(&document) {
        let place = format!("{method} {path}");
        let id = operation["operationId"].as_str().unwrap_or_else(|| panic!("{place} has no id"));
        assert_eq!(id.split('.').count(), 3, "{place}: {id} is not slice.noun.verb");
        assert!(ids.insert(id), "{place}: {id} is taken");
        assert!(operation["summary"].as_str().is_some_and(|summary| !summary.is_empty()), "{place} has no summary");
        let permission = operation["x-permission"].as_str().unwrap_or_else(|| panic!("{place} names no permission"));
        let tagged =
            operation["tags"].as_array().is_some_and(|of| of.iter().any(|t| tags.contains(t.as_str().unwrap_or(""))));
        assert!(tagged, "{place}: its tag is not one of the document's");
        let answers = operation["responses"].as_object().expect("responses");
        assert_eq!(answers.contains_key("401"), permission != "public" || id == "access.session.create", "{place}");
        let named: Vec<&str> = path.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}')).collect();
        for name in named {
            let parameters = operation["parameters"].as_array().expect("parameters");
            assert!(
                parameters.iter().any(|p| p["name"] == name && p["in"] == "path"),
                "{place}: {name} is not described"
            );
        }
        if let Some(body) = operation.get("requestBody") {
            assert!(body["content"].is_object(), "{place}: its body is not described");
        }
    }
    assert!(tags.iter().all(|tag| ids.iter().any(|id| id.starts_with(&format!("{tag}.")))), "a tag without operations");
}

#[tokio::test]
async fn every_schema_that_is_named_is_there() {
    fn references(value: &Value, found: &mut BTreeSet<String>) {
        match value {
            Value::Object(fields) => {
                found.extend(fields.get("$ref").and_then(Value::as_str).map(str::to_owned));
                fields.values().for_each(|field| references(field, found));
            }
            Value::Array(items) => items.iter().for_each(|item| references(item, found)),
            _ => {}
        }
    }
    let document = document().await;
    let mut found = BTreeSet::new();
    references(&document, &mut found);
    assert!(!found.is_empty());
    for reference in found {
        let pointer = reference.strip_prefix('#').expect("of this document");
        assert!(document.pointer(pointer).is_some(), "{reference} is named and not there");
    }
}
