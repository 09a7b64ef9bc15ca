//! `GET /api/v1/network/light-overlaps`

use axum::{
    extract::State,
    response::{IntoResponse, Response},
};
use serde::Serialize;
use utoipa::ToSchema;
use web::{CanReadNetwork, Csv, Format, Json, Problem, Query};

use super::{
    super::{naming::Mentioned, working::Working},
    Called, LightBrief, LightsQuery,
    list::FormatQuery,
};
use crate::Slice;

/// How many people each two lights share.
#[derive(Serialize, ToSchema)]
pub(super) struct OverlapList {
    /// The lights, the most people first.
    lights: Vec<LightBrief>,
    /// Pairs that share anybody, the most people first.
    pairs: Vec<OverlapRow>,
}

/// People two lights both reach.
#[derive(Serialize, ToSchema)]
pub(super) struct OverlapRow {
    /// Place of the one light in `lights`.
    a: u32,
    /// Place of the other.
    b: u32,
    /// People both reach.
    both: u32,
    /// `both` ÷ people either reaches.
    jaccard: f64,
}

/// How far searchlights overlap
///
/// Exact counts of the people each two lights in the caller's scope both reach.
#[utoipa::path(
    get, path = "/api/v1/network/light-overlaps", tag = "network", operation_id = "network.light.overlaps",
    params(LightsQuery, FormatQuery),
    responses(
        (status = 200, body = OverlapList),
        (status = 202, body = Working, description = "Still being worked out"),
        (status = 404, description = "No such campaign"),
    ),
    extensions(("x-permission" = json!("read_network"))),
)]
pub(super) async fn list(
    caller: CanReadNetwork,
    State(slice): State<Slice>,
    Query(query): Query<LightsQuery>,
    Query(FormatQuery { format }): Query<FormatQuery>,
) -> Result<Response, Problem> {
    let seen = match slice.lights(caller.workspace, &caller.scope, query).await? {
        Ok(seen) => seen,
        Err(working) => return Ok(working.into_response()),
    };
    let called = Called::look_up(&slice, caller.workspace, &seen, Mentioned::default()).await?;
    let survey = &seen.made.value;
    let people = |place: u32| survey.lights[place as usize].1.people;
    let mut pairs: Vec<OverlapRow> = survey
        .overlaps
        .iter()
        .map(|pair| {
            let either = people(pair.a) + people(pair.b) - pair.both;
            OverlapRow { a: pair.a, b: pair.b, both: pair.both, jaccard: f64::from(pair.both) / f64::from(either) }
        })
        .collect();
    pairs.sort_by(|a, b| b.both.cmp(&a.both).then((a.a, a.b).cmp(&(b.a, b.b))));
    let lights = survey.lights.iter().map(|(light, sums)| called.light(light, sums)).collect();
    let list = OverlapList { lights, pairs };
    Ok(match format {
        Format::Json => Json(list).into_response(),
        Format::Csv => csv(&list).into_response(),
    })
}

fn csv(list: &OverlapList) -> Csv {
    let columns = ["a", "a_name", "a_people", "b", "b_name", "b_people", "both", "jaccard"];
    let mut csv = Csv::new("light-overlaps", &columns);
    for pair in &list.pairs {
        let (a, b) = (&list.lights[pair.a as usize], &list.lights[pair.b as usize]);
        csv.line([
            a.light.clone().into(),
            a.name.clone().into(),
            a.people.into(),
            b.light.clone().into(),
            b.name.clone().into(),
            b.people.into(),
            pair.both.into(),
            pair.jaccard.into(),
        ]);
    }
    csv
}
