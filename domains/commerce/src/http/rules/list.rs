//! `GET /api/v1/shop/price-rules`

use axum::{
    extract::State,
    response::{IntoResponse, Response},
};
use serde::Deserialize;
use utoipa::IntoParams;
use web::{CanReadShop, Csv, Format, Json, Page, Problem, Query};

use super::RuleView;
use crate::{Slice, store::prices::rules_in_workspace};

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(in super::super) struct RuleQuery {
    #[serde(default)]
    #[param(inline)]
    format: Format,
}

/// Rules of prices
///
/// By name, all in one page. Of those that hold for a buyer the one that is best for them counts, and never below the floor price.
#[utoipa::path(
    get, path = "/api/v1/shop/price-rules", tag = "commerce", operation_id = "commerce.price_rule.list",
    params(RuleQuery),
    responses((status = 200, body = Page<RuleView>)),
    extensions(("x-permission" = json!("read_shop"))),
)]
pub(in super::super) async fn list(
    caller: CanReadShop,
    State(slice): State<Slice>,
    Query(query): Query<RuleQuery>,
) -> Result<Response, Problem> {
    let rules = rules_in_workspace(slice.records.reads(), caller.workspace).await.map_err(Problem::unavailable)?;
    let rules: Vec<RuleView> = rules.into_iter().map(Into::into).collect();
    Ok(match query.format {
        Format::Json => Json(Page::whole(rules)).into_response(),
        Format::Csv => csv(&rules).into_response(),
    })
}

fn csv(rules: &[RuleView]) -> Csv {
    let mut csv = Csv::new("price-rules", &["rule", "name", "on", "level", "channel", "store", "from", "until"]);
    for rule in rules {
        csv.line([
            rule.id.clone().into(),
            rule.name.clone().into(),
            rule.on.into(),
            rule.buyers.level.clone().into(),
            rule.buyers.channel.clone().into(),
            rule.buyers.store.clone().into(),
            rule.from.into(),
            rule.until.into(),
        ]);
    }
    csv
}
