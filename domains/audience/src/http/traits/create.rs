//! `POST /api/v1/traits`

use axum::{extract::State, http::StatusCode, response::Response};
use kernel::ErrorCode;
use web::{Asked, CanManageSegments, Origin, Problem};

use crate::{
    model::TraitDef,
    ops::{Slice, command::Outcome, define},
    rules::check,
    store,
};

/// Declare a trait
///
/// It is read from what is kept of people, so it knows the past at once.
#[utoipa::path(
    post, path = "/api/v1/traits", tag = "audience", operation_id = "audience.trait.create",
    request_body = TraitDef,
    responses(
        (status = 201, body = TraitDef),
        (status = 409, description = "There is a trait of this name"),
        (status = 422, description = "A field is not valid"),
    ),
    extensions(("x-permission" = json!("manage_segments")), ("x-once" = json!(true))),
)]
pub(in crate::http) async fn create(
    caller: CanManageSegments,
    State(slice): State<Slice>,
    origin: Origin,
    Asked { body: def, once }: Asked<TraitDef>,
) -> Result<Response, Problem> {
    if let Some(answer) = once.replay(slice.records.reads(), &caller, slice.clock.now()).await? {
        return Ok(answer);
    }
    define::wrong(check::trait_wrongs(&def))?;
    let live = slice.live(caller.workspace, None).await?;
    let _changing = slice.changing.lock().await;
    let known = store::traits_in_workspace(slice.records.reads(), caller.workspace).await;
    let known = known.map_err(Problem::unavailable)?;
    if known.iter().any(|known| known.name == def.name) {
        return Err(Problem::new(ErrorCode::Conflict).detail("There is a trait of this name; choose another"));
    }
    if known.len() >= define::DEFINITIONS_MAX {
        let most = define::DEFINITIONS_MAX;
        return Err(Problem::new(ErrorCode::Conflict).detail(format!("There are {most} traits; delete some first")));
    }
    let (answer, sticky) = once.answer(&caller, StatusCode::CREATED, &def)?;
    let mut order = Slice::order(caller.workspace, origin.by(&caller));
    order.sticky = sticky;
    match slice.add_trait(&live, order, def).await? {
        Outcome::Again => once.again(slice.records.reads(), &caller, slice.clock.now()).await,
        _ => Ok(answer),
    }
}
