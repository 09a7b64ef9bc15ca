//! `GET /api/v1/content/pages`

use axum::{
    extract::State as Wired,
    response::{IntoResponse, Response},
};
use serde::Deserialize;
use utoipa::IntoParams;
use web::{CanReadCampaigns, Csv, Format, Json, Limit, Page, Place, Problem, Query};

use super::pages::PageRow;
use crate::{Slice, store::pages};

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct PageQuery {
    /// In the draft, or the id.
    q: Option<String>,
    /// Whether customers see it.
    published: Option<bool>,
    /// The `next` of the page before.
    #[param(value_type = Option<String>)]
    after: Option<Place>,
    #[serde(default)]
    #[param(inline)]
    limit: Limit<50, 1000>,
    #[serde(default)]
    #[param(inline)]
    format: Format,
}

/// Pages made of blocks
///
/// The last changed first.
#[utoipa::path(
    get, path = "/api/v1/content/pages", tag = "content", operation_id = "content.page.list",
    params(PageQuery),
    responses((status = 200, body = Page<PageRow>), (status = 422, description = "A field is not valid")),
    extensions(("x-permission" = json!("read_campaigns"))),
)]
pub(super) async fn list(
    caller: CanReadCampaigns,
    Wired(slice): Wired<Slice>,
    Query(query): Query<PageQuery>,
) -> Result<Response, Problem> {
    let limit = query.limit.get();
    let asked = (query.q.as_deref().filter(|q| !q.trim().is_empty()), query.published);
    let after = query.after.map(Into::into);
    let found =
        pages::pages_in_workspace(slice.records.reads(), caller.workspace, asked, after.as_ref(), limit + 1).await;
    let page = Page::cut(found.map_err(Problem::unavailable)?, limit, |page| {
        Place { at: page.changed_at, id: page.id.to_string() }.to_string()
    });
    let rows = page.items.iter().map(|page| PageRow::of(caller.workspace, page)).collect();
    let page = Page { items: rows, next: page.next };
    Ok(match query.format {
        Format::Json => Json(page).into_response(),
        Format::Csv => csv(page.items).into_response(),
    })
}

fn csv(pages: Vec<PageRow>) -> Csv {
    let mut csv = Csv::new("pages", &["page", "title", "blocks", "published", "versions", "path", "changed_at"]);
    for page in pages {
        csv.line([
            page.page.into(),
            page.title.into(),
            page.blocks.into(),
            page.published.into(),
            page.versions.into(),
            page.path.into(),
            page.changed_at.into(),
        ]);
    }
    csv
}
