//! What the slice does with facts: it is the first stage of the river.

pub(crate) mod directory;
mod linking;

use std::{collections::BTreeMap, sync::Arc};

use async_trait::async_trait;
use db::{ConnectionTrait, DbError, Records, Tx};
use facts::{Fact, Kind, Namespace, Typed};
use kernel::{Handle, Offset, WorkspaceId};
use parking_lot::Mutex;
use quick_cache::sync::Cache;
use river::{Batch, Entry, Record, Stage};
use rustc_hash::{FxHashMap, FxHashSet};

use self::{directory::Directories, linking::Linking};
use crate::{
    model::{Activity, Change, Consent, Profile},
    rules::{self, Handles, Key, Named, Namespaces},
    store,
};

/// Handles kept at hand, so that a busy person is not looked up for every fact: some 50 bytes each. Handles never change.
const CACHED_HANDLES: usize = 1_000_000;

/// Pairs whose evidence is booked, kept at hand for the same reason.
const CACHED_PAIRS: usize = 1_000_000;

/// Digests facts into handles, links, profiles, and what was done how often.
pub struct Interning {
    cache: Cache<Id, Handle>,
    pairs: Cache<Pair, ()>,
    /// What each workspace's last batch found, to be kept at hand once it is committed.
    found: Mutex<BTreeMap<WorkspaceId, Found>>,
    directories: Arc<Directories>,
}

/// Stands for an id of a workspace: a digest of both.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
struct Id([u8; 16]);

impl Id {
    fn of(workspace: WorkspaceId, key: &Key<'_>) -> Self {
        let mut hasher = blake3::Hasher::new();
        hasher.update(&workspace.0.to_le_bytes());
        hasher.update(&key.space.to_le_bytes());
        hasher.update(key.value.as_bytes());
        let mut id = [0; 16];
        id.copy_from_slice(&hasher.finalize().as_bytes()[..16]);
        Self(id)
    }
}

/// What a batch found; known only after its commit.
struct Found {
    next: Offset,
    handles: Vec<(Id, Handle)>,
    pairs: Vec<(Handle, Handle)>,
    took_back: bool,
}

/// Two handles of a workspace.
type Pair = (WorkspaceId, Handle, Handle);

impl Interning {
    pub(crate) fn new(directories: Arc<Directories>) -> Self {
        Self {
            cache: Cache::new(CACHED_HANDLES),
            pairs: Cache::new(CACHED_PAIRS),
            found: Mutex::default(),
            directories,
        }
    }

    /// The ids a batch names that have a handle: those at hand, the others as records say.
    async fn known<'a, C: ConnectionTrait>(
        &self,
        conn: &C,
        workspace: WorkspaceId,
        named: &[Named<'a>],
    ) -> Result<FxHashMap<Key<'a>, Handle>, DbError> {
        let mut known = FxHashMap::default();
        let mut missing: FxHashSet<&Key<'a>> = FxHashSet::default();
        for key in named.iter().flat_map(Named::keys) {
            if known.contains_key(key) || missing.contains(key) {
                continue;
            }
            match self.cache.get(&Id::of(workspace, key)) {
                Some(handle) => {
                    known.insert(key.clone(), handle);
                }
                None => {
                    missing.insert(key);
                }
            }
        }
        let missing: Vec<Key<'a>> = missing.into_iter().cloned().collect();
        known.extend(store::handles_in_workspace(conn, workspace, &missing).await?);
        Ok(known)
    }

    /// Tells the evidence what the facts of a batch say about who is who.
    async fn link(&self, tx: &Tx, batch: &mut Batch, (rules, named, handles): Told<'_, '_>) -> Result<(), DbError> {
        let workspace = batch.workspace;
        let mut linking = Linking::new(tx, workspace, rules);
        for (entry, named) in batch.entries.iter().zip(named) {
            let record = &entry.record;
            let when = (record.offset, record.fact.timestamp);
            match &record.typed {
                Typed::Unbound => {
                    let ids = named.unbound(&record.fact).filter_map(|key| handles.get(key)).collect();
                    let owner = record.fact.user_key().or_else(|| record.fact.anonymous_key());
                    linking.unbind(ids, owner.and(entry.subject), when).await?;
                }
                Typed::IdentityDecided(decided) => linking.decide(decided, when).await?,
                _ => {
                    for (key, into) in named.joins() {
                        let (Some(handle), Some(into)) = (handles.get(key), handles.get(into)) else { continue };
                        if linking.took_back || self.pairs.get(&(workspace, handle, into)).is_none() {
                            linking.see((handle, into), when.0, when.1);
                        }
                    }
                }
            }
        }
        linking.flush().await?;
        linking.links.sort_unstable_by_key(|link| (link.offset, link.handle));
        store::evidence::put_journal(tx, workspace, &linking.links, &linking.moves).await?;
        (batch.links, batch.moves) = (linking.links, linking.moves);
        let at_hand = named.iter().flat_map(Named::keys);
        let at_hand = at_hand.filter_map(|key| Some((Id::of(workspace, key), handles.get(key)?))).collect();
        let (pairs, took_back) = (linking.booked, linking.took_back);
        let found = Found { next: batch.next, handles: at_hand, pairs, took_back };
        self.found.lock().insert(workspace, found);
        Ok(())
    }
}

