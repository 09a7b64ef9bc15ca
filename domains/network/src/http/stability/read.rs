//! `GET /api/v1/network/stability`

use axum::{
    extract::State,
    response::{IntoResponse, Response},
};
use kernel::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use web::{CanReadNetwork, Csv, Format, Json, Problem, Query};

use super::{super::working::Working, Reported, StabilityQuery};
use crate::{
    Slice,
    rules::stability::{Figures, Point},
};

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct FormatQuery {
    #[serde(default)]
    #[param(inline)]
    pub(super) format: Format,
}

/// How some people hold together.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(super) struct StabilityFigures {
    /// People who have a tie.
    pub(super) people: u32,
    /// Ties between them.
    pub(super) ties: u32,
    /// Connected groups.
    pub(super) groups: u32,
    /// People of the largest group.
    pub(super) giant: u32,
    /// `giant` ÷ `people`; 0 when there is nobody.
    pub(super) giant_share: f64,
    /// Molloy and Reed's ⟨k²⟩ ÷ ⟨k⟩ over the numbers of ties: above 2 a random network of such numbers holds together. Null
    /// where there are no ties.
    pub(super) molloy_reed: Option<f64>,
    /// People without whom a group falls apart.
    pub(super) cut_persons: u32,
    /// Ties without which a group falls apart.
    pub(super) bridges: u32,
}

impl From<&Figures> for StabilityFigures {
    fn from(figures: &Figures) -> Self {
        let Figures { people, ties, groups, giant, molloy_reed, cut_persons, bridges } = *figures;
        let giant_share = if people == 0 { 0.0 } else { f64::from(giant) / f64::from(people) };
        Self { people, ties, groups, giant, giant_share, molloy_reed, cut_persons, bridges }
    }
}

/// How stable the network is of the people the caller may see.
#[derive(Serialize, ToSchema)]
pub(super) struct StabilityView {
    #[schema(value_type = String, format = DateTime)]
    as_of: Timestamp,
    /// The next fact that is not counted yet.
    offset: u64,
    #[serde(flatten)]
    figures: StabilityFigures,
    /// People kept out as suspicious: they count nowhere here.
    kept_out: u64,
    /// What is left when people leave, from nobody to 30%.
    curve: Vec<CurvePoint>,
    /// How often people left at random.
    runs: u32,
}

/// The largest group left when a share of the people leaves, as a share of all there were.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
pub(super) struct CurvePoint {
    /// Share of the people who leave.
    fraction: f64,
    /// Those with most ties leave.
    by_degree: f64,
    /// Those who brought most people leave.
    by_reach: f64,
    /// Anybody leaves: the mean of the runs.
    random: f64,
    /// 95 of 100 runs end between this …
    random_low: f64,
    /// … and this, if they are spread normally.
    random_high: f64,
}

impl From<&Point> for CurvePoint {
    fn from(point: &Point) -> Self {
        Self {
            fraction: point.fraction,
            by_degree: point.by_degree,
            by_reach: point.by_reach,
            random: point.random,
            random_low: (point.random - point.random_interval).max(0.0),
            random_high: (point.random + point.random_interval).min(1.0),
        }
    }
}

/// How stable the network is
///
/// What is left of the largest connected group when people leave: those with most ties, those who brought most, or anybody.
/// Over the people the caller may see, or of one unit. As a table: the curve.
#[utoipa::path(
    get, path = "/api/v1/network/stability", tag = "network", operation_id = "network.stability.read",
    params(StabilityQuery, FormatQuery),
    responses(
        (status = 200, body = StabilityView),
        (status = 202, body = Working, description = "Still being worked out"),
        (status = 404, description = "No such unit in the caller's scope"),
    ),
    extensions(("x-permission" = json!("read_network"))),
)]
pub(super) async fn read(
    caller: CanReadNetwork,
    State(slice): State<Slice>,
    Query(query): Query<StabilityQuery>,
    Query(FormatQuery { format }): Query<FormatQuery>,
) -> Result<Response, Problem> {
    let reported = match slice.stability(caller.workspace, &caller.scope, query).await? {
        Ok(reported) => reported,
        Err(working) => return Ok(working.into_response()),
    };
    let view = view(&reported);
    Ok(match format {
        Format::Json => Json(view).into_response(),
        Format::Csv => csv(&view).into_response(),
    })
}

fn view(reported: &Reported) -> StabilityView {
    let report = &reported.made.value.report;
    StabilityView {
        as_of: reported.made.at,
        offset: reported.made.offset.0,
        figures: (&report.figures).into(),
        kept_out: reported.made.value.ground.value.kept_out(&reported.scope),
        curve: report.curve.points.iter().map(CurvePoint::from).collect(),
        runs: report.curve.runs,
    }
}

fn csv(view: &StabilityView) -> Csv {
    let columns = ["fraction", "by_degree", "by_reach", "random", "random_low", "random_high"];
    let mut csv = Csv::new("stability", &columns);
    for point in &view.curve {
        let CurvePoint { fraction, by_degree, by_reach, random, random_low, random_high } = *point;
        csv.line([fraction, by_degree, by_reach, random, random_low, random_high].map(web::Cell::from));
    }
    csv
}
