//! What answers are made of.

use std::{collections::BTreeMap, sync::Arc};

use kernel::{ErrorCode, Handle, PersonId, Timestamp, WorkspaceId};
use roaring::RoaringBitmap;
use serde::Serialize;
use utoipa::ToSchema;
use web::{Cell, Csv, Problem};

use crate::{
    LiveAudience,
    model::{
        Rule, Standing,
        kept::{Intent, Segment, SegmentKind, Tag},
    },
    ops::{Slice, count, look, rows::Row},
    rules::explain::Reason,
    store,
};

/// A segment by id and name.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = SegmentBrief)]
pub(super) struct Brief {
    /// Its id; that of a tag when a tag goes by a rule.
    pub(super) segment: String,
    pub(super) name: String,
}

/// Somebody in a list.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = AudiencePerson)]
pub(super) struct PersonRow {
    /// Such as `p42`.
    #[schema(value_type = String)]
    person: PersonId,
    /// Null when they have told none.
    name: Option<String>,
    city: Option<String>,
    standing: Standing,
    /// When they did something last; null when they were only spoken of.
    #[schema(value_type = Option<String>, format = DateTime)]
    last_seen: Option<Timestamp>,
}

impl From<Row> for PersonRow {
    fn from(Row { person, name, city, standing, last_seen }: Row) -> Self {
        Self { person: PersonId(person), name, city, standing, last_seen }
    }
}

/// People as a table.
pub(super) fn people_csv(rows: &[PersonRow]) -> Csv {
    let mut csv = Csv::new("segment-people", &["person", "name", "city", "standing", "last_seen"]);
    for row in rows {
        csv.line([
            row.person.to_string().into(),
            row.name.clone().into(),
            row.city.clone().into(),
            row.standing.as_str().into(),
            row.last_seen.into(),
        ]);
    }
    csv
}

/// A segment.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Segment)]
pub(super) struct SegmentView {
    /// Such as `sg_7k2m…`.
    pub(super) segment: String,
    pub(super) name: String,
    pub(super) note: String,
    pub(super) kind: SegmentKind,
    /// Who belongs, or belonged when the snapshot was taken; null for a manual one.
    pub(super) rule: Option<Rule>,
    /// How many of those the caller may see belong.
    pub(super) size: u64,
    /// Always: members are counted, never estimated.
    pub(super) is_exact: bool,
    /// Segments and tags whose rule names it.
    pub(super) used_by: Vec<Brief>,
    #[schema(value_type = String, format = DateTime)]
    pub(super) created_at: Timestamp,
    #[schema(value_type = String, format = DateTime)]
    pub(super) changed_at: Timestamp,
    /// Who made it: `staff:<id>` or `key:<id>`.
    pub(super) by: String,
}

/// A tag.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Tag)]
pub(super) struct TagView {
    /// Such as `tg_7k2m…`.
    pub(super) tag: String,
    pub(super) group: String,
    pub(super) name: String,
    pub(super) intent: Intent,
    pub(super) note: String,
    /// Who wears it besides those it was put on by hand; null for a tag by hand alone.
    pub(super) rule: Option<Rule>,
    /// How many of those the caller may see wear it.
    pub(super) people: u64,
    #[schema(value_type = String, format = DateTime)]
    pub(super) created_at: Timestamp,
    /// Who made it.
    pub(super) by: String,
}

/// A condition, and how it stands with one person.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Reason)]
pub(super) struct ReasonView {
    /// Whether it holds.
    holds: bool,
    /// The condition's kind, as in a rule; `listed` for a segment that is a list.
    kind: String,
    /// What it saw: a number, or where they stand, or live. Missing when there is no such thing.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    saw: Option<Saw>,
    /// The condition itself; missing for `all`, `any`, `not` and `listed`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    wanted: Option<Rule>,
    /// The conditions inside it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(no_recursion)]
    rules: Vec<ReasonView>,
}

/// What a condition saw.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(untagged)]
#[schema(as = ReasonSaw)]
enum Saw {
    Number(i64),
    Text(String),
}

impl ReasonView {
    /// A segment that is a list.
    pub(super) fn listed(holds: bool) -> Self {
        Self { holds, kind: "listed".to_owned(), saw: None, wanted: None, rules: Vec::new() }
    }

