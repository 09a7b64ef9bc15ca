//! `GET /api/v1/campaigns/{campaign}/picture`

use axum::{
    extract::State,
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use kernel::{CampaignId, Offset, PersonId};
use serde::Deserialize;
use utoipa::IntoParams;
use web::{CanReadNetwork, Path, Problem, Query};

use super::visible_root;
use crate::{Slice, ops::draw_picture::Motif};

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct PictureQuery {
    /// Only the tree of this root.
    #[param(value_type = Option<String>)]
    root: Option<PersonId>,
    /// Answer only when the fact at this offset has been folded.
    wait_offset: Option<u64>,
}

/// The picture of a campaign
///
/// Positions, joining times, fans, child counts and person ids of everybody in the caller's scope, breadth first, as one
/// compact binary whose layout is written down in `docs/picture.md`. A picture younger than ten seconds is served again
/// although the campaign has gone on, unless `wait_offset` names a later fact; its offset says which state it shows.
#[utoipa::path(
    get, path = "/api/v1/campaigns/{campaign}/picture", tag = "network", operation_id = "network.picture.read",
    params(("campaign" = String, Path), PictureQuery),
    responses(
        (status = 200, content_type = "application/vnd.searchlight.picture", body = Vec<u8>),
        (status = 304, description = "The picture named in If-None-Match is still the one"),
        (status = 404, description = "No such campaign, or a root outside the caller's scope"),
    ),
    extensions(("x-permission" = json!("read_network"))),
)]
pub(super) async fn read(
    caller: CanReadNetwork,
    State(slice): State<Slice>,
    Path(campaign): Path<CampaignId>,
    Query(query): Query<PictureQuery>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let live = slice.live(caller.workspace, query.wait_offset).await?;
    let campaign = slice.campaign(caller.workspace, &campaign, &live).await?;
    let visible = |root| live.read(|network| visible_root(network, &campaign.id, root, &caller.scope));
    let root = query.root.map(visible).transpose()?;
    let motif = Motif { campaign: campaign.id, scope: caller.scope.clone(), root };
    let drawn =
        live.picture(motif, query.wait_offset.map(Offset), slice.clock.now()).await.map_err(Problem::internal)?;
    let etag = HeaderValue::try_from(&drawn.etag).map_err(Problem::internal)?;
    if headers.get(header::IF_NONE_MATCH) == Some(&etag) {
        return Ok((StatusCode::NOT_MODIFIED, [(header::ETAG, etag)]).into_response());
    }
    let told = [
        (header::CONTENT_TYPE, HeaderValue::from_static("application/vnd.searchlight.picture")),
        (header::CACHE_CONTROL, HeaderValue::from_static("private, no-cache")),
        (header::ETAG, etag),
    ];
    Ok((told, drawn.bytes.clone()).into_response())
}
