//! What a play may cost at most.

use serde::Serialize;
use utoipa::ToSchema;

use crate::model::{Chance, Declaration};

/// What a play costs if everything in it is given away.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = PlayCost)]
pub struct Cost {
    /// With everything given away.
    pub worst_fen: i64,
    /// What it may cost.
    pub budget_fen: i64,
    /// How many people get something at most.
    pub rewards: i64,
}

/// What one of a reward costs, money in packets left out.
#[must_use]
pub fn worst(play: &Declaration) -> Cost {
    let goods = |sum: i64, fen: i64| sum.saturating_add(fen);
    let things = play.rewards.iter().map(|reward| reward.cost_fen.saturating_mul(reward.stock)).fold(0, goods);
    let packets = match &play.chance {
        Some(Chance::Packet { total_fen, .. }) => *total_fen,
        Some(Chance::Lottery { .. }) | None => 0,
    };
    Cost {
        worst_fen: goods(things, packets),
        budget_fen: play.budget_fen,
        rewards: play.rewards.iter().map(|reward| reward.stock).fold(0, i64::saturating_add),
    }
}
