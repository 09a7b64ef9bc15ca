//! What lies on the disk of a house whose server is dead, read without the server.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
    sync::Arc,
};

use anyhow::{Context, ensure};
use factlog::{FactLog, Options, RealDisk};
use facts::Fact;
use kernel::{Offset, WorkspaceId};
use lake::{DiskStore, Lake};

/// The brand of a house.
const BRAND: WorkspaceId = WorkspaceId(1);

fn log(data_dir: &Path) -> anyhow::Result<FactLog> {
    Ok(FactLog::open(Arc::new(RealDisk), &data_dir.join("log").join(BRAND.to_string()), Options::default())?)
}

/// Where the log begins.
pub fn log_start(data_dir: &Path) -> anyhow::Result<u64> {
    Ok(log(data_dir)?.start().0)
}

/// The lake is sound, lake and log have no gap between them, no fact is in the lake twice, and every fact that was told lies
/// where it was told to stand.
pub async fn inspect(data_dir: &Path, told: &BTreeMap<String, u64>) -> anyhow::Result<()> {
    let lake = Lake::look(Arc::new(DiskStore::new(Arc::new(RealDisk), data_dir.join("lake"))), BRAND).await?;
    lake.verify().await?;
    let border = lake.manifest().next_offset;
    let mut there: BTreeMap<u64, String> = BTreeMap::new();
    let mut seen = BTreeSet::new();
    let mut next = Offset::FIRST;
    while next < border {
        let (rows, after) = lake.facts_from(next, 10_000).await?;
        for row in rows {
            ensure!(seen.insert((row.fact.source, row.fact.message_id.clone())), "{} is a repeat", row.offset);
            there.insert(row.offset.0, row.fact.message_id);
        }
        next = after;
    }
    let log = log(data_dir)?;
    ensure!(
        log.start() <= border && border <= log.end(),
        "the lake ends at {border}, the log is {}..{}",
        log.start(),
        log.end()
    );
    let read = tokio::task::spawn_blocking(move || log.read(border, usize::MAX, usize::MAX)).await??;
    for (offset, record) in read {
        there.insert(offset.0, Fact::from_log(&record)?.message_id);
    }
    for (id, offset) in told {
        let found = there.get(offset).with_context(|| format!("nothing is at {offset}, where {id} was"))?;
        ensure!(found == id, "{found} is at {offset}, where {id} was");
    }
    Ok(())
}
