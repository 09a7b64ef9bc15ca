//! What an import keeps beside it: how far it has come, and what was refused.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, Read, Write},
    path::{Path, PathBuf},
};

use anyhow::Context;
use serde::{Deserialize, Serialize};

/// How far an import has come. Everything up to `line` is acknowledged.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Progress {
    /// Tells the file and how it is read from others.
    pub of: String,
    /// The last line that is done.
    pub line: u64,
    pub accepted: u64,
    pub rejected: u64,
}

/// How much of a file is looked at to know it again.
const HEAD_BYTES: u64 = 64 << 10;

impl Progress {
    /// At the beginning of a file, to be read under these settings.
    pub fn new(path: &Path, settings: &str) -> anyhow::Result<Self> {
        let mut head = Vec::new();
        let file = File::open(path).with_context(|| format!("{} cannot be opened", path.display()))?;
        let bytes = file.metadata()?.len();
        file.take(HEAD_BYTES).read_to_end(&mut head)?;
        let mut hasher = blake3::Hasher::new();
        hasher.update(&bytes.to_le_bytes()).update(&(head.len() as u64).to_le_bytes()).update(&head);
        hasher.update(settings.as_bytes());
        Ok(Self { of: hasher.finalize().to_hex().to_string(), line: 0, accepted: 0, rejected: 0 })
    }

    /// Where an earlier run of the same import broke off, if one did.
    pub fn resumed(self, path: &Path) -> Self {
        let kept = fs::read(path).ok().and_then(|bytes| serde_json::from_slice::<Self>(&bytes).ok());
        kept.filter(|kept| kept.of == self.of).unwrap_or(self)
    }

    /// Written whole or not at all.
    pub fn write(&self, path: &Path) -> anyhow::Result<()> {
        let beside = path.with_added_extension("new");
        let written = serde_json::to_vec(self).map_err(io::Error::from).and_then(|bytes| fs::write(&beside, bytes));
        written
            .and_then(|()| fs::rename(&beside, path))
            .with_context(|| format!("{} cannot be written; choose another --out", path.display()))
    }
}

/// A line that was refused.
#[derive(Serialize)]
pub struct Refused<'a> {
    pub line: u64,
    pub reason: &'a str,
    pub text: &'a str,
}

/// The file of refused lines; it appears with the first.
pub struct Rejects {
    pub path: PathBuf,
    file: Option<File>,
}

impl Rejects {
    /// A run that goes on where another broke off adds to its file.
    pub fn open(path: PathBuf, resumed: bool) -> anyhow::Result<Self> {
        if !resumed {
            match fs::remove_file(&path) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => {
                    return Err(error).with_context(|| format!("{} cannot be replaced", path.display()));
                }
                _ => {}
            }
        }
        Ok(Self { path, file: None })
    }

    pub fn add(&mut self, refused: &[Refused<'_>]) -> anyhow::Result<()> {
        if refused.is_empty() {
            return Ok(());
        }
        let mut lines = Vec::new();
        for line in refused {
            serde_json::to_writer(&mut lines, line)?;
            lines.push(b'\n');
        }
        let refusal = || format!("{} cannot be written; choose another --out", self.path.display());
        let file = match &mut self.file {
            Some(file) => file,
            None => {
                let opened = OpenOptions::new().create(true).append(true).open(&self.path);
                self.file.insert(opened.with_context(refusal)?)
            }
        };
        file.write_all(&lines).with_context(refusal)
    }
}
