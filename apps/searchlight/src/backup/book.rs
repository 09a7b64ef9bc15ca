//! `backup.json`: what is in a backup.

use std::{fs, path::Path};

use anyhow::{Context, bail, ensure};
use kernel::{Offset, Timestamp, WorkspaceId};
use serde::{Deserialize, Serialize};

use super::files::write_durably;

/// The newest format this release reads and the one it writes.
const FORMAT: u64 = 1;
const NAME: &str = "backup.json";

/// What is in a backup.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Book {
    /// [`FORMAT`] of this text.
    format: u64,
    /// The release that took it.
    pub version: String,
    /// When it was begun.
    pub taken_at: Timestamp,
    /// Which engine kept the records. Their copy is `records.sqlite` in any case.
    pub records: RecordsIn,
    /// All brands.
    pub brands: Vec<Brand>,
    /// All other files of the backup.
    pub files: Vec<File>,
    /// BLAKE3 of this text with an empty checksum.
    checksum: String,
}

/// Which engine kept the records.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RecordsIn {
    /// SQLite, in the data folder.
    Sqlite,
    /// PostgreSQL, elsewhere.
    Postgres,
}

impl From<db::Engine> for RecordsIn {
    fn from(engine: db::Engine) -> Self {
        match engine {
            db::Engine::Sqlite => Self::Sqlite,
            db::Engine::Postgres => Self::Postgres,
        }
    }
}

/// One brand's place in its log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Brand {
    /// Which brand.
    pub workspace: WorkspaceId,
    /// All booked facts below it are in the lake; the log begins here.
    pub lake: Offset,
    /// The records have digested all facts below it.
    pub records: Offset,
    /// The log has all facts from the lake's end to here.
    pub end: Offset,
}

/// A file of a backup.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct File {
    /// From the backup's folder.
    pub path: String,
    /// Its length.
    pub bytes: u64,
    /// BLAKE3 of its content.
    pub checksum: String,
}

impl Book {
    pub fn new(taken_at: Timestamp, records: RecordsIn, brands: Vec<Brand>, files: Vec<File>) -> Self {
        let version = env!("CARGO_PKG_VERSION").to_owned();
        let mut book = Self { format: FORMAT, version, taken_at, records, brands, files, checksum: String::new() };
        book.checksum = book.checksum_of_this();
        book
    }

    /// Facts that can be read from the lake or the log, repeats included.
    pub fn facts(&self) -> u64 {
        self.brands.iter().map(|brand| brand.end.0 - 1).sum()
    }

    /// How much all files take.
    pub fn bytes(&self) -> u64 {
        self.files.iter().map(|file| file.bytes).sum()
    }

    fn checksum_of_this(&self) -> String {
        let unsealed = Self { checksum: String::new(), ..self.clone() };
        blake3::hash(&serde_json::to_vec(&unsealed).expect("numbers, texts and lists are JSON")).to_string()
    }

    /// Ends a backup.
    pub fn write(&self, folder: &Path) -> anyhow::Result<()> {
        write_durably(&folder.join(NAME), &serde_json::to_vec_pretty(self)?)
    }

    /// Reads what [`Book::write`] wrote.
    pub fn read(folder: &Path) -> anyhow::Result<Self> {
        #[derive(Deserialize)]
        struct Head {
            format: u64,
        }
        let path = folder.join(NAME);
        let text = match fs::read(&path) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                bail!("{} has no {NAME}: it is no backup, or one that was not finished", folder.display())
            }
            text => text.with_context(|| format!("{} cannot be read", path.display()))?,
        };
        let damaged = || format!("{} is damaged: take another backup", path.display());
        let head: Head = serde_json::from_slice(&text).with_context(damaged)?;
        ensure!(
            head.format <= FORMAT,
            "the backup {} has format {}, this release reads up to {FORMAT}: restore it with the later release",
            folder.display(),
            head.format
        );
        let book: Self = serde_json::from_slice(&text).with_context(damaged)?;
        ensure!(book.checksum == book.checksum_of_this(), damaged());
        // A path is where a file is written to: it stays below the folder.
        let stays = |file: &File| file.path.split('/').all(|part| !part.is_empty() && part != ".." && part != ".");
        ensure!(book.files.iter().all(stays), damaged());
        Ok(book)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn book() -> Book {
        let brand = Brand { workspace: WorkspaceId(1), lake: Offset(3), records: Offset(7), end: Offset(8) };
        let file = File { path: "records.sqlite".into(), bytes: 4, checksum: "00".into() };
        Book::new(Timestamp::from_secs(1_790_000_000), RecordsIn::Sqlite, vec![brand], vec![file])
    }

    fn refusal(text: &[u8]) -> String {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join(NAME), text).unwrap();
        format!("{:#}", Book::read(folder.path()).unwrap_err())
    }

    #[test]
    fn a_book_comes_back_as_it_was_written_and_a_changed_one_is_noticed() {
        let folder = tempfile::tempdir().unwrap();
        assert!(Book::read(folder.path()).unwrap_err().to_string().contains("no backup, or one that was not finished"));
        book().write(folder.path()).unwrap();
        assert_eq!(Book::read(folder.path()).unwrap(), book());
        let text = fs::read_to_string(folder.path().join(NAME)).unwrap();
        assert!(refusal(text.replace("\"records\": 7", "\"records\": 6").as_bytes()).contains("is damaged"));
        assert!(refusal(&text.as_bytes()[..text.len() / 2]).contains("is damaged"));
    }

    #[test]
    fn a_later_format_and_a_path_that_leaves_the_folder_are_refused() {
        assert!(refusal(br#"{"format": 2}"#).contains("restore it with the later release"));
        let mut book = book();
        book.files[0].path = "../records.sqlite".into();
        book.checksum = book.checksum_of_this();
        assert!(refusal(&serde_json::to_vec(&book).unwrap()).contains("is damaged"));
    }
}
