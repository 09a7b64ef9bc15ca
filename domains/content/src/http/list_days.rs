//! `GET /api/v1/content/links/{link}/days`

use axum::{
    extract::State as Wired,
    response::{IntoResponse, Response},
};
use kernel::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use web::{CanReadCampaigns, Csv, Format, Json, Limit, Page, Path, Problem, Query};

use super::links::CountsView;
use crate::{
    Slice,
    rules::day::{begin_of, day_of},
    store::counts,
};

/// What happened at a link on a day.
#[derive(Serialize, ToSchema)]
#[schema(as = LinkDay)]
pub(super) struct DayView {
    /// When the day begins, by the brand's own time.
    #[schema(value_type = String, format = DateTime)]
    day: Timestamp,
    #[serde(flatten)]
    counts: CountsView,
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct DaysQuery {
    /// So many days back, today included.
    #[serde(default)]
    #[param(inline)]
    days: Limit<30, 366>,
    #[serde(default)]
    #[param(inline)]
    format: Format,
}

/// What happened at a link, day by day
///
/// Days on which nothing happened are left out.
#[utoipa::path(
    get, path = "/api/v1/content/links/{link}/days", tag = "content", operation_id = "content.day.list",
    params(("link" = String, Path), DaysQuery),
    responses(
        (status = 200, body = Page<DayView>),
        (status = 404, description = "No such link"),
        (status = 422, description = "A field is not valid"),
    ),
    extensions(("x-permission" = json!("read_campaigns"))),
)]
pub(super) async fn list(
    caller: CanReadCampaigns,
    Wired(slice): Wired<Slice>,
    Path(code): Path<String>,
    Query(query): Query<DaysQuery>,
) -> Result<Response, Problem> {
    let link = slice.link(&caller, &code).await?;
    let since = day_of(slice.clock.now()) - query.days.get() as i64 + 1;
    let found = counts::days_of(slice.records.reads(), caller.workspace, &link.code, since).await;
    let day = |(day, counts)| DayView { day: begin_of(day), counts: CountsView::from(counts) };
    let days: Vec<DayView> = found.map_err(Problem::unavailable)?.into_iter().map(day).collect();
    Ok(match query.format {
        Format::Json => Json(Page::whole(days)).into_response(),
        Format::Csv => csv(&days).into_response(),
    })
}

fn csv(days: &[DayView]) -> Csv {
    let mut csv = Csv::new("link-days", &["day", "scans", "opens", "scanned", "opened", "acted"]);
    for DayView { day, counts } in days {
        csv.line([
            (*day).into(),
            counts.scans.into(),
            counts.opens.into(),
            counts.scanned.into(),
            counts.opened.into(),
            counts.acted.into(),
        ]);
    }
    csv
}
