//! Whom live codes lead to, and how many.

use std::collections::BTreeMap;

use db::{ConnectionTrait, DbError, Row, Sql, Tx, Value, values};
use facts::NamedId;
use kernel::{Timestamp, WorkspaceId};

/// A customer at a live code.
pub type Seat = (WorkspaceId, String, NamedId);
/// A live code on a day.
pub type CodeDay = (WorkspaceId, String, i64);

/// The ways these customers were led, where they were.
pub async fn assigned(tx: &Tx, seats: impl IntoIterator<Item = &Seat>) -> Result<BTreeMap<Seat, String>, DbError> {
    let row = |(workspace, link, who): &Seat| {
        values![i64::from(workspace.0), link.as_str(), who.namespace.as_str(), who.value.as_str()]
    };
    let list: Vec<Value> = seats.into_iter().flat_map(row).collect();
    let sql = "select workspace_id, link, namespace, subject, way from content_assignment
        where (workspace_id, link, namespace, subject) in (values {rows})";
    let rows = tx.all_in(sql, [], 4, list).await?;
    let seat = |row: &db::QueryResult| -> Result<(Seat, String), DbError> {
        let who = NamedId::new(row.get::<String>("namespace")?, row.get::<String>("subject")?);
        Ok(((workspace(row)?, row.get("link")?, who), row.get("way")?))
    };
    rows.iter().map(seat).collect()
}

/// The way a customer was led, if they were.
pub async fn way_of<C: ConnectionTrait>(
    conn: &C,
    workspace: WorkspaceId,
    link: &str,
    who: &NamedId,
) -> Result<Option<String>, DbError> {
    let sql =
        "select way from content_assignment where workspace_id = $1 and link = $2 and namespace = $3 and subject = $4";
    let values = values![i64::from(workspace.0), link, who.namespace.as_str(), who.value.as_str()];
    conn.one(sql, values).await?.map(|row| row.get("way")).transpose()
}

fn workspace(row: &db::QueryResult) -> Result<WorkspaceId, DbError> {
    let number: i64 = row.get("workspace_id")?;
    u32::try_from(number).map(WorkspaceId).map_err(|_| DbError::corrupt("a workspace"))
}

/// How many were led each way on these days.
pub async fn loads(
    tx: &Tx,
    days: impl IntoIterator<Item = &CodeDay>,
) -> Result<BTreeMap<CodeDay, BTreeMap<String, u32>>, DbError> {
    let row = |(workspace, link, day): &CodeDay| values![i64::from(workspace.0), link.as_str(), *day];
    let list: Vec<Value> = days.into_iter().flat_map(row).collect();
    let sql = "select workspace_id, link, day, way, people from content_way_day
        where (workspace_id, link, day) in (values {rows})";
    let mut loads: BTreeMap<CodeDay, BTreeMap<String, u32>> = BTreeMap::new();
    for row in tx.all_in(sql, [], 3, list).await? {
        let people: i64 = row.get("people")?;
        let of = (workspace(&row)?, row.get("link")?, row.get("day")?);
        let people = u32::try_from(people).map_err(|_| DbError::corrupt("people led a way"))?;
        loads.entry(of).or_default().insert(row.get("way")?, people);
    }
    Ok(loads)
}

/// Writes whom customers are led to; whoever was led elsewhere before is led here now.
pub async fn put_assigned(
    tx: &Tx,
    led: impl IntoIterator<Item = (&Seat, &String)>,
    at: Timestamp,
) -> Result<(), DbError> {
    let row = |((workspace, link, who), way): (&Seat, &String)| {
        values![i64::from(workspace.0), link.as_str(), who.namespace.as_str(), who.value.as_str(), way.as_str(), at.0]
    };
    let rows: Vec<Value> = led.into_iter().flat_map(row).collect();
    let head = "insert into content_assignment (workspace_id, link, namespace, subject, way, at)";
    let tail =
        "on conflict (workspace_id, link, namespace, subject) do update set way = excluded.way, at = excluded.at";
    tx.insert_rows(head, 6, rows, tail).await?;
    Ok(())
}

/// Writes how many were led each way.
pub async fn put_loads(tx: &Tx, loads: impl IntoIterator<Item = (&CodeDay, &String, u32)>) -> Result<(), DbError> {
    let row = |((workspace, link, day), way, people): (&CodeDay, &String, u32)| {
        values![i64::from(workspace.0), link.as_str(), *day, way.as_str(), i64::from(people)]
    };
    let rows: Vec<Value> = loads.into_iter().flat_map(row).collect();
    let head = "insert into content_way_day (workspace_id, link, day, way, people)";
    let tail = "on conflict (workspace_id, link, day, way) do update set people = excluded.people";
    tx.insert_rows(head, 5, rows, tail).await?;
    Ok(())
}

/// How many a code has led each way on a day.
pub async fn load_of<C: ConnectionTrait>(
    conn: &C,
    workspace: WorkspaceId,
    link: &str,
    day: i64,
) -> Result<BTreeMap<String, u32>, DbError> {
    let sql = "select way, people from content_way_day where workspace_id = $1 and link = $2 and day = $3";
    let rows = conn.all(sql, values![i64::from(workspace.0), link, day]).await?;
    let one = |row: &db::QueryResult| -> Result<(String, u32), DbError> {
        let people: i64 = row.get("people")?;
        Ok((row.get("way")?, u32::try_from(people).map_err(|_| DbError::corrupt("people led a way"))?))
    };
    rows.iter().map(one).collect()
}
