//! Rules of reminders.

use std::collections::BTreeSet;

use db::{ConnectionTrait, DbError, QueryResult, Row, Sql, values};
use kernel::{Timestamp, UnitId, WorkspaceId};
use serde::{Deserialize, Serialize};

use super::workspace_value;
use crate::model::{Quiet, Rule, Terms};

const COLUMNS: &str = "id, name, body, is_on, on_since, created_at, created_by, changed_at, revision, swept, filled";

/// What is kept of a rule as JSON.
#[derive(Serialize, Deserialize)]
struct Body {
    terms: Terms,
    script: String,
    at_minute: u16,
    quiet: Quiet,
    fallback: Option<UnitId>,
    units: Option<BTreeSet<UnitId>>,
}

fn rule(row: &QueryResult) -> Result<Rule, DbError> {
    let body: String = row.get("body")?;
    let body: Body =
        serde_json::from_str(&body).map_err(|error| DbError::corrupt(format!("a rule of reminders: {error}")))?;
    let Body { terms, script, at_minute, quiet, fallback, units } = body;
    Ok(Rule {
        id: row.get("id")?,
        name: row.get("name")?,
        terms,
        script,
        at_minute,
        quiet,
        on: row.get("is_on")?,
        on_since: Timestamp(row.get("on_since")?),
        fallback,
        units,
        created_at: Timestamp(row.get("created_at")?),
        created_by: row.get("created_by")?,
        changed_at: Timestamp(row.get("changed_at")?),
        revision: row.get("revision")?,
        swept: row.get("swept")?,
        filled: row.get("filled")?,
    })
}

/// All rules of a workspace, by name.
pub async fn rules_in_workspace<C: ConnectionTrait>(conn: &C, workspace: WorkspaceId) -> Result<Vec<Rule>, DbError> {
    let sql = format!("select {COLUMNS} from journey_rule where workspace_id = $1 order by name, id");
    conn.all(&sql, [workspace_value(workspace)]).await?.iter().map(rule).collect()
}

/// Writes a rule, new or changed.
pub async fn put_rule<C: ConnectionTrait>(conn: &C, workspace: WorkspaceId, rule: &Rule) -> Result<(), DbError> {
    let Rule { terms, script, at_minute, quiet, fallback, units, .. } = rule.clone();
    let body = serde_json::to_string(&Body { terms, script, at_minute, quiet, fallback, units })
        .map_err(|error| DbError::corrupt(format!("a rule of reminders: {error}")))?;
    let row = values![
        i64::from(workspace.0),
        rule.id.as_str(),
        rule.name.as_str(),
        body,
        rule.on,
        rule.on_since.0,
        rule.created_at.0,
        rule.created_by.as_str(),
        rule.changed_at.0,
        rule.revision,
        rule.swept,
        rule.filled,
    ];
    let head = format!("insert into journey_rule (workspace_id, {COLUMNS})");
    let tail = "on conflict (workspace_id, id) do update set name = excluded.name, body = excluded.body,
        is_on = excluded.is_on, on_since = excluded.on_since, changed_at = excluded.changed_at,
        revision = excluded.revision, swept = excluded.swept, filled = excluded.filled";
    conn.insert_rows(&head, 12, row.into(), tail).await?;
    Ok(())
}

/// Forgets a rule.
pub async fn delete_rule<C: ConnectionTrait>(conn: &C, workspace: WorkspaceId, rule: &str) -> Result<(), DbError> {
    let sql = "delete from journey_rule where workspace_id = $1 and id = $2";
    conn.run(sql, values![i64::from(workspace.0), rule]).await?;
    Ok(())
}
