//! `GET /api/v1/network/lights`

use axum::{
    extract::State,
    response::{IntoResponse, Response},
};
use kernel::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use web::{CanReadNetwork, Csv, Format, Json, Problem, Query};

use super::{
    super::{naming::Mentioned, working::Working},
    Called, LightBrief, LightsQuery, Seen,
};
use crate::{
    Slice,
    rules::lights::{HOPS_MAX, Light, Reason, Sums, Survey, WEAK, WELL},
};

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct FormatQuery {
    #[serde(default)]
    #[param(inline)]
    pub(super) format: Format,
}

/// People by how well they are lit: by the best product of chances over at most five hops.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
pub(super) struct BandCounts {
    /// 明: at least `well_from`.
    well: u32,
    /// 弱: at least `weak_from`.
    weak: u32,
    /// 暗: at least the threshold.
    barely: u32,
}

impl From<[u32; 3]> for BandCounts {
    fn from([well, weak, barely]: [u32; 3]) -> Self {
        Self { well, weak, barely }
    }
}

/// One light in numbers.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(super) struct LightRow {
    #[serde(flatten)]
    light: LightBrief,
    /// Those it lights who left phone and WeChat id.
    fans: u32,
    /// The others.
    visitors: u32,
    bands: BandCounts,
    /// People by the fewest hops that reach the threshold, from one hop to five.
    circles: Vec<u32>,
    /// Circles that have anybody.
    depth: u32,
    /// Circles + 1.
    share_levels: u32,
    /// People another light in the caller's scope lights too.
    shared: u32,
    /// People no other light in the caller's scope lights.
    alone: u32,
    /// People some light outside the caller's scope lights too.
    shared_elsewhere: u32,
    /// People who are at home under no root in the caller's scope: counted, never named.
    away: u32,
    /// People by when they joined, a number for each of the list's `points`.
    growth: Vec<u32>,
    /// False when there were too many ties to look at all of them: then it lights more.
    complete: bool,
}

impl LightRow {
    pub(super) fn of(light: &Light, sums: &Sums, called: &Called) -> Self {
        Self {
            light: called.light(light, sums),
            fans: sums.fans,
            visitors: sums.people - sums.fans,
            bands: sums.bands.into(),
            circles: sums.circles.to_vec(),
            depth: sums.depth(),
            share_levels: sums.depth() + 1,
            shared: sums.shared,
            alone: sums.people - sums.shared,
            shared_elsewhere: sums.shared_elsewhere,
            away: sums.away,
            growth: sums.growth.0.clone(),
            complete: sums.complete,
        }
    }
}

/// The lights that are too many to be told one by one.
#[derive(Serialize, ToSchema)]
pub(super) struct OtherLights {
    lights: u32,
    /// Everybody they light together.
    people: u32,
}

/// Why people stand in the dark.
#[derive(Clone, Copy, Debug, Default, Serialize, ToSchema)]
pub(super) struct DarkReasons {
    /// Tied to nobody.
    untied: u32,
    /// No chain of ties leads from any light to them.
    cut_off: u32,
    /// More than five hops from every light.
    too_far: u32,
    /// Near enough, but the ties are too weak.
    too_faint: u32,
}

impl DarkReasons {
    pub(super) fn of(survey: &Survey) -> Self {
        let mut reasons = Self::default();
        for dark in &survey.dark {
            *match dark.reason {
                Reason::Untied => &mut reasons.untied,
                Reason::CutOff => &mut reasons.cut_off,
                Reason::TooFar => &mut reasons.too_far,
                Reason::TooFaint => &mut reasons.too_faint,
            } += 1;
        }
        reasons
    }
}

