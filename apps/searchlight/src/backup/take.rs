//! Taking a backup.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    sync::Arc,
};

use anyhow::Context;
use bytes::Bytes;
use factlog::{FactLog, Options, RealDisk};
use kernel::{Offset, Timestamp, WorkspaceId};
use lake::{DiskStore, Held, Lake, Manifest};
use river::{River, Rivers};

use super::{Book, RECORDS, Stage, Teller, book, files};

/// How many records and bytes of a log are copied at once.
const COPY_RECORDS_MAX: usize = 8192;
const COPY_BYTES_MAX: usize = 4 << 20;

/// One brand, held still as far as a backup needs.
struct Pin {
    log: Arc<FactLog>,
    lake: Lake,
    manifest: Arc<Manifest>,
    /// Everything below it was acknowledged before the backup began.
    acknowledged: Offset,
    _held: Held,
}

impl Pin {
    fn of(river: &River) -> Self {
        // Held first: what the manifest names from now on stays, and so does the log behind it.
        let lake = river.lake().clone();
        let held = lake.hold();
        let log = Arc::clone(river.log());
        Self { manifest: lake.manifest(), acknowledged: log.end(), log, lake, _held: held }
    }
}

/// Takes a backup of a house that may be serving into a new folder.
pub async fn take(
    records: &db::Records,
    rivers: &Rivers,
    now: Timestamp,
    target: &Path,
    teller: &Teller,
) -> anyhow::Result<Book> {
    files::new_folder(target)?;
    let mut pins: BTreeMap<WorkspaceId, Pin> =
        rivers.all().iter().map(|river| (river.workspace(), Pin::of(river))).collect();

    teller.tell(Stage::Records, 0, 1);
    let copy = records.copy_to(&target.join(RECORDS)).await.context("the records cannot be copied")?;
    let stands = river::standing(copy.reads()).await;
    copy.close().await;
    let stands = stands.context("the copied records cannot be read")?;
    teller.tell(Stage::Records, 1, 1);
    // A brand that was founded after the others were held.
    for workspace in stands.keys() {
        if let (false, Some(river)) = (pins.contains_key(workspace), rivers.get(*workspace)) {
            pins.insert(*workspace, Pin::of(&river));
        }
    }

    let brands: Vec<book::Brand> = pins.iter().map(|(workspace, pin)| brand(*workspace, pin, &stands)).collect();
    copy_logs(&pins, &brands, target, teller).await?;
    copy_lakes(&pins, target, teller).await?;
    drop(pins);
    let files = check(target.to_owned(), teller.clone()).await?;
    let book = Book::new(now, records.engine().into(), brands, files);
    book.write(target)?;
    Ok(book)
}

fn brand(workspace: WorkspaceId, pin: &Pin, stands: &BTreeMap<WorkspaceId, Offset>) -> book::Brand {
    let records = stands.get(&workspace).copied().unwrap_or(Offset::FIRST);
    // The lake is never ahead of the records; were it, its rows would say so, not a gap in the log.
    let lake = pin.manifest.next_offset;
    book::Brand { workspace, lake, records, end: records.max(pin.acknowledged).max(lake) }
}

async fn copy_logs(
    pins: &BTreeMap<WorkspaceId, Pin>,
    brands: &[book::Brand],
    target: &Path,
    teller: &Teller,
) -> anyhow::Result<()> {
    let total = brands.iter().map(|brand| brand.end.0 - brand.lake.0).sum();
    let mut done = 0;
    for (pin, brand) in pins.values().zip(brands) {
        let folder = target.join("log").join(brand.workspace.to_string());
        let begun = tokio::task::spawn_blocking({
            let start = brand.lake;
            move || {
                FactLog::found(&RealDisk, &folder, start)?;
                FactLog::open(Arc::new(RealDisk), &folder, Options::default())
            }
        });
        let copy = begun.await?.context("the copy of a log cannot be begun")?;
        let mut next = brand.lake;
        while next < brand.end {
            let (log, end) = (Arc::clone(&pin.log), brand.end);
            let read = tokio::task::spawn_blocking(move || log.read(next, COPY_RECORDS_MAX, COPY_BYTES_MAX));
            let read =
                read.await?.with_context(|| format!("the log of workspace {} cannot be read", brand.workspace))?;
            let records: Vec<Bytes> =
                read.into_iter().take_while(|(offset, _)| *offset < end).map(|(_, record)| record).collect();
            let copied = copy.append(records).await.context("the log cannot be copied")?;
            done += copied.end.0 - copied.start.0;
            next = copied.end;
            teller.tell(Stage::Log, done, total);
        }
        // Closing waits for the writer.
        tokio::task::spawn_blocking(move || drop(copy)).await?;
    }
    Ok(())
}

async fn copy_lakes(pins: &BTreeMap<WorkspaceId, Pin>, target: &Path, teller: &Teller) -> anyhow::Result<()> {
    let total = pins.values().map(|pin| pin.manifest.bytes()).sum();
    let store = Arc::new(DiskStore::new(Arc::new(RealDisk), target.join("lake")));
    let mut done = 0;
    for (workspace, pin) in pins {
        let told = |bytes| {
            done += bytes;
            teller.tell(Stage::Lake, done, total);
        };
        let copied = pin.lake.copy_to(&pin.manifest, store.clone(), told).await;
        copied.with_context(|| format!("the lake of workspace {workspace} cannot be copied"))?;
    }
    Ok(())
}

/// Reads everything back from the disk, for its checksums.
async fn check(target: PathBuf, teller: Teller) -> anyhow::Result<Vec<book::File>> {
    tokio::task::spawn_blocking(move || {
        let paths = files::below(&target)?;
        let total = paths.iter().map(|path| path.metadata().map_or(0, |file| file.len())).sum();
        let mut done = 0;
        let told = |bytes| {
            done += bytes;
            teller.tell(Stage::Check, done, total);
        };
        let mut told = told;
        paths.iter().map(|path| files::settle(&target, path, &mut told)).collect()
    })
    .await?
}
