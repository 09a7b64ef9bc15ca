//! `DELETE /api/v1/imports/{id}`: a table that is not imported after all.

use axum::{extract::State, http::StatusCode};
use web::{CanImportFacts, Origin, Path, Problem};

use super::told;
use crate::{Doors, ops::imports::ImportCommand};

/// Throw a table away
///
/// Only one that was not imported: what was imported is taken back instead.
#[utoipa::path(
    delete, path = "/api/v1/imports/{id}", tag = "capture", operation_id = "capture.import.remove",
    params(("id" = String, Path, description = "The import")),
    responses(
        (status = 204, description = "It is gone"),
        (status = 404, description = "There is no such import"),
        (status = 409, description = "It was imported, or somebody works on it"),
    ),
    extensions(("x-permission" = json!("import_facts"))),
)]
pub(super) async fn remove(
    caller: CanImportFacts,
    State(doors): State<Doors>,
    origin: Origin,
    Path(id): Path<String>,
) -> Result<StatusCode, Problem> {
    told(&doors, &caller.0, &origin, ImportCommand::Remove(id)).await?;
    Ok(StatusCode::NO_CONTENT)
}
