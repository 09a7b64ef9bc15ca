//! Many short lives of one river: facts and repeats come in, the process is stopped or killed, the power fails in the
//! middle of a write, snapshots get lost, damaged or old. Whatever happened, live state is the fold of what the log holds,
//! and everything that was acknowledged is in it.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
};

use bytes::Bytes;
use db::{Engine, Records, db_test, testing::TestDb};
use factlog::FactLog;
use facts::Fact;
use kernel::{Offset, WorkspaceId};
use parking_lot::Mutex;
use proptest::{
    prelude::*,
    test_runner::{Config, RngSeed, TestRunner},
};
use river::{Ask, Order, River};
use tokio::runtime::Builder;

use crate::support::{Bank, Book, Line, append, caught_up, fact, migrations, record};

#[derive(Clone, Debug)]
enum Step {
    /// Facts with these numbers as message ids, waited for.
    Append(Vec<u8>),
    /// The same from a client that does not wait.
    Throw(Vec<u8>),
    CatchUp,
    /// The lake takes over what is booked, and the log is trimmed of it.
    Trim,
    /// Others run for so many turns.
    Yield(u8),
    /// The power fails after so many more changes of the disk.
    PowerWillFail(u8),
}

#[derive(Clone, Copy, Debug)]
enum End {
    Stopped,
    Killed,
    PowerFailed,
}

/// What became of the snapshot before the next life.
#[derive(Clone, Copy, Debug)]
enum Snapshot {
    Kept,
    Lost,
    Damaged(u16),
    /// The one of the life before came back, as from a backup of the folder.
    Old,
    OfAnotherVersion,
}

#[derive(Clone, Debug)]
struct Life {
    steps: Vec<Step>,
    end: End,
    snapshot: Snapshot,
}

fn life() -> impl Strategy<Value = Life> {
    let numbers = || prop::collection::vec(0..40_u8, 1..12);
    let step = prop_oneof![
        4 => numbers().prop_map(Step::Append),
        3 => numbers().prop_map(Step::Throw),
        2 => Just(Step::CatchUp),
        2 => Just(Step::Trim),
        3 => (0..60_u8).prop_map(Step::Yield),
        1 => (0..12_u8).prop_map(Step::PowerWillFail),
    ];
    let end = prop_oneof![2 => Just(End::Stopped), 2 => Just(End::Killed), 1 => Just(End::PowerFailed)];
    let snapshot = prop_oneof![
        4 => Just(Snapshot::Kept),
        1 => Just(Snapshot::Lost),
        1 => any::<u16>().prop_map(Snapshot::Damaged),
        2 => Just(Snapshot::Old),
        1 => Just(Snapshot::OfAnotherVersion),
    ];
    (prop::collection::vec(step, 0..8), end, snapshot).prop_map(|(steps, end, snapshot)| Life { steps, end, snapshot })
}

/// What the lives of one river have in common.
struct Story<'a> {
    url: &'a str,
    bank: Bank,
    version: u32,
    old_snapshot: Option<Vec<u8>>,
    /// Numbers of facts that were acknowledged.
    promised: BTreeSet<u8>,
    /// What the log held before it was trimmed.
    trimmed: Mutex<BTreeMap<Offset, Bytes>>,
}

/// Several numbers are of one user, so that handles are shared.
fn told(number: u8) -> Fact {
    fact(&format!("u{}", number % 7), &format!("m{number}"))
}

