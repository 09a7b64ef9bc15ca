//! `GET /api/v1/network/compare`

use axum::{
    extract::State,
    response::{IntoResponse, Response},
};
use kernel::{CampaignId, Timestamp};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use web::{CanReadNetwork, Csv, Format, Json, Problem, Query};

use crate::{
    Slice,
    http::read_cascade::{CampaignBrief, money},
    rules::{cascade::Totals, speed},
};

/// More campaigns side by side cannot be told apart.
const CAMPAIGNS_MAX: usize = 6;

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(in crate::http) struct CompareQuery {
    /// Ids of 1 to 6 campaigns, separated by commas.
    campaigns: String,
    /// Answer only when the fact at this offset has been folded.
    wait_offset: Option<u64>,
    #[serde(default)]
    #[param(inline)]
    format: Format,
}

/// Campaigns side by side, counted over the roots the caller may see.
#[derive(Serialize, ToSchema)]
pub(in crate::http) struct Comparison {
    items: Vec<CampaignCompared>,
}

/// One campaign in numbers that can be compared.
#[derive(Serialize, ToSchema)]
pub(in crate::http) struct CampaignCompared {
    campaign: CampaignBrief,
    roots: u32,
    people: u64,
    fans: u64,
    /// People of these who count in no ranking: kept out as suspicious, or below somebody who is.
    kept_out: u64,
    /// Fans of everybody, from 0 to 1.
    fan_rate: f64,
    depth_max: u32,
    structural_virality: f64,
    orders: u64,
    paid_minor: i64,
    /// Orders of everybody, from 0.
    orders_a_person: f64,
    #[schema(value_type = Option<String>, format = DateTime)]
    first_joined_at: Option<Timestamp>,
    #[schema(value_type = Option<String>, format = DateTime)]
    last_joined_at: Option<Timestamp>,
    /// Hours from the first joining until half of everybody had joined.
    hours_to_half: Option<f64>,
    /// How many hours a step of `joined` is.
    step_hours: u32,
    /// People who joined, step by step since the first one did.
    joined: Vec<u32>,
    /// People by circle, the roots first.
    circles: Vec<u32>,
}

/// Campaigns side by side
///
/// Totals, depth, speed by hour since each began, virality and conversion.
#[utoipa::path(
    get, path = "/api/v1/network/compare", tag = "network", operation_id = "network.campaign.compare",
    params(CompareQuery),
    responses(
        (status = 200, body = Comparison),
        (status = 404, description = "No such campaign"),
        (status = 422, description = "There are 1 to 6 campaigns"),
    ),
    extensions(("x-permission" = json!("read_network"))),
)]
pub(in crate::http) async fn compare(
    caller: CanReadNetwork,
    State(slice): State<Slice>,
    Query(query): Query<CompareQuery>,
) -> Result<Response, Problem> {
    let asked: Vec<&str> = query.campaigns.split(',').map(str::trim).filter(|id| !id.is_empty()).collect();
    if asked.is_empty() || asked.len() > CAMPAIGNS_MAX {
        return Err(Problem::invalid("campaigns", "ids of 1 to 6 campaigns, separated by commas"));
    }
    let live = slice.live(caller.workspace, query.wait_offset).await?;
    let mut items = Vec::with_capacity(asked.len());
    for id in asked {
        let id: CampaignId =
            id.parse().map_err(|_| Problem::invalid("campaigns", format!("'{id}' is no campaign's id")))?;
        let campaign = slice.campaign(caller.workspace, &id, &live).await?;
        let (totals, kept_out, joined) = live.read(|network| {
            let joined = network.columns(&id, &caller.scope, None).unwrap_or_default().joined_at;
            let kept_out = network.suspicious_count(&id, &caller.scope);
            (network.totals(&id, &caller.scope).unwrap_or_default(), kept_out, joined)
        });
        let brief = CampaignBrief { id: campaign.id, name: campaign.name };
        items.push(CampaignCompared { kept_out, ..CampaignCompared::of(brief, &totals, joined) });
    }
    Ok(match query.format {
        Format::Json => Json(Comparison { items }).into_response(),
        Format::Csv => csv(&items).into_response(),
    })
}

impl CampaignCompared {
    fn of(campaign: CampaignBrief, totals: &Totals, joined: Vec<i64>) -> Self {
        let each = |count: u64| if totals.people == 0 { 0.0 } else { count as f64 / totals.people as f64 };
        let speed = speed::of(joined);
        Self {
            campaign,
            roots: totals.roots,
            people: totals.people,
            fans: totals.fans,
            kept_out: 0,
            fan_rate: each(totals.fans),
            depth_max: totals.depth_max,
            structural_virality: totals.structural_virality,
            orders: totals.orders.count,
            paid_minor: money(totals.orders),
            orders_a_person: each(totals.orders.count),
            first_joined_at: totals.span.map(|span| span.0),
            last_joined_at: totals.span.map(|span| span.1),
            hours_to_half: speed.hours_to_half,
            step_hours: speed.step_hours,
            joined: speed.joined,
            circles: totals.circles.iter().map(|circle| circle.people).collect(),
        }
    }
}

fn csv(items: &[CampaignCompared]) -> Csv {
    let columns = [
        "campaign",
        "name",
        "roots",
        "people",
        "fans",
        "kept_out",
        "fan_rate",
        "circles",
        "structural_virality",
        "orders",
        "paid_minor",
        "first_joined_at",
        "last_joined_at",
        "hours_to_half",
    ];
    let mut csv = Csv::new("campaigns-compared", &columns);
    for item in items {
        csv.line([
            item.campaign.id.to_string().into(),
            item.campaign.name.clone().into(),
            item.roots.into(),
            item.people.into(),
            item.fans.into(),
            item.kept_out.into(),
            item.fan_rate.into(),
            item.depth_max.into(),
            item.structural_virality.into(),
            item.orders.into(),
            item.paid_minor.into(),
            item.first_joined_at.into(),
            item.last_joined_at.into(),
            item.hours_to_half.into(),
        ]);
    }
    csv
}
