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
/// Positions, joining times, fans, child counts, person ids and who does not count of everybody in the caller's scope, breadth first, as one
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

#[cfg(test)]
mod tests {
    use db::{Records, db_test};

    use crate::http::tests::{House, migrations};

    const PICTURE: &str = "/api/v1/campaigns/spring/picture";

    fn people(bytes: &[u8]) -> u32 {
        assert_eq!(&bytes[..4], b"SLP2");
        u32::from_le_bytes(bytes[4..8].try_into().unwrap())
    }

    #[db_test(migrations = migrations())]
    async fn a_picture_that_is_known_is_not_sent_again(records: Records) {
        let house = House::new(&records).await;
        house.root("spring", "m1", "store-1").await;
        let first = house.get("all", PICTURE).await;
        assert_eq!((first.status, people(&first.bytes)), (200, 1));
        assert_eq!(first.headers["content-type"], "application/vnd.searchlight.picture");
        assert_eq!(first.headers["cache-control"], "private, no-cache");
        let etag = first.headers["etag"].to_str().unwrap();
        let again = house.get_with("all", PICTURE, "if-none-match", etag).await;
        assert_eq!((again.status, again.bytes.len(), &again.headers["etag"]), (304, 0, &first.headers["etag"]));
        assert_eq!(house.get_with("all", PICTURE, "if-none-match", "\"other\"").await.status, 200);
    }

    #[db_test(migrations = migrations())]
    async fn a_young_picture_serves_unless_a_later_fact_is_named(records: Records) {
        let house = House::new(&records).await;
        house.root("spring", "m1", "store-1").await;
        assert_eq!(people(&house.get("all", PICTURE).await.bytes), 1);
        let offset = house.open("spring", "a", "m1").await;
        assert_eq!(people(&house.get("all", PICTURE).await.bytes), 1, "younger than ten seconds");
        let waited = house.get("all", &format!("{PICTURE}?wait_offset={offset}")).await;
        assert_eq!(people(&waited.bytes), 2, "who waits for a fact sees it");

        house.open("spring", "b", "a").await;
        assert_eq!(people(&house.get("all", PICTURE).await.bytes), 2);
        house.clock.advance_secs(10);
        assert_eq!(people(&house.get("all", PICTURE).await.bytes), 3);
    }

    #[db_test(migrations = migrations())]
    async fn everybody_is_drawn_their_own_picture(records: Records) {
        let house = House::new(&records).await;
        house.root("spring", "m1", "store-1").await;
        house.root("spring", "m2", "store-2").await;
        house.open("spring", "a", "m1").await;
        house.open("spring", "waits", "nobody").await;
        for (who, expected) in [("all", 3), ("both", 3), ("one", 2), ("two", 1), ("own", 0), ("one", 2)] {
            assert_eq!(people(&house.get(who, PICTURE).await.bytes), expected, "{who}");
        }
        assert_eq!(people(&house.get("all", &format!("{PICTURE}?root=p1")).await.bytes), 2);
        assert_eq!(house.get("two", &format!("{PICTURE}?root=p1")).await.status, 404);
        assert_eq!(house.get("all", &format!("{PICTURE}?root=a")).await.status, 422);
    }
}
