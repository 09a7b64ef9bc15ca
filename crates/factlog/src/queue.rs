//! Appends waiting for the disk: bounded in bytes and in number, taken by the writer a group at a time.
//!
//! An append counts until it is answered, so the bounds are bounds on memory: what is being written is included.
//!
//! Whoever was just answered often appends again at once. Were the next group taken the moment the disk is free, they would miss
//! it: two halves would take turns, and every sync would be worth half. So the writer gives them a moment to come back, a
//! small part of what a sync takes, and no moment at all while nobody but the waiting ones was there.

use std::{collections::VecDeque, ops::Range, sync::Arc, time::Duration};

use bytes::Bytes;
use kernel::Offset;
use metrics::{counter, gauge};
use parking_lot::{Condvar, Mutex, MutexGuard};
use tokio::sync::oneshot;

use crate::{
    AppendError, Options,
    format::{GROUP_HEAD_BYTES, record_bytes},
};

/// The offsets an append was given, from its first record to the one after its last; or why there are none.
pub(crate) type Answer = Result<Range<Offset>, AppendError>;

/// One append on its way to the disk.
pub(crate) struct Pending {
    pub records: Vec<Bytes>,
    /// In the log, record heads included.
    pub bytes: usize,
    pub answer: oneshot::Sender<Answer>,
}

/// Appends that are written and synced together.
pub(crate) struct Group {
    pub appends: Vec<Pending>,
    pub bytes: usize,
}

pub(crate) struct Queue {
    state: Mutex<State>,
    arrived: Condvar,
    options: Options,
}

#[derive(Default)]
struct State {
    waiting: VecDeque<Pending>,
    /// Waiting or being written.
    bytes: usize,
    appends: usize,
    /// Why nothing is taken any more.
    stopped: Option<AppendError>,
    /// The pace of the last group, for the hint when to come back.
    secs_per_byte: f64,
    /// Appends that were in flight when the last group was written: so many may be there again.
    expected: usize,
    /// How long the writer waits for another of them.
    pause: Duration,
    /// The writer is woken when so many wait.
    wanted: usize,
}

/// What the writer waits for another append is the time of the last group by this, and not more than [`PAUSE_MAX`].
const PAUSES_A_SYNC: u32 = 8;
const PAUSE_MAX: Duration = Duration::from_millis(1);

impl Queue {
    pub fn new(options: Options) -> Self {
        Self { state: Mutex::default(), arrived: Condvar::new(), options }
    }

    /// Queues an append whole, or refuses it whole. The answer arrives when its group is durable.
    pub fn push(&self, records: Vec<Bytes>) -> Result<oneshot::Receiver<Answer>, AppendError> {
        let pushed = self.try_push(records);
        if let Err(error) = &pushed {
            counter!("searchlight_log_refused_appends_total", "reason" => error.word()).increment(1);
        }
        pushed
    }

    fn try_push(&self, records: Vec<Bytes>) -> Result<oneshot::Receiver<Answer>, AppendError> {
        let bytes = records.iter().map(|record| record_bytes(record.len())).sum();
        let bytes_max = self.options.group_bytes_max - GROUP_HEAD_BYTES;
        if bytes > bytes_max {
            return Err(AppendError::TooLarge { bytes, bytes_max });
        }
        let (answer, receiver) = oneshot::channel();
        let mut state = self.state.lock();
        if let Some(stopped) = &state.stopped {
            return Err(stopped.clone());
        }
        if state.appends >= self.options.queue_appends_max || state.bytes + bytes > self.options.queue_bytes_max {
            let secs = (state.bytes as f64 * state.secs_per_byte).ceil();
            return Err(AppendError::Full { retry_after_secs: secs.clamp(1.0, 60.0) as u64 });
        }
        state.bytes += bytes;
        state.appends += 1;
        state.waiting.push_back(Pending { records, bytes, answer });
        let enough = state.waiting.len() >= state.wanted;
        drop(state);
        if enough {
            self.arrived.notify_one();
        }
        Self::gauge(1.0, bytes);
        Ok(receiver)
    }

