//! `POST /api/v1/forms`

use axum::{extract::State, http::StatusCode, response::Response};
use web::{Asked as Body, CanManageSegments, Origin, Problem};

use super::FormView;
use crate::{
    model::form::{Asked, Form, FormState},
    ops::{Slice, command::Outcome},
};

/// Characters of an id, behind `fm_`.
const ID_LENGTH: usize = 10;

/// Make a form
///
/// It is a draft until it is opened.
#[utoipa::path(
    post, path = "/api/v1/forms", tag = "audience", operation_id = "audience.form.create",
    request_body = Asked,
    responses(
        (status = 201, body = FormView),
        (status = 409, description = "There are too many forms"),
        (status = 422, description = "A field is not valid"),
    ),
    extensions(("x-permission" = json!("manage_segments")), ("x-once" = json!(true))),
)]
pub(in crate::http) async fn create(
    caller: CanManageSegments,
    State(slice): State<Slice>,
    origin: Origin,
    Body { body: asked, once }: Body<Asked>,
) -> Result<Response, Problem> {
    let now = slice.clock.now();
    if let Some(answer) = once.replay(slice.records.reads(), &caller, now).await? {
        return Ok(answer);
    }
    slice.check_asked(caller.workspace, &asked).await?;
    slice.check_forms(caller.workspace).await?;
    let by = origin.by(&caller);
    let form = Form {
        id: format!("fm_{}", kernel::token(&*slice.entropy, ID_LENGTH)),
        state: FormState::Draft,
        asked,
        version: 1,
        answers: 0,
        created_at: now,
        changed_at: now,
        by: by.actor.clone(),
    };
    let view = FormView::of(caller.workspace, form.clone());
    let (answer, sticky) = once.answer(&caller, StatusCode::CREATED, &view)?;
    let mut order = Slice::order(caller.workspace, by);
    order.sticky = sticky;
    match slice.put_form(order, form, None).await? {
        Outcome::Again => once.again(slice.records.reads(), &caller, now).await,
        _ => Ok(answer),
    }
}
