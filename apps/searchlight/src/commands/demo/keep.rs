//! What the demo remembers between starts: its credentials, when its campaign ended, and whether it has been fed.

use std::{
    fs::{self, OpenOptions},
    io::{self, Write},
    os::unix::fs::OpenOptionsExt,
    path::Path,
};

use anyhow::Context;
use kernel::{Timestamp, WorkspaceId};
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize)]
pub struct Kept {
    pub workspace: WorkspaceId,
    pub until: Timestamp,
    pub seeded: bool,
    pub email: String,
    pub manager_email: String,
    pub password: String,
    pub write_key: String,
    pub secret_key: String,
}

impl Kept {
    pub fn read(path: &Path) -> anyhow::Result<Option<Self>> {
        let text = match fs::read(path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            text => text.with_context(|| format!("{} cannot be read", path.display()))?,
        };
        let kept = serde_json::from_slice(&text)
            .with_context(|| format!("{} is not what the demo wrote; start it on an empty folder", path.display()))?;
        Ok(Some(kept))
    }

    /// Written beside and renamed, and for the owner of the folder only: it holds the demo's password and keys.
    pub fn write(&self, path: &Path) -> anyhow::Result<()> {
        let fresh = path.with_extension("fresh");
        let mut file = OpenOptions::new().create(true).truncate(true).write(true).mode(0o600).open(&fresh)?;
        file.write_all(&serde_json::to_vec_pretty(self)?)?;
        file.sync_all()?;
        fs::rename(&fresh, path)?;
        Ok(())
    }
}
