//! `GET /api/v1/network/stability/persons`

use std::{collections::BTreeMap, sync::Arc};

use axum::{
    extract::State,
    response::{IntoResponse, Response},
};
use kernel::UnitId;
use serde::{Deserialize, Serialize};
use tokio::task::spawn_blocking;
use utoipa::{IntoParams, ToSchema};
use web::{CanReadNetwork, Csv, Format, Json, Limit, Problem, Query};

use super::{
    super::{naming::UnitBrief, working::Working},
    Reported, Somebody, StabilityQuery,
};
use crate::{Slice, rules::stability::Cut};

/// People looked at to tell where those who hang are at home, all rows together.
const HOMES_MAX: u64 = 20_000_000;

/// People by where they are at home.
type Homes = Vec<(Option<UnitId>, u32)>;

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct CutQuery {
    /// Leave roots out: of course everybody hangs on the store itself.
    #[serde(default)]
    without_roots: bool,
    #[serde(default)]
    #[param(inline)]
    limit: Limit<50, 1000>,
    #[serde(default)]
    #[param(inline)]
    format: Format,
}

/// People without whom a connected group falls apart.
#[derive(Serialize, ToSchema)]
pub(super) struct CutList {
    /// How many there are, roots included.
    total: u32,
    /// On whom most people hang first.
    items: Vec<CutRow>,
}

/// An articulation person.
#[derive(Serialize, ToSchema)]
pub(super) struct CutRow {
    rank: u32,
    #[serde(flatten)]
    somebody: Somebody,
    /// People who would be cut off from the largest part that remains of their group.
    hanging: u32,
    /// Into how many parts the group would fall.
    parts: u32,
    /// Where those who hang are at home, the most people first. Empty past the first twenty million people of a list.
    units: Vec<HangingUnit>,
}

/// People who hang on somebody, by where they are at home.
#[derive(Serialize, ToSchema)]
pub(super) struct HangingUnit {
    /// Null for people whose root names no unit, and for those who wait for a place.
    unit: Option<UnitBrief>,
    people: u32,
}

/// On whom the network hangs
#[utoipa::path(
    get, path = "/api/v1/network/stability/persons", tag = "network", operation_id = "network.stability.persons",
    params(StabilityQuery, CutQuery),
    responses(
        (status = 200, body = CutList),
        (status = 202, body = Working, description = "Still being worked out"),
        (status = 404, description = "No such unit in the caller's scope"),
    ),
    extensions(("x-permission" = json!("read_network"))),
)]
pub(super) async fn list(
    caller: CanReadNetwork,
    State(slice): State<Slice>,
    Query(query): Query<StabilityQuery>,
    Query(asked): Query<CutQuery>,
) -> Result<Response, Problem> {
    let reported = match slice.stability(caller.workspace, &caller.scope, query).await? {
        Ok(reported) => Arc::new(reported),
        Err(working) => return Ok(working.into_response()),
    };
    let cuts = &reported.made.value.report.cuts;
    let wanted = cuts.persons.iter().filter(|cut| !(asked.without_roots && reported.is_root(cut.place)));
    let wanted: Vec<Cut> = wanted.take(asked.limit.get()).cloned().collect();
    let names = reported.names(&slice, caller.workspace, wanted.iter().map(|cut| cut.place)).await?;
    let rows = {
        let reported = Arc::clone(&reported);
        spawn_blocking(move || homes(&reported, wanted)).await.map_err(Problem::internal)?
    };
    let row = |(place, (cut, homes)): (usize, (Cut, Homes))| CutRow {
        rank: place as u32 + 1,
        somebody: reported.somebody(cut.place, &names),
        hanging: cut.hanging,
        parts: cut.parts,
        units: homes
            .into_iter()
            .map(|(unit, people)| HangingUnit { unit: names.unit(unit.as_ref()), people })
            .collect(),
    };
    let list = CutList { total: cuts.persons.len() as u32, items: rows.into_iter().enumerate().map(row).collect() };
    Ok(match asked.format {
        Format::Json => Json(list).into_response(),
        Format::Csv => csv(&list).into_response(),
    })
}

fn homes(reported: &Reported, cuts: Vec<Cut>) -> Vec<(Cut, Homes)> {
    let mut left = HOMES_MAX;
    let homes = cuts.into_iter().map(|cut| {
        let Some(after) = left.checked_sub(cut.hanging.into()) else { return (cut, Vec::new()) };
        left = after;
        let mut counts: BTreeMap<Option<&UnitId>, u32> = BTreeMap::new();
        for place in reported.made.value.report.cuts.hanging(&cut) {
            *counts.entry(reported.unit(place)).or_default() += 1;
        }
        let mut homes: Homes = counts.into_iter().map(|(unit, people)| (unit.cloned(), people)).collect();
        homes.sort_by_key(|(_, people)| std::cmp::Reverse(*people));
        (cut, homes)
    });
    homes.collect()
}

fn csv(list: &CutList) -> Csv {
    let columns = ["rank", "person", "name", "unit", "root", "ties", "hanging", "parts", "hanging_by_unit"];
    let mut csv = Csv::new("stability-persons", &columns);
    for row in &list.items {
        let unit = |unit: &HangingUnit| {
            format!("{} {}", unit.unit.as_ref().map_or("", |unit| unit.name.as_str()), unit.people)
        };
        csv.line([
            row.rank.into(),
            row.somebody.person.to_string().into(),
            row.somebody.name.clone().into(),
            row.somebody.unit.as_ref().map(|unit| unit.name.clone()).into(),
            row.somebody.is_root.into(),
            row.somebody.ties.into(),
            row.hanging.into(),
            row.parts.into(),
            row.units.iter().map(unit).collect::<Vec<_>>().join("; ").into(),
        ]);
    }
    csv
}
