//! The audit trail: who changed what, written in the transaction of the command that changed it. A change that is stored is
//! told, and what was rolled back is not; no slice depends on another for it.
//!
//! The owner of a change makes an [`Entry`] where it decides and hands it to [`write()`] beside its own rows. Entries are never
//! changed.

use kernel::{Timestamp, WorkspaceId};
use sea_orm::{ConnectionTrait, QueryResult};
use serde_json::Value as Json;

use crate::{DbError, Migration, Narrowed, Row, Sql, Tx, values};

/// The tables of this module; [`crate::Records::open`] runs them before those it is given.
pub(crate) const MIGRATIONS: &[Migration] = &[Migration {
    name: "records_0002_audit",
    sql: "create table audit_trail (
    id {serial},
    workspace_id {bigint} not null,
    happened_at {bigint} not null,
    actor {text} not null,
    action {text} not null,
    subject {text} not null,
    before_json {text},
    after_json {text},
    request {text},
    ip {text}
);
create index audit_trail_workspace on audit_trail (workspace_id, id)",
}];

/// Words in a field's name that mark its value as one that nobody may read later.
const SECRET_WORDS: [&str; 4] = ["secret", "password", "token", "cookie"];

/// Who asks for a change, in which request, and from where.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct By {
    /// `staff:<id>`, `key:<id>`, `invitation:<id>`, `setup` or `command_line`.
    pub actor: String,
    /// The request's id, as in the server's log.
    pub request: Option<String>,
    /// The address the request came from, as far as the proxies before us are trusted.
    pub ip: Option<String>,
}

impl By {
    /// Somebody who asks without a request: `command_line`.
    #[must_use]
    pub fn named(actor: impl Into<String>) -> Self {
        Self { actor: actor.into(), request: None, ip: None }
    }
}

/// One change, as written down beside it.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// Whose.
    pub workspace: WorkspaceId,
    /// When.
    pub at: Timestamp,
    /// By whom.
    pub by: By,
    /// What was done: `unit.moved`.
    pub action: String,
    /// To what: `unit:store-66`.
    pub subject: String,
    /// How it was, without secrets; nothing for what is new.
    pub before: Option<Json>,
    /// How it is, without secrets; nothing for what is gone.
    pub after: Option<Json>,
}

/// An entry that is stored.
#[derive(Clone, Debug, PartialEq)]
pub struct Stored {
    /// Rises with time.
    pub id: i64,
    /// What it tells.
    pub entry: Entry,
}

/// What to look for; what is `None` is not looked at.
#[derive(Clone, Debug, Default)]
pub struct Query {
    /// Exactly this actor.
    pub actor: Option<String>,
    /// Exactly this action, or all of its kind: `key` finds `key.revoked`.
    pub action: Option<String>,
    /// Exactly this subject, or all of its kind: `unit` finds `unit:store-66`.
    pub subject: Option<String>,
    /// Exactly this address.
    pub ip: Option<String>,
    /// At or after.
    pub from: Option<Timestamp>,
    /// Before.
    pub to: Option<Timestamp>,
    /// Below this id.
    pub below: Option<i64>,
}

/// Stores entries with the change that is being decided. A value whose field names a secret is left out, whoever wrote the
/// entry: the trail is read by more people than secrets are.
///
/// # Errors
/// [`DbError`] by class.
pub async fn write(tx: &Tx, entries: Vec<Entry>) -> Result<(), DbError> {
    let rows = entries.into_iter().flat_map(|entry| {
        let Entry { workspace, at, by, action, subject, before, after } = entry;
        let text = |value: Option<Json>| value.map(|value| without_secrets(value).to_string());
        values![workspace.0, at.0, by.actor, action, subject, text(before), text(after), by.request, by.ip]
    });
    let head = "insert into audit_trail
        (workspace_id, happened_at, actor, action, subject, before_json, after_json, request, ip)";
    tx.insert_rows(head, 9, rows.collect(), "").await?;
    Ok(())
}

/// The entries of a workspace, the latest first.
///
/// # Errors
/// [`DbError`] by class.
pub async fn entries(
    reads: &impl ConnectionTrait,
    workspace: WorkspaceId,
    query: &Query,
    limit: usize,
) -> Result<Vec<Stored>, DbError> {
    let sql = "select id, workspace_id, happened_at, actor, action, subject, before_json, after_json, request, ip
        from audit_trail where workspace_id = $1";
    let rows = Narrowed::new(sql, values![workspace.0])
        .by(" and actor = $n", query.actor.as_deref())
        .by(" and (action = $n or substr(action, 1, length($n) + 1) = $n || '.')", query.action.as_deref())
        .by(" and (subject = $n or substr(subject, 1, length($n) + 1) = $n || ':')", query.subject.as_deref())
        .by(" and ip = $n", query.ip.as_deref())
        .by(" and happened_at >= $n", query.from.map(|at| at.0))
        .by(" and happened_at < $n", query.to.map(|at| at.0))
        .by(" and id < $n", query.below);
    rows.first(reads, "id desc", limit).await?.iter().map(stored).collect()
}

fn stored(row: &QueryResult) -> Result<Stored, DbError> {
    let json = |column: &str| -> Result<Option<Json>, DbError> {
        let text: Option<String> = row.get(column)?;
        let read =
            |text: String| serde_json::from_str(&text).map_err(|error| DbError::corrupt(format!("{column}: {error}")));
        text.map(read).transpose()
    };
    let number: i64 = row.get("workspace_id")?;
    let workspace = u32::try_from(number).map_err(|_| DbError::corrupt(format!("{number} is no workspace")))?;
    Ok(Stored {
        id: row.get("id")?,
        entry: Entry {
            workspace: WorkspaceId(workspace),
            at: Timestamp(row.get("happened_at")?),
            by: By { actor: row.get("actor")?, request: row.get("request")?, ip: row.get("ip")? },
            action: row.get("action")?,
            subject: row.get("subject")?,
            before: json("before_json")?,
            after: json("after_json")?,
        },
    })
}

fn without_secrets(value: Json) -> Json {
    match value {
        Json::Object(fields) => fields
            .into_iter()
            .map(|(name, value)| {
                let low = name.to_lowercase();
                let secret = value.is_string() && SECRET_WORDS.iter().any(|word| low.contains(word));
                (name, if secret { Json::from("…") } else { without_secrets(value) })
            })
            .collect(),
        Json::Array(items) => items.into_iter().map(without_secrets).collect(),
        plain => plain,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_is_named_a_secret_is_not_written_down() {
        let entry = json!({ "name": "till", "client_secret": "abc", "rows": [{ "Token": "x", "tokens": 3 }] });
        let expected = json!({ "name": "till", "client_secret": "…", "rows": [{ "Token": "…", "tokens": 3 }] });
        assert_eq!(without_secrets(entry), expected);
    }
}
