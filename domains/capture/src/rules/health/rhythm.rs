//! The rhythm of a source: how little it sends at worst in an hour like this one, learnt from its own weeks.
//!
//! An hour is compared with the same hour of the week when there are three of them to learn from, else with the same hour of the
//! other days. The quiet end of what was is what counts: so a holiday or a slow Monday is no alarm, and one bad day does not
//! become the rule. Until three days are known nothing is said.

use kernel::Timestamp;

/// An hour in microseconds.
pub const HOUR_MICROS: i64 = 3_600_000_000;
/// Hours learnt from: five weeks.
const HOURS_MAX: usize = 35 * 24;
/// Hours that must be known before anything is said.
const HOURS_MIN: usize = 72;
/// The same hours of the week that are needed to learn from them alone.
const WEEKS_MIN: usize = 3;
/// Facts that should have come at the least before silence is a break: with chance alone, one in 160,000.
const MISSED_MIN: f64 = 12.0;
/// An hour counts as starved below this share of its quiet end, when that is at least so many facts.
const STARVED: (f64, f64) = (0.2, 30.0);

/// What came within one hour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hour {
    /// Its number since 1970.
    pub number: i64,
    /// Facts taken.
    pub accepted: u64,
}

impl Hour {
    /// The number of the hour a moment is in.
    #[must_use]
    pub const fn of(at: Timestamp) -> i64 {
        at.0.div_euclid(HOUR_MICROS)
    }
}

/// A time in which a source that usually sends sent nothing.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Gap {
    /// When the last fact before it came.
    pub from: Timestamp,
    /// When facts came again; `None` while they do not.
    pub to: Option<Timestamp>,
    /// How many facts usually come in such a time, at the least.
    pub missed: f64,
}

/// What a source sends hour by hour.
#[derive(Clone, Debug, Default)]
pub struct Rhythm {
    /// The first known hour.
    first: i64,
    /// From there on, one a place, without a hole.
    counts: Vec<u64>,
}

impl Rhythm {
    /// Learns from hours, in any order. The hour `now` is in is not over and is left out.
    #[must_use]
    pub fn learn(hours: &[Hour], now: Timestamp) -> Self {
        let end = Hour::of(now);
        let begin = end - HOURS_MAX as i64;
        let known = hours.iter().filter(|hour| (begin..end).contains(&hour.number));
        let Some(first) = known.clone().map(|hour| hour.number).min() else { return Self::default() };
        let mut counts = vec![0; usize::try_from(end - first).unwrap_or(0)];
        for hour in known {
            if let Some(count) = usize::try_from(hour.number - first).ok().and_then(|at| counts.get_mut(at)) {
                *count += hour.accepted;
            }
        }
        Self { first, counts }
    }

    /// Whether enough is known to say anything.
    #[must_use]
    pub fn is_known(&self) -> bool {
        self.counts.len() >= HOURS_MIN
    }

    /// How many facts come in this hour at worst; `None` while too little is known. The hour itself is not learnt from.
    #[must_use]
    pub fn quiet_end(&self, hour: i64) -> Option<f64> {
        if !self.is_known() {
            return None;
        }
        let mut week = self.alike(hour, 168);
        if week.len() >= WEEKS_MIN {
            week.sort_unstable();
            // One bad week of many is let go of.
            return week.get(usize::from(week.len() > WEEKS_MIN)).map(|count| *count as f64);
        }
        let mut day = self.alike(hour, 24);
        day.sort_unstable();
        day.get(day.len() / 4).map(|count| *count as f64)
    }

    /// What came in the other hours that are so many hours away, or twice as many, and so on.
    fn alike(&self, hour: i64, step: i64) -> Vec<u64> {
        let mine = hour - self.first;
        let first = mine.rem_euclid(step);
        let hours = (first..self.counts.len() as i64).step_by(usize::try_from(step).unwrap_or(1));
        hours.filter(|at| *at != mine).filter_map(|at| self.counts.get(usize::try_from(at).ok()?).copied()).collect()
    }

    /// How many facts usually come between two moments, at the least.
    #[must_use]
    pub fn due(&self, from: Timestamp, to: Timestamp) -> f64 {
        let mut due = 0.0;
        for hour in Hour::of(from)..=Hour::of(to) {
            let (begin, end) = (hour * HOUR_MICROS, (hour + 1) * HOUR_MICROS);
            let share = (end.min(to.0) - begin.max(from.0)).max(0) as f64 / HOUR_MICROS as f64;
            due += share * self.quiet_end(hour).unwrap_or(0.0);
        }
        due
    }

