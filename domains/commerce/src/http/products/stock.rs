//! `GET` and `POST /api/v1/shop/products/{product}/stock`

use axum::{
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use kernel::{ErrorCode, Timestamp, token};
use ledger::{AccountKey, TransferRow, Unit};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use web::{Asked, CanManageShop, CanReadShop, Csv, Format, Json, Limit, Origin, Page, Path, Place, Problem, Query};

use crate::{
    Slice,
    http::refused,
    ops::{Command, Outcome, stock::Movement},
    rules::order::shelf,
};

/// The most pieces that come in at once.
const CHANGE_MAX: i64 = 1_000_000;
/// Longest reason, in characters.
const REASON_CHARS_MAX: usize = 200;

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(in super::super) struct StockQuery {
    /// Of which variant.
    variant: String,
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

/// Pieces that came, went or were held.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = StockEntry)]
pub(in super::super) struct StockEntry {
    #[schema(value_type = String, format = DateTime)]
    at: Timestamp,
    /// Why: `stock.in`, `stock.out`, `order.sold`, `order.restocked` …
    code: String,
    /// `now`, `hold`, `take` or `drop`.
    op: String,
    /// What can be sold changes by so many.
    change: i64,
    /// Of what: `order:…`.
    reference: String,
}

impl StockEntry {
    fn of(row: &TransferRow) -> Self {
        let comes = row.to == shelf();
        // Held pieces cannot be sold from then on; taking them changes nothing any more, dropping them frees them.
        let change = match row.op.as_str() {
            "take" => 0,
            "drop" => row.amount,
            _ if comes => row.amount,
            _ => -row.amount,
        };
        Self { at: row.at, code: row.code.clone(), op: row.op.clone(), change, reference: row.reference.clone() }
    }
}

/// Pieces that came and went
///
/// The newest first, from the ledger.
#[utoipa::path(
    get, path = "/api/v1/shop/products/{product}/stock", tag = "commerce", operation_id = "commerce.stock.list",
    params(("product" = String, Path), StockQuery),
    responses(
        (status = 200, body = Page<StockEntry>),
        (status = 404, description = "No such product or variant"),
        (status = 422, description = "A field is not valid"),
    ),
    extensions(("x-permission" = json!("read_shop"))),
)]
pub(in super::super) async fn list(
    caller: CanReadShop,
    State(slice): State<Slice>,
    Path(product): Path<String>,
    Query(query): Query<StockQuery>,
) -> Result<Response, Problem> {
    let product = slice.product(caller.workspace, &product).await?;
    if !product.variants.iter().any(|variant| variant.id == query.variant) {
        return Err(ErrorCode::NotFound.into());
    }
    let (owner, kind) = shelf();
    let key = AccountKey::new(Unit::Sku(query.variant), owner, kind);
    let before = query.after.map(|place| (place.at, place.id));
    let limit = query.limit.get();
    let rows = ledger::entries_in_workspace(slice.records.reads(), caller.workspace, &key, before, limit + 1).await;
    let page = Page::cut(rows.map_err(Problem::unavailable)?, limit, |row| {
        Place { at: row.at, id: row.chain.clone() }.to_string()
    });
    let page = Page { items: page.items.iter().map(StockEntry::of).collect::<Vec<_>>(), next: page.next };
    Ok(match query.format {
        Format::Json => Json(page).into_response(),
        Format::Csv => csv(&page.items).into_response(),
    })
}

fn csv(entries: &[StockEntry]) -> Csv {
    let mut csv = Csv::new("stock", &["at", "code", "op", "change", "reference"]);
    for entry in entries {
        csv.line([
            entry.at.into(),
            entry.code.clone().into(),
            entry.op.clone().into(),
            entry.change.into(),
            entry.reference.clone().into(),
        ]);
    }
    csv
}

/// Pieces that come in or go out.
#[derive(Deserialize, ToSchema)]
#[schema(as = StockMovement, example = json!({"variant": "v4k2m9x7qa", "change": 100, "reason": "首批到货"}))]
pub(in super::super) struct Shift {
    /// Of which variant.
    variant: String,
    /// How many come in, or go out when it is below zero.
    change: i64,
    /// Why, for the trail.
    reason: Option<String>,
}

/// A movement that is booked.
#[derive(Serialize, ToSchema)]
#[schema(as = StockMoved)]
pub(in super::super) struct Moved {
    /// The ledger knows it by this.
    id: String,
    change: i64,
}

/// Bring pieces in, or take them out
///
/// No more go out than can be sold: what is held for orders stays. Send it under an `Idempotency-Key`.
#[utoipa::path(
    post, path = "/api/v1/shop/products/{product}/stock", tag = "commerce", operation_id = "commerce.stock.create",
    params(("product" = String, Path)),
    request_body = Shift,
    responses(
        (status = 201, body = Moved),
        (status = 404, description = "No such product or variant"),
        (status = 409, description = "There are not so many pieces"),
        (status = 422, description = "A field is not valid"),
    ),
    extensions(("x-permission" = json!("manage_shop")), ("x-once" = json!(true))),
)]
pub(in super::super) async fn shift(
    caller: CanManageShop,
    State(slice): State<Slice>,
    origin: Origin,
    Path(product): Path<String>,
    Asked { body: Shift { variant, change, reason }, once }: Asked<Shift>,
) -> Result<Response, Problem> {
    let now = slice.clock.now();
    if let Some(answer) = once.replay(slice.records.reads(), &caller.0, now).await? {
        return Ok(answer);
    }
    if change == 0 || !(-CHANGE_MAX..=CHANGE_MAX).contains(&change) {
        return Err(Problem::invalid("change", format!("not zero, and at most {CHANGE_MAX} pieces at once")));
    }
    let reason = reason.map(|reason| reason.trim().to_owned()).filter(|reason| !reason.is_empty());
    if reason.as_ref().is_some_and(|reason| reason.chars().count() > REASON_CHARS_MAX || reason.contains('\0')) {
        return Err(Problem::invalid("reason", format!("at most {REASON_CHARS_MAX} characters")));
    }
    let id = token(&*slice.entropy, 16);
    let (answer, sticky) = once.answer(&caller.0, StatusCode::CREATED, &Moved { id: id.clone(), change })?;
    let command = Command::Stock(Movement { id, product, variant, change, reason });
    match slice.submit(&caller, &origin, command, sticky).await? {
        Outcome::Done => Ok(answer),
        Outcome::Again => once.again(slice.records.reads(), &caller.0, now).await,
        other => Err(refused(&other)),
    }
}
