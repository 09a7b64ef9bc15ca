//! `GET /api/v1/reach/tasks`

use axum::{
    extract::State,
    response::{IntoResponse, Response},
};
use kernel::{StaffId, Timestamp, UnitId};
use serde::Deserialize;
use utoipa::IntoParams;
use web::{CanDoReach, Csv, Format, Json, Limit, Page, Path, Place, Problem, Query};

use super::tasks::{TaskPerson, TaskView, scope};
use crate::{
    Slice,
    model::reach::TaskState,
    store::reach::{TaskFilter, tasks_in_workspace},
};

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct TaskQuery {
    #[param(inline)]
    state: Option<TaskState>,
    /// Whose to do: an id, or `me`.
    assignee: Option<String>,
    /// Of roots of this unit.
    #[param(value_type = Option<String>)]
    unit: Option<UnitId>,
    /// To reach this person.
    target: Option<String>,
    /// In the name of anybody on the way.
    q: Option<String>,
    /// Due before this time.
    #[param(value_type = Option<String>, format = DateTime)]
    due_before: Option<Timestamp>,
    /// The `next` of the page before.
    #[param(value_type = Option<String>)]
    after: Option<Place>,
    #[serde(default)]
    #[param(inline)]
    limit: Limit<50, 1000>,
    #[serde(default)]
    #[param(inline)]
    format: Format,
}

/// Reach tasks
///
/// One's own, and for who plans those of all roots in scope. What is open comes first due first, what is answered last due
/// first.
#[utoipa::path(
    get, path = "/api/v1/reach/tasks", tag = "network", operation_id = "network.task.list",
    params(TaskQuery),
    responses(
        (status = 200, body = Page<TaskView>),
        (status = 404, description = "No such person"),
        (status = 422, description = "A field is not valid"),
    ),
    extensions(("x-permission" = json!("do_reach"))),
)]
pub(super) async fn list(
    caller: CanDoReach,
    State(slice): State<Slice>,
    Query(query): Query<TaskQuery>,
) -> Result<Response, Problem> {
    let assignee = match query.assignee.as_deref() {
        None => None,
        Some("me") => Some(caller.staff().cloned().ok_or_else(|| Problem::invalid("assignee", "a key has no tasks"))?),
        Some(id) => {
            Some(StaffId::try_from(id.to_owned()).map_err(|error| Problem::invalid("assignee", error.to_string()))?)
        }
    };
    let target = match &query.target {
        Some(target) => Some(slice.handle(caller.workspace, target).await?),
        None => None,
    };
    let filter = TaskFilter {
        state: query.state,
        assignee,
        unit: query.unit.map(|unit| unit.as_str().to_owned()),
        target,
        text: query.q.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty()),
        due_before: query.due_before,
        after: query.after.map(Into::into),
    };
    let (now, limit) = (slice.clock.now(), query.limit.get());
    let seen_by = scope(&caller);
    let who = (caller.staff(), &seen_by);
    let found = tasks_in_workspace(slice.records.reads(), caller.workspace, who, &filter, now, limit + 1).await;
    let names = slice.task_names(&caller).await?;
    let page = Page::cut(found.map_err(Problem::unavailable)?, limit, |task| {
        Place { at: task.due_at, id: task.id.clone() }.to_string()
    });
    let page = Page { items: page.items.iter().map(|task| names.task(task)).collect(), next: page.next };
    Ok(match query.format {
        Format::Json => Json(page).into_response(),
        Format::Csv => csv(&page.items).into_response(),
    })
}

/// A reach task
#[utoipa::path(
    get, path = "/api/v1/reach/tasks/{task}", tag = "network", operation_id = "network.task.read",
    params(("task" = String, Path)),
    responses((status = 200, body = TaskView), (status = 404, description = "No such task")),
    extensions(("x-permission" = json!("do_reach"))),
)]
pub(super) async fn read(
    caller: CanDoReach,
    State(slice): State<Slice>,
    Path(task): Path<String>,
) -> Result<Json<TaskView>, Problem> {
    let task = slice.task(&caller, &task).await?;
    Ok(Json(slice.task_names(&caller).await?.task(&task)))
}

pub(super) fn way(hops: &[TaskPerson], name: fn(&TaskPerson) -> &str) -> String {
    hops.iter().map(name).collect::<Vec<_>>().join(" → ")
}

fn csv(tasks: &[TaskView]) -> Csv {
    let columns = [
        "task",
        "state",
        "assignee",
        "unit",
        "from",
        "to",
        "way",
        "chance",
        "due_at",
        "created_at",
        "closed_at",
        "note",
        "script_zh",
        "script_en",
    ];
    let mut csv = Csv::new("reach-tasks", &columns);
    for task in tasks {
        let name = |person: Option<&TaskPerson>| person.map(|person| person.name.zh.clone());
        csv.line([
            task.id.clone().into(),
            task.state.as_str().into(),
            task.assignee.name.clone().into(),
            task.unit.as_ref().map(|unit| unit.name.clone()).into(),
            name(task.hops.first()).into(),
            name(task.hops.last()).into(),
            way(&task.hops, |person| &person.name.zh).into(),
            task.chance.into(),
            task.due_at.into(),
            task.created_at.into(),
            task.closed_at.into(),
            task.note.clone().into(),
            task.script.zh.clone().into(),
            task.script.en.clone().into(),
        ]);
    }
    csv
}
