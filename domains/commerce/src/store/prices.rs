//! Rules of prices, and the prices there were.

use std::collections::BTreeMap;

use db::{ConnectionTrait, DbError, QueryResult, Row, Sql, Value, values};
use kernel::{Timestamp, WorkspaceId};

use super::{json, moment, read_json, texts, workspace_value};
use crate::model::{price::PriceRule, product::Variant};

/// All rules of a workspace, by name.
pub async fn rules_in_workspace<C: ConnectionTrait>(
    conn: &C,
    workspace: WorkspaceId,
) -> Result<Vec<PriceRule>, DbError> {
    let sql =
        "select id, name, terms, is_on, created_at from commerce_price_rule where workspace_id = $1 order by name, id";
    let rule = |row: &QueryResult| {
        Ok(PriceRule {
            id: row.get("id")?,
            name: row.get("name")?,
            terms: read_json(row, "terms")?,
            on: row.get("is_on")?,
            created_at: moment(row, "created_at")?,
        })
    };
    conn.all(sql, [workspace_value(workspace)]).await?.iter().map(rule).collect()
}

/// Writes a rule, new or changed.
pub async fn put_rule<C: ConnectionTrait>(conn: &C, workspace: WorkspaceId, rule: &PriceRule) -> Result<(), DbError> {
    let PriceRule { id, name, terms, on, created_at } = rule;
    let terms = json("a rule of prices", terms)?;
    let row = values![i64::from(workspace.0), id.as_str(), name.as_str(), terms, *on, created_at.0];
    let head = "insert into commerce_price_rule (workspace_id, id, name, terms, is_on, created_at)";
    let tail = "on conflict (workspace_id, id) do update set name = excluded.name, terms = excluded.terms,
        is_on = excluded.is_on";
    conn.insert_rows(head, 6, row.into(), tail).await?;
    Ok(())
}

/// Forgets a rule; whether it was there.
pub async fn delete_rule<C: ConnectionTrait>(conn: &C, workspace: WorkspaceId, rule: &str) -> Result<bool, DbError> {
    let sql = "delete from commerce_price_rule where workspace_id = $1 and id = $2";
    Ok(conn.run(sql, values![i64::from(workspace.0), rule]).await? > 0)
}

/// Writes down the prices variants have from when; one that stands there already is left.
pub async fn note_prices<C: ConnectionTrait>(
    conn: &C,
    workspace: WorkspaceId,
    variants: &[Variant],
) -> Result<(), DbError> {
    let rows: Vec<Value> = variants
        .iter()
        .flat_map(|variant| values![i64::from(workspace.0), variant.id.as_str(), variant.priced_at.0, variant.price])
        .collect();
    let head = "insert into commerce_price (workspace_id, variant, since, price)";
    conn.insert_rows(head, 4, rows, "on conflict (workspace_id, variant, since) do update set price = excluded.price")
        .await?;
    Ok(())
}

/// The prices these variants had, from when.
pub async fn prices_of<C: ConnectionTrait>(
    conn: &C,
    workspace: WorkspaceId,
    variants: &[&str],
) -> Result<BTreeMap<String, Vec<(Timestamp, i64)>>, DbError> {
    let sql = "select variant, since, price from commerce_price where workspace_id = $1 and variant in ({list})";
    let mut prices: BTreeMap<String, BTreeMap<Timestamp, i64>> = BTreeMap::new();
    for row in conn.all_in(sql, [workspace_value(workspace)], 1, texts(variants.iter().copied())).await? {
        prices.entry(row.get("variant")?).or_default().insert(moment(&row, "since")?, row.get("price")?);
    }
    Ok(prices.into_iter().map(|(variant, prices)| (variant, prices.into_iter().collect())).collect())
}
