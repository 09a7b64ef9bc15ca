//! However the same facts are cut into batches, and whether they are digested or recalled: the same handles, links and
//! profiles, which are those of the rules told a second time.

use std::{
    collections::BTreeMap,
    sync::atomic::{AtomicU32, Ordering},
};

use db::{Engine, Records, db_test, testing::TestDb};
use facts::{Identified, Typed};
use identity::{People, Profile};
use kernel::{Handle, Offset, WorkspaceId};
use proptest::{
    prelude::*,
    test_runner::{Config, RngSeed, TestRunner},
};
use river::{Batch, Entry, Stage};

use crate::support::{
    Register, Stored, Told, filled, identified, key, links, migrations, opened, records_of, restored, seen, shared,
    started,
};

fn id(letter: &'static str) -> impl Strategy<Value = String> {
    (0..5_u8).prop_map(move |number| format!("{letter}{number}"))
}

fn who() -> impl Strategy<Value = String> {
    prop_oneof![id("u"), id("a"), (id("u"), id("a")).prop_map(|(user, anonymous)| format!("{user}+{anonymous}"))]
}

fn traits() -> impl Strategy<Value = String> {
    let field = |name: &'static str| prop::option::of((0..4_u8).prop_map(move |n| format!(r#""{name}":"{n}""#)));
    (field("name"), field("phone"), field("city")).prop_map(|(name, phone, city)| {
        format!("{{{}}}", [name, phone, city].into_iter().flatten().collect::<Vec<_>>().join(","))
    })
}

fn told() -> impl Strategy<Value = Told> {
    prop_oneof![
        2 => who().prop_map(|who| seen(&who)),
        2 => (who(), traits()).prop_map(|(who, traits)| identified(&who, &traits)),
        1 => (who(), traits()).prop_map(|(who, traits)| restored(&who, &traits)),
        2 => (who(), id("t")).prop_map(|(who, token)| shared(&who, &token)),
        1 => (who(), id("t")).prop_map(|(who, token)| started(&who, &token)),
        4 => (who(), prop_oneof![id("u"), id("a"), id("t")]).prop_map(|(who, sharer)| opened(&who, &sharer)),
    ]
}

/// Lengths of batches; the last one takes what is left.
fn cuts() -> impl Strategy<Value = Vec<usize>> {
    prop::collection::vec(1..9_usize, 0..12)
}

fn pieces<'a>(told: &'a [Told], cuts: &[usize]) -> Vec<&'a [Told]> {
    let mut pieces = Vec::new();
    let mut rest = told;
    for cut in cuts {
        let (piece, after) = rest.split_at((*cut).min(rest.len()));
        pieces.push(piece);
        rest = after;
    }
    pieces.push(rest);
    pieces.retain(|piece| !piece.is_empty());
    pieces
}

/// What comes out of one way of telling it: what the stage filled in, its links, and what is stored.
#[derive(Debug, Default, PartialEq, Eq)]
struct Outcome {
    filled: Vec<(u64, u32, u32)>,
    links: Vec<(u64, u32, u32)>,
    stored: Stored,
}

async fn digested(records: &Records, workspace: WorkspaceId, pieces: &[&[Told]]) -> Outcome {
    let mut register = Register::of(records, workspace);
    let mut outcome = Outcome::default();
    for piece in pieces {
        let batch = register.tell(piece).await;
        outcome.filled.extend(filled(&batch));
        outcome.links.extend(links(&batch));
    }
    outcome.stored = Stored::read(records, workspace).await;
    outcome
}

/// The same facts, read again from a log by a process that has just started.
async fn recalled(records: &Records, workspace: WorkspaceId, pieces: &[&[Told]]) -> Outcome {
    let stage = People::new(records.clone()).stage();
    let mut outcome = Outcome::default();
    let mut next = Offset::FIRST;
    for piece in pieces {
        let entries = records_of(piece, next).into_iter().map(|record| Entry { record, subject: None, sharer: None });
        let entries: Vec<_> = entries.collect();
        next = Offset(next.0 + piece.len() as u64);
        let mut batch = Batch { workspace, entries, links: Vec::new(), moves: Vec::new(), next };
        stage.recall(records, &mut batch).await.unwrap();
        outcome.filled.extend(filled(&batch));
        outcome.links.extend(links(&batch));
    }
    outcome.stored = Stored::read(records, workspace).await;
    outcome
}

