//! Birthdays and festivals: when the moment of a day's reminders has come, they are booked for everybody they are about. Which
//! days were gone through is kept with the rule, in the transaction of the last of them.

use std::collections::BTreeSet;

use chrono::{Days, NaiveDate};
use db::{DbError, Tx};
use kernel::{Handle, WorkspaceId};

use super::{Command, Order, Outcome, Trouble, by_handle, tell::LATE_SECS_MAX};
use crate::{
    Persons, PortError, Slice,
    model::{BirthdayTold, Occurrence, Reminder, Rule, State, Terms},
    rules::{birthday, zone},
    store::{heard, reminders, rules},
};

/// People booked in one transaction.
const PEOPLE_MAX: usize = 1000;

/// Some of those a day reminds of.
#[derive(Clone, Debug)]
pub struct Swept {
    /// By which rule.
    pub rule: String,
    /// Its revision; another one has begun anew.
    pub revision: i64,
    /// The day of the reminder, by its number.
    pub day: i64,
    /// Who, under which handle, and for what.
    pub people: Vec<(Handle, Occurrence)>,
    /// These were the last of the day.
    pub last: bool,
}

/// The day that is kept when a reminder of this day is told.
fn kept(rule: &Rule, day: i64) -> Option<NaiveDate> {
    let before = match rule.terms {
        Terms::After(_) => return None,
        Terms::Birthday { days_before } | Terms::Festival { days_before, .. } => days_before,
    };
    zone::date_of(day).checked_add_days(Days::new(before.into()))
}

pub(super) async fn sweep(tx: &Tx, persons: &dyn Persons, order: &Order, swept: &Swept) -> Result<Outcome, DbError> {
    let known = rules::rules_in_workspace(tx, order.workspace).await?;
    let same = |rule: &&Rule| rule.id == swept.rule && rule.revision == swept.revision && rule.swept < swept.day;
    let Some(rule) = known.iter().find(same) else { return Ok(Outcome::Closed) };
    let Some(kept) = kept(rule, swept.day) else { return Ok(Outcome::Closed) };
    let handles: Vec<Handle> = swept.people.iter().map(|(handle, _)| *handle).collect();
    let groups = persons.within(tx, order.workspace, &handles).await?;
    let person_of = by_handle(&groups);
    let everybody: Vec<Handle> = groups.into_iter().flatten().collect();
    let mut told: BTreeSet<(Handle, Occurrence)> = BTreeSet::new();
    for reminder in reminders::reminders_of(tx, order.workspace, &everybody).await? {
        if reminder.rule == rule.id {
            told.insert((person_of.get(&reminder.handle).copied().unwrap_or(reminder.handle), reminder.occurrence));
        }
    }
    let from = zone::at(kept, 0);
    let due_at = rule.quiet.allowed(zone::at(zone::date_of(swept.day), rule.at_minute));
    let mut new = Vec::new();
    for (handle, occurrence) in &swept.people {
        let person = person_of.get(handle).copied().unwrap_or(*handle);
        if told.insert((person, occurrence.clone())) {
            new.push(Reminder {
                rule: rule.id.clone(),
                handle: *handle,
                occurrence: occurrence.clone(),
                key: String::new(),
                from,
                due_at,
                state: State::Waiting,
                told_at: None,
                unit: None,
                staff: None,
                closed_at: None,
                closed_by: None,
                note: None,
            });
        }
    }
    reminders::insert(tx, order.workspace, &new).await?;
    if swept.last {
        rules::put_rule(tx, order.workspace, &Rule { swept: swept.day, ..rule.clone() }).await?;
    }
    Ok(Outcome::Done)
}

