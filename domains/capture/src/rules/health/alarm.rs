//! What somebody should look after.

use kernel::Timestamp;

use super::{
    drift::{Change, Drift},
    rhythm::Gap,
};

/// Rejected items of a day that are worth a word, the share from which they are, and how many times the usual share.
const REJECTED: (u64, f64, f64) = (20, 0.05, 3.0);
/// Facts of a day from which the share of named ones is judged, and the usual share below which nobody expects any.
const NAMED: (u64, f64) = (100, 0.2);

/// A day of a source, or 24 hours.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Day {
    /// Facts taken.
    pub accepted: u64,
    /// Items not taken.
    pub rejected: u64,
    /// Facts taken that carry an id of a person: not of a device or a browser alone.
    pub named: u64,
}

impl Day {
    /// Which share of what came was not taken.
    #[must_use]
    pub fn reject_rate(&self) -> Option<f64> {
        share(self.rejected, self.accepted + self.rejected)
    }

    /// Which share of the facts carries an id of a person.
    #[must_use]
    pub fn id_coverage(&self) -> Option<f64> {
        share(self.named, self.accepted)
    }
}

fn share(part: u64, whole: u64) -> Option<f64> {
    (whole > 0).then(|| part as f64 / whole as f64)
}

/// What is the matter.
#[derive(Clone, Debug, PartialEq)]
pub enum AlarmKind {
    /// Nothing comes though it usually would.
    Silent(Gap),
    /// Far less comes than at worst: what came in the last two hours, and what was due.
    Starving(u64, f64),
    /// Far more is rejected than usual: the share, and the usual one.
    Rejecting(f64, f64),
    /// Far fewer facts carry an id of a person: the share, and the usual one.
    Unnamed(f64, f64),
    /// Values are of another kind than before.
    OtherKind(Vec<String>),
    /// Events or properties do not come any more.
    Gone(Vec<String>),
    /// Events or properties that nobody sent before.
    New(Vec<String>),
}

/// Something to look after, and since when.
#[derive(Clone, Debug, PartialEq)]
pub struct Alarm {
    /// What is the matter.
    pub kind: AlarmKind,
    /// Since when, where that is known.
    pub since: Option<Timestamp>,
}

impl AlarmKind {
    /// The stable word.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Silent(_) => "silent",
            Self::Starving(..) => "starving",
            Self::Rejecting(..) => "rejecting",
            Self::Unnamed(..) => "unnamed",
            Self::OtherKind(_) => "other_kind",
            Self::Gone(_) => "gone",
            Self::New(_) => "new",
        }
    }

    /// Whether data is being lost now. The others are worth a look.
    #[must_use]
    pub const fn is_urgent(&self) -> bool {
        matches!(self, Self::Silent(_) | Self::Starving(..) | Self::Rejecting(..))
    }

    /// What to do.
    #[must_use]
    pub const fn advice(&self) -> &'static str {
        match self {
            Self::Silent(_) => {
                "Open the page or app that sends and watch the live events. Was it just released, did its address change, was \
                 the key revoked or rotated, does a proxy or firewall refuse it?"
            }
            Self::Starving(..) => {
                "Part of what sends has stopped: compare the live events with what should come. Was one version, page or store \
                 released or closed?"
            }
            Self::Rejecting(..) => {
                "Read the reasons in the list of refusals: the first names what to change. Fix the sender, then send again \
                 what was refused."
            }
            Self::Unnamed(..) => {
                "Check that identify or login is still called after signing in; facts without it are booked to a device."
            }
            Self::OtherKind(_) => "Send one kind of value under one name, or give the other one a name of its own.",
            Self::Gone(_) => "If it was not taken out on purpose, look for the release that lost it.",
            Self::New(_) => "If nobody meant to send it, look for a misspelt name.",
        }
    }
}

