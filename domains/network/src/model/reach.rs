//! A task: a member of staff is to reach somebody through others.

use facts::ReachAnswer;
use kernel::{Handle, PersonId, RootOwner, Scope, StaffId, Timestamp, WorkspaceId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::rules::words::Words;

/// Where a task stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum TaskState {
    /// To be done.
    Open,
    /// Whoever was to be reached came.
    Done,
    /// Somebody on the way said no.
    Refused,
    /// Nobody answered, or it led nowhere.
    Failed,
    /// Open, and its time is over.
    Expired,
}

impl TaskState {
    /// Every one, in order.
    pub const ALL: [Self; 5] = [Self::Open, Self::Done, Self::Refused, Self::Failed, Self::Expired];

    /// Its word in the API and in the records.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Done => "done",
            Self::Refused => "refused",
            Self::Failed => "failed",
            Self::Expired => "expired",
        }
    }

    /// Reads the word.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == word)
    }

    /// What the network learns of it.
    #[must_use]
    pub const fn answer(self) -> ReachAnswer {
        match self {
            Self::Done => ReachAnswer::Accepted,
            Self::Refused => ReachAnswer::Refused,
            Self::Failed => ReachAnswer::Failed,
            Self::Open | Self::Expired => ReachAnswer::Withdrawn,
        }
    }
}

/// Somebody on the way, as the one who planned it saw them.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TaskHop {
    /// By a handle of theirs.
    pub person: PersonId,
    /// Whether the one who planned it may see them; else they are somebody at a store.
    pub seen: bool,
    /// What they are called.
    pub name: Words,
    /// The chance that they answer the one before.
    pub chance: Option<f64>,
    /// Why they can be expected to.
    pub evidence: Option<Words>,
}

/// A task.
#[derive(Clone, Debug, PartialEq)]
pub struct Task {
    /// Whose.
    pub workspace: WorkspaceId,
    /// Drawn.
    pub id: String,
    /// From the root to whom is to be reached; at least two.
    pub route: Vec<TaskHop>,
    /// Whom the root belongs to.
    pub owner: RootOwner,
    /// Who is to do it.
    pub assignee: StaffId,
    /// Where it stands, [`TaskState::Expired`] never: that is told by the time.
    pub state: TaskState,
    /// Who said no.
    pub refused_by: Option<Handle>,
    /// What was noted.
    pub note: Option<String>,
    /// What the first one asked is told.
    pub script: Words,
    /// When it was set.
    pub created_at: Timestamp,
    /// By whom, as the audit trail names them.
    pub created_by: String,
    /// Until when.
    pub due_at: Timestamp,
    /// When it was answered.
    pub closed_at: Option<Timestamp>,
    /// By whom; `network` when the facts did.
    pub closed_by: Option<String>,
    /// The task whose refusal led to this one.
    pub follows: Option<String>,
}

impl Task {
    /// Where it stands at a time.
    #[must_use]
    pub fn state_at(&self, now: Timestamp) -> TaskState {
        if self.state == TaskState::Open && self.due_at < now { TaskState::Expired } else { self.state }
    }

    /// From whom it starts.
    #[must_use]
    pub fn root(&self) -> Handle {
        self.route.first().map_or(Handle(0), |hop| hop.person.0)
    }

    /// Who is to be reached.
    #[must_use]
    pub fn target(&self) -> Handle {
        self.route.last().map_or(Handle(0), |hop| hop.person.0)
    }

    /// Whether somebody may see it: it is theirs to do, or starts from a root they see.
    #[must_use]
    pub fn is_seen_by(&self, staff: Option<&StaffId>, scope: &Scope) -> bool {
        staff == Some(&self.assignee) || scope.covers(&self.owner)
    }
}
