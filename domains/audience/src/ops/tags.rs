//! Tags: defined, put on people and taken off them.

use std::sync::Arc;

use facts::{Tagged, names};
use kernel::{Handle, PersonId, Timestamp};
use serde_json::{Value, json};
use web::Problem;

use super::{
    Slice, change,
    command::{Command, Order, Outcome, Told, fact},
    define::tag_told,
};
use crate::{
    LiveAudience,
    model::kept::{Tag, Worn},
    rules::engine::Body,
};

/// What is to be done with a tag.
pub struct Tagging {
    /// Which, by id.
    pub tag: String,
    /// Whom, by permanent handle.
    pub people: Vec<Handle>,
    /// Put on, or taken off.
    pub on: bool,
    /// Through the day this lies in.
    pub until: Option<Timestamp>,
    /// Why.
    pub note: Option<String>,
}

impl Slice {
    /// Keeps a tag: in the records, then live when it goes by a rule. The caller holds the lock on definitions.
    pub(crate) async fn put_tag(
        &self,
        live: &Arc<LiveAudience>,
        mut order: Order,
        tag: Tag,
        before: Option<Value>,
    ) -> Result<Outcome, Problem> {
        order.told = Some(Told {
            action: if before.is_some() { "tag.changed" } else { "tag.created" },
            subject: format!("tag:{}", tag.id),
            before,
            after: Some(tag_told(&tag)),
        });
        order.command = Command::PutTag(Box::new(tag.clone()));
        let outcome = self.submit(order).await?;
        if outcome == Outcome::Done {
            change(live, move |engine| match tag.rule {
                Some(rule) => engine.define(&tag.id, Body::Rule(rule)),
                None => {
                    engine.forget(&tag.id);
                    Ok(())
                }
            })
            .await?
            .map_err(Problem::internal)?;
        }
        Ok(outcome)
    }

    /// Forgets a tag that nothing names. Nobody wears it from now on.
    pub(crate) async fn remove_tag(
        &self,
        live: &Arc<LiveAudience>,
        mut order: Order,
        tag: &Tag,
    ) -> Result<(), Problem> {
        self.unused(order.workspace, live, &tag.id).await?;
        order.command = Command::RemoveTag(tag.id.clone());
        order.told = Some(Told {
            action: "tag.deleted",
            subject: format!("tag:{}", tag.id),
            before: Some(tag_told(tag)),
            after: None,
        });
        self.submit(order).await?;
        let id = tag.id.clone();
        change(live, move |engine| engine.forget(&id)).await
    }

    /// Puts a tag on people, or takes it off them: the fact does it, once it is folded.
    pub(crate) async fn tag_people(&self, mut order: Order, tagging: Tagging) -> Result<Outcome, Problem> {
        let Tagging { tag, people, on, until, note } = tagging;
        let now = self.clock.now();
        let by = order.by.actor.clone();
        let worn = |handle: &Handle| Worn {
            handle: *handle,
            tag: tag.clone(),
            by: by.clone(),
            at: now,
            until,
            note: note.clone(),
        };
        let worn = if on { people.iter().map(worn).collect() } else { Vec::new() };
        let persons: Vec<PersonId> = people.into_iter().map(PersonId).collect();
        let after = json!({ "people": persons.len(), "until": until, "note": note });
        let told = Tagged { tag: tag.clone(), people: persons, by, note, until };
        let (event, action) =
            if on { (names::TAG_PUT_ON, "tag.put_on") } else { (names::TAG_TAKEN_OFF, "tag.taken_off") };
        let message_id = kernel::token(&*self.entropy, 20);
        let fact = fact(event, message_id, &told, now).map_err(Problem::internal)?;
        order.command = Command::TagPeople { worn, fact };
        order.told = Some(Told { action, subject: format!("tag:{tag}"), before: None, after: Some(after) });
        self.submit(order).await
    }
}