    /// The next group, waiting for one. `None` once the queue is closed and empty.
    pub fn take(&self) -> Option<Group> {
        let mut state = self.state.lock();
        while state.waiting.is_empty() {
            if state.stopped.is_some() {
                return None;
            }
            self.arrived.wait(&mut state);
        }
        self.gather(&mut state);
        Some(self.group(&mut state))
    }

    /// Waits while those who were there a moment ago come back one after the other.
    fn gather(&self, state: &mut MutexGuard<'_, State>) {
        for _ in 0..PAUSES_A_SYNC {
            let waiting = state.waiting.len();
            // Nothing is being written: all bytes are waiting.
            if waiting >= state.expected || state.bytes >= self.options.group_bytes_max || state.stopped.is_some() {
                break;
            }
            state.wanted = state.expected;
            let pause = state.pause;
            self.arrived.wait_for(state, pause);
            if state.waiting.len() == waiting {
                break;
            }
        }
        state.wanted = 0;
    }

    /// The next group, if anything waits.
    #[cfg(test)]
    pub fn try_take(&self) -> Option<Group> {
        let mut state = self.state.lock();
        (!state.waiting.is_empty()).then(|| self.group(&mut state))
    }

    /// Whatever waits, up to the size of a group. One append always fits: it was checked on its way in.
    fn group(&self, state: &mut State) -> Group {
        let mut group = Group { appends: Vec::new(), bytes: 0 };
        let bytes_max = self.options.group_bytes_max - GROUP_HEAD_BYTES;
        while let Some(next) = state.waiting.pop_front_if(|next| group.bytes + next.bytes <= bytes_max) {
            group.bytes += next.bytes;
            group.appends.push(next);
        }
        group
    }

    /// Gives back the room of a group that is written or refused, before its appends are answered.
    pub fn release(&self, group: &Group, took: Duration) {
        let mut state = self.state.lock();
        state.expected = group.appends.len() + state.waiting.len();
        state.pause = (took / PAUSES_A_SYNC).min(PAUSE_MAX);
        state.bytes -= group.bytes;
        state.appends -= group.appends.len();
        state.secs_per_byte = took.as_secs_f64() / group.bytes.max(1) as f64;
        drop(state);
        Self::gauge(-(group.appends.len() as f64), group.bytes);
    }

    /// Takes no more; what waits is still written.
    pub fn close(&self) {
        self.state.lock().stopped.get_or_insert(AppendError::Closed);
        self.arrived.notify_all();
    }

    /// Takes no more and refuses what waits: the disk failed. The first reason stays.
    pub fn fail(&self, reason: &Arc<str>) {
        let mut state = self.state.lock();
        let error = match state.stopped.take() {
            Some(failed @ AppendError::Failed { .. }) => failed,
            _ => AppendError::Failed { reason: Arc::clone(reason) },
        };
        state.stopped = Some(error.clone());
        let refused = std::mem::take(&mut state.waiting);
        state.bytes -= refused.iter().map(|append| append.bytes).sum::<usize>();
        state.appends -= refused.len();
        drop(state);
        self.arrived.notify_all();
        for append in refused {
            Self::gauge(-1.0, append.bytes);
            refuse(append, error.clone());
        }
    }

    fn gauge(appends: f64, bytes: usize) {
        gauge!("searchlight_log_queue_appends").increment(appends);
        gauge!("searchlight_log_queue_bytes").increment(appends.signum() * bytes as f64);
    }
}

/// Answers an append with a refusal. Its caller may have gone, which is no matter.
pub(crate) fn refuse(append: Pending, error: AppendError) {
    counter!("searchlight_log_refused_appends_total", "reason" => error.word()).increment(1);
    let _gone = append.answer.send(Err(error));
}
