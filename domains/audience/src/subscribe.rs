//! What the slice does with facts: it keeps people and live segments of each workspace.

use std::{collections::BTreeMap, error::Error, sync::Arc};

use facts::Typed;
use kernel::{Clock, Timestamp, WorkspaceId};
use parking_lot::RwLock;
use river::{Batch, Change, Entry, Live};

use crate::{
    model::Day,
    rules::{
        engine::Engine,
        people::{PAID, People, Told},
    },
};

/// How far ahead of the door's own clock a fact is believed to lie.
const AHEAD_SECS: i64 = 24 * 3600;

/// People whom one step of a new day asks about, so that facts never wait long for it.
const ASKED_AT_ONCE: u64 = 10_000;

/// The audience of one workspace: what is kept of people, and who belongs to which segment.
pub struct LiveAudience(RwLock<Engine>);

impl LiveAudience {
    /// Nobody yet, on a day.
    #[must_use]
    pub fn new(today: Day) -> Self {
        Self(RwLock::new(Engine::new(today)))
    }

    /// Reads the state after the last batch. Keep it short: the reader waits meanwhile.
    pub fn read<T>(&self, read: impl FnOnce(&Engine) -> T) -> T {
        read(&self.0.read())
    }

    /// Changes segments or traits.
    pub fn change<T>(&self, change: impl FnOnce(&mut Engine) -> T) -> T {
        change(&mut self.0.write())
    }

    /// Lets days pass until it is `now`. Facts are folded in between.
    pub fn advance(&self, now: Timestamp) {
        while self.0.write().advance(Day::of(now), ASKED_AT_ONCE) {}
    }
}

/// The audiences of all workspaces.
pub struct Audiences {
    clock: Arc<dyn Clock>,
    all: RwLock<BTreeMap<WorkspaceId, Arc<LiveAudience>>>,
}

impl Audiences {
    /// None yet.
    #[must_use]
    pub fn new(clock: Arc<dyn Clock>) -> Self {
        Self { clock, all: RwLock::default() }
    }

    /// The audience of a workspace, empty when there was none.
    #[must_use]
    pub fn open(&self, workspace: WorkspaceId) -> Arc<LiveAudience> {
        let new = || Arc::new(LiveAudience::new(Day::of(self.clock.now())));
        Arc::clone(self.all.write().entry(workspace).or_insert_with(new))
    }

    /// The audience of a workspace.
    #[must_use]
    pub fn get(&self, workspace: WorkspaceId) -> Option<Arc<LiveAudience>> {
        self.all.read().get(&workspace).cloned()
    }

    /// Lets days pass everywhere, up to now.
    pub fn advance(&self) {
        let all: Vec<_> = self.all.read().values().cloned().collect();
        let now = self.clock.now();
        all.iter().for_each(|live| live.advance(now));
    }
}

impl Live for LiveAudience {
    fn name(&self) -> &'static str {
        "audience"
    }

    fn version(&self) -> u32 {
        1
    }

    fn fold(&self, batch: &Batch) {
        let told = told(batch);
        let mut engine = self.0.write();
        for (offset, told) in told {
            engine.stand_at(offset);
            engine.fold([told]);
        }
        engine.stand_at(batch.next.0.saturating_sub(1));
    }

    fn save(&self) -> Result<Vec<u8>, Box<dyn Error + Send + Sync>> {
        Ok(self.0.read().people().save()?)
    }

    fn restore(&self, body: &[u8]) -> bool {
        match People::restore(body) {
            Ok(people) => {
                self.0.write().set_people(people);
                true
            }
            Err(error) => {
                tracing::warn!(%error, "the snapshot of the audience is not used");
                false
            }
        }
    }

    fn clear(&self) {
        self.0.write().set_people(People::new());
    }
}

/// What a batch says of people, in the order of offsets. A link comes before the fact that is its evidence, so that the fact is
/// already one of the whole person.
fn told(batch: &Batch) -> Vec<(u64, Told)> {
    let mut told = Vec::with_capacity(batch.entries.len() + batch.links.len());
    let mut changes = batch.changes().peekable();
    for entry in &batch.entries {
        let offset = entry.record.offset;
        while let Some(change) = changes.next_if(|change| change.offset() <= offset) {
            told.push((change.offset().0, who_is_who(&change)));
        }
        told.extend(of_fact(entry).into_iter().map(|of_fact| (offset.0, of_fact)));
    }
    told.extend(changes.map(|change| (change.offset().0, who_is_who(&change))));
    told
}

