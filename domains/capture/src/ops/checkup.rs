//! How each source of a brand is doing, from what came and what it looked like.

use std::collections::BTreeMap;

use kernel::Timestamp;

use crate::{
    model::{HourCount, ShapeSpan},
    rules::health::{Alarm, Day, Gap, HOUR_MICROS, Hour, Rhythm, Seen, alarms, drifts},
};

/// Days that the last one is held against.
const DAYS: i64 = 7;
/// Hours of the curve: seven days.
const CURVE_HOURS: i64 = 168;

/// How one source is doing.
pub(crate) struct Checkup {
    pub(crate) source: String,
    /// The first hour anything is known of.
    pub(crate) first_at: Timestamp,
    /// When the last fact was taken; `None` when none was in five weeks.
    pub(crate) last_at: Option<Timestamp>,
    /// The last 24 hours, this one included.
    pub(crate) day: Day,
    /// The 24 hours before.
    pub(crate) day_before: Day,
    /// Whether enough is known to tell a break.
    pub(crate) is_known: bool,
    /// Hour by hour, the last seven days, this hour last.
    pub(crate) curve: Vec<Point>,
    /// Breaks of the last seven days that are over.
    pub(crate) gaps: Vec<Gap>,
    pub(crate) alarms: Vec<Alarm>,
}

/// An hour of the curve.
pub(crate) struct Point {
    pub(crate) hour: Timestamp,
    pub(crate) accepted: u64,
    pub(crate) rejected: u64,
    /// What comes in such an hour at worst, once that is known.
    pub(crate) quiet_end: Option<f64>,
}

/// Every source that sent anything in five weeks: whatever is urgent first, then by name.
pub(crate) fn checkups(hours: Vec<HourCount>, shapes: Vec<ShapeSpan>, now: Timestamp) -> Vec<Checkup> {
    let mut by_source: BTreeMap<String, (Vec<HourCount>, Vec<Seen>)> = BTreeMap::new();
    for hour in hours {
        by_source.entry(hour.source.clone()).or_default().0.push(hour);
    }
    for ShapeSpan { source, seen } in shapes {
        if let Some(known) = by_source.get_mut(&source) {
            known.1.push(seen);
        }
    }
    let mut checkups: Vec<_> =
        by_source.into_iter().map(|(source, (hours, seen))| checkup(source, &hours, &seen, now)).collect();
    checkups.sort_by_key(|checkup| {
        let urgent = checkup.alarms.iter().any(|alarm| alarm.kind.is_urgent());
        (!urgent, checkup.alarms.is_empty(), checkup.source.clone())
    });
    checkups
}

fn checkup(source: String, hours: &[HourCount], seen: &[Seen], now: Timestamp) -> Checkup {
    let this = Hour::of(now);
    let counts: Vec<Hour> = hours.iter().map(|hour| Hour { number: hour.hour, accepted: hour.accepted }).collect();
    let rhythm = Rhythm::learn(&counts, now);
    let last_at = hours.iter().filter_map(|hour| hour.last_at).max();
    // This hour and the 23 before it, or the same so many days ago.
    let day = |ago: i64| {
        let last = this - ago * 24;
        hours.iter().filter(|hour| (last - 23..=last).contains(&hour.hour)).fold(Day::default(), |day, hour| Day {
            accepted: day.accepted + hour.accepted,
            rejected: day.rejected + hour.rejected,
            named: day.named + hour.named,
        })
    };
    let usual: Vec<Day> = (1..=DAYS).map(day).filter(|day| *day != Day::default()).collect();
    let silence = last_at.and_then(|last| rhythm.silence(last, now));
    let at = |number: i64| {
        let found = hours.binary_search_by_key(&number, |hour| hour.hour).ok().and_then(|at| hours.get(at));
        found.map_or((0, 0), |hour| (hour.accepted, hour.rejected))
    };
    let curve = (this - CURVE_HOURS + 1..=this).map(|number| {
        let (accepted, rejected) = at(number);
        Point { hour: Timestamp(number * HOUR_MICROS), accepted, rejected, quiet_end: rhythm.quiet_end(number) }
    });
    Checkup {
        first_at: Timestamp(hours.first().map_or(this, |hour| hour.hour) * HOUR_MICROS),
        last_at,
        day: day(0),
        day_before: day(1),
        is_known: rhythm.is_known(),
        curve: curve.collect(),
        gaps: rhythm.gaps(now.plus_secs(-CURVE_HOURS * 3600)).into_iter().filter(|gap| gap.to.is_some()).collect(),
        alarms: alarms(silence, rhythm.starving(), &day(0), &usual, &drifts(seen, now)),
        source,
    }
}