    /// The break a source is in now, if its last fact is too long ago.
    #[must_use]
    pub fn silence(&self, last: Timestamp, now: Timestamp) -> Option<Gap> {
        let missed = self.due(last, now);
        (self.is_known() && missed >= MISSED_MIN).then_some(Gap { from: last, to: None, missed })
    }

    /// The breaks that are over, of the hours since `since`: whole hours without a fact.
    #[must_use]
    pub fn gaps(&self, since: Timestamp) -> Vec<Gap> {
        let mut gaps = Vec::new();
        let mut begin: Option<i64> = None;
        let from = (Hour::of(since) - self.first).max(0);
        for at in from..self.counts.len() as i64 {
            let empty = usize::try_from(at).ok().and_then(|at| self.counts.get(at)).is_some_and(|count| *count == 0);
            match (empty, begin) {
                (true, None) => begin = Some(at),
                (false, Some(began)) => {
                    let moment = |at: i64| Timestamp((self.first + at) * HOUR_MICROS);
                    let missed = self.due(moment(began), moment(at));
                    if missed >= MISSED_MIN {
                        gaps.push(Gap { from: moment(began), to: Some(moment(at)), missed });
                    }
                    begin = None;
                }
                _ => {}
            }
        }
        gaps
    }

    /// The last whole hours, when each of the last two brought far less than it does at worst: what came and what was due.
    #[must_use]
    pub fn starving(&self) -> Option<(u64, f64)> {
        let last = self.first + self.counts.len() as i64 - 1;
        let mut sum = (0, 0.0);
        for (hour, count) in (0..2).map(|back| last - back).zip(self.counts.iter().rev()) {
            let quiet = self.quiet_end(hour).filter(|quiet| *quiet >= STARVED.1)?;
            if *count == 0 || *count as f64 >= STARVED.0 * quiet {
                return None;
            }
            sum = (sum.0 + count, sum.1 + quiet);
        }
        (sum.0 > 0).then_some(sum)
    }
}

#[cfg(test)]
mod tests {
    use kernel::{Entropy, SeededEntropy};
    use proptest::prelude::*;

    use super::*;

    const START: i64 = 500_000;

    fn moment(hour: i64) -> Timestamp {
        Timestamp((START + hour) * HOUR_MICROS)
    }

    /// A number in 0..1.
    fn chance(entropy: &SeededEntropy) -> f64 {
        let mut bytes = [0; 4];
        entropy.fill(&mut bytes);
        f64::from(u32::from_le_bytes(bytes)) / f64::from(u32::MAX)
    }

    /// A shop that sleeps at night, has busy and slow days, and days of its own mood.
    fn shop(seed: u64, per_hour: f64, hours: i64) -> Vec<Hour> {
        let entropy = SeededEntropy::new(seed);
        let moods: Vec<f64> = (0..=hours / 24).map(|_| 0.6 + 0.9 * chance(&entropy)).collect();
        let hour = |at: i64| {
            let day = [0.05, 0.02, 0.02, 0.1, 0.5, 1.0, 0.9, 1.2][(at.rem_euclid(24) / 3) as usize];
            let week = [1.0, 1.0, 0.9, 1.0, 1.2, 1.8, 1.6][(at / 24).rem_euclid(7) as usize];
            let mean = per_hour * day * week * moods[(at / 24) as usize];
            let noise = (0..12).map(|_| chance(&entropy)).sum::<f64>() - 6.0;
            let count = (mean + noise * (mean * 1.5).sqrt()).round().max(0.0) as u64;
            Hour { number: START + at, accepted: count }
        };
        (0..hours).map(hour).collect()
    }

    #[test]
    fn a_source_that_keeps_to_its_rhythm_is_never_said_to_be_broken() {
        let (mut looked, mut wrong) = (0, Vec::new());
        for seed in 0..40 {
            let hours = shop(seed, [400.0, 60.0, 8.0, 1.0][(seed % 4) as usize], 28 * 24);
            for now in (4 * 24..28 * 24).step_by(5) {
                let rhythm = Rhythm::learn(&hours[..now as usize], moment(now));
                let last = (0..now).rev().find(|at| hours[*at as usize].accepted > 0).map_or(0, |at| at + 1);
                looked += 1;
                if rhythm.silence(moment(last), moment(now)).is_some() || rhythm.starving().is_some() {
                    wrong.push((seed, now));
                }
            }
        }
        assert!(looked > 4_000 && wrong.len() * 1_000 <= looked, "{} of {looked}: {wrong:?}", wrong.len());
    }

