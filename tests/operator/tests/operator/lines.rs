//! Lines tell what happens and never to whom.

use rustix::process::Signal;
use serde_json::{Value, json};

use crate::program::{Brand, private_fact};

#[tokio::test]
async fn no_line_holds_personal_data_or_a_secret_at_any_level() {
    let brand = Brand::found();
    let server = brand.serve(&["logging.level=trace", "logging.format=json", "metrics.token=token-7700"]);
    let api = format!("{}/api/v1", server.url);
    let (email, password) = (brand.text("email"), brand.text("password"));
    let sign_in = |password: &str| {
        server.http.post(format!("{api}/session")).json(&json!({"email": email, "password": password})).send()
    };
    let wrong = "wrong-password-7700";
    assert_eq!(sign_in(wrong).await.unwrap().status(), 401);
    let signed_in = sign_in(password).await.unwrap();
    let cookie = signed_in.headers()["set-cookie"].to_str().unwrap().split(';').next().unwrap().to_owned();
    server.hand_in(brand.text("write_key"), &private_fact()).await;
    let secret = brand.text("secret_key");
    for path in [
        "/facts?user_id=u-7700-secret",
        "/persons/p1/network",
        "/persons/user:u-7700-secret/network",
        "/nowhere/13877007700",
    ] {
        server.http.get(format!("{api}{path}")).bearer_auth(secret).send().await.unwrap();
    }
    let broken =
        server.http.post(format!("{api}/facts")).bearer_auth(secret).body("{13877007700").send().await.unwrap();
    assert!(broken.status().is_client_error());
    server.http.get(format!("{}/metrics", server.url)).bearer_auth("token-7700").send().await.unwrap();
    server.get("/metrics?token=token-7700").await;

    let lines = server.lines();
    let session = cookie.split_once('=').unwrap().1;
    for private in [
        "13877007700",
        "欧阳灯塔",
        "wx-7700",
        "u-7700-secret",
        "203.0.113.77",
        email,
        password,
        wrong,
        secret,
        brand.text("write_key"),
        session,
        "token-7700",
    ] {
        assert!(!lines.contains(private), "{private} is in the lines:\n{lines}");
    }
    let answered: Vec<Value> = lines
        .lines()
        .map(|line| serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}")))
        .filter(|line: &Value| line["message"] == "answered")
        .collect();
    assert!(answered.len() > 8, "{lines}");
    assert!(answered.iter().all(|line| line["span"]["id"].is_string()), "each names its request");
}

#[tokio::test]
async fn the_level_changes_while_it_runs() {
    let brand = Brand::found();
    let file = brand.folder.join("searchlight.toml");
    std::fs::write(&file, "[logging]\nlevel = \"warn\"\n").unwrap();
    let server = brand.serve(&[]);
    server.get("/healthz").await;
    assert!(!server.lines().contains("answered"));
    std::fs::write(&file, "[logging]\nlevel = \"debug\"\n").unwrap();
    server.signal(Signal::HUP);
    server.says("the level of logging was read again").await;
    server.get("/healthz").await;
    server.says("answered").await;
    std::fs::write(&file, "[logging]\nlevel = \"loud\"\n").unwrap();
    server.signal(Signal::HUP);
    server.says("nothing was changed").await;
    assert_eq!(server.get("/healthz").await.status(), 200);
}
