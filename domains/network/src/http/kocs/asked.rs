//! What a board is asked for, and which of its rows that is.

use kernel::{CampaignId, ErrorCode, Handle, Scope, Timestamp, UnitId};
use rustc_hash::FxHashSet;
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};
use web::{Format, Limit, Problem};

use crate::{
    rules::board::{Board, Row, Threshold},
    store::kocs::BoardKind,
};

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(in crate::http) struct BoardQuery {
    /// Rank inside this campaign (reach and recency); across all campaigns (direct invitations) when missing.
    #[param(value_type = Option<String>)]
    pub(super) campaign: Option<CampaignId>,
    /// Count only what happened below the roots of this unit.
    #[param(value_type = Option<String>)]
    pub(super) unit: Option<UnitId>,
    /// Only people who said to live in this city, or who stand under a store there.
    pub(super) city: Option<String>,
    /// Only people so many hops from their root.
    pub(super) circle: Option<u32>,
    /// Only fans, or only visitors.
    #[param(inline)]
    pub(super) kind: Option<PersonKind>,
    /// Only people above the threshold.
    #[serde(default)]
    pub(super) kocs_only: bool,
    /// Try this threshold without setting it.
    #[param(inline)]
    pub(super) threshold_by: Option<ThresholdBy>,
    /// The score or the percent of it.
    pub(super) threshold: Option<f64>,
    /// The board as it was at this time; now when missing.
    #[param(value_type = Option<String>, format = DateTime)]
    pub(super) as_of: Option<Timestamp>,
    /// `next` of the page before.
    pub(super) after: Option<u32>,
    /// Answer only when the fact at this offset has been folded.
    pub(super) wait_offset: Option<u64>,
    #[serde(default)]
    #[param(inline)]
    pub(super) limit: Limit<50, 1000>,
    #[serde(default)]
    #[param(inline)]
    pub(super) format: Format,
}

/// Who left phone and WeChat id is a fan, everybody else a visitor.
#[derive(Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(in crate::http) enum PersonKind {
    Fan,
    Visitor,
}

/// What a threshold is measured by.
#[derive(Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(in crate::http) enum ThresholdBy {
    /// At least this score.
    Score,
    /// The first so many percent of the board.
    Percent,
}

impl ThresholdBy {
    /// The threshold, if the value makes one.
    pub(super) fn of(self, value: f64) -> Result<Threshold, Problem> {
        let threshold = match self {
            Self::Score => Threshold::Score(value),
            Self::Percent => Threshold::Percent(value),
        };
        if threshold.is_sound() {
            return Ok(threshold);
        }
        let message = match self {
            Self::Score => "a score is a number from -1000 to 1000",
            Self::Percent => "a percentage is more than 0 and at most 100",
        };
        Err(Problem::invalid("threshold", message))
    }
}

impl BoardQuery {
    pub(super) fn kind_of_board(&self) -> BoardKind {
        if self.campaign.is_some() { BoardKind::Inside } else { BoardKind::Across }
    }

    /// The threshold that is only tried.
    pub(super) fn tried(&self) -> Result<Option<Threshold>, Problem> {
        match (self.threshold_by, self.threshold) {
            (Some(by), Some(value)) => by.of(value).map(Some),
            (None, None) => Ok(None),
            _ => Err(Problem::invalid("threshold", "threshold_by and threshold go together")),
        }
    }

    /// The roots that count: those of the unit asked for, as far as the caller may see them.
    pub(super) fn scope(&self, scope: &Scope) -> Result<Scope, ErrorCode> {
        let Some(unit) = &self.unit else { return Ok(scope.clone()) };
        let sees = match scope {
            Scope::All => true,
            Scope::Units(units) => units.contains(unit),
            Scope::Own(_) => false,
        };
        if sees { Ok(Scope::Units([unit.clone()].into())) } else { Err(ErrorCode::NotFound) }
    }
}

/// Who counts for a city: people who said so, and the units there.
pub(super) struct InCity {
    pub(super) persons: FxHashSet<Handle>,
    pub(super) units: FxHashSet<UnitId>,
}

/// Which rows of a board are asked for.
pub(super) struct Filter {
    pub(super) circle: Option<u32>,
    pub(super) kind: Option<PersonKind>,
    pub(super) city: Option<InCity>,
    /// Only the first so many.
    pub(super) first: Option<usize>,
}

impl Filter {
    /// The rows, best first.
    pub(super) fn rows<'a>(&'a self, board: &'a Board) -> impl DoubleEndedIterator<Item = &'a Row> + Clone {
        let places = board.units.iter();
        let here: Vec<bool> =
            places.map(|unit| self.city.as_ref().is_some_and(|city| city.units.contains(unit))).collect();
        let here = std::sync::Arc::<[bool]>::from(here);
        let first = self.first.unwrap_or(board.rows.len()).min(board.rows.len());
        board.rows[..first].iter().filter(move |row| {
            let lives = |city: &InCity| {
                here.get(row.unit as usize).copied().unwrap_or(false) || city.persons.contains(&row.person)
            };
            self.circle.is_none_or(|circle| row.circle == circle)
                && self.kind.is_none_or(|kind| row.is_fan == (kind == PersonKind::Fan))
                && self.city.as_ref().is_none_or(lives)
        })
    }
}
