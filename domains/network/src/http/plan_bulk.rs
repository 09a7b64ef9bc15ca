//! `POST /api/v1/reach/plans`, `GET /api/v1/reach/plans/{plan}` and `POST /api/v1/reach/plans/{plan}/tasks`

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use axum::{
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use kernel::{CampaignId, ErrorCode, Handle, StaffId, Timestamp};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use web::{CanPlanReach, Csv, Format, Json, Origin, Path, Principal, Problem, Query};

use super::{
    list_tasks::way,
    routes::visible,
    tasks::{StaffBrief, TaskView, Terms, doer},
};
use crate::{
    Slice,
    ops::{
        bulk_reach::{Bulk, BulkItem, BulkWanted, Start},
        reach_tasks::{ReachCommand, ReachOrder, ReachOutcome},
    },
    store::reach::open_tasks,
};

/// People planned for at once.
const TARGETS_MAX: usize = 500;
/// Tasks a member of staff gets when nobody says how many.
const PER_STAFF: usize = 20;
/// Characters of a plan's id.
const ID_LENGTH: usize = 16;

/// Many people to reach.
#[derive(Deserialize, ToSchema)]
#[schema(example = json!({"kocs": {"campaign": "spring", "count": 200}, "per_staff_max": 10}))]
pub(super) struct NewPlan {
    /// Whom to reach: `p42`, `user:<id>` or `anonymous:<id>`; at most 500.
    #[serde(default)]
    targets: Vec<String>,
    /// The best key users of a campaign.
    kocs: Option<TopKocs>,
    /// Open tasks a member of staff may have, these included; 20 when missing.
    per_staff_max: Option<usize>,
    /// In three days when missing.
    #[schema(value_type = Option<String>, format = DateTime)]
    due_at: Option<Timestamp>,
}

/// The best key users of a campaign.
#[derive(Deserialize, ToSchema)]
pub(super) struct TopKocs {
    #[schema(value_type = String)]
    campaign: CampaignId,
    /// How many; at most 500.
    count: usize,
}

/// A plan for many, as far as it is.
#[derive(Serialize, ToSchema)]
pub(super) struct BulkView {
    id: String,
    /// Whether everybody has been looked at.
    ready: bool,
    /// So many have been looked at.
    done: usize,
    /// Of so many.
    total: usize,
    /// The task that each would become; whoever nobody reaches is not among them.
    items: Vec<TaskView>,
    /// Whom nobody can reach, or nobody has time for.
    without: Vec<WithoutRow>,
    /// How many tasks each of the staff would get.
    load: Vec<LoadRow>,
}

/// Somebody without a task.
#[derive(Serialize, ToSchema)]
pub(super) struct WithoutRow {
    #[schema(value_type = String)]
    person: kernel::PersonId,
    /// Somebody could reach them, but has enough to do.
    reachable: bool,
}

/// What a member of staff would get.
#[derive(Serialize, ToSchema)]
pub(super) struct LoadRow {
    staff: StaffBrief,
    tasks: usize,
}

/// What was made of a plan.
#[derive(Serialize, ToSchema)]
pub(super) struct BulkMade {
    /// Tasks that were set.
    made: usize,
    /// People whom a task from there was to reach already.
    passed_over: usize,
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct BulkQuery {
    #[serde(default)]
    #[param(inline)]
    format: Format,
}

/// Plan how to reach many people
///
/// For each the member of staff who reaches them best, nobody getting too much. Ask for the plan by its id: it says how far
/// it is.
#[utoipa::path(
    post, path = "/api/v1/reach/plans", tag = "network", operation_id = "network.plan.create",
    request_body = NewPlan,
    responses(
        (status = 202, body = BulkView),
        (status = 404, description = "One of the people is not in the caller's scope, or there is no such campaign"),
        (status = 422, description = "A field is not valid"),
    ),
    extensions(("x-permission" = json!("plan_reach"))),
)]
pub(super) async fn create(
    caller: CanPlanReach,
    State(slice): State<Slice>,
    Json(new): Json<NewPlan>,
) -> Result<(StatusCode, Json<BulkView>), Problem> {
    let count = new.targets.len() + new.kocs.as_ref().map_or(0, |kocs| kocs.count);
    if count == 0 || count > TARGETS_MAX {
        return Err(Problem::invalid("targets", format!("name 1 to {TARGETS_MAX} people")));
    }
    let due_at = slice.due(new.due_at)?;
    let live = slice.live(caller.workspace, None).await?;
    let mut named = Vec::with_capacity(count);
    for target in &new.targets {
        named.push(slice.handle(caller.workspace, target).await?);
    }
    let as_of = slice.clock.now();
    let staff = slice.directory.staff(caller.workspace).await.map_err(Problem::unavailable)?;
    let (targets, starts, refused) = live.read(|network| {
        let mut targets: BTreeSet<Handle> = named.iter().map(|person| network.people().person(*person)).collect();
        if targets.iter().any(|person| !visible(network, *person, &caller.scope)) {
            return Err(ErrorCode::NotFound);
        }
        if let Some(TopKocs { campaign, count }) = &new.kocs {
            let kocs = network.kocs(campaign, &caller.scope, None, as_of, *count).ok_or(ErrorCode::NotFound)?;
            targets.extend(kocs.iter().map(|koc| koc.candidate.person));
        }
        let mut starts: BTreeMap<Handle, Start> = BTreeMap::new();
        for tree in network.campaigns().iter().flat_map(|campaign| campaign.cascade.trees(&caller.scope)) {
            if let Some(colleague) = doer(&staff, &tree.owner) {
                let start = Start { person: tree.person, owner: tree.owner.clone(), staff: colleague.id.clone() };
                starts.entry(tree.person).or_insert(start);
            }
        }
        let refused = |target: &Handle| (*target, network.reaches().refused(network.people(), *target, as_of));
        let refused: BTreeMap<Handle, Vec<Handle>> = targets.iter().map(refused).collect();
        Ok((targets, starts, refused))
    })?;
    let room = slice.room(&caller, &starts, new.per_staff_max.unwrap_or(PER_STAFF)).await?;
    let targets: Vec<Handle> = targets.into_iter().filter(|target| !starts.contains_key(target)).collect();
    let bulk = Arc::new(Bulk::new(caller.workspace, caller.actor.to_string(), due_at, targets.len()));
    let id = kernel::token(&*slice.entropy, ID_LENGTH);
    slice.bulks.keep(id.clone(), Arc::clone(&bulk));
    let wanted = BulkWanted { targets, starts: starts.into_values().collect(), room, refused, as_of };
    let graph = live.graph().await.map_err(Problem::unavailable)?;
    let (making, clock) = (Arc::clone(&bulk), Arc::clone(&slice.clock));
    tokio::task::spawn_blocking(move || making.make(&graph, &wanted, &*clock));
    Ok((StatusCode::ACCEPTED, Json(slice.bulk_view(&caller, id, &bulk).await?)))
}

