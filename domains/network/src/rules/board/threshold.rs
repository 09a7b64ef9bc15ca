//! From where on somebody counts as a KOC, and how scores are spread.

use serde::{Deserialize, Serialize};

use super::{Board, Row};

/// Who counts as a KOC.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "by", content = "value", rename_all = "snake_case")]
pub enum Threshold {
    /// Whoever has at least this score.
    Score(f64),
    /// The first so many percent of everybody on the board.
    Percent(f64),
}

impl Default for Threshold {
    /// The first percent: on real cascades they bring nearly half of everybody.
    fn default() -> Self {
        Self::Percent(1.0)
    }
}

impl Threshold {
    /// Whether it is one: a score that is a number, or more than nothing and not more than all.
    #[must_use]
    pub fn is_sound(&self) -> bool {
        match self {
            Self::Score(score) => score.is_finite() && score.abs() <= 1000.0,
            Self::Percent(percent) => *percent > 0.0 && *percent <= 100.0,
        }
    }

    /// How many of a board are KOCs: its first so many.
    #[must_use]
    pub fn kocs(&self, board: &Board) -> usize {
        match self {
            Self::Score(score) => board.rows.partition_point(|row| row.score >= *score),
            Self::Percent(percent) => (board.rows.len() as f64 * percent / 100.0).ceil() as usize,
        }
    }
}

/// How the scores of some rows are spread.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Histogram {
    /// Where the first bin begins.
    pub from: f64,
    /// How wide a bin is.
    pub width: f64,
    /// People by bin.
    pub counts: Vec<u32>,
}

impl Histogram {
    /// So many bins from the least to the highest score. Rows stand in the order of their scores.
    #[must_use]
    pub fn of<'a>(rows: impl DoubleEndedIterator<Item = &'a Row> + Clone, bins: usize) -> Self {
        let (Some(best), Some(worst)) = (rows.clone().next(), rows.clone().next_back()) else { return Self::default() };
        let from = worst.score;
        let width = ((best.score - from) / bins as f64).max(1e-6);
        let mut counts = vec![0; bins];
        for row in rows {
            counts[(((row.score - from) / width) as usize).min(bins - 1)] += 1;
        }
        Self { from, width, counts }
    }
}
