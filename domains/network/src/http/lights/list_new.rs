//! `GET /api/v1/network/new-lights`

use axum::{
    extract::State,
    response::{IntoResponse, Response},
};
use kernel::PersonId;
use serde::Serialize;
use utoipa::ToSchema;
use web::{CanReadNetwork, Csv, Format, Json, Problem, Query};

use super::{
    super::{
        naming::{Mentioned, UnitBrief},
        working::Working,
    },
    Called, LightsQuery,
    list::FormatQuery,
};
use crate::Slice;

/// Where a new light would add most.
#[derive(Serialize, ToSchema)]
pub(super) struct NewLightList {
    /// People no light in the caller's scope lights at least weakly.
    dim: u32,
    /// Persons who were tried: those with most dim people next to them, 2,000 at most.
    considered: u32,
    /// The best first; each adds to those before.
    items: Vec<NewLightRow>,
}

/// Somebody who could be a new light.
#[derive(Serialize, ToSchema)]
pub(super) struct NewLightRow {
    rank: u32,
    #[schema(value_type = String)]
    person: PersonId,
    name: Option<String>,
    /// Where they are at home.
    unit: Option<UnitBrief>,
    /// How many people they are tied to.
    ties: u32,
    /// Dim people they would light at least weakly, themselves included.
    alone: u32,
    /// Those of them whom none of the persons before would.
    gain: u32,
    /// Those of the gain who stand in the dark today; the others are barely lit.
    dark: u32,
    /// The gain of all up to this one.
    together: u32,
}

/// Where a new light would add most
///
/// Persons who, once won as a light, would light most of the people who are dark or barely lit today, chosen one after the
/// other.
#[utoipa::path(
    get, path = "/api/v1/network/new-lights", tag = "network", operation_id = "network.light.list_new",
    params(LightsQuery, FormatQuery),
    responses(
        (status = 200, body = NewLightList),
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
    let survey = &seen.made.value;
    let mut mentioned = Mentioned::default();
    seen.live.read(|network| {
        survey.new_lights.iter().for_each(|new| mentioned.add(network.people(), new.person));
    });
    let called = Called::look_up(&slice, caller.workspace, &seen, mentioned).await?;
    let mut together = 0;
    let rows = survey.new_lights.iter().enumerate().map(|(place, new)| {
        together += new.candidate.gain;
        NewLightRow {
            rank: place as u32 + 1,
            person: PersonId(new.person),
            name: called.names().person(new.person),
            unit: called.names().unit(survey.unit(new.root)),
            ties: new.ties,
            alone: new.candidate.alone,
            gain: new.candidate.gain,
            dark: new.candidate.dark,
            together,
        }
    });
    let list = NewLightList { dim: survey.dim, considered: survey.considered, items: rows.collect() };
    Ok(match format {
        Format::Json => Json(list).into_response(),
        Format::Csv => csv(&list).into_response(),
    })
}

fn csv(list: &NewLightList) -> Csv {
    let columns = ["rank", "person", "name", "unit", "ties", "alone", "gain", "dark", "together"];
    let mut csv = Csv::new("new-lights", &columns);
    for row in &list.items {
        csv.line([
            row.rank.into(),
            row.person.to_string().into(),
            row.name.clone().into(),
            row.unit.as_ref().map(|unit| unit.name.clone()).into(),
            row.ties.into(),
            row.alone.into(),
            row.gain.into(),
            row.dark.into(),
            row.together.into(),
        ]);
    }
    csv
}
