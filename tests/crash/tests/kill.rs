//! A server is killed at a hundred seeded points while clients hand in facts and commands. After every restart each
//! acknowledged fact is there exactly once, nothing is there twice, and every acknowledged command stands.
//!
//! `SEARCHLIGHT_KILLS` sets the number of points, `SEARCHLIGHT_SEED` the seed.

use std::{
    collections::{BTreeMap, BTreeSet},
    process::Stdio,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use anyhow::{Context, bail, ensure};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use serde_json::{Value, json};
use tokio::{
    io::{AsyncBufReadExt, BufReader},
    process::{Child, Command},
};

/// How many clients hand in facts at once.
const CLIENTS: usize = 3;

/// What a client was promised.
#[derive(Default)]
struct Promised {
    facts: BTreeSet<String>,
    campaigns: BTreeSet<String>,
    spreads: BTreeSet<String>,
}

struct Server {
    process: Child,
    url: String,
}

fn number(name: &str, otherwise: u64) -> u64 {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(otherwise)
}

impl Server {
    async fn start(folder: &std::path::Path) -> anyhow::Result<Self> {
        let mut process = Command::new(testkit::binary("searchlight"))
            .args(["serve", "--listen", "127.0.0.1:0", "--data-dir"])
            .arg(folder)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()?;
        let out = process.stdout.take().context("the server has an output")?;
        let line = BufReader::new(out).lines().next_line().await?.context("the server says where it listens")?;
        let said: Value = serde_json::from_str(&line)?;
        let url = said["url"].as_str().context("a url")?.to_owned();
        Ok(Self { process, url })
    }

    async fn kill(mut self) -> anyhow::Result<()> {
        self.process.kill().await?;
        Ok(())
    }
}

/// Hands in batches, with repeats now and then, until the server is gone. Returns what was promised.
async fn hand_in(
    url: String,
    secret_key: String,
    campaign: String,
    name: String,
    seed: u64,
    answers: Arc<AtomicUsize>,
) -> Promised {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let http = reqwest::Client::new();
    let mut promised = Promised::default();
    let mut last: Option<Value> = None;
    for round in 0.. {
        let repeat = last.take().filter(|_| rng.random_bool(0.2));
        let batch = repeat.unwrap_or_else(|| {
            let items = (0..rng.random_range(1..40)).map(|i| item(&mut rng, &campaign, &format!("{name}-{round}-{i}")));
            Value::Array(items.collect())
        });
        let sent = http.post(format!("{url}/api/v1/facts")).bearer_auth(&secret_key).json(&batch).send().await;
        let Ok(answer) = sent else { return promised };
        let Ok(receipt) = answer.json::<Value>().await else { return promised };
        answers.fetch_add(1, Ordering::SeqCst);
        for item in receipt["items"].as_array().into_iter().flatten() {
            if item["status"] == "accepted" {
                promised.facts.extend(item["message_id"].as_str().map(str::to_owned));
            }
        }
        last = Some(batch);
        if rng.random_bool(0.2)
            && !command(&http, &url, &secret_key, &campaign, &format!("{name}-{round}"), &mut promised).await
        {
            return promised;
        }
    }
    promised
}

fn item(rng: &mut ChaCha8Rng, campaign: &str, message_id: &str) -> Value {
    let who = rng.random_range(1..400);
    let sharer = rng.random_range(1..400);
    match rng.random_range(0..4) {
        0 => {
            json!({"type": "identify", "user_id": format!("u{who}"), "anonymous_id": format!("a{who}"), "message_id": message_id,
                    "traits": {"name": format!("客{who}"), "phone": "17000000000", "unionid": format!("o{who}")}})
        }
        1 => json!({"event": "Order Paid", "user_id": format!("u{who}"), "message_id": message_id,
                    "properties": {"order_id": message_id, "amount_minor": 100, "campaign": campaign}}),
        _ => json!({"event": "Spread Opened", "anonymous_id": format!("a{who}"), "message_id": message_id,
                    "properties": {"campaign": campaign, "sharer_id": format!("u{sharer}")}}),
    }
}

/// A campaign and a spread token; `false` when the server is gone.
async fn command(
    http: &reqwest::Client,
    url: &str,
    key: &str,
    campaign: &str,
    name: &str,
    promised: &mut Promised,
) -> bool {
    let created = http
        .post(format!("{url}/api/v1/campaigns"))
        .bearer_auth(key)
        .json(&json!({"id": format!("c-{name}"), "name": name}))
        .send()
        .await;
    match created {
        Ok(answer) if answer.status().as_u16() == 201 => promised.campaigns.insert(format!("c-{name}")),
        Ok(_) => false,
        Err(_) => return false,
    };
    let minted = http
        .post(format!("{url}/api/v1/campaigns/{campaign}/spreads"))
        .bearer_auth(key)
        .json(&json!({"sharer": {"user_id": "u1"}}))
        .send()
        .await;
    let Ok(answer) = minted else { return false };
    if let Ok(spread) = answer.json::<Value>().await
        && let Some(token) = spread["spread"].as_str()
    {
        promised.spreads.insert(format!("spread-{token}"));
    }
    true
}

/// Reads every fact behind an offset.
async fn read_back(url: &str, key: &str, after: &mut u64) -> anyhow::Result<Vec<String>> {
    let http = reqwest::Client::new();
    let mut ids = Vec::new();
    loop {
        let page: Value = http
            .get(format!("{url}/api/v1/facts?limit=1000&after={after}"))
            .bearer_auth(key)
            .send()
            .await?
            .error_for_status()?
            .json()
            .await?;
        for item in page["items"].as_array().context("items")? {
            ids.push(item["message_id"].as_str().context("a message id")?.to_owned());
            *after = item["offset"].as_u64().context("an offset")?;
        }
        if page["next"].is_null() {
            return Ok(ids);
        }
    }
}

/// Waits until everything durable is digested and the outbox is empty: the server says so itself.
async fn wait_ready(url: &str) -> anyhow::Result<()> {
    let http = reqwest::Client::new();
    for _ in 0..2000 {
        if http.get(format!("{url}/readyz")).send().await.is_ok_and(|answer| answer.status().is_success()) {
            return Ok(());
        }
        // Asking again after a moment is what a load balancer does.
        tokio::time::sleep(std::time::Duration::from_millis(5)).await;
    }
    bail!("the server did not become ready")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_acknowledged_fact_survives_a_hundred_kills_exactly_once() -> anyhow::Result<()> {
    let (kills, seed) = (number("SEARCHLIGHT_KILLS", 100), number("SEARCHLIGHT_SEED", 66));
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let folder = tempfile::tempdir()?;
    let created = Command::new(testkit::binary("searchlight"))
        .args(["admin", "create-brand", "--brand", "测试书店", "--email", "owner@example.com", "--data-dir"])
        .arg(folder.path())
        .output()
        .await?;
    ensure!(created.status.success(), "create-brand: {}", String::from_utf8_lossy(&created.stderr));
    let brand: Value = serde_json::from_slice(&created.stdout)?;
    let key = brand["secret_key"].as_str().context("a secret key")?.to_owned();

    let mut promised = Promised::default();
    let mut there: BTreeMap<String, u64> = BTreeMap::new();
    let mut after = 0;
    for kill in 0..=kills {
        let server = Server::start(folder.path()).await?;
        wait_ready(&server.url).await?;
        for id in read_back(&server.url, &key, &mut after).await? {
            *there.entry(id).or_default() += 1;
        }
        check(&server.url, &key, &promised, &there).await.with_context(|| format!("seed {seed}, after kill {kill}"))?;
        if kill == 0 {
            let http = reqwest::Client::new();
            let campaign = json!({"id": "spring", "name": "春"});
            http.post(format!("{}/api/v1/campaigns", server.url)).bearer_auth(&key).json(&campaign).send().await?;
        }
        if kill == kills {
            break;
        }

        let answers = Arc::new(AtomicUsize::new(0));
        let clients: Vec<_> = (0..CLIENTS)
            .map(|client| {
                let name = format!("{kill}-{client}");
                let client_seed = rng.random();
                tokio::spawn(hand_in(
                    server.url.clone(),
                    key.clone(),
                    "spring".into(),
                    name,
                    client_seed,
                    Arc::clone(&answers),
                ))
            })
            .collect();
        let point = rng.random_range(1..25);
        while answers.load(Ordering::SeqCst) < point {
            tokio::task::yield_now().await;
        }
        // A few more spins of the scheduler, so that the point lies anywhere between two answers.
        for _ in 0..rng.random_range(0..2000) {
            tokio::task::yield_now().await;
        }
        server.kill().await?;
        for client in clients {
            let more = client.await?;
            promised.facts.extend(more.facts);
            promised.campaigns.extend(more.campaigns);
            promised.spreads.extend(more.spreads);
        }
    }
    println!("{kills} kills, {} facts promised, {} there", promised.facts.len(), there.len());
    ensure!(promised.facts.len() as u64 > kills, "the clients got something done");
    Ok(())
}

async fn check(url: &str, key: &str, promised: &Promised, there: &BTreeMap<String, u64>) -> anyhow::Result<()> {
    for id in promised.facts.iter().chain(&promised.spreads) {
        ensure!(there.contains_key(id), "{id} was acknowledged and is lost");
    }
    for (id, times) in there {
        ensure!(*times == 1, "{id} is there {times} times");
    }
    let campaigns = campaigns(url, key).await?;
    for id in &promised.campaigns {
        ensure!(campaigns.contains(id), "campaign {id} was acknowledged and is lost");
    }
    Ok(())
}

async fn campaigns(url: &str, key: &str) -> anyhow::Result<BTreeSet<String>> {
    let http = reqwest::Client::new();
    let mut found = BTreeSet::new();
    let mut after = String::new();
    loop {
        let request = http.get(format!("{url}/api/v1/campaigns?limit=1000{after}")).bearer_auth(key);
        let page: Value = request.send().await?.error_for_status()?.json().await?;
        let items = page["items"].as_array().context("items")?;
        found.extend(items.iter().filter_map(|campaign| campaign["id"].as_str().map(str::to_owned)));
        match page["next"].as_str() {
            Some(next) => after = format!("&after={next}"),
            None => return Ok(found),
        }
    }
}
