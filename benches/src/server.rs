//! The real program in a folder of its own, for as long as it is held.

use std::{
    path::{Path, PathBuf},
    process::Stdio,
};

use anyhow::{Context, ensure};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::{
    io::{AsyncBufReadExt, BufReader},
    process::{Child, Command},
};

use crate::load::CAMPAIGN;

/// A running server with one brand; killed when dropped.
pub struct Server {
    process: Child,
    _folder: TempDir,
    /// Where it listens.
    pub url: String,
    /// The brand's secret key.
    pub key: String,
}

/// The program that was built beside this one.
pub fn program() -> anyhow::Result<PathBuf> {
    Ok(std::env::current_exe()?.with_file_name("searchlight"))
}

impl Server {
    /// Founds a brand in a new folder under `within` and serves it.
    pub async fn start(within: &Path) -> anyhow::Result<Self> {
        let folder = tempfile::Builder::new().prefix("bench-").tempdir_in(within)?;
        let created = Command::new(program()?)
            .args(["admin", "create-brand", "--brand", "灯塔书店", "--email", "owner@example.com", "--data-dir"])
            .arg(folder.path())
            .output()
            .await?;
        ensure!(created.status.success(), "create-brand: {}", String::from_utf8_lossy(&created.stderr));
        let brand: Value = serde_json::from_slice(&created.stdout)?;
        let key = brand["secret_key"].as_str().context("a brand has a secret key")?.to_owned();
        let mut process = Command::new(program()?)
            .args(["serve", "--listen", "127.0.0.1:0", "--set", "server.requests_per_second=0", "--data-dir"])
            .arg(folder.path())
            .env("RUST_LOG", "off")
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()?;
        let out = process.stdout.take().context("the server has an output")?;
        let line = BufReader::new(out).lines().next_line().await?.context("the server says where it listens")?;
        let said: Value = serde_json::from_str(&line)?;
        let url = said["url"].as_str().context("the server names its address")?.to_owned();
        let campaign = json!({"id": CAMPAIGN, "name": "春"});
        let http = reqwest::Client::new();
        let made = http.post(format!("{url}/api/v1/campaigns")).bearer_auth(&key).json(&campaign).send().await?;
        made.error_for_status()?;
        Ok(Self { process, _folder: folder, url, key })
    }

    /// Its process.
    pub fn pid(&self) -> u32 {
        self.process.id().unwrap_or_default()
    }
}
