//! From what is asked for to what is to be paid: base price → rule → floor → coupons → shared out over the lines.
//!
//! Each step is pure and sees only what the step before it made. The order in which lines or coupons are named says nothing.

use std::collections::BTreeMap;

use kernel::Timestamp;

use super::split::split;
use crate::model::{
    price::{
        Buyer, CouponEffect, CouponTerms, Discount, Effect, Offer, PriceRule, PriceStep, Quote, QuotedLine, StepKind,
        Wanted,
    },
    product::PRICE_MAX,
};

/// Lines of one order: with the coupon and the money they fit into one chain of the ledger.
pub const LINES_MAX: usize = 50;
/// Pieces of one line.
pub const QUANTITY_MAX: i64 = 9999;

/// Why there is no price.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoPrice {
    /// Nothing is asked for, or too much.
    #[error("an order has 1 to {LINES_MAX} lines")]
    Lines,
    /// A quantity is not possible.
    #[error("a quantity is 1 to {QUANTITY_MAX}")]
    Quantity(String),
    /// Not for sale.
    #[error("this is not for sale")]
    NotForSale(String),
    /// What it is good for is not enough, or not there.
    #[error("what this coupon is good for must cost {threshold} fen together, and costs {eligible}")]
    BelowThreshold { coupon: String, threshold: i64, eligible: i64 },
    /// Another of its group is used already.
    #[error("this coupon cannot be used together with another one that was chosen")]
    OneOfGroup(String),
    /// Not in the app.
    #[error("this coupon can be used in the app only")]
    AppOnly(String),
}

/// A coupon that is to be laid on an order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Laid {
    /// Which.
    pub id: String,
    /// For people.
    pub name: String,
    /// What it says.
    pub terms: CouponTerms,
}

/// What is known when a price is made.
pub struct Given<'a> {
    /// What the shop offers, at least what is asked for.
    pub offers: &'a [Offer],
    /// Rules of prices, those that do not hold too.
    pub rules: &'a [PriceRule],
    /// Coupons to be used, all of them.
    pub coupons: &'a [Laid],
    /// Who buys.
    pub buyer: &'a Buyer,
    /// When.
    pub at: Timestamp,
}

/// What is to be paid, and how it came to that.
///
/// # Errors
/// [`NoPrice`], the first there is.
pub fn quote(wanted: &[Wanted], given: &Given<'_>) -> Result<Quote, NoPrice> {
    let mut lines: Vec<QuotedLine> = asked(wanted)?
        .into_iter()
        .map(|(variant, quantity)| line(variant, quantity, given))
        .collect::<Result<_, _>>()?;
    let goods = lines.iter().map(|line| line.amount).sum();
    let discounts = lay(&mut lines, given)?;
    let discount = discounts.iter().map(|discount| discount.amount).sum();
    Ok(Quote { lines, discounts, goods, discount, payable: goods - discount })
}

/// What is asked for, each variant once, in their own order.
fn asked(wanted: &[Wanted]) -> Result<BTreeMap<&str, i64>, NoPrice> {
    let mut asked: BTreeMap<&str, i64> = BTreeMap::new();
    for Wanted { variant, quantity } in wanted {
        let refused = || NoPrice::Quantity(variant.clone());
        if !(1..=QUANTITY_MAX).contains(quantity) {
            return Err(refused());
        }
        let sum = asked.entry(variant).or_default();
        *sum = sum.checked_add(*quantity).filter(|sum| *sum <= QUANTITY_MAX).ok_or_else(refused)?;
    }
    if asked.is_empty() || asked.len() > LINES_MAX { Err(NoPrice::Lines) } else { Ok(asked) }
}

fn line(variant: &str, quantity: i64, given: &Given<'_>) -> Result<QuotedLine, NoPrice> {
    let offer = given.offers.iter().find(|offer| offer.variant == variant);
    let offer = offer.filter(|offer| (0..=PRICE_MAX).contains(&offer.base));
    let offer = offer.ok_or_else(|| NoPrice::NotForSale(variant.to_owned()))?;
    let (unit, steps) = unit_price(offer, given);
    // At most 9,999 pieces of ten million yuan: it fits.
    let amount = unit * quantity;
    Ok(QuotedLine {
        product: offer.product.clone(),
        variant: offer.variant.clone(),
        name: offer.name.clone(),
        quantity,
        base: offer.base,
        steps,
        unit,
        amount,
        off: 0,
        payable: amount,
    })
}

