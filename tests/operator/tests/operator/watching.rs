//! Measurements, the API's page, and the owner's view of the installation.

use serde_json::Value;

use crate::program::{Brand, private_fact};

#[tokio::test]
async fn measurements_are_for_this_machine_or_for_a_token() {
    let brand = Brand::found();
    let server = brand.serve(&[]);
    server.hand_in(brand.text("write_key"), &private_fact()).await;
    let text = server.get("/metrics").await.text().await.unwrap();
    for line in [
        "searchlight_capture_facts_total 1",
        "searchlight_river_lag_facts{workspace=\"1\"} 0",
        "searchlight_log_sync_seconds_bucket{le=\"+Inf\"}",
        "searchlight_http_seconds_bucket{operation=\"POST /api/v1/facts\",le=\"+Inf\"} 1",
        "searchlight_disk_free_bytes ",
        "searchlight_process_resident_bytes ",
        "# HELP searchlight_river_lag_facts ",
    ] {
        assert!(text.contains(line), "{line} in\n{text}");
    }
    server.get("/made-up/13877007700").await;
    let text = server.get("/metrics").await.text().await.unwrap();
    assert!(!text.contains("made-up"), "labels are of a small set");
    let url = format!("{}/metrics", server.url);
    let passed_on = server.http.get(&url).header("x-forwarded-for", "203.0.113.7").send().await.unwrap();
    assert_eq!(passed_on.status(), 404, "a proxy on this machine does not open them to the world");
    drop(server);

    let guarded = brand.serve(&["metrics.token=hunter2"]);
    assert_eq!(guarded.get("/metrics").await.status(), 403);
    let url = format!("{}/metrics", guarded.url);
    assert_eq!(guarded.http.get(&url).bearer_auth("hunter2").send().await.unwrap().status(), 200);
    drop(guarded);

    let port = testkit::free_port().unwrap();
    let apart = brand.serve(&[&format!("metrics.listen=127.0.0.1:{port}")]);
    assert_eq!(apart.get("/metrics").await.status(), 404);
    let there = apart.http.get(format!("http://127.0.0.1:{port}/metrics")).send().await.unwrap();
    assert_eq!(there.status(), 200);
}

#[tokio::test]
async fn the_api_explains_itself_without_a_network() {
    let folder = tempfile::tempdir().unwrap();
    let server = crate::program::serve(&folder.path().join("data"), &[]);
    let page = server.get("/docs").await;
    assert_eq!(page.status(), 200);
    assert!(page.headers()["content-security-policy"].to_str().unwrap().contains("default-src 'self'"));
    let document: Value = server.get("/openapi.json").await.json().await.unwrap();
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let committed: Value = serde_json::from_slice(&std::fs::read(root.join("openapi.json")).unwrap()).unwrap();
    assert_eq!(document, committed);
}

#[tokio::test]
async fn the_owner_sees_how_the_installation_is() {
    let brand = Brand::found();
    let server = brand.serve(&["data.free_min=1000TiB"]);
    server.hand_in(brand.text("write_key"), &private_fact()).await;
    let body = serde_json::json!({"email": brand.text("email"), "password": brand.text("password")});
    let signed_in = server.http.post(format!("{}/api/v1/session", server.url)).json(&body).send().await.unwrap();
    let cookie = signed_in.headers()["set-cookie"].to_str().unwrap().split(';').next().unwrap().to_owned();
    let asked = server.http.get(format!("{}/api/v1/system", server.url)).header("cookie", cookie);
    let told: Value = asked.send().await.unwrap().json().await.unwrap();
    assert_eq!((&told["facts"]["accepted"], &told["facts"]["waiting"]), (&1.into(), &0.into()), "{told}");
    assert!(told["stored"]["log_bytes"].as_u64().unwrap() > 0 && told["stored"]["records_bytes"].as_u64().unwrap() > 0);
    let disk = told["findings"].as_array().unwrap().iter().find(|finding| finding["check"] == "disk").unwrap();
    assert_eq!(disk["verdict"], "bad", "a thousand tebibytes are not free: {disk}");
}
