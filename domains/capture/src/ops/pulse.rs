//! How the sources of every brand are doing: what came hour by hour, and what it looked like.
//!
//! As the register it must never keep a door waiting. A door notes in memory, in bounded space, and looks inside so many facts a
//! second and no more: what changes in a source shows in a part of it. Every ten seconds, and before anybody reads, the notes
//! are handed to the grouped writer. A crash loses the notes of those seconds, never a fact.

use std::{collections::BTreeMap, sync::Arc};

use async_trait::async_trait;
use db::{DbError, Decider, Group, Records, Tx, WriteError};
use facts::{Fact, namespaces};
use kernel::{Clock, Timestamp, WorkspaceId};
use parking_lot::Mutex;

use crate::{
    model::{HourCount, ShapeSpan},
    rules::health::{Hour, Seen, Shape, shapes},
    store::health as store,
};

/// Facts of a brand that are looked into within one second.
const LOOKED_MAX: usize = 200;
/// Shapes noted of a brand between two writings.
const NOTED_MAX: usize = 5_000;
/// How often notes are written down.
const EVERY_SECS: i64 = 10;
/// How long hours are kept: what a rhythm is learnt from.
const HOURS_KEPT: i64 = 35 * 24;
/// Hours of notes that are held while they cannot be written.
const HOURS_NOTED: i64 = 48;
/// How long a shape that is not seen any more is kept.
const SHAPES_KEPT_SECS: i64 = 90 * 24 * 3600;
/// Namespaces whose ids are of a device or a browser, not of a person.
const OF_THINGS: &[&str] = &[namespaces::ANONYMOUS, namespaces::COOKIE, namespaces::DEVICE, namespaces::SPREAD];

/// What is known of the sources.
pub(crate) struct Pulse {
    records: Records,
    group: Group<WriteDown>,
    clock: Arc<dyn Clock>,
    notes: Mutex<BTreeMap<WorkspaceId, Notes>>,
}

/// What is not written down yet.
#[derive(Default)]
struct Notes {
    hours: BTreeMap<(String, i64), Count>,
    shapes: BTreeMap<(String, Shape), (Timestamp, Timestamp, i64)>,
    /// The second that is being counted, and facts looked into within it.
    looked: (i64, usize),
    written_at: Timestamp,
}

#[derive(Clone, Copy, Default)]
struct Count {
    accepted: u64,
    rejected: u64,
    named: u64,
    last_at: Option<Timestamp>,
}

impl Pulse {
    pub(crate) fn new(records: &Records, clock: Arc<dyn Clock>) -> Self {
        Self { records: records.clone(), group: records.group(WriteDown), clock, notes: Mutex::default() }
    }

    /// Notes facts that were taken. Never waits.
    pub(crate) fn took(&self, workspace: WorkspaceId, source: &str, at: Timestamp, facts: &[Fact]) {
        if facts.is_empty() {
            return;
        }
        let allowed = self.allowed(workspace, at, facts.len());
        // Outside the lock: this is what takes time.
        let looked: Vec<Shape> = facts.iter().take(allowed).flat_map(shapes).collect();
        let named = facts.iter().filter(|fact| is_named(fact)).count();
        let mut all = self.notes.lock();
        let notes = all.entry(workspace).or_default();
        let count = notes.hours.entry((source.to_owned(), Hour::of(at))).or_default();
        count.accepted += facts.len() as u64;
        count.named += named as u64;
        count.last_at = count.last_at.max(Some(at));
        for shape in looked {
            let key = (source.to_owned(), shape);
            if notes.shapes.len() < NOTED_MAX || notes.shapes.contains_key(&key) {
                let span = notes.shapes.entry(key).or_insert((at, at, 0));
                (span.1, span.2) = (span.1.max(at), span.2 + 1);
            }
        }
    }

    /// Notes items that were not taken. Never waits.
    pub(crate) fn refused(&self, workspace: WorkspaceId, source: &str, at: Timestamp, items: usize) {
        if items > 0 {
            let mut all = self.notes.lock();
            let hours = &mut all.entry(workspace).or_default().hours;
            hours.entry((source.to_owned(), Hour::of(at))).or_default().rejected += items as u64;
        }
    }

