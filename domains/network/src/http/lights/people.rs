//! `GET /api/v1/network/light/people`

use axum::{
    extract::State,
    response::{IntoResponse, Response},
};
use kernel::{Handle, PersonId, Timestamp, UnitId};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use web::{CanReadNetwork, Csv, Format, Json, Limit, Problem, Query};

use super::{
    super::{
        naming::{Mentioned, UnitBrief},
        working::Working,
    },
    Called, LightsQuery,
    list::shown,
    read::LightQuery,
};
use crate::{
    Slice,
    rules::{
        ground::{Ground, NEVER},
        lights::{Band, Lit},
    },
};

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct LitQuery {
    /// Only people who are lit `well`, `weak` or `barely`.
    #[param(value_type = Option<String>)]
    band: Option<Band>,
    /// Only people of this circle, from 1 to 5.
    circle: Option<u8>,
    #[serde(default)]
    #[param(inline)]
    limit: Limit<50, 10000>,
    #[serde(default)]
    #[param(inline)]
    format: Format,
}

/// Whom a light reaches.
#[derive(Serialize, ToSchema)]
pub(super) struct LitList {
    /// How many there are of those asked for.
    total: u32,
    /// Those of them who are at home outside the caller's scope, and are not named.
    away: u32,
    /// The best lit first.
    items: Vec<LitRow>,
}

/// Somebody a light reaches.
#[derive(Serialize, ToSchema)]
pub(super) struct LitRow {
    #[schema(value_type = String)]
    person: PersonId,
    name: Option<String>,
    /// Where they are at home.
    unit: Option<UnitBrief>,
    is_fan: bool,
    /// `well`, `weak` or `barely`.
    #[schema(value_type = String)]
    band: Band,
    /// The best product of chances over at most five hops.
    chance: f64,
    /// The fewest hops that reach the threshold.
    circle: u8,
    /// When they joined first; null while they wait for a place.
    #[schema(value_type = Option<String>, format = DateTime)]
    since: Option<Timestamp>,
}

/// Somebody, taken out of the ground.
struct Found {
    person: Handle,
    unit: Option<UnitId>,
    fan: bool,
    lit: Lit,
    since: i64,
}

/// Whom a searchlight reaches
#[utoipa::path(
    get, path = "/api/v1/network/light/people", tag = "network", operation_id = "network.light.people",
    params(LightsQuery, LightQuery, LitQuery),
    responses(
        (status = 200, body = LitList),
        (status = 202, body = Working, description = "Still being worked out"),
        (status = 404, description = "No such light in the caller's scope, or no such campaign"),
    ),
    extensions(("x-permission" = json!("read_network"))),
)]
pub(super) async fn list(
    caller: CanReadNetwork,
    State(slice): State<Slice>,
    Query(lights): Query<LightsQuery>,
    Query(light): Query<LightQuery>,
    Query(query): Query<LitQuery>,
) -> Result<Response, Problem> {
    let seen = match slice.lights(caller.workspace, &caller.scope, lights).await? {
        Ok(seen) => seen,
        Err(working) => return Ok(working.into_response()),
    };
    let (_, light) = seen.find(light.light())?;
    let (scope, band, circle, limit) = (caller.scope.clone(), query.band, query.circle, query.limit.get());
    let tell = move |ground: &Ground, lit: &[Lit]| {
        let wanted = |lit: &&Lit| {
            band.is_none_or(|band| Band::of(lit.chance) == band) && circle.is_none_or(|circle| lit.circle == circle)
        };
        let wanted: Vec<Lit> = lit.iter().filter(wanted).copied().collect();
        let mut found: Vec<Found> = wanted
            .iter()
            .filter_map(|lit| {
                let home = ground.home(lit.node, &scope);
                (home.is_some() || scope.is_all()).then(|| Found {
                    person: ground.graph.person(lit.node),
                    unit: home.and_then(|stand| ground.roots[stand.root as usize].owner.unit.clone()),
                    fan: ground.fan[lit.node as usize],
                    lit: *lit,
                    since: ground.first_joined[lit.node as usize],
                })
            })
            .collect();
        let away = wanted.len() - found.len();
        found.sort_by(|a, b| b.lit.chance.total_cmp(&a.lit.chance).then(a.person.cmp(&b.person)));
        found.truncate(limit);
        (wanted.len() as u32, away as u32, found)
    };
    let (total, away, found) = match seen.shine(&slice, &light, tell).await? {
        Ok(found) => found,
        Err(working) => return Ok(working.into_response()),
    };
    let mut mentioned = Mentioned::default();
    seen.live.read(|network| found.iter().for_each(|found| mentioned.add(network.people(), found.person)));
    let called = Called::look_up(&slice, caller.workspace, &seen, mentioned).await?;
    let list = LitList { total, away, items: found.into_iter().map(|found| row(found, &called)).collect() };
    Ok(match query.format {
        Format::Json => Json(list).into_response(),
        Format::Csv => csv(&list).into_response(),
    })
}

fn row(found: Found, called: &Called) -> LitRow {
    LitRow {
        person: PersonId(found.person),
        name: called.names().person(found.person),
        unit: called.names().unit(found.unit.as_ref()),
        is_fan: found.fan,
        band: Band::of(found.lit.chance),
        chance: shown(found.lit.chance),
        circle: found.lit.circle,
        since: (found.since != NEVER).then_some(Timestamp(found.since)),
    }
}

fn csv(list: &LitList) -> Csv {
    let columns = ["person", "name", "unit", "fan", "band", "chance", "circle", "since"];
    let mut csv = Csv::new("light-people", &columns);
    for row in &list.items {
        let band = match row.band {
            Band::Well => "well",
            Band::Weak => "weak",
            Band::Barely => "barely",
        };
        csv.line([
            row.person.to_string().into(),
            row.name.clone().into(),
            row.unit.as_ref().map(|unit| unit.name.clone()).into(),
            row.is_fan.into(),
            band.into(),
            row.chance.into(),
            i32::from(row.circle).into(),
            row.since.into(),
        ]);
    }
    csv
}