fn who_is_who(change: &Change<'_>) -> Told {
    match change {
        Change::Link(link) => Told::Linked { handle: link.handle, into: link.into },
        Change::Moves(moves) => Told::Regrouped { moves: moves.iter().map(|to| (to.handle, to.person)).collect() },
    }
}

fn of_fact(entry: &Entry) -> Vec<Told> {
    let (fact, offset) = (&entry.record.fact, entry.record.offset.0);
    if let Typed::TagPutOn(tagged) | Typed::TagTakenOff(tagged) = &entry.record.typed {
        return vec![tag(tagged, matches!(entry.record.typed, Typed::TagPutOn(_)))];
    }
    let Some(handle) = entry.subject.filter(|_| fact.source != facts::AUDIENCE) else { return Vec::new() };
    // A clock that is far ahead must not make somebody's last visit one of next year.
    let at = fact.timestamp.min(fact.received_at.plus_secs(AHEAD_SECS));
    let (event, day) = (fact.event.clone(), Day::of(at));
    let did = |amount| Told::Did { handle, event: event.clone(), at: at.0, day, amount };
    match &entry.record.typed {
        Typed::OrderPaid(paid) => vec![did(paid.amount_minor)],
        Typed::OrderTakenBack(paid) => {
            vec![Told::Undone { handle, event: PAID.to_owned(), day, amount: paid.amount_minor }]
        }
        Typed::ProfileRestored(restored) => {
            let (phone, wechat, city) = known(&restored.known);
            vec![Told::Restored { handle, offset, phone, wechat, city }]
        }
        Typed::Identified(told) => {
            let (phone, wechat, city) = known(told);
            vec![did(0), Told::Known { handle, offset, phone, wechat, city }]
        }
        _ if ours(&fact.source) => vec![Told::Done { handle, event, at: at.0, day }],
        _ => vec![did(0)],
    }
}

/// Whether our own modules tell it. What comes in by tables is people's own doing all the same.
fn ours(source: &str) -> bool {
    source.starts_with("searchlight:") && source != facts::IMPORT
}

fn known(told: &facts::Identified) -> (bool, bool, Option<String>) {
    let city = told.city.as_deref().map(str::trim).filter(|city| !city.is_empty()).map(str::to_owned);
    (told.phone.is_some(), told.wechat.is_some(), city)
}

fn tag(tagged: &facts::Tagged, on: bool) -> Told {
    let people = tagged.people.iter().map(|person| person.0).collect();
    // Worn through the day that was named.
    let until = tagged.until.map(|at| Day::of(at).plus(1));
    Told::Tagged { tag: tagged.tag.clone(), people, on: on.then_some(until) }
}

#[cfg(test)]
mod tests {
    use facts::{Fact, Kind};
    use kernel::{Handle, ManualClock, Offset};
    use river::{DedupKey, Link, Record};
    use serde_json::{Value, json};

    use super::*;
    use crate::{
        model::{Rule, Standing},
        rules::engine::Body,
    };

    const NOON: Timestamp = Timestamp::from_secs(1_790_049_600);

    fn entry(offset: u64, subject: u32, kind: Kind, event: &str, at: Timestamp, told: &Value) -> Entry {
        let fact = Fact {
            source: "test".to_owned(),
            message_id: offset.to_string(),
            kind,
            event: event.to_owned(),
            user_id: Some(subject.to_string()),
            anonymous_id: None,
            ids: Vec::new(),
            timestamp: at,
            original_timestamp: None,
            sent_at: None,
            received_at: NOON,
            properties: serde_json::value::to_raw_value(told).unwrap(),
            context: None,
        };
        let (typed, key) = (fact.typed().unwrap(), DedupKey::of(&fact));
        Entry {
            record: Arc::new(Record { offset: Offset(offset), fact, typed, key }),
            subject: Some(Handle(subject)),
            sharer: None,
        }
    }

    fn paid(offset: u64, subject: u32, amount: i64) -> Entry {
        let told = json!({"order_id": offset.to_string(), "amount_minor": amount});
        entry(offset, subject, Kind::Track, "Order Paid", NOON, &told)
    }

