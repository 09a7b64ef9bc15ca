//! `GET /api/v1/network/stability/bridges`

use axum::{
    extract::State,
    response::{IntoResponse, Response},
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use web::{CanReadNetwork, Csv, Format, Json, Limit, Problem, Query};

use super::{super::working::Working, Somebody, StabilityQuery};
use crate::{Slice, rules::stability::Bridge};

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct BridgeQuery {
    /// Only ties on whose smaller side are at least so many people; 2 when missing, which leaves single guests out.
    hanging_min: Option<u32>,
    #[serde(default)]
    #[param(inline)]
    limit: Limit<50, 1000>,
    #[serde(default)]
    #[param(inline)]
    format: Format,
}

/// Ties without which a connected group falls in two.
#[derive(Serialize, ToSchema)]
pub(super) struct BridgeList {
    /// How many there are, whatever hangs on them.
    total: u32,
    /// On which most people hang first.
    items: Vec<BridgeRow>,
}

/// A bridge.
#[derive(Serialize, ToSchema)]
pub(super) struct BridgeRow {
    rank: u32,
    /// The one on the larger side.
    near: Somebody,
    /// The one on the smaller side.
    far: Somebody,
    /// People on the smaller side.
    hanging: u32,
}

/// On which ties the network hangs
#[utoipa::path(
    get, path = "/api/v1/network/stability/bridges", tag = "network", operation_id = "network.stability.bridges",
    params(StabilityQuery, BridgeQuery),
    responses(
        (status = 200, body = BridgeList),
        (status = 202, body = Working, description = "Still being worked out"),
        (status = 404, description = "No such unit in the caller's scope"),
    ),
    extensions(("x-permission" = json!("read_network"))),
)]
pub(super) async fn list(
    caller: CanReadNetwork,
    State(slice): State<Slice>,
    Query(query): Query<StabilityQuery>,
    Query(asked): Query<BridgeQuery>,
) -> Result<Response, Problem> {
    let reported = match slice.stability(caller.workspace, &caller.scope, query).await? {
        Ok(reported) => reported,
        Err(working) => return Ok(working.into_response()),
    };
    let bridges = &reported.made.value.report.cuts.bridges;
    let fewest = asked.hanging_min.unwrap_or(2);
    let wanted: Vec<&Bridge> =
        bridges.iter().take_while(|bridge| bridge.hanging >= fewest).take(asked.limit.get()).collect();
    let ends = wanted.iter().flat_map(|bridge| [bridge.near, bridge.far]);
    let names = reported.names(&slice, caller.workspace, ends).await?;
    let row = |(place, bridge): (usize, &Bridge)| BridgeRow {
        rank: place as u32 + 1,
        near: reported.somebody(bridge.near, &names),
        far: reported.somebody(bridge.far, &names),
        hanging: bridge.hanging,
    };
    let list = BridgeList { total: bridges.len() as u32, items: wanted.into_iter().enumerate().map(row).collect() };
    Ok(match asked.format {
        Format::Json => Json(list).into_response(),
        Format::Csv => csv(&list).into_response(),
    })
}

fn csv(list: &BridgeList) -> Csv {
    let columns = ["rank", "near", "near_name", "near_unit", "far", "far_name", "far_unit", "hanging"];
    let mut csv = Csv::new("stability-bridges", &columns);
    for row in &list.items {
        let unit = |somebody: &Somebody| somebody.unit.as_ref().map(|unit| unit.name.clone());
        csv.line([
            row.rank.into(),
            row.near.person.to_string().into(),
            row.near.name.clone().into(),
            unit(&row.near).into(),
            row.far.person.to_string().into(),
            row.far.name.clone().into(),
            unit(&row.far).into(),
            row.hanging.into(),
        ]);
    }
    csv
}
