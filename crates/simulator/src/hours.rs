//! When everybody joins. A sharer posts at a few moments and people follow in bursts after each; the night slows everything.

use kernel::Timestamp;

use crate::{
    chance::{Chance, Stage},
    people::{Cast, Index, Person},
    rhythm::{HOURS, Rhythm},
};

const SECOND: i64 = 1_000_000;

/// Hours of activity kept free below a person for each circle still to come.
const RESERVE_HOURS: f64 = 0.4;
/// The same for a person without children: time to leave phone and WeChat id before the end.
const LEAF_RESERVE_HOURS: f64 = 0.12;
/// Least time between a sharer being ready and the first who opens, long enough for every fact to be heard in order.
const OPEN_AFTER_MICROS: i64 = 30 * SECOND;

/// Sets `joined` and `ready` of everybody.
pub(crate) fn set_hours(seed: u64, cast: &mut Cast, until: Timestamp, rhythm: &Rhythm) {
    let mut chance = Chance::new(seed, Stage::Hours);
    let heights = heights(&cast.people);
    let mut first = 0;
    while first < cast.people.len() {
        let parent = cast.people[first].parent;
        let count = cast.people[first..].iter().take_while(|person| person.parent == parent).count();
        if cast.people[first].circle == 0 {
            for (nth, root) in cast.people[first..first + count].iter_mut().enumerate() {
                // The flagship opens the campaign, the others follow within the morning.
                let activity = if nth == 0 { 0.05 } else { 0.1 + 3.0 * chance.unit() };
                root.joined = rhythm.at(activity);
                root.ready = root.joined + 5 * SECOND;
            }
        } else {
            let sharer = cast.person(parent).clone();
            let moments = moments(&mut chance, &sharer, rhythm.activity(sharer.ready));
            let followers = cast.people[first..first + count].iter_mut();
            for (person, height) in followers.zip(&heights[first..]) {
                person.joined = follow(&mut chance, rhythm, &sharer, &moments, *height);
                person.ready = ready(&mut chance, person, until);
            }
        }
        first += count;
    }
}

/// Circles still to come below each person.
fn heights(people: &[Person]) -> Vec<u8> {
    let mut heights = vec![0_u8; people.len()];
    for (index, person) in people.iter().enumerate().rev().filter(|(_, person)| person.circle > 0) {
        let parent = person.parent as usize;
        heights[parent] = heights[parent].max(heights[index] + 1);
    }
    heights
}

/// The moments at which a person shares, in hours of activity.
fn moments(chance: &mut Chance, sharer: &Person, from: f64) -> Vec<f64> {
    let left = HOURS - from;
    let posts = match (sharer.circle, sharer.invites) {
        (0, _) => 7,
        (_, 60..) => 2 + chance.below(3),
        _ => 1 + usize::from(chance.hit(0.25)),
    };
    let mut moments = vec![from + chance.exponential(if sharer.circle == 0 { 0.1 } else { 0.8 })];
    for _ in 1..posts {
        moments.push(from + 0.85 * left * chance.unit());
    }
    moments
}

/// When one follower opens.
fn follow(chance: &mut Chance, rhythm: &Rhythm, sharer: &Person, moments: &[f64], height: u8) -> i64 {
    let from = rhythm.activity(sharer.ready);
    let post = if chance.hit(0.4) { 0 } else { chance.below(moments.len()) };
    let delay = (moments[post] - from) + chance.log_normal(0.55, 1.0);
    let room = (HOURS - LEAF_RESERVE_HOURS - f64::from(height) * RESERVE_HOURS - from).max(0.01);
    // Delays bend before the end of the room instead of breaking at it.
    let bent = if delay < 0.5 * room { delay } else { room * (1.0 - 0.5 * (1.0 - 2.0 * delay / room).exp()) };
    rhythm.at(from + bent).max(sharer.ready + OPEN_AFTER_MICROS)
}

/// When a person who opened is ready to share: signed in, if they do.
fn ready(chance: &mut Chance, person: &Person, until: Timestamp) -> i64 {
    let joined = person.joined;
    if !person.signs_in() {
        return joined + 2 * SECOND;
    }
    let longest = if person.invites > 0 { 300.0 } else { 1_800.0 };
    let secs = chance.log_normal(80.0, 0.9).clamp(8.0, longest);
    let left = until.0 - joined - 5 * SECOND;
    joined + ((secs * 1e6) as i64).min(left)
}

/// When something happens some hours of activity after an instant, if that is before `until`.
pub(crate) fn later(rhythm: &Rhythm, after: i64, hours: f64, until: Timestamp) -> Option<i64> {
    let activity = rhythm.activity(after) + hours;
    (activity < HOURS).then(|| rhythm.at(activity)).filter(|at| *at < until.0)
}

/// The instant from which on both have joined and can be heard.
pub(crate) fn both_ready(cast: &Cast, receiver: Index, sharer: Index) -> i64 {
    cast.person(receiver).ready.max(cast.person(sharer).ready) + OPEN_AFTER_MICROS
}
