//! `POST /api/v1/reach/tasks`

use axum::{extract::State, http::StatusCode};
use kernel::{ErrorCode, StaffId, Timestamp};
use serde::Deserialize;
use utoipa::ToSchema;
use web::{CanPlanReach, Json, Origin, Principal, Problem};

use super::routes::visible;
use super::tasks::{TaskView, Terms, doer, owner_in_scope, text};
use crate::{
    Slice,
    ops::{
        plan_reach::PlanWanted,
        reach_tasks::{ReachCommand, ReachOrder, ReachOutcome},
    },
};

/// Routes that are compared with the one asked for.
const ROUTES_MAX: usize = 10;

/// A task to set.
#[derive(Deserialize, ToSchema)]
#[schema(example = json!({"from": "p1", "to": "user:b3", "due_at": "2026-11-25T10:00:00Z"}))]
pub(super) struct NewTask {
    /// A root in the caller's scope: `p42`, `user:<id>` or `anonymous:<id>`.
    from: String,
    /// Who is to be reached.
    to: String,
    /// People not to go through.
    #[serde(default)]
    avoid: Vec<String>,
    /// The `key` of the route as `GET /network/paths` told it; the most reliable one when missing.
    route: Option<String>,
    /// Whom the root belongs to when missing.
    #[schema(value_type = Option<String>)]
    assignee: Option<StaffId>,
    /// In three days when missing.
    #[schema(value_type = Option<String>, format = DateTime)]
    due_at: Option<Timestamp>,
    /// What the first one asked is told, in Chinese; made from the route when missing.
    script_zh: Option<String>,
    /// The same in English.
    script_en: Option<String>,
}

/// Set a reach task
#[utoipa::path(
    post, path = "/api/v1/reach/tasks", tag = "network", operation_id = "network.task.create",
    request_body = NewTask,
    responses(
        (status = 201, body = TaskView),
        (status = 404, description = "One of the people is not in the caller's scope"),
        (status = 409, description = "There is no such route any more, or a task to reach them is open already"),
        (status = 422, description = "A field is not valid"),
    ),
    extensions(("x-permission" = json!("plan_reach"))),
)]
pub(super) async fn create(
    caller: CanPlanReach,
    State(slice): State<Slice>,
    origin: Origin,
    Json(new): Json<NewTask>,
) -> Result<(StatusCode, Json<TaskView>), Problem> {
    let live = slice.live(caller.workspace, None).await?;
    let from = slice.handle(caller.workspace, &new.from).await?;
    let to = slice.handle(caller.workspace, &new.to).await?;
    let avoid = slice.handles(caller.workspace, Some(&new.avoid.join(","))).await?;
    let (script_zh, script_en) = (text(new.script_zh, "script_zh")?, text(new.script_en, "script_en")?);
    let due_at = slice.due(new.due_at)?;
    let owner = live.read(|network| {
        let seen =
            avoid.iter().chain([&to]).all(|person| visible(network, network.people().person(*person), &caller.scope));
        owner_in_scope(network, from, &caller.scope).filter(|_| seen).ok_or(ErrorCode::NotFound)
    })?;
    let assignee = slice.assignee(&caller, new.assignee, &owner).await?;
    let limit = if new.route.is_some() { ROUTES_MAX } else { 1 };
    let wanted = PlanWanted { from, to, limit, avoid, as_of: slice.clock.now() };
    let plan = live.plan(wanted).await.map_err(Problem::unavailable)?;
    let route = plan.routes.into_iter().find(|route| new.route.as_ref().is_none_or(|key| route.key() == *key));
    let route = route.ok_or_else(|| {
        Problem::new(ErrorCode::Conflict).detail("There is no such route any more: plan again and choose another")
    })?;
    let terms = Terms { owner, assignee, due_at, follows: None };
    let mut drawn = slice.draw_up(&caller, &live, &caller.scope, &[(route, terms)]).await?;
    for task in &mut drawn {
        task.script.zh = script_zh.clone().unwrap_or_else(|| task.script.zh.clone());
        task.script.en = script_en.clone().unwrap_or_else(|| task.script.en.clone());
    }
    let order = ReachOrder {
        by: origin.by(&caller),
        workspace: caller.workspace,
        at: slice.clock.now(),
        command: ReachCommand::Create(drawn),
    };
    let ReachOutcome::Done(made) = slice.reach(order).await? else { return Err(ErrorCode::NotFound.into()) };
    let made = made.first().ok_or_else(|| {
        Problem::new(ErrorCode::Conflict).detail("A task to reach this person from there is open already")
    })?;
    let names = slice.task_names(&caller).await?;
    Ok((StatusCode::CREATED, Json(names.task(made))))
}

impl Slice {
    /// Hands in a command on reach tasks, and lets its facts be fetched.
    pub(super) async fn reach(&self, order: ReachOrder) -> Result<ReachOutcome, Problem> {
        let outcome = self.reaching.submit(order).await.map_err(Problem::unavailable)?;
        self.signal.notify_one();
        Ok(outcome)
    }

    /// Somebody who was named to do something, if they work here.
    pub(super) async fn works_here(&self, caller: &Principal, named: StaffId) -> Result<StaffId, Problem> {
        let staff = self.directory.staff(caller.workspace).await.map_err(Problem::unavailable)?;
        let known = staff.iter().any(|colleague| colleague.id == named);
        known.then_some(named).ok_or_else(|| Problem::invalid("assignee", "nobody of this id works here"))
    }

    /// Who is to do it: who was named and works here, else whom the root belongs to, else who asks.
    pub(super) async fn assignee(
        &self,
        caller: &Principal,
        named: Option<StaffId>,
        owner: &kernel::RootOwner,
    ) -> Result<StaffId, Problem> {
        if let Some(named) = named {
            return self.works_here(caller, named).await;
        }
        let staff = self.directory.staff(caller.workspace).await.map_err(Problem::unavailable)?;
        let found = doer(&staff, owner).map(|colleague| colleague.id.clone()).or_else(|| caller.staff().cloned());
        found.ok_or_else(|| {
            Problem::invalid("assignee", "name who is to do it: the root belongs to nobody of the staff")
        })
    }
}
