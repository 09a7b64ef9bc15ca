//! A new rule counts the facts of the past too: whoever bought two months ago is reminded of in one, not never. They are gone
//! through in the background, and until that is done the rule tells nobody.

use db::{DbError, Tx};
use facts::names;
use kernel::{Handle, Offset, Timestamp, WorkspaceId};
use river::{Ask, Order as Way, River};

use super::{
    Command, Order, Outcome, Trouble,
    absorb::{News, absorb},
    tell::LATE_SECS_MAX,
};
use crate::{
    Persons, Slice,
    model::{After, Rule},
    rules::{
        matching::{Heard, hear},
        zone,
    },
    store::rules,
};

/// Facts read at once.
const PAGE: usize = 2000;

pub(super) async fn fill(
    tx: &Tx,
    persons: &dyn Persons,
    order: &Order,
    (id, revision): (&str, i64),
    heard: &[Heard],
    done: bool,
) -> Result<Outcome, DbError> {
    let mut known = rules::rules_in_workspace(tx, order.workspace).await?;
    known.retain(|rule| rule.id == id && rule.revision == revision);
    let Some(rule) = known.first().cloned() else { return Ok(Outcome::Closed) };
    let news = News { heard: heard.to_vec(), regrouped: Vec::new() };
    absorb(tx, persons, order.workspace, &known, news).await?;
    if done {
        rules::put_rule(tx, order.workspace, &Rule { filled: true, ..rule }).await?;
    }
    Ok(Outcome::Done)
}

/// How far back facts can still matter to a rule: what is older fell due too long ago. Two days more than the calendar says.
pub(super) fn reaches_back(after: &After, now: Timestamp) -> Timestamp {
    let days = |span: crate::model::Span| {
        let today = zone::date(now);
        zone::number_of(zone::later(today, span)) - zone::number_of(today)
    };
    let repeated = after.repeat.map_or(0, |repeat| days(repeat.every) * i64::from(repeat.times));
    now.plus_secs(-(days(after.wait) + repeated + 4) * 86_400 - LATE_SECS_MAX)
}

/// The facts a rule must go through.
pub(super) fn events(after: &After) -> Vec<&str> {
    let mut events = vec![after.fact.event.as_str()];
    events.extend(after.unless.as_ref().map(|unless| unless.event.as_str()));
    if after.fact.event == names::ORDER_PAID {
        events.push(names::ORDER_TAKEN_BACK);
    }
    events.sort_unstable();
    events.dedup();
    events
}

/// A page of the facts of one name, and what these rules hear of them.
pub(super) async fn hear_page(
    river: &River,
    rules: &[Rule],
    event: &str,
    (way, after): (Way, Option<Offset>),
    since: Timestamp,
) -> Result<(Vec<Heard>, Option<Offset>), Trouble> {
    let ask = Ask { handles: None, event: Some(event.to_owned()), order: way, after, limit: PAGE };
    let rows = river.timeline(ask).await?;
    let next = rows.last().map(|row| row.offset).filter(|_| rows.len() == PAGE);
    let mut heard = Vec::new();
    for row in rows.iter().filter(|row| row.handle != Handle(0) && row.fact.timestamp >= since) {
        let typed = row.fact.typed().unwrap_or(facts::Typed::Other);
        heard.extend(hear(rules, &row.fact, &typed, row.handle, row.offset));
    }
    Ok((heard, next))
}

impl Slice {
    /// Counts the facts of the past for every rule that has not.
    pub(super) async fn fill_all(&self, workspace: WorkspaceId, all: &[Rule]) -> Result<(), Trouble> {
        for rule in all.iter().filter(|rule| !rule.filled) {
            let fill = |heard, done| Command::Fill { rule: rule.id.clone(), revision: rule.revision, heard, done };
            if let (Some(river), Some(after)) = (self.rivers.get(workspace), rule.after()) {
                let since = reaches_back(after, self.clock.now());
                for event in events(after) {
                    let mut from = None;
                    loop {
                        let way = (Way::OldestFirst, from);
                        let (heard, next) = hear_page(&river, std::slice::from_ref(rule), event, way, since).await?;
                        if !heard.is_empty() && self.order(workspace, fill(heard, false)).await? == Outcome::Closed {
                            return Ok(());
                        }
                        let Some(next) = next else { break };
                        from = Some(next);
                    }
                }
            }
            self.order(workspace, fill(Vec::new(), true)).await?;
        }
        Ok(())
    }
}
