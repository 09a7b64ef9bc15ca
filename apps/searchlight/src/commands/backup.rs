//! `searchlight admin backup` and `searchlight admin restore`.

use std::{
    io,
    path::{Path, PathBuf},
};

use anyhow::bail;
use clap::Args;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use serde_json::json;
use tokio::sync::mpsc;

use super::serve::say;
use crate::{
    backup::{self, Book, Refused, Stage, Teller, Told},
    config::{Choice, Config},
    house::{House, Settings},
};

/// Take a backup into a new folder, whether a server runs on the data folder or not.
#[derive(Args)]
pub struct Backup {
    /// The new folder; it must not be there, or be empty.
    target: PathBuf,
    #[command(flatten)]
    choice: Choice,
}

/// Make a new data folder from a backup, and check all of it.
#[derive(Args)]
pub struct Restore {
    /// The folder of the backup.
    backup: PathBuf,
    /// The new data folder; it must not be there, or be empty.
    #[arg(long, value_name = "FOLDER")]
    data_dir: PathBuf,
    /// Put the records into this empty PostgreSQL database (postgres://…) instead of the folder; the server is then started
    /// with the same setting `records.url`.
    #[arg(long, value_name = "URL")]
    records: Option<String>,
}

impl Backup {
    /// Prints one JSON line when the backup is whole.
    pub async fn run(self) -> anyhow::Result<()> {
        // The server may have another working folder.
        let target = std::path::absolute(&self.target)?;
        let config = self.choice.load()?;
        let book = shown(async |teller| match backup::ask(&config.data.folder, &target, teller).await {
            Ok(book) => Ok(book),
            Err(Refused::NotRunning) => alone(&config, &target, teller).await,
            Err(refused) => bail!("{refused}"),
        });
        told("backup", &target, &book.await?)
    }
}

/// No server runs, so the folder is opened here.
async fn alone(config: &Config, target: &Path, teller: &Teller) -> anyhow::Result<Book> {
    let folder = &config.data.folder;
    if !folder.is_dir() {
        bail!("there is no data folder {}: name it with --data-dir", folder.display());
    }
    let house = House::open(Settings::of(config)?).await?;
    let taken = house.back_up(target, teller).await;
    house.close().await;
    taken
}

impl Restore {
    /// Prints one JSON line when the data folder is whole.
    pub async fn run(self) -> anyhow::Result<()> {
        let Self { backup, data_dir, records } = &self;
        let book = shown(async |teller| backup::restore(backup, data_dir, records.as_deref(), teller).await).await?;
        told("data_dir", &self.data_dir, &book)
    }
}

fn told(what: &str, folder: &Path, book: &Book) -> anyhow::Result<()> {
    say(&json!({
        what: folder,
        "taken_at": book.taken_at,
        "version": book.version,
        "brands": book.brands.len(),
        "facts": book.facts(),
        "bytes": book.bytes(),
    }))?;
    Ok(())
}

/// Works with a bar that shows how far it is.
async fn shown(work: impl AsyncFnOnce(&Teller) -> anyhow::Result<Book>) -> anyhow::Result<Book> {
    let (teller, mut told) = mpsc::unbounded_channel();
    let teller = Teller(teller);
    let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr());
    let work = work(&teller);
    tokio::pin!(work);
    loop {
        tokio::select! {
            done = &mut work => {
                bar.finish_and_clear();
                return done;
            }
            Some(told) = told.recv() => show(&bar, told)?,
        }
    }
}

fn show(bar: &ProgressBar, Told { stage, done, total }: Told) -> Result<(), io::Error> {
    let (words, counted) = match stage {
        Stage::Records => ("records", "{pos}/{len}"),
        Stage::Log => ("log", "{human_pos}/{human_len} facts, {eta}"),
        Stage::Lake => ("lake", "{bytes}/{total_bytes}, {eta}"),
        Stage::Check => ("check", "{bytes}/{total_bytes}, {eta}"),
    };
    let style = ProgressStyle::with_template(&format!("{{msg:8}} {{bar:40}} {counted}")).map_err(io::Error::other)?;
    bar.set_style(style);
    bar.set_message(words);
    bar.set_length(total);
    bar.set_position(done);
    Ok(())
}