/// The rules told a second time, one fact after the other.
#[derive(Default)]
struct Naive {
    handles: Vec<String>,
    links: BTreeMap<u32, (u64, u32)>,
    profiles: BTreeMap<u32, Identified>,
    filled: Vec<(u64, u32, u32)>,
}

impl Naive {
    fn handle(&mut self, id: &str) -> u32 {
        let found = self.handles.iter().position(|known| known == id);
        let at = found.unwrap_or_else(|| {
            self.handles.push(id.to_owned());
            self.handles.len() - 1
        });
        at as u32 + 1
    }

    fn tell(&mut self, offset: u64, told: &Told) {
        let fact = told.fact(offset);
        let typed = fact.typed().unwrap();
        let user = fact.user_id.as_deref().map(|id| self.handle(id));
        let anonymous = fact.anonymous_id.as_deref().map(|id| self.handle(id));
        let subject = user.or(anonymous).unwrap();
        if let (Some(user), Some(anonymous)) = (user, anonymous) {
            self.links.entry(anonymous).or_insert((offset, user));
        }
        let mut sharer = 0;
        match typed {
            Typed::SpreadOpened(hop) => sharer = self.handle(hop.sharer.key().value),
            Typed::SpreadShared(shared) => self.give(offset, &shared.spread, subject),
            Typed::SpreadStarted(started) => self.give(offset, &started.spread.unwrap(), subject),
            Typed::Identified(told) => {
                let known = self.profiles.entry(subject).or_default();
                known.name = told.name.or(known.name.take());
                known.phone = told.phone.or(known.phone.take());
                known.city = told.city.or(known.city.take());
            }
            Typed::ProfileRestored(left) => {
                self.profiles.insert(subject, left.known);
            }
            Typed::OrderPaid(_)
            | Typed::RingReviewed(_)
            | Typed::ReachAsked(_)
            | Typed::ReachAnswered(_)
            | Typed::ConsentSaid(_)
            | Typed::OrderTakenBack(_)
            | Typed::Bound
            | Typed::Unbound
            | Typed::SignedUp
            | Typed::IdentityDecided(_)
            | Typed::TagPutOn(_)
            | Typed::TagTakenOff(_)
            | Typed::SegmentEntered(_)
            | Typed::SegmentLeft(_)
            | Typed::FormAnswered(_)
            | Typed::Other => {}
        }
        self.filled.push((offset, subject, sharer));
    }

    fn give(&mut self, offset: u64, token: &str, subject: u32) {
        let token = self.handle(token);
        self.links.entry(token).or_insert((offset, subject));
    }

    fn outcome(self) -> Outcome {
        let handles = (1..).zip(self.handles).map(|(handle, id)| (key(&id).namespace.code(), id, handle)).collect();
        let mut links: Vec<_> = self.links.into_iter().map(|(handle, (offset, into))| (offset, handle, into)).collect();
        links.sort_unstable();
        let profiles = self.profiles.into_iter().map(|(handle, known)| Profile { handle: Handle(handle), known });
        let stored = Stored { handles, links: links.clone(), profiles: profiles.collect() };
        Outcome { filled: self.filled, links, stored }
    }
}

#[db_test(migrations = migrations())]
async fn any_cut_gives_the_same(db: TestDb) {
    let cases = if db.engine() == Engine::Sqlite { 96 } else { 32 };
    let (records, runtime) = (db.records(), tokio::runtime::Handle::current());
    let told = tokio::task::spawn_blocking(move || {
        let config =
            Config { cases, rng_seed: RngSeed::Fixed(20_261_122), failure_persistence: None, ..Config::default() };
        // A brand of its own in the same records is as good as records of its own.
        let brands = AtomicU32::new(1);
        let facts = (prop::collection::vec(told(), 1..40), cuts(), cuts(), cuts());
        TestRunner::new(config).run(&facts, |(told, one, other, again)| {
            let mut naive = Naive::default();
            (1..).zip(&told).for_each(|(offset, told)| naive.tell(offset, told));
            let expected = naive.outcome();
            for cuts in [&one, &other, &vec![1; told.len()], &vec![]] {
                let brand = WorkspaceId(brands.fetch_add(1, Ordering::SeqCst));
                let outcome = runtime.block_on(digested(&records, brand, &pieces(&told, cuts)));
                prop_assert_eq!(&outcome, &expected, "digested in batches of {:?}", cuts);
                let outcome = runtime.block_on(recalled(&records, brand, &pieces(&told, &again)));
                prop_assert_eq!(&outcome, &expected, "recalled in batches of {:?}", &again);
            }
            Ok(())
        })
    });
    told.await.unwrap().unwrap();
}
