//! `GET /api/v1/imports/{id}/rejects`: the rows that were refused, and why.

use axum::{
    extract::State,
    response::{IntoResponse, Response},
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use web::{CanImportFacts, Cell, Csv, Format, Json, Limit, Page, Path, Problem, Query};

use super::found;
use crate::{Doors, model::import::RejectedRow, store::imports as store};

/// Lines of an export at most: all that are kept.
const EXPORT_MAX: usize = 50_000;

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct RejectsQuery {
    /// Where the page before ended.
    after: Option<u32>,
    #[serde(default)]
    #[param(inline)]
    limit: Limit,
    /// `csv` gives all that are kept, with their cells: mend them there and bring the file again.
    #[serde(default)]
    #[param(inline)]
    format: Format,
}

/// A row that was refused.
#[derive(Serialize, ToSchema)]
#[schema(as = ImportReject)]
pub(super) struct RejectView {
    /// Its line in the file.
    line: u32,
    /// A stable word for the reason.
    #[schema(example = "amount")]
    code: String,
    /// Why, in Chinese.
    reason_zh: String,
    /// Why.
    reason: String,
    cells: Vec<String>,
}

/// See which rows were refused
///
/// In the order of lines; of the last check or run. The first 50,000 are kept.
#[utoipa::path(
    get, path = "/api/v1/imports/{id}/rejects", tag = "capture", operation_id = "capture.import.rejects",
    params(("id" = String, Path, description = "The import"), RejectsQuery),
    responses((status = 200, body = Page<RejectView>), (status = 404, description = "There is no such import")),
    extensions(("x-permission" = json!("import_facts"))),
)]
pub(super) async fn rejects(
    caller: CanImportFacts,
    State(doors): State<Doors>,
    Path(id): Path<String>,
    Query(asked): Query<RejectsQuery>,
) -> Result<Response, Problem> {
    let import = found(&doors, caller.workspace, &id).await?;
    let RejectsQuery { after, limit, format } = asked;
    let limit = limit.get();
    let most = if format == Format::Csv { EXPORT_MAX } else { limit + 1 };
    let reads = doors.imports.records.reads();
    let rejects = store::rejects(reads, caller.workspace, &id, after.unwrap_or(0), most).await;
    let rejects = rejects.map_err(Problem::unavailable)?;
    match format {
        Format::Json => {
            let views = rejects.into_iter().map(|RejectedRow { line, code, zh, en, cells }| RejectView {
                line,
                code,
                reason_zh: zh,
                reason: en,
                cells,
            });
            let page = Page::cut(views.collect(), limit, |view: &RejectView| view.line.to_string());
            Ok(Json(page).into_response())
        }
        Format::Csv => {
            let columns: Vec<&str> =
                ["line", "原因", "reason"].into_iter().chain(import.columns.iter().map(String::as_str)).collect();
            let mut csv = Csv::new("rejects", &columns);
            for RejectedRow { line, zh, en, cells, .. } in rejects {
                let said: [Cell; 3] = [line.into(), zh.into(), en.into()];
                csv.cells(said.into_iter().chain(cells.into_iter().map(Cell::from)));
            }
            Ok(csv.into_response())
        }
    }
}