impl Story<'_> {
    /// Runs a process until its end. A runtime that is dropped drops its tasks where they stand.
    fn process<T>(&self, work: impl AsyncFnOnce(Records, Arc<FactLog>, Arc<Book>) -> T) -> T {
        let runtime = Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let records = Records::open(self.url, &migrations()).await.unwrap();
            let book = Arc::new(Book::default());
            book.version.store(self.version, Ordering::SeqCst);
            self.bank.open_lake().await;
            work(records, self.bank.open_log(), book).await
        })
    }

    fn live(&mut self, life: &Life) {
        let before = fs::read(self.bank.snapshot_file()).ok();
        let acknowledged = self.process(async |records, log, book| {
            let river = self.bank.start_on(Arc::clone(&log), &records, &book);
            let acknowledged = self.steps(&life.steps, &river).await;
            match life.end {
                End::Stopped => {
                    river.stop().await;
                    records.close().await;
                }
                End::Killed => self.bank.disk.restart(),
                End::PowerFailed => self.bank.disk.lose_power(),
            }
            acknowledged
        });
        self.promised.extend(acknowledged);
        self.bank.disk.restart();
        self.tamper(life.snapshot, before);
    }

    async fn steps(&self, steps: &[Step], river: &River) -> Vec<u8> {
        let mut acknowledged = Vec::new();
        for step in steps {
            match step {
                Step::Append(numbers) => {
                    let records = numbers.iter().map(|number| record(&told(*number))).collect();
                    if river.log().append(records).await.is_ok() {
                        acknowledged.extend(numbers);
                    }
                }
                Step::Throw(numbers) => {
                    let (log, records) = (Arc::clone(river.log()), numbers.iter().map(|number| record(&told(*number))));
                    let records = records.collect();
                    tokio::spawn(async move { log.append(records).await });
                }
                // Without power the end of the log does not move any more, so this comes to an end.
                Step::CatchUp => caught_up_or_dark(river, &self.bank).await,
                Step::Trim => {
                    self.bank.fill_lake(river).await;
                    self.trim(river.log());
                }
                Step::Yield(turns) => {
                    for _ in 0..*turns {
                        tokio::task::yield_now().await;
                    }
                }
                Step::PowerWillFail(changes) => self.bank.disk.lose_power_after(u64::from(*changes)),
            }
        }
        acknowledged
    }

    /// Trims as the lake's keeper does; what is lost to the log is remembered, to be compared with.
    fn trim(&self, log: &FactLog) {
        let start = log.start();
        if let Ok(there) = log.read(start, usize::MAX, usize::MAX) {
            self.trimmed.lock().extend(there);
            let _without_power = log.trim_below(self.bank.lake().manifest().next_offset);
        }
    }

    /// Live state as it should be: the fold of all the log ever held.
    fn fold(&self, log: &FactLog) -> Vec<Line> {
        let mut records = self.trimmed.lock().clone();
        records.extend(log.read(log.start(), usize::MAX, usize::MAX).unwrap());
        fold(records)
    }

    fn tamper(&mut self, snapshot: Snapshot, before: Option<Vec<u8>>) {
        let file = self.bank.snapshot_file();
        let now = fs::read(&file).ok();
        match (snapshot, now.clone()) {
            (Snapshot::Lost, Some(_)) => fs::remove_file(&file).unwrap(),
            (Snapshot::Damaged(bit), Some(mut bytes)) => {
                let bit = usize::from(bit) % (bytes.len() * 8);
                bytes[bit / 8] ^= 1 << (bit % 8);
                fs::write(&file, bytes).unwrap();
            }
            (Snapshot::Old, _) => {
                if let Some(old) = &self.old_snapshot {
                    fs::create_dir_all(&self.bank.snapshots).unwrap();
                    fs::write(&file, old).unwrap();
                }
            }
            (Snapshot::OfAnotherVersion, _) => self.version += 1,
            (Snapshot::Kept | Snapshot::Lost | Snapshot::Damaged(_), _) => {}
        }
        // An old one may be any but the last.
        self.old_snapshot = before.or(self.old_snapshot.take());
    }

    /// The last life goes on until everything is digested; then a river without a snapshot tells everything again.
    fn check(&self) {
        let (live, expected) = self.process(async |records, log, book| {
            let river = self.bank.start_on(Arc::clone(&log), &records, &book);
            caught_up(&river).await;
            append(&log, &["the last"]).await;
            caught_up(&river).await;
            river.stop().await;
            (book.lines(), self.fold(&log))
        });
        assert_eq!(live, expected, "live state is the fold of the log");
        let ids: BTreeSet<_> = live.iter().map(|(_, _, id)| id.as_str()).collect();
        assert_eq!(ids.len(), live.len(), "nothing is folded twice");
        for number in &self.promised {
            assert!(ids.contains(told(*number).message_id.as_str()), "{number} was acknowledged");
        }
        fs::remove_dir_all(&self.bank.snapshots).unwrap();
        let (rebuilt, told) = self.process(async |records, log, book| {
            let river = self.bank.start_on(log, &records, &book);
            caught_up(&river).await;
            let told = everything(&river).await;
            self.bank.fill_lake(&river).await;
            self.trim(river.log());
            assert_eq!(everything(&river).await, told, "the answer is the same before and after a trim");
            river.stop().await;
            (book.lines(), told)
        });
        assert_eq!(rebuilt, live, "rebuilt from scratch, from lake and log, it is the same");
        assert_eq!(told, live, "and so is what is told of it");
    }
}

