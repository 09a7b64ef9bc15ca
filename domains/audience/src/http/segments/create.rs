//! `POST /api/v1/segments`

use axum::{extract::State, http::StatusCode, response::Response};
use kernel::ErrorCode;
use roaring::RoaringBitmap;
use serde::Deserialize;
use utoipa::ToSchema;
use web::{Asked, CanManageSegments, Origin, Principal, Problem};

use crate::{
    http::view::SegmentView,
    model::{
        Rule,
        kept::{Segment, SegmentKind},
    },
    ops::{Slice, command::Outcome, define, look},
    store,
};

/// Characters of an id, behind `sg_`.
const ID_LENGTH: usize = 10;

/// A segment to make.
#[derive(Deserialize, ToSchema)]
#[schema(example = json!({
    "name": "近 30 天有过购买", "kind": "live",
    "rule": { "kind": "did", "event": "Order Paid", "at_least": 1, "days": 30 },
}))]
pub(in crate::http) struct NewSegment {
    /// For people; 1 to 60 characters.
    name: String,
    /// What it is for.
    note: Option<String>,
    kind: SegmentKind,
    /// Who belongs to a live segment; who a snapshot is taken of.
    rule: Option<Rule>,
    /// Who is put into a manual segment at once: `p42`, `user:<id>` or `anonymous:<id>`.
    people: Option<Vec<String>>,
    /// The segment a snapshot is taken of, in place of a rule.
    of: Option<String>,
}

/// Make a segment
///
/// A live one has its members at once, and nobody is told that they came: from then on, whoever comes or leaves is told.
#[utoipa::path(
    post, path = "/api/v1/segments", tag = "audience", operation_id = "audience.segment.create",
    request_body = NewSegment,
    responses((status = 201, body = SegmentView), (status = 422, description = "A field is not valid")),
    extensions(("x-permission" = json!("manage_segments")), ("x-once" = json!(true))),
)]
pub(in crate::http) async fn create(
    caller: CanManageSegments,
    State(slice): State<Slice>,
    origin: Origin,
    Asked { body: new, once }: Asked<NewSegment>,
) -> Result<Response, Problem> {
    if let Some(answer) = once.replay(slice.records.reads(), &caller, slice.clock.now()).await? {
        return Ok(answer);
    }
    let live = slice.live(caller.workspace, None).await?;
    let _changing = slice.changing.lock().await;
    let known = store::segments_in_workspace(slice.records.reads(), caller.workspace).await;
    if known.map_err(Problem::unavailable)?.len() >= define::DEFINITIONS_MAX {
        let most = define::DEFINITIONS_MAX;
        return Err(Problem::new(ErrorCode::Conflict).detail(format!("There are {most} segments; delete some first")));
    }
    let segment = draft(&slice, &caller, &live, new, &origin.by(&caller).actor).await?;
    let seen = slice.seen_by(&caller, &live).await?;
    let view = {
        let (segment, seen) = (segment.clone(), seen.clone());
        let members = match (&segment.people, &segment.rule) {
            (Some(people), _) => {
                let people = people.clone();
                look(&live, move |engine| engine.people().persons(&people) & engine.people().everyone()).await?
            }
            (None, Some(rule)) => {
                let rule = rule.clone();
                look(&live, move |engine| engine.preview(&rule)).await?
            }
            (None, None) => RoaringBitmap::new(),
        };
        let size = crate::ops::count(&members, seen.as_ref());
        SegmentView { size, ..slice.view(caller.workspace, &live, seen, segment).await? }
    };
    let (answer, sticky) = once.answer(&caller, StatusCode::CREATED, &view)?;
    let mut order = Slice::order(caller.workspace, origin.by(&caller));
    order.sticky = sticky;
    match slice.put_segment(&live, order, segment, None).await? {
        Outcome::Again => once.again(slice.records.reads(), &caller, slice.clock.now()).await,
        _ => Ok(answer),
    }
}

/// What is to be kept, looked at.
async fn draft(
    slice: &Slice,
    caller: &Principal,
    live: &std::sync::Arc<crate::LiveAudience>,
    new: NewSegment,
    by: &str,
) -> Result<Segment, Problem> {
    let NewSegment { name, note, kind, rule, people, of } = new;
    let id = format!("sg_{}", kernel::token(&*slice.entropy, ID_LENGTH));
    let (name, note) = (define::name("name", &name)?, define::note(note.as_deref())?);
    if let Some(rule) = &rule {
        slice.check_rule(caller.workspace, live, &id, rule).await?;
    }
    let people = match (kind, &rule, people, of) {
        (SegmentKind::Live, Some(_), None, None) => None,
        (SegmentKind::Live, ..) => return Err(Problem::invalid("rule", "a live segment is a rule and nothing else")),
        (SegmentKind::Manual, None, people, None) => {
            let handles = slice.named(caller, live, "people", &people.unwrap_or_default()).await?;
            Some(handles.into_iter().map(|handle| handle.0).collect())
        }
        (SegmentKind::Manual, ..) => {
            return Err(Problem::invalid("people", "a manual segment is people and nothing else"));
        }
        (SegmentKind::Snapshot, Some(rule), None, None) => {
            let rule = rule.clone();
            Some(look(live, move |engine| engine.preview(&rule)).await?)
        }
        (SegmentKind::Snapshot, None, None, Some(of)) => {
            let members = look(live, move |engine| engine.members(&of).cloned()).await?;
            Some(members.ok_or_else(|| Problem::invalid("of", "there is no such segment"))?)
        }
        (SegmentKind::Snapshot, ..) => {
            return Err(Problem::invalid("of", "a snapshot is taken of one segment, or of one rule"));
        }
    };
    let now = slice.clock.now();
    let by = by.to_owned();
    Ok(Segment { id, name, note, kind, rule, people, created_at: now, changed_at: now, by })
}
