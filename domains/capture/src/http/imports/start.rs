//! `POST /api/v1/imports/{id}/check`, `/run` and `/undo`: work begins, and goes on by itself.

use axum::{extract::State, http::StatusCode};
use kernel::ErrorCode;
use web::{CanImportFacts, Json, Origin, Path, Problem};

use super::{View, found, stands_at, told, view};
use crate::{Doors, model::import::State as ImportState, ops::imports::ImportCommand};

/// Check a table
///
/// Every row is read and judged as it would be when it is imported, and counted; nothing is imported. Ask for the import to
/// see how far it is.
#[utoipa::path(
    post, path = "/api/v1/imports/{id}/check", tag = "capture", operation_id = "capture.import.check",
    params(("id" = String, Path, description = "The import")),
    responses(
        (status = 202, body = View, description = "It began"),
        (status = 404, description = "There is no such import"),
        (status = 409, description = "It is imported already, or somebody works on it"),
        (status = 422, description = "The columns are not named well enough; `errors` says why"),
    ),
    extensions(("x-permission" = json!("import_facts"))),
)]
pub(super) async fn check(
    caller: CanImportFacts,
    State(doors): State<Doors>,
    origin: Origin,
    Path(id): Path<String>,
) -> Result<(StatusCode, Json<View>), Problem> {
    begin(&caller, &doors, &origin, id, ImportState::Checking).await
}

/// Import a table
///
/// Its rows become facts, `identify` for people and `Order Paid` for orders, unless an earlier import brought them word by
/// word. It goes on when nobody looks, and after a crash.
#[utoipa::path(
    post, path = "/api/v1/imports/{id}/run", tag = "capture", operation_id = "capture.import.run",
    params(("id" = String, Path, description = "The import")),
    responses(
        (status = 202, body = View, description = "It began"),
        (status = 404, description = "There is no such import"),
        (status = 409, description = "It is imported already, or somebody works on it"),
        (status = 422, description = "The columns are not named well enough; `errors` says why"),
    ),
    extensions(("x-permission" = json!("import_facts"))),
)]
pub(super) async fn run(
    caller: CanImportFacts,
    State(doors): State<Doors>,
    origin: Origin,
    Path(id): Path<String>,
) -> Result<(StatusCode, Json<View>), Problem> {
    begin(&caller, &doors, &origin, id, ImportState::Running).await
}

/// Take an import back
///
/// Its orders are taken back one by one, and people are known again by what everybody else told of them. A row that a later
/// import found already there goes too: run that one again to have it.
#[utoipa::path(
    post, path = "/api/v1/imports/{id}/undo", tag = "capture", operation_id = "capture.import.undo",
    params(("id" = String, Path, description = "The import")),
    responses(
        (status = 202, body = View, description = "It began"),
        (status = 404, description = "There is no such import"),
        (status = 409, description = "It was not imported, or is taken back already"),
    ),
    extensions(("x-permission" = json!("import_facts"))),
)]
pub(super) async fn undo(
    caller: CanImportFacts,
    State(doors): State<Doors>,
    origin: Origin,
    Path(id): Path<String>,
) -> Result<(StatusCode, Json<View>), Problem> {
    begin(&caller, &doors, &origin, id, ImportState::Undoing).await
}

async fn begin(
    caller: &CanImportFacts,
    doors: &Doors,
    origin: &Origin,
    id: String,
    to: ImportState,
) -> Result<(StatusCode, Json<View>), Problem> {
    let import = found(doors, caller.workspace, &id).await?;
    if to != ImportState::Undoing
        && let Err(error) = import.mapping.check(import.kind, import.columns.len())
    {
        let (field, message) = error.told();
        return Err(Problem::new(ErrorCode::Invalid).item(web::ProblemItem {
            index: None,
            field: Some(field),
            message,
        }));
    }
    let command = ImportCommand::Start(id, to, stands_at(doors, caller.workspace)?);
    let import = told(doors, &caller.0, origin, command).await?;
    doors.imports.signal.notify_one();
    Ok((StatusCode::ACCEPTED, Json(view(doors, caller.workspace, *import).await?)))
}
