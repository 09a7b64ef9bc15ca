//! The program, and asking a server that may be gone any moment.

use std::{collections::BTreeSet, path::Path, process::Stdio};

use anyhow::{Context, bail, ensure};
use serde_json::Value;
use tokio::{
    io::{AsyncBufReadExt, BufReader},
    process::{Child, Command},
};

/// The program with these words, about a data folder.
pub fn program(words: &[&str], data_dir: &Path) -> Command {
    let mut command = Command::new(testkit::binary("searchlight"));
    command.args(words).arg("--data-dir").arg(data_dir).kill_on_drop(true);
    command
}

/// Makes a brand; its secret key.
pub async fn create_brand(data_dir: &Path) -> anyhow::Result<String> {
    let words = ["admin", "create-brand", "--brand", "测试书店", "--email", "owner@example.com"];
    let created = program(&words, data_dir).output().await?;
    ensure!(created.status.success(), "create-brand: {}", String::from_utf8_lossy(&created.stderr));
    let brand: Value = serde_json::from_slice(&created.stdout)?;
    Ok(brand["secret_key"].as_str().context("a secret key")?.to_owned())
}

/// A running server.
pub struct Server {
    process: Child,
    url: String,
    http: reqwest::Client,
}

impl Server {
    pub async fn start(data_dir: &Path) -> anyhow::Result<Self> {
        // The test asks more often than one client should.
        let words = ["serve", "--small-bounds", "--listen", "127.0.0.1:0", "--set", "server.requests_per_second=0"];
        let mut command = program(&words, data_dir);
        let mut process = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn()?;
        let out = process.stdout.take().context("the server has an output")?;
        let line = BufReader::new(out).lines().next_line().await?.context("the server says where it listens")?;
        let said: Value = serde_json::from_str(&line)?;
        let url = said["url"].as_str().context("a url")?.to_owned();
        Ok(Self { process, url, http: reqwest::Client::new() })
    }

    pub async fn kill(mut self) -> anyhow::Result<()> {
        Ok(self.process.kill().await?)
    }

    pub fn client(&self, key: &str) -> Api {
        Api { url: self.url.clone(), http: self.http.clone(), key: key.to_owned() }
    }

    /// Whether it answers.
    pub async fn answers(&self) -> bool {
        self.http.get(format!("{}/healthz", self.url)).send().await.is_ok()
    }
}

/// Asks with a key.
#[derive(Clone)]
pub struct Api {
    url: String,
    http: reqwest::Client,
    key: String,
}

impl Api {
    /// Status and body of the answer.
    pub async fn post(&self, path: &str, body: &Value) -> anyhow::Result<(u16, Value)> {
        let request = self.http.post(format!("{}{path}", self.url)).bearer_auth(&self.key).json(body);
        let answer = request.send().await?;
        Ok((answer.status().as_u16(), answer.json().await?))
    }

    async fn get(&self, path: &str) -> anyhow::Result<Value> {
        let request = self.http.get(format!("{}{path}", self.url)).bearer_auth(&self.key);
        Ok(request.send().await?.error_for_status()?.json().await?)
    }

    /// Waits until everything durable is digested and folded: the server says so itself.
    pub async fn wait_ready(&self) -> anyhow::Result<()> {
        for _ in 0..4000 {
            if self
                .http
                .get(format!("{}/readyz", self.url))
                .send()
                .await
                .is_ok_and(|answer| answer.status().is_success())
            {
                return Ok(());
            }
            // Asking again after a moment is what a load balancer does.
            tokio::time::sleep(std::time::Duration::from_millis(5)).await;
        }
        bail!("the server did not become ready")
    }

    /// Every fact behind an offset: where it stands, and its id.
    pub async fn facts(&self, after: &mut u64) -> anyhow::Result<Vec<(u64, String)>> {
        let mut facts = Vec::new();
        loop {
            let page = self.get(&format!("/api/v1/facts?limit=1000&after={after}")).await?;
            for item in page["items"].as_array().context("items")? {
                *after = item["offset"].as_u64().context("an offset")?;
                facts.push((*after, item["message_id"].as_str().context("a message id")?.to_owned()));
            }
            if page["next"].is_null() {
                return Ok(facts);
            }
        }
    }

    pub async fn campaigns(&self) -> anyhow::Result<BTreeSet<String>> {
        let mut found = BTreeSet::new();
        let mut after = String::new();
        loop {
            let page = self.get(&format!("/api/v1/campaigns?limit=1000{after}")).await?;
            let items = page["items"].as_array().context("items")?;
            found.extend(items.iter().filter_map(|campaign| campaign["id"].as_str().map(str::to_owned)));
            match page["next"].as_str() {
                Some(next) => after = format!("&after={next}"),
                None => return Ok(found),
            }
        }
    }
}
