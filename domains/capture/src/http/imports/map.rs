//! `PUT /api/v1/imports/{id}/mapping`: which column is what.

use axum::extract::State;
use web::{CanImportFacts, Json, Origin, Path, Problem};

use super::{View, found, told, view};
use crate::{Doors, ops::imports::ImportCommand, rules::import::Mapping};

/// Say which column is what
///
/// What was counted before is forgotten: check again, or run it.
#[utoipa::path(
    put, path = "/api/v1/imports/{id}/mapping", tag = "capture", operation_id = "capture.import.map",
    params(("id" = String, Path, description = "The import")),
    request_body = Mapping,
    responses(
        (status = 200, body = View),
        (status = 404, description = "There is no such import"),
        (status = 409, description = "It is imported already, or somebody works on it"),
        (status = 422, description = "That cannot be imported; `errors` says why"),
    ),
    extensions(("x-permission" = json!("import_facts"))),
)]
pub(super) async fn map(
    caller: CanImportFacts,
    State(doors): State<Doors>,
    origin: Origin,
    Path(id): Path<String>,
    Json(mapping): Json<Mapping>,
) -> Result<Json<View>, Problem> {
    let import = found(&doors, caller.workspace, &id).await?;
    mapping.check(import.kind, import.columns.len()).map_err(|error| {
        let (field, message) = error.told();
        Problem::invalid(field, message)
    })?;
    let import = told(&doors, &caller.0, &origin, ImportCommand::Map(id, mapping)).await?;
    view(&doors, caller.workspace, *import).await.map(Json)
}
