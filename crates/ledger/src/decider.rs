//! Chains as commands of their own, for whoever has nothing else to write beside them; and what time alone brings about.

use std::sync::Arc;

use async_trait::async_trait;
use db::{DbError, Decider, Group, Records, Tx, WriteError};
use kernel::{Timestamp, WorkspaceId};

use crate::{
    model::{Chain, Kind, Op, Outcome, Owner, Transfer},
    rules::book::Book,
    store,
};

/// Ended holds and lots settled in one go.
const SWEEP_MAX: u32 = 1000;

/// Decides chains.
struct Chains;

#[async_trait]
impl Decider for Chains {
    type Command = (WorkspaceId, Chain);
    type Outcome = Outcome;

    fn name(&self) -> &'static str {
        "ledger"
    }

    async fn decide(&self, tx: &Tx, commands: &[Self::Command]) -> Result<Vec<Outcome>, DbError> {
        let chains = commands.iter().map(|(workspace, chain)| (*workspace, chain));
        let mut book = Book::load(tx, chains, []).await?;
        let outcomes = commands.iter().map(|(workspace, chain)| book.decide(*workspace, chain, tx.at())).collect();
        book.store(tx).await?;
        Ok(outcomes)
    }
}

/// The ledger, for callers that only move amounts. Cheap to clone.
#[derive(Clone)]
pub struct Ledger {
    records: Records,
    chains: Group<Chains>,
}

impl Ledger {
    /// The ledger of these records.
    #[must_use]
    pub fn new(records: &Records) -> Self {
        Self { records: records.clone(), chains: records.group(Chains) }
    }

    /// Hands in a chain and waits until its answer is stored.
    ///
    /// # Errors
    /// [`WriteError`]: nothing is known of the chain then; send it again under the same id.
    pub async fn submit(&self, workspace: WorkspaceId, chain: Chain) -> Result<Outcome, WriteError> {
        self.chains.submit((workspace, chain)).await
    }

    /// Lets go of holds that ended by a moment, and moves out what is left of ended lots; how many there were. Those that are left when
    /// there are very many are for the next time. Each is a transfer under an id of its own, so two servers do it once.
    ///
    /// # Errors
    /// [`WriteError`] when it could not be read or stored.
    pub async fn sweep(&self, by: Timestamp) -> Result<usize, WriteError> {
        let reads = self.records.reads();
        let mut chains = Vec::new();
        for (workspace, id, hold) in store::ended_holds(reads, by, SWEEP_MAX).await.map_err(failed)? {
            let dropped = Transfer::now(hold.unit, hold.from, hold.to, hold.amount, "hold.ended", id.as_str());
            let transfers = vec![dropped.by(Op::Drop { hold: id.clone() })];
            chains.push((workspace, Chain { id: ended(id.as_str()), transfers }));
        }
        for (workspace, key, lot, left) in store::ended_lots(reads, by, SWEEP_MAX).await.map_err(failed)? {
            let (from, to) = ((key.owner, key.kind), (Owner::brand(), Kind::Lapsed));
            let transfers = vec![Transfer::now(key.unit, from, to, left, "lot.ended", &lot)];
            // What is left differs when some of it was held the last time.
            chains.push((workspace, Chain { id: ended(&format!("{lot}:{left}")), transfers }));
        }
        let count = chains.len();
        for (workspace, chain) in chains {
            self.submit(workspace, chain).await?;
        }
        Ok(count)
    }
}

/// The id under which something is ended, of one length however long its own is.
fn ended(what: &str) -> String {
    format!("ended:{}", blake3::hash(what.as_bytes()).to_hex())
}

fn failed(error: DbError) -> WriteError {
    WriteError::Failed(Arc::new(error))
}