    #[test]
    fn a_source_that_breaks_is_found_out_within_its_next_busy_hours() {
        for seed in 0..40 {
            let per_hour = [400.0, 60.0, 8.0][(seed % 3) as usize];
            let cut = 21 * 24 + (seed as i64 * 7) % 24;
            let hours = shop(seed, per_hour, cut);
            let within = if per_hour > 30.0 { 12 } else { 30 };
            let found = (0..within * 4).find(|quarter| {
                let now = Timestamp(moment(cut).0 + quarter * HOUR_MICROS / 4);
                Rhythm::learn(&hours, now).silence(moment(cut), now).is_some()
            });
            assert!(found.is_some(), "seed {seed}: nobody noticed for {within} hours");
        }
    }

    #[test]
    fn a_break_that_is_over_is_told_with_what_was_missed() {
        let mut hours = shop(3, 60.0, 14 * 24);
        for hour in &mut hours[12 * 24 + 13..12 * 24 + 19] {
            hour.accepted = 0;
        }
        let gaps = Rhythm::learn(&hours, moment(14 * 24)).gaps(moment(7 * 24));
        let [gap] = gaps[..] else { panic!("{gaps:?}") };
        assert_eq!((gap.from, gap.to), (moment(12 * 24 + 13), Some(moment(12 * 24 + 19))));
        assert!(gap.missed > 50.0, "{gap:?}");
    }

    #[test]
    fn a_trickle_in_place_of_a_stream_is_starving() {
        let mut hours = shop(5, 400.0, 10 * 24 + 18);
        assert_eq!(Rhythm::learn(&hours, moment(10 * 24 + 18)).starving(), None);
        for hour in hours.iter_mut().rev().take(2) {
            hour.accepted = 7;
        }
        let (came, due) = Rhythm::learn(&hours, moment(10 * 24 + 18)).starving().unwrap();
        assert!(came == 14 && due > 100.0, "{came} {due}");
    }

    #[test]
    fn nothing_is_said_of_a_source_that_is_new() {
        let hours = shop(1, 400.0, 71);
        let rhythm = Rhythm::learn(&hours, moment(71));
        assert!(!rhythm.is_known() && rhythm.quiet_end(START + 50).is_none());
        assert_eq!(rhythm.silence(moment(0), moment(71)), None);
        assert_eq!((rhythm.starving(), rhythm.gaps(moment(0))), (None, vec![]));
        assert!(!Rhythm::learn(&[], moment(5)).is_known());
    }

    proptest! {
        /// What is due between two moments is the sum of what is due in the parts, and never less for a longer time.
        #[test]
        fn what_is_due_adds_up(seed in 0_u64..50, a in 0_i64..400, b in 0_i64..400, c in 0_i64..400) {
            let rhythm = Rhythm::learn(&shop(seed, 30.0, 300), moment(300));
            let mut at = [a, b, c].map(|quarter| Timestamp(moment(0).0 + quarter * HOUR_MICROS));
            at.sort_unstable();
            let (whole, parts) = (rhythm.due(at[0], at[2]), rhythm.due(at[0], at[1]) + rhythm.due(at[1], at[2]));
            prop_assert!((whole - parts).abs() < 1e-6, "{} {}", whole, parts);
            prop_assert!(rhythm.due(at[0], at[1]) <= whole + 1e-9);
        }

        /// The naive way: sort all hours alike, every time.
        #[test]
        fn the_quiet_end_is_that_of_hours_alike(counts in prop::collection::vec(0_u64..50, 72..700), ask in 0_usize..800) {
            let hours: Vec<_> = counts.iter().enumerate().map(|(at, accepted)| Hour { number: START + at as i64, accepted: *accepted }).collect();
            let rhythm = Rhythm::learn(&hours, moment(counts.len() as i64));
            let alike = |step: usize| {
                let mut alike: Vec<u64> = (0..counts.len()).filter(|at| at % step == ask % step && *at != ask).map(|at| counts[at]).collect();
                alike.sort_unstable();
                alike
            };
            let (week, day) = (alike(168), alike(24));
            let expected = match week.len() {
                0..3 => day[day.len() / 4],
                3 => week[0],
                _ => week[1],
            };
            prop_assert_eq!(rhythm.quiet_end(START + ask as i64), Some(expected as f64));
        }
    }
}
