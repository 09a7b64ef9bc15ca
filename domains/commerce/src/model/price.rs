//! Prices: rules, what is asked for, and the ladder that led to what is to be paid.

use std::collections::BTreeSet;

use kernel::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Which things something is about.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[schema(as = PriceScope)]
pub enum Goods {
    /// Everything.
    #[default]
    All,
    /// These products.
    Products {
        /// Their ids.
        ids: BTreeSet<String>,
    },
    /// These variants.
    Variants {
        /// Their ids.
        ids: BTreeSet<String>,
    },
}

impl Goods {
    /// Whether it is about this one.
    #[must_use]
    pub fn covers(&self, product: &str, variant: &str) -> bool {
        match self {
            Self::All => true,
            Self::Products { ids } => ids.contains(product),
            Self::Variants { ids } => ids.contains(variant),
        }
    }
}

/// For whom a price rule is; what is missing is not looked at.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = PriceAudience)]
pub struct Buyers {
    /// Customers of this level.
    #[serde(default)]
    pub level: Option<String>,
    /// Orders by this channel.
    #[serde(default)]
    pub channel: Option<String>,
    /// Orders at this store.
    #[serde(default)]
    pub store: Option<String>,
}

/// Who buys, and where.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = PriceBuyer)]
pub struct Buyer {
    /// Their level.
    #[serde(default)]
    pub level: Option<String>,
    /// By which channel.
    #[serde(default)]
    pub channel: Option<String>,
    /// At which store.
    #[serde(default)]
    pub store: Option<String>,
    /// Whether they buy in the brand's own app.
    #[serde(default)]
    pub in_app: bool,
}

impl Buyers {
    /// Whether this buyer is meant.
    #[must_use]
    pub fn mean(&self, buyer: &Buyer) -> bool {
        let fits = |asked: &Option<String>, has: &Option<String>| asked.is_none() || asked == has;
        fits(&self.level, &buyer.level) && fits(&self.channel, &buyer.channel) && fits(&self.store, &buyer.store)
    }
}

/// What a rule makes of a price.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[schema(as = PriceEffect)]
pub enum Effect {
    /// So many ten-thousandths less: 2000 is 20% off (八折).
    Percent {
        /// 1 to 10,000.
        off_bp: i64,
    },
    /// So many fen less.
    Minus {
        /// Above zero.
        fen: i64,
    },
    /// This price.
    Fixed {
        /// Zero or more.
        fen: i64,
    },
}

/// A rule of prices.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PriceRule {
    /// Made by us.
    pub id: String,
    /// For people.
    pub name: String,
    /// What it says.
    pub terms: PriceTerms,
    /// Whether it holds.
    pub on: bool,
    /// When it was made.
    pub created_at: Timestamp,
}

/// What a price rule says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PriceTerms {
    /// Which things.
    pub goods: Goods,
    /// For whom.
    pub buyers: Buyers,
    /// What it makes of the price.
    pub effect: Effect,
    /// From when.
    pub from: Option<Timestamp>,
    /// Until when.
    pub until: Option<Timestamp>,
}

impl PriceRule {
    /// Whether it holds for this, for them, at this moment.
    #[must_use]
    pub fn holds(&self, product: &str, variant: &str, buyer: &Buyer, at: Timestamp) -> bool {
        let PriceTerms { goods, buyers, from, until, .. } = &self.terms;
        self.on
            && from.is_none_or(|from| from <= at)
            && until.is_none_or(|until| at < until)
            && goods.covers(product, variant)
            && buyers.mean(buyer)
    }
}

/// What a coupon takes off.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[schema(as = CouponEffect)]
pub enum CouponEffect {
    /// An amount.
    Face {
        /// In fen.
        fen: i64,
    },
    /// A share, up to an amount.
    Percent {
        /// Ten-thousandths: 1000 is 10% off.
        off_bp: i64,
        /// At most so many fen.
        cap: i64,
    },
}

impl CouponEffect {
    /// The most it can ever take off.
    #[must_use]
    pub const fn most(self) -> i64 {
        match self {
            Self::Face { fen } => fen,
            Self::Percent { cap, .. } => cap,
        }
    }
}

/// A coupon as it is laid on an order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CouponTerms {
    /// What it takes off.
    pub effect: CouponEffect,
    /// What it is good for costs at least so much together.
    pub threshold: i64,
    /// Which things.
    pub goods: Goods,
    /// One order takes one coupon of a group.
    pub group: String,
    /// Only in the brand's own app.
    pub app_only: bool,
}

/// One thing that is asked for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = WantedLine)]
pub struct Wanted {
    /// Which variant.
    pub variant: String,
    /// How many; above zero.
    pub quantity: i64,
}

/// What the shop knows of a variant that is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Offer {
    /// Of which product.
    pub product: String,
    /// Which variant.
    pub variant: String,
    /// For people.
    pub name: String,
    /// The price of one, before any rule.
    pub base: i64,
    /// No rule makes it cheaper.
    pub floor: Option<i64>,
}

/// How a price was come to: kept with the order as it was, whatever rules say later.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = PriceQuote)]
pub struct Quote {
    /// What is bought.
    pub lines: Vec<QuotedLine>,
    /// What coupons take off.
    pub discounts: Vec<Discount>,
    /// The sum of all lines before coupons, in fen.
    pub goods: i64,
    /// What coupons take off together.
    pub discount: i64,
    /// What is to be paid; never below zero.
    pub payable: i64,
}

/// A line, and its ladder.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = QuotedLine)]
pub struct QuotedLine {
    /// Of which product.
    pub product: String,
    /// Which variant.
    pub variant: String,
    /// As it was called then.
    pub name: String,
    /// How many.
    pub quantity: i64,
    /// The price of one, before any rule.
    pub base: i64,
    /// What led to the price of one, in order.
    pub steps: Vec<PriceStep>,
    /// The price of one.
    pub unit: i64,
    /// All of them, before coupons.
    pub amount: i64,
    /// What coupons take off this line.
    pub off: i64,
    /// What is to be paid for this line.
    pub payable: i64,
}

/// One step of the ladder.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = PriceStep)]
pub struct PriceStep {
    /// What kind of step.
    pub kind: StepKind,
    /// The rule, if it is one.
    pub id: Option<String>,
    /// For people.
    pub name: Option<String>,
    /// The price of one, from here on.
    pub price: i64,
}

/// What kind of step a price took.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = PriceStepKind)]
pub enum StepKind {
    /// A rule holds.
    Rule,
    /// The rule went below the floor.
    Floor,
}

/// What one coupon takes off.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = PriceDiscount)]
pub struct Discount {
    /// The coupon.
    pub coupon: String,
    /// For people.
    pub name: String,
    /// How much, in fen.
    pub amount: i64,
}
