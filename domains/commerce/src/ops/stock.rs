//! Pieces that come in and go out.

use db::{DbError, Tx};
use ledger::{Chain, Kind, Owner, Transfer, Unit};
use serde_json::json;

use super::{Ask, Outcome, book, trail};
use crate::{rules::order::shelf, store};

/// Pieces of a variant come in, or go out when `change` is below zero.
#[derive(Clone, Debug)]
pub struct Movement {
    /// Made before it was sent: the ledger does it once.
    pub id: String,
    /// Of which product.
    pub product: String,
    /// Of which variant.
    pub variant: String,
    /// How many; not zero.
    pub change: i64,
    /// What is said.
    pub reason: Option<String>,
}

/// Where pieces come from and go to: suppliers, a count, a loss.
fn outside() -> (Owner, Kind) {
    (Owner::of("world", "stock"), Kind::External)
}

pub(super) async fn shift(tx: &Tx, ask: &Ask, movement: &Movement) -> Result<Outcome, DbError> {
    let Movement { id, product, variant, change, reason } = movement;
    let found = store::products::products_by_id(tx, ask.workspace, &[product]).await?;
    if !found.iter().flat_map(|product| &product.variants).any(|known| known.id == *variant) {
        return Ok(Outcome::Missing);
    }
    let (from, to, code) =
        if *change > 0 { (outside(), shelf(), "stock.in") } else { (shelf(), outside(), "stock.out") };
    let amount = i64::try_from(change.unsigned_abs()).unwrap_or(i64::MAX);
    let reference = format!("product:{product}");
    let transfer = Transfer::now(Unit::Sku(variant.clone()), from, to, amount, code, &reference);
    let chain = Chain { id: format!("stock:{id}"), transfers: vec![transfer] };
    if book(tx, ask, &chain).await?.is_err() {
        return Ok(Outcome::TooFew);
    }
    let after = json!({"variant": variant, "change": change, "reason": reason});
    trail(tx, ask, "stock.moved", &reference, Some(after)).await?;
    Ok(Outcome::Done)
}
