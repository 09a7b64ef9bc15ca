//! Deciding who is who: written down with its reason, told in the audit trail, and sent as a fact, which carries it out.

use std::collections::BTreeSet;

use async_trait::async_trait;
use db::{
    DbError, Decider, Tx,
    audit::{self, By, Entry},
    outbox,
    sticky::{Sticky, Stuck},
};
use facts::{Fact, IdentityDecided, IdentityDecision, names};
use kernel::{Handle, Timestamp, WorkspaceId};
use serde_json::{Value as Json, json};

use crate::store::queue::{self, Decision, Pair, TakenBack, What};

/// A decision, and who decides.
#[derive(Clone, Debug)]
pub(crate) struct Order {
    pub(crate) workspace: WorkspaceId,
    pub(crate) by: By,
    pub(crate) id: String,
    pub(crate) reason: String,
    pub(crate) choice: Choice,
    pub(crate) sticky: Option<Sticky>,
}

/// What is decided.
#[derive(Clone, Debug)]
pub(crate) enum Choice {
    Make { what: What, one: Vec<Handle>, other: Vec<Handle>, conflict: Option<Pair> },
    TakeBack { decision: String },
}

/// What became of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    Done,
    /// It was done already, under the same key.
    Again,
    /// The conflict does not wait for a decision any more.
    Settled,
    /// There is no such decision.
    NoSuchDecision,
    /// It was taken back before.
    TakenBackBefore,
}

/// Decides who is who.
pub(crate) struct Deciding;

#[async_trait]
impl Decider for Deciding {
    type Command = Order;
    type Outcome = Outcome;

    fn name(&self) -> &'static str {
        "identity_decisions"
    }

    async fn decide(&self, tx: &Tx, orders: &[Order]) -> Result<Vec<Outcome>, DbError> {
        let mut stuck = Stuck::load(tx, orders.iter().filter_map(|order| order.sticky.as_ref())).await?;
        let (mut outcomes, mut told) = (Vec::with_capacity(orders.len()), Vec::new());
        for order in orders {
            if order.sticky.as_ref().is_some_and(|sticky| stuck.is_taken(sticky)) {
                outcomes.push(Outcome::Again);
                continue;
            }
            let outcome = match &order.choice {
                Choice::Make { what, one, other, conflict } => make(tx, order, (*what, one, other), *conflict).await?,
                Choice::TakeBack { decision } => take_back(tx, order, decision).await?,
            };
            if outcome == Outcome::Done {
                told.push(order.entry(tx.at()));
                order.sticky.iter().for_each(|sticky| stuck.keep(sticky.clone()));
            }
            outcomes.push(outcome);
        }
        stuck.store(tx).await?;
        audit::write(tx, told).await?;
        Ok(outcomes)
    }
}

async fn make(
    tx: &Tx,
    order: &Order,
    (what, one, other): (What, &[Handle], &[Handle]),
    conflict: Option<Pair>,
) -> Result<Outcome, DbError> {
    let workspace = order.workspace;
    if let Some(pair) = conflict {
        let open = queue::conflict(tx, workspace, pair).await?.is_some_and(|conflict| conflict.state == "open");
        let on_its_way = queue::on_their_way(tx, workspace, &[pair.0]).await?.contains(&pair);
        if !open || on_its_way {
            return Ok(Outcome::Settled);
        }
    }
    let decision = Decision {
        id: order.id.clone(),
        what,
        one: one.to_vec(),
        other: other.to_vec(),
        conflict,
        reason: order.reason.clone(),
        by: order.by.actor.clone(),
        at: tx.at(),
        fact: None,
        taken_back: None,
    };
    queue::insert_decision(tx, workspace, &decision).await?;
    let what = match what {
        What::Merge => IdentityDecision::Merge,
        What::Apart | What::Split => IdentityDecision::Apart,
    };
    let decided = IdentityDecided { decision: order.id.clone(), what, one: one.to_vec(), other: other.to_vec() };
    let fact = fact(format!("decision-{}", order.id), &decided, tx.at())?;
    outbox::emit(tx, workspace, &[fact]).await?;
    Ok(Outcome::Done)
}

async fn take_back(tx: &Tx, order: &Order, decision: &str) -> Result<Outcome, DbError> {
    let found = queue::decisions_by_id(tx, order.workspace, vec![decision.to_owned()]).await?;
    let Some(found) = found.first() else { return Ok(Outcome::NoSuchDecision) };
    if found.taken_back.is_some() {
        return Ok(Outcome::TakenBackBefore);
    }
    let back = TakenBack { by: order.by.actor.clone(), at: tx.at(), reason: order.reason.clone() };
    queue::take_decision_back(tx, order.workspace, decision, &back).await?;
    let decided = IdentityDecided {
        decision: decision.to_owned(),
        what: IdentityDecision::Undo,
        one: Vec::new(),
        other: Vec::new(),
    };
    let fact = fact(format!("undo-{decision}"), &decided, tx.at())?;
    outbox::emit(tx, order.workspace, &[fact]).await?;
    Ok(Outcome::Done)
}

/// The fact that carries a decision out.
fn fact(message_id: String, decided: &IdentityDecided, at: Timestamp) -> Result<Vec<u8>, DbError> {
    Ok(Fact::ours(facts::IDENTITY, names::IDENTITY_DECIDED, message_id, decided, at)?.to_log()?)
}

impl Order {
    fn entry(&self, at: Timestamp) -> Entry {
        let persons = |handles: &[Handle]| -> Vec<String> {
            let few: BTreeSet<Handle> = handles.iter().copied().take(IN_TRAIL).collect();
            few.into_iter().map(|handle| kernel::PersonId(handle).to_string()).collect()
        };
        let (action, subject, after): (&str, String, Json) = match &self.choice {
            Choice::Make { what, one, other, .. } => (
                match what {
                    What::Merge => "identity.merged",
                    What::Apart => "identity.kept_apart",
                    What::Split => "identity.split",
                },
                format!("decision:{}", self.id),
                json!({"one": persons(one), "other": persons(other), "reason": self.reason}),
            ),
            Choice::TakeBack { decision } => {
                ("identity.taken_back", format!("decision:{decision}"), json!({"reason": self.reason}))
            }
        };
        let (action, by) = (action.to_owned(), self.by.clone());
        Entry { workspace: self.workspace, at, by, action, subject, before: None, after: Some(after) }
    }
}

/// So many ids of each side stand in the audit trail.
const IN_TRAIL: usize = 20;
