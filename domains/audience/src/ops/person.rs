//! All that is kept of one person, for their page.

use std::sync::Arc;

use kernel::{Handle, Timestamp};
use parking_lot::Mutex;
use web::Problem;

use super::{Slice, look};
use crate::{
    LiveAudience,
    model::{Day, Rule, Standing},
    rules::{
        engine::Engine,
        part::ANY,
        people::PAID,
        value::{Bought, Fifths, Ranks, Stage, purchase_period, stage},
    },
};

/// People whose orders are read at once, so that facts never wait long for it.
const READ_AT_ONCE: usize = 10_000;
/// How long ranks are good for. Who is best changes slowly.
const RANKS_GOOD_SECS: i64 = 60;
/// Days that a preference is read of.
const PREFERS_DAYS: u16 = 90;
/// Preferences told.
const PREFERS_MAX: usize = 5;

/// Ranks that were worked out, and when.
pub type Ranked = Mutex<Option<(Timestamp, Arc<Ranks>)>>;

/// What is kept of one person.
pub struct Portrait {
    /// How far they have come.
    pub standing: Standing,
    /// Where they are.
    pub stage: Option<Stage>,
    /// What they bought.
    pub bought: Option<(Bought, Fifths)>,
    /// Days from one order to the next.
    pub purchase_period_days: Option<f64>,
    /// Ids of the tags they wear by hand.
    pub tags: Vec<String>,
    /// Ids of the segments, and tags that go by a rule, they belong to.
    pub segments: Vec<String>,
    /// Traits by name, with what each tells.
    pub traits: Vec<(String, Option<i64>)>,
    /// What they do most, with its share of all they did.
    pub prefers: Vec<(String, f64)>,
    /// All handles of theirs.
    pub handles: Vec<Handle>,
}

impl Slice {
    /// What is kept of somebody.
    pub(crate) async fn portrait(&self, live: &Arc<LiveAudience>, person: Handle) -> Result<Portrait, Problem> {
        let now = self.clock.now();
        let good = |at: Timestamp| now.micros_since(at) < RANKS_GOOD_SECS * 1_000_000;
        let known = live.ranked.lock().clone().filter(|(at, _)| good(*at));
        let ranks = match known {
            Some((_, ranks)) => ranks,
            None => {
                let at = Arc::clone(live);
                let ranks = tokio::task::spawn_blocking(move || Arc::new(ranks(&at))).await;
                let ranks = ranks.map_err(Problem::internal)?;
                *live.ranked.lock() = Some((now, Arc::clone(&ranks)));
                ranks
            }
        };
        look(live, move |engine| portrait(engine, person, &ranks)).await
    }
}

fn ranks(live: &LiveAudience) -> Ranks {
    let paid = Rule::Standing { standing: Standing::Member };
    let payers: Vec<u32> = live.read(|engine| engine.preview(&paid).into_iter().collect());
    let mut all = Vec::with_capacity(payers.len());
    for some in payers.chunks(READ_AT_ONCE) {
        live.read(|engine| {
            let event = engine.event(PAID);
            let bought = |person: &u32| {
                let tally = engine.people().tally(Handle(*person), event, None, engine.today());
                Some((Handle(*person), Bought::of(&tally, engine.today())?))
            };
            all.extend(some.iter().filter_map(bought));
        });
    }
    Ranks::new(&all)
}

fn portrait(engine: &Engine, person: Handle, ranks: &Ranks) -> Portrait {
    let (people, today) = (engine.people(), engine.today());
    let all = people.tally(person, ANY, None, today);
    let paid = people.tally(person, engine.event(PAID), None, today);
    let bought = Bought::of(&paid, today).map(|bought| (bought, ranks.fifths(person, &bought)));
    let text = |ids: Vec<&str>| ids.into_iter().map(str::to_owned).collect();
    let names: Vec<String> = engine.traits().map(|def| def.name.clone()).collect();
    let mut traits: Vec<(String, Option<i64>)> =
        names.into_iter().map(|name| (name.clone(), engine.trait_of(&name, person))).collect();
    traits.sort();
    Portrait {
        standing: engine.standing(person),
        stage: stage(&all, &paid, today),
        bought,
        purchase_period_days: purchase_period(&paid),
        tags: text(people.tags_of(person, today)),
        segments: text(engine.segments_of(person)),
        traits,
        prefers: prefers(engine, person, today),
        handles: people.handles(person).collect(),
    }
}

/// What somebody does most. That they let us know something is no preference.
fn prefers(engine: &Engine, person: Handle, today: Day) -> Vec<(String, f64)> {
    let people = engine.people();
    let mut events: Vec<u32> = people.parts(person).flat_map(|part| part.events().collect::<Vec<_>>()).collect();
    events.sort_unstable();
    events.dedup();
    let did = |event: u32| people.tally(person, event, Some(PREFERS_DAYS), today).count;
    let mut counts: Vec<(u64, &str)> = events
        .into_iter()
        .filter(|event| *event != ANY && people.event_name(*event) != "identify")
        .map(|event| (did(event), people.event_name(event)))
        .filter(|(count, _)| *count > 0)
        .collect();
    let sum: u64 = counts.iter().map(|(count, _)| count).sum();
    counts.sort_unstable_by(|a, b| b.0.cmp(&a.0).then(a.1.cmp(b.1)));
    counts.truncate(PREFERS_MAX);
    counts.into_iter().map(|(count, event)| (event.to_owned(), count as f64 / sum.max(1) as f64)).collect()
}
