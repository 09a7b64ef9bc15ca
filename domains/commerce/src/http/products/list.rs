//! `GET /api/v1/shop/products`

use axum::{
    extract::State,
    response::{IntoResponse, Response},
};
use serde::Deserialize;
use utoipa::IntoParams;
use web::{CanReadShop, Csv, Format, Json, Limit, Page, Place, Problem, Query};

use super::ProductView;
use crate::{
    Slice,
    store::products::{ProductFilter, products_in_workspace},
};

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(in super::super) struct ProductQuery {
    /// Anywhere in names and numbers.
    search: Option<String>,
    /// Only those that are for sale, or that are not.
    on_sale: Option<bool>,
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

/// Products
///
/// The newest first, with their variants, prices and stock.
#[utoipa::path(
    get, path = "/api/v1/shop/products", tag = "commerce", operation_id = "commerce.product.list",
    params(ProductQuery),
    responses((status = 200, body = Page<ProductView>), (status = 422, description = "A field is not valid")),
    extensions(("x-permission" = json!("read_shop"))),
)]
pub(in super::super) async fn list(
    caller: CanReadShop,
    State(slice): State<Slice>,
    Query(query): Query<ProductQuery>,
) -> Result<Response, Problem> {
    let filter = ProductFilter { search: query.search, on_sale: query.on_sale, after: query.after.map(Into::into) };
    let limit = query.limit.get();
    let found = products_in_workspace(slice.records.reads(), caller.workspace, &filter, limit + 1).await;
    let page = Page::cut(found.map_err(Problem::unavailable)?, limit, |last| {
        Place { at: last.created_at, id: last.id.clone() }.to_string()
    });
    let page = Page { items: slice.shown(caller.workspace, page.items).await?, next: page.next };
    Ok(match query.format {
        Format::Json => Json(page).into_response(),
        Format::Csv => csv(&page.items).into_response(),
    })
}

fn csv(products: &[ProductView]) -> Csv {
    let columns =
        ["product", "name", "variant", "variant_name", "sku", "price_fen", "floor_fen", "on_sale", "free", "held"];
    let mut csv = Csv::new("products", &columns);
    for product in products {
        for variant in &product.variants {
            csv.line([
                product.id.clone().into(),
                product.name.clone().into(),
                variant.id.clone().into(),
                variant.name.clone().into(),
                variant.sku.clone().into(),
                variant.price.into(),
                variant.floor.into(),
                (product.on_sale && variant.on_sale).into(),
                variant.free.into(),
                variant.held.into(),
            ]);
        }
    }
    csv
}
