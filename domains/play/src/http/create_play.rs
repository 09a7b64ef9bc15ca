//! `POST /api/v1/plays` and `POST /api/v1/play-checks`

use axum::{extract::State, http::StatusCode, response::Response};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use web::{Asked, CanManageCampaigns, Json, Origin, Problem};

use super::{managed, proper, view::View};
use crate::{
    Slice,
    model::{Declaration, Phase, Pools},
    ops::{Manage, Outcome},
    rules::{check, guard},
    store::plays::Play,
};

/// Characters of an id we make.
const ID_LENGTH: usize = 12;

/// A play as it is written.
#[derive(Deserialize, ToSchema)]
#[schema(as = PlayDraft)]
pub(super) struct Draft {
    /// 1 to 100 characters; customers read it, and the play is launched by typing it.
    pub(super) name: String,
    /// What it declares.
    pub(super) declaration: Declaration,
}

/// Write a play
///
/// It is a draft until it is launched. What the guard refuses can be kept, and not be launched.
#[utoipa::path(
    post, path = "/api/v1/plays", tag = "play", operation_id = "play.play.create",
    request_body = Draft,
    responses((status = 201, body = View), (status = 422, description = "A field is not valid")),
    extensions(("x-permission" = json!("manage_campaigns")), ("x-once" = json!(true))),
)]
pub(super) async fn create(
    caller: CanManageCampaigns,
    State(slice): State<Slice>,
    origin: Origin,
    Asked { body: draft, once }: Asked<Draft>,
) -> Result<Response, Problem> {
    let now = slice.clock.now();
    if let Some(answer) = once.replay(slice.records.reads(), &*caller, now).await? {
        return Ok(answer);
    }
    let name = proper(&draft.name, &draft.declaration)?;
    let id = kernel::token(&*slice.entropy, ID_LENGTH);
    // What is answered under a key is written with the play, so it is made beforehand.
    let play = Play {
        id: id.clone(),
        name: name.clone(),
        phase: Phase::Draft,
        revision: 1,
        declaration: draft.declaration.clone(),
        pools: Pools::default(),
        created_at: now,
        created_by: caller.actor.to_string(),
        changed_at: now,
        launched_at: None,
    };
    let (answer, sticky) = once.answer(&*caller, StatusCode::CREATED, &View::of(&play, &caller.scope))?;
    let change = Manage::Create { name, declaration: draft.declaration };
    match slice.manage(&caller, &origin, &id, change, sticky).await? {
        Outcome::Again => once.again(slice.records.reads(), &*caller, now).await,
        outcome => managed(outcome).map(|_| answer),
    }
}

/// One thing that keeps a declaration from being one.
#[derive(Serialize, ToSchema)]
#[schema(as = PlayFlaw)]
struct Flaw {
    /// Where.
    field: String,
    /// What is wrong with it.
    message: String,
}

/// What can be said of a declaration before it is kept.
#[derive(Serialize, ToSchema)]
#[schema(as = PlayCheck)]
pub(super) struct Checked {
    /// What keeps it from being a play at all.
    flaws: Vec<Flaw>,
    /// What law and channel say of it.
    guard: guard::Report,
}

/// Check a declaration
///
/// Keeps nothing. Says what is wrong with it, and what law and channel say of it: rule by rule, with what would be allowed.
#[utoipa::path(
    post, path = "/api/v1/play-checks", tag = "play", operation_id = "play.check.create",
    request_body = Declaration,
    responses((status = 200, body = Checked), (status = 422, description = "It is no declaration")),
    extensions(("x-permission" = json!("manage_campaigns"))),
)]
pub(super) async fn check(
    _: CanManageCampaigns,
    State(_): State<Slice>,
    Json(declaration): Json<Declaration>,
) -> Json<Checked> {
    let flaw = |flaw: &check::Flaw| Flaw { field: flaw.field().to_owned(), message: flaw.to_string() };
    let flaws = check::flaws(&declaration).iter().map(flaw).collect();
    Json(Checked { flaws, guard: guard::report(&declaration) })
}
