//! Backups that are finished, killed, or left behind by a server that was killed.

use std::{collections::BTreeSet, path::Path, process::Stdio};

use anyhow::ensure;
use serde_json::json;
use tempfile::TempDir;
use tokio::process::Child;

use crate::{
    clients::Promised,
    program::{Server, program},
};

/// Backups of one house.
#[derive(Default)]
pub struct Backups {
    /// Finished, and restored.
    pub restored: u64,
    /// Killed by somebody.
    pub killed: u64,
    /// Given up because the server was killed.
    pub given_up: u64,
    begun: Option<Backup>,
}

impl std::fmt::Display for Backups {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { restored, killed, given_up, .. } = self;
        write!(f, "{restored} restored, {killed} killed, {given_up} given up")
    }
}

/// A backup that is being taken.
struct Backup {
    folder: TempDir,
    process: Child,
    /// What was acknowledged before it began.
    before: Promised,
}

impl Backups {
    /// Begins to take one.
    pub fn begin(&mut self, data_dir: &Path, before: Promised) -> anyhow::Result<()> {
        let folder = tempfile::tempdir()?;
        let mut command = program(&["admin", "backup"], data_dir);
        command.arg(folder.path().join("backup")).stdout(Stdio::null()).stderr(Stdio::piped());
        self.begun = Some(Backup { process: command.spawn()?, folder, before });
        Ok(())
    }

    /// Kills the one that is being taken.
    pub async fn kill(&mut self) -> anyhow::Result<()> {
        if let Some(mut backup) = self.begun.take() {
            backup.process.kill().await?;
            self.killed += 1;
        }
        Ok(())
    }

    /// Waits for the one that is being taken; `server_lives` when nothing may keep it from being finished.
    pub async fn finish(&mut self, key: &str, server_lives: bool) -> anyhow::Result<()> {
        let Some(Backup { folder, process, before }) = self.begun.take() else { return Ok(()) };
        let ended = process.wait_with_output().await?;
        let said = String::from_utf8_lossy(&ended.stderr);
        ensure!(ended.status.success() || !server_lives, "the backup: {said}");
        let (backup, data_dir) = (folder.path().join("backup"), folder.path().join("data"));
        let restored = program(&["admin", "restore"], &data_dir).arg(&backup).output().await?;
        if !ended.status.success() {
            ensure!(!restored.status.success(), "half a backup was restored");
            self.given_up += 1;
            return Ok(());
        }
        ensure!(restored.status.success(), "the restore: {}", String::from_utf8_lossy(&restored.stderr));
        check(&data_dir, key, &before).await?;
        self.restored += 1;
        Ok(())
    }
}

/// Everything that was acknowledged before the backup began is in the restored house once, and the house goes on.
async fn check(data_dir: &Path, key: &str, before: &Promised) -> anyhow::Result<()> {
    let server = Server::start(data_dir).await?;
    let api = server.client(key);
    api.wait_ready().await?;
    let mut told = BTreeSet::new();
    let mut after = 0;
    for (_, id) in api.facts(&mut after).await? {
        ensure!(told.insert(id.clone()), "{id} is in the restored house twice");
    }
    before.are_in(|id| told.contains(id))?;
    let campaigns = api.campaigns().await?;
    ensure!(before.campaigns.is_subset(&campaigns), "a campaign is lost in the restored house");
    let (status, _) = api.post("/api/v1/facts", &json!([{"event": "Page Seen", "user_id": "u1"}])).await?;
    ensure!(status == 200, "the restored house takes facts: {status}");
    server.kill().await
}
