//! `PATCH /api/v1/reach/tasks/{task}`

use axum::extract::State;
use kernel::{ErrorCode, StaffId, Timestamp};
use serde::Deserialize;
use utoipa::ToSchema;
use web::{CanDoReach, Json, Origin, Path, Permission, Problem};

use super::tasks::{TaskView, text};
use crate::{
    Slice,
    ops::reach_tasks::{ReachCommand, ReachOrder, ReachOutcome, TaskChange},
};

/// What is to change; what is absent stays.
#[derive(Deserialize, ToSchema)]
#[schema(as = ReachTaskChange)]
pub(super) struct ChangeTask {
    /// What the first one asked is told, in Chinese.
    #[schema(nullable = false)]
    script_zh: Option<String>,
    /// The same in English.
    #[schema(nullable = false)]
    script_en: Option<String>,
    /// What is worth knowing.
    #[schema(nullable = false)]
    note: Option<String>,
    /// Who does it. Only for who plans.
    #[schema(value_type = Option<String>, nullable = false)]
    assignee: Option<StaffId>,
    /// Until when. Only for who plans.
    #[schema(value_type = Option<String>, format = DateTime, nullable = false)]
    due_at: Option<Timestamp>,
}

/// Change a reach task
#[utoipa::path(
    patch, path = "/api/v1/reach/tasks/{task}", tag = "network", operation_id = "network.task.update",
    params(("task" = String, Path)),
    request_body = ChangeTask,
    responses(
        (status = 200, body = TaskView),
        (status = 404, description = "No such task"),
        (status = 422, description = "A field is not valid"),
    ),
    extensions(("x-permission" = json!("do_reach"))),
)]
pub(super) async fn change(
    caller: CanDoReach,
    State(slice): State<Slice>,
    origin: Origin,
    Path(id): Path<String>,
    Json(body): Json<ChangeTask>,
) -> Result<Json<TaskView>, Problem> {
    let task = slice.task(&caller, &id).await?;
    let plans = caller.permissions.contains(Permission::PlanReach);
    if !plans && (body.assignee.is_some() || body.due_at.is_some()) {
        return Err(ErrorCode::Forbidden.into());
    }
    let assignee = match body.assignee {
        Some(named) => Some(slice.assignee(&caller, Some(named), &task.owner).await?),
        None => None,
    };
    let change = TaskChange {
        script_zh: text(body.script_zh, "script_zh")?,
        script_en: text(body.script_en, "script_en")?,
        note: text(body.note, "note")?,
        assignee,
        due_at: body.due_at.map(|at| slice.due(Some(at))).transpose()?,
    };
    let command = ReachCommand::Change { task: id, change };
    let order = ReachOrder { by: origin.by(&caller), workspace: caller.workspace, at: slice.clock.now(), command };
    let ReachOutcome::Done(changed) = slice.reach(order).await? else { return Err(ErrorCode::NotFound.into()) };
    let changed = changed.first().ok_or(ErrorCode::NotFound)?;
    Ok(Json(slice.task_names(&caller).await?.task(changed)))
}
