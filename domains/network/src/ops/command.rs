//! The slice's commands, and how a batch of them is decided.

use std::collections::BTreeSet;

use async_trait::async_trait;
use db::{
    DbError, Decider, Tx,
    audit::{self, By, Entry},
    outbox,
    sticky::{Sticky, Stuck},
};
use kernel::{CampaignId, Timestamp, WorkspaceId};
use serde_json::json;

use crate::{
    ops::{mint_spread::MintSpread, study::StudyChange},
    store::{self, Campaign, studies},
};

/// A command, and whose it is.
#[derive(Clone, Debug)]
pub struct Order {
    /// Who asks.
    pub by: By,
    /// For what.
    pub command: Command,
    /// What is answered, when it was sent under a key.
    pub sticky: Option<Sticky>,
}

/// What the slice is asked to change.
#[derive(Clone, Debug)]
pub enum Command {
    /// Set up a campaign.
    CreateCampaign(WorkspaceId, Campaign),
    /// Give a root or a sharer a spread token.
    MintSpread(MintSpread),
    /// Begin, end or remove a study.
    Study(WorkspaceId, StudyChange),
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
    /// It was done already, under the same key.
    Again,
}

/// Decides the slice's commands.
pub struct Deciding;

#[async_trait]
impl Decider for Deciding {
    type Command = Order;
    type Outcome = Outcome;

    fn name(&self) -> &'static str {
        "network"
    }

    async fn decide(&self, tx: &Tx, orders: &[Order]) -> Result<Vec<Outcome>, DbError> {
        let asked: Vec<_> = orders.iter().filter_map(|order| named(&order.command)).collect();
        let mut known = store::existing(tx, &asked).await?.into_iter().collect();
        let mut stuck = Stuck::load(tx, orders.iter().filter_map(|order| order.sticky.as_ref())).await?;
        let outcomes: Vec<_> = orders.iter().map(|order| decide_once(&mut known, &mut stuck, order)).collect();

        let done = || orders.iter().zip(&outcomes).filter(|(_, outcome)| **outcome == Outcome::Done);
        let created: Vec<_> = done()
            .filter_map(|(order, _)| match &order.command {
                Command::CreateCampaign(workspace, campaign) => Some((*workspace, campaign)),
                Command::MintSpread(_) | Command::Study(..) => None,
            })
            .collect();
        store::insert_campaigns(tx, &created).await?;
        for (order, _) in done() {
            match &order.command {
                Command::MintSpread(mint) => outbox::emit(tx, mint.workspace, std::slice::from_ref(&mint.fact)).await?,
                Command::Study(workspace, change) => book_study(tx, *workspace, change).await?,
                Command::CreateCampaign(..) => {}
            }
        }
        stuck.store(tx).await?;
        audit::write(tx, done().filter_map(|(order, _)| told(tx.at(), order)).collect()).await?;
        Ok(outcomes)
    }
}

/// Decides one command, unless it was done already under its key.
fn decide_once(known: &mut BTreeSet<(WorkspaceId, CampaignId)>, stuck: &mut Stuck, order: &Order) -> Outcome {
    if order.sticky.as_ref().is_some_and(|sticky| stuck.is_taken(sticky)) {
        return Outcome::Again;
    }
    let outcome = decide(known, &order.command);
    if let (Outcome::Done, Some(sticky)) = (outcome, &order.sticky) {
        stuck.keep(sticky.clone());
    }
    outcome
}

async fn book_study(tx: &Tx, workspace: WorkspaceId, change: &StudyChange) -> Result<(), DbError> {
    match change {
        StudyChange::Begin(study) => studies::insert_study(tx, workspace, study).await,
        StudyChange::End { id, state, answer } => {
            studies::finish_study(tx, workspace, id, (*state, answer, tx.at())).await
        }
        StudyChange::Remove { id } => studies::remove_study(tx, workspace, id).await.map(drop),
    }
}

/// What the audit trail tells of a command that was done. That a study ended is nobody's doing.
fn told(at: Timestamp, Order { by, command, .. }: &Order) -> Option<Entry> {
    if let Command::Study(workspace, change) = command {
        let (action, id, after) = match change {
            StudyChange::Begin(study) => {
                ("study.started", &study.id, Some(json!({"kind": study.kind.as_str(), "name": study.name})))
            }
            StudyChange::Remove { id } => ("study.removed", id, None),
            StudyChange::End { .. } => return None,
        };
        let (action, subject) = (action.to_owned(), format!("study:{id}"));
        return Some(Entry { workspace: *workspace, at, by: by.clone(), action, subject, before: None, after });
    }
    let (workspace, campaign) = named(command)?;
    let (action, after) = match command {
        Command::CreateCampaign(_, campaign) => (
            "campaign.created",
            json!({"name": campaign.name, "starts_at": campaign.starts_at, "ends_at": campaign.ends_at}),
        ),
        Command::MintSpread(mint) => ("spread.minted", mint.told.clone()),
        Command::Study(..) => return None,
    };
    let (action, subject) = (action.to_owned(), format!("campaign:{campaign}"));
    Some(Entry { workspace, at, by: by.clone(), action, subject, before: None, after: Some(after) })
}

fn named(command: &Command) -> Option<(WorkspaceId, CampaignId)> {
    match command {
        Command::CreateCampaign(workspace, campaign) => Some((*workspace, campaign.id.clone())),
        Command::MintSpread(mint) => Some((mint.workspace, mint.campaign.clone())),
        Command::Study(..) => None,
    }
}

/// Pure: what becomes of a command, given the campaigns there are.
fn decide(known: &mut BTreeSet<(WorkspaceId, CampaignId)>, command: &Command) -> Outcome {
    let Some(named) = named(command) else { return Outcome::Done };
    match command {
        Command::CreateCampaign(..) if !known.insert(named.clone()) => Outcome::Taken,
        Command::MintSpread(_) if !known.contains(&named) => Outcome::NoSuchCampaign,
        _ => Outcome::Done,
    }
}
