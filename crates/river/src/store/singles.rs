//! Facts booked one by one, as versions before 0.2 did.

use db::{ConnectionTrait, DbError, Row, Sql, Value};
use kernel::{Offset, Timestamp, WorkspaceId};

use super::{lists::Lists, offset_value, slices::book_lists};
use crate::batch::DedupKey;

/// A fact booked by itself.
#[derive(Clone, Debug)]
pub struct Single {
    offset: Offset,
    handle: u32,
    event: String,
    key: DedupKey,
}

/// The first so many of them.
pub async fn singles<C: ConnectionTrait>(
    conn: &C,
    workspace: WorkspaceId,
    limit: usize,
) -> Result<Vec<Single>, DbError> {
    let sql = format!(
        "select fact_offset, handle, event, dedup_key from river_fact where workspace_id = $1 \
         order by fact_offset limit {limit}"
    );
    let rows = conn.all(&sql, [Value::from(i64::from(workspace.0))]).await?;
    rows.iter()
        .map(|row| {
            let key = <[u8; 16]>::try_from(row.at::<Vec<u8>>(3)?);
            Ok(Single {
                offset: Offset(row.at::<i64>(0)?.unsigned_abs()),
                handle: u32::try_from(row.at::<i64>(1)?).map_err(|_| DbError::corrupt("a handle is not 32 bits"))?,
                event: row.at(2)?,
                key: DedupKey(key.map_err(|_| DbError::corrupt("a deduplication key is not 16 bytes"))?),
            })
        })
        .collect()
}

/// Makes them one slice. They are all there were up to the last of them.
pub async fn into_slice<C: ConnectionTrait>(
    conn: &C,
    workspace: WorkspaceId,
    singles: &[Single],
    at: Timestamp,
) -> Result<(), DbError> {
    let (Some(first), Some(last)) = (singles.first(), singles.last()) else { return Ok(()) };
    let mut lists = Lists::default();
    for Single { offset, handle, event, key } in singles {
        lists.push(first.offset, *offset, *handle, event, key);
    }
    book_lists(conn, workspace, first.offset..last.offset.next(), at, lists).await?;
    let sql = "delete from river_fact where workspace_id = $1 and fact_offset <= $2";
    conn.run(sql, [Value::from(i64::from(workspace.0)), offset_value(last.offset)]).await?;
    Ok(())
}
