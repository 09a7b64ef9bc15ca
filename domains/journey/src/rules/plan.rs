//! What a rule of the kind "so long after a fact" makes of what it has heard of one person.

use kernel::Timestamp;

use super::zone;
use crate::model::{After, Anchor, Mark, Occurrence, Reminder, Rule, Span, State};

/// The reminder that waits for a person by one rule (and one order, when it counts by order), if any. `anchors` is what was heard
/// under all handles of the person, `known` the reminders there are of them.
pub fn wanted(rule: &Rule, after: &After, anchors: &[Anchor], known: &[Reminder]) -> Option<Reminder> {
    let (since, anchor) =
        anchors.iter().filter_map(|anchor| Some((anchor.since?, anchor))).max_by_key(|(mark, _)| *mark)?;
    if unless(anchors) > Some(since) {
        return None;
    }
    let (at, offset) = since;
    let of_this = known.iter().filter_map(|reminder| match reminder.occurrence {
        Occurrence::Fact(told, number) if told == offset => Some((number, reminder.state)),
        _ => None,
    });
    // After those that were told comes the next; one that waits behind others that were let pass stays.
    let number =
        of_this.map(|(number, state)| if state == State::Waiting { number } else { number + 1 }).max().unwrap_or(0);
    Some(Reminder {
        rule: rule.id.clone(),
        handle: anchor.handle,
        occurrence: Occurrence::Fact(offset, number),
        key: anchor.key.clone(),
        from: at,
        due_at: due_at(rule, after, at, number)?,
        state: State::Waiting,
        told_at: None,
        unit: None,
        staff: None,
        closed_at: None,
        closed_by: None,
        note: None,
    })
}

/// Since when a reminder that was told is needless: what was heard after its fact.
pub fn overtaken_at(reminder: &Reminder, anchors: &[Anchor]) -> Option<Timestamp> {
    let Occurrence::Fact(offset, _) = reminder.occurrence else { return None };
    let later = anchors.iter().flat_map(|anchor| [anchor.since, anchor.unless]).flatten();
    later.filter(|mark| *mark > (reminder.from, offset)).max().map(|(at, _)| at)
}

fn unless(anchors: &[Anchor]) -> Option<Mark> {
    anchors.iter().filter_map(|anchor| anchor.unless).max()
}

/// When the so many-th reminder of a fact falls due; nothing when there are not so many.
pub fn due_at(rule: &Rule, after: &After, fact: Timestamp, number: u16) -> Option<Timestamp> {
    let first = zone::later(zone::date(fact), after.wait);
    let day = match (number, after.repeat) {
        (0, _) => first,
        (_, Some(repeat)) if number <= repeat.times => {
            zone::later(first, Span { count: repeat.every.count.saturating_mul(number), unit: repeat.every.unit })
        }
        _ => return None,
    };
    Some(rule.quiet.allowed(zone::at(day, rule.at_minute)))
}

/// The reminder that follows one that is told now: those that would have fallen due already are let pass.
pub fn following(rule: &Rule, told: &Reminder, now: Timestamp) -> Option<Reminder> {
    let (after, Occurrence::Fact(offset, number)) = (rule.after()?, &told.occurrence) else { return None };
    let mut numbers = number.checked_add(1)?..=after.repeat?.times;
    numbers.find_map(|number| {
        let due_at = due_at(rule, after, told.from, number).filter(|due| *due > now)?;
        Some(Reminder { occurrence: Occurrence::Fact(*offset, number), due_at, state: State::Waiting, ..told.clone() })
    })
}
