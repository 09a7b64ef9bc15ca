//! Who is who: what waits for a decision, what a decision would do, deciding, and what was decided.

pub(super) mod list_conflicts;
pub(super) mod list_decisions;
pub(super) mod make_decision;
pub(super) mod preview_decision;

use std::collections::BTreeMap;

use facts::{Identified, PersonRef};
use kernel::{ErrorCode, Handle, PersonId, WorkspaceId};
use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use web::Problem;

use crate::{
    model::{Known, Profile},
    ops::{Slice, decide::Choice, foresee::side},
    rules::{Namespaces, masked},
    store::{
        self,
        evidence::{self, Standing},
        queue::{self, Pair, What},
    },
};

/// Ids that one request may name.
const IDS_MAX: usize = 10_000;

/// A decision about who is who.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(tag = "what", rename_all = "snake_case")]
pub(in crate::http) enum DecisionAsked {
    /// Answers a conflict.
    Conflict {
        /// The conflict's id.
        conflict: String,
        answer: ConflictAnswer,
    },
    /// Two people are one.
    Merge {
        /// `p42`, `user:<id>` or `anonymous:<id>`.
        one: String,
        /// The same of the other.
        other: String,
    },
    /// Some ids of a person are somebody else's.
    Split {
        person: String,
        /// The ids that go, each as the person it would be: `p12`.
        #[schema(value_type = Vec<String>)]
        ids: Vec<PersonId>,
    },
    /// A piece of evidence is wrong: the ids on either side of it are two people.
    Evidence {
        /// Its two ids, as they stand there.
        #[schema(value_type = String)]
        id: PersonId,
        #[schema(value_type = String)]
        into: PersonId,
    },
    /// An earlier decision is taken back with all it did.
    TakeBack {
        /// The decision's id.
        decision: String,
    },
}

/// How a conflict is answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(in crate::http) enum ConflictAnswer {
    /// Both are one person.
    Merge,
    /// They are two persons, and the id stays where it is.
    Apart,
    /// They are two persons, and the id goes to the other: a phone number that got a new owner.
    Move,
}

/// Somebody a conflict or a decision is about.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(in crate::http) struct Side {
    /// The person the id belongs to today.
    #[schema(value_type = String)]
    person: PersonId,
    name: Option<String>,
    /// Phone with its middle hidden.
    phone_masked: Option<String>,
    /// Key of the id's namespace.
    namespace: String,
    /// The id, its middle hidden.
    value: String,
    /// How many ids the person has.
    ids: usize,
}

/// A conflict's id, as it stands in addresses.
fn conflict_id((handle, into): Pair) -> String {
    format!("{}-{}", handle.0, into.0)
}

fn pair_of(id: &str) -> Option<Pair> {
    let (handle, into) = id.split_once('-')?;
    Some((Handle(handle.parse().ok()?), Handle(into.parse().ok()?)))
}

/// What is to be told of ids and of the persons they belong to.
#[derive(Default)]
struct Sides(FxHashMap<Handle, Side>);

impl Sides {
    fn of(&self, handle: Handle) -> Option<Side> {
        self.0.get(&handle).cloned()
    }
}

impl Slice {
    pub(in crate::http) async fn namespaces(&self, workspace: WorkspaceId) -> Result<Namespaces, Problem> {
        let declared = evidence::namespaces(self.people.records.reads(), workspace).await;
        Ok(Namespaces::with(declared.map_err(Problem::unavailable)?))
    }

    async fn sides(&self, workspace: WorkspaceId, handles: &[Handle]) -> Result<Sides, Problem> {
        let reads = self.people.records.reads();
        let namespaces = self.namespaces(workspace).await?;
        let persons = evidence::persons_of(reads, workspace, handles).await.map_err(Problem::unavailable)?;
        let all: Vec<Handle> = persons.iter().flatten().map(|member| member.handle).collect();
        let ids = store::ids(reads, workspace, handles).await.map_err(Problem::unavailable)?;
        let profiles = store::profiles_in_workspace(reads, workspace, &all).await.map_err(Problem::unavailable)?;
        let mut profiles: FxHashMap<Handle, Profile> =
            profiles.into_iter().map(|profile| (profile.handle, profile)).collect();
        let mut ids: FxHashMap<Handle, Known> = ids.into_iter().map(|known| (known.handle, known)).collect();
        let mut sides = Sides::default();
        for members in persons {
            let Some(person) = members.iter().map(|member| member.handle).min() else { continue };
            let own = members.iter().filter_map(|member| profiles.remove(&member.handle)).collect();
            let known: Identified = Profile::of_person(own);
            for member in &members {
                let Some(Known { space, value, .. }) = ids.remove(&member.handle) else { continue };
                let side = Side {
                    person: PersonId(person),
                    name: known.name.clone(),
                    phone_masked: known.phone_masked(),
                    namespace: namespaces.key_of(space),
                    value: masked(&value),
                    ids: members.len(),
                };
                sides.0.insert(member.handle, side);
            }
        }
        Ok(sides)
    }

    /// What those who decided are called.
    async fn actors(&self, workspace: WorkspaceId) -> Result<BTreeMap<String, String>, Problem> {
        self.circles.actors(workspace).await.map_err(Problem::unavailable)
    }

