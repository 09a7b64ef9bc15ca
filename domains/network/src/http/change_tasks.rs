//! `PATCH /api/v1/reach/tasks`

use std::collections::BTreeSet;

use axum::extract::State;
use kernel::{ErrorCode, StaffId, Timestamp};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use web::{CanPlanReach, Json, Origin, Problem};

use super::tasks::TaskView;
use crate::{
    Slice,
    model::reach::{Task, TaskState},
    ops::reach_tasks::{ReachCommand, ReachOrder, ReachOutcome, TaskChange},
};

/// Tasks changed at once.
const TASKS_MAX: usize = 500;
/// Most days a task is put off.
const LATER_DAYS_MAX: i64 = 365;

/// The same change for many; what is absent stays.
#[derive(Deserialize, ToSchema)]
#[schema(as = ReachTasksChange, example = json!({"tasks": ["k3v9", "m2x7"], "assignee": "s-12", "later_days": 3}))]
pub(super) struct ChangeTasks {
    /// Which: 1 to 500.
    tasks: Vec<String>,
    /// Who does them.
    #[schema(value_type = Option<String>, nullable = false)]
    assignee: Option<StaffId>,
    /// Until when.
    #[schema(value_type = Option<String>, format = DateTime, nullable = false)]
    due_at: Option<Timestamp>,
    /// Or by how many days each is put off, 1 to 365: from when it is due, or from now if that is over.
    #[schema(nullable = false)]
    later_days: Option<i64>,
}

/// What became of it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ReachTasksChanged)]
pub(super) struct Changed {
    /// As they are now.
    items: Vec<TaskView>,
    /// Tasks that were answered already, and stay as they are.
    passed_over: usize,
}

/// Change many reach tasks
///
/// Hands them on or puts them off, in one transaction: all that are open, or none if one of them is not there.
#[utoipa::path(
    patch, path = "/api/v1/reach/tasks", tag = "network", operation_id = "network.task.update_many",
    request_body = ChangeTasks,
    responses(
        (status = 200, body = Changed),
        (status = 404, description = "One of them is no task the caller sees"),
        (status = 422, description = "A field is not valid"),
    ),
    extensions(("x-permission" = json!("plan_reach"))),
)]
pub(super) async fn change(
    caller: CanPlanReach,
    State(slice): State<Slice>,
    origin: Origin,
    Json(body): Json<ChangeTasks>,
) -> Result<Json<Changed>, Problem> {
    let ChangeTasks { tasks, assignee, due_at, later_days } = body;
    let ids: BTreeSet<String> = tasks.into_iter().collect();
    if ids.is_empty() || ids.len() > TASKS_MAX {
        return Err(Problem::invalid("tasks", format!("name 1 to {TASKS_MAX} tasks")));
    }
    if assignee.is_none() && due_at.is_none() && later_days.is_none() {
        return Err(Problem::invalid("assignee", "say who is to do them, or until when"));
    }
    if due_at.is_some() && later_days.is_some() {
        return Err(Problem::invalid("later_days", "say until when, or how many days later, not both"));
    }
    if later_days.is_some_and(|days| !(1..=LATER_DAYS_MAX).contains(&days)) {
        return Err(Problem::invalid("later_days", format!("must be 1 to {LATER_DAYS_MAX}")));
    }
    let due_at = due_at.map(|at| slice.due(Some(at))).transpose()?;
    let now = slice.clock.now();
    let later = |task: &Task| later_days.map(|days| task.due_at.max(now).plus_secs(days * 86_400));
    let mut changes = Vec::with_capacity(ids.len());
    let mut passed_over = 0;
    for id in ids {
        let task = slice.task(&caller, &id).await?;
        if task.state == TaskState::Open {
            let due_at = due_at.or_else(|| later(&task));
            changes.push((id, TaskChange { assignee: assignee.clone(), due_at, ..TaskChange::default() }));
        } else {
            passed_over += 1;
        }
    }
    if let Some(named) = assignee {
        slice.works_here(&caller, named).await?;
    }
    let asked = changes.len();
    let command = ReachCommand::ChangeMany(changes);
    let order = ReachOrder { by: origin.by(&caller), workspace: caller.workspace, at: now, command };
    let ReachOutcome::Done(changed) = slice.reach(order).await? else { return Err(ErrorCode::NotFound.into()) };
    let names = slice.task_names(&caller).await?;
    let items: Vec<TaskView> = changed.iter().map(|task| names.task(task)).collect();
    // Who was reached meanwhile is passed over as well.
    Ok(Json(Changed { passed_over: passed_over + asked - items.len(), items }))
}
