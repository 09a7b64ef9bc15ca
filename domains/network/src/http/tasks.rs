//! What the endpoints of reach tasks share: how a task is told, who may see it, and how one is drawn up.

use std::collections::BTreeMap;

use kernel::{ErrorCode, Handle, PersonId, RootOwner, Scope, StaffId, Timestamp, UnitId};
use serde::Serialize;
use utoipa::ToSchema;
use web::{Principal, Problem};

use super::{
    naming::{Sentence, UnitBrief},
    routes::{Seen, Telling},
};
use crate::{
    Colleague, Slice,
    model::{
        Network,
        reach::{Task, TaskHop, TaskState},
    },
    ops::plan_reach::PlannedRoute,
    rules::words::Words,
    store::reach as store,
    subscribe::LiveNetwork,
};

/// Characters of a task's id.
const ID_LENGTH: usize = 12;
/// Days a task may take when nobody says how long.
const DUE_DAYS: i64 = 3;
/// Longest script or note, in characters.
const TEXT_CHARS_MAX: usize = 2000;

/// A member of staff by id and name.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(super) struct StaffBrief {
    #[schema(value_type = String)]
    id: StaffId,
    /// The id again when they have gone.
    pub(super) name: String,
}

/// Somebody on the way, as the one who planned it saw them.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(super) struct TaskPerson {
    /// Null for a person the planner may not see.
    #[schema(value_type = Option<String>)]
    person: Option<PersonId>,
    pub(super) name: Sentence,
    /// The chance that they answer the one before, 0 to 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    chance: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    evidence: Option<Sentence>,
    /// They said no.
    refused: bool,
}

/// A task: a member of staff is to reach somebody through others.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(super) struct TaskView {
    pub(super) id: String,
    pub(super) state: TaskState,
    /// From the root to whom is to be reached.
    pub(super) hops: Vec<TaskPerson>,
    /// The chance that all of them answer, 0 to 1.
    pub(super) chance: f64,
    pub(super) assignee: StaffBrief,
    /// The unit of the root.
    pub(super) unit: Option<UnitBrief>,
    /// What the first one asked is told.
    pub(super) script: Sentence,
    pub(super) note: Option<String>,
    #[schema(value_type = String, format = DateTime)]
    pub(super) due_at: Timestamp,
    #[schema(value_type = String, format = DateTime)]
    pub(super) created_at: Timestamp,
    #[schema(value_type = Option<String>, format = DateTime)]
    pub(super) closed_at: Option<Timestamp>,
    /// The facts showed that whoever was to be reached came: nobody had to say so.
    pub(super) recognised: bool,
    /// The task whose refusal led to this one.
    pub(super) follows: Option<String>,
}

/// Names for telling tasks.
pub(super) struct TaskNames {
    staff: BTreeMap<StaffId, String>,
    units: std::sync::Arc<BTreeMap<UnitId, String>>,
    now: Timestamp,
}

impl TaskNames {
    pub(super) fn staff(&self, id: &StaffId) -> StaffBrief {
        StaffBrief { id: id.clone(), name: self.staff.get(id).cloned().unwrap_or_else(|| id.to_string()) }
    }

    pub(super) fn unit(&self, unit: Option<&UnitId>) -> Option<UnitBrief> {
        unit.map(|id| UnitBrief { id: id.clone(), name: self.units.get(id).cloned().unwrap_or_else(|| id.to_string()) })
    }

    pub(super) fn task(&self, task: &Task) -> TaskView {
        let hop = |hop: &TaskHop| TaskPerson {
            person: hop.seen.then_some(hop.person),
            name: hop.name.clone().into(),
            chance: hop.chance,
            evidence: hop.evidence.clone().map(Sentence::from),
            refused: task.refused_by == Some(hop.person.0),
        };
        TaskView {
            id: task.id.clone(),
            state: task.state_at(self.now),
            hops: task.route.iter().map(hop).collect(),
            chance: task.route.iter().filter_map(|hop| hop.chance).product(),
            assignee: self.staff(&task.assignee),
            unit: self.unit(task.owner.unit.as_ref()),
            script: task.script.clone().into(),
            note: task.note.clone(),
            due_at: task.due_at,
            created_at: task.created_at,
            closed_at: task.closed_at,
            recognised: task.closed_by.as_deref() == Some(crate::ops::reach_tasks::BY_ITSELF),
            follows: task.follows.clone(),
        }
    }
}

/// What a task is drawn up from, beside the route.
#[derive(Clone, Debug)]
pub(super) struct Terms {
    pub(super) owner: RootOwner,
    pub(super) assignee: StaffId,
    pub(super) due_at: Timestamp,
    pub(super) follows: Option<String>,
}

