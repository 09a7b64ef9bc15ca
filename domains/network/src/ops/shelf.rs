//! Answers that take long: worked out in the background, once for all who ask, and served again while they are young.
//!
//! Who asks waits a moment. If the answer is not there by then, an older one serves when there is one that is recent enough
//! for the fact the reader wants to see; else they are told how far the work is, and ask again.

use std::{
    hash::Hash,
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};

use kernel::{Offset, Timestamp};
use parking_lot::Mutex;
use rustc_hash::FxHashMap;
use tokio::{
    sync::{Semaphore, watch},
    task::JoinError,
    time::timeout,
};

/// An answer younger than this serves although facts came since.
const FRESH_SECS: i64 = 10;
/// An answer of the present state serves so long: chances of ties fall with time.
const VALID_SECS: i64 = 3_600;
/// An answer nobody asked for since is put away after so long.
const KEEP_SECS: i64 = 900;
/// How long somebody waits before they are told to ask again.
const PATIENCE: Duration = Duration::from_millis(2_500);
/// How many answers of one kind are worked out at the same time.
const AT_ONCE: usize = 2;

/// An answer and the state it shows.
#[derive(Debug)]
pub struct Made<V> {
    /// The answer.
    pub value: V,
    /// The next fact it does not show.
    pub offset: Offset,
    /// When the work began.
    pub at: Timestamp,
}

/// Who asks, and what will do.
#[derive(Clone, Copy, Debug)]
pub struct Asker {
    /// It must show the fact here.
    pub shown: Option<Offset>,
    /// The next fact the network has not digested.
    pub next: Offset,
    /// When they ask.
    pub now: Timestamp,
}

impl Asker {
    fn is_shown<V>(&self, made: &Made<V>) -> bool {
        self.shown.is_none_or(|shown| shown < made.offset)
    }

    fn is_fresh<V>(&self, made: &Made<V>) -> bool {
        let age = self.now.micros_since(made.at);
        let same = made.offset == self.next && age < VALID_SECS * 1_000_000;
        same || (self.is_shown(made) && age < FRESH_SECS * 1_000_000)
    }
}

/// What somebody gets who asks.
#[derive(Debug)]
pub enum Got<V> {
    /// The answer.
    Ready(Arc<Made<V>>),
    /// The work goes on; so much of it is done, from 0 to 1.
    Working(f64),
}

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub enum ShelfError {
    /// The server is stopping, or the work met a fault of ours.
    #[error("the work ended without an answer")]
    Ended,
}

/// How far a work is.
#[derive(Clone, Debug, Default)]
pub struct Progress(Arc<AtomicU32>);

impl Progress {
    /// Tells how much is done, from 0 to 1.
    pub fn tell(&self, done: f64) {
        self.0.store((done * 1e6) as u32, Ordering::Relaxed);
    }

    fn done(&self) -> f64 {
        f64::from(self.0.load(Ordering::Relaxed)) / 1e6
    }
}

struct Slot<V> {
    latest: Option<Arc<Made<V>>>,
    asked_at: Timestamp,
    /// While the work goes on: how far it is, and who hears of its end.
    working: Option<(Progress, watch::Receiver<bool>)>,
    failed: bool,
}

/// Answers of one kind at hand, by what was asked.
pub struct Shelf<K, V> {
    slots: Mutex<FxHashMap<K, Arc<Mutex<Slot<V>>>>>,
    turns: Arc<Semaphore>,
    patience: Duration,
}

impl<K, V> Default for Shelf<K, V> {
    fn default() -> Self {
        Self { slots: Mutex::default(), turns: Arc::new(Semaphore::new(AT_ONCE)), patience: PATIENCE }
    }
}