/// A plan for many
#[utoipa::path(
    get, path = "/api/v1/reach/plans/{plan}", tag = "network", operation_id = "network.plan.read",
    params(("plan" = String, Path), BulkQuery),
    responses((status = 200, body = BulkView), (status = 404, description = "No such plan of the caller's")),
    extensions(("x-permission" = json!("plan_reach"))),
)]
pub(super) async fn read(
    caller: CanPlanReach,
    State(slice): State<Slice>,
    Path(id): Path<String>,
    Query(query): Query<BulkQuery>,
) -> Result<Response, Problem> {
    let bulk = slice.bulk(&caller, &id)?;
    let view = slice.bulk_view(&caller, id, &bulk).await?;
    Ok(match query.format {
        Format::Json => Json(view).into_response(),
        Format::Csv => csv(&view).into_response(),
    })
}

/// Make tasks of a plan
#[utoipa::path(
    post, path = "/api/v1/reach/plans/{plan}/tasks", tag = "network", operation_id = "network.plan.make",
    params(("plan" = String, Path)),
    responses(
        (status = 201, body = BulkMade),
        (status = 404, description = "No such plan of the caller's"),
        (status = 409, description = "It is still being made"),
    ),
    extensions(("x-permission" = json!("plan_reach"))),
)]
pub(super) async fn make(
    caller: CanPlanReach,
    State(slice): State<Slice>,
    origin: Origin,
    Path(id): Path<String>,
) -> Result<(StatusCode, Json<BulkMade>), Problem> {
    let bulk = slice.bulk(&caller, &id)?;
    let unfinished = || Problem::new(ErrorCode::Conflict).detail("It is still being planned: wait until it is ready");
    let items = bulk.made().ok_or_else(unfinished)?;
    let live = slice.live(caller.workspace, None).await?;
    let tasks = slice.draw_up(&caller, &live, &caller.scope, &terms(&items, bulk.due_at)).await?;
    let count = tasks.len();
    let order = ReachOrder {
        by: origin.by(&caller),
        workspace: caller.workspace,
        at: slice.clock.now(),
        command: ReachCommand::Create(tasks),
    };
    let ReachOutcome::Done(made) = slice.reach(order).await? else { return Err(ErrorCode::NotFound.into()) };
    Ok((StatusCode::CREATED, Json(BulkMade { made: made.len(), passed_over: count - made.len() })))
}