/// What the facts of a batch name, and the handles of that.
type Told<'a, 'b> = (&'b Namespaces, &'b [Named<'a>], &'b Handles<'a>);

/// The records of a batch, to borrow ids from while the batch is filled in.
fn records_of(batch: &Batch) -> Vec<Arc<Record>> {
    batch.entries.iter().map(|entry| Arc::clone(&entry.record)).collect()
}

fn named_by<'a>(records: &'a [Arc<Record>], rules: &Namespaces) -> Vec<Named<'a>> {
    records.iter().map(|record| Named::of(&record.fact, &record.typed, rules)).collect()
}

/// Writes the handles into the entries of these records.
fn fill<'a>(entries: &mut [Entry], named: &[Named<'a>], mut handle: impl FnMut(&Key<'a>) -> Option<Handle>) {
    for (entry, named) in entries.iter_mut().zip(named) {
        for key in named.keys() {
            handle(key);
        }
        entry.subject = named.subject().and_then(&mut handle);
        entry.sharer = named.sharer().and_then(&mut handle);
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
    changes.extend(batch.changes().map(|change| match change {
        river::Change::Link(link) => Change::Joins(link.handle, link.into),
        river::Change::Moves(moves) => Change::Regrouped(moves.iter().map(|to| (to.handle, to.person)).collect()),
    }));
    changes.extend(profiles(&batch.entries).into_iter().map(|Profile { handle, known }| Change::Knows(handle, known)));
    let left = restored(&batch.entries).into_iter();
    changes.extend(left.map(|Profile { handle, known }| Change::Restored(handle, known)));
    changes
}

#[async_trait]
impl Stage for Interning {
    async fn digest(&self, tx: &Tx, batch: &mut Batch) -> Result<(), DbError> {
        let records = records_of(batch);
        let rules = Namespaces::with(store::evidence::namespaces(tx, batch.workspace).await?);
        let named = named_by(&records, &rules);
        let known = self.known(tx, batch.workspace, &named).await?;
        let mut handles = Handles::new(known, store::next_handle(tx, batch.workspace).await?);
        fill(&mut batch.entries, &named, |key| Some(handles.intern(key)));
        store::insert_handles(tx, batch.workspace, &handles.fresh).await?;
        self.link(tx, batch, (&rules, &named, &handles)).await?;
        store::upsert_profiles(tx, batch.workspace, &profiles(&batch.entries)).await?;
        store::insert_consents(tx, batch.workspace, &consents(&batch.entries)).await?;
        store::replace_profiles(tx, batch.workspace, &restored(&batch.entries)).await?;
        store::add_activity(tx, batch.workspace, &activity(&batch.entries)).await?;
        store::take_activity_back(tx, batch.workspace, &taken_back(&batch.entries)).await
    }

    async fn recall(&self, records: &Records, batch: &mut Batch) -> Result<(), DbError> {
        let facts = records_of(batch);
        let reads = records.reads();
        let rules = Namespaces::with(store::evidence::namespaces(reads, batch.workspace).await?);
        let named = named_by(&facts, &rules);
        let handles = Handles::new(self.known(reads, batch.workspace, &named).await?, Handle(0));
        fill(&mut batch.entries, &named, |key| handles.get(key));
        let (Some(first), next) = (batch.entries.first(), batch.next) else { return Ok(()) };
        let from = first.record.offset;
        (batch.links, batch.moves) = store::evidence::journal_between(reads, batch.workspace, from, next).await?;
        self.settled(batch);
        Ok(())
    }

    fn settled(&self, batch: &Batch) {
        let found = self.found.lock().remove(&batch.workspace).filter(|found| found.next == batch.next);
        if let Some(found) = found {
            if found.took_back {
                self.pairs.clear();
            }
            found.handles.into_iter().for_each(|(id, handle)| self.cache.insert(id, handle));
            let pairs = found.pairs.into_iter().filter(|_| !found.took_back);
            pairs.for_each(|(handle, into)| self.pairs.insert((batch.workspace, handle, into), ()));
        }
        if let Some(directory) = self.directories.get(batch.workspace) {
            directory.apply(changes(batch));
        }
    }
}
