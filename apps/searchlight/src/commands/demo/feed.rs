//! Feeding the demo through the doors a brand would use: our own and the Segment batch, in turns.

use std::{path::Path, time::Duration};

use anyhow::{Context, ensure};
use axum::body::Bytes;
use facts::Kind;
use indicatif::{ProgressBar, ProgressStyle};
use kernel::{Offset, Timestamp};
use reqwest::{Client, StatusCode};
use river::Rivers;
use serde::Serialize;
use serde_json::{Value, json, value::RawValue};
use simulator::{DEFAULT_SEED, SimFact, Simulation};

use super::keep::Kept;

/// Facts a request.
const BATCH: usize = 1000;

/// Hands in every fact of the campaign, unless that was done before. Interrupted, it is done again from the beginning:
/// the reader drops what it has seen.
pub async fn feed(url: &str, mut kept: Kept, path: &Path, rivers: &Rivers) -> anyhow::Result<Kept> {
    if kept.seeded {
        return Ok(kept);
    }
    let simulation = Simulation::new(DEFAULT_SEED, kept.until);
    let http = Client::new();
    create_campaign(&http, url, &kept, &simulation).await?;

    let mut facts = simulation.facts();
    let bar = progress(facts.len() as u64);
    let mut last = None;
    // A secret key: roots and orders are what only the brand may say.
    let mut door = Door::Own;
    while facts.len() > 0 {
        let batch: Vec<SimFact> = facts.by_ref().take(BATCH).collect();
        // The last batch goes through our own door, which tells the offset to wait for.
        door = if facts.len() == 0 { Door::Own } else { door.other() };
        last = hand_in(&http, url, &kept.secret_key, &batch, door).await?.or(last);
        bar.inc(batch.len() as u64);
    }
    bar.set_message("…");
    let digested = rivers.get(kept.workspace).context("the brand has a river")?;
    let last = last.context("the last batch went through our own door")?;
    digested.wait_for(Some(Offset(last)), Duration::from_secs(300)).await?;
    bar.finish_and_clear();
    kept.seeded = true;
    kept.write(path)?;
    Ok(kept)
}

/// Draws the whole picture once, so that the first person to look does not wait for it.
pub async fn look(url: &str, kept: &Kept) -> anyhow::Result<()> {
    let picture = format!("{url}/api/v1/campaigns/{}/picture", simulator::CAMPAIGN_ID);
    Client::new().get(picture).bearer_auth(&kept.secret_key).send().await?.error_for_status()?;
    Ok(())
}

async fn create_campaign(http: &Client, url: &str, kept: &Kept, simulation: &Simulation) -> anyhow::Result<()> {
    let campaign = &simulation.brand.campaign;
    let body = json!({
        "id": campaign.id, "name": campaign.name, "starts_at": campaign.starts_at, "ends_at": campaign.ends_at,
    });
    let sent = http.post(format!("{url}/api/v1/campaigns")).bearer_auth(&kept.secret_key).json(&body).send().await?;
    // A start that was interrupted has set it up already.
    if sent.status() != StatusCode::CONFLICT {
        sent.error_for_status()?;
    }
    Ok(())
}

/// The doors a brand's systems would use.
#[derive(Clone, Copy)]
enum Door {
    Own,
    Segment,
}

impl Door {
    fn other(self) -> Self {
        match self {
            Self::Own => Self::Segment,
            Self::Segment => Self::Own,
        }
    }

    fn path(self) -> &'static str {
        match self {
            Self::Own => "/api/v1/facts",
            Self::Segment => "/v1/batch",
        }
    }

    fn body(self, batch: &[SimFact]) -> serde_json::Result<Vec<u8>> {
        match self {
            Self::Own => serde_json::to_vec(batch),
            Self::Segment => serde_json::to_vec(&SegmentBatch { batch: batch.iter().map(SegmentItem::of).collect() }),
        }
    }
}

/// Facts in the words of the Segment protocol.
#[derive(Serialize)]
struct SegmentBatch<'a> {
    batch: Vec<SegmentItem<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct SegmentItem<'a> {
    r#type: Kind,
    #[serde(skip_serializing_if = "Option::is_none")]
    event: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<&'a str>,
    message_id: &'a str,
    timestamp: Timestamp,
    user_id: Option<&'a str>,
    anonymous_id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    properties: Option<&'a RawValue>,
    #[serde(skip_serializing_if = "Option::is_none")]
    traits: Option<&'a RawValue>,
    context: Option<&'a RawValue>,
}

impl<'a> SegmentItem<'a> {
    fn of(fact: &'a SimFact) -> Self {
        let (identify, track) = (fact.kind == Kind::Identify, fact.kind == Kind::Track);
        Self {
            r#type: fact.kind,
            event: track.then_some(fact.event),
            name: (!track && !identify).then_some(fact.event),
            message_id: &fact.message_id,
            timestamp: fact.timestamp,
            user_id: fact.user_id.as_deref(),
            anonymous_id: fact.anonymous_id.as_deref(),
            properties: (!identify).then_some(&*fact.properties),
            traits: identify.then_some(&*fact.properties),
            context: fact.context.as_deref(),
        }
    }
}

/// Hands in a batch; the offset of its last fact where the door tells it. When the log is full the door says how long to
/// wait.
async fn hand_in(http: &Client, url: &str, key: &str, batch: &[SimFact], door: Door) -> anyhow::Result<Option<u64>> {
    let body = Bytes::from(door.body(batch)?);
    loop {
        let request = http.post(format!("{url}{}", door.path())).basic_auth(key, None::<&str>);
        let sent = request.header("content-type", "application/json").body(body.clone()).send().await?;
        if sent.status() == StatusCode::TOO_MANY_REQUESTS {
            let wait = sent.headers().get("retry-after").and_then(|value| value.to_str().ok()?.parse().ok());
            tokio::time::sleep(Duration::from_secs(wait.unwrap_or(1))).await;
            continue;
        }
        let receipt: Value = sent.error_for_status()?.json().await?;
        ensure!(receipt["rejected"].as_u64().unwrap_or(0) == 0, "a door rejected facts of the demo: {receipt}");
        return Ok(receipt["last_offset"].as_u64());
    }
}

fn progress(facts: u64) -> ProgressBar {
    let bar = ProgressBar::new(facts);
    let style = ProgressStyle::with_template("  灯塔书店 {bar:40.yellow/blue} {human_pos}/{human_len} {per_sec} {msg}");
    if let Ok(style) = style {
        bar.set_style(style);
    }
    bar
}
