//! What the slice does with facts: it keeps people and live segments of each workspace.

use std::{collections::BTreeMap, error::Error, sync::Arc};

use db::{DbError, Records};
use facts::Typed;
use kernel::{Clock, Timestamp, WorkspaceId};
use parking_lot::RwLock;
use river::{Batch, Change, Entry, Live};

use crate::{
    model::{
        Day,
        kept::{Segment, SegmentKind, Tag},
    },
    ops::person::Ranked,
    rules::{
        engine::{Body, Engine},
        people::{PAID, People, Told},
        turns::Turn,
    },
    store,
};

/// How far ahead of the door's own clock a fact is believed to lie.
const AHEAD_SECS: i64 = 24 * 3600;

/// People whom one step of a new day asks about, so that facts never wait long for it.
const ASKED_AT_ONCE: u64 = 10_000;

/// The audience of one workspace: what is kept of people, and who belongs to which segment.
pub struct LiveAudience {
    engine: RwLock<Engine>,
    /// Before this fact, it was told already who came and who left.
    told: u64,
    pub(crate) ranked: Ranked,
}

impl LiveAudience {
    /// Nobody yet, on a day.
    #[must_use]
    pub fn new(today: Day) -> Self {
        Self { engine: RwLock::new(Engine::new(today)), told: 0, ranked: Ranked::default() }
    }

    /// Reads the state after the last batch. Keep it short: the reader waits meanwhile.
    pub fn read<T>(&self, read: impl FnOnce(&Engine) -> T) -> T {
        read(&self.engine.read())
    }

    /// Changes segments or traits.
    pub fn change<T>(&self, change: impl FnOnce(&mut Engine) -> T) -> T {
        change(&mut self.engine.write())
    }

    /// Who came and who left since this was asked last, up to which fact (exclusive) that is, and on which day.
    pub fn turns(&self) -> (Vec<Turn>, u64, Day) {
        let mut engine = self.engine.write();
        let turns = engine.turns();
        // After a restart nothing may have been folded yet.
        (turns, self.told.max(engine.stands_at() + 1), engine.today())
    }

    /// Lets days pass until it is `now`. Facts are folded in between.
    pub fn advance(&self, now: Timestamp) {
        while self.engine.write().advance(Day::of(now), ASKED_AT_ONCE) {}
    }
}

/// The audiences of all workspaces.
pub struct Audiences {
    records: Records,
    clock: Arc<dyn Clock>,
    all: RwLock<BTreeMap<WorkspaceId, Arc<LiveAudience>>>,
}

impl Audiences {
    /// None yet. What brands defined is in these records.
    #[must_use]
    pub fn new(records: Records, clock: Arc<dyn Clock>) -> Self {
        Self { records, clock, all: RwLock::default() }
    }

    /// The audience of a workspace, with the segments that were defined and nobody in them. To be called before its river
    /// flows. It stands at the day up to which it was told who came and who left, so that the days since are not missed.
    ///
    /// # Errors
    /// [`DbError`] when the records cannot be read.
    pub async fn open(&self, workspace: WorkspaceId) -> Result<Arc<LiveAudience>, DbError> {
        if let Some(live) = self.get(workspace) {
            return Ok(live);
        }
        let reads = self.records.reads();
        let told = store::told_in_workspace(reads, workspace).await?;
        let mut live = LiveAudience::new(told.map_or_else(|| Day::of(self.clock.now()), |(_, day)| Day(day)));
        let live_told = told.map_or(0, |(next, _)| next);
        live.told = live_told;
        let traits = store::traits_in_workspace(reads, workspace).await?;
        let segments = store::segments_in_workspace(reads, workspace).await?;
        let tags = store::tags_in_workspace(reads, workspace).await?;
        live.change(|engine| {
            traits.into_iter().for_each(|def| engine.declare(def));
            define_all(engine, bodies(segments, tags));
            engine.listen(live_told);
        });
        Ok(Arc::clone(self.all.write().entry(workspace).or_insert_with(|| Arc::new(live))))
    }

