//! Short addresses opened by browsers: how many a second are sent on, each after what happened is durable.

use std::{
    path::Path,
    sync::Arc,
    time::{Duration, Instant},
};

use anyhow::{Context, ensure};
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use crate::{
    load::CAMPAIGN,
    machine::cpu_secs,
    report::{Report, share, verdict, whole},
    server::Server,
};

/// Browsers that open a link at the same time.
const BROWSERS: usize = 192;
/// How often one comes before another takes its place: the first time without a cookie, then with the one it was given.
const VISITS: usize = 2;
/// What a campaign's first minute asks of one machine.
const NEEDED: f64 = 15_000.0;
/// Longest that one in a hundred may wait, in seconds.
const PATIENCE: f64 = 0.020;

/// Opens one link of a campaign for so long.
#[expect(clippy::disallowed_methods, reason = "it measures durations")]
pub async fn run(within: &Path, run: Duration, report: &mut Report) -> anyhow::Result<()> {
    let server = Server::start(within).await?;
    let path = link(&server).await?;
    let address = server.url.trim_start_matches("http://").to_owned();
    let request: Arc<str> = format!("GET {path} HTTP/1.1\r\nhost: {address}\r\n").into();
    let before = (cpu_secs(server.pid()), cpu_secs(std::process::id()));
    let begun = Instant::now();
    let browsers: Vec<_> =
        (0..BROWSERS).map(|_| tokio::spawn(browse(address.clone(), Arc::clone(&request), begun, run))).collect();
    let mut answers = Vec::new();
    for browser in browsers {
        answers.append(&mut browser.await??);
    }
    let secs = begun.elapsed().as_secs_f64();
    let cpu = (cpu_secs(server.pid()) - before.0, cpu_secs(std::process::id()) - before.1);
    answers.sort_by(f64::total_cmp);
    let (rate, p99) = (answers.len() as f64 / secs, share(&answers, 0.99));
    let each = 1e6 / answers.len() as f64;
    report.row(
        format!(
            "spread link opened, {BROWSERS} browsers at a time, half of the visits their first: durable, then sent on"
        ),
        format!("{} redirects/s, p50 {:.1} ms, p99 {:.1} ms", whole(rate), share(&answers, 0.5) * 1e3, p99 * 1e3),
        format!("{:.0} µs server (its river included), {:.0} µs client", cpu.0 * each, cpu.1 * each),
        verdict("≥ 15,000/s, p99 < 20 ms", rate >= NEEDED && p99 < PATIENCE),
    );
    Ok(())
}

/// Makes a link of the campaign; its path.
async fn link(server: &Server) -> anyhow::Result<String> {
    let http = reqwest::Client::new();
    let unit = json!({"id": "store-1", "kind": "store", "name": "一店"});
    let made = http.post(format!("{}/api/v1/units", server.url)).bearer_auth(&server.key).json(&unit).send().await?;
    made.error_for_status()?;
    let link = json!({"name": "朋友圈", "target": {"kind": "play", "play": "group-buy"}, "campaign": CAMPAIGN, "unit": "store-1",
                      "channel": "moments"});
    let url = format!("{}/api/v1/content/links", server.url);
    let made: Value =
        http.post(url).bearer_auth(&server.key).json(&link).send().await?.error_for_status()?.json().await?;
    Ok(made["path"].as_str().context("a link has a path")?.to_owned())
}

/// One browser after the other on one connection; seconds until each answer.
#[expect(clippy::disallowed_methods, reason = "it measures durations")]
async fn browse(address: String, request: Arc<str>, begun: Instant, run: Duration) -> anyhow::Result<Vec<f64>> {
    let mut connection = TcpStream::connect(address).await?;
    connection.set_nodelay(true)?;
    let (mut answers, mut cookie, mut visits) = (Vec::new(), String::new(), 0);
    let mut buffer = Vec::with_capacity(2048);
    while begun.elapsed() < run {
        let asked = format!("{request}{cookie}\r\n");
        let started = Instant::now();
        connection.write_all(asked.as_bytes()).await?;
        buffer.clear();
        // An answer without a body ends with its head.
        while !buffer.ends_with(b"\r\n\r\n") {
            ensure!(connection.read_buf(&mut buffer).await? > 0, "the server hung up");
        }
        answers.push(started.elapsed().as_secs_f64());
        let answer = std::str::from_utf8(&buffer)?;
        ensure!(answer.starts_with("HTTP/1.1 302 "), "it was not sent on: {answer}");
        visits += 1;
        if visits % VISITS == 0 {
            cookie.clear();
        } else if let Some((_, rest)) = answer.split_once("set-cookie: ") {
            cookie = format!("cookie: {}\r\n", rest.split(';').next().unwrap_or_default());
        }
    }
    Ok(answers)
}
