//! A short way to tell identity what happened.

use std::sync::Arc;

use db::{Group, Migration, Records, Row, Sql, values};
use facts::{Fact, Identified, Kind, NamedId, Namespace, WhoKey, names};
use identity::{Interning, People, Profile};
use kernel::{Handle, Offset, Timestamp, WorkspaceId};
use river::{Batch, DedupKey, Digest, Digested, Entry, Link, Record, Slice, Stage};

/// The brand of most tests.
pub const BRAND: WorkspaceId = WorkspaceId(1);

pub fn migrations() -> Vec<Migration> {
    [river::MIGRATIONS, identity::MIGRATIONS].concat()
}

/// What somebody did: `u1` is a user id, `a1` an anonymous id.
#[derive(Clone, Debug)]
pub struct Told {
    who: String,
    kind: Kind,
    event: &'static str,
    properties: String,
    source: &'static str,
    ids: Vec<NamedId>,
}

impl Told {
    fn of(who: &str, kind: Kind, event: &'static str, properties: String) -> Self {
        Self { who: who.into(), kind, event, properties, source: "key:1", ids: Vec::new() }
    }

    /// The same with further ids, as `namespace=value`.
    pub fn with(mut self, ids: &[&str]) -> Self {
        let id = |id: &&str| id.split_once('=').map(|(namespace, value)| NamedId::new(namespace, value));
        self.ids = ids.iter().filter_map(id).collect();
        self
    }

    pub fn fact(&self, message_id: u64) -> Fact {
        let id = |letter| self.who.split('+').find(|id| id.starts_with(letter)).map(str::to_owned);
        Fact {
            source: self.source.into(),
            message_id: format!("m-{message_id}"),
            kind: self.kind,
            event: self.event.into(),
            user_id: id('u'),
            anonymous_id: id('a'),
            ids: self.ids.clone(),
            timestamp: Timestamp::from_secs(1_790_000_000),
            original_timestamp: None,
            sent_at: None,
            received_at: Timestamp::from_secs(1_790_000_000),
            properties: serde_json::from_str(&self.properties).unwrap(),
            context: None,
        }
    }
}

/// Somebody was seen, as `u1`, `a1` or `u1+a1`.
pub fn seen(who: &str) -> Told {
    Told::of(who, Kind::Track, "Page Seen", "{}".into())
}

/// Somebody let us know of themselves; the traits are JSON.
pub fn identified(who: &str, traits: &str) -> Told {
    Told::of(who, Kind::Identify, "identify", traits.into())
}

/// An import was taken back: of somebody only these traits are known, which are JSON.
pub fn restored(who: &str, traits: &str) -> Told {
    Told::of(who, Kind::Track, names::PROFILE_RESTORED, traits.into())
}