fn terms(items: &[BulkItem], due_at: Timestamp) -> Vec<(crate::ops::plan_reach::PlannedRoute, Terms)> {
    let reached = items.iter().filter_map(|item| item.by.clone());
    let with_terms = reached.map(|(start, route)| {
        let Start { owner, staff, .. } = start;
        (route, Terms { owner, assignee: staff, due_at, follows: None })
    });
    with_terms.collect()
}

impl Slice {
    fn bulk(&self, caller: &Principal, id: &str) -> Result<Arc<Bulk>, Problem> {
        let found = self.bulks.get(caller.workspace, &caller.actor.to_string(), id);
        let gone = || Problem::new(ErrorCode::NotFound).detail("There is no such plan any more: plan again");
        found.ok_or_else(gone)
    }

    /// How many more tasks each of those who could do some may get.
    async fn room(
        &self,
        caller: &Principal,
        starts: &BTreeMap<Handle, Start>,
        per_staff_max: usize,
    ) -> Result<BTreeMap<StaffId, usize>, Problem> {
        let open = open_tasks(self.records.reads(), caller.workspace, self.clock.now()).await;
        let mut room: BTreeMap<StaffId, usize> =
            starts.values().map(|start| (start.staff.clone(), per_staff_max)).collect();
        for (staff, ..) in open.map_err(Problem::unavailable)? {
            if let Some(left) = room.get_mut(&staff) {
                *left = left.saturating_sub(1);
            }
        }
        Ok(room)
    }

    async fn bulk_view(&self, caller: &Principal, id: String, bulk: &Bulk) -> Result<BulkView, Problem> {
        let made = bulk.made();
        let items = made.as_ref().map(|items| items.as_slice()).unwrap_or_default();
        let live = self.live(caller.workspace, None).await?;
        let tasks = self.draw_up(caller, &live, &caller.scope, &terms(items, bulk.due_at)).await?;
        let names = self.task_names(caller).await?;
        let mut load: BTreeMap<StaffId, usize> = BTreeMap::new();
        for task in &tasks {
            *load.entry(task.assignee.clone()).or_default() += 1;
        }
        let without = items.iter().filter(|item| item.by.is_none());
        Ok(BulkView {
            id,
            ready: made.is_some(),
            done: bulk.done(),
            total: bulk.total,
            items: tasks.iter().map(|task| names.task(task)).collect(),
            without: without
                .map(|item| WithoutRow { person: kernel::PersonId(item.target), reachable: item.reachable })
                .collect(),
            load: load.into_iter().map(|(staff, tasks)| LoadRow { staff: names.staff(&staff), tasks }).collect(),
        })
    }
}

fn csv(view: &BulkView) -> Csv {
    let mut csv = Csv::new("reach-plan", &["assignee", "unit", "way", "chance", "due_at", "script_zh", "script_en"]);
    for task in &view.items {
        csv.line([
            task.assignee.name.clone().into(),
            task.unit.as_ref().map(|unit| unit.name.clone()).into(),
            way(&task.hops, |person| &person.name.zh).into(),
            task.chance.into(),
            task.due_at.into(),
            task.script.zh.clone().into(),
            task.script.en.clone().into(),
        ]);
    }
    csv
}
