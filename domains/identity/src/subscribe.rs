//! What the slice does with facts: it is the first stage of the river.

pub(crate) mod directory;

use std::{collections::BTreeMap, sync::Arc};

use async_trait::async_trait;
use db::{ConnectionTrait, DbError, Records, Tx};
use facts::{Fact, Kind, Namespace, Typed, WhoKey};
use kernel::{Handle, Timestamp, WorkspaceId};
use quick_cache::sync::Cache;
use river::{Batch, Entry, Link, Record, Stage};
use rustc_hash::{FxHashMap, FxHashSet};

use self::directory::Directories;
use crate::{
    model::{Activity, Change, Consent, Profile},
    rules::{self, Handles},
    store,
};

/// Handles kept at hand, so that a busy person is not looked up for every fact: some 50 bytes each. Handles never change.
const CACHED_HANDLES: usize = 1_000_000;

/// Digests facts into handles, links, profiles, and what was done how often.
pub struct Interning {
    cache: Cache<Id, Handle>,
    directories: Arc<Directories>,
}

/// Stands for an id of a workspace: a digest of both.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
struct Id([u8; 16]);

impl Id {
    fn of(workspace: WorkspaceId, key: WhoKey<'_>) -> Self {
        let mut hasher = blake3::Hasher::new();
        hasher.update(&workspace.0.to_le_bytes());
        hasher.update(&key.namespace.code().to_le_bytes());
        hasher.update(key.value.as_bytes());
        let mut id = [0; 16];
        id.copy_from_slice(&hasher.finalize().as_bytes()[..16]);
        Self(id)
    }
}

impl Interning {
    pub(crate) fn new(directories: Arc<Directories>) -> Self {
        Self { cache: Cache::new(CACHED_HANDLES), directories }
    }

    /// The ids a batch names that have a handle: those at hand, the others as records say.
    async fn known<'a, C: ConnectionTrait>(
        &self,
        conn: &C,
        workspace: WorkspaceId,
        records: &'a [Arc<Record>],
    ) -> Result<FxHashMap<WhoKey<'a>, Handle>, DbError> {
        let mut known = FxHashMap::default();
        let mut missing = FxHashSet::default();
        for key in records.iter().flat_map(|record| rules::keys(&record.fact, &record.typed)) {
            if known.contains_key(&key) || missing.contains(&key) {
                continue;
            }
            match self.cache.get(&Id::of(workspace, key)) {
                Some(handle) => {
                    known.insert(key, handle);
                }
                None => {
                    missing.insert(key);
                }
            }
        }
        let missing: Vec<WhoKey<'_>> = missing.into_iter().collect();
        known.extend(store::handles_in_workspace(conn, workspace, &missing).await?);
        Ok(known)
    }
}

/// The records of a batch, to borrow ids from while the batch is filled in.
fn records_of(batch: &Batch) -> Vec<Arc<Record>> {
    batch.entries.iter().map(|entry| Arc::clone(&entry.record)).collect()
}

