//! `GET /api/v1/fan/{workspace}/products/{product}`

use axum::extract::State;
use kernel::ErrorCode;
use serde::Serialize;
use utoipa::ToSchema;
use web::{Fan, Json, Path, Problem};

use crate::{
    Slice,
    model::{price::Wanted, product::Delivery},
    ops::place::priced,
    rules::reference::reference_price,
    store,
};

/// A product as a customer sees it.
#[derive(Serialize, ToSchema)]
#[schema(as = FanProduct)]
pub(in super::super) struct FanProduct {
    product: String,
    name: String,
    description: String,
    image: Option<String>,
    delivery: Delivery,
    variants: Vec<FanVariant>,
}

/// A variant as a customer sees it.
#[derive(Serialize, ToSchema)]
#[schema(as = FanVariant)]
struct FanVariant {
    variant: String,
    name: String,
    /// What one costs them, in fen.
    price: i64,
    /// What may stand crossed out beside it: the lowest price of the seven days before. Null when nothing may.
    reference_price: Option<i64>,
    /// Whether it can be bought now.
    in_stock: bool,
}

/// A product
#[utoipa::path(
    get, path = "/api/v1/fan/{workspace}/products/{product}", tag = "commerce", operation_id = "commerce.fan_product.read",
    params(("workspace" = u32, Path), ("product" = String, Path)),
    responses((status = 200, body = FanProduct), (status = 404, description = "Not for sale")),
    extensions(("x-permission" = json!("fan"))),
)]
pub(in super::super) async fn read(
    fan: Fan,
    State(slice): State<Slice>,
    Path((_, product)): Path<(u32, String)>,
) -> Result<Json<FanProduct>, Problem> {
    let product = slice.product(fan.workspace, &product).await?;
    if !product.on_sale {
        return Err(ErrorCode::NotFound.into());
    }
    let reads = slice.records.reads();
    let ids: Vec<&str> = product.variants.iter().map(|variant| variant.id.as_str()).collect();
    let prices = store::prices::prices_of(reads, fan.workspace, &ids).await.map_err(Problem::unavailable)?;
    let stock = slice.free(fan.workspace, &ids).await?;
    let mut variants = Vec::new();
    for variant in product.variants.iter().filter(|variant| variant.on_sale) {
        let one = [Wanted { variant: variant.id.clone(), quantity: 1 }];
        let quote = priced(reads, fan.workspace, (&one, &super::buyer()), slice.clock.now()).await;
        let Ok(quote) = quote.map_err(Problem::unavailable)? else { continue };
        let price = quote.payable;
        let before = prices.get(&variant.id).and_then(|prices| reference_price(prices, variant.priced_at));
        // A rule lowers the price of now: then it is compared with what was asked without it.
        let reference = if price < variant.price {
            Some(before.map_or(variant.price, |before| before.min(variant.price)))
        } else {
            before
        };
        variants.push(FanVariant {
            variant: variant.id.clone(),
            name: variant.name.clone(),
            price,
            reference_price: reference.filter(|reference| *reference > price),
            in_stock: stock.get(&variant.id).is_some_and(|free| *free > 0),
        });
    }
    Ok(Json(FanProduct {
        product: product.id,
        name: product.name,
        description: product.about.description,
        image: product.about.image,
        delivery: product.about.delivery,
        variants,
    }))
}
