//! Making, changing and deleting segments and traits: looked at, stored, and only then kept live.

use std::{collections::BTreeSet, sync::Arc};

use db::audit::By;
use kernel::{ErrorCode, WorkspaceId};
use serde_json::{Value, json};
use web::Problem;

use super::{
    Slice, change,
    command::{Command, Order, Outcome, Told},
    look,
};
use crate::{
    LiveAudience,
    model::{
        Rule, TraitDef,
        kept::{Segment, Tag},
    },
    rules::{
        check::{self, Wrong},
        engine::DefineError,
    },
    store,
    subscribe::body_of,
};

/// Longest name, in characters.
const NAME_CHARS_MAX: usize = 60;
/// Longest note, in characters.
const NOTE_CHARS_MAX: usize = 500;
/// Segments, tags and traits a brand can define, each.
pub const DEFINITIONS_MAX: usize = 2000;

/// A name as it is kept.
pub fn name(field: &str, text: &str) -> Result<String, Problem> {
    let text = text.trim();
    if text.is_empty() || text.chars().count() > NAME_CHARS_MAX || text.chars().any(char::is_control) {
        return Err(Problem::invalid(field, format!("1 to {NAME_CHARS_MAX} characters")));
    }
    Ok(text.to_owned())
}

/// A note as it is kept.
pub fn note(text: Option<&str>) -> Result<String, Problem> {
    let text = text.unwrap_or_default().trim();
    if text.chars().count() > NOTE_CHARS_MAX {
        return Err(Problem::invalid("note", format!("at most {NOTE_CHARS_MAX} characters")));
    }
    Ok(text.to_owned())
}

/// Tells everything that is wrong.
pub fn wrong(wrongs: Vec<Wrong>) -> Result<(), Problem> {
    let mut wrongs = wrongs.into_iter();
    let Some((field, message)) = wrongs.next() else { return Ok(()) };
    Err(wrongs.fold(Problem::invalid(field, message), |problem, (field, message)| problem.field(field, message)))
}

/// What a segment is, for the audit trail.
pub fn segment_told(segment: &Segment) -> Value {
    json!({
        "name": segment.name, "note": segment.note, "kind": segment.kind, "rule": segment.rule,
        "people": segment.people.as_ref().map(roaring::RoaringBitmap::len),
    })
}

/// What a tag is, for the audit trail.
pub fn tag_told(tag: &Tag) -> Value {
    json!({ "group": tag.group, "name": tag.name, "intent": tag.intent, "note": tag.note, "rule": tag.rule })
}

impl Slice {
    /// Whether a rule can be kept under an id, or asked: what it names is there, and it does not lead back to itself.
    pub(crate) async fn check_rule(
        &self,
        workspace: WorkspaceId,
        live: &Arc<LiveAudience>,
        id: &str,
        rule: &Rule,
    ) -> Result<(), Problem> {
        wrong(check::wrongs(rule))?;
        let named = check::named(rule).into_iter();
        let wanted: BTreeSet<&str> =
            named.filter_map(|rule| if let Rule::Tag { tag } = rule { Some(tag.as_str()) } else { None }).collect();
        if !wanted.is_empty() {
            let tags = store::tags_in_workspace(self.records.reads(), workspace).await.map_err(Problem::unavailable)?;
            if let Some(missing) = wanted.into_iter().find(|tag| tags.iter().all(|known| known.id != *tag)) {
                return Err(Problem::invalid("rule", format!("there is no tag {missing}")));
            }
        }
        let (id, rule) = (id.to_owned(), rule.clone());
        let checked = look(live, move |engine| engine.check(&id, &rule)).await?;
        checked.map_err(|error: DefineError| Problem::invalid("rule", error.to_string()))
    }

    /// Keeps a segment: in the records, then live. The caller holds the lock on definitions and has checked its rule.
    pub(crate) async fn put_segment(
        &self,
        live: &Arc<LiveAudience>,
        mut order: Order,
        segment: Segment,
        before: Option<Value>,
    ) -> Result<Outcome, Problem> {
        order.told = Some(Told {
            action: if before.is_some() { "segment.changed" } else { "segment.created" },
            subject: format!("segment:{}", segment.id),
            before,
            after: Some(segment_told(&segment)),
        });
        order.command = Command::PutSegment(Box::new(segment.clone()));
        let outcome = self.submit(order).await?;
        if outcome == Outcome::Done
            && let Some(body) = body_of(&segment)
        {
            let id = segment.id;
            change(live, move |engine| match body {
                crate::rules::engine::Body::List(listed) if engine.listed(&id).is_some() => {
                    engine.relist(&id, listed);
                    Ok(())
                }
                body => engine.define(&id, body),
            })
            .await?
            .map_err(Problem::internal)?;
        }
        Ok(outcome)
    }

