//! Telling repeats: in the window by their keys, before it by looking into the lake.

use std::sync::Arc;

use facts::Typed;
use kernel::Offset;
use lake::Told;
use rustc_hash::FxHashSet;

use crate::{
    RiverError, Wiring,
    batch::{Batch, Entry, Record},
    window::Window,
};

/// The records of a slice that are no repeats.
pub(crate) async fn without(
    slice: &[Arc<Record>],
    window: &Window,
    wiring: &Wiring,
) -> Result<Vec<Arc<Record>>, RiverError> {
    let mut seen = FxHashSet::default();
    let fresh = slice.iter().filter(|record| !window.knows(&record.key) && seen.insert(record.key));
    let mut fresh: Vec<Arc<Record>> = fresh.cloned().collect();
    let old: Vec<Arc<Record>> = fresh.iter().filter(|record| window.may_be_older(&record.fact)).cloned().collect();
    if !old.is_empty() {
        let repeats = in_lake(&old, window.start(), wiring).await?;
        fresh.retain(|record| !repeats.contains(&record.offset));
    }
    Ok(fresh)
}

/// Which of these facts are in the lake already, below an offset.
async fn in_lake(old: &[Arc<Record>], below: Offset, wiring: &Wiring) -> Result<FxHashSet<Offset>, RiverError> {
    let Some(last) = old.last() else { return Ok(FxHashSet::default()) };
    // Only whom they are about is asked: what else they say is said when they are digested, if they ever are.
    let plain = |record: &Arc<Record>| {
        let (offset, key, fact) = (record.offset, record.key, record.fact.clone());
        Entry::new(Arc::new(Record { offset, fact, typed: Typed::Other, key }))
    };
    let entries = old.iter().map(plain).collect();
    let mut batch =
        Batch { workspace: wiring.workspace, entries, links: Vec::new(), moves: Vec::new(), next: last.offset.next() };
    for stage in &wiring.stages {
        stage.recall(&wiring.records, &mut batch).await?;
    }
    // Somebody who was never seen did nothing before.
    let known: Vec<(Offset, Told)> = batch.entries.iter().filter_map(told).collect();
    let (offsets, told): (Vec<Offset>, Vec<Told>) = known.into_iter().unzip();
    let found = wiring.lake.holds(told, below).await?;
    Ok(offsets.into_iter().zip(found).filter_map(|(offset, found)| found.then_some(offset)).collect())
}

fn told(entry: &Entry) -> Option<(Offset, Told)> {
    let fact = &entry.record.fact;
    let told = Told {
        handle: entry.subject?,
        timestamp: fact.timestamp,
        source: fact.source.clone(),
        message_id: fact.message_id.clone(),
    };
    Some((entry.record.offset, told))
}
