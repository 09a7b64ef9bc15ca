//! The door, seen from outside: batches in order, patiently.

use std::time::Duration;

use anyhow::{Context, bail};
use axum::body::Bytes;
use indicatif::ProgressBar;
use reqwest::{Client, RequestBuilder, StatusCode};
use serde::{Deserialize, Serialize, de::DeserializeOwned};

/// How far the reader may be behind, in facts: others want to read their writes too.
const AHEAD_MAX: u64 = 40_000;
/// Pauses before another try, doubled from the first to the last.
const PAUSE_FIRST: Duration = Duration::from_millis(200);
const PAUSE_LAST: Duration = Duration::from_secs(10);
/// How long a server may take for an answer before it counts as gone.
const ANSWER: Duration = Duration::from_secs(60);

/// A running server and a key to it.
pub struct Door {
    http: Client,
    url: String,
    key: String,
    patience: Duration,
    /// Up to which offset the reader is known to have come.
    caught_up: u64,
}

/// What the door says of a batch.
#[derive(Deserialize)]
pub struct Receipt {
    pub accepted: u64,
    pub rejected: u64,
    pub last_offset: Option<u64>,
    items: Vec<ItemReceipt>,
}

impl Receipt {
    /// Which items were rejected, and why.
    pub fn rejections(self) -> Vec<(usize, String)> {
        self.items.into_iter().filter_map(|item| Some((item.index, item.reason?))).collect()
    }
}

#[derive(Deserialize)]
struct ItemReceipt {
    index: usize,
    #[serde(default)]
    reason: Option<String>,
}

#[derive(Deserialize)]
struct Problem {
    title: String,
    detail: Option<String>,
}

impl Door {
    pub fn new(url: &str, key: &str, patience: Duration) -> anyhow::Result<Self> {
        let http = Client::builder().timeout(ANSWER).build()?;
        Ok(Self { http, url: url.trim_end_matches('/').to_owned(), key: key.to_owned(), patience, caught_up: 0 })
    }

    /// Hands in a JSON array of facts.
    pub async fn hand_in(&mut self, facts: Bytes, bar: &ProgressBar) -> anyhow::Result<Receipt> {
        let request = self.http.post(format!("{}/api/v1/facts", self.url)).header("content-type", "application/json");
        let receipt: Receipt = self.ask(request.body(facts), &[], bar).await?;
        if let Some(last) = receipt.last_offset
            && last > self.caught_up + AHEAD_MAX
        {
            self.catch_up(last - AHEAD_MAX / 2, bar).await?;
        }
        Ok(receipt)
    }

    /// Makes a campaign that is not there yet.
    pub async fn make_campaign(&self, id: &str, bar: &ProgressBar) -> anyhow::Result<()> {
        #[derive(Serialize)]
        struct Campaign<'a> {
            id: &'a str,
            name: &'a str,
        }
        let request = self.http.post(format!("{}/api/v1/campaigns", self.url)).json(&Campaign { id, name: id });
        let made: anyhow::Result<Option<serde::de::IgnoredAny>> = self.ask(request, &[StatusCode::CONFLICT], bar).await;
        made.map(drop).with_context(|| format!("campaign {id:?} cannot be made"))
    }

    /// Waits until the fact at this offset can be read.
    pub async fn catch_up(&mut self, offset: u64, bar: &ProgressBar) -> anyhow::Result<()> {
        let path = format!("{}/api/v1/facts?limit=1&after={}&wait_offset={offset}", self.url, offset.saturating_sub(1));
        let _page: serde::de::IgnoredAny = self.ask(self.http.get(path), &[], bar).await?;
        self.caught_up = offset;
        Ok(())
    }

    /// Asks again while the server is away, overloaded or behind; a refusal is final. A status of `fine` reads as `null`.
    async fn ask<T: DeserializeOwned>(
        &self,
        request: RequestBuilder,
        fine: &[StatusCode],
        bar: &ProgressBar,
    ) -> anyhow::Result<T> {
        let request = request.bearer_auth(&self.key).build()?;
        let (mut pause, mut waited) = (PAUSE_FIRST, Duration::ZERO);
        loop {
            let again = request.try_clone().context("a body of bytes can be sent twice")?;
            let (trouble, hint) = match self.http.execute(again).await {
                Ok(answer) if fine.contains(&answer.status()) => return Ok(serde_json::from_str("null")?),
                Ok(answer) => {
                    let status = answer.status();
                    let hint = answer.headers().get("retry-after").and_then(|secs| secs.to_str().ok()?.parse().ok());
                    match answer.bytes().await {
                        Ok(body) if status.is_success() => {
                            return serde_json::from_slice(&body).context("the server's answer cannot be read");
                        }
                        Ok(body) if status == StatusCode::TOO_MANY_REQUESTS || status.is_server_error() => {
                            (told(status, &body), hint.map(Duration::from_secs))
                        }
                        Ok(body) => bail!("the server at {} refuses: {}", self.url, told(status, &body)),
                        Err(error) => (error.to_string(), None),
                    }
                }
                Err(error) if error.is_builder() => return Err(error.into()),
                Err(error) => (chain(&error), None),
            };
            if waited >= self.patience {
                bail!("the server at {} has not answered for {} s: {trouble}", self.url, waited.as_secs());
            }
            let pausing = hint.unwrap_or(pause).min(self.patience);
            bar.set_message(format!("waiting: {trouble}"));
            tokio::time::sleep(pausing).await;
            waited += pausing;
            pause = (pause * 2).min(PAUSE_LAST);
        }
    }
}

/// A problem document in a line.
fn told(status: StatusCode, body: &[u8]) -> String {
    match serde_json::from_slice::<Problem>(body) {
        Ok(Problem { title, detail: Some(detail) }) => format!("{status}, {title}: {detail}"),
        Ok(Problem { title, detail: None }) => format!("{status}, {title}"),
        Err(_) => status.to_string(),
    }
}

/// An error and what caused it, without the address, which the message around it names.
fn chain(error: &reqwest::Error) -> String {
    let mut told = if error.is_timeout() { "no answer in time".to_owned() } else { "no connection".to_owned() };
    let mut source = std::error::Error::source(error);
    while let Some(cause) = source {
        told = cause.to_string();
        source = cause.source();
    }
    told
}