impl Slice {
    /// Goes through the days of every rule whose moment has come.
    pub(super) async fn sweep_all(&self, workspace: WorkspaceId, all: &[Rule]) -> Result<(), Trouble> {
        let now = self.clock.now();
        let today = zone::day_number(now);
        for rule in all.iter().filter(|rule| rule.on && rule.after().is_none()) {
            let first = (rule.swept + 1).max(today - LATE_SECS_MAX / 86_400).max(zone::day_number(rule.on_since));
            let has_come = |day: &i64| rule.quiet.allowed(zone::at(zone::date_of(*day), rule.at_minute)) <= now;
            for day in (first..=today).take_while(has_come) {
                self.sweep_day(workspace, rule, day, day == today).await?;
            }
        }
        Ok(())
    }

    /// Books everybody a day reminds of. A day that reminds of nobody is written down only if it is today's.
    async fn sweep_day(&self, workspace: WorkspaceId, rule: &Rule, day: i64, today: bool) -> Result<(), Trouble> {
        let Some(kept) = kept(rule, day) else { return Ok(()) };
        let mut after = Some(Handle(0));
        while let Some(from) = after {
            let (people, next) = self.reminded(workspace, rule, kept, from).await?;
            after = next;
            if people.is_empty() && !(next.is_none() && (today || from > Handle(0))) {
                continue;
            }
            let swept = Swept { rule: rule.id.clone(), revision: rule.revision, day, people, last: next.is_none() };
            if self.order(workspace, Command::Sweep(swept)).await? == Outcome::Closed {
                break;
            }
        }
        Ok(())
    }

    /// Whom a rule reminds of on the day that is kept, behind a handle, and where to go on.
    async fn reminded(
        &self,
        workspace: WorkspaceId,
        rule: &Rule,
        kept: NaiveDate,
        after: Handle,
    ) -> Result<(Vec<(Handle, Occurrence)>, Option<Handle>), Trouble> {
        match rule.terms {
            Terms::After(_) => Ok((Vec::new(), None)),
            Terms::Festival { festival, audience, .. } => {
                if !festival.is_on(kept) {
                    return Ok((Vec::new(), None));
                }
                let page = self.directory.audience(workspace, audience, after, PEOPLE_MAX).await;
                let (handles, next) = page.map_err(Trouble::Port)?;
                Ok((handles.into_iter().map(|handle| (handle, Occurrence::Festival(kept))).collect(), next))
            }
            Terms::Birthday { .. } => {
                let (born, next) = self.born_on(workspace, kept, after, PEOPLE_MAX).await?;
                let occurrence = |told: &BirthdayTold| Occurrence::Birthday(birthday::year_of(&told.birthday, kept));
                Ok((born.iter().map(|told| (told.handle, occurrence(told))).collect(), next))
            }
        }
    }

    /// Whose birthday is kept on a day: those whom it is the last birthday of that they told, under whatever handle.
    pub(super) async fn born_on(
        &self,
        workspace: WorkspaceId,
        kept: NaiveDate,
        after: Handle,
        limit: usize,
    ) -> Result<(Vec<BirthdayTold>, Option<Handle>), Trouble> {
        let days = birthday::kept_on(kept);
        let reads = self.records.reads();
        let mut born = heard::birthdays_on(reads, workspace, &days, after, limit).await?;
        let next = born.last().map(|told| told.handle).filter(|_| born.len() == limit);
        let handles: Vec<Handle> = born.iter().map(|told| told.handle).collect();
        let groups =
            self.directory.persons(workspace, &handles).await.map_err(|error: PortError| Trouble::Port(error))?;
        let person_of = by_handle(&groups);
        let everybody: Vec<Handle> = groups.into_iter().flatten().collect();
        let mut latest = rustc_hash::FxHashMap::default();
        for told in heard::birthdays_of(reads, workspace, &everybody).await? {
            let person = person_of.get(&told.handle).copied().unwrap_or(told.handle);
            let known = latest.entry(person).or_insert(told);
            if told.told > known.told {
                *known = told;
            }
        }
        born.retain(|told| person_of.get(&told.handle).and_then(|person| latest.get(person)) == Some(told));
        Ok((born, next))
    }
}
