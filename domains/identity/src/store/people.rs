//! What is stored of people as somebody looks for them: their ids, their links, what they did how often.

use db::{ConnectionTrait, DbError, QueryResult, Row, Sql, Value};
use facts::Identified;
use kernel::{Handle, Timestamp, WorkspaceId};

use super::{handle_at, handle_list, handle_value, id};
use crate::model::{Activity, Known, Matched};

/// Comes behind every text that begins like the one it is appended to.
const LAST: char = '\u{10ffff}';
/// So much of a WeChat id is in the index.
const WECHAT_CHARS: usize = 64;

fn number_at(row: &QueryResult, index: usize) -> Result<u64, DbError> {
    Ok(row.at::<i64>(index)?.unsigned_abs())
}

/// Adds to what was booked under handles.
pub async fn add_activity<C: ConnectionTrait>(
    conn: &C,
    workspace: WorkspaceId,
    activity: &[Activity],
) -> Result<(), DbError> {
    let values = activity.iter().flat_map(|Activity { handle, event, facts, first_at, last_at }| {
        [
            id(workspace),
            handle_value(*handle),
            Value::from(event.as_str()),
            Value::from(*facts),
            Value::from(first_at.0),
            Value::from(last_at.0),
        ]
    });
    conn.insert_rows(
        "insert into identity_activity (workspace_id, handle, event, facts, first_at, last_at)",
        6,
        values.collect(),
        "on conflict (workspace_id, handle, event) do update set \
         facts = identity_activity.facts + excluded.facts, \
         first_at = case when excluded.first_at < identity_activity.first_at \
                    then excluded.first_at else identity_activity.first_at end, \
         last_at = case when excluded.last_at > identity_activity.last_at \
                   then excluded.last_at else identity_activity.last_at end",
    )
    .await?;
    Ok(())
}

/// Takes facts back that were booked under handles; what is left of nothing goes. From when to when the others happened is not
/// told apart: that stays as wide as it was.
pub async fn take_activity_back<C: ConnectionTrait>(
    conn: &C,
    workspace: WorkspaceId,
    taken: &[(Handle, &str, u64)],
) -> Result<(), DbError> {
    let values = taken.iter().flat_map(|(handle, event, facts)| {
        let facts = -i64::try_from(*facts).unwrap_or(i64::MAX);
        [
            id(workspace),
            handle_value(*handle),
            Value::from(*event),
            Value::from(facts),
            i64::MAX.into(),
            i64::MIN.into(),
        ]
    });
    conn.insert_rows(
        "insert into identity_activity (workspace_id, handle, event, facts, first_at, last_at)",
        6,
        values.collect(),
        "on conflict (workspace_id, handle, event) do update set facts = identity_activity.facts + excluded.facts",
    )
    .await?;
    let handles = taken.iter().map(|(handle, ..)| handle_value(*handle)).collect();
    let none = "delete from identity_activity where workspace_id = $1 and facts <= 0 and handle in ({list})";
    conn.run_in(none, [id(workspace)], 1, handles).await?;
    Ok(())
}

/// What was booked under these handles, in no order.
pub async fn activity<C: ConnectionTrait>(
    conn: &C,
    workspace: WorkspaceId,
    handles: &[Handle],
) -> Result<Vec<Activity>, DbError> {
    let sql = "select distinct handle, event, facts, first_at, last_at from identity_activity \
               where workspace_id = $1 and handle in ({list})";
    let rows = conn.all_in(sql, [id(workspace)], 1, handle_list(handles)).await?;
    rows.iter()
        .map(|row| {
            Ok(Activity {
                handle: handle_at(row, 0)?,
                event: row.at(1)?,
                facts: number_at(row, 2)?,
                first_at: Timestamp(row.at(3)?),
                last_at: Timestamp(row.at(4)?),
            })
        })
        .collect()
}

/// When somebody was first and last seen under these handles.
pub async fn first_and_last_seen<C: ConnectionTrait>(
    conn: &C,
    workspace: WorkspaceId,
    handles: &[Handle],
) -> Result<Vec<(Handle, Timestamp, Timestamp)>, DbError> {
    let sql = "select handle, min(first_at), max(last_at) from identity_activity \
               where workspace_id = $1 and handle in ({list}) group by handle";
    let rows = conn.all_in(sql, [id(workspace)], 1, handle_list(handles)).await?;
    rows.iter().map(|row| Ok((handle_at(row, 0)?, Timestamp(row.at(1)?), Timestamp(row.at(2)?)))).collect()
}

