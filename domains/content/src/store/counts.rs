//! What came of links.

use std::collections::BTreeMap;

use db::{ConnectionTrait, DbError, QueryResult, Row, Sql, Value, values};
use kernel::{Handle, Timestamp, WorkspaceId};

use super::workspace_value;
use crate::model::counts::{Counts, Touch};

fn touch(row: &QueryResult) -> Result<Touch, DbError> {
    let at = |column: &str| -> Result<Option<Timestamp>, DbError> {
        let at: Option<i64> = row.get(column)?;
        Ok(at.map(Timestamp))
    };
    let handle: i64 = row.get("handle")?;
    Ok(Touch {
        link: row.get("link")?,
        handle: u32::try_from(handle).map(Handle).map_err(|_| DbError::corrupt("a handle"))?,
        scanned_at: at("scanned_at")?,
        opened_at: at("opened_at")?,
        acted_at: at("acted_at")?,
    })
}

/// What is known of people at links.
pub async fn touches_at<C: ConnectionTrait>(
    conn: &C,
    workspace: WorkspaceId,
    places: impl IntoIterator<Item = (&str, Handle)>,
) -> Result<Vec<Touch>, DbError> {
    let places: Vec<Value> = places.into_iter().flat_map(|(link, handle)| values![link, i64::from(handle.0)]).collect();
    let sql = "select link, handle, scanned_at, opened_at, acted_at from content_touch
        where workspace_id = $1 and (link, handle) in (values {rows})";
    conn.all_in(sql, [workspace_value(workspace)], 2, places).await?.iter().map(touch).collect()
}

/// All links these handles came by.
pub async fn touches_of<C: ConnectionTrait>(
    conn: &C,
    workspace: WorkspaceId,
    handles: &[Handle],
) -> Result<Vec<Touch>, DbError> {
    let handles = handles.iter().map(|handle| Value::from(i64::from(handle.0))).collect();
    let sql = "select link, handle, scanned_at, opened_at, acted_at from content_touch
        where workspace_id = $1 and handle in ({list})";
    let rows = conn.all_in(sql, [workspace_value(workspace)], 1, handles).await?;
    // A list may be asked about its last more than once.
    let touches: Result<Vec<Touch>, DbError> = rows.iter().map(touch).collect();
    let by_place: BTreeMap<_, _> =
        touches?.into_iter().map(|touch| ((touch.link.clone(), touch.handle), touch)).collect();
    Ok(by_place.into_values().collect())
}

/// Writes touches, new or changed.
pub async fn put_touches<C: ConnectionTrait>(
    conn: &C,
    workspace: WorkspaceId,
    touches: impl IntoIterator<Item = &Touch>,
) -> Result<(), DbError> {
    let at = |at: Option<Timestamp>| at.map(|at| at.0);
    let row = |touch: &Touch| {
        values![
            i64::from(workspace.0),
            touch.link.as_str(),
            i64::from(touch.handle.0),
            at(touch.scanned_at),
            at(touch.opened_at),
            at(touch.acted_at),
        ]
    };
    let rows: Vec<Value> = touches.into_iter().flat_map(row).collect();
    let head = "insert into content_touch (workspace_id, link, handle, scanned_at, opened_at, acted_at)";
    let tail = "on conflict (workspace_id, link, handle) do update set scanned_at = excluded.scanned_at,
        opened_at = excluded.opened_at, acted_at = excluded.acted_at";
    conn.insert_rows(head, 6, rows, tail).await?;
    Ok(())
}

/// Adds to what happened at links on days.
pub async fn add_to_days<C: ConnectionTrait>(
    conn: &C,
    workspace: WorkspaceId,
    days: &BTreeMap<(String, i64), Counts>,
) -> Result<(), DbError> {
    let row = |((link, day), counts): (&(String, i64), &Counts)| {
        let Counts { scans, opens, scanned, opened, acted } = *counts;
        values![i64::from(workspace.0), link.as_str(), *day, scans, opens, scanned, opened, acted]
    };
    let rows: Vec<Value> = days.iter().flat_map(row).collect();
    let head = "insert into content_day (workspace_id, link, day, scans, opens, scanned, opened, acted)";
    let tail = "on conflict (workspace_id, link, day) do update set scans = content_day.scans + excluded.scans,
        opens = content_day.opens + excluded.opens, scanned = content_day.scanned + excluded.scanned,
        opened = content_day.opened + excluded.opened, acted = content_day.acted + excluded.acted";
    conn.insert_rows(head, 8, rows, tail).await?;
    Ok(())
}

const SUMS: &str = "cast(sum(scans) as bigint) as scans, cast(sum(opens) as bigint) as opens,
    cast(sum(scanned) as bigint) as scanned, cast(sum(opened) as bigint) as opened,
    cast(sum(acted) as bigint) as acted";

fn counts(row: &QueryResult) -> Result<Counts, DbError> {
    Ok(Counts {
        scans: row.get("scans")?,
        opens: row.get("opens")?,
        scanned: row.get("scanned")?,
        opened: row.get("opened")?,
        acted: row.get("acted")?,
    })
}

/// What came of these links so far.
pub async fn counts_of<C: ConnectionTrait>(
    conn: &C,
    workspace: WorkspaceId,
    links: impl IntoIterator<Item = &str>,
) -> Result<BTreeMap<String, Counts>, DbError> {
    let sql =
        format!("select link, {SUMS} from content_day where workspace_id = $1 and link in ({{list}}) group by link");
    let links = links.into_iter().map(Value::from).collect();
    let rows = conn.all_in(&sql, [workspace_value(workspace)], 1, links).await?;
    rows.iter().map(|row| Ok((row.get("link")?, counts(row)?))).collect()
}

/// What happened at a link on each day since one, in order.
pub async fn days_of<C: ConnectionTrait>(
    conn: &C,
    workspace: WorkspaceId,
    link: &str,
    since: i64,
) -> Result<Vec<(i64, Counts)>, DbError> {
    let sql = "select day, scans, opens, scanned, opened, acted from content_day
        where workspace_id = $1 and link = $2 and day >= $3 order by day";
    let rows = conn.all(sql, values![i64::from(workspace.0), link, since]).await?;
    rows.iter().map(|row| Ok((row.get("day")?, counts(row)?))).collect()
}
