//! A log lives through years of bad luck: random appends on a disk that fails in every way it can, reopened after each
//! power loss, killed process or failed sync, and compared with what was promised. One thread, one seed, one story.
//!
//! `SEARCHLIGHT_SEEDS=100000 cargo test -p factlog simulation` runs more of them.

use std::{collections::VecDeque, path::Path, sync::Arc, thread};

use bytes::Bytes;
use kernel::{Entropy, Offset, SeededEntropy};
use tokio::sync::oneshot::{Receiver, error::TryRecvError};

use crate::{AppendError, FactLog, Options, ReadError, queue::Answer, sim::SimDisk, writer::Writer};

const DIR: &str = "log";
const GROUP_BYTES_MAX: usize = 24 << 10;
const QUEUE_BYTES_MAX: usize = 32 << 10;
const QUEUE_APPENDS_MAX: usize = 12;

/// What happened over all stories: nothing here may stay 0, or the test tests less than it says.
#[derive(Debug, Default)]
struct Luck {
    acknowledged: u64,
    full: u64,
    no_space: u64,
    unwritable: u64,
    failed: u64,
    power_losses: u64,
    losses_while_opening: u64,
    kills: u64,
    repairs: u64,
    /// Appends that were never acknowledged, but found again.
    survivors: u64,
    segments: u64,
    trims: u64,
    /// Trims that the disk refused or a power loss interrupted.
    trims_refused: u64,
}

struct Story<'a> {
    seed: u64,
    dice: SeededEntropy,
    disk: SimDisk,
    options: Options,
    log: Option<(FactLog, Writer)>,
    /// Every record that is durable or was trimmed, by offset from 1.
    truth: Vec<Bytes>,
    /// Where the log is known to begin, and the greatest offset it was asked to begin at.
    start: Offset,
    asked: Offset,
    waiting: VecDeque<(Vec<Bytes>, Receiver<Answer>)>,
    /// Appends in doubt: refused by a failing disk, or never answered.
    doubtful: Vec<Vec<Bytes>>,
    serial: u64,
    luck: &'a mut Luck,
}

impl Drop for Story<'_> {
    fn drop(&mut self) {
        if thread::panicking() {
            eprintln!("the story of seed {} went wrong", self.seed);
        }
    }
}

impl<'a> Story<'a> {
    fn new(seed: u64, luck: &'a mut Luck) -> Self {
        let dice = SeededEntropy::new(seed);
        let options = Options {
            segment_bytes_max: if below(&dice, 3) == 0 { 60_000 } else { 300 + below(&dice, 6_000) as u64 },
            group_bytes_max: GROUP_BYTES_MAX,
            queue_bytes_max: QUEUE_BYTES_MAX,
            queue_appends_max: QUEUE_APPENDS_MAX,
        };
        let disk = SimDisk::new(seed);
        let (truth, doubtful, waiting) = (Vec::new(), Vec::new(), VecDeque::new());
        let (start, asked) = (Offset::FIRST, Offset::FIRST);
        let mut story =
            Self { seed, dice, disk, options, log: None, truth, start, asked, waiting, doubtful, serial: 0, luck };
        story.reopen();
        story
    }

    fn below(&self, bound: usize) -> usize {
        below(&self.dice, bound)
    }

    fn live(&mut self) {
        for _ in 0..200 {
            match self.below(200) {
                0..90 => self.append(),
                90..150 => self.write(),
                150..170 => self.check_reads(),
                170..173 => self.disk.set_short_writes(self.below(2) == 0),
                173..175 => self.disk.set_capacity(Some(self.disk.used_bytes() + self.below(4_000) as u64)),
                175..180 => self.disk.set_capacity(None),
                180..182 => self.disk.set_read_only(true),
                182..187 => self.disk.set_read_only(false),
                187..190 => self.disk.lose_power_after(self.below(12) as u64),
                190 => self.disk.fail_syncs(1),
                193..195 => self.trim(),
                191 => self.disk.lose_power(),
                192 => {
                    self.luck.kills += 1;
                    self.disk.restart();
                    self.reopen();
                }
                _ => self.mend_and_finish(),
            }
            if !self.disk.has_power() {
                self.luck.power_losses += 1;
                self.disk.restart();
                self.reopen();
            }
        }
        self.mend_and_finish();
        self.luck.segments += self.log.as_ref().map_or(0, |(log, _)| log.shared.segments.read().len() as u64);
        self.disk.lose_power();
        self.disk.restart();
        self.reopen();
    }

