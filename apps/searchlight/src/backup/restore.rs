//! Restoring a backup into a new data folder.

use std::{
    fs::{self, File},
    path::{Path, PathBuf},
    sync::Arc,
};

use anyhow::{Context, ensure};
use db::Records;
use factlog::{FactLog, Options, RealDisk};
use lake::{DiskStore, Lake};

use super::{Book, RECORDS, Stage, Teller, book, files};
use crate::{folder::DataFolder, house::migrations};

/// Makes a data folder from a backup. It is made under another name beside it and gets its own when it is whole and
/// checked, so what has the name is always all of a backup. The records stay in the folder, or go to a database that is empty.
pub async fn restore(
    backup: &Path,
    data_dir: &Path,
    records_url: Option<&str>,
    teller: &Teller,
) -> anyhow::Result<Book> {
    let book = Book::read(backup)?;
    files::new_folder(data_dir)?;
    let unfinished = beside(data_dir)?;
    files::new_folder(&unfinished).context("an earlier restore was not finished; remove what it left")?;
    // Its lock marks it as ours, and keeps it to us until it has its name.
    let _ours = DataFolder::open(&unfinished)?;

    let copied = tokio::task::spawn_blocking({
        let (backup, unfinished, book, teller) = (backup.to_owned(), unfinished.clone(), book.clone(), teller.clone());
        move || copy(&backup, &unfinished, &book, &teller)
    });
    copied.await??;
    for brand in &book.brands {
        check(&unfinished, brand)
            .await
            .with_context(|| format!("the backup's facts of workspace {} do not fit together", brand.workspace))?;
    }
    if let Some(url) = records_url {
        teller.tell(Stage::Records, 0, 1);
        move_records(&unfinished.join(RECORDS), url).await?;
        teller.tell(Stage::Records, 1, 1);
    }
    // Only an empty folder can be removed.
    fs::remove_dir(data_dir).and_then(|()| fs::rename(&unfinished, data_dir))?;
    let parent = unfinished.parent().unwrap_or(Path::new("."));
    File::open(parent).and_then(|parent| parent.sync_all())?;
    Ok(book)
}

fn beside(data_dir: &Path) -> anyhow::Result<PathBuf> {
    let data_dir = data_dir.canonicalize()?;
    let mut name = data_dir.file_name().context("name a folder, not a disk")?.to_owned();
    name.push(".restoring");
    Ok(data_dir.with_file_name(name))
}

fn copy(backup: &Path, to: &Path, book: &Book, teller: &Teller) -> anyhow::Result<()> {
    let (mut done, total) = (0, book.bytes());
    for file in &book.files {
        files::copy(backup, to, file, |bytes| {
            done += bytes;
            teller.tell(Stage::Check, done, total);
        })?;
    }
    Ok(())
}

/// Carries the records of the folder into a database, which must be empty, and removes them from the folder.
async fn move_records(file: &Path, url: &str) -> anyhow::Result<()> {
    let migrations = migrations();
    // Those of an older release are brought up to date first.
    let copied = Records::open(&format!("sqlite:{}", file.display()), &migrations).await?;
    copied.close().await;
    let place = || format!("the records cannot be restored to {}", db::without_password(url));
    let records = Records::open(url, &migrations).await.with_context(place)?;
    let filled = records.fill_from(file).await.with_context(place);
    records.close().await;
    filled?;
    for suffix in ["", "-wal", "-shm"] {
        let mut name = file.as_os_str().to_owned();
        name.push(suffix);
        match fs::remove_file(&name) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error.into()),
            _ => {}
        }
    }
    Ok(())
}

/// Opens a brand's log and lake as the server will, and compares how far they reach with what the backup says.
async fn check(folder: &Path, brand: &book::Brand) -> anyhow::Result<()> {
    let log = folder.join("log").join(brand.workspace.to_string());
    let log =
        tokio::task::spawn_blocking(move || FactLog::open(Arc::new(RealDisk), &log, Options::default())).await??;
    let store = DiskStore::new(Arc::new(RealDisk), folder.join("lake"));
    let lake = Lake::open(Arc::new(store), brand.workspace).await?.manifest().next_offset;
    ensure!(
        (log.start(), log.end(), lake) == (brand.lake, brand.end, brand.lake),
        "the lake ends at offset {lake}, the log goes from {} to {}",
        log.start(),
        log.end()
    );
    tokio::task::spawn_blocking(move || drop(log)).await?;
    Ok(())
}
