//! What the endpoints of products share.

pub(super) mod change;
pub(super) mod create;
pub(super) mod list;
pub(super) mod read;
pub(super) mod stock;

use std::collections::BTreeMap;

use kernel::{Timestamp, WorkspaceId};
use ledger::{AccountKey, Unit};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use web::Problem;

use crate::{
    Slice,
    model::product::{About, Delivery, Product},
    ops::draft::{ProductDraft, VariantDraft, Wrong},
    rules::{order::shelf, reference::reference_price},
    store,
};

/// A product to make or to change.
#[derive(Deserialize, ToSchema)]
#[schema(as = ProductDraft, example = json!({"name": "晚安，月亮", "variants": [{"name": "精装", "price": 4900, "floor": 3900}]}))]
pub(super) struct Draft {
    /// 1 to 100 characters.
    name: String,
    /// Plain text; at most 5000 characters.
    #[serde(default)]
    description: String,
    /// A picture's address: `https://…` or one of ours, `/f/…`.
    image: Option<String>,
    #[serde(default)]
    delivery: Delivery,
    /// Whether customers can buy it.
    #[serde(default = "yes")]
    on_sale: bool,
    /// 1 to 50, in this order. One that is left out is for sale no more.
    variants: Vec<VariantWritten>,
}

/// A variant to make or to change.
#[derive(Deserialize, ToSchema)]
#[schema(as = VariantDraft)]
struct VariantWritten {
    /// One of the product's; a new one when missing.
    id: Option<String>,
    /// What tells it from the others; may be empty.
    #[serde(default)]
    name: String,
    /// The brand's own number.
    sku: Option<String>,
    /// The price of one, in fen.
    price: i64,
    /// No rule makes it cheaper, in fen.
    floor: Option<i64>,
    #[serde(default = "yes")]
    on_sale: bool,
}

const fn yes() -> bool {
    true
}

impl From<Draft> for ProductDraft {
    fn from(draft: Draft) -> Self {
        let Draft { name, description, image, delivery, on_sale, variants } = draft;
        let variant = |VariantWritten { id, name, sku, price, floor, on_sale }| VariantDraft {
            id,
            name,
            sku,
            price,
            floor,
            on_sale,
        };
        let about = About { description, image, delivery };
        Self { name, about, on_sale, variants: variants.into_iter().map(variant).collect() }
    }
}

/// A product.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Product)]
pub(super) struct ProductView {
    id: String,
    name: String,
    description: String,
    image: Option<String>,
    delivery: Delivery,
    on_sale: bool,
    variants: Vec<VariantView>,
    #[schema(value_type = String, format = DateTime)]
    created_at: Timestamp,
    /// Send it back with a change, so that nobody's change is lost.
    #[schema(value_type = String, format = DateTime)]
    changed_at: Timestamp,
}

/// A variant, and its stock.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = ProductVariant)]
pub(super) struct VariantView {
    id: String,
    name: String,
    sku: Option<String>,
    /// In fen.
    price: i64,
    floor: Option<i64>,
    on_sale: bool,
    /// What the price may be compared with: the lowest of the seven days before it began. Null when it was not for sale then.
    reference_price: Option<i64>,
    /// Pieces that can be sold.
    free: i64,
    /// Pieces that are held for orders nobody has paid yet.
    held: i64,
}

impl Slice {
    /// Products as they are told.
    pub(super) async fn shown(
        &self,
        workspace: WorkspaceId,
        products: Vec<Product>,
    ) -> Result<Vec<ProductView>, Problem> {
        let reads = self.records.reads();
        let variants = || products.iter().flat_map(|product| &product.variants);
        let key = |id: &str| AccountKey::new(Unit::Sku(id.to_owned()), shelf().0, shelf().1);
        let keys: Vec<AccountKey> = variants().map(|variant| key(&variant.id)).collect();
        let stock: BTreeMap<AccountKey, ledger::Account> =
            ledger::balances(reads, workspace, &keys).await.map_err(Problem::unavailable)?.into_iter().collect();
        let ids: Vec<&str> = variants().map(|variant| variant.id.as_str()).collect();
        let prices = store::prices::prices_of(reads, workspace, &ids).await.map_err(Problem::unavailable)?;
        let none = Vec::new();
        let variant = |variant: &crate::model::product::Variant| {
            let account = stock.get(&key(&variant.id)).copied().unwrap_or_default();
            VariantView {
                id: variant.id.clone(),
                name: variant.name.clone(),
                sku: variant.sku.clone(),
                price: variant.price,
                floor: variant.floor,
                on_sale: variant.on_sale,
                reference_price: reference_price(prices.get(&variant.id).unwrap_or(&none), variant.priced_at),
                free: account.free(),
                held: account.held,
            }
        };
        let product = |product: &Product| ProductView {
            id: product.id.clone(),
            name: product.name.clone(),
            description: product.about.description.clone(),
            image: product.about.image.clone(),
            delivery: product.about.delivery,
            on_sale: product.on_sale,
            variants: product.variants.iter().map(variant).collect(),
            created_at: product.created_at,
            changed_at: product.changed_at,
        };
        Ok(products.iter().map(product).collect())
    }

    /// Pieces of these variants that can be sold.
    pub(super) async fn free(
        &self,
        workspace: WorkspaceId,
        variants: &[&str],
    ) -> Result<BTreeMap<String, i64>, Problem> {
        let key = |id: &&str| AccountKey::new(Unit::Sku((*id).to_owned()), shelf().0, shelf().1);
        let keys: Vec<AccountKey> = variants.iter().map(key).collect();
        let found = ledger::balances(self.records.reads(), workspace, &keys).await.map_err(Problem::unavailable)?;
        let free = |(key, account): (AccountKey, ledger::Account)| match key.unit {
            Unit::Sku(id) => Some((id, account.free())),
            _ => None,
        };
        Ok(found.into_iter().filter_map(free).collect())
    }

    /// A product of the brand.
    pub(super) async fn product(&self, workspace: WorkspaceId, id: &str) -> Result<Product, Problem> {
        let found = store::products::products_by_id(self.records.reads(), workspace, &[id]).await;
        let found = found.map_err(Problem::unavailable)?.into_iter().next();
        found.ok_or_else(|| kernel::ErrorCode::NotFound.into())
    }

    pub(super) async fn shown_one(&self, workspace: WorkspaceId, product: Product) -> Result<ProductView, Problem> {
        let shown = self.shown(workspace, vec![product]).await?;
        shown.into_iter().next().ok_or_else(|| kernel::ErrorCode::NotFound.into())
    }
}

pub(super) fn wrong((field, message): Wrong) -> Problem {
    Problem::invalid(field, message)
}