/// The price of one: the rule that is best for whoever buys, but not below the floor. A rule never makes anything dearer.
fn unit_price(offer: &Offer, given: &Given<'_>) -> (i64, Vec<PriceStep>) {
    let holding = given.rules.iter().filter(|rule| rule.holds(&offer.product, &offer.variant, given.buyer, given.at));
    let best = holding
        .map(|rule| (after(rule.terms.effect, offer.base), rule))
        .min_by(|(one, a), (other, b)| one.cmp(other).then_with(|| a.id.cmp(&b.id)));
    let mut steps = Vec::new();
    let mut price = offer.base;
    if let Some((cheaper, rule)) = best.filter(|(cheaper, _)| *cheaper < offer.base) {
        price = cheaper;
        let (id, name) = (Some(rule.id.clone()), Some(rule.name.clone()));
        steps.push(PriceStep { kind: StepKind::Rule, id, name, price });
    }
    let floor = offer.floor.unwrap_or(0).min(offer.base);
    if price < floor {
        price = floor;
        steps.push(PriceStep { kind: StepKind::Floor, id: None, name: None, price });
    }
    (price, steps)
}

fn after(effect: Effect, price: i64) -> i64 {
    match effect {
        Effect::Percent { off_bp } => price - share(price, off_bp),
        Effect::Minus { fen } => (price - fen.clamp(0, price)).max(0),
        Effect::Fixed { fen } => fen.max(0),
    }
}

/// So many ten-thousandths of an amount, rounded down.
fn share(amount: i64, bp: i64) -> i64 {
    let part = i128::from(amount) * i128::from(bp.clamp(0, 10_000)) / 10_000;
    i64::try_from(part).expect("a part of an amount is no more than the amount")
}

/// Lays the coupons on the lines, in the order of their groups.
fn lay(lines: &mut [QuotedLine], given: &Given<'_>) -> Result<Vec<Discount>, NoPrice> {
    let mut by_group: BTreeMap<&str, &Laid> = BTreeMap::new();
    for coupon in given.coupons {
        if by_group.insert(&coupon.terms.group, coupon).is_some() {
            return Err(NoPrice::OneOfGroup(coupon.id.clone()));
        }
    }
    by_group.into_values().map(|coupon| lay_one(lines, coupon, given.buyer)).collect()
}

fn lay_one(lines: &mut [QuotedLine], coupon: &Laid, buyer: &Buyer) -> Result<Discount, NoPrice> {
    let CouponTerms { effect, threshold, goods, app_only, .. } = &coupon.terms;
    if *app_only && !buyer.in_app {
        return Err(NoPrice::AppOnly(coupon.id.clone()));
    }
    let good_for = |line: &&mut QuotedLine| goods.covers(&line.product, &line.variant);
    let mut eligible: Vec<&mut QuotedLine> = lines.iter_mut().filter(good_for).collect();
    // Reached means at least; and what is counted is the price before any coupon.
    let cost: i64 = eligible.iter().map(|line| line.amount).sum();
    if eligible.is_empty() || cost < *threshold {
        let (coupon, threshold) = (coupon.id.clone(), *threshold);
        return Err(NoPrice::BelowThreshold { coupon, threshold, eligible: cost });
    }
    let left: i64 = eligible.iter().map(|line| line.payable).sum();
    let amount = match effect {
        CouponEffect::Face { fen } => (*fen).max(0),
        CouponEffect::Percent { off_bp, cap } => share(left, *off_bp).min((*cap).max(0)),
    }
    .min(left);
    let weights: Vec<(&str, i64)> = eligible.iter().map(|line| (line.variant.as_str(), line.payable)).collect();
    let parts = split(amount, &weights).expect("at most the sum of the lines is shared out over them");
    for (line, part) in eligible.iter_mut().zip(parts) {
        line.off += part;
        line.payable -= part;
    }
    Ok(Discount { coupon: coupon.id.clone(), name: coupon.name.clone(), amount })
}

#[cfg(test)]
#[path = "price_tests.rs"]
mod tests;