    fn allowed(&self, workspace: WorkspaceId, at: Timestamp, wanted: usize) -> usize {
        let mut all = self.notes.lock();
        let looked = &mut all.entry(workspace).or_default().looked;
        if looked.0 != at.secs() {
            *looked = (at.secs(), 0);
        }
        let allowed = wanted.min(LOOKED_MAX - looked.1);
        looked.1 += allowed;
        allowed
    }

    /// Writes down what is due, or all of it.
    pub(crate) async fn keep(&self, all: bool) {
        let now = self.clock.now();
        let due = |notes: &Notes| all || now.micros_since(notes.written_at) >= EVERY_SECS * 1_000_000;
        let noted: Vec<WorkspaceId> =
            self.notes.lock().iter().filter(|(_, notes)| due(notes)).map(|(workspace, _)| *workspace).collect();
        for workspace in noted {
            if let Err(error) = self.write_down(workspace).await {
                tracing::warn!(%workspace, %error, "how the sources are doing could not be written down");
            }
        }
    }

    /// What came in the last five weeks, by source and in the order of time.
    pub(crate) async fn hours(&self, workspace: WorkspaceId) -> Result<Vec<HourCount>, WriteError> {
        self.write_down(workspace).await?;
        store::hours(self.records.reads(), workspace, self.since()).await.map_err(failed)
    }

    /// What facts look like, of one source or of all.
    pub(crate) async fn shapes(
        &self,
        workspace: WorkspaceId,
        source: Option<&str>,
    ) -> Result<Vec<ShapeSpan>, WriteError> {
        self.write_down(workspace).await?;
        store::shapes(self.records.reads(), workspace, source).await.map_err(failed)
    }

    fn since(&self) -> i64 {
        Hour::of(self.clock.now()) - HOURS_KEPT
    }

    async fn write_down(&self, workspace: WorkspaceId) -> Result<(), WriteError> {
        let now = self.clock.now();
        let Some(taken) = self.notes.lock().get_mut(&workspace).map(|notes| notes.take(now)) else { return Ok(()) };
        let (hours, shapes) = taken;
        if hours.is_empty() && shapes.is_empty() {
            return Ok(());
        }
        let forget = (self.since(), now.plus_secs(-SHAPES_KEPT_SECS));
        let page = Arc::new(Page { workspace, hours, shapes, forget });
        if let Err(error) = self.group.submit(Arc::clone(&page)).await {
            self.notes.lock().entry(workspace).or_default().put_back(&page);
            return Err(error);
        }
        Ok(())
    }
}

/// Whether a fact carries an id of a person.
fn is_named(fact: &Fact) -> bool {
    fact.user_id.is_some() || fact.ids.iter().any(|id| !OF_THINGS.contains(&id.namespace.as_str()))
}

impl Notes {
    fn take(&mut self, now: Timestamp) -> (Vec<HourCount>, Vec<ShapeSpan>) {
        self.written_at = now;
        let hours = std::mem::take(&mut self.hours).into_iter().map(|((source, hour), count)| {
            let Count { accepted, rejected, named, last_at } = count;
            HourCount { source, hour, accepted, rejected, named, last_at }
        });
        let shapes = std::mem::take(&mut self.shapes).into_iter().map(|((source, shape), span)| {
            let Shape { event, property, kind } = shape;
            let (first_at, last_at, times) = span;
            ShapeSpan { source, seen: Seen { event, property, kind: kind.to_owned(), first_at, last_at, times } }
        });
        (hours.collect(), shapes.collect())
    }

    /// Hours count; what facts looked like shows again.
    fn put_back(&mut self, page: &Page) {
        for hour in &page.hours {
            let count = self.hours.entry((hour.source.clone(), hour.hour)).or_default();
            count.accepted += hour.accepted;
            count.rejected += hour.rejected;
            count.named += hour.named;
            count.last_at = count.last_at.max(hour.last_at);
        }
        // Records that refuse for days must not fill the memory.
        let newest = page.hours.iter().map(|hour| hour.hour).max().unwrap_or_default();
        self.hours.retain(|(_, hour), _| *hour > newest - HOURS_NOTED);
    }
}

/// What is written down together.
struct Page {
    workspace: WorkspaceId,
    hours: Vec<HourCount>,
    shapes: Vec<ShapeSpan>,
    /// The hour and the moment before which everything goes.
    forget: (i64, Timestamp),
}

struct WriteDown;

#[async_trait]
impl Decider for WriteDown {
    type Command = Arc<Page>;
    type Outcome = ();

