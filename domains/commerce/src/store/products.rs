//! Products and their variants.

use std::collections::BTreeMap;

use db::{ConnectionTrait, DbError, Narrowed, QueryResult, Row, Sql, Value, values};
use kernel::{Timestamp, WorkspaceId};

use super::{json, moment, pattern, read_json, texts, workspace_value};
use crate::model::{
    price::Offer,
    product::{Product, Variant},
};

/// Which products; what is `None` is not looked at.
#[derive(Clone, Debug, Default)]
pub struct ProductFilter {
    /// Anywhere in names and numbers.
    pub search: Option<String>,
    /// For sale or not.
    pub on_sale: Option<bool>,
    /// Behind the one made then, of that id.
    pub after: Option<(Timestamp, String)>,
}

const COLUMNS: &str = "id, name, about, is_on, created_at, changed_at";

fn product(row: &QueryResult) -> Result<Product, DbError> {
    Ok(Product {
        id: row.get("id")?,
        name: row.get("name")?,
        about: read_json(row, "about")?,
        on_sale: row.get("is_on")?,
        variants: Vec::new(),
        created_at: moment(row, "created_at")?,
        changed_at: moment(row, "changed_at")?,
    })
}

fn variant(row: &QueryResult) -> Result<Variant, DbError> {
    Ok(Variant {
        id: row.get("id")?,
        name: row.get("name")?,
        sku: row.get("sku")?,
        price: row.get("price")?,
        floor: row.get("floor_price")?,
        on_sale: row.get("is_on")?,
        priced_at: moment(row, "priced_at")?,
    })
}

/// Products of a workspace, the newest first.
pub async fn products_in_workspace<C: ConnectionTrait>(
    conn: &C,
    workspace: WorkspaceId,
    filter: &ProductFilter,
    limit: usize,
) -> Result<Vec<Product>, DbError> {
    let sql = format!("select {COLUMNS} from commerce_product where workspace_id = $1");
    let search = filter.search.as_deref().filter(|search| !search.trim().is_empty()).map(pattern);
    let mut query = Narrowed::new(sql, [workspace_value(workspace)])
        .by(" and search like $n escape '\\'", search)
        .by(" and is_on = $n", filter.on_sale);
    if let Some((at, id)) = &filter.after {
        query = query
            .by(" and (created_at < $n", Some(at.0))
            .by(" or (created_at = $n", Some(at.0))
            .by(" and id < $n))", Some(id.as_str()));
    }
    let rows = query.first(conn, "created_at desc, id desc", limit).await?;
    let products: Vec<Product> = rows.iter().map(product).collect::<Result<_, _>>()?;
    with_variants(conn, workspace, products).await
}

/// These products, those that are there.
pub async fn products_by_id<C: ConnectionTrait>(
    conn: &C,
    workspace: WorkspaceId,
    ids: &[&str],
) -> Result<Vec<Product>, DbError> {
    let sql = format!("select {COLUMNS} from commerce_product where workspace_id = $1 and id in ({{list}})");
    let rows = conn.all_in(&sql, [workspace_value(workspace)], 1, texts(ids.iter().copied())).await?;
    let products: Vec<Product> = rows.iter().map(product).collect::<Result<_, _>>()?;
    with_variants(conn, workspace, products).await
}

async fn with_variants<C: ConnectionTrait>(
    conn: &C,
    workspace: WorkspaceId,
    mut products: Vec<Product>,
) -> Result<Vec<Product>, DbError> {
    let sql = "select id, product, name, sku, price, floor_price, is_on, priced_at from commerce_variant
        where workspace_id = $1 and product in ({list}) order by product, place";
    let ids = texts(products.iter().map(|product| product.id.as_str()));
    let mut variants: BTreeMap<String, Vec<Variant>> = BTreeMap::new();
    for row in conn.all_in(sql, [workspace_value(workspace)], 1, ids).await? {
        variants.entry(row.get("product")?).or_default().push(variant(&row)?);
    }
    for product in &mut products {
        product.variants = variants.remove(&product.id).unwrap_or_default();
    }
    Ok(products)
}

/// What of these variants can be bought.
pub async fn offers<C: ConnectionTrait>(
    conn: &C,
    workspace: WorkspaceId,
    variants: &[&str],
) -> Result<Vec<Offer>, DbError> {
    let sql = "select v.id, v.product, v.name, v.price, v.floor_price, p.name as product_name
        from commerce_variant v join commerce_product p on p.workspace_id = v.workspace_id and p.id = v.product
        where v.workspace_id = $1 and v.is_on and p.is_on and v.id in ({list})";
    let rows = conn.all_in(sql, [workspace_value(workspace)], 1, texts(variants.iter().copied())).await?;
    let offer = |row: &QueryResult| {
        let (name, of): (String, String) = (row.get("name")?, row.get("product_name")?);
        Ok(Offer {
            product: row.get("product")?,
            variant: row.get("id")?,
            name: if name.is_empty() { of } else { format!("{of} · {name}") },
            base: row.get("price")?,
            floor: row.get("floor_price")?,
        })
    };
    rows.iter().map(offer).collect()
}

/// Writes a product and its variants, new or changed. Variants are never removed: orders name them.
pub async fn put_product<C: ConnectionTrait>(
    conn: &C,
    workspace: WorkspaceId,
    product: &Product,
) -> Result<(), DbError> {
    let Product { id, name, about, on_sale, variants, created_at, changed_at } = product;
    let numbers = variants.iter().flat_map(|variant| [Some(variant.name.as_str()), variant.sku.as_deref()]);
    let words: Vec<&str> = std::iter::once(name.as_str()).chain(numbers.flatten()).chain([id.as_str()]).collect();
    let search = words.join("\n").to_lowercase();
    let row = values![
        i64::from(workspace.0),
        id.as_str(),
        name.as_str(),
        search,
        json("a product", about)?,
        *on_sale,
        created_at.0,
        changed_at.0,
    ];
    let head = "insert into commerce_product (workspace_id, id, name, search, about, is_on, created_at, changed_at)";
    let tail = "on conflict (workspace_id, id) do update set name = excluded.name, search = excluded.search,
        about = excluded.about, is_on = excluded.is_on, changed_at = excluded.changed_at";
    conn.insert_rows(head, 8, row.into(), tail).await?;

    let rows: Vec<Value> = variants
        .iter()
        .zip(0_i64..)
        .flat_map(|(variant, place)| {
            values![
                i64::from(workspace.0),
                variant.id.as_str(),
                id.as_str(),
                place,
                variant.name.as_str(),
                variant.sku.clone(),
                variant.price,
                variant.floor,
                variant.on_sale,
                variant.priced_at.0,
            ]
        })
        .collect();
    let head = "insert into commerce_variant (workspace_id, id, product, place, name, sku, price, floor_price, is_on,
        priced_at)";
    let tail = "on conflict (workspace_id, id) do update set place = excluded.place, name = excluded.name,
        sku = excluded.sku, price = excluded.price, floor_price = excluded.floor_price, is_on = excluded.is_on,
        priced_at = excluded.priced_at";
    conn.insert_rows(head, 10, rows, tail).await?;
    super::prices::note_prices(conn, workspace, variants).await
}
