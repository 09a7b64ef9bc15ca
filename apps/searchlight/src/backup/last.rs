//! `last_backup.json` in the data folder: when its last backup was taken, for whoever looks after it.

use std::{fs, io, path::Path};

use kernel::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Book, files::write_durably};

/// The last backup that was finished. Where it went is not told: it may be a name nobody else should read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Last {
    /// When it was begun: what came later is not in it.
    pub taken_at: Timestamp,
    /// Facts in it, repeats included.
    pub facts: u64,
    /// Bytes of all its files.
    pub bytes: u64,
}

impl Last {
    /// Where it is, in the data folder.
    pub const NAME: &str = "last_backup.json";

    /// What is told of a backup.
    pub fn of(book: &Book) -> Self {
        Self { taken_at: book.taken_at, facts: book.facts(), bytes: book.bytes() }
    }

    /// Writes it down.
    pub fn note(&self, file: &Path) -> anyhow::Result<()> {
        write_durably(file, &serde_json::to_vec(self)?)
    }

    /// The last one of a data folder, if there ever was one.
    pub fn read(data_folder: &Path) -> io::Result<Option<Self>> {
        match fs::read(data_folder.join(Self::NAME)) {
            Ok(text) => Ok(Some(serde_json::from_slice(&text)?)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }
}
