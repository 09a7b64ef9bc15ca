//! One file per endpoint.

mod callback;
mod fan;
mod orders;
mod products;
mod quote;
mod rules;
#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use axum::extract::FromRef;
use db::sticky::Sticky;
use kernel::ErrorCode;
use utoipa_axum::{router::OpenApiRouter, routes};
use web::{Authenticate, Fans, Origin, Principal, Problem};

use crate::{
    Slice,
    ops::{Command, Outcome, Trouble, pay::PaymentError},
    rules::{order::Impossible, price::NoPrice},
};

#[derive(Clone, FromRef)]
pub(crate) struct Http {
    slice: Slice,
    gate: Arc<dyn Authenticate>,
    fans: Arc<dyn Fans>,
}

pub(crate) fn router(slice: Slice, gate: Arc<dyn Authenticate>, fans: Arc<dyn Fans>) -> OpenApiRouter {
    OpenApiRouter::default()
        .routes(routes!(products::list::list, products::create::create))
        .routes(routes!(products::read::read, products::change::change))
        .routes(routes!(products::stock::list, products::stock::shift))
        .routes(routes!(rules::list::list, rules::set::create))
        .routes(routes!(rules::set::change, rules::remove::remove))
        .routes(routes!(quote::quote))
        .routes(routes!(orders::list::list, orders::create::create))
        .routes(routes!(orders::read::read))
        .routes(routes!(orders::cancel::cancel))
        .routes(routes!(orders::refund::preview))
        .routes(routes!(orders::refund::refund))
        .routes(routes!(orders::refund::again))
        .routes(routes!(orders::give::give))
        .routes(routes!(orders::give::receive))
        .routes(routes!(fan::product::read))
        .routes(routes!(fan::quote::quote))
        .routes(routes!(fan::orders::list, fan::place::place))
        .routes(routes!(fan::orders::read))
        .routes(routes!(fan::pay::pay))
        .routes(routes!(fan::orders::cancel))
        .routes(routes!(fan::orders::receive))
        .routes(routes!(callback::hear))
        .with_state(Http { slice, gate, fans })
}

impl Slice {
    /// Hands in what a member of staff or a program asks.
    async fn submit(
        &self,
        caller: &Principal,
        origin: &Origin,
        command: Command,
        sticky: Option<Sticky>,
    ) -> Result<Outcome, Problem> {
        self.ask(caller.workspace, origin.by(caller), command, sticky).await.map_err(Problem::unavailable)
    }
}

impl From<Trouble> for Problem {
    fn from(trouble: Trouble) -> Self {
        match trouble {
            Trouble::Provider(PaymentError::Off) => {
                Self::new(ErrorCode::Conflict).detail("还不能在线支付 · No payment provider is set up")
            }
            Trouble::Provider(error) => Self::new(ErrorCode::Unavailable)
                .detail("支付暂时不可用，请稍后再试 · Try again in a moment")
                .because(error),
            other => Self::unavailable(other),
        }
    }
}

/// What is told of a command that is not done. Customers read the same words: Chinese first.
fn refused(outcome: &Outcome) -> Problem {
    let conflict = |words: &str| Problem::new(ErrorCode::Conflict).detail(words);
    match outcome {
        Outcome::Missing => ErrorCode::NotFound.into(),
        Outcome::PriceChanged => conflict("价格刚刚有变动，请重新确认 · The price has changed: confirm it again"),
        Outcome::TooFew => conflict("库存不足 · There are not so many pieces"),
        Outcome::NoPrice(no_price) => unpriced(no_price),
        Outcome::Impossible(impossible) => conflict(cannot(*impossible)),
        Outcome::Changed | Outcome::Done | Outcome::Again | Outcome::Order(_) => {
            conflict("已被他人修改，请刷新后再试 · It has changed meanwhile: load it again")
        }
    }
}

/// Why there is no price, beside the field it is about.
fn unpriced(no_price: &NoPrice) -> Problem {
    let field = match no_price {
        NoPrice::Lines | NoPrice::Quantity(_) | NoPrice::NotForSale(_) => "lines",
        NoPrice::BelowThreshold { .. } | NoPrice::OneOfGroup(_) | NoPrice::AppOnly(_) => "coupons",
    };
    let zh = match no_price {
        NoPrice::Lines => "请选择 1 到 50 种商品",
        NoPrice::Quantity(_) => "数量须为 1 到 9999",
        NoPrice::NotForSale(_) => "商品已下架",
        NoPrice::BelowThreshold { .. } => "未达到优惠券的使用门槛",
        NoPrice::OneOfGroup(_) => "这些优惠券不能一起使用",
        NoPrice::AppOnly(_) => "此优惠券仅限 App 使用",
    };
    Problem::invalid(field, format!("{zh} · {no_price}"))
}

const fn cannot(impossible: Impossible) -> &'static str {
    match impossible {
        Impossible::NotUnpaid => "订单已支付或已关闭 · This order cannot be paid any more",
        Impossible::NotPaid => "订单尚未支付 · This order is not paid",
        Impossible::TooEarly => "订单仍可支付 · This order can still be paid",
        Impossible::NoSuch => "没有这笔支付或退款 · There is no such payment or refund",
        Impossible::NotSoMany => "超出可退数量 · So many pieces were not bought, or are back already",
        Impossible::TooMany => "尝试次数过多，请重新下单 · Too many attempts: make a new order",
        Impossible::OtherHanding => "订单的交付状态不允许 · It was handed over already, or not yet",
        Impossible::AllBack => "已全部退款 · Everything of this order is back",
    }
}
