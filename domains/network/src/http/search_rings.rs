//! `POST /api/v1/fraud/search`

use axum::extract::State;
use web::{CanReviewFraud, Json, Problem};

use super::rings::SearchView;
use crate::Slice;

/// Search for rings now
///
/// Everybody is searched now and then without being asked. Who asks while a search goes on waits for that one, and as long as
/// nothing new happened the last one stands.
#[utoipa::path(
    post, path = "/api/v1/fraud/search", tag = "network", operation_id = "network.ring.search",
    responses((status = 200, body = SearchView)),
    extensions(("x-permission" = json!("review_fraud"))),
)]
pub(super) async fn search(caller: CanReviewFraud, State(slice): State<Slice>) -> Result<Json<SearchView>, Problem> {
    let live = slice.live(caller.workspace, None).await?;
    let workspace = caller.workspace;
    // On a task of its own: who turns away does not stop it for the others.
    let search = tokio::spawn(async move { slice.find_rings(workspace, live).await });
    let searched = search.await.map_err(Problem::unavailable)?.map_err(Problem::unavailable)?;
    Ok(Json(searched.into()))
}