/// Somebody was given a token.
pub fn shared(who: &str, token: &str) -> Told {
    Told::of(who, Kind::Track, names::SPREAD_SHARED, format!(r#"{{"campaign":"c","spread":"{token}"}}"#))
}

/// Somebody became a root, with a token.
pub fn started(who: &str, token: &str) -> Told {
    Told::of(who, Kind::Track, names::SPREAD_STARTED, format!(r#"{{"campaign":"c","spread":"{token}"}}"#))
}

/// Somebody opened what a `u…`, an `a…` or the holder of a `t…` shared.
pub fn opened(who: &str, sharer: &str) -> Told {
    let field = match sharer.as_bytes()[0] {
        b'u' => "sharer_id",
        b'a' => "sharer_anonymous_id",
        _ => "spread",
    };
    Told::of(who, Kind::Track, names::SPREAD_OPENED, format!(r#"{{"campaign":"c","{field}":"{sharer}"}}"#))
}

/// The ids are bound, or no longer those of the person.
pub fn bound(who: &str, event: &'static str, ids: &[&str]) -> Told {
    Told::of(who, Kind::Track, event, "{}".into()).with(ids)
}

/// Staff decided who is who.
pub fn decided(decision: &str, what: &str, one: &[u32], other: &[u32]) -> Told {
    let properties = serde_json::json!({"decision": decision, "what": what, "one": one, "other": other});
    let told = Told::of("", Kind::Track, names::IDENTITY_DECIDED, properties.to_string());
    Told { source: facts::IDENTITY, ..told }
}

pub fn key(id: &str) -> WhoKey<'_> {
    let namespace = match id.as_bytes()[0] {
        b'u' => Namespace::User,
        b'a' => Namespace::Anonymous,
        _ => Namespace::Spread,
    };
    WhoKey { namespace, value: id }
}

pub fn known(name: Option<&str>, phone: Option<&str>, wechat: Option<&str>, city: Option<&str>) -> Identified {
    let own = |text: Option<&str>| text.map(str::to_owned);
    Identified { name: own(name), phone: own(phone), wechat: own(wechat), city: own(city) }
}

pub fn records_of(told: &[Told], from: Offset) -> Vec<Arc<Record>> {
    let record = |(offset, told): (u64, &Told)| {
        let fact = told.fact(offset);
        let (typed, key) = (fact.typed().unwrap(), DedupKey::of(&fact));
        Arc::new(Record { offset: Offset(offset), fact, typed, key })
    };
    (from.0..).zip(told).map(record).collect()
}

/// Identity of one workspace, told one batch after the other.
pub struct Register {
    pub workspace: WorkspaceId,
    pub people: People,
    pub stage: Arc<Interning>,
    pub next: Offset,
    digest: Group<Digest>,
}

impl Register {
    pub fn new(records: &Records) -> Self {
        Self::of(records, BRAND)
    }

    pub fn of(records: &Records, workspace: WorkspaceId) -> Self {
        Self::with_stage(records, workspace, People::new(records.clone()).stage())
    }

    pub fn with_stage(records: &Records, workspace: WorkspaceId, stage: Arc<Interning>) -> Self {
        let people = People::new(records.clone());
        let digest = records.group(Digest::new(vec![stage.clone()]));
        Self { workspace, people, stage, next: Offset::FIRST, digest }
    }

    pub fn slice(&self, told: &[Told]) -> Arc<Slice> {
        let next = Offset(self.next.0 + told.len() as u64);
        let records = records_of(told, self.next);
        Arc::new(Slice { workspace: self.workspace, records, start: self.next, next, gone: Offset::FIRST })
    }

    /// Digests a batch as the river does.
    pub async fn tell(&mut self, told: &[Told]) -> Batch {
        let Digested::Now { batch, .. } = self.digest.submit(self.slice(told)).await.unwrap() else {
            panic!("nobody else tells")
        };
        self.stage.settled(&batch);
        self.next = batch.next;
        batch
    }

    pub async fn handle(&self, id: &str) -> u32 {
        self.people.find(self.workspace, key(id)).await.unwrap().map_or(0, |handle| handle.0)
    }

    /// The handles of the person an id belongs to.
    pub async fn person(&self, id: &str) -> Vec<u32> {
        let handle = Handle(self.handle(id).await);
        let handles = self.people.handles(self.workspace, handle).await.unwrap();
        handles.into_iter().map(|handle| handle.0).collect()
    }

    pub async fn profile(&self, id: &str) -> Option<Identified> {
        let handle = Handle(self.handle(id).await);
        let profiles = self.people.profiles(self.workspace, &[handle]).await.unwrap();
        profiles.into_iter().next().map(|profile| profile.known)
    }
}

/// What a stage fills in for each fact: offset, subject, sharer.
pub fn filled(batch: &Batch) -> Vec<(u64, u32, u32)> {
    let number = |handle: Option<Handle>| handle.map_or(0, |handle| handle.0);
    let line = |entry: &Entry| (entry.record.offset.0, number(entry.subject), number(entry.sharer));
    batch.entries.iter().map(line).collect()
}

/// Offset, handle, into.
pub fn links(batch: &Batch) -> Vec<(u64, u32, u32)> {
    batch.links.iter().map(|Link { offset, handle, into }| (offset.0, handle.0, into.0)).collect()
}

/// Everything identity has stored of a workspace.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Stored {
    /// Namespace's number, value, handle; by handle.
    pub handles: Vec<(i64, String, u32)>,
    /// Offset, handle, into; by offset and handle.
    pub links: Vec<(u64, u32, u32)>,
    /// By handle.
    pub profiles: Vec<Profile>,
}

impl Stored {
    pub async fn read(records: &Records, workspace: WorkspaceId) -> Self {
        let all = async |sql: &str| records.reads().all(sql, values![workspace.0]).await.unwrap();
        let number = |number: i64| u32::try_from(number).unwrap();
        let handles =
            all("select namespace, value, handle from identity_handle where workspace_id = $1 order by handle");
        let handles = handles
            .await
            .iter()
            .map(|row| (row.at(0).unwrap(), row.at(1).unwrap(), number(row.at(2).unwrap())))
            .collect::<Vec<_>>();
        let links = all(
            "select fact_offset, handle, into_handle from identity_journal where workspace_id = $1 and is_move = 0 order by fact_offset, handle",
        );
        let links = links
            .await
            .iter()
            .map(|row| {
                (row.at::<i64>(0).unwrap().unsigned_abs(), number(row.at(1).unwrap()), number(row.at(2).unwrap()))
            })
            .collect();
        let all_handles: Vec<_> = handles.iter().map(|(_, _, handle)| Handle(*handle)).collect();
        let mut profiles = People::new(records.clone()).profiles(workspace, &all_handles).await.unwrap();
        profiles.sort_unstable_by_key(|profile| profile.handle);
        Self { handles, links, profiles }
    }
}
