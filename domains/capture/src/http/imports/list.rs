//! `GET /api/v1/imports`: what was brought in tables.

use axum::{
    extract::State,
    response::{IntoResponse, Response},
};
use serde::Deserialize;
use utoipa::IntoParams;
use web::{CanImportFacts, Csv, Format, Json, Limit, Page, Place, Problem, Query};

use super::View;
use crate::{Doors, store::imports as store};

/// Lines of an export at most.
const EXPORT_MAX: usize = 10_000;

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct ListQuery {
    /// Where the page before ended.
    #[param(value_type = Option<String>)]
    after: Option<Place>,
    #[serde(default)]
    #[param(inline)]
    limit: Limit,
    /// `csv` gives the latest 10,000, whatever the limit.
    #[serde(default)]
    #[param(inline)]
    format: Format,
}

/// What was brought in tables
///
/// The latest first.
#[utoipa::path(
    get, path = "/api/v1/imports", tag = "capture", operation_id = "capture.import.list",
    params(ListQuery),
    responses((status = 200, body = Page<View>), (status = 422, description = "`after` is none of ours")),
    extensions(("x-permission" = json!("import_facts"))),
)]
pub(super) async fn list(
    caller: CanImportFacts,
    State(doors): State<Doors>,
    Query(asked): Query<ListQuery>,
) -> Result<Response, Problem> {
    let ListQuery { after, limit, format } = asked;
    let limit = limit.get();
    let most = if format == Format::Csv { EXPORT_MAX } else { limit + 1 };
    let found = store::list(doors.imports.records.reads(), caller.workspace, after.map(Into::into), most).await;
    let names = doors.sources.names(caller.workspace).await.map_err(Problem::unavailable)?;
    let views = found.map_err(Problem::unavailable)?.into_iter().map(|import| {
        let name = names.get(&import.created_by).cloned();
        View::of(import, name)
    });
    match format {
        Format::Json => {
            let next = |view: &View| Place { at: view.created_at, id: view.id.clone() }.to_string();
            Ok(Json(Page::cut(views.collect(), limit, next)).into_response())
        }
        Format::Csv => Ok(table(views).into_response()),
    }
}

fn table(views: impl Iterator<Item = View>) -> Csv {
    let columns = [
        "id",
        "kind",
        "name",
        "state",
        "rows",
        "new",
        "changed",
        "same",
        "rejected",
        "taken_back",
        "created_at",
        "created_by",
        "created_by_name",
        "finished_at",
    ];
    let mut csv = Csv::new("imports", &columns);
    for view in views {
        csv.line([
            view.id.into(),
            view.kind.as_str().into(),
            view.name.into(),
            view.state.as_str().into(),
            view.rows.into(),
            view.counts.new.into(),
            view.counts.changed.into(),
            view.counts.same.into(),
            view.counts.rejected.into(),
            view.counts.taken_back.into(),
            view.created_at.into(),
            view.created_by.into(),
            view.created_by_name.into(),
            view.finished_at.into(),
        ]);
    }
    csv
}