    fn batch(entries: Vec<Entry>, links: &[(u64, u32, u32)], next: u64) -> Batch {
        let link = |&(offset, handle, into): &(u64, u32, u32)| Link {
            offset: Offset(offset),
            handle: Handle(handle),
            into: Handle(into),
        };
        Batch {
            workspace: WorkspaceId(1),
            entries,
            links: links.iter().map(link).collect(),
            moves: Vec::new(),
            next: Offset(next),
        }
    }

    fn twice_within_a_week() -> Body {
        Body::Rule(Rule::Did { event: "Order Paid".into(), at_least: 2, at_most: None, days: Some(7) })
    }

    fn members(live: &LiveAudience, id: &str) -> Vec<u32> {
        live.read(|engine| engine.members(id).unwrap().iter().collect())
    }

    #[test]
    fn who_buys_twice_under_two_ids_belongs_once_they_are_one_and_leaves_after_a_week() {
        let clock = Arc::new(ManualClock::at(NOON));
        let audiences = Audiences::new(clock.clone());
        let live = audiences.open(WorkspaceId(1));
        live.change(|engine| engine.define("twice", twice_within_a_week())).unwrap();
        live.fold(&batch(vec![paid(1, 5, 100), paid(2, 9, 100)], &[], 3));
        assert!(members(&live, "twice").is_empty());
        live.fold(&batch(vec![paid(3, 7, 100)], &[(3, 9, 5)], 4));
        assert_eq!(members(&live, "twice"), [5]);
        clock.advance_secs(6 * 24 * 3600);
        audiences.advance();
        assert_eq!(members(&live, "twice"), [5], "the seventh day");
        clock.advance_secs(24 * 3600);
        audiences.advance();
        assert!(members(&live, "twice").is_empty());
    }

    #[test]
    fn standing_follows_what_is_told_and_paid() {
        let live = LiveAudience::new(Day::of(NOON));
        let standing = |standing| Body::Rule(Rule::Standing { standing });
        for (id, body) in [
            ("fans", standing(Standing::Fan)),
            ("members", standing(Standing::Member)),
            ("visitors", standing(Standing::Visitor)),
        ] {
            live.change(|engine| engine.define(id, body)).unwrap();
        }
        let known = |offset, told: Value| entry(offset, 1, Kind::Identify, "identify", NOON, &told);
        live.fold(&batch(vec![known(1, json!({"mobile": "17012345678"})), paid(2, 2, 1)], &[], 3));
        assert_eq!(
            (members(&live, "fans"), members(&live, "visitors"), members(&live, "members")),
            (vec![], vec![1], vec![2])
        );
        live.fold(&batch(vec![known(3, json!({"openid": "o"}))], &[], 4));
        assert_eq!((members(&live, "fans"), members(&live, "visitors")), (vec![1], vec![]));
    }

    #[test]
    fn a_clock_that_is_years_ahead_is_not_believed() {
        let live = LiveAudience::new(Day::of(NOON));
        let far = NOON.plus_secs(3 * 365 * 24 * 3600);
        live.fold(&batch(vec![entry(1, 1, Kind::Track, "Page Seen", far, &json!({}))], &[], 2));
        let day = |micros: i64| Day::of(Timestamp(micros));
        let last = live.read(|engine| engine.people().tally(Handle(1), 0, None, engine.today()).last);
        assert_eq!(last.map(day), Some(Day::of(NOON).plus(1)));
    }

    #[test]
    fn live_state_is_saved_restored_and_forgotten() {
        let live = LiveAudience::new(Day::of(NOON));
        live.change(|engine| engine.define("twice", twice_within_a_week())).unwrap();
        live.fold(&batch(vec![paid(1, 5, 100), paid(2, 5, 100)], &[], 3));
        let saved = live.save().unwrap();

        let other = LiveAudience::new(Day::of(NOON));
        other.change(|engine| engine.define("twice", twice_within_a_week())).unwrap();
        assert!(other.restore(&saved));
        assert_eq!(members(&other, "twice"), [5]);
        assert_eq!(other.save().unwrap(), saved);
        assert!(!other.restore(b"damaged"), "and what was there stays");
        assert_eq!(members(&other, "twice"), [5]);
        other.clear();
        assert!(members(&other, "twice").is_empty());
    }
}
