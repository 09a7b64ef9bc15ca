//! `POST /api/v1/tags`

use axum::{extract::State, http::StatusCode, response::Response};
use kernel::ErrorCode;
use serde::Deserialize;
use utoipa::ToSchema;
use web::{Asked, CanManageSegments, Origin, Problem};

use crate::{
    http::view::TagView,
    model::{
        Rule,
        kept::{Intent, Tag},
    },
    ops::{Slice, command::Outcome, count, define, look},
    store,
};

/// Characters of an id, behind `tg_`.
const ID_LENGTH: usize = 10;

/// A tag to make.
#[derive(Deserialize, ToSchema)]
#[schema(example = json!({ "group": "意向", "name": "想买车", "intent": "intent" }))]
pub(in crate::http) struct NewTag {
    /// Tags of one group stand together; 1 to 60 characters.
    group: String,
    /// Unlike any other of its group; 1 to 60 characters.
    name: String,
    intent: Intent,
    /// What it is for.
    note: Option<String>,
    /// Who wears it besides those it is put on by hand.
    rule: Option<Rule>,
}

/// Refuses a tag whose name another one of its group has.
pub(super) fn free(known: &[Tag], tag: &Tag) -> Result<(), Problem> {
    let taken = known.iter().any(|known| known.id != tag.id && known.group == tag.group && known.name == tag.name);
    if taken {
        Err(Problem::new(ErrorCode::Conflict).detail("The group has a tag of this name; choose another"))
    } else {
        Ok(())
    }
}

/// Make a tag
#[utoipa::path(
    post, path = "/api/v1/tags", tag = "audience", operation_id = "audience.tag.create",
    request_body = NewTag,
    responses(
        (status = 201, body = TagView),
        (status = 409, description = "The group has a tag of this name"),
        (status = 422, description = "A field is not valid"),
    ),
    extensions(("x-permission" = json!("manage_segments")), ("x-once" = json!(true))),
)]
pub(in crate::http) async fn create(
    caller: CanManageSegments,
    State(slice): State<Slice>,
    origin: Origin,
    Asked { body: new, once }: Asked<NewTag>,
) -> Result<Response, Problem> {
    if let Some(answer) = once.replay(slice.records.reads(), &caller, slice.clock.now()).await? {
        return Ok(answer);
    }
    let live = slice.live(caller.workspace, None).await?;
    let _changing = slice.changing.lock().await;
    let by = origin.by(&caller);
    let tag = Tag {
        id: format!("tg_{}", kernel::token(&*slice.entropy, ID_LENGTH)),
        group: define::name("group", &new.group)?,
        name: define::name("name", &new.name)?,
        intent: new.intent,
        note: define::note(new.note.as_deref())?,
        rule: new.rule,
        created_at: slice.clock.now(),
        by: by.actor.clone(),
    };
    let known =
        store::tags_in_workspace(slice.records.reads(), caller.workspace).await.map_err(Problem::unavailable)?;
    free(&known, &tag)?;
    if known.len() >= define::DEFINITIONS_MAX {
        let most = define::DEFINITIONS_MAX;
        return Err(Problem::new(ErrorCode::Conflict).detail(format!("There are {most} tags; delete some first")));
    }
    let seen = slice.seen_by(&caller, &live).await?;
    let mut people = 0;
    if let Some(rule) = tag.rule.clone() {
        slice.check_rule(caller.workspace, &live, &tag.id, &rule).await?;
        let seen = seen.clone();
        people = look(&live, move |engine| count(&engine.preview(&rule), seen.as_ref())).await?;
    }
    let view = slice.tag_views(&live, seen, vec![tag.clone()]).await?.into_iter().next();
    let view = view.map(|view| TagView { people, ..view }).ok_or(ErrorCode::NotFound)?;
    let (answer, sticky) = once.answer(&caller, StatusCode::CREATED, &view)?;
    let mut order = Slice::order(caller.workspace, by);
    order.sticky = sticky;
    match slice.put_tag(&live, order, tag, None).await? {
        Outcome::Again => once.again(slice.records.reads(), &caller, slice.clock.now()).await,
        _ => Ok(answer),
    }
}