impl<K: Hash + Eq + Clone, V: Send + Sync + 'static> Shelf<K, V> {
    /// The answer to `key`, made by `make` when there is none that will do.
    ///
    /// # Errors
    /// When the work ended without an answer.
    pub async fn get<F, W>(&self, key: &K, asker: Asker, mut make: F) -> Result<Got<V>, ShelfError>
    where
        F: FnMut(Progress) -> W,
        W: Future<Output = Result<Made<V>, JoinError>> + Send + 'static,
    {
        let slot = self.slot(key, asker.now);
        let wait = async {
            loop {
                let mut ended = {
                    let mut held = slot.lock();
                    if let Some(made) = held.latest.as_ref().filter(|made| asker.is_fresh(made)) {
                        return Ok(Arc::clone(made));
                    }
                    if std::mem::take(&mut held.failed) {
                        return Err(ShelfError::Ended);
                    }
                    match &held.working {
                        Some((_, ended)) => ended.clone(),
                        None => self.begin(&slot, &mut held, &mut make),
                    }
                };
                // The sender is dropped with the work.
                let _ = ended.wait_for(|ended| *ended).await;
            }
        };
        match timeout(self.patience, wait).await {
            Ok(made) => made.map(Got::Ready),
            Err(_) => {
                let held = slot.lock();
                if let Some(made) = held.latest.as_ref().filter(|made| asker.is_shown(made)) {
                    return Ok(Got::Ready(Arc::clone(made)));
                }
                Ok(Got::Working(held.working.as_ref().map_or(0.0, |(progress, _)| progress.done())))
            }
        }
    }

    fn slot(&self, key: &K, now: Timestamp) -> Arc<Mutex<Slot<V>>> {
        let mut slots = self.slots.lock();
        slots.retain(|_, slot| {
            let slot = slot.lock();
            slot.working.is_some() || now.micros_since(slot.asked_at) < KEEP_SECS * 1_000_000
        });
        let new = || Arc::new(Mutex::new(Slot { latest: None, asked_at: now, working: None, failed: false }));
        let slot = Arc::clone(slots.entry(key.clone()).or_insert_with(new));
        slot.lock().asked_at = now;
        slot
    }

    /// Begins the work on its own, so that it ends although whoever asked has left.
    fn begin<F, W>(&self, slot: &Arc<Mutex<Slot<V>>>, held: &mut Slot<V>, make: &mut F) -> watch::Receiver<bool>
    where
        F: FnMut(Progress) -> W,
        W: Future<Output = Result<Made<V>, JoinError>> + Send + 'static,
    {
        let (ends, ended) = watch::channel(false);
        let progress = Progress::default();
        let work = make(progress.clone());
        held.working = Some((progress, ended.clone()));
        let (slot, turns) = (Arc::clone(slot), Arc::clone(&self.turns));
        tokio::spawn(async move {
            let turn = turns.acquire_owned().await;
            let made = work.await;
            drop(turn);
            let mut held = slot.lock();
            held.working = None;
            match made {
                Ok(made) => held.latest = Some(Arc::new(made)),
                Err(error) => {
                    tracing::error!(%error, "a long answer was not finished");
                    held.failed = true;
                }
            }
            ends.send_replace(true);
        });
        ended
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::AtomicUsize;

    use super::*;

    fn asker(now: i64, next: u64, shown: Option<u64>) -> Asker {
        Asker { shown: shown.map(Offset), next: Offset(next), now: Timestamp::from_secs(now) }
    }

    async fn ask(shelf: &Shelf<u8, usize>, made: &Arc<AtomicUsize>, asker: Asker) -> usize {
        let make = |_| {
            let made = Arc::clone(made);
            async move {
                let value = made.fetch_add(1, Ordering::SeqCst);
                Ok(Made { value, offset: asker.next, at: asker.now })
            }
        };
        match shelf.get(&1, asker, make).await.unwrap() {
            Got::Ready(made) => made.value,
            Got::Working(done) => panic!("{done}"),
        }
    }

    #[tokio::test]
    async fn an_answer_serves_while_it_is_young_and_shows_what_is_asked_for() {
        let (shelf, made) = (Shelf::default(), Arc::default());
        assert_eq!(ask(&shelf, &made, asker(0, 5, None)).await, 0);
        assert_eq!(ask(&shelf, &made, asker(100, 5, None)).await, 0, "nothing happened since");
        assert_eq!(ask(&shelf, &made, asker(9, 6, None)).await, 0, "young enough");
        assert_eq!(ask(&shelf, &made, asker(9, 6, Some(4))).await, 0, "and shows the fact");
        assert_eq!(ask(&shelf, &made, asker(9, 6, Some(5))).await, 1, "does not show the fact");
        assert_eq!(ask(&shelf, &made, asker(19, 7, None)).await, 2, "too old");
        assert_eq!(ask(&shelf, &made, asker(19 + VALID_SECS, 7, None)).await, 3, "ties have aged");
    }

    #[tokio::test]
    async fn who_cannot_wait_gets_the_older_answer_or_hears_how_far_it_is() {
        let shelf = Shelf::<u8, u8> { patience: Duration::from_millis(30), ..Shelf::default() };
        let slow = |progress: Progress| async move {
            progress.tell(0.25);
            std::future::pending::<()>().await;
            Ok(Made { value: 1, offset: Offset(1), at: Timestamp(0) })
        };
        for _ in 0..2 {
            let got = shelf.get(&1, asker(0, 1, None), slow).await.unwrap();
            assert!(matches!(got, Got::Working(done) if done == 0.25), "{got:?}");
        }
        let quick = |_| async { Ok(Made { value: 2, offset: Offset(1), at: Timestamp(0) }) };
        assert!(matches!(shelf.get(&2, asker(0, 1, None), quick).await, Ok(Got::Ready(_))));
        let got = shelf.get(&2, asker(60, 2, None), slow).await.unwrap();
        assert!(matches!(got, Got::Ready(made) if made.value == 2), "the older one serves");
        let got = shelf.get(&2, asker(60, 2, Some(1)), slow).await.unwrap();
        assert!(matches!(got, Got::Working(_)), "unless it does not show the fact");
    }

    #[tokio::test]
    async fn all_who_ask_at_the_same_time_wait_for_one_answer_and_a_failed_one_is_tried_again() {
        let (shelf, made) = (Shelf::default(), Arc::default());
        let asks = (0..8).map(|_| ask(&shelf, &made, asker(0, 1, None)));
        let mut answers = Vec::new();
        for ask in asks {
            answers.push(ask.await);
        }
        assert_eq!(answers, [0; 8]);
        let fails = |_| async { Err(tokio::spawn(async { panic!("on purpose") }).await.unwrap_err()) };
        assert!(shelf.get(&2, asker(0, 1, None), fails).await.is_err());
        let works = |_| async { Ok(Made { value: 7, offset: Offset(1), at: Timestamp(0) }) };
        assert!(matches!(shelf.get(&2, asker(0, 1, None), works).await, Ok(Got::Ready(made)) if made.value == 7));
    }
}
