//! TLS by files, taken anew while it serves.

use std::{
    fs,
    io::{Read, Write},
    net::TcpStream,
    path::Path,
    sync::Arc,
};

use rcgen::{CertifiedKey, KeyPair};
use rustix::process::Signal;
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned, crypto::ring};

use crate::program::Brand;

type Pair = CertifiedKey<KeyPair>;

fn issue(folder: &Path) -> Pair {
    let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).expect("as it should be");
    fs::write(folder.join("chain.pem"), made.cert.pem()).expect("as it should be");
    fs::write(folder.join("key.pem"), made.signing_key.serialize_pem()).expect("as it should be");
    made
}

/// Asks by TLS, trusting this certificate alone.
fn ask(port: u16, trusted: &Pair, request: &str) -> Result<String, std::io::Error> {
    let mut roots = RootCertStore::empty();
    roots.add(trusted.cert.der().clone()).expect("as it should be");
    let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .expect("as it should be")
        .with_root_certificates(roots)
        .with_no_client_auth();
    let client =
        ClientConnection::new(Arc::new(config), "localhost".try_into().expect("as it should be")).expect("it is there");
    let mut stream = StreamOwned::new(client, TcpStream::connect(("127.0.0.1", port))?);
    stream.write_all(request.as_bytes())?;
    let mut answer = Vec::new();
    // A server that closes without a word of farewell has answered all the same.
    let _ = stream.read_to_end(&mut answer);
    Ok(String::from_utf8_lossy(&answer).into_owned())
}

#[tokio::test]
async fn certificates_are_taken_anew_without_a_restart() {
    let brand = Brand::found();
    let files = tempfile::tempdir().unwrap();
    let first = issue(files.path());
    let (chain, key) = (files.path().join("chain.pem"), files.path().join("key.pem"));
    let settings = [format!("tls.certificate={}", chain.display()), format!("tls.key={}", key.display())];
    let server = brand.serve(&[&settings[0], &settings[1], "tls.watch=1h"]);
    let port: u16 = server.url.strip_prefix("https://127.0.0.1:").expect("https").parse().unwrap();

    let health = "GET /healthz HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n";
    assert!(ask(port, &first, health).unwrap().starts_with("HTTP/1.1 200"));
    let body = format!(r#"{{"email":"{}","password":"{}"}}"#, brand.text("email"), brand.text("password"));
    let sign_in = format!(
        "POST /api/v1/session HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\ncontent-type: application/json\r\n\
         content-length: {}\r\n\r\n{body}",
        body.len()
    );
    let answer = ask(port, &first, &sign_in).unwrap();
    assert!(answer.contains("; Secure"), "a session that came by TLS goes by TLS only: {answer}");

    let second = issue(files.path());
    server.signal(Signal::HUP);
    server.says("the TLS certificate was taken anew").await;
    assert!(ask(port, &second, health).unwrap().starts_with("HTTP/1.1 200"));
    assert!(ask(port, &first, health).is_err(), "the former is no longer shown");

    fs::write(&chain, "broken").unwrap();
    server.signal(Signal::HUP);
    server.says("the former stay in use").await;
    assert!(ask(port, &second, health).unwrap().starts_with("HTTP/1.1 200"));
}
