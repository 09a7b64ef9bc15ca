//! Ordering.

use std::collections::BTreeMap;

use db::{ConnectionTrait, DbError, Tx};
use kernel::{Timestamp, WorkspaceId};

use super::{Ask, Outcome, apply};
use crate::{
    model::{
        order::Order,
        price::{Buyer, Quote, Wanted},
    },
    rules::{
        self,
        price::{Given, NoPrice},
    },
    store,
};

/// What is to be paid for something at this moment.
pub(crate) async fn priced<C: ConnectionTrait>(
    conn: &C,
    workspace: WorkspaceId,
    (wanted, buyer): (&[Wanted], &Buyer),
    at: Timestamp,
) -> Result<Result<Quote, NoPrice>, DbError> {
    let variants: BTreeMap<&str, ()> = wanted.iter().map(|line| (line.variant.as_str(), ())).collect();
    let variants: Vec<&str> = variants.into_keys().collect();
    let offers = store::products::offers(conn, workspace, &variants).await?;
    let rules = store::prices::rules_in_workspace(conn, workspace).await?;
    Ok(rules::price::quote(wanted, &Given { offers: &offers, rules: &rules, coupons: &[], buyer, at }))
}

/// The order is taken at the price that was shown, or not at all; its stock is held, or it is not taken.
pub(super) async fn place(tx: &Tx, ask: &Ask, order: &Order) -> Result<Outcome, DbError> {
    let wanted: Vec<Wanted> = order
        .quote
        .lines
        .iter()
        .map(|line| Wanted { variant: line.variant.clone(), quantity: line.quantity })
        .collect();
    match priced(tx, ask.workspace, (&wanted, &order.buyer), ask.at).await? {
        Err(no_price) => return Ok(Outcome::NoPrice(no_price)),
        Ok(quote) if quote != order.quote => return Ok(Outcome::PriceChanged),
        Ok(_) => {}
    }
    match apply(tx, ask, rules::order::place(order.clone(), ask.at)).await? {
        Ok(order) => Ok(Outcome::Order(Box::new(order))),
        Err(_) => Ok(Outcome::TooFew),
    }
}
