//! `GET /api/v1/ledger/units` and `GET /api/v1/ledger/accounts`

use axum::{
    extract::State,
    response::{IntoResponse, Response},
};
use ledger::{Entry, Kind, Unit, accounts_in_workspace, units_in_workspace};
use serde::Deserialize;
use utoipa::IntoParams;
use web::{CanSeeLedger, Csv, Format, Json, Limit, Page, Problem, Query};

use super::view::AccountView;
use crate::Slice;

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct AccountQuery {
    /// What is counted, as `points` or `sku:tea-100`.
    #[param(value_type = String, example = "points")]
    unit: Unit,
    /// How the owner's name begins, as `subject:` or `play:books`.
    #[serde(default)]
    owner: String,
    /// The `next` of the page before.
    after: Option<String>,
    #[serde(default)]
    #[param(inline)]
    limit: Limit<50, 1000>,
    #[serde(default)]
    #[param(inline)]
    format: Format,
}

/// What is counted
///
/// The units the ledger has accounts of.
#[utoipa::path(
    get, path = "/api/v1/ledger/units", tag = "ledger", operation_id = "ledger.unit.list",
    responses((status = 200, body = Page<String>)),
    extensions(("x-permission" = json!("see_ledger"))),
)]
pub(super) async fn units(caller: CanSeeLedger, State(slice): State<Slice>) -> Result<Json<Page<String>>, Problem> {
    let units = units_in_workspace(slice.records.reads(), caller.workspace).await.map_err(Problem::unavailable)?;
    Ok(Json(Page::whole(units.into_iter().map(String::from).collect())))
}

/// Accounts of a unit
///
/// In the order of their owners' names, with what they have.
#[utoipa::path(
    get, path = "/api/v1/ledger/accounts", tag = "ledger", operation_id = "ledger.account.list",
    params(AccountQuery),
    responses((status = 200, body = Page<AccountView>), (status = 422, description = "A field is not valid")),
    extensions(("x-permission" = json!("see_ledger"))),
)]
pub(super) async fn list(
    caller: CanSeeLedger,
    State(slice): State<Slice>,
    Query(query): Query<AccountQuery>,
) -> Result<Response, Problem> {
    let after = query.after.as_deref().map(behind).transpose()?;
    let limit = query.limit.get();
    let (reads, workspace) = (slice.records.reads(), caller.workspace);
    let found = accounts_in_workspace(reads, workspace, &query.unit, query.owner.trim(), after, limit + 1).await;
    let cursor = |entry: &Entry| format!("{}.{}", entry.key.kind.as_str(), entry.key.owner.as_str());
    let page = Page::cut(found.map_err(Problem::unavailable)?, limit, cursor);
    let items: Vec<_> = page.items.iter().map(|entry| AccountView::of(&entry.key, entry.account)).collect();
    Ok(match query.format {
        Format::Json => Json(Page { items, next: page.next }).into_response(),
        Format::Csv => csv(items).into_response(),
    })
}

/// Where a page ended: `kind.owner`.
fn behind(text: &str) -> Result<(String, Kind), Problem> {
    let read = text.split_once('.').and_then(|(kind, owner)| Some((owner.to_owned(), Kind::parse(kind)?)));
    read.ok_or_else(|| Problem::invalid("after", "is not the next of another page"))
}

fn csv(accounts: Vec<AccountView>) -> Csv {
    let mut csv = Csv::new("accounts", &["unit", "owner", "kind", "balance", "held", "free", "came", "went"]);
    for one in accounts {
        csv.line([
            one.unit.into(),
            one.owner.into(),
            one.kind.into(),
            one.balance.into(),
            one.held.into(),
            one.free.into(),
            one.came.into(),
            one.went.into(),
        ]);
    }
    csv
}