    fn name(&self) -> &'static str {
        "capture_health"
    }

    async fn decide(&self, tx: &Tx, pages: &[Arc<Page>]) -> Result<Vec<()>, DbError> {
        for page in pages {
            store::add_hours(tx, page.workspace, &page.hours, page.forget.0).await?;
            store::add_shapes(tx, page.workspace, &page.shapes, page.forget.1).await?;
        }
        Ok(vec![(); pages.len()])
    }
}

fn failed(error: DbError) -> WriteError {
    WriteError::Failed(Arc::new(error))
}

#[cfg(test)]
mod tests {
    use db::db_test;
    use facts::{Kind, NamedId};
    use kernel::ManualClock;

    use super::*;
    use crate::rules::health::HOUR_MICROS;

    const BRAND: WorkspaceId = WorkspaceId(1);

    fn fact(event: &str, at: Timestamp, ids: Vec<NamedId>) -> Fact {
        Fact {
            source: "key:1".into(),
            message_id: "m".into(),
            kind: Kind::Track,
            event: event.into(),
            user_id: None,
            anonymous_id: Some("a".into()),
            ids,
            timestamp: at,
            original_timestamp: None,
            sent_at: None,
            received_at: at,
            properties: serde_json::from_str(r#"{"n":1}"#).unwrap(),
            context: None,
        }
    }

    #[db_test(migrations = crate::MIGRATIONS)]
    async fn what_came_is_counted_by_the_hour_and_ages(records: Records) {
        let clock = Arc::new(ManualClock::at(Timestamp(500_000 * HOUR_MICROS)));
        let pulse = Pulse::new(&records, clock.clone());
        let take = |ids: Vec<NamedId>| pulse.took(BRAND, "key:1", clock.now(), &[fact("E", clock.now(), ids)]);
        take(vec![NamedId::new("device", "d")]);
        take(vec![NamedId::new("phone", "1")]);
        pulse.refused(BRAND, "key:1", clock.now(), 3);
        let told = pulse.hours(BRAND).await.unwrap();
        let last_at = Some(clock.now());
        let first = HourCount { source: "key:1".into(), hour: 500_000, accepted: 2, rejected: 3, named: 1, last_at };
        assert_eq!(told, std::slice::from_ref(&first));
        pulse.refused(BRAND, "key:1", clock.now(), 1);
        assert_eq!(pulse.hours(BRAND).await.unwrap(), [HourCount { rejected: 4, ..first }], "a refusal is no fact");
        assert_eq!(pulse.hours(WorkspaceId(2)).await.unwrap(), []);
        clock.advance_secs(36 * 24 * 3600);
        take(vec![]);
        assert_eq!(pulse.hours(BRAND).await.unwrap().len(), 1);
        clock.advance_secs(91 * 24 * 3600);
        pulse.took(BRAND, "key:1", clock.now(), &[fact("F", clock.now(), vec![])]);
        let shapes = pulse.shapes(BRAND, Some("key:1")).await.unwrap();
        assert_eq!(shapes.iter().map(|span| &*span.seen.event).collect::<Vec<_>>(), ["F", "F"]);
        assert_eq!(pulse.shapes(BRAND, Some("key:2")).await.unwrap(), []);
    }

    #[db_test(migrations = crate::MIGRATIONS)]
    async fn a_flood_of_names_swells_nothing_and_drives_nothing_known_out(records: Records) {
        let clock = Arc::new(ManualClock::at(Timestamp(500_000 * HOUR_MICROS)));
        let pulse = Pulse::new(&records, clock.clone());
        pulse.took(BRAND, "key:1", clock.now(), &[fact("Known", clock.now(), vec![])]);
        for second in 0..40 {
            clock.advance_secs(1);
            let flood: Vec<_> = (0..500).map(|n| fact(&format!("E{second}-{n}"), clock.now(), vec![])).collect();
            pulse.took(BRAND, "key:1", clock.now(), &flood);
            if second % 10 == 9 {
                pulse.keep(false).await;
            }
        }
        let shapes = pulse.shapes(BRAND, None).await.unwrap();
        assert!(shapes.len() <= store::SHAPES_MAX && shapes.len() > 3_000, "{}", shapes.len());
        assert_eq!(shapes.last().map(|span| &*span.seen.event), Some("Known"));
        assert_eq!(pulse.hours(BRAND).await.unwrap()[0].accepted, 1 + 40 * 500, "all are counted");
    }
}