async fn caught_up_or_dark(river: &River, bank: &Bank) {
    while bank.disk.has_power() && river.next_offset() < river.log().end() {
        tokio::task::yield_now().await;
        if let Err(reason) = river.ready()
            && reason.contains("has stopped")
        {
            // Without power the log cannot even be read.
            assert!(!bank.disk.has_power(), "{reason}");
            return;
        }
    }
}

/// The rules told a second time: the first of each message id, users numbered as they come.
/// All facts, page by page from the newest back, turned round.
async fn everything(river: &River) -> Vec<Line> {
    let mut ask = Ask { handles: None, event: None, order: Order::NewestFirst, after: None, limit: 7 };
    let mut told = Vec::new();
    loop {
        let page = river.timeline(ask.clone()).await.unwrap();
        let Some(last) = page.last() else { break };
        ask.after = Some(last.offset);
        told.extend(page.into_iter().map(|row| (row.offset.0, row.handle.0, row.fact.message_id)));
    }
    told.reverse();
    told
}

fn fold(records: BTreeMap<Offset, Bytes>) -> Vec<Line> {
    let mut handles = BTreeMap::new();
    let mut seen = BTreeSet::new();
    let mut lines = Vec::new();
    for (offset, bytes) in records {
        let fact = Fact::from_log(&bytes).unwrap();
        if seen.insert(fact.message_id.clone()) {
            let next = handles.len() as u32 + 1;
            let handle = *handles.entry(fact.user_id).or_insert(next);
            lines.push((offset.0, handle, fact.message_id));
        }
    }
    lines
}

#[db_test(migrations = migrations())]
async fn live_state_is_the_fold_of_the_log_whatever_happened(db: TestDb) {
    let cases = if db.engine() == Engine::Sqlite { 48 } else { 16 };
    let url = db.url().to_owned();
    let told = tokio::task::spawn_blocking(move || {
        let config =
            Config { cases, rng_seed: RngSeed::Fixed(20_261_122), failure_persistence: None, ..Config::default() };
        let brands = AtomicU32::new(0);
        let lives = prop::collection::vec(life(), 1..6);
        // Repeats are told from memory as far back as this, beyond it from the lake.
        let ids_max = prop_oneof![Just(0_usize), 1..30_usize, Just(usize::MAX)];
        TestRunner::new(config).run(&(lives, any::<u64>(), ids_max), |(lives, seed, ids_max)| {
            // A brand of its own in the same records is as good as records of its own.
            let bank = Bank::of(WorkspaceId(brands.fetch_add(1, Ordering::SeqCst) + 1), seed);
            bank.reach.lock().ids_max = ids_max;
            let (version, old_snapshot, promised) = (1, None, BTreeSet::new());
            let trimmed = Mutex::default();
            let mut story = Story { url: &url, bank, version, old_snapshot, promised, trimmed };
            for life in &lives {
                story.live(life);
            }
            story.check();
            Ok(())
        })
    });
    told.await.unwrap().unwrap();
}
