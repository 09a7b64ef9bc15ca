//! The slice's commands, and how a batch of them is decided.

use std::collections::BTreeSet;

use async_trait::async_trait;
use db::{DbError, Decider, Tx, outbox};
use kernel::{CampaignId, WorkspaceId};

use crate::{
    ops::mint_spread::MintSpread,
    store::{self, Campaign},
};

/// What the slice is asked to change.
#[derive(Clone, Debug)]
pub enum Command {
    /// Set up a campaign.
    CreateCampaign(WorkspaceId, Campaign),
    /// Give a root or a sharer a spread token.
    MintSpread(MintSpread),
}

/// What became of a command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It is done.
    Done,
    /// The id is taken.
    Taken,
    /// There is no such campaign.
    NoSuchCampaign,
}

/// Decides the slice's commands.
pub struct Deciding;

#[async_trait]
impl Decider for Deciding {
    type Command = Command;
    type Outcome = Outcome;

    fn name(&self) -> &'static str {
        "network"
    }

    async fn decide(&self, tx: &Tx, commands: &[Command]) -> Result<Vec<Outcome>, DbError> {
        let asked: Vec<_> = commands.iter().map(named).collect();
        let mut known = store::existing(tx, &asked).await?.into_iter().collect();
        let outcomes: Vec<_> = commands.iter().map(|command| decide(&mut known, command)).collect();

        let done = || commands.iter().zip(&outcomes).filter(|(_, outcome)| **outcome == Outcome::Done);
        let created: Vec<_> = done()
            .filter_map(|(command, _)| match command {
                Command::CreateCampaign(workspace, campaign) => Some((*workspace, campaign)),
                Command::MintSpread(_) => None,
            })
            .collect();
        store::insert_campaigns(tx, &created).await?;
        for (command, _) in done() {
            if let Command::MintSpread(mint) = command {
                outbox::emit(tx, mint.workspace, std::slice::from_ref(&mint.fact)).await?;
            }
        }
        Ok(outcomes)
    }
}

fn named(command: &Command) -> (WorkspaceId, CampaignId) {
    match command {
        Command::CreateCampaign(workspace, campaign) => (*workspace, campaign.id.clone()),
        Command::MintSpread(mint) => (mint.workspace, mint.campaign.clone()),
    }
}

/// Pure: what becomes of a command, given the campaigns there are.
fn decide(known: &mut BTreeSet<(WorkspaceId, CampaignId)>, command: &Command) -> Outcome {
    let named = named(command);
    match command {
        Command::CreateCampaign(..) if !known.insert(named.clone()) => Outcome::Taken,
        Command::MintSpread(_) if !known.contains(&named) => Outcome::NoSuchCampaign,
        _ => Outcome::Done,
    }
}