    fn append(&mut self) {
        let count = 1 + self.below(5);
        let records: Vec<_> = (0..count).map(|_| self.record()).collect();
        let (log, _) = self.log.as_ref().expect("open");
        match log.enqueue(records.clone()) {
            Ok(answer) => self.waiting.push_back((records, answer)),
            Err(AppendError::Full { retry_after_secs }) => {
                assert!((1..=60).contains(&retry_after_secs));
                let bytes = |records: &[Bytes]| records.iter().map(|record| record.len() + 8).sum::<usize>();
                let waiting = self.waiting.iter().map(|(records, _)| bytes(records)).sum::<usize>();
                assert!(
                    self.waiting.len() == QUEUE_APPENDS_MAX || waiting + bytes(&records) > QUEUE_BYTES_MAX,
                    "refused with room left"
                );
                self.luck.full += 1;
            }
            Err(AppendError::Failed { .. }) => self.reopen(),
            Err(error) => panic!("{error}"),
        }
    }

    /// Unlike every other record, so that a repeat would be noticed.
    fn record(&mut self) -> Bytes {
        self.serial += 1;
        let length = if self.below(10) == 0 { self.below(4_000) } else { self.below(60) };
        let mut record = self.serial.to_le_bytes().to_vec();
        record.resize(8 + length, 0);
        self.dice.fill(&mut record[8..]);
        Bytes::from(record)
    }

    fn write(&mut self) {
        let (_, writer) = self.log.as_mut().expect("open");
        writer.step();
        self.collect();
    }

    fn collect(&mut self) {
        while let Some((records, answer)) = self.waiting.front_mut() {
            let answer = match answer.try_recv() {
                Ok(answer) => answer,
                Err(TryRecvError::Empty) => return,
                Err(TryRecvError::Closed) => Err(AppendError::Failed { reason: "never answered".into() }),
            };
            let records = std::mem::take(records);
            self.waiting.pop_front();
            match answer {
                Ok(range) => {
                    assert_eq!(range.start, Offset(self.truth.len() as u64 + 1), "offsets are dense");
                    self.luck.acknowledged += 1;
                    self.truth.extend(records);
                    assert_eq!(range.end, Offset(self.truth.len() as u64 + 1));
                }
                Err(AppendError::NoSpace) => self.luck.no_space += 1,
                Err(AppendError::Unwritable(_)) => self.luck.unwritable += 1,
                Err(AppendError::Failed { .. }) => {
                    self.luck.failed += 1;
                    self.doubtful.push(records);
                }
                Err(error) => panic!("{error}"),
            }
        }
    }

    fn trim(&mut self) {
        let (log, _) = self.log.as_ref().expect("open");
        let below = Offset(self.start.0 + self.below(self.truth.len() + 2 - self.start.0 as usize) as u64);
        self.asked = self.asked.max(below);
        match log.trim_below(below) {
            Ok(start) => {
                assert!(self.start <= start && start <= self.asked, "{start:?} is not below {below:?}");
                self.luck.trims += u64::from(start > self.start);
                self.start = start;
            }
            Err(_) => self.luck.trims_refused += 1,
        }
        self.start = self.start.max(log.start());
        if self.start > Offset::FIRST {
            let gone = Offset(self.start.0 - 1);
            assert!(matches!(log.read(gone, 1, 1), Err(ReadError::Trimmed { start, .. }) if start == self.start));
            assert!(matches!(log.read_at(&[gone]), Err(ReadError::Trimmed { .. })));
        }
    }

    fn check_reads(&mut self) {
        let (log, _) = self.log.as_ref().expect("open");
        let end = self.truth.len() as u64 + 1;
        assert_eq!(log.end(), Offset(end));
        let from = self.start.0 + self.below((end + 1 - self.start.0) as usize) as u64;
        let records = log.read(Offset(from), self.below(30), self.below(9_000)).expect("readable");
        self.compare(Offset(from), &records);

        let mut wanted: Vec<_> = (self.start.0..end).filter(|_| self.below(7) == 0).map(Offset).collect();
        if self.below(4) == 0 {
            wanted.reverse();
        }
        let found = log.read_at(&wanted).expect("readable");
        assert_eq!(found.iter().map(|(offset, _)| *offset).collect::<Vec<_>>(), wanted);
        for (offset, record) in found {
            assert_eq!(record, self.truth[offset.0 as usize - 1]);
        }
    }