/// What is the matter with a source, the urgent first. `usual` are the seven days before this one.
#[must_use]
pub fn alarms(
    silence: Option<Gap>,
    starving: Option<(u64, f64)>,
    day: &Day,
    usual: &[Day],
    drifts: &[Drift],
) -> Vec<Alarm> {
    let mut alarms = Vec::new();
    if let Some(gap) = silence {
        alarms.push(Alarm { kind: AlarmKind::Silent(gap), since: Some(gap.from) });
    } else if let Some((came, due)) = starving {
        alarms.push(Alarm { kind: AlarmKind::Starving(came, due), since: None });
    }
    let middle = |of: fn(&Day) -> Option<f64>| median(usual.iter().filter_map(of).collect());
    if let Some(rate) = day.reject_rate() {
        let usually = middle(Day::reject_rate).unwrap_or(0.0);
        if day.rejected >= REJECTED.0 && rate > REJECTED.1 && rate > REJECTED.2 * usually {
            alarms.push(Alarm { kind: AlarmKind::Rejecting(rate, usually), since: None });
        }
    }
    if let (Some(coverage), Some(usually)) = (day.id_coverage(), middle(Day::id_coverage))
        && day.accepted >= NAMED.0
        && usually >= NAMED.1
        && coverage < usually / 2.0
    {
        alarms.push(Alarm { kind: AlarmKind::Unnamed(coverage, usually), since: None });
    }
    for change in [Change::OtherKind, Change::Gone, Change::New] {
        let of: Vec<&Drift> = drifts.iter().filter(|drift| drift.change == change).collect();
        let Some(since) = of.iter().map(|drift| drift.since).min() else { continue };
        let names = of.into_iter().map(name).collect();
        let kind = match change {
            Change::OtherKind => AlarmKind::OtherKind(names),
            Change::Gone => AlarmKind::Gone(names),
            Change::New => AlarmKind::New(names),
        };
        alarms.push(Alarm { kind, since: Some(since) });
    }
    alarms
}

fn name(drift: &Drift) -> String {
    if drift.property.is_empty() { drift.event.clone() } else { format!("{}.{}", drift.event, drift.property) }
}

fn median(mut values: Vec<f64>) -> Option<f64> {
    values.sort_unstable_by(f64::total_cmp);
    values.get(values.len() / 2).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(accepted: u64, rejected: u64, named: u64) -> Day {
        Day { accepted, rejected, named }
    }

    fn codes(day: Day, usual: &[Day]) -> Vec<&'static str> {
        alarms(None, None, &day, usual, &[]).iter().map(|alarm| alarm.kind.code()).collect()
    }

    #[test]
    fn a_day_is_held_against_the_days_before_it() {
        let usual = [day(1_000, 10, 800); 7];
        assert_eq!(codes(day(1_000, 12, 790), &usual), [""; 0]);
        assert_eq!(codes(day(1_000, 200, 790), &usual), ["rejecting"]);
        assert_eq!(codes(day(1_000, 200, 790), &[]), ["rejecting"], "also while nothing is known");
        assert_eq!(codes(day(0, 300, 0), &usual), ["rejecting"], "everything is");
        assert_eq!(codes(day(1_000, 10, 100), &usual), ["unnamed"]);
        assert_eq!(codes(day(50, 10, 0), &usual), [""; 0], "too few to judge by");
        assert_eq!(codes(day(1_000, 300, 800), &[day(1_000, 250, 800); 7]), [""; 0], "it is always like that");
        assert_eq!(codes(day(1_000, 0, 0), &[day(1_000, 0, 20); 7]), [""; 0], "a page nobody signs in on");
        assert_eq!(codes(Day::default(), &usual), [""; 0]);
    }

    #[test]
    fn the_urgent_stands_first_and_drifts_are_told_together() {
        let gap = Gap { from: Timestamp(7), to: None, missed: 40.0 };
        let drift = |change, event: &str, property: &str, since| Drift {
            change,
            event: event.into(),
            property: property.into(),
            kind: String::new(),
            since: Timestamp(since),
        };
        let drifts =
            [drift(Change::New, "A", "", 9), drift(Change::Gone, "B", "x", 5), drift(Change::New, "B", "y", 8)];
        let told = alarms(Some(gap), Some((1, 50.0)), &day(10, 90, 0), &[], &drifts);
        let codes: Vec<_> = told.iter().map(|alarm| (alarm.kind.code(), alarm.kind.is_urgent())).collect();
        assert_eq!(codes, [("silent", true), ("rejecting", true), ("gone", false), ("new", false)]);
        assert_eq!(told[3].kind, AlarmKind::New(vec!["A".into(), "B.y".into()]));
        assert_eq!((told[0].since, told[3].since), (Some(Timestamp(7)), Some(Timestamp(8))));
    }
}
