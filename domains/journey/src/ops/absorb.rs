//! What rules heard becomes reminders, in the transaction of whoever heard it: the reader of facts, or the one who goes through
//! the facts of the past for a new rule.

use std::collections::{BTreeMap, BTreeSet};

use db::{DbError, Tx};
use kernel::{Handle, WorkspaceId};

use crate::{
    Persons,
    model::{Anchor, Reminder, Rule, State},
    rules::{
        matching::Heard,
        plan::{overtaken_at, wanted},
    },
    store::{heard as anchors, reminders},
};

/// Who closes reminders that the facts show to be needless.
pub const BY_ITSELF: &str = "journey";

/// What is new.
#[derive(Clone, Debug, Default)]
pub struct News {
    /// What rules heard.
    pub heard: Vec<Heard>,
    /// Handles whose persons were put together anew.
    pub regrouped: Vec<Handle>,
}

/// What becomes of the reminders of some people.
#[derive(Default)]
struct Changed {
    gone: Vec<String>,
    new: Vec<Reminder>,
    closed: Vec<Reminder>,
}

/// Books what was heard, and puts the reminders of everybody concerned right. Whatever came before, a person then has what
/// [`wanted`] says of all that was heard under their handles.
///
/// # Errors
/// [`DbError`] by class.
pub async fn absorb(
    tx: &Tx,
    persons: &dyn Persons,
    workspace: WorkspaceId,
    rules: &[Rule],
    news: News,
) -> Result<(), DbError> {
    let mut concerned: Vec<Handle> = news.heard.iter().map(|heard| heard.handle).chain(news.regrouped).collect();
    concerned.sort_unstable();
    concerned.dedup();
    if concerned.is_empty() {
        return Ok(());
    }
    let groups = persons.within(tx, workspace, &concerned).await?;
    let everybody: Vec<Handle> = groups.iter().flatten().copied().collect();

    let mut known: BTreeMap<(Handle, String, String), Anchor> = BTreeMap::new();
    for anchor in anchors::anchors(tx, workspace, &everybody).await? {
        known.insert((anchor.handle, anchor.rule.clone(), anchor.key.clone()), anchor);
    }
    let mut touched = BTreeSet::new();
    for heard in &news.heard {
        let place = (heard.handle, heard.rule.clone(), heard.key.clone());
        known.entry(place.clone()).or_insert_with(|| Anchor::new(heard)).hear(heard);
        touched.insert(place);
    }
    let written: Vec<&Anchor> = touched.iter().filter_map(|place| known.get(place)).collect();
    anchors::put_anchors(tx, workspace, &written).await?;

    let mut anchors_of: BTreeMap<Handle, Vec<Anchor>> = BTreeMap::new();
    for anchor in known.into_values() {
        anchors_of.entry(anchor.handle).or_default().push(anchor);
    }
    let mut reminders_of: BTreeMap<Handle, Vec<Reminder>> = BTreeMap::new();
    for reminder in reminders::reminders_of(tx, workspace, &everybody).await? {
        reminders_of.entry(reminder.handle).or_default().push(reminder);
    }
    let mut changed = Changed::default();
    for handles in &groups {
        let anchors = handles.iter().filter_map(|handle| anchors_of.remove(handle)).flatten().collect();
        let reminders = handles.iter().filter_map(|handle| reminders_of.remove(handle)).flatten().collect();
        changed.settle(rules, anchors, reminders);
    }
    reminders::delete(tx, workspace, &changed.gone).await?;
    reminders::insert(tx, workspace, &changed.new).await?;
    reminders::update(tx, workspace, &changed.closed).await
}

impl Changed {
    /// Puts the reminders of one person right.
    fn settle(&mut self, rules: &[Rule], anchors: Vec<Anchor>, reminders: Vec<Reminder>) {
        let mut by_rule: BTreeMap<(String, String), (Vec<Anchor>, Vec<Reminder>)> = BTreeMap::new();
        for anchor in anchors {
            by_rule.entry((anchor.rule.clone(), anchor.key.clone())).or_default().0.push(anchor);
        }
        for reminder in reminders {
            by_rule.entry((reminder.rule.clone(), reminder.key.clone())).or_default().1.push(reminder);
        }
        for ((id, _), (anchors, known)) in by_rule {
            let Some(rule) = rules.iter().find(|rule| rule.id == id) else { continue };
            let Some(after) = rule.after() else {
                self.once(&known);
                continue;
            };
            let wanted = wanted(rule, after, &anchors, &known);
            let is_wanted =
                |reminder: &Reminder| wanted.as_ref().is_some_and(|wanted| wanted.occurrence == reminder.occurrence);
            let waiting = |reminder: &&Reminder| reminder.state == State::Waiting;
            self.gone.extend(known.iter().filter(waiting).filter(|r| !is_wanted(r)).map(Reminder::id));
            if !known.iter().filter(waiting).any(is_wanted) {
                self.new.extend(wanted);
            }
            for reminder in known.iter().filter(|reminder| reminder.state == State::Due) {
                let Some(at) = overtaken_at(reminder, &anchors) else { continue };
                self.closed.push(Reminder {
                    state: State::Overtaken,
                    closed_at: Some(at),
                    closed_by: Some(BY_ITSELF.to_owned()),
                    ..reminder.clone()
                });
            }
        }
    }

    /// A birthday or a festival is told of a person once, also when several became one.
    fn once(&mut self, known: &[Reminder]) {
        for reminder in known.iter().filter(|reminder| reminder.state == State::Waiting) {
            let same = known.iter().filter(|other| other.occurrence == reminder.occurrence);
            let mut before = same.filter(|other| other.state != State::Waiting || other.handle < reminder.handle);
            if before.next().is_some() {
                self.gone.push(reminder.id());
            }
        }
    }
}
