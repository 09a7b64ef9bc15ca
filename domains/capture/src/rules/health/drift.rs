//! What a source sends looks different from before: events and properties that are new or gone, values of another kind.

use std::collections::BTreeMap;

use kernel::Timestamp;

/// A day in microseconds.
const DAY_MICROS: i64 = 24 * 3_600_000_000;
/// A source younger than this is still being built: everything in it is new.
const SETTLED_MICROS: i64 = 3 * DAY_MICROS;
/// Times something must have been seen before its absence means anything.
const TIMES_MIN: i64 = 20;
/// Something is gone when it stayed away so many times as long as it usually does, and a day at least.
const AWAY: f64 = 10.0;
/// Nobody is told for longer than this that something is gone.
const TOLD_MICROS: i64 = 14 * DAY_MICROS;

/// How often something was seen, and from when to when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seen {
    /// The event.
    pub event: String,
    /// The property; empty for the event itself.
    pub property: String,
    /// The kind of value; empty for the event itself.
    pub kind: String,
    /// First seen.
    pub first_at: Timestamp,
    /// Last seen.
    pub last_at: Timestamp,
    /// How often, among the facts that were looked at.
    pub times: i64,
}

/// What changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Change {
    /// It came within the last day.
    New,
    /// It usually comes and does not any more.
    Gone,
    /// Its value is of another kind than before.
    OtherKind,
}

impl Change {
    /// The stable word.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Gone => "gone",
            Self::OtherKind => "other_kind",
        }
    }
}

/// A change of one event or property.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Drift {
    /// What changed.
    pub change: Change,
    /// The event.
    pub event: String,
    /// The property; empty for the event itself.
    pub property: String,
    /// The kind of value that is new, for [`Change::OtherKind`].
    pub kind: String,
    /// Since when.
    pub since: Timestamp,
}

/// What changed within the last day, in the order of names. `seen` is all that is known of one source.
#[must_use]
pub fn drifts(seen: &[Seen], now: Timestamp) -> Vec<Drift> {
    let Some(began) = seen.iter().map(|seen| seen.first_at).min() else { return Vec::new() };
    if now.0 - began.0 < SETTLED_MICROS {
        return Vec::new();
    }
    let mut by_name: BTreeMap<(&str, &str), Vec<&Seen>> = BTreeMap::new();
    for one in seen {
        by_name.entry((&one.event, &one.property)).or_default().push(one);
    }
    let mut drifts = Vec::new();
    let mut event: Option<&Seen> = None;
    // An event stands before its properties, for its own property is the empty one.
    for ((name, property), kinds) in by_name {
        let whole = together(&kinds);
        let found = if property.is_empty() {
            event = Some(kinds[0]);
            new_or_gone(&whole, now)
        } else {
            let settled = event.filter(|event| event.event == name && new_or_gone(event, now).is_none());
            settled.and_then(|event| of_property(&whole, &kinds, event, now))
        };
        drifts.extend(found.map(|(change, kind, since)| Drift {
            change,
            event: name.to_owned(),
            property: property.to_owned(),
            kind,
            since,
        }));
    }
    drifts
}

type Found = Option<(Change, String, Timestamp)>;

/// All kinds of one property as if it were of one.
fn together(kinds: &[&Seen]) -> Seen {
    let first_at = kinds.iter().map(|seen| seen.first_at).min().unwrap_or_default();
    let last_at = kinds.iter().map(|seen| seen.last_at).max().unwrap_or_default();
    Seen { first_at, last_at, times: kinds.iter().map(|seen| seen.times).sum(), ..kinds[0].clone() }
}

fn is_fresh(first_at: Timestamp, now: Timestamp) -> bool {
    now.0 - first_at.0 < DAY_MICROS
}

fn new_or_gone(seen: &Seen, now: Timestamp) -> Found {
    if is_fresh(seen.first_at, now) {
        return Some((Change::New, String::new(), seen.first_at));
    }
    is_gone(seen, now).then(|| (Change::Gone, String::new(), seen.last_at))
}

/// Whether something that usually comes has stayed away for too long at this moment, and not for ever.
fn is_gone(seen: &Seen, at: Timestamp) -> bool {
    let usual = (seen.last_at.0 - seen.first_at.0) as f64 / seen.times.max(1) as f64;
    let away = at.0 - seen.last_at.0;
    seen.times >= TIMES_MIN && away > DAY_MICROS && away as f64 > AWAY * usual && away < TOLD_MICROS
}

fn of_property(whole: &Seen, kinds: &[&Seen], event: &Seen, now: Timestamp) -> Found {
    if is_fresh(whole.first_at, now) {
        return Some((Change::New, String::new(), whole.first_at));
    }
    // Only what most facts of the event had is missed, and only while the event comes.
    if whole.times * 2 >= event.times && is_gone(whole, event.last_at) {
        return Some((Change::Gone, String::new(), whole.last_at));
    }
    let fresh = kinds.iter().find(|kind| is_fresh(kind.first_at, now))?;
    Some((Change::OtherKind, fresh.kind.clone(), fresh.first_at))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(event: &str, property: &str, kind: &str, hours: [i64; 2], times: i64) -> Seen {
        let at = |hour: i64| Timestamp(hour * 3_600_000_000);
        Seen {
            event: event.into(),
            property: property.into(),
            kind: kind.into(),
            first_at: at(hours[0]),
            last_at: at(hours[1]),
            times,
        }
    }

    fn told(all: &[Seen], hour: i64) -> Vec<String> {
        let drifts = drifts(all, Timestamp(hour * 3_600_000_000)).into_iter();
        drifts
            .map(|drift| format!("{} {}.{} {}", drift.change.as_str(), drift.event, drift.property, drift.kind))
            .collect()
    }

    #[test]
    fn what_is_new_gone_or_of_another_kind_is_told_once_and_by_its_cause() {
        let all = [
            seen("Old", "", "", [0, 239], 1_000),
            seen("Old", "amount", "number", [0, 239], 900),
            seen("Old", "amount", "text", [230, 239], 40),
            seen("Old", "colour", "text", [225, 239], 30),
            seen("Old", "coupon", "text", [0, 150], 700),
            seen("Old", "rare", "text", [0, 150], 100),
            seen("Fresh", "", "", [235, 239], 5),
            seen("Fresh", "x", "text", [235, 239], 5),
            seen("Ended", "", "", [0, 180], 500),
            seen("Ended", "x", "text", [0, 180], 500),
            seen("Seldom", "", "", [0, 200], 25),
            seen("Once", "", "", [10, 10], 1),
        ];
        let expected =
            ["gone Ended. ", "new Fresh. ", "other_kind Old.amount text", "new Old.colour ", "gone Old.coupon "];
        assert_eq!(told(&all, 240), expected, "properties of what is new or gone are not told beside it");
        assert_eq!(told(&all[..2], 240), [""; 0]);
    }

    #[test]
    fn a_source_that_is_being_built_has_no_drift_and_old_news_ends() {
        let young = [seen("A", "", "", [0, 70], 100), seen("B", "", "", [69, 70], 1)];
        assert_eq!(told(&young, 71), [""; 0]);
        assert_eq!(told(&young, 72), ["new B. "]);
        let ended = [seen("A", "", "", [0, 1_000], 100), seen("B", "", "", [0, 300], 100)];
        assert_eq!(told(&ended, 400), ["gone B. "]);
        assert_eq!(told(&ended, 300 + 14 * 24), [""; 0]);
        assert!(drifts(&[], Timestamp(0)).is_empty());
    }
}
