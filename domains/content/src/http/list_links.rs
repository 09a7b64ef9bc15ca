//! `GET /api/v1/content/links`

use axum::{
    extract::State as Wired,
    response::{IntoResponse, Response},
};
use kernel::{CampaignId, StaffId, UnitId};
use serde::Deserialize;
use utoipa::IntoParams;
use web::{CanReadCampaigns, Csv, Format, Json, Limit, Page, Path, Place, Problem, Query};

use super::links::LinkView;
use crate::{
    Slice,
    model::link::State,
    store::links::{LinkFilter, links_in_workspace},
};

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct LinkQuery {
    /// `true` for codes, `false` for links that are none.
    codes: Option<bool>,
    /// In the name, or the code.
    q: Option<String>,
    #[param(value_type = Option<String>)]
    campaign: Option<CampaignId>,
    #[param(value_type = Option<String>)]
    unit: Option<UnitId>,
    #[param(value_type = Option<String>)]
    staff: Option<StaffId>,
    channel: Option<String>,
    #[param(inline)]
    state: Option<State>,
    /// The `next` of the page before.
    #[param(value_type = Option<String>)]
    after: Option<Place>,
    #[serde(default)]
    #[param(inline)]
    limit: Limit<50, 1000>,
    #[serde(default)]
    #[param(inline)]
    format: Format,
}

/// Spread links and codes
///
/// Those of the roots in scope, the newest first, with what came of each.
#[utoipa::path(
    get, path = "/api/v1/content/links", tag = "content", operation_id = "content.link.list",
    params(LinkQuery),
    responses((status = 200, body = Page<LinkView>), (status = 422, description = "A field is not valid")),
    extensions(("x-permission" = json!("read_campaigns"))),
)]
pub(super) async fn list(
    caller: CanReadCampaigns,
    Wired(slice): Wired<Slice>,
    Query(query): Query<LinkQuery>,
) -> Result<Response, Problem> {
    let now = slice.clock.now();
    let filter = LinkFilter {
        codes: query.codes,
        q: query.q.filter(|q| !q.trim().is_empty()),
        campaign: query.campaign,
        unit: query.unit,
        staff: query.staff,
        channel: query.channel,
        state: query.state.map(|state| (state, now)),
        after: query.after.map(Into::into),
    };
    let limit = query.limit.get();
    let found = links_in_workspace(slice.records.reads(), caller.workspace, &caller.scope, &filter, limit + 1).await;
    let page = Page::cut(found.map_err(Problem::unavailable)?, limit, |link| {
        Place { at: link.created_at, id: link.code.clone() }.to_string()
    });
    let naming = slice.naming(caller.workspace, &page.items).await?;
    let page = Page { items: page.items.iter().map(|link| naming.tell(link)).collect(), next: page.next };
    Ok(match query.format {
        Format::Json => Json(page).into_response(),
        Format::Csv => csv(page.items).into_response(),
    })
}

/// A spread link or a code
#[utoipa::path(
    get, path = "/api/v1/content/links/{link}", tag = "content", operation_id = "content.link.read",
    params(("link" = String, Path)),
    responses((status = 200, body = LinkView), (status = 404, description = "No such link")),
    extensions(("x-permission" = json!("read_campaigns"))),
)]
pub(super) async fn read(
    caller: CanReadCampaigns,
    Wired(slice): Wired<Slice>,
    Path(code): Path<String>,
) -> Result<Json<LinkView>, Problem> {
    let link = slice.link(&caller, &code).await?;
    Ok(Json(slice.told(&link).await?))
}

fn csv(links: Vec<LinkView>) -> Csv {
    let columns = [
        "code",
        "name",
        "kind",
        "target",
        "campaign",
        "unit",
        "staff",
        "channel",
        "state",
        "expires_at",
        "created_at",
        "scans",
        "opens",
        "scanned",
        "opened",
        "acted",
    ];
    let mut csv = Csv::new("links", &columns);
    for link in links {
        csv.line([
            link.code.into(),
            link.name.into(),
            link.kind.as_str().into(),
            link.target.word().into(),
            link.campaign.map(String::from).into(),
            link.unit.map(|unit| unit.name).into(),
            link.staff.map(|staff| staff.name).into(),
            link.channel.into(),
            link.state.as_str().into(),
            link.expires_at.into(),
            link.created_at.into(),
            link.counts.scans.into(),
            link.counts.opens.into(),
            link.counts.scanned.into(),
            link.counts.opened.into(),
            link.counts.acted.into(),
        ]);
    }
    csv
}
