//! A play as staff see it.

use kernel::{Scope, Timestamp};
use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    model::{Chance, Declaration, Phase},
    rules::guard::{self, Report},
    store::plays::Play,
};

/// How much of a reward is left.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PlayStock)]
pub(super) struct Stock {
    reward: String,
    name: String,
    /// There were so many.
    stock: i64,
    /// Kept for somebody.
    held: i64,
    /// Given.
    given: i64,
    /// Left.
    left: i64,
}

/// What happened so far, for callers who see everybody.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PlayNumbers)]
pub(super) struct Numbers {
    /// Tries that were begun, or draws.
    pub(super) begun: i64,
    /// Those that reached everything.
    pub(super) completed: i64,
    /// How often somebody helped.
    pub(super) helped: i64,
    /// How many of those never bought before.
    pub(super) newcomers: i64,
    /// Money kept for somebody.
    pub(super) held_fen: i64,
    /// Money gone.
    pub(super) spent_fen: i64,
    /// What one newcomer who helped has cost; null before the first.
    pub(super) fen_per_newcomer: Option<i64>,
    /// Reward by reward.
    pub(super) stocks: Vec<Stock>,
}

/// A play in a list.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PlayRow)]
pub(super) struct Row {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) phase: Phase,
    pub(super) kind: crate::model::Kind,
    pub(super) channel: crate::model::Channel,
    pub(super) revision: i64,
    #[schema(value_type = String, format = DateTime)]
    pub(super) starts_at: Timestamp,
    #[schema(value_type = String, format = DateTime)]
    pub(super) ends_at: Timestamp,
    #[schema(value_type = String, format = DateTime)]
    pub(super) created_at: Timestamp,
    #[schema(value_type = Option<String>, format = DateTime)]
    pub(super) launched_at: Option<Timestamp>,
    pub(super) budget_fen: i64,
    /// Null for callers who do not see everybody.
    pub(super) numbers: Option<Numbers>,
}

/// A play with all it declares, and what law and channel say of it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PlayView)]
pub(super) struct View {
    #[serde(flatten)]
    row: Row,
    declaration: Declaration,
    guard: Report,
}

fn numbers(play: &Play) -> Numbers {
    let pools = &play.pools;
    let stock = |reward: &crate::model::Reward| {
        let pool = pools.rewards.get(&reward.id).copied().unwrap_or_default();
        Stock {
            reward: reward.id.clone(),
            name: reward.name.clone(),
            stock: reward.stock,
            held: pool.held,
            given: pool.given,
            left: reward.stock - pool.held - pool.given,
        }
    };
    Numbers {
        begun: pools.begun,
        completed: pools.completed,
        helped: pools.helped,
        newcomers: pools.newcomers,
        held_fen: pools.held_fen,
        spent_fen: pools.spent_fen,
        fen_per_newcomer: (pools.newcomers > 0).then(|| pools.spent_fen / pools.newcomers),
        stocks: play.declaration.rewards.iter().map(stock).collect(),
    }
}

impl Row {
    pub(super) fn of(play: &Play, scope: &Scope) -> Self {
        Self {
            id: play.id.clone(),
            name: play.name.clone(),
            phase: play.phase,
            kind: play.declaration.kind,
            channel: play.declaration.channel,
            revision: play.revision,
            starts_at: play.declaration.starts_at,
            ends_at: play.declaration.ends_at,
            created_at: play.created_at,
            launched_at: play.launched_at,
            budget_fen: play.declaration.budget_fen,
            numbers: (*scope == Scope::All).then(|| numbers(play)),
        }
    }
}

impl View {
    pub(super) fn of(play: &Play, scope: &Scope) -> Self {
        let guard = guard::report(&play.declaration);
        Self { row: Row::of(play, scope), declaration: play.declaration.clone(), guard }
    }
}

/// A reward as customers see it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = FanPlayReward)]
pub(super) struct Shown {
    id: String,
    name: String,
    value_fen: i64,
    left: i64,
    /// From how many on; null for what a draw decides, or what helpers get.
    at: Option<i64>,
    /// How likely, of a million, if a draw decides it.
    ppm: Option<u32>,
    to: crate::model::To,
}

/// What is published: every reward, what it takes, and how likely it is.
pub(super) fn shown(declaration: &Declaration, pools: &crate::model::Pools) -> Vec<Shown> {
    let odds = |id: &str| match &declaration.chance {
        Some(Chance::Lottery { prizes, .. }) => prizes.iter().find(|prize| prize.reward == id).map(|prize| prize.ppm),
        _ => None,
    };
    let reward = |reward: &crate::model::Reward| {
        let pool = pools.rewards.get(&reward.id).copied().unwrap_or_default();
        Shown {
            id: reward.id.clone(),
            name: reward.name.clone(),
            value_fen: reward.value_fen,
            left: reward.stock - pool.held - pool.given,
            at: declaration.thresholds.iter().find(|threshold| threshold.reward == reward.id).map(|one| one.at),
            ppm: odds(&reward.id),
            to: reward.to,
        }
    };
    declaration.rewards.iter().map(reward).collect()
}
