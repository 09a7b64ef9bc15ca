//! `GET /api/v1/ledger/transfers` and `GET /api/v1/ledger/chains/{chain}`

use axum::{
    extract::State,
    response::{IntoResponse, Response},
};
use kernel::ErrorCode;
use ledger::{AccountKey, Kind, Owner, TransferRow, Unit, chain_in_workspace, entries_in_workspace, model::CHAIN_MAX};
use serde::Deserialize;
use utoipa::IntoParams;
use web::{CanSeeLedger, Csv, Format, Json, Limit, Page, Path, Place, Problem, Query};

use super::view::TransferView;
use crate::Slice;

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct TransferQuery {
    /// What is counted, as `points` or `sku:tea-100`.
    #[param(value_type = String, example = "points")]
    unit: Unit,
    /// Whose account, in full.
    #[param(example = "brand")]
    owner: String,
    /// Which of their accounts.
    #[param(value_type = String, example = "own")]
    kind: Kind,
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

/// Transfers of an account
///
/// The newest first, each with both sides. Those of one chain are never parted: a page may be a little longer than asked.
#[utoipa::path(
    get, path = "/api/v1/ledger/transfers", tag = "ledger", operation_id = "ledger.transfer.list",
    params(TransferQuery),
    responses((status = 200, body = Page<TransferView>), (status = 422, description = "A field is not valid")),
    extensions(("x-permission" = json!("see_ledger"))),
)]
pub(super) async fn list(
    caller: CanSeeLedger,
    State(slice): State<Slice>,
    Query(query): Query<TransferQuery>,
) -> Result<Response, Problem> {
    let key = AccountKey::new(query.unit, Owner::stored(query.owner), query.kind);
    let (reads, before) = (slice.records.reads(), query.after.map(Into::into));
    let limit = query.limit.get();
    let found = entries_in_workspace(reads, caller.workspace, &key, before, limit + CHAIN_MAX).await;
    let found = found.map_err(Problem::unavailable)?;
    let shown = whole_chains(&found, limit);
    let last = shown.last().filter(|_| shown.len() < found.len());
    let next = last.map(|row| Place { at: row.at, id: row.chain.clone() }.to_string());
    let items: Vec<TransferView> = shown.iter().cloned().map(Into::into).collect();
    Ok(match query.format {
        Format::Json => Json(Page { items, next }).into_response(),
        Format::Csv => csv(items).into_response(),
    })
}

/// The first rows, and what belongs to the chain of the last of them.
fn whole_chains(found: &[TransferRow], limit: usize) -> &[TransferRow] {
    let last = limit.checked_sub(1).and_then(|last| found.get(last));
    let more = last.map_or(0, |last| found[limit..].iter().take_while(|row| row.chain == last.chain).count());
    &found[..found.len().min(limit + more)]
}

/// A chain
///
/// All its transfers, in the order they were looked at. They happened together.
#[utoipa::path(
    get, path = "/api/v1/ledger/chains/{chain}", tag = "ledger", operation_id = "ledger.chain.read",
    params(("chain" = String, Path)),
    responses((status = 200, body = Page<TransferView>), (status = 404, description = "No such chain")),
    extensions(("x-permission" = json!("see_ledger"))),
)]
pub(super) async fn chain(
    caller: CanSeeLedger,
    State(slice): State<Slice>,
    Path(chain): Path<String>,
) -> Result<Json<Page<TransferView>>, Problem> {
    let found = chain_in_workspace(slice.records.reads(), caller.workspace, &chain).await;
    let items: Vec<TransferView> = found.map_err(Problem::unavailable)?.into_iter().map(Into::into).collect();
    if items.is_empty() {
        return Err(ErrorCode::NotFound.into());
    }
    Ok(Json(Page::whole(items)))
}

fn csv(transfers: Vec<TransferView>) -> Csv {
    let columns = [
        "at",
        "op",
        "unit",
        "amount",
        "from_owner",
        "from_kind",
        "to_owner",
        "to_kind",
        "code",
        "reference",
        "chain",
        "step",
        "ends_at",
    ];
    let mut csv = Csv::new("transfers", &columns);
    for one in transfers {
        csv.line([
            one.at.into(),
            one.op.into(),
            one.unit.into(),
            one.amount.into(),
            one.from.owner.into(),
            one.from.kind.into(),
            one.to.owner.into(),
            one.to.kind.into(),
            one.code.into(),
            one.reference.into(),
            one.chain.into(),
            one.step.into(),
            one.ends_at.into(),
        ]);
    }
    csv
}
