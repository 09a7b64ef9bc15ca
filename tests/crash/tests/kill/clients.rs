//! Clients that hand in facts and commands until the server is gone, and what they were promised.

use std::{
    collections::BTreeSet,
    sync::{Arc, Mutex, PoisonError},
};

use anyhow::{Context, ensure};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use serde_json::{Value, json};
use tokio::sync::watch;

use crate::program::Api;

const CAMPAIGN: &str = "spring";

/// What clients were promised.
#[derive(Clone, Default)]
pub struct Promised {
    pub facts: BTreeSet<String>,
    pub campaigns: BTreeSet<String>,
    pub spreads: BTreeSet<String>,
}

impl Promised {
    pub fn add(&mut self, more: Self) {
        self.facts.extend(more.facts);
        self.campaigns.extend(more.campaigns);
        self.spreads.extend(more.spreads);
    }

    /// Whether all facts are there.
    pub fn are_in(&self, there: impl Fn(&str) -> bool) -> anyhow::Result<()> {
        for id in self.facts.iter().chain(&self.spreads) {
            ensure!(there(id), "{id} was acknowledged and is lost");
        }
        Ok(())
    }
}

/// Where the clients of one server meet.
pub struct Town {
    promised: Mutex<Promised>,
    answers: watch::Sender<u64>,
}

impl Default for Town {
    fn default() -> Self {
        Self { promised: Mutex::default(), answers: watch::Sender::new(0) }
    }
}

impl Town {
    /// What was promised so far.
    pub fn promised(&self) -> Promised {
        self.promised.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Waits until so many requests were answered.
    pub async fn answered(&self, times: u64) {
        let mut answers = self.answers.subscribe();
        let _never_closed = answers.wait_for(|answers| *answers >= times).await;
    }

    fn promise(&self, make: impl FnOnce(&mut Promised)) {
        make(&mut self.promised.lock().unwrap_or_else(PoisonError::into_inner));
    }
}

/// One who hands in.
pub struct Client {
    pub api: Api,
    pub town: Arc<Town>,
    pub name: String,
}

impl Client {
    /// Hands in batches, with repeats now and then, until the server is gone.
    pub async fn hand_in(self, seed: u64) {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        let mut last: Option<Value> = None;
        for round in 0.. {
            let repeat = last.take().filter(|_| rng.random_bool(0.2));
            let batch = repeat.unwrap_or_else(|| {
                let name = format!("{}-{round}", self.name);
                let items = (0..rng.random_range(1..40)).map(|i| item(&mut rng, &format!("{name}-{i}")));
                Value::Array(items.collect())
            });
            let Ok((_, receipt)) = self.api.post("/api/v1/facts", &batch).await else { return };
            self.town.promise(|promised| {
                let accepted =
                    receipt["items"].as_array().into_iter().flatten().filter(|item| item["status"] == "accepted");
                promised.facts.extend(accepted.filter_map(|item| item["message_id"].as_str().map(str::to_owned)));
            });
            self.town.answers.send_modify(|answers| *answers += 1);
            last = Some(batch);
            if rng.random_bool(0.2) && self.command(round).await.is_err() {
                return;
            }
        }
    }

    /// A campaign and a spread token.
    async fn command(&self, round: u64) -> anyhow::Result<()> {
        let id = format!("c-{}-{round}", self.name);
        let (status, _) = self.api.post("/api/v1/campaigns", &json!({"id": id, "name": id})).await?;
        if status == 201 {
            self.town.promise(|promised| {
                promised.campaigns.insert(id);
            });
        }
        let path = format!("/api/v1/campaigns/{CAMPAIGN}/spreads");
        let (_, spread) = self.api.post(&path, &json!({"sharer": {"user_id": "u1"}})).await?;
        let token = spread["spread"].as_str().context("a token")?;
        self.town.promise(|promised| {
            promised.spreads.insert(format!("spread-{token}"));
        });
        Ok(())
    }
}

fn item(rng: &mut ChaCha8Rng, message_id: &str) -> Value {
    let who = rng.random_range(1..400);
    let sharer = rng.random_range(1..400);
    match rng.random_range(0..4) {
        0 => {
            json!({"type": "identify", "user_id": format!("u{who}"), "anonymous_id": format!("a{who}"), "message_id": message_id,
                    "traits": {"name": format!("客{who}"), "phone": "17000000000", "unionid": format!("o{who}")}})
        }
        1 => json!({"event": "Order Paid", "user_id": format!("u{who}"), "message_id": message_id,
                    "properties": {"order_id": message_id, "amount_minor": 100, "campaign": CAMPAIGN}}),
        _ => json!({"event": "Spread Opened", "anonymous_id": format!("a{who}"), "message_id": message_id,
                    "properties": {"campaign": CAMPAIGN, "sharer_id": format!("u{sharer}")}}),
    }
}
