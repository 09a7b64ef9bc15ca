//! What the endpoints of price rules share.

pub(super) mod list;
pub(super) mod remove;
pub(super) mod set;

use kernel::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

use crate::model::price::{Buyers, Effect, Goods, PriceRule};

/// A rule of prices.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = PriceRule)]
pub(super) struct RuleView {
    id: String,
    name: String,
    goods: Goods,
    buyers: Buyers,
    effect: Effect,
    #[schema(value_type = Option<String>, format = DateTime)]
    from: Option<Timestamp>,
    #[schema(value_type = Option<String>, format = DateTime)]
    until: Option<Timestamp>,
    on: bool,
    #[schema(value_type = String, format = DateTime)]
    created_at: Timestamp,
}

impl From<PriceRule> for RuleView {
    fn from(rule: PriceRule) -> Self {
        let PriceRule { id, name, terms, on, created_at } = rule;
        let crate::model::price::PriceTerms { goods, buyers, effect, from, until } = terms;
        Self { id, name, goods, buyers, effect, from, until, on, created_at }
    }
}
