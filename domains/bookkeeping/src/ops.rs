//! Points given and taken back by hand.

use async_trait::async_trait;
use db::{
    DbError, Decider, Tx,
    audit::{self, By, Entry},
    sticky::{Sticky, Stuck},
};
use facts::NamedId;
use kernel::{Timestamp, WorkspaceId};
use ledger::{Book, Chain, Kind, Outcome as Booked, Owner, Refusal, Transfer, Unit, rules::owing::Cause};
use serde_json::json;

/// Points that somebody is given, or taken from.
#[derive(Clone, Debug)]
pub struct Gift {
    /// Whose workspace.
    pub workspace: WorkspaceId,
    /// Who gives.
    pub by: By,
    /// When.
    pub at: Timestamp,
    /// The chain's id.
    pub chain: String,
    /// To whom.
    pub subject: NamedId,
    /// How many; below zero they are taken back. Never zero.
    pub points: i64,
    /// Until when they can be used.
    pub ends_at: Option<Timestamp>,
    /// Why.
    pub reason: String,
    /// The answer that sticks.
    pub sticky: Option<Sticky>,
}

/// What became of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It is done.
    Done,
    /// It was done before under this key.
    Again,
    /// The ledger refused it.
    Refused(Refusal),
}

/// Decides gifts.
pub struct Giving;

#[async_trait]
impl Decider for Giving {
    type Command = Gift;
    type Outcome = Outcome;

    fn name(&self) -> &'static str {
        "bookkeeping"
    }

    async fn decide(&self, tx: &Tx, gifts: &[Gift]) -> Result<Vec<Outcome>, DbError> {
        let mut stuck = Stuck::load(tx, gifts.iter().filter_map(|gift| gift.sticky.as_ref())).await?;
        // What is moved depends on what is owed: the book comes first, the chains after it.
        let asked: Vec<(WorkspaceId, Chain)> = gifts
            .iter()
            .map(|gift| (gift.workspace, Chain { id: gift.chain.clone(), transfers: Vec::new() }))
            .collect();
        let beside = gifts.iter().flat_map(|gift| gift.cause().accounts().map(|key| (gift.workspace, key)));
        let beside: Vec<_> = beside.collect();
        let mut book = Book::load(tx, asked.iter().map(|(workspace, chain)| (*workspace, chain)), beside).await?;
        let (mut outcomes, mut entries) = (Vec::with_capacity(gifts.len()), Vec::new());
        for gift in gifts {
            if gift.sticky.as_ref().is_some_and(|sticky| stuck.is_taken(sticky)) {
                outcomes.push(Outcome::Again);
                continue;
            }
            let chain = Chain { id: gift.chain.clone(), transfers: gift.transfers(&book) };
            outcomes.push(match book.decide(gift.workspace, &chain, tx.at()) {
                Booked::Done => {
                    entries.push(gift.entry());
                    if let Some(sticky) = &gift.sticky {
                        stuck.keep(sticky.clone());
                    }
                    Outcome::Done
                }
                // After its answer was forgotten: what was asked is the same, so the answer is.
                Booked::Again => Outcome::Done,
                Booked::Refused(refusal) => Outcome::Refused(refusal),
            });
        }
        book.store(tx).await?;
        audit::write(tx, entries).await?;
        stuck.store(tx).await?;
        Ok(outcomes)
    }
}

impl Gift {
    fn cause(&self) -> Cause<'_> {
        Cause {
            unit: Unit::Points,
            owner: Owner::subject(&self.subject),
            other: (Owner::of("world", "issuer"), Kind::External),
            code: if self.points > 0 { "points.given" } else { "points.taken_back" },
            reference: &self.reason,
        }
    }

    fn transfers(&self, book: &Book) -> Vec<Transfer> {
        if self.points < 0 {
            return book.clawing_back(self.workspace, &self.cause(), self.points.saturating_neg());
        }
        let earned = book.earning(self.workspace, &self.cause(), self.points);
        let ending = |transfer: Transfer| match self.ends_at {
            Some(at) if transfer.to.1 == Kind::Own => transfer.ending(at),
            _ => transfer,
        };
        earned.into_iter().map(ending).collect()
    }

    fn entry(&self) -> Entry {
        Entry {
            workspace: self.workspace,
            at: self.at,
            by: self.by.clone(),
            action: if self.points > 0 { "points.given" } else { "points.taken_back" }.to_owned(),
            subject: format!("chain:{}", self.chain),
            before: None,
            after: Some(json!({"points": self.points, "reason": self.reason, "ends_at": self.ends_at})),
        }
    }
}