/// Writes the handles into the entries of these records.
fn fill<'a>(entries: &mut [Entry], records: &'a [Arc<Record>], mut handle: impl FnMut(WhoKey<'a>) -> Option<Handle>) {
    for (entry, record) in entries.iter_mut().zip(records) {
        let (fact, typed) = (&record.fact, &record.typed);
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

/// What people of a batch agreed to, and took back.
fn consents(entries: &[Entry]) -> Vec<Consent> {
    let consent = |entry: &Entry| {
        let Typed::ConsentSaid(said) = &entry.record.typed else { return None };
        let (offset, Fact { timestamp, source, .. }) = (entry.record.offset, &entry.record.fact);
        let (handle, at, source) = (entry.subject?, *timestamp, source.clone());
        Some(Consent { handle, offset, at, source, said: said.clone() })
    };
    entries.iter().filter_map(consent).collect()
}

/// The profiles that facts of a batch restore: nothing else is known under these handles.
fn restored(entries: &[Entry]) -> Vec<Profile> {
    rules::restored(entries.iter().filter_map(|entry| match &entry.record.typed {
        Typed::Identified(known) => Some((entry.subject?, rules::Told::Known(known))),
        Typed::ProfileRestored(left) => Some((entry.subject?, rules::Told::Restored(&left.known))),
        _ => None,
    }))
}

/// What a batch takes back from the counts.
fn taken_back(entries: &[Entry]) -> Vec<(Handle, &'static str, u64)> {
    let mut counts: BTreeMap<(Handle, &'static str), u64> = BTreeMap::new();
    for entry in entries {
        let (event, facts) = match &entry.record.typed {
            Typed::OrderTakenBack(_) => (facts::names::ORDER_PAID, 1),
            Typed::ProfileRestored(left) => (Kind::Identify.as_str(), left.taken_back),
            _ => continue,
        };
        if let Some(handle) = entry.subject {
            *counts.entry((handle, event)).or_default() += facts;
        }
    }
    counts.into_iter().map(|((handle, event), facts)| (handle, event, facts)).collect()
}

/// What a batch adds to the counts, by handle and event. What takes an import back is nothing that anybody did.
fn activity(entries: &[Entry]) -> Vec<Activity> {
    let mut by_event: BTreeMap<(Handle, &str), Activity> = BTreeMap::new();
    for entry in entries {
        let fact = &entry.record.fact;
        let Some(handle) = entry.subject.filter(|_| !fact.takes_back()) else { continue };
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
            if !entry.record.fact.takes_back() {
                changes.push(Change::Seen(subject, entry.record.fact.timestamp));
            }
        }
        if let (Some(sharer), Some(key)) = (entry.sharer, rules::sharer(&entry.record.typed))
            && key.namespace != Namespace::Spread
        {
            changes.push(Change::IsId(sharer));
        }
    }
    changes.extend(batch.links.iter().map(|link| Change::Joins(link.handle, link.into)));
    changes.extend(profiles(&batch.entries).into_iter().map(|Profile { handle, known }| Change::Knows(handle, known)));
    let left = restored(&batch.entries).into_iter();
    changes.extend(left.map(|Profile { handle, known }| Change::Restored(handle, known)));
    changes
}

/// New links of a batch: the first per handle, where it has none yet.
async fn new_links(tx: &Tx, batch: &Batch, handles: &Handles<'_>) -> Result<Vec<(Link, Timestamp)>, DbError> {
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
        let records = records_of(batch);
        let known = self.known(tx, batch.workspace, &records).await?;
        let mut handles = Handles::new(known, store::next_handle(tx, batch.workspace).await?);
        fill(&mut batch.entries, &records, |key| Some(handles.intern(key)));
        store::insert_handles(tx, batch.workspace, &handles.fresh).await?;

        let links = new_links(tx, batch, &handles).await?;
        store::insert_links(tx, batch.workspace, &links).await?;
        batch.links = links.into_iter().map(|(link, _)| link).collect();

        store::upsert_profiles(tx, batch.workspace, &profiles(&batch.entries)).await?;
        store::replace_profiles(tx, batch.workspace, &restored(&batch.entries)).await?;
        store::insert_consents(tx, batch.workspace, &consents(&batch.entries)).await?;
        store::add_activity(tx, batch.workspace, &activity(&batch.entries)).await?;
        store::take_activity_back(tx, batch.workspace, &taken_back(&batch.entries)).await
    }

    async fn recall(&self, records: &Records, batch: &mut Batch) -> Result<(), DbError> {
        let facts = records_of(batch);
        let handles = Handles::new(self.known(records.reads(), batch.workspace, &facts).await?, Handle(0));
        fill(&mut batch.entries, &facts, |key| handles.get(key));
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
                    self.cache.insert(Id::of(batch.workspace, key), handle);
                }
            }
        }
        if let Some(directory) = self.directories.get(batch.workspace) {
            directory.apply(changes(batch));
        }
    }
}