    fn compare(&self, from: Offset, records: &[(Offset, Bytes)]) {
        for (expected, (offset, record)) in (from.0..).zip(records) {
            assert_eq!(offset.0, expected);
            assert_eq!(*record, self.truth[expected as usize - 1], "record {expected}");
        }
    }

    /// Everything heals and the log goes on without being opened again, unless a sync had failed.
    fn mend_and_finish(&mut self) {
        self.disk.set_capacity(None);
        self.disk.set_read_only(false);
        self.disk.fail_syncs(0);
        while !self.waiting.is_empty() && self.disk.has_power() {
            self.write();
        }
    }

    fn reopen(&mut self) {
        self.log = None;
        self.collect();
        assert!(self.waiting.is_empty(), "everybody is answered when the log closes");
        self.disk.set_capacity(None);
        self.disk.set_read_only(false);
        self.disk.fail_syncs(0);
        if self.below(4) == 0 {
            self.disk.lose_power_after(self.below(8) as u64);
        }
        let (log, writer) = loop {
            match FactLog::open_without_thread(Arc::new(self.disk.clone()), Path::new(DIR), self.options) {
                Ok(open) => break open,
                Err(error) => {
                    assert!(!self.disk.has_power(), "seed {}: {error}", self.seed);
                    self.luck.losses_while_opening += 1;
                    self.disk.restart();
                }
            }
        };
        self.luck.repairs += u64::from(log.repair().is_some());
        self.check_survivors(&log);
        self.log = Some((log, writer));
    }

    /// All that was promised is there; beyond it, at most whole appends in doubt, in their order.
    fn check_survivors(&mut self, log: &FactLog) {
        // An interrupted trim may have come about, but none that nobody asked for.
        assert!((self.start..=self.asked).contains(&log.start()), "it begins at {:?}", log.start());
        self.start = log.start();
        let mut found = self.truth[..self.start.0 as usize - 1].to_vec();
        while Offset(found.len() as u64 + 1) < log.end() {
            let next = Offset(found.len() as u64 + 1);
            let records = log.read(next, 1 + self.below(50), self.below(5_000)).expect("readable");
            assert_eq!(records[0].0, next);
            found.extend(records.into_iter().map(|(_, record)| record));
        }
        assert!(found.len() >= self.truth.len(), "{} of {} records are left", found.len(), self.truth.len());
        assert!(found.starts_with(&self.truth), "what was acknowledged has changed");
        for append in std::mem::take(&mut self.doubtful) {
            if self.truth.len() < found.len() {
                assert!(found[self.truth.len()..].starts_with(&append), "an append is there in part");
                self.truth.extend(append);
                self.luck.survivors += 1;
            }
        }
        assert_eq!(found.len(), self.truth.len(), "records nobody sent");
    }
}

fn below(dice: &SeededEntropy, bound: usize) -> usize {
    let mut bytes = [0; 8];
    dice.fill(&mut bytes);
    (u64::from_le_bytes(bytes) % bound.max(1) as u64) as usize
}

#[test]
fn what_was_acknowledged_survives_whatever_the_disk_does() {
    let seeds =
        std::env::var("SEARCHLIGHT_SEEDS").ok().map_or(2_000, |seeds| seeds.parse().expect("a number of seeds"));
    let mut luck = Luck::default();
    for seed in 0..seeds {
        Story::new(seed, &mut luck).live();
    }
    println!("{luck:?}");
    let Luck { acknowledged, full, no_space, unwritable, failed, .. } = luck;
    let Luck { power_losses, losses_while_opening, kills, repairs, survivors, segments, trims, trims_refused, .. } =
        luck;
    for happened in [acknowledged, full, no_space, unwritable, failed, power_losses, losses_while_opening, kills] {
        assert!(happened > 0, "{luck:?}");
    }
    assert!(trims > seeds / 4 && trims_refused > 0 && repairs > 0 && survivors > 0 && segments > seeds * 2, "{luck:?}");
}