    /// For somebody who stands and lives there.
    pub(super) fn of(reason: Reason, standing: Standing, city: Option<&str>) -> Self {
        let kind = match serde_json::to_value(&reason.rule) {
            Ok(value) => value["kind"].as_str().unwrap_or_default().to_owned(),
            Err(_) => String::new(),
        };
        let saw = match &reason.rule {
            Rule::Standing { .. } => Some(Saw::Text(standing.as_str().to_owned())),
            Rule::City { .. } => city.map(|city| Saw::Text(city.to_owned())),
            _ => reason.value.map(Saw::Number),
        };
        let group = matches!(reason.rule, Rule::All { .. } | Rule::Any { .. } | Rule::Not { .. });
        let rules = reason.rules.into_iter().map(|reason| Self::of(reason, standing, city)).collect();
        Self { holds: reason.holds, kind, saw, wanted: (!group).then_some(reason.rule), rules }
    }
}

impl Slice {
    /// A segment of a workspace.
    pub(super) async fn segment(&self, workspace: WorkspaceId, id: &str) -> Result<Segment, Problem> {
        let all = store::segments_in_workspace(self.records.reads(), workspace).await.map_err(Problem::unavailable)?;
        all.into_iter().find(|segment| segment.id == id).ok_or_else(|| ErrorCode::NotFound.into())
    }

    /// A tag of a workspace.
    pub(super) async fn tag(&self, workspace: WorkspaceId, id: &str) -> Result<Tag, Problem> {
        let all = store::tags_in_workspace(self.records.reads(), workspace).await.map_err(Problem::unavailable)?;
        all.into_iter().find(|tag| tag.id == id).ok_or_else(|| ErrorCode::NotFound.into())
    }

    /// Segments with what is true of them now.
    pub(super) async fn views(
        &self,
        workspace: WorkspaceId,
        live: &Arc<LiveAudience>,
        seen: Option<RoaringBitmap>,
        segments: Vec<Segment>,
    ) -> Result<Vec<SegmentView>, Problem> {
        let names = self.names(workspace).await?;
        look(live, move |engine| {
            let view = |segment| {
                let Segment { id, name, note, kind, rule, created_at, changed_at, by, .. } = segment;
                let size = engine.members(&id).map_or(0, |members| count(members, seen.as_ref()));
                let used_by = engine.used_by(&id).into_iter().map(|id| brief(id, &names)).collect();
                let segment = id;
                let is_exact = true;
                SegmentView { segment, name, note, kind, rule, size, is_exact, used_by, created_at, changed_at, by }
            };
            segments.into_iter().map(view).collect()
        })
        .await
    }

    /// One of them.
    pub(super) async fn view(
        &self,
        workspace: WorkspaceId,
        live: &Arc<LiveAudience>,
        seen: Option<RoaringBitmap>,
        segment: Segment,
    ) -> Result<SegmentView, Problem> {
        let views = self.views(workspace, live, seen, vec![segment]).await?;
        views.into_iter().next().ok_or_else(|| ErrorCode::NotFound.into())
    }

    /// Tags with how many wear them now.
    pub(super) async fn tag_views(
        &self,
        live: &Arc<LiveAudience>,
        seen: Option<RoaringBitmap>,
        tags: Vec<Tag>,
    ) -> Result<Vec<TagView>, Problem> {
        look(live, move |engine| {
            let view = |Tag { id, group, name, intent, note, rule, created_at, by }| {
                let people = count(&engine.preview(&Rule::Tag { tag: id.clone() }), seen.as_ref());
                TagView { tag: id, group, name, intent, note, rule, people, created_at, by }
            };
            tags.into_iter().map(view).collect()
        })
        .await
    }

    /// People as a list shows them.
    pub(super) async fn people(
        &self,
        workspace: WorkspaceId,
        live: &Arc<LiveAudience>,
        persons: Vec<Handle>,
    ) -> Result<Vec<PersonRow>, Problem> {
        let rows = self.rows(workspace, live, persons).await?;
        Ok(rows.into_iter().map(PersonRow::from).collect())
    }
}

fn brief(id: &str, names: &BTreeMap<String, String>) -> Brief {
    Brief { segment: id.to_owned(), name: names.get(id).cloned().unwrap_or_else(|| id.to_owned()) }
}

/// A line of the table of segments.
pub(super) fn segment_cells(view: &SegmentView) -> [Cell; 8] {
    [
        view.segment.clone().into(),
        view.name.clone().into(),
        view.kind.as_str().into(),
        view.size.into(),
        view.note.clone().into(),
        view.created_at.into(),
        view.changed_at.into(),
        view.by.clone().into(),
    ]
}
