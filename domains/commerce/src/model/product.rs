//! What is for sale.

use kernel::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Longest name of a product or a variant, in characters.
pub const NAME_CHARS_MAX: usize = 100;
/// Longest description, in characters.
pub const DESCRIPTION_CHARS_MAX: usize = 5000;
/// Variants of one product.
pub const VARIANTS_MAX: usize = 50;
/// The highest price of one piece: ten million yuan.
pub const PRICE_MAX: i64 = 1_000_000_000;

/// How it gets to whoever bought it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = DeliveryKind)]
pub enum Delivery {
    /// It is sent.
    #[default]
    Ship,
    /// It is fetched at a store.
    PickUp,
    /// It is a right, a code or a place: nothing is carried.
    Virtual,
}

impl Delivery {
    /// As it is stored and told.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Ship => "ship",
            Self::PickUp => "pick_up",
            Self::Virtual => "virtual",
        }
    }
}

/// Something for sale, in one or more variants.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Product {
    /// Made by us.
    pub id: String,
    /// For people.
    pub name: String,
    /// What is said of it.
    pub about: About,
    /// Whether customers can buy it.
    pub on_sale: bool,
    /// What of it there is to choose from, in this order.
    pub variants: Vec<Variant>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was changed last.
    pub changed_at: Timestamp,
}

/// What is read whole and never looked into.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct About {
    /// Plain text.
    #[serde(default)]
    pub description: String,
    /// Address of a picture.
    #[serde(default)]
    pub image: Option<String>,
    /// How it gets to people.
    #[serde(default)]
    pub delivery: Delivery,
}

/// One variant: what is counted, priced and sold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Variant {
    /// Made by us; stock is counted under it.
    pub id: String,
    /// What tells it from the others: a size, a colour. Empty when there is one only.
    pub name: String,
    /// The brand's own number of it.
    pub sku: Option<String>,
    /// The price of one, in fen, before any rule.
    pub price: i64,
    /// No rule makes it cheaper than this.
    pub floor: Option<i64>,
    /// Whether it can be chosen. What was sold once is never removed.
    pub on_sale: bool,
    /// Since when the price is what it is.
    pub priced_at: Timestamp,
}
