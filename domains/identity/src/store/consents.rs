//! The ledger of consents.

use db::{ConnectionTrait, DbError, Row, Sql, Value};
use facts::{ConsentSaid, Purpose};
use kernel::{Handle, Offset, Timestamp, WorkspaceId};

use super::{handle_at, handle_list, handle_value, id, offset_value};
use crate::model::Consent;

/// Books what people said.
pub async fn insert_consents<C: ConnectionTrait>(
    conn: &C,
    workspace: WorkspaceId,
    consents: &[Consent],
) -> Result<(), DbError> {
    let values = consents.iter().flat_map(|Consent { handle, offset, at, source, said }| {
        [
            id(workspace),
            handle_value(*handle),
            offset_value(*offset),
            Value::from(said.purpose.as_str()),
            Value::from(said.given),
            Value::from(at.0),
            Value::from(source.as_str()),
            Value::from(said.notice.clone()),
            Value::from(said.channel.clone()),
        ]
    });
    conn.insert_rows(
        "insert into identity_consent \
         (workspace_id, handle, fact_offset, purpose, is_given, said_at, source, notice, channel)",
        9,
        values.collect(),
        "",
    )
    .await?;
    Ok(())
}

/// All that was said under these handles, the latest first.
pub async fn consents_in_workspace<C: ConnectionTrait>(
    conn: &C,
    workspace: WorkspaceId,
    handles: &[Handle],
) -> Result<Vec<Consent>, DbError> {
    let sql = "select handle, fact_offset, purpose, is_given, said_at, source, notice, channel from identity_consent \
               where workspace_id = $1 and handle in ({list})";
    let rows = conn.all_in(sql, [id(workspace)], 1, handle_list(handles)).await?;
    let consent = |row: &db::QueryResult| {
        let word: String = row.at(2)?;
        let purpose =
            Purpose::parse(&word).ok_or_else(|| DbError::corrupt(format!("the purpose {word} is unknown")))?;
        Ok(Consent {
            handle: handle_at(row, 0)?,
            offset: Offset(row.at::<i64>(1)?.unsigned_abs()),
            at: Timestamp(row.at(4)?),
            source: row.at(5)?,
            said: ConsentSaid { purpose, given: row.at(3)?, notice: row.at(6)?, channel: row.at(7)? },
        })
    };
    let mut consents = rows.iter().map(consent).collect::<Result<Vec<_>, DbError>>()?;
    consents.sort_unstable_by_key(|consent| std::cmp::Reverse((consent.at, consent.offset)));
    Ok(consents)
}
