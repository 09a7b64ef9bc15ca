//! From when to when, and how often.

use std::{cmp::Reverse, collections::BTreeMap};

use kernel::Timestamp;

use crate::model::Activity;

/// The first and the last of several spans; nothing of none.
pub(crate) fn span(spans: impl Iterator<Item = (Timestamp, Timestamp)>) -> Option<(Timestamp, Timestamp)> {
    spans.reduce(|a, b| (a.0.min(b.0), a.1.max(b.1)))
}

/// What was booked under several handles, by event, the most frequent first.
pub(crate) fn by_event(activity: &[Activity]) -> Vec<Activity> {
    let mut events: BTreeMap<&str, Activity> = BTreeMap::new();
    for one in activity {
        let sum = events.entry(&one.event).or_insert_with(|| Activity { facts: 0, ..one.clone() });
        sum.facts += one.facts;
        sum.first_at = sum.first_at.min(one.first_at);
        sum.last_at = sum.last_at.max(one.last_at);
    }
    let mut events: Vec<Activity> = events.into_values().collect();
    events.sort_by_key(|event| Reverse(event.facts));
    events
}
