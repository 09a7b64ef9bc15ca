//! `GET /api/v1/imports/{id}/preview`: what the first rows would become.

use axum::extract::State;
use kernel::{ErrorCode, Timestamp};
use serde::Serialize;
use utoipa::ToSchema;
use web::{CanImportFacts, Json, Path, Problem};

use super::found;
use crate::{
    Doors,
    model::import::State as ImportState,
    ops::imports::{Judged, Verdict, preview as first_rows},
    rules::import::RowRead,
};

/// The first rows, and what they would become.
#[derive(Serialize, ToSchema)]
#[schema(as = ImportPreview)]
pub(super) struct Preview {
    items: Vec<PreviewRow>,
    /// Why nothing can be imported while the columns are named so.
    problem: Option<String>,
}

/// A row, and what it would become.
#[derive(Serialize, ToSchema)]
#[schema(as = ImportPreviewRow)]
pub(super) struct PreviewRow {
    /// Its line in the file.
    line: u32,
    cells: Vec<String>,
    /// What it would do; null when it is refused, and while the columns are not named well.
    #[schema(inline)]
    verdict: Option<Verdict>,
    /// Why it is refused, in Chinese.
    reason_zh: Option<String>,
    /// Why it is refused.
    reason: Option<String>,
    /// The fact it would become.
    fact: Option<PreviewFact>,
}

/// A fact as it would be handed in.
#[derive(Serialize, ToSchema)]
#[schema(as = ImportPreviewFact)]
pub(super) struct PreviewFact {
    event: String,
    user_id: Option<String>,
    #[schema(value_type = String, format = DateTime)]
    timestamp: Timestamp,
    /// Traits of a person, properties of an order.
    #[schema(value_type = Object)]
    properties: Box<serde_json::value::RawValue>,
}

impl PreviewRow {
    fn of((row, becomes): Judged) -> Self {
        let (line, cells) = (row.line, row.cells);
        match becomes {
            Ok((told, verdict)) => {
                let fact = told.fact;
                let fact = PreviewFact {
                    event: fact.event,
                    user_id: fact.user_id,
                    timestamp: fact.timestamp,
                    properties: fact.properties,
                };
                Self { line, cells, verdict: Some(verdict), reason_zh: None, reason: None, fact: Some(fact) }
            }
            Err(refused) => {
                let (zh, en) = (refused.zh(), refused.en());
                Self { line, cells, verdict: None, reason_zh: Some(zh), reason: Some(en), fact: None }
            }
        }
    }
}

/// See what the first rows would become
///
/// The first twenty rows, with what each would do; when the columns are not named well, the bare rows and why. Nothing is imported.
#[utoipa::path(
    get, path = "/api/v1/imports/{id}/preview", tag = "capture", operation_id = "capture.import.preview",
    params(("id" = String, Path, description = "The import")),
    responses(
        (status = 200, body = Preview),
        (status = 404, description = "There is no such import"),
        (status = 409, description = "It is imported already: its rows are not kept"),
    ),
    extensions(("x-permission" = json!("import_facts"))),
)]
pub(super) async fn preview(
    caller: CanImportFacts,
    State(doors): State<Doors>,
    Path(id): Path<String>,
) -> Result<Json<Preview>, Problem> {
    let import = found(&doors, caller.workspace, &id).await?;
    if matches!(import.state, ImportState::Done | ImportState::Undoing | ImportState::Undone) {
        return Err(Problem::new(ErrorCode::Conflict).detail("It is imported already, and its rows are not kept"));
    }
    let preview = match first_rows(&doors, caller.workspace, &import).await.map_err(Problem::unavailable)? {
        Ok(rows) => Preview { items: rows.into_iter().map(PreviewRow::of).collect(), problem: None },
        Err((error, rows)) => {
            let (_, message) = error.told();
            let bare = |row: RowRead| PreviewRow {
                line: row.line,
                cells: row.cells,
                verdict: None,
                reason_zh: None,
                reason: None,
                fact: None,
            };
            Preview { items: rows.into_iter().map(bare).collect(), problem: Some(message) }
        }
    };
    Ok(Json(preview))
}
