//! What the slice does with facts: it is the first stage of the river.

pub(crate) mod directory;

use std::{collections::BTreeMap, sync::Arc};

use async_trait::async_trait;
use db::{DbError, Records, Tx};
use facts::{Namespace, Typed, WhoKey};
use kernel::{Handle, Timestamp, WorkspaceId};
use quick_cache::sync::Cache;
use river::{Batch, Entry, Link, Stage};
use rustc_hash::{FxHashMap, FxHashSet};

use self::directory::Directories;
use crate::{
    model::{Activity, Change, Profile},
    rules::{self, Handles, OwnedKey},
    store,
};

/// Handles kept at hand, so that a busy person is not looked up for every fact. Handles never change.
const CACHED_HANDLES: usize = 200_000;

/// Digests facts into handles, links, profiles, and what was done how often.
pub struct Interning {
    cache: Cache<(WorkspaceId, OwnedKey), Handle>,
    directories: Arc<Directories>,
}

impl Interning {
    pub(crate) fn new(directories: Arc<Directories>) -> Self {
        Self { cache: Cache::new(CACHED_HANDLES), directories }
    }

    /// Splits the ids of a batch into those at hand and those to look up.
    fn sort_out<'a>(&self, batch: &'a Batch) -> (FxHashMap<OwnedKey, Handle>, Vec<WhoKey<'a>>) {
        let mut at_hand = FxHashMap::default();
        let mut missing = Vec::new();
        let mut asked: FxHashSet<WhoKey<'a>> = FxHashSet::default();
        for key in batch.entries.iter().flat_map(|entry| rules::keys(&entry.record.fact, &entry.record.typed)) {
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
        let (fact, typed) = (&entry.record.fact, &entry.record.typed);
        for key in rules::keys(fact, typed) {
            handle(key);
        }
        entry.subject = rules::subject(fact).and_then(&mut handle);
        entry.sharer = rules::sharer(typed).and_then(&mut handle);
    }
}

/// The latest profile per handle, as the facts of a batch tell it.
fn profiles(entries: &[Entry]) -> Vec<Profile> {
    rules::latest(entries.iter().filter_map(|entry| match &entry.record.typed {
        Typed::Identified(known) => Some((entry.subject?, known)),
        _ => None,
    }))
}

/// What a batch adds to the counts, by handle and event.
fn activity(entries: &[Entry]) -> Vec<Activity> {
    let mut by_event: BTreeMap<(Handle, &str), Activity> = BTreeMap::new();
    for entry in entries {
        let Some(handle) = entry.subject else { continue };
        let fact = &entry.record.fact;
        let at = fact.timestamp;
        let known = by_event.entry((handle, &fact.event)).or_insert_with(|| Activity {
            handle,
            event: fact.event.clone(),
            facts: 0,
            first_at: at,
            last_at: at,
        });
        known.facts += 1;
        known.first_at = known.first_at.min(at);
        known.last_at = known.last_at.max(at);
    }
    by_event.into_values().collect()
}

/// What whoever looks for people has to know of a batch.
fn changes(batch: &Batch) -> Vec<Change> {
    let mut changes = Vec::with_capacity(batch.entries.len() * 2 + batch.links.len());
    for entry in &batch.entries {
        if let Some(subject) = entry.subject {
            changes.push(Change::IsId(subject));
            changes.push(Change::Seen(subject, entry.record.fact.timestamp));
        }
        if let (Some(sharer), Some(key)) = (entry.sharer, rules::sharer(&entry.record.typed))
            && key.namespace != Namespace::Spread
        {
            changes.push(Change::IsId(sharer));
        }
    }
    changes.extend(batch.links.iter().map(|link| Change::Joins(link.handle, link.into)));
    changes.extend(profiles(&batch.entries).into_iter().map(|Profile { handle, known }| Change::Knows(handle, known)));
    changes
}

/// New links of a batch: the first per handle, where it has none yet.
async fn new_links(tx: &Tx, batch: &Batch, handles: &Handles) -> Result<Vec<(Link, Timestamp)>, DbError> {
    let mut first: FxHashMap<Handle, (Link, Timestamp)> = FxHashMap::default();
    for entry in &batch.entries {
        let record = &entry.record;
        for (handle, into) in rules::joins(&record.fact, &record.typed, |key| handles.get(key)) {
            let link = Link { offset: record.offset, handle, into };
            first.entry(handle).or_insert((link, record.fact.timestamp));
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

        store::upsert_profiles(tx, batch.workspace, &profiles(&batch.entries)).await?;
        store::add_activity(tx, batch.workspace, &activity(&batch.entries)).await
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
            let (subject, sharer) = (rules::subject(&entry.record.fact), rules::sharer(&entry.record.typed));
            for (key, handle) in [(subject, entry.subject), (sharer, entry.sharer)] {
                if let (Some(key), Some(handle)) = (key, handle) {
                    self.cache.insert((batch.workspace, (key.namespace, key.value.to_owned())), handle);
                }
            }
        }
        if let Some(directory) = self.directories.get(batch.workspace) {
            directory.apply(changes(batch));
        }
    }
}