/// The ids behind these handles, in no order.
pub async fn ids<C: ConnectionTrait>(
    conn: &C,
    workspace: WorkspaceId,
    handles: &[Handle],
) -> Result<Vec<Known>, DbError> {
    let sql = "select handle, namespace, value from identity_handle where workspace_id = $1 and handle in ({list})";
    let rows = conn.all_in(sql, [id(workspace)], 1, handle_list(handles)).await?;
    rows.iter().map(|row| Ok(Known { handle: handle_at(row, 0)?, space: row.at(1)?, value: row.at(2)? })).collect()
}

/// Handles whose id, or whose WeChat id, is this text; with `beginnings` also those where it begins so. At most `limit` of
/// each kind.
pub async fn handles_like<C: ConnectionTrait>(
    conn: &C,
    workspace: WorkspaceId,
    text: &str,
    beginnings: bool,
    (spaces, limit): (&[i64], usize),
) -> Result<Vec<(Handle, Matched)>, DbError> {
    let mut found = Vec::new();
    let ids = format!(
        "select handle, value from identity_handle \
         where workspace_id = $1 and namespace = $2 and value >= $3 and value <= $4 order by value limit {limit}"
    );
    let last = if beginnings { format!("{text}{LAST}") } else { text.to_owned() };
    for space in spaces {
        let asked = [id(workspace), Value::from(*space), Value::from(text), Value::from(last.as_str())];
        found.extend(conn.all(&ids, asked).await?);
    }
    let short: String = text.chars().take(WECHAT_CHARS).collect();
    let last = if beginnings { format!("{short}{LAST}") } else { short.clone() };
    let wechat = format!(
        "select handle, wechat from identity_profile \
         where workspace_id = $1 and substr(wechat, 1, {WECHAT_CHARS}) >= $2 and substr(wechat, 1, {WECHAT_CHARS}) <= $3 \
         order by substr(wechat, 1, {WECHAT_CHARS}) limit {limit}"
    );
    found.extend(conn.all(&wechat, [id(workspace), Value::from(short), Value::from(last)]).await?);
    let mut matched = Vec::with_capacity(found.len());
    for row in &found {
        let value: String = row.at(1)?;
        if value == text {
            matched.push((handle_at(row, 0)?, Matched::Id));
        } else if beginnings && value.starts_with(text) {
            matched.push((handle_at(row, 0)?, Matched::IdPrefix));
        }
    }
    Ok(matched)
}

/// Everything known under the handles from `from` up to and without `to`: where the id comes from, and what was let known.
pub async fn handles_between<C: ConnectionTrait>(
    conn: &C,
    workspace: WorkspaceId,
    (from, to): (u32, u32),
) -> Result<Vec<(Handle, i64, Identified)>, DbError> {
    let sql = "select h.handle, h.namespace, p.name, p.phone, p.wechat, p.city from identity_handle h \
               left join identity_profile p on p.workspace_id = h.workspace_id and p.handle = h.handle \
               where h.workspace_id = $1 and h.handle >= $2 and h.handle < $3";
    let rows = conn.all(sql, [id(workspace), Value::from(from), Value::from(to)]).await?;
    rows.iter()
        .map(|row| {
            let known = Identified { name: row.at(2)?, phone: row.at(3)?, wechat: row.at(4)?, city: row.at(5)? };
            Ok((handle_at(row, 0)?, row.at(1)?, known))
        })
        .collect()
}

/// When somebody was last seen under the handles from `from` up to and without `to`.
pub async fn last_seen_between<C: ConnectionTrait>(
    conn: &C,
    workspace: WorkspaceId,
    (from, to): (u32, u32),
) -> Result<Vec<(Handle, Timestamp)>, DbError> {
    let sql = "select handle, max(last_at) from identity_activity \
               where workspace_id = $1 and handle >= $2 and handle < $3 group by handle";
    let rows = conn.all(sql, [id(workspace), Value::from(from), Value::from(to)]).await?;
    rows.iter().map(|row| Ok((handle_at(row, 0)?, Timestamp(row.at(1)?)))).collect()
}
