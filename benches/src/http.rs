//! Facts through the door, with the river flowing behind it: how many a second, and how far the reader is behind.

use std::{
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use anyhow::{Context, ensure};
use reqwest::Client;
use serde_json::Value;
use tokio::sync::Mutex;

use crate::{
    load::Load,
    machine::{self, cpu_secs},
    server::Server,
};

/// Facts a request.
const BATCH: usize = 100;
/// Requests in flight.
const CLIENTS: u64 = 16;
/// How often somebody looks how long it takes until what was written can be read.
const LOOK_EVERY: Duration = Duration::from_millis(50);

/// What was seen.
pub struct Seen {
    /// Facts answered with 200 a second.
    pub facts_per_sec: f64,
    /// Seconds from an answer until its facts are digested and folded, sorted.
    pub lags: Vec<f64>,
    /// Seconds until a request was answered, sorted.
    pub answers: Vec<f64>,
    /// Microseconds of processor time a fact: the server's, the client's.
    pub cpu_micros: (f64, f64),
    /// Memory the server holds at the end.
    pub resident_bytes: u64,
}

struct Shared {
    http: Client,
    url: String,
    key: String,
    begun: Instant,
    run: Duration,
    /// Facts a second to keep to; 0 for as many as go.
    rate: f64,
    sent: AtomicU64,
    answered: AtomicU64,
    last_offset: AtomicU64,
    answers: Mutex<Vec<f64>>,
}

/// Runs the load against a new server for so long, at so many facts a second (0: as many as go).
#[expect(clippy::disallowed_methods, reason = "it measures durations")]
pub async fn run(within: &Path, run: Duration, rate: f64) -> anyhow::Result<Seen> {
    let server = Server::start(within).await?;
    let shared = Arc::new(Shared {
        http: Client::new(),
        url: server.url.clone(),
        key: server.key.clone(),
        begun: Instant::now(),
        run,
        rate,
        sent: AtomicU64::new(0),
        answered: AtomicU64::new(0),
        last_offset: AtomicU64::new(0),
        answers: Mutex::default(),
    });
    let cpu_before = (cpu_secs(server.pid()), cpu_secs(std::process::id()));
    let clients: Vec<_> = (0..CLIENTS).map(|client| tokio::spawn(hand_in(Arc::clone(&shared), client))).collect();
    let looking = tokio::spawn(look(Arc::clone(&shared)));
    for client in clients {
        client.await??;
    }
    let secs = shared.begun.elapsed().as_secs_f64();
    let mut lags = looking.await??;
    // What is still on its way is paid for too.
    caught_up(&shared, shared.last_offset.load(Ordering::SeqCst)).await?;
    let cpu = (cpu_secs(server.pid()) - cpu_before.0, cpu_secs(std::process::id()) - cpu_before.1);
    let facts = shared.answered.load(Ordering::SeqCst) as f64;
    let mut answers = std::mem::take(&mut *shared.answers.lock().await);
    answers.sort_by(f64::total_cmp);
    lags.sort_by(f64::total_cmp);
    Ok(Seen {
        facts_per_sec: facts / secs,
        lags,
        answers,
        cpu_micros: (cpu.0 * 1e6 / facts, cpu.1 * 1e6 / facts),
        resident_bytes: machine::resident_bytes(server.pid()),
    })
}

#[expect(clippy::disallowed_methods, reason = "it measures durations")]
async fn hand_in(shared: Arc<Shared>, client: u64) -> anyhow::Result<()> {
    let mut load = Load::new(1, client, CLIENTS);
    let mut body = Vec::new();
    let mut answers = Vec::new();
    while shared.begun.elapsed() < shared.run {
        let sent = shared.sent.fetch_add(BATCH as u64, Ordering::SeqCst);
        if shared.rate > 0.0 {
            let due = shared.begun + Duration::from_secs_f64(sent as f64 / shared.rate);
            tokio::time::sleep_until(due.into()).await;
        }
        load.batch(BATCH, &mut body);
        let started = Instant::now();
        let request = shared.http.post(format!("{}/api/v1/facts", shared.url)).bearer_auth(&shared.key);
        let answer = request.header("content-type", "application/json").body(body.clone()).send().await?;
        let answer = answer.error_for_status()?.bytes().await?;
        answers.push(started.elapsed().as_secs_f64());
        let receipt: Value = serde_json::from_slice(&answer)?;
        ensure!(receipt["rejected"] == 0, "facts were refused: {receipt}");
        let last = receipt["last_offset"].as_u64().context("an offset")?;
        shared.last_offset.fetch_max(last, Ordering::SeqCst);
        shared.answered.fetch_add(BATCH as u64, Ordering::SeqCst);
    }
    shared.answers.lock().await.append(&mut answers);
    Ok(())
}

/// Now and then asks for the newest fact that was answered: how long until it can be read.
#[expect(clippy::disallowed_methods, reason = "it measures durations")]
async fn look(shared: Arc<Shared>) -> anyhow::Result<Vec<f64>> {
    let mut lags = Vec::new();
    let mut waiting = tokio::task::JoinSet::new();
    let mut every = tokio::time::interval(LOOK_EVERY);
    while shared.begun.elapsed() < shared.run {
        every.tick().await;
        let offset = shared.last_offset.load(Ordering::SeqCst);
        if offset > 0 {
            let (shared, started) = (Arc::clone(&shared), Instant::now());
            waiting.spawn(async move { caught_up(&shared, offset).await.map(|()| started.elapsed().as_secs_f64()) });
        }
    }
    while let Some(lag) = waiting.join_next().await {
        lags.push(lag??);
    }
    Ok(lags)
}

/// Waits until the fact at this offset is digested and folded.
async fn caught_up(shared: &Shared, offset: u64) -> anyhow::Result<()> {
    let after = offset.saturating_sub(1);
    let url = format!("{}/api/v1/facts?limit=1&after={after}&wait_offset={offset}", shared.url);
    loop {
        let answer = shared.http.get(&url).bearer_auth(&shared.key).send().await?;
        if answer.status().is_success() {
            answer.bytes().await?;
            return Ok(());
        }
        // The server waits for ten seconds at most; a reader that is further behind is asked again.
        ensure!(answer.status().as_u16() == 503, "{}", answer.text().await?);
    }
}