impl Slice {
    /// Names of staff and units.
    pub(super) async fn task_names(&self, caller: &Principal) -> Result<TaskNames, Problem> {
        let staff = self.directory.staff(caller.workspace).await.map_err(Problem::unavailable)?;
        let units = self.directory.units(caller.workspace).await.map_err(Problem::unavailable)?;
        let staff = staff.into_iter().map(|colleague| (colleague.id, colleague.name)).collect();
        Ok(TaskNames { staff, units, now: self.clock.now() })
    }

    /// A task that the caller may see.
    pub(super) async fn task(&self, caller: &Principal, id: &str) -> Result<Task, Problem> {
        let found = store::task_in_workspace(self.records.reads(), caller.workspace, id).await;
        let task = found.map_err(Problem::unavailable)?;
        task.filter(|task| task.is_seen_by(caller.staff(), &scope(caller))).ok_or_else(|| ErrorCode::NotFound.into())
    }

    /// When a task is due that nobody has set a time for.
    pub(super) fn due(&self, asked: Option<Timestamp>) -> Result<Timestamp, Problem> {
        let now = self.clock.now();
        match asked {
            None => Ok(now.plus_secs(DUE_DAYS * 86_400)),
            Some(at) if at <= now => Err(Problem::invalid("due_at", "must be in the future")),
            Some(at) => Ok(at),
        }
    }

    /// Draws up a task over each of these routes, with the names and the evidence as this scope sees them.
    pub(super) async fn draw_up(
        &self,
        caller: &Principal,
        live: &LiveNetwork,
        seen_by: &Scope,
        routes: &[(PlannedRoute, Terms)],
    ) -> Result<Vec<Task>, Problem> {
        let now = self.clock.now();
        let mut seen = live.read(|network| Seen::of(network, routes.iter().map(|(route, _)| route), seen_by));
        let names = std::mem::take(&mut seen.mentioned).look_up(self, caller.workspace).await?;
        let campaigns = self.campaign_names(caller.workspace).await?;
        let telling = seen.named(&names, &campaigns, now);
        let task = |(route, terms): &(PlannedRoute, Terms)| Task {
            workspace: caller.workspace,
            id: kernel::token(&*self.entropy, ID_LENGTH),
            route: hops(&telling, route),
            owner: terms.owner.clone(),
            assignee: terms.assignee.clone(),
            state: TaskState::Open,
            refused_by: None,
            note: None,
            script: telling.script(route),
            created_at: now,
            created_by: caller.actor.to_string(),
            due_at: terms.due_at,
            closed_at: None,
            closed_by: None,
            follows: terms.follows.clone(),
        };
        Ok(routes.iter().map(task).collect())
    }
}

fn hops(telling: &Telling<'_>, route: &PlannedRoute) -> Vec<TaskHop> {
    let views = telling.hops(&route.people, &route.ties);
    let hop = |(person, view): (&Handle, super::routes::HopView)| TaskHop {
        person: PersonId(*person),
        seen: view.person.is_some(),
        name: telling.called(*person),
        chance: view.chance,
        evidence: view.evidence.map(Words::from),
    };
    route.people.iter().zip(views).map(hop).collect()
}

/// Whose roots' tasks the caller sees beside their own: all in their scope if they plan, else none.
pub(super) fn scope(caller: &Principal) -> Scope {
    if caller.permissions.contains(web::Permission::PlanReach) {
        caller.scope.clone()
    } else {
        Scope::Units(std::collections::BTreeSet::new())
    }
}

/// Whom a root belongs to, if the caller may start from it.
pub(super) fn owner_in_scope(network: &Network, root: Handle, scope: &Scope) -> Option<RootOwner> {
    let root = network.people().person(root);
    let mut owners = network.campaigns().iter().filter_map(|campaign| campaign.cascade.tree_of_root(root));
    owners.find(|tree| scope.covers(&tree.owner)).map(|tree| tree.owner.clone())
}

/// Who does what starts from a root: whom it belongs to, else who works in its unit.
pub(super) fn doer<'a>(staff: &'a [Colleague], owner: &RootOwner) -> Option<&'a Colleague> {
    let owning = staff.iter().find(|colleague| Some(&colleague.id) == owner.staff.as_ref());
    owning.or_else(|| staff.iter().find(|colleague| colleague.unit.is_some() && colleague.unit == owner.unit))
}

/// A text of a task, trimmed.
pub(super) fn text(text: Option<String>, field: &'static str) -> Result<Option<String>, Problem> {
    let text = text.map(|text| text.trim().to_owned());
    if text.as_ref().is_some_and(|text| text.chars().count() > TEXT_CHARS_MAX) {
        return Err(Problem::invalid(field, format!("at most {TEXT_CHARS_MAX} characters")));
    }
    Ok(text)
}
