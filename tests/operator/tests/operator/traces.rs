//! Traces reach a collector by OTLP, as one trace from the caller's span to the digested fact.

use std::{
    net::SocketAddr,
    sync::{Arc, Mutex},
};

use axum::{Router, body::Bytes, extract::State, http::HeaderMap, routing::post};
use opentelemetry_proto::tonic::{collector::trace::v1::ExportTraceServiceRequest, trace::v1::Span};
use prost::Message;
use rustix::process::Signal;

use crate::program::{Brand, private_fact, until};

#[derive(Clone, Default)]
struct Collector {
    spans: Arc<Mutex<Vec<Span>>>,
    tenants: Arc<Mutex<Vec<String>>>,
}

async fn collect(State(collector): State<Collector>, headers: HeaderMap, body: Bytes) {
    let request = ExportTraceServiceRequest::decode(body).expect("OTLP");
    let tenant = headers.get("x-tenant").map(|tenant| tenant.to_str().expect("as it should be").to_owned());
    collector.tenants.lock().expect("as it should be").extend(tenant);
    let spans = request.resource_spans.into_iter().flat_map(|of| of.scope_spans).flat_map(|of| of.spans);
    collector.spans.lock().expect("as it should be").extend(spans);
}

#[tokio::test]
async fn a_request_is_followed_until_its_facts_are_digested() {
    let collector = Collector::default();
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address: SocketAddr = listener.local_addr().unwrap();
    let router = Router::new().route("/v1/traces", post(collect)).with_state(collector.clone());
    tokio::spawn(async move { axum::serve(listener, router).await });

    let brand = Brand::found();
    let endpoint = format!("traces.endpoint=http://{address}/v1/traces");
    let mut server = brand.serve(&[&endpoint, "traces.headers=x-tenant=books"]);
    let sent = server
        .http
        .post(format!("{}/api/v1/facts", server.url))
        .bearer_auth(brand.text("write_key"))
        .header("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")
        .json(&private_fact())
        .send();
    assert_eq!(sent.await.unwrap().status(), 200);
    server.until("/readyz", 200).await;
    // What was not sent yet is sent before it ends.
    server.signal(Signal::TERM);
    let ended = tokio::task::spawn_blocking(move || server.end());
    assert!(ended.await.unwrap().success());
    until(|| async { !collector.spans.lock().unwrap().is_empty() }, "spans arrive").await;

    let spans = collector.spans.lock().unwrap().clone();
    let trace = 0x0af7_6519_16cd_43dd_8448_eb21_1c80_319c_u128.to_be_bytes();
    let ours: Vec<&Span> = spans.iter().filter(|span| span.trace_id == trace).collect();
    let named = |name: &str| {
        let found = ours.iter().find(|span| span.name == name);
        *found.unwrap_or_else(|| {
            panic!("a span {name} among {:?}", ours.iter().map(|span| &span.name).collect::<Vec<_>>())
        })
    };
    let request = named("request");
    assert_eq!(request.parent_span_id, 0xb7ad_6b71_6920_3331_u64.to_be_bytes());
    for inner in ["append", "digest"] {
        assert_eq!(named(inner).parent_span_id, request.span_id, "{inner}");
    }
    assert!(collector.tenants.lock().unwrap().iter().all(|tenant| tenant == "books"));
    let told = format!("{spans:?}");
    for private in ["13877007700", "欧阳灯塔", "u-7700-secret", brand.text("write_key")] {
        assert!(!told.contains(private), "{private} is in a span");
    }
}
