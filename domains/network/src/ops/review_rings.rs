//! Booking what a search found, and deciding about it. A decision is a fact: the network folds it, and whoever is kept out by it
//! counts nowhere any more.

use async_trait::async_trait;
use db::{
    DbError, Decider, Tx,
    audit::{self, By, Entry},
    outbox,
};
use facts::{Fact, RingReviewed, Verdict, names};
use kernel::{Timestamp, WorkspaceId};
use serde_json::json;

use crate::{
    rules::fraud::{Ring, overlap},
    store::rings::{self, Booked},
};

/// Two rings are the same one when they share so much of the smaller of them.
const SAME: f64 = 0.5;
/// And so much of the larger.
const SAME_OF_LARGER: f64 = 0.25;

/// What is asked of the queue.
#[derive(Clone, Debug)]
pub enum Review {
    /// Book what a search found.
    Book {
        /// Whose.
        workspace: WorkspaceId,
        /// Each with the id it gets if it is new.
        found: Vec<(String, Ring)>,
    },
    /// Decide about some rings.
    Decide {
        /// Whose.
        workspace: WorkspaceId,
        /// Who asks.
        by: By,
        /// Which.
        rings: Vec<String>,
        /// What is decided; [`Verdict::Open`] takes a decision back.
        verdict: Verdict,
        /// Why, in their words.
        why: Option<String>,
    },
}

/// What became of it.
#[derive(Clone, Debug, PartialEq)]
pub enum Reviewed {
    /// So many rings are new, so many were known.
    Found {
        /// Booked for the first time.
        new: u64,
        /// In the queue before.
        known: u64,
    },
    /// What holds now, in the order asked.
    Decided(Vec<Booked>),
    /// One of them is not there; nothing was decided.
    NoSuchRing,
}

/// Keeps the queue.
pub struct Reviewing;

#[async_trait]
impl Decider for Reviewing {
    type Command = Review;
    type Outcome = Reviewed;

    fn name(&self) -> &'static str {
        "network_rings"
    }

    async fn decide(&self, tx: &Tx, commands: &[Review]) -> Result<Vec<Reviewed>, DbError> {
        let mut outcomes = Vec::with_capacity(commands.len());
        for command in commands {
            outcomes.push(match command {
                Review::Book { workspace, found } => book(tx, *workspace, found).await?,
                Review::Decide { workspace, by, rings, verdict, why } => {
                    decide(tx, *workspace, by, rings, *verdict, why.as_deref()).await?
                }
            });
        }
        Ok(outcomes)
    }
}

/// A ring that is open is told anew; one that was decided keeps what it was decided on, and is only seen again.
async fn book(tx: &Tx, workspace: WorkspaceId, found: &[(String, Ring)]) -> Result<Reviewed, DbError> {
    let known = rings::rings_in_workspace(tx, workspace).await?;
    let mut changed = Vec::with_capacity(found.len());
    let mut taken = vec![false; known.len()];
    let mut new = 0;
    for (id, ring) in found {
        let place = (0..known.len()).filter(|place| !taken[*place]).find(|place| is_same(&known[*place].ring, ring));
        match place {
            Some(place) => {
                taken[place] = true;
                let mut booked = known[place].clone();
                booked.seen_at = tx.at();
                if booked.verdict == Verdict::Open {
                    booked.ring = ring.clone();
                }
                changed.push(booked);
            }
            None => {
                new += 1;
                changed.push(Booked {
                    id: id.clone(),
                    verdict: Verdict::Open,
                    ring: ring.clone(),
                    found_at: tx.at(),
                    seen_at: tx.at(),
                    revision: 0,
                    decided_at: None,
                    decided_by: None,
                    why: None,
                });
            }
        }
    }
    rings::put_rings(tx, workspace, &changed).await?;
    Ok(Reviewed::Found { new, known: changed.len() as u64 - new })
}

fn is_same(one: &Ring, other: &Ring) -> bool {
    let common = overlap(&one.people, &other.people) as f64;
    let (a, b) = (one.people.len(), other.people.len());
    common >= SAME * a.min(b) as f64 && common >= SAME_OF_LARGER * a.max(b) as f64
}

async fn decide(
    tx: &Tx,
    workspace: WorkspaceId,
    by: &By,
    ids: &[String],
    verdict: Verdict,
    why: Option<&str>,
) -> Result<Reviewed, DbError> {
    let known = rings::some_rings_in_workspace(tx, workspace, ids).await?;
    let asked = ids.iter().map(|id| known.iter().find(|booked| booked.id == *id).cloned());
    let Some(asked) = asked.collect::<Option<Vec<Booked>>>() else { return Ok(Reviewed::NoSuchRing) };
    let (mut told, mut facts, mut decided) = (Vec::new(), Vec::new(), Vec::new());
    for before in asked {
        if before.verdict == verdict {
            decided.push(before);
            continue;
        }
        let mut after = before.clone();
        after.verdict = verdict;
        after.revision += 1;
        after.decided_at = Some(tx.at());
        after.decided_by = Some(by.actor.clone());
        after.why = why.map(str::to_owned);
        facts.push(fact(&after, tx.at())?);
        told.push(Entry {
            workspace,
            at: tx.at(),
            by: by.clone(),
            action: format!("ring.{}", if verdict == Verdict::Open { "reopened" } else { verdict.as_str() }),
            subject: format!("ring:{}", after.id),
            before: Some(json!({"verdict": before.verdict, "why": before.why})),
            after: Some(json!({"verdict": verdict, "why": why, "people": after.ring.size})),
        });
        decided.push(after);
    }
    rings::put_rings(tx, workspace, &decided).await?;
    outbox::emit(tx, workspace, &facts).await?;
    audit::write(tx, told).await?;
    Ok(Reviewed::Decided(decided))
}

/// The decision as the log holds it.
fn fact(booked: &Booked, at: Timestamp) -> Result<Vec<u8>, DbError> {
    let review = RingReviewed { ring: booked.id.clone(), verdict: booked.verdict, people: booked.ring.people.clone() };
    let message_id = format!("ring-{}-{}", booked.id, booked.revision);
    Ok(Fact::ours(facts::NETWORK, names::RING_REVIEWED, message_id, &review, at)?.to_log()?)
}
