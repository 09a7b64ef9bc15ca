//! Imports of people and orders from tables. One file per endpoint.

mod list;
mod map;
mod preview;
mod read;
mod rejects;
mod remove;
mod start;
#[cfg(test)]
mod tests;
mod upload;

use axum::extract::DefaultBodyLimit;
use kernel::{ErrorCode, Offset, Timestamp, WorkspaceId};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};
use web::{Caller, Problem};

use super::Http;
use crate::{
    Doors,
    model::import::{Counts, Import, State},
    ops::imports::{Done, ImportCommand, ImportOrder, Refusal},
    rules::import::{Kind, Mapping},
    store::imports as store,
};

pub(super) fn router() -> OpenApiRouter<Http> {
    OpenApiRouter::default()
        .routes(routes!(upload::upload, list::list))
        .routes(routes!(read::read, remove::remove))
        .routes(routes!(map::map))
        .routes(routes!(preview::preview))
        .routes(routes!(rejects::rejects))
        .routes(routes!(start::check))
        .routes(routes!(start::run))
        .routes(routes!(start::undo))
        // The upload bounds its own body.
        .layer(DefaultBodyLimit::disable())
}

/// A table of people or orders, and what becomes of it.
#[derive(Serialize, ToSchema)]
#[schema(as = ImportRow)]
pub(super) struct View {
    id: String,
    kind: Kind,
    /// The name of the file.
    name: String,
    /// How the file was written: `UTF-8`, `GB18030`, `UTF-16LE`, `XLSX`.
    written: String,
    state: State,
    /// How much of the work is done while somebody works on it, from 0 to 1.
    progress: Option<f64>,
    columns: Vec<String>,
    mapping: Mapping,
    /// Rows of the table.
    rows: u64,
    counts: Counts,
    #[schema(value_type = String, format = DateTime)]
    created_at: Timestamp,
    /// Who uploaded it.
    #[schema(example = "staff:lin")]
    created_by: String,
    /// What they are called now, if they are there.
    created_by_name: Option<String>,
    /// When the last work on it was over.
    #[schema(value_type = Option<String>, format = DateTime)]
    finished_at: Option<Timestamp>,
}

impl View {
    fn of(import: Import, created_by_name: Option<String>) -> Self {
        let share = |done: u64, all: u64| if all == 0 { 1.0 } else { (done as f64 / all as f64).min(1.0) };
        let progress = match import.state {
            State::Checking | State::Running => Some(share(import.next_piece.into(), import.pieces.into())),
            State::Undoing => Some(share(import.counts.taken_back, import.counts.new + import.counts.changed)),
            _ => None,
        };
        Self {
            id: import.id,
            kind: import.kind,
            name: import.name,
            written: import.written,
            state: import.state,
            progress,
            columns: import.columns,
            mapping: import.mapping,
            rows: import.rows,
            counts: import.counts,
            created_at: import.created_at,
            created_by: import.created_by,
            created_by_name,
            finished_at: import.finished_at,
        }
    }
}

/// One import of the caller's brand, or 404.
async fn found(doors: &Doors, workspace: WorkspaceId, id: &str) -> Result<Import, Problem> {
    let import = store::one(doors.imports.records.reads(), workspace, id).await.map_err(Problem::unavailable)?;
    import.ok_or_else(|| ErrorCode::NotFound.into())
}

/// Does what is asked, or says why not.
async fn told(doors: &Doors, caller: &Caller, origin: &web::Origin, command: ImportCommand) -> Result<Done, Problem> {
    let order = ImportOrder { by: origin.by(caller), workspace: caller.workspace, command };
    match doors.imports.orders.submit(order).await.map_err(Problem::unavailable)? {
        Ok(import) => Ok(import),
        Err(Refusal::Missing) => Err(ErrorCode::NotFound.into()),
        Err(Refusal::State(state)) => Err(Problem::new(ErrorCode::Conflict)
            .detail(format!("The import is {} now; look at it again and choose what is open to you", state.as_str()))),
    }
}

/// The import as it is told, with the name of whoever uploaded it.
async fn view(doors: &Doors, workspace: WorkspaceId, import: Import) -> Result<View, Problem> {
    let names = doors.sources.names(workspace).await.map_err(Problem::unavailable)?;
    let name = names.get(&import.created_by).cloned();
    Ok(View::of(import, name))
}

/// Where a brand's log stands.
fn stands_at(doors: &Doors, workspace: WorkspaceId) -> Result<Offset, Problem> {
    Ok(doors.rivers.get(workspace).ok_or(ErrorCode::NotFound)?.log().end())
}
