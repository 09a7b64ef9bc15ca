//! The audit trail's table: written beside the change, read backwards.

use db::{ConnectionTrait, DbError, QueryResult, Row, Sql, Tx, Value, values};
use kernel::{Timestamp, WorkspaceId};

use super::workspace_id;
use crate::model::{AuditEntry, By};

/// What to look for; what is `None` is not looked at.
#[derive(Clone, Debug, Default)]
pub(crate) struct AuditQuery {
    /// Exactly this actor.
    pub(crate) actor: Option<String>,
    /// Exactly this action, or all of its kind: `key` finds `key.revoked`.
    pub(crate) action: Option<String>,
    /// Exactly this subject.
    pub(crate) subject: Option<String>,
    /// At or after.
    pub(crate) from: Option<Timestamp>,
    /// Before.
    pub(crate) to: Option<Timestamp>,
    /// Below this id.
    pub(crate) below: Option<i64>,
}

pub(super) async fn write(tx: &Tx, entries: Vec<AuditEntry>) -> Result<(), DbError> {
    let rows = entries.into_iter().flat_map(|entry| {
        let AuditEntry { workspace, at, by, action, subject, before, after, .. } = entry;
        let text = |value: Option<serde_json::Value>| value.map(|value| value.to_string());
        values![workspace.0, at.0, by.actor, action, subject, text(before), text(after), by.request]
    });
    let head = "insert into audit_entry
        (workspace_id, happened_at, actor, action, subject, before_json, after_json, request)";
    tx.insert_rows(head, 8, rows.collect(), "").await?;
    Ok(())
}

/// The entries of a brand, the latest first.
pub(crate) async fn entries(
    reads: &impl ConnectionTrait,
    workspace: WorkspaceId,
    query: &AuditQuery,
    limit: usize,
) -> Result<Vec<AuditEntry>, DbError> {
    let mut values = values![workspace.0].to_vec();
    let mut sql = "select id, workspace_id, happened_at, actor, action, subject, before_json, after_json, request
        from audit_entry where workspace_id = $1"
        .to_owned();
    let mut narrow = |condition: &str, value: Option<Value>| {
        if let Some(value) = value {
            values.push(value);
            sql += &condition.replace("$n", &format!("${}", values.len()));
        }
    };
    let text = |text: &Option<String>| text.as_ref().map(|text| Value::from(text.as_str()));
    narrow(" and actor = $n", text(&query.actor));
    narrow(" and (action = $n or substr(action, 1, length($n) + 1) = $n || '.')", text(&query.action));
    narrow(" and subject = $n", text(&query.subject));
    narrow(" and happened_at >= $n", query.from.map(|at| at.0.into()));
    narrow(" and happened_at < $n", query.to.map(|at| at.0.into()));
    narrow(" and id < $n", query.below.map(Value::from));
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    narrow(" order by id desc limit $n", Some(limit.into()));
    reads.all(&sql, values).await?.iter().map(entry).collect()
}

fn entry(row: &QueryResult) -> Result<AuditEntry, DbError> {
    let json = |column: &str| -> Result<Option<serde_json::Value>, DbError> {
        let text: Option<String> = row.get(column)?;
        let read =
            |text: String| serde_json::from_str(&text).map_err(|error| DbError::corrupt(format!("{column}: {error}")));
        text.map(read).transpose()
    };
    Ok(AuditEntry {
        id: row.get("id")?,
        workspace: workspace_id(row, "workspace_id")?,
        at: Timestamp(row.get("happened_at")?),
        by: By { actor: row.get("actor")?, request: row.get("request")? },
        action: row.get("action")?,
        subject: row.get("subject")?,
        before: json("before_json")?,
        after: json("after_json")?,
    })
}
