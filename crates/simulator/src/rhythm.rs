//! Day and night. Delays are drawn in hours of activity and mapped to the clock, so that three in the morning is quiet and
//! nine in the evening is loud, whatever the process that is timed.

use kernel::Timestamp;

/// How lively each hour of the day is in China (UTC+8).
const LIVELINESS: [f64; 24] = [
    0.35, 0.18, 0.09, 0.05, 0.05, 0.09, 0.30, 0.75, 1.10, 1.20, 1.25, 1.30, 1.55, 1.35, 1.05, 1.00, 1.05, 1.15, 1.30,
    1.60, 1.95, 2.10, 1.75, 0.95,
];

/// Hours of the campaign, and so of activity: the average hour has liveliness 1.
pub(crate) const HOURS: f64 = 48.0;

const HOUR_MICROS: i64 = 3_600_000_000;

/// Maps hours of activity since the start to instants and back.
#[derive(Clone, Debug)]
pub(crate) struct Rhythm {
    start: i64,
    /// Activity before each hour of the clock since the start.
    before: [f64; 49],
}

impl Rhythm {
    pub(crate) fn starting(start: Timestamp) -> Self {
        let mean = LIVELINESS.iter().sum::<f64>() / 24.0;
        let first = (start.secs().div_euclid(3600) + 8).rem_euclid(24) as usize;
        let mut before = [0.0; 49];
        for hour in 0..48 {
            before[hour + 1] = before[hour] + LIVELINESS[(first + hour) % 24] / mean;
        }
        Self { start: start.0, before }
    }

    /// The instant, in microseconds since 1970, at which so much activity has passed.
    pub(crate) fn at(&self, activity: f64) -> i64 {
        let activity = activity.clamp(0.0, HOURS);
        let hour = self.before.partition_point(|before| *before <= activity).clamp(1, 48) - 1;
        let share = (activity - self.before[hour]) / (self.before[hour + 1] - self.before[hour]);
        self.start + hour as i64 * HOUR_MICROS + (share.clamp(0.0, 1.0) * HOUR_MICROS as f64) as i64
    }

    /// Hours of activity from the start to an instant.
    pub(crate) fn activity(&self, at: i64) -> f64 {
        let since = (at - self.start).clamp(0, 48 * HOUR_MICROS);
        let hour = ((since / HOUR_MICROS) as usize).min(47);
        let share = (since - hour as i64 * HOUR_MICROS) as f64 / HOUR_MICROS as f64;
        self.before[hour] + share * (self.before[hour + 1] - self.before[hour])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clock_and_activity_map_to_each_other() {
        let start = Timestamp::from_secs(1_795_158_000);
        let rhythm = Rhythm::starting(start);
        assert_eq!(rhythm.at(0.0), start.0);
        let end = rhythm.at(HOURS);
        assert!((end - start.plus_secs(48 * 3600).0).abs() < 10, "two whole days hold 48 hours of activity");
        for step in 0..480 {
            let activity = f64::from(step) / 10.0;
            assert!((rhythm.activity(rhythm.at(activity)) - activity).abs() < 1e-6, "{activity}");
        }
    }
}
