//! `GET /api/v1/content/funnels`

use axum::{
    extract::State as Wired,
    response::{IntoResponse, Response},
};
use kernel::{CampaignId, StaffId, UnitId};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use web::{CanReadCampaigns, Csv, Format, Json, Page, Problem, Query};

use super::links::CountsView;
use crate::{
    Slice,
    store::funnels::{self, By},
};

/// What came of the links of one kind, channel, unit or member of staff.
#[derive(Serialize, ToSchema)]
#[schema(as = LinkFunnel)]
pub(super) struct FunnelView {
    /// `live`, a channel, the id of a unit or of a member of staff; missing for links without one.
    key: Option<String>,
    /// What it is called.
    name: Option<String>,
    /// How many links.
    links: i64,
    counts: CountsView,
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct FunnelQuery {
    #[serde(default)]
    #[param(inline, required = false)]
    by: By,
    /// Of codes alone.
    #[serde(default)]
    codes: bool,
    #[param(value_type = Option<String>)]
    campaign: Option<CampaignId>,
    #[serde(default)]
    #[param(inline)]
    format: Format,
}

/// What came of links, put together
///
/// By kind, so that a live code's extra step can be seen beside a fixed code; by channel, by unit or by member of staff. Those who
/// brought most first.
#[utoipa::path(
    get, path = "/api/v1/content/funnels", tag = "content", operation_id = "content.funnel.list",
    params(FunnelQuery),
    responses((status = 200, body = Page<FunnelView>), (status = 422, description = "A field is not valid")),
    extensions(("x-permission" = json!("read_campaigns"))),
)]
pub(super) async fn list(
    caller: CanReadCampaigns,
    Wired(slice): Wired<Slice>,
    Query(query): Query<FunnelQuery>,
) -> Result<Response, Problem> {
    let asked = (query.by, query.codes, query.campaign.as_ref());
    let found = funnels::funnels_in_workspace(slice.records.reads(), caller.workspace, &caller.scope, asked).await;
    let found = found.map_err(Problem::unavailable)?;
    let units = slice.directory.units(caller.workspace).await.map_err(Problem::unavailable)?;
    let staff = slice.directory.staff(caller.workspace).await.map_err(Problem::unavailable)?;
    let name = |key: &str| match query.by {
        By::Kind | By::Channel => None,
        By::Unit => units.get(&key.parse::<UnitId>().ok()?).cloned(),
        By::Staff => staff.get(&key.parse::<StaffId>().ok()?).map(|(name, _)| name.clone()),
    };
    let view = |(key, links, counts): (Option<String>, i64, _)| FunnelView {
        name: key.as_deref().and_then(name),
        key,
        links,
        counts: CountsView::from(counts),
    };
    let funnels: Vec<FunnelView> = found.into_iter().map(view).collect();
    Ok(match query.format {
        Format::Json => Json(Page::whole(funnels)).into_response(),
        Format::Csv => csv(funnels).into_response(),
    })
}

fn csv(funnels: Vec<FunnelView>) -> Csv {
    let mut csv = Csv::new("funnels", &["key", "name", "links", "scans", "opens", "scanned", "opened", "acted"]);
    for funnel in funnels {
        csv.line([
            funnel.key.into(),
            funnel.name.into(),
            funnel.links.into(),
            funnel.counts.scans.into(),
            funnel.counts.opens.into(),
            funnel.counts.scanned.into(),
            funnel.counts.opened.into(),
            funnel.counts.acted.into(),
        ]);
    }
    csv
}