    /// The audience of a workspace.
    #[must_use]
    pub fn get(&self, workspace: WorkspaceId) -> Option<Arc<LiveAudience>> {
        self.all.read().get(&workspace).cloned()
    }

    /// The audiences of all workspaces.
    #[must_use]
    pub fn all(&self) -> Vec<(WorkspaceId, Arc<LiveAudience>)> {
        self.all.read().iter().map(|(workspace, live)| (*workspace, Arc::clone(live))).collect()
    }
}

/// What the engine keeps of definitions.
fn bodies(segments: Vec<Segment>, tags: Vec<Tag>) -> Vec<(String, Body)> {
    let segments = segments.into_iter().filter_map(|segment| Some((body_of(&segment)?, segment.id)));
    let tags = tags.into_iter().filter_map(|tag| Some((Body::Rule(tag.rule?), tag.id)));
    segments.chain(tags).map(|(body, id)| (id, body)).collect()
}

/// What the engine keeps of a segment.
pub(crate) fn body_of(segment: &Segment) -> Option<Body> {
    match segment.kind {
        SegmentKind::Live => segment.rule.clone().map(Body::Rule),
        SegmentKind::Manual | SegmentKind::Snapshot => Some(Body::List(segment.people.clone().unwrap_or_default())),
    }
}

/// Defines what names others after those: each round at least one finds everything it names.
fn define_all(engine: &mut Engine, mut waiting: Vec<(String, Body)>) {
    while !waiting.is_empty() {
        let before = waiting.len();
        waiting.retain(|(id, body)| engine.define(id, body.clone()).is_err());
        if waiting.len() == before {
            tracing::error!(segments = before, "segments name what is not there, and have no members");
            return;
        }
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
        let mut engine = self.engine.write();
        for (offset, told) in told {
            engine.stand_at(offset);
            engine.fold([told]);
        }
        engine.stand_at(batch.next.0.saturating_sub(1));
    }

    fn save(&self) -> Result<Vec<u8>, Box<dyn Error + Send + Sync>> {
        Ok(self.engine.read().people().save()?)
    }

    fn restore(&self, body: &[u8]) -> bool {
        match People::restore(body) {
            Ok(people) => {
                self.engine.write().set_people(people);
                true
            }
            Err(error) => {
                tracing::warn!(%error, "the snapshot of the audience is not used");
                false
            }
        }
    }

    fn clear(&self) {
        self.engine.write().set_people(People::new());
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
    let Some(handle) = entry.subject else { return Vec::new() };
    // What the slice tells is no deed of the person's, but for what they said in a form.
    let told_by_them = matches!(entry.record.typed, Typed::FormAnswered(_) | Typed::Identified(_));
    if fact.source == facts::AUDIENCE && !told_by_them {
        return Vec::new();
    }
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
        Typed::FormAnswered(answered) => {
            let worn = |tag: &String| Told::Tagged { tag: tag.clone(), people: vec![handle], on: Some(None) };
            std::iter::once(did(0)).chain(answered.tags.iter().map(worn)).collect()
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
    use crate::model::{Rule, Standing};

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
        let clock = ManualClock::at(NOON);
        let live = LiveAudience::new(Day::of(NOON));
        live.change(|engine| engine.define("twice", twice_within_a_week())).unwrap();
        live.fold(&batch(vec![paid(1, 5, 100), paid(2, 9, 100)], &[], 3));
        assert!(members(&live, "twice").is_empty());
        live.fold(&batch(vec![paid(3, 7, 100)], &[(3, 9, 5)], 4));
        assert_eq!(members(&live, "twice"), [5]);
        clock.advance_secs(6 * 24 * 3600);
        live.advance(clock.now());
        assert_eq!(members(&live, "twice"), [5], "the seventh day");
        clock.advance_secs(24 * 3600);
        live.advance(clock.now());
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
