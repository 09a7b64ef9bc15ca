//! What the slice does with facts: a stage of the river, behind identity. What rules hear, and the reminders that follow, are
//! committed with the reader's offset.

use std::{collections::BTreeMap, sync::Arc};

use async_trait::async_trait;
use db::{DbError, Records, Tx};
use facts::Birthday;
use kernel::Handle;
use river::{Batch, Change, Stage};

use crate::{
    Persons,
    model::BirthdayTold,
    ops::absorb::{News, absorb},
    rules::matching::hear,
    store::{heard, rules},
};

/// Digests facts into reminders.
pub struct Hearing {
    persons: Arc<dyn Persons>,
}

impl Hearing {
    /// A stage that asks who is who here.
    #[must_use]
    pub fn new(persons: Arc<dyn Persons>) -> Self {
        Self { persons }
    }
}

/// The latest birthday a batch tells under each handle.
fn birthdays(batch: &Batch) -> Vec<BirthdayTold> {
    let mut latest: BTreeMap<Handle, BirthdayTold> = BTreeMap::new();
    for entry in &batch.entries {
        let (Some(handle), fact) = (entry.subject, &entry.record.fact) else { continue };
        let Some(birthday) = Birthday::told_by(fact) else { continue };
        let new = BirthdayTold { handle, birthday, told: (fact.timestamp, entry.record.offset) };
        let known = latest.entry(handle).or_insert(new);
        if new.told > known.told {
            *known = new;
        }
    }
    latest.into_values().collect()
}

/// Everybody whom a batch put together anew.
fn regrouped(batch: &Batch) -> Vec<Handle> {
    let mut handles = Vec::new();
    for change in batch.changes() {
        match change {
            Change::Link(link) => handles.extend([link.handle, link.into]),
            Change::Moves(moves) => handles.extend(moves.iter().map(|to| to.handle)),
        }
    }
    handles.sort_unstable();
    handles.dedup();
    handles
}

#[async_trait]
impl Stage for Hearing {
    async fn digest(&self, tx: &Tx, batch: &mut Batch) -> Result<(), DbError> {
        let workspace = batch.workspace;
        let told = birthdays(batch);
        if !told.is_empty() {
            heard::put_birthdays(tx, workspace, &told).await?;
        }
        let rules = rules::rules_in_workspace(tx, workspace).await?;
        if rules.is_empty() {
            return Ok(());
        }
        let hear = |entry: &river::Entry| {
            let record = &entry.record;
            let heard = entry.subject.map(|handle| hear(&rules, &record.fact, &record.typed, handle, record.offset));
            heard.unwrap_or_default()
        };
        let heard = batch.entries.iter().flat_map(hear).collect();
        let news = News { heard, regrouped: regrouped(batch) };
        absorb(tx, &*self.persons, workspace, &rules, news).await
    }

    async fn recall(&self, _: &Records, _: &mut Batch) -> Result<(), DbError> {
        Ok(())
    }

    fn settled(&self, _: &Batch) {}
}
