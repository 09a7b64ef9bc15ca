//! `GET /api/v1/network/stability/routes`

use std::sync::Arc;

use axum::{
    extract::State,
    response::{IntoResponse, Response},
};
use serde::{Deserialize, Serialize};
use tokio::task::spawn_blocking;
use utoipa::{IntoParams, ToSchema};
use web::{CanReadNetwork, Csv, Format, Json, Problem, Query};

use super::{super::working::Working, Somebody, StabilityQuery};
use crate::{
    Slice,
    rules::reach::{
        SCAN_MAX,
        cuts::{Independence, ROUTES_MAX, independence},
    },
};

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct RouteQuery {
    /// One of the two: `p42`, `user:<id>` or `anonymous:<id>`.
    from: String,
    /// The other.
    to: String,
    /// Answer only when the fact at this offset has been folded.
    wait_offset: Option<u64>,
    #[serde(default)]
    #[param(inline)]
    format: Format,
}

/// Ways between two people that share nobody.
#[derive(Serialize, ToSchema)]
pub(super) struct RouteList {
    from: Somebody,
    to: Somebody,
    /// How many there are; 5 may mean more.
    independent: u32,
    /// Whether there may be more.
    capped: bool,
    /// The people on each way, both ends included, the shortest first. Ways may be longer than anybody would ask around.
    routes: Vec<Vec<Somebody>>,
    /// The fewest people without whom no way is left but a direct tie. Empty when there may be more ways.
    cut: Vec<Somebody>,
}

/// Independent routes between two people
///
/// The most ways over people the caller may see that share nobody between, by maximum flow, and who stands in all of them.
#[utoipa::path(
    get, path = "/api/v1/network/stability/routes", tag = "network", operation_id = "network.stability.routes",
    params(RouteQuery),
    responses(
        (status = 200, body = RouteList),
        (status = 202, body = Working, description = "Still being worked out"),
        (status = 404, description = "One of the two is not in the caller's scope, or is tied to nobody"),
        (status = 422, description = "Both are the same person"),
    ),
    extensions(("x-permission" = json!("read_network"))),
)]
pub(super) async fn list(
    caller: CanReadNetwork,
    State(slice): State<Slice>,
    Query(query): Query<RouteQuery>,
) -> Result<Response, Problem> {
    let from = slice.handle(caller.workspace, &query.from).await?;
    let to = slice.handle(caller.workspace, &query.to).await?;
    let asked = StabilityQuery { unit: None, wait_offset: query.wait_offset };
    let reported = match slice.stability(caller.workspace, &caller.scope, asked).await? {
        Ok(reported) => reported,
        Err(working) => return Ok(working.into_response()),
    };
    let (from, to) = reported.live.read(|network| (network.people().person(from), network.people().person(to)));
    let (from, to) = (reported.place(from)?, reported.place(to)?);
    if from == to {
        return Err(Problem::invalid("to", "Another person than the first"));
    }
    let made = Arc::clone(&reported.made);
    let find = move || independence(&made.value.report.part, from, to, &[], ROUTES_MAX, SCAN_MAX);
    let Independence { routes, at_least, cut } = spawn_blocking(find).await.map_err(Problem::internal)?;
    let mentioned = routes.iter().flatten().chain(&cut).copied().chain([from, to]);
    let names = reported.names(&slice, caller.workspace, mentioned).await?;
    let somebody = |place: u32| reported.somebody(place, &names);
    let list = RouteList {
        from: somebody(from),
        to: somebody(to),
        independent: routes.len() as u32,
        capped: at_least,
        routes: routes.into_iter().map(|route| route.into_iter().map(somebody).collect()).collect(),
        cut: cut.into_iter().map(somebody).collect(),
    };
    Ok(match query.format {
        Format::Json => Json(list).into_response(),
        Format::Csv => csv(&list).into_response(),
    })
}

/// One line per person on a way.
fn csv(list: &RouteList) -> Csv {
    let mut csv = Csv::new("stability-routes", &["route", "hop", "person", "name", "unit"]);
    for (route, people) in list.routes.iter().enumerate() {
        for (hop, somebody) in people.iter().enumerate() {
            csv.line([
                (route + 1).into(),
                hop.into(),
                somebody.person.to_string().into(),
                somebody.name.clone().into(),
                somebody.unit.as_ref().map(|unit| unit.name.clone()).into(),
            ]);
        }
    }
    csv
}
