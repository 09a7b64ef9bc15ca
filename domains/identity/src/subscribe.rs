//! What the slice does with facts: it is the first stage of the river.

use async_trait::async_trait;
use db::{DbError, Records, Tx};
use facts::{Typed, WhoKey};
use kernel::{Handle, Timestamp, WorkspaceId};
use quick_cache::sync::Cache;
use river::{Batch, Entry, Link, Stage};
use rustc_hash::{FxHashMap, FxHashSet};

use crate::{
    intern::{self, Handles, OwnedKey},
    store::{self, Profile},
};

/// Handles kept at hand, so that a busy person is not looked up for every fact. Handles never change.
const CACHED_HANDLES: usize = 200_000;

/// Digests facts into handles, links and profiles.
pub struct Interning {
    cache: Cache<(WorkspaceId, OwnedKey), Handle>,
}

impl Default for Interning {
    fn default() -> Self {
        Self { cache: Cache::new(CACHED_HANDLES) }
    }
}

impl Interning {
    /// Splits the ids of a batch into those at hand and those to look up.
    fn sort_out<'a>(&self, batch: &'a Batch) -> (FxHashMap<OwnedKey, Handle>, Vec<WhoKey<'a>>) {
        let mut at_hand = FxHashMap::default();
        let mut missing = Vec::new();
        let mut asked: FxHashSet<WhoKey<'a>> = FxHashSet::default();
        for key in batch.entries.iter().flat_map(|entry| intern::keys(&entry.record)) {
            if !asked.insert(key) {
                continue;
            }
            let owned = (key.namespace, key.value.to_owned());
            match self.cache.get(&(batch.workspace, owned.clone())) {
                Some(handle) => {
                    at_hand.insert(owned, handle);
                }
                None => missing.push(key),
            }
        }
        (at_hand, missing)
    }
}

/// Writes the handles into the entries.
fn fill(entries: &mut [Entry], mut handle: impl FnMut(WhoKey<'_>) -> Option<Handle>) {
    for entry in entries {
        let record = std::sync::Arc::clone(&entry.record);
        for key in intern::keys(&record) {
            handle(key);
        }
        entry.subject = record.fact.subject().and_then(&mut handle);
        if let Typed::SpreadOpened(hop) = &record.typed {
            entry.sharer = handle(hop.sharer.key());
        }
    }
}

/// The latest profile per handle, as the facts of a batch tell it.
fn profiles(entries: &[Entry]) -> Vec<Profile> {
    let mut latest: FxHashMap<Handle, Profile> = FxHashMap::default();
    for entry in entries {
        let (Some(handle), Typed::Identified(known)) = (entry.subject, &entry.record.typed) else { continue };
        let profile = latest.entry(handle).or_insert_with(|| Profile { handle, known: facts::Identified::default() });
        for (field, told) in [
            (&mut profile.known.name, &known.name),
            (&mut profile.known.phone, &known.phone),
            (&mut profile.known.wechat, &known.wechat),
            (&mut profile.known.city, &known.city),
        ] {
            if told.is_some() {
                field.clone_from(told);
            }
        }
    }
    let mut profiles: Vec<_> = latest.into_values().collect();
    profiles.sort_unstable_by_key(|profile| profile.handle);
    profiles
}

/// New links of a batch: the first per handle, where it has none yet.
async fn new_links(tx: &Tx, batch: &Batch, handles: &Handles) -> Result<Vec<(Link, Timestamp)>, DbError> {
    let mut first: FxHashMap<Handle, (Link, Timestamp)> = FxHashMap::default();
    for entry in &batch.entries {
        for (handle, into) in intern::joins(&entry.record, |key| handles.get(key)) {
            let link = Link { offset: entry.record.offset, handle, into };
            first.entry(handle).or_insert((link, entry.record.fact.timestamp));
        }
    }
    let asked: Vec<Handle> = first.keys().copied().collect();
    for handle in store::linked(tx, batch.workspace, &asked).await? {
        first.remove(&handle);
    }
    let mut links: Vec<_> = first.into_values().collect();
    links.sort_unstable_by_key(|(link, _)| (link.offset, link.handle));
    Ok(links)
}

#[async_trait]
impl Stage for Interning {
    async fn digest(&self, tx: &Tx, batch: &mut Batch) -> Result<(), DbError> {
        let (mut known, missing) = self.sort_out(batch);
        for (namespace, value, handle) in store::handles_in_workspace(tx, batch.workspace, &missing).await? {
            known.insert((namespace, value), handle);
        }
        let mut handles = Handles::new(known, store::next_handle(tx, batch.workspace).await?);
        fill(&mut batch.entries, |key| Some(handles.intern(key)));
        store::insert_handles(tx, batch.workspace, &handles.fresh).await?;

        let links = new_links(tx, batch, &handles).await?;
        store::insert_links(tx, batch.workspace, &links).await?;
        batch.links = links.into_iter().map(|(link, _)| link).collect();

        store::upsert_profiles(tx, batch.workspace, &profiles(&batch.entries)).await
    }

    async fn recall(&self, records: &Records, batch: &mut Batch) -> Result<(), DbError> {
        let (mut known, missing) = self.sort_out(batch);
        for (namespace, value, handle) in
            store::handles_in_workspace(records.reads(), batch.workspace, &missing).await?
        {
            known.insert((namespace, value), handle);
        }
        let handles = Handles::new(known, Handle(0));
        fill(&mut batch.entries, |key| handles.get(key));
        let (Some(first), next) = (batch.entries.first(), batch.next) else { return Ok(()) };
        let from = first.record.offset;
        batch.links = store::links_between(records.reads(), batch.workspace, from, next).await?;
        self.settled(batch);
        Ok(())
    }

    fn settled(&self, batch: &Batch) {
        for entry in &batch.entries {
            let fact = &entry.record.fact;
            let sharer = match &entry.record.typed {
                Typed::SpreadOpened(hop) => Some(hop.sharer.key()),
                _ => None,
            };
            for (key, handle) in [(fact.subject(), entry.subject), (sharer, entry.sharer)] {
                if let (Some(key), Some(handle)) = (key, handle) {
                    self.cache.insert((batch.workspace, (key.namespace, key.value.to_owned())), handle);
                }
            }
        }
    }
}
