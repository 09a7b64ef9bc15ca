//! What endpoints about rings have in common.

use std::collections::BTreeSet;

use facts::Verdict;
use kernel::{CampaignId, ErrorCode, Handle, Scope, Timestamp, UnitId};
use serde::Serialize;
use utoipa::ToSchema;
use web::Problem;

use super::{
    naming::{Names, Sentence, UnitBrief},
    routes::{unit, visible},
};
use crate::{
    model::Network,
    ops::find_rings::Searched,
    rules::fraud::{Reason, Ring},
    store::rings::Booked,
};

/// Units told of a ring.
const UNITS_MAX: usize = 12;

/// People who may be cheating together.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(super) struct RingRow {
    pub(super) id: String,
    /// `accounts` (devices, addresses or payees in common), `together` (they act together) or `star` (invitations that lead
    /// nowhere).
    pub(super) kind: &'static str,
    /// From 0 to 100: 100 · (1 − Π (1 − weight of each sign)).
    pub(super) score: u32,
    /// How many people.
    pub(super) size: u64,
    /// How many of them the caller may see.
    pub(super) visible: u64,
    /// `open`, `held`, `confirmed` or `cleared`.
    pub(super) verdict: &'static str,
    /// Units of their roots.
    pub(super) units: Vec<UnitBrief>,
    #[schema(value_type = Vec<String>)]
    pub(super) campaigns: Vec<CampaignId>,
    /// Why, the weightiest first.
    pub(super) reasons: Vec<ReasonRow>,
    #[schema(value_type = String, format = DateTime)]
    pub(super) found_at: Timestamp,
    /// When a search saw it last.
    #[schema(value_type = String, format = DateTime)]
    pub(super) seen_at: Timestamp,
    #[schema(value_type = Option<String>, format = DateTime)]
    pub(super) decided_at: Option<Timestamp>,
    /// `staff:<id>` or `key:<id>`.
    pub(super) decided_by: Option<String>,
    pub(super) why: Option<String>,
}

/// One reason, with its number.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(super) struct ReasonRow {
    pub(super) sign: &'static str,
    pub(super) value: f64,
    /// The threshold it passed.
    pub(super) usual: f64,
    /// What the sign alone adds, from 0 to 1.
    pub(super) weight: f64,
    pub(super) words: Sentence,
}

impl From<Reason> for ReasonRow {
    fn from(Reason { sign, value, usual, words }: Reason) -> Self {
        Self { sign: sign.as_str(), value, usual, weight: sign.weight(), words: words.into() }
    }
}

/// A search for rings.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
pub(super) struct SearchView {
    #[schema(value_type = String, format = DateTime)]
    pub(super) at: Timestamp,
    /// Milliseconds it took.
    pub(super) ms: i64,
    /// Campaigns it looked at.
    pub(super) campaigns: u64,
    /// Places of people in them.
    pub(super) people: u64,
    /// Rings that are new.
    pub(super) new: u64,
    /// Rings that were known.
    pub(super) known: u64,
    /// False when there was too much to look at all of it.
    pub(super) complete: bool,
}

impl From<Searched> for SearchView {
    fn from(Searched { at, ms, campaigns, people, new, known, complete, .. }: Searched) -> Self {
        Self { at, ms, campaigns, people, new, known, complete }
    }
}

/// What of a ring the caller may see, taken out of live state.
pub(super) struct Sight {
    pub(super) visible: u64,
    pub(super) units: BTreeSet<UnitId>,
}

impl Sight {
    /// Nothing when nobody of the ring is in scope.
    pub(super) fn of(network: &Network, ring: &Ring, scope: &Scope) -> Option<Self> {
        let person = |handle: &Handle| network.people().person(*handle);
        let seen: Vec<Handle> =
            ring.people.iter().map(person).filter(|person| visible(network, *person, scope)).collect();
        let units = seen.iter().filter_map(|person| unit(network, *person, scope)).collect();
        // A ring may be told by its heads alone: who sees all of those sees all of it.
        let all = seen.len() == ring.people.len();
        let visible = if all { ring.size } else { seen.len() as u64 };
        (!seen.is_empty() || scope.is_all()).then_some(Self { visible, units })
    }
}

impl RingRow {
    pub(super) fn of(booked: Booked, sight: &Sight, names: &Names) -> Self {
        let Booked { id, verdict, ring, found_at, seen_at, decided_at, decided_by, why, .. } = booked;
        Self {
            id,
            kind: ring.kind.as_str(),
            score: ring.score,
            size: ring.size,
            visible: sight.visible,
            verdict: verdict.as_str(),
            units: sight.units.iter().take(UNITS_MAX).filter_map(|unit| names.unit(Some(unit))).collect(),
            campaigns: ring.campaigns,
            reasons: ring.reasons.into_iter().map(ReasonRow::from).collect(),
            found_at,
            seen_at,
            decided_at,
            decided_by,
            why,
        }
    }
}

/// A verdict as asked for.
pub(super) fn verdict(word: &str, field: &str) -> Result<Verdict, Problem> {
    Verdict::parse(word).ok_or_else(|| Problem::invalid(field, "one of open, held, confirmed, cleared"))
}

/// A ring outside the scope is not there.
pub(super) fn not_there() -> Problem {
    Problem::new(ErrorCode::NotFound).detail("There is no such ring")
}
