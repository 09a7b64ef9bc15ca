//! `GET /api/v1/imports/{id}`: one import.

use axum::extract::State;
use web::{CanImportFacts, Json, Path, Problem};

use super::{View, found, view};
use crate::Doors;

/// Look at an import
#[utoipa::path(
    get, path = "/api/v1/imports/{id}", tag = "capture", operation_id = "capture.import.read",
    params(("id" = String, Path, description = "The import")),
    responses((status = 200, body = View), (status = 404, description = "There is no such import")),
    extensions(("x-permission" = json!("import_facts"))),
)]
pub(super) async fn read(
    caller: CanImportFacts,
    State(doors): State<Doors>,
    Path(id): Path<String>,
) -> Result<Json<View>, Problem> {
    let import = found(&doors, caller.workspace, &id).await?;
    view(&doors, caller.workspace, import).await.map(Json)
}