/// Searchlights over the roots the caller may see.
#[derive(Serialize, ToSchema)]
pub(super) struct LightList {
    #[schema(value_type = String, format = DateTime)]
    as_of: Timestamp,
    /// The next fact that is not counted yet.
    offset: u64,
    /// Lit is who is reached with at least this product of chances.
    threshold: f64,
    /// Weakly lit from here.
    weak_from: f64,
    /// Well lit from here.
    well_from: f64,
    /// Light goes so many hops.
    hops_max: usize,
    /// People the caller may see, the roots of the lights left out.
    known: u32,
    /// Those any light reaches.
    lit: u32,
    /// By the best light that reaches them.
    bands: BandCounts,
    /// Those no light reaches.
    dark: u32,
    dark_reasons: DarkReasons,
    /// People kept out as suspicious: they count nowhere here.
    kept_out: u64,
    /// When each number of a growth begins.
    #[schema(value_type = Vec<String>)]
    points: Vec<Timestamp>,
    /// How long each goes on.
    step_secs: i64,
    /// Everybody any light reaches, by when they joined.
    growth: Vec<u32>,
    /// The most people first, 512 at most.
    items: Vec<LightRow>,
    /// The lights beyond them.
    others: Option<OtherLights>,
}

/// Searchlights
///
/// Whom each store, member of staff, channel or campaign can reach over at most five ties, and how well. What is not ready
/// within a moment is answered with 202: ask again.
#[utoipa::path(
    get, path = "/api/v1/network/lights", tag = "network", operation_id = "network.light.list",
    params(LightsQuery, FormatQuery),
    responses(
        (status = 200, body = LightList),
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
    let list = view(&seen, &called);
    Ok(match format {
        Format::Json => Json(list).into_response(),
        Format::Csv => csv(&list).into_response(),
    })
}

fn view(seen: &Seen, called: &Called) -> LightList {
    let survey = &seen.made.value;
    LightList {
        as_of: seen.made.at,
        offset: seen.made.offset.0,
        threshold: f64::from(seen.asked.least_millionths) / 1e6,
        weak_from: shown(WEAK),
        well_from: shown(WELL),
        hops_max: HOPS_MAX,
        known: survey.known,
        lit: survey.bands.iter().sum(),
        bands: survey.bands.into(),
        dark: survey.dark.len() as u32,
        dark_reasons: DarkReasons::of(survey),
        kept_out: survey.kept_out,
        points: survey.axis.map(|axis| axis.points().collect()).unwrap_or_default(),
        step_secs: survey.axis.map_or(0, |axis| axis.step / 1_000_000),
        growth: survey.growth.0.clone(),
        items: survey.lights.iter().map(|(light, sums)| LightRow::of(light, sums, called)).collect(),
        others: survey.rest.as_ref().map(|(lights, sums)| OtherLights { lights: *lights, people: sums.people }),
    }
}

/// A chance without the noise of its short form.
pub(super) fn shown(chance: f32) -> f64 {
    (f64::from(chance) * 1e6).round() / 1e6
}

fn csv(list: &LightList) -> Csv {
    let columns = [
        "light",
        "name",
        "unit",
        "roots",
        "people",
        "fans",
        "visitors",
        "well",
        "weak",
        "barely",
        "circle_1",
        "circle_2",
        "circle_3",
        "circle_4",
        "circle_5",
        "share_levels",
        "shared",
        "alone",
        "shared_elsewhere",
        "away",
    ];
    let mut csv = Csv::new("lights", &columns);
    for row in &list.items {
        let LightRow { light, bands, circles, .. } = row;
        let mut cells = vec![
            light.light.clone().into(),
            light.name.clone().into(),
            light.unit.as_ref().map(|unit| unit.name.clone()).into(),
            light.roots.into(),
            light.people.into(),
            row.fans.into(),
            row.visitors.into(),
            bands.well.into(),
            bands.weak.into(),
            bands.barely.into(),
        ];
        cells.extend(circles.iter().map(|people| (*people).into()));
        cells.extend([row.share_levels, row.shared, row.alone, row.shared_elsewhere, row.away].map(web::Cell::from));
        csv.cells(cells);
    }
    csv
}
