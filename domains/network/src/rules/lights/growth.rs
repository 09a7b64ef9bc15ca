//! When the people a light reaches were first seen.

use kernel::Timestamp;

use crate::rules::ground::NEVER;

const HOUR: i64 = 3_600_000_000;
const DAY: i64 = 24 * HOUR;
/// Days begin at midnight in Beijing.
const EAST: i64 = 8 * HOUR;
/// Up to so long by the hour.
const BY_HOUR_MAX: i64 = 4 * DAY;
/// Points of a curve at most; longer spans are told by the week, or by as many days as it takes.
const POINTS_MAX: i64 = 400;

/// The same stretch of time for all curves of a survey.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Axis {
    begin: i64,
    /// Microseconds a point stands for.
    pub step: i64,
    points: usize,
}

impl Axis {
    /// Over all these moments.
    #[must_use]
    pub fn over(moments: impl Iterator<Item = i64>) -> Self {
        let span = moments.filter(|at| *at != NEVER).fold(None, |span: Option<(i64, i64)>, at| {
            Some(span.map_or((at, at), |(first, last)| (first.min(at), last.max(at))))
        });
        let Some((first, last)) = span else { return Self { begin: 0, step: DAY, points: 0 } };
        let length = last - first;
        let step = match length {
            length if length <= BY_HOUR_MAX => HOUR,
            length if length <= POINTS_MAX * DAY => DAY,
            length => (length / DAY / POINTS_MAX + 1).max(7) * DAY,
        };
        let begin = (first + EAST).div_euclid(step) * step - EAST;
        Self { begin, step, points: ((last - begin) / step + 1) as usize }
    }

    /// When each point begins.
    pub fn points(&self) -> impl Iterator<Item = Timestamp> + '_ {
        (0..self.points as i64).map(|point| Timestamp(self.begin + point * self.step))
    }

    /// A curve without anybody.
    #[must_use]
    pub fn curve(&self) -> Growth {
        Growth(vec![0; self.points])
    }

    fn place(&self, at: i64) -> Option<usize> {
        (at != NEVER).then_some(at)?;
        usize::try_from((at - self.begin).div_euclid(self.step)).ok().filter(|place| *place < self.points)
    }
}

/// How many people were first seen in each step.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Growth(pub Vec<u32>);

impl Growth {
    /// Adds somebody. Who waits for a place has not been seen joining, and is in no curve.
    pub fn add(&mut self, axis: &Axis, at: i64) {
        if let Some(place) = axis.place(at) {
            self.0[place] += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_begin_at_midnight_in_beijing_and_long_spans_have_few_points() {
        let at = |text: &str| Timestamp::parse(text).unwrap().0;
        let axis = Axis::over([at("2026-03-01T15:59:59Z"), at("2026-03-09T16:00:00Z"), NEVER].into_iter());
        let points: Vec<String> = axis.points().map(|at| at.to_string()).collect();
        assert_eq!((points.len(), points[0].as_str()), (10, "2026-02-28T16:00:00Z"));
        let mut growth = axis.curve();
        for moment in ["2026-03-01T15:59:59Z", "2026-03-01T16:00:00Z", "2026-03-09T16:00:00Z"] {
            growth.add(&axis, at(moment));
        }
        growth.add(&axis, NEVER);
        assert_eq!((growth.0[0], growth.0[1], growth.0[9]), (1, 1, 1));

        let hours = Axis::over([at("2026-03-01T00:10:00Z"), at("2026-03-02T00:10:00Z")].into_iter());
        assert_eq!((hours.step, hours.points), (HOUR, 25));
        let decade = Axis::over([at("2016-03-01T00:00:00Z"), at("2026-03-01T00:00:00Z")].into_iter());
        assert!(decade.points <= POINTS_MAX as usize, "{decade:?}");
        assert_eq!(Axis::over([NEVER].into_iter()).points().count(), 0);
    }
}