    /// All handles of somebody who is named in a request.
    async fn named(&self, workspace: WorkspaceId, person: &str) -> Result<Vec<Handle>, Problem> {
        let none = || Problem::new(ErrorCode::NotFound).detail(format!("There is nobody named {person}"));
        let asked = PersonRef::parse(person).ok_or_else(none)?;
        let found = self.visible(workspace, &kernel::Scope::All, asked).await.map_err(Problem::unavailable)?;
        found.ok_or_else(none)
    }

    /// What a request would have decided, in handles.
    async fn choice(&self, workspace: WorkspaceId, asked: &DecisionAsked) -> Result<Choice, Problem> {
        match asked {
            DecisionAsked::Conflict { conflict, answer } => self.answered(workspace, conflict, *answer).await,
            DecisionAsked::Merge { one, other } => {
                let (one, other) = (self.named(workspace, one).await?, self.named(workspace, other).await?);
                if one == other {
                    return Err(Problem::invalid("other", "they are one person already"));
                }
                Ok(Choice::Make { what: What::Merge, one: vec![one[0]], other: vec![other[0]], conflict: None })
            }
            DecisionAsked::Split { person, ids } => {
                let all = self.named(workspace, person).await?;
                if ids.is_empty() || ids.len() > IDS_MAX || !ids.iter().all(|id| all.contains(&id.0)) {
                    return Err(Problem::invalid("ids", "ids of this person, at least one"));
                }
                let (one, other): (Vec<Handle>, Vec<Handle>) =
                    all.into_iter().partition(|handle| ids.iter().any(|id| id.0 == *handle));
                if other.is_empty() {
                    return Err(Problem::invalid("ids", "leave the person at least one id"));
                }
                Ok(Choice::Make { what: What::Split, one, other, conflict: None })
            }
            DecisionAsked::Evidence { id, into } => self.without_evidence(workspace, (id.0, into.0)).await,
            DecisionAsked::TakeBack { decision } => {
                let reads = self.people.records.reads();
                let found = queue::decisions_by_id(reads, workspace, vec![decision.clone()]).await;
                match found.map_err(Problem::unavailable)?.first() {
                    None => Err(Problem::new(ErrorCode::NotFound).detail("There is no such decision")),
                    Some(found) if found.taken_back.is_some() => Err(taken_back_before()),
                    Some(_) => Ok(Choice::TakeBack { decision: decision.clone() }),
                }
            }
        }
    }

    async fn answered(&self, workspace: WorkspaceId, id: &str, answer: ConflictAnswer) -> Result<Choice, Problem> {
        let none = || Problem::new(ErrorCode::NotFound).detail("There is no such conflict");
        let (handle, into) = pair_of(id).ok_or_else(none)?;
        let reads = self.people.records.reads();
        let found = queue::conflict(reads, workspace, (handle, into)).await.map_err(Problem::unavailable)?;
        if found.ok_or_else(none)?.state != "open" {
            return Err(settled());
        }
        let one = store::person_handles(reads, workspace, handle).await.map_err(Problem::unavailable)?;
        let other = store::person_handles(reads, workspace, into).await.map_err(Problem::unavailable)?;
        let (what, one, other) = match answer {
            ConflictAnswer::Merge => (What::Merge, vec![handle], vec![into]),
            ConflictAnswer::Apart => (What::Apart, one, other),
            ConflictAnswer::Move => {
                let rest: Vec<Handle> = one.into_iter().filter(|own| *own != handle).collect();
                if rest.is_empty() {
                    return Err(Problem::invalid("answer", "the id is nobody else's: merge, or keep them apart"));
                }
                (What::Split, vec![handle], rest)
            }
        };
        Ok(Choice::Make { what, one, other, conflict: Some((handle, into)) })
    }

    async fn without_evidence(&self, workspace: WorkspaceId, pair: Pair) -> Result<Choice, Problem> {
        let reads = self.people.records.reads();
        let all = store::person_handles(reads, workspace, pair.0).await.map_err(Problem::unavailable)?;
        let pieces = evidence::touching(reads, workspace, &all).await.map_err(Problem::unavailable)?;
        let joins = |piece: &&evidence::Stored| {
            (piece.handle, piece.into) == pair && piece.standing == Standing::Joins && piece.retracted_by.is_none()
        };
        let Some(piece) = pieces.iter().find(joins) else {
            return Err(
                Problem::new(ErrorCode::NotFound).detail("No evidence joins these two ids; read the person again")
            );
        };
        if piece.decision.is_some() {
            return Err(Problem::new(ErrorCode::Conflict).detail("A decision joined them; take that decision back"));
        }
        let side = side(&pieces, pair);
        let (one, other): (Vec<Handle>, Vec<Handle>) = all.into_iter().partition(|handle| side.contains(handle));
        if other.is_empty() {
            return Err(
                Problem::new(ErrorCode::Conflict).detail("Other evidence joins them too; choose the ids that go")
            );
        }
        Ok(Choice::Make { what: What::Split, one, other, conflict: None })
    }
}

fn settled() -> Problem {
    Problem::new(ErrorCode::Conflict)
        .detail("This conflict does not wait for a decision any more; read the queue again")
}

fn taken_back_before() -> Problem {
    Problem::new(ErrorCode::Conflict).detail("This decision was taken back before")
}