    /// Forgets a segment that nothing names.
    pub(crate) async fn remove_segment(
        &self,
        live: &Arc<LiveAudience>,
        mut order: Order,
        segment: &Segment,
    ) -> Result<(), Problem> {
        self.unused(order.workspace, live, &segment.id).await?;
        order.command = Command::RemoveSegment(segment.id.clone());
        order.told = Some(Told {
            action: "segment.deleted",
            subject: format!("segment:{}", segment.id),
            before: Some(segment_told(segment)),
            after: None,
        });
        self.submit(order).await?;
        let id = segment.id.clone();
        change(live, move |engine| engine.remove(&id)).await
    }

    /// Refuses when something names a segment or a tag, and says what.
    pub(crate) async fn unused(
        &self,
        workspace: WorkspaceId,
        live: &Arc<LiveAudience>,
        id: &str,
    ) -> Result<(), Problem> {
        let id = id.to_owned();
        let users: Vec<String> =
            look(live, move |engine| engine.used_by(&id).into_iter().map(str::to_owned).collect()).await?;
        self.refuse(workspace, users).await
    }

    async fn refuse(&self, workspace: WorkspaceId, users: Vec<String>) -> Result<(), Problem> {
        if users.is_empty() {
            return Ok(());
        }
        let names = self.names(workspace).await?;
        let names: Vec<String> = users.iter().map(|id| names.get(id).cloned().unwrap_or_else(|| id.clone())).collect();
        Err(Problem::new(ErrorCode::Conflict)
            .detail(format!("It is used by {}; change or delete these first", names.join(", "))))
    }

    /// Names of segments and tags by their ids.
    pub(crate) async fn names(
        &self,
        workspace: WorkspaceId,
    ) -> Result<std::collections::BTreeMap<String, String>, Problem> {
        let reads = self.records.reads();
        let segments = store::segments_in_workspace(reads, workspace).await.map_err(Problem::unavailable)?;
        let tags = store::tags_in_workspace(reads, workspace).await.map_err(Problem::unavailable)?;
        let segments = segments.into_iter().map(|segment| (segment.id, segment.name));
        Ok(segments.chain(tags.into_iter().map(|tag| (tag.id, tag.name))).collect())
    }

    /// Declares a trait that is not there.
    pub(crate) async fn add_trait(
        &self,
        live: &Arc<LiveAudience>,
        mut order: Order,
        def: TraitDef,
    ) -> Result<Outcome, Problem> {
        order.told = Some(Told {
            action: "trait.declared",
            subject: format!("trait:{}", def.name),
            before: None,
            after: Some(json!(def)),
        });
        order.command = Command::AddTrait(def.clone());
        let outcome = self.submit(order).await?;
        if outcome == Outcome::Done {
            change(live, move |engine| engine.declare(def)).await?;
        }
        Ok(outcome)
    }

    /// Forgets a trait that nothing names.
    pub(crate) async fn remove_trait(
        &self,
        live: &Arc<LiveAudience>,
        mut order: Order,
        def: &TraitDef,
    ) -> Result<(), Problem> {
        let name = def.name.clone();
        let users: Vec<String> =
            look(live, move |engine| engine.using_trait(&name).into_iter().map(str::to_owned).collect()).await?;
        self.refuse(order.workspace, users).await?;
        order.command = Command::RemoveTrait(def.name.clone());
        order.told = Some(Told {
            action: "trait.withdrawn",
            subject: format!("trait:{}", def.name),
            before: Some(json!(def)),
            after: None,
        });
        self.submit(order).await?;
        let name = def.name.clone();
        change(live, move |engine| engine.withdraw(&name)).await
    }

    /// An order that says what is asked for, and by whom.
    pub(crate) fn order(workspace: WorkspaceId, by: By) -> Order {
        let command = Command::Tell { facts: Vec::new(), sizes: Vec::new(), told: None };
        Order { workspace, by, command, told: None, sticky: None }
    }
}
