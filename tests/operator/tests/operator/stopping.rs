//! It stops as it was asked to: requests under way end, a load balancer hears of it first, and a second signal is the last.

use std::time::Duration;

use rustix::process::Signal;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use crate::program::{Brand, Server};

/// A request whose body has only begun.
async fn begun(server: &Server, key: &str, length: usize) -> TcpStream {
    let address = server.url.strip_prefix("http://").expect("as it should be");
    let mut stream = TcpStream::connect(address).await.expect("as it should be");
    let head = format!(
        "POST /api/v1/facts HTTP/1.1\r\nhost: {address}\r\nauthorization: Bearer {key}\r\n\
         content-type: application/json\r\ncontent-length: {length}\r\nexpect: 100-continue\r\n\r\n"
    );
    stream.write_all(head.as_bytes()).await.expect("as it should be");
    // The server asks for the body: the request is under way.
    let mut told = [0; 25];
    stream.read_exact(&mut told).await.expect("as it should be");
    assert!(told.starts_with(b"HTTP/1.1 100"), "{}", String::from_utf8_lossy(&told));
    stream
}

#[tokio::test]
async fn requests_under_way_end_and_a_load_balancer_hears_of_it_first() {
    let brand = Brand::found();
    let mut server = brand.serve(&["server.linger=1s", "server.drain=20s"]);
    let body = br#"[{"event":"Visited","user_id":"a"}]"#;
    let mut request = begun(&server, brand.text("write_key"), body.len()).await;
    server.signal(Signal::TERM);
    server.until("/readyz", 503).await;
    request.write_all(body).await.unwrap();
    let mut answer = String::new();
    request.read_to_string(&mut answer).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 200") && answer.contains("\"accepted\":1"), "{answer}");
    assert!(server.end().success());
}

#[tokio::test]
async fn a_request_that_never_ends_is_cut_off() {
    let brand = Brand::found();
    let mut server = brand.serve(&["server.drain=200ms"]);
    let _request = begun(&server, brand.text("write_key"), 1000).await;
    server.signal(Signal::TERM);
    let ended = tokio::task::spawn_blocking(move || server.end());
    assert!(tokio::time::timeout(Duration::from_secs(20), ended).await.expect("in time").unwrap().success());
}

#[tokio::test]
async fn a_second_signal_ends_it_at_once() {
    let brand = Brand::found();
    let mut server = brand.serve(&["server.linger=1h"]);
    server.signal(Signal::TERM);
    server.until("/readyz", 503).await;
    server.signal(Signal::TERM);
    assert_eq!(server.end().code(), Some(1));
}
