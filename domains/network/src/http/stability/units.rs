//! `GET /api/v1/network/stability/units`

use axum::{
    extract::State,
    response::{IntoResponse, Response},
};
use serde::Serialize;
use utoipa::ToSchema;
use web::{CanReadNetwork, Csv, Format, Json, Problem, Query};

use super::{
    super::{naming::UnitBrief, working::Working},
    Somebody, StabilityQuery,
    read::{FormatQuery, StabilityFigures},
};
use crate::{
    Slice,
    rules::stability::{UNIT_LOSS, UnitStability},
};

/// How stable each unit is.
#[derive(Serialize, ToSchema)]
pub(super) struct StabilityUnitList {
    /// The share of a unit's people whose leaving is asked about, those with most ties first.
    loss: f64,
    /// The most people first.
    items: Vec<StabilityUnitRow>,
}

/// The people under the roots of one unit and the ties between them.
#[derive(Serialize, ToSchema)]
pub(super) struct StabilityUnitRow {
    unit: Option<UnitBrief>,
    #[serde(flatten)]
    figures: StabilityFigures,
    /// The largest group left after the loss, as a share of all people of the unit.
    left: f64,
    /// The person most people hang on.
    most: Option<Somebody>,
    /// How many hang on them.
    hanging: u32,
}

/// How stable each unit is
#[utoipa::path(
    get, path = "/api/v1/network/stability/units", tag = "network", operation_id = "network.stability.units",
    params(StabilityQuery, FormatQuery),
    responses(
        (status = 200, body = StabilityUnitList),
        (status = 202, body = Working, description = "Still being worked out"),
        (status = 404, description = "No such unit in the caller's scope"),
    ),
    extensions(("x-permission" = json!("read_network"))),
)]
pub(super) async fn list(
    caller: CanReadNetwork,
    State(slice): State<Slice>,
    Query(query): Query<StabilityQuery>,
    Query(FormatQuery { format }): Query<FormatQuery>,
) -> Result<Response, Problem> {
    let reported = match slice.stability(caller.workspace, &caller.scope, query).await? {
        Ok(reported) => reported,
        Err(working) => return Ok(working.into_response()),
    };
    let report = &reported.made.value.report;
    let most = |unit: &UnitStability| report.part.place(unit.most?.0);
    let names = reported.names(&slice, caller.workspace, report.units.iter().filter_map(most)).await?;
    let row = |unit: &UnitStability| StabilityUnitRow {
        unit: names.unit(Some(&unit.unit)),
        figures: (&unit.figures).into(),
        left: unit.left,
        most: most(unit).map(|place| reported.somebody(place, &names)),
        hanging: unit.most.map_or(0, |(_, hanging)| hanging),
    };
    let list = StabilityUnitList { loss: UNIT_LOSS, items: report.units.iter().map(row).collect() };
    Ok(match format {
        Format::Json => Json(list).into_response(),
        Format::Csv => csv(&list).into_response(),
    })
}

fn csv(list: &StabilityUnitList) -> Csv {
    let columns = [
        "unit",
        "people",
        "ties",
        "groups",
        "giant",
        "giant_share",
        "molloy_reed",
        "left",
        "cut_persons",
        "bridges",
        "most_person",
        "most_name",
        "most_hanging",
    ];
    let mut csv = Csv::new("stability-units", &columns);
    for row in &list.items {
        let figures = &row.figures;
        csv.line([
            row.unit.as_ref().map(|unit| unit.name.clone()).into(),
            figures.people.into(),
            figures.ties.into(),
            figures.groups.into(),
            figures.giant.into(),
            figures.giant_share.into(),
            figures.molloy_reed.into(),
            row.left.into(),
            figures.cut_persons.into(),
            figures.bridges.into(),
            row.most.as_ref().map(|most| most.person.to_string()).into(),
            row.most.as_ref().and_then(|most| most.name.clone()).into(),
            row.hanging.into(),
        ]);
    }
    csv
}
