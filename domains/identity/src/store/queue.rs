//! The queue of conflicts as people read it, and what they decided.

use db::{ConnectionTrait, DbError, Narrowed, QueryResult, Row, Sql, Tx, Value, values};
use kernel::{Handle, Offset, Timestamp, WorkspaceId};

use super::{decisions::Conflict, handle_at, handle_list, id};

/// Two handles that evidence would join.
pub type Pair = (Handle, Handle);

/// Which conflicts are wanted.
#[derive(Clone, Debug, Default)]
pub struct ConflictQuery {
    /// `open`; or `merged`, `apart` or `moved`, which is how it was decided; or `gone`. Empty for all.
    pub states: Vec<&'static str>,
    pub reason: Option<String>,
    /// Only those behind: when it was found, and between whom.
    pub after: Option<(Timestamp, Pair)>,
}

const CONFLICT: &str = "handle, into_handle, reason, fact_offset, found_at, confidence, state, decision";

fn conflict_at(row: &QueryResult) -> Result<Conflict, DbError> {
    Ok(Conflict {
        handle: handle_at(row, 0)?,
        into: handle_at(row, 1)?,
        reason: row.at(2)?,
        offset: Offset(row.at::<i64>(3)?.unsigned_abs()),
        at: Timestamp(row.at(4)?),
        confidence: row.at(5)?,
        state: row.at(6)?,
        decision: row.at(7)?,
    })
}

/// Conflicts, the latest first.
pub async fn conflicts<C: ConnectionTrait>(
    conn: &C,
    workspace: WorkspaceId,
    query: &ConflictQuery,
    limit: usize,
) -> Result<Vec<Conflict>, DbError> {
    let mut sql = format!("select {CONFLICT} from identity_conflict where workspace_id = $1");
    if !query.states.is_empty() {
        let words: Vec<String> = query.states.iter().map(|state| format!("'{state}'")).collect();
        sql += &format!(" and state in ({})", words.join(", "));
    }
    let mut asked = vec![id(workspace)];
    if let Some((at, (handle, into))) = query.after {
        sql += " and (found_at, handle, into_handle) < ($2, $3, $4)";
        asked.extend(values![at.0, handle.0, into.0]);
    }
    let narrowed = Narrowed::new(sql, asked).by(" and reason = $n", query.reason.clone());
    let rows = narrowed.first(conn, "found_at desc, handle desc, into_handle desc", limit).await?;
    rows.iter().map(conflict_at).collect()
}

/// How many conflicts there are in each state.
pub async fn conflict_counts<C: ConnectionTrait>(
    conn: &C,
    workspace: WorkspaceId,
) -> Result<Vec<(String, u64)>, DbError> {
    let sql = "select state, count(*) from identity_conflict where workspace_id = $1 group by state";
    let rows = conn.all(sql, [id(workspace)]).await?;
    rows.iter().map(|row| Ok((row.at(0)?, row.at::<i64>(1)?.unsigned_abs()))).collect()
}

/// The conflict between two handles.
pub async fn conflict<C: ConnectionTrait>(
    conn: &C,
    workspace: WorkspaceId,
    (handle, into): Pair,
) -> Result<Option<Conflict>, DbError> {
    let sql = format!(
        "select {CONFLICT} from identity_conflict where workspace_id = $1 and handle = $2 and into_handle = $3"
    );
    let row = conn.one(&sql, values![workspace.0, handle.0, into.0]).await?;
    row.as_ref().map(conflict_at).transpose()
}

/// Open conflicts that name one of these handles.
pub async fn open_conflicts_of<C: ConnectionTrait>(
    conn: &C,
    workspace: WorkspaceId,
    handles: &[Handle],
) -> Result<Vec<Pair>, DbError> {
    let mut found = Vec::new();
    for column in ["handle", "into_handle"] {
        let sql = format!(
            "select distinct handle, into_handle from identity_conflict \
             where workspace_id = $1 and state = 'open' and {column} in ({{list}})"
        );
        for row in conn.all_in(&sql, [id(workspace)], 1, handle_list(handles)).await? {
            found.push((handle_at(&row, 0)?, handle_at(&row, 1)?));
        }
    }
    found.sort_unstable();
    found.dedup();
    Ok(found)
}

/// What was decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum What {
    /// Two persons are one.
    Merge,
    /// Two persons stay two.
    Apart,
    /// Ids go from the person they were of to another one, or become one of their own.
    Split,
}

impl What {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Merge => "merge",
            Self::Apart => "apart",
            Self::Split => "split",
        }
    }

    fn parse(word: &str) -> Result<Self, DbError> {
        let found = [Self::Merge, Self::Apart, Self::Split].into_iter().find(|what| what.as_str() == word);
        found.ok_or_else(|| DbError::corrupt(format!("a decision to {word}")))
    }
}

/// A decision that was taken back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TakenBack {
    pub by: String,
    pub at: Timestamp,
    pub reason: String,
}

/// A decision as it is stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decision {
    pub id: String,
    pub what: What,
    /// Handles of the one, and of the other.
    pub one: Vec<Handle>,
    pub other: Vec<Handle>,
    /// The conflict it answers.
    pub conflict: Option<Pair>,
    pub reason: String,
    pub by: String,
    pub at: Timestamp,
    /// The fact that carried it out; none while it is on its way.
    pub fact: Option<Offset>,
    pub taken_back: Option<TakenBack>,
}

const DECISION: &str = "decision, what, one, other, handle, into_handle, reason, decided_by, decided_at, fact_offset, \
                        taken_back_by, taken_back_at, taken_back_reason";

fn decision_at(row: &QueryResult) -> Result<Decision, DbError> {
    let handles = |text: String| -> Result<Vec<Handle>, DbError> {
        serde_json::from_str(&text).map_err(|error| DbError::corrupt(format!("handles of a decision: {error}")))
    };
    let end = |number: i64| Handle(u32::try_from(number).unwrap_or_default());
    let pair = row.at::<Option<i64>>(4)?.zip(row.at::<Option<i64>>(5)?);
    let back = (row.at::<Option<String>>(10)?, row.at::<Option<i64>>(11)?, row.at::<Option<String>>(12)?);
    Ok(Decision {
        id: row.at(0)?,
        what: What::parse(&row.at::<String>(1)?)?,
        one: handles(row.at(2)?)?,
        other: handles(row.at(3)?)?,
        conflict: pair.map(|(handle, into)| (end(handle), end(into))),
        reason: row.at(6)?,
        by: row.at(7)?,
        at: Timestamp(row.at(8)?),
        fact: row.at::<Option<i64>>(9)?.map(|offset| Offset(offset.unsigned_abs())),
        taken_back: match back {
            (Some(by), Some(at), Some(reason)) => Some(TakenBack { by, at: Timestamp(at), reason }),
            _ => None,
        },
    })
}

/// Decisions, the latest first.
pub async fn decisions<C: ConnectionTrait>(
    conn: &C,
    workspace: WorkspaceId,
    after: Option<(Timestamp, String)>,
    limit: usize,
) -> Result<Vec<Decision>, DbError> {
    let mut sql = format!("select {DECISION} from identity_decision where workspace_id = $1");
    let mut asked = vec![id(workspace)];
    if let Some((at, decision)) = after {
        sql += " and (decided_at, decision) < ($2, $3)";
        asked.extend(values![at.0, decision]);
    }
    let rows = Narrowed::new(sql, asked).first(conn, "decided_at desc, decision desc", limit).await?;
    rows.iter().map(decision_at).collect()
}

/// Some decisions by id, in no order.
pub async fn decisions_by_id<C: ConnectionTrait>(
    conn: &C,
    workspace: WorkspaceId,
    ids: Vec<String>,
) -> Result<Vec<Decision>, DbError> {
    let sql = format!("select {DECISION} from identity_decision where workspace_id = $1 and decision in ({{list}})");
    let rows = conn.all_in(&sql, [id(workspace)], 1, ids.into_iter().map(Value::from).collect()).await?;
    rows.iter().map(decision_at).collect()
}

/// Decisions about conflicts of these handles that are on their way, by conflict.
pub async fn on_their_way<C: ConnectionTrait>(
    conn: &C,
    workspace: WorkspaceId,
    handles: &[Handle],
) -> Result<Vec<Pair>, DbError> {
    let sql = "select distinct handle, into_handle from identity_decision \
               where workspace_id = $1 and fact_offset is null and handle in ({list})";
    let rows = conn.all_in(sql, [id(workspace)], 1, handle_list(handles)).await?;
    rows.iter().map(|row| Ok((handle_at(row, 0)?, handle_at(row, 1)?))).collect()
}

/// Writes a decision down.
pub async fn insert_decision(tx: &Tx, workspace: WorkspaceId, decision: &Decision) -> Result<(), DbError> {
    let handles = |handles: &[Handle]| {
        serde_json::to_string(handles).map_err(|error| DbError::corrupt(format!("handles of a decision: {error}")))
    };
    tx.run(
        "insert into identity_decision \
         (workspace_id, decision, what, one, other, handle, into_handle, reason, decided_by, decided_at) \
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        values![
            workspace.0,
            decision.id.as_str(),
            decision.what.as_str(),
            handles(&decision.one)?,
            handles(&decision.other)?,
            decision.conflict.map(|(handle, _)| i64::from(handle.0)),
            decision.conflict.map(|(_, into)| i64::from(into.0)),
            decision.reason.as_str(),
            decision.by.as_str(),
            decision.at.0,
        ],
    )
    .await?;
    Ok(())
}

/// Writes down that a decision is taken back.
pub async fn take_decision_back(
    tx: &Tx,
    workspace: WorkspaceId,
    decision: &str,
    back: &TakenBack,
) -> Result<(), DbError> {
    tx.run(
        "update identity_decision set taken_back_by = $3, taken_back_at = $4, taken_back_reason = $5 \
         where workspace_id = $1 and decision = $2",
        values![workspace.0, decision, back.by.as_str(), back.at.0, back.reason.as_str()],
    )
    .await?;
    Ok(())
}

/// Writes down which fact carried a decision out.
pub async fn carried_out(tx: &Tx, workspace: WorkspaceId, decision: &str, offset: Offset) -> Result<(), DbError> {
    tx.run(
        "update identity_decision set fact_offset = $3 where workspace_id = $1 and decision = $2 and fact_offset is null",
        values![workspace.0, decision, i64::try_from(offset.0).unwrap_or(i64::MAX)],
    )
    .await?;
    Ok(())
}

/// The code of the last namespace that was declared, and how many were.
pub async fn last_code(tx: &Tx, workspace: WorkspaceId) -> Result<i64, DbError> {
    let row = tx.one("select coalesce(max(code), 0) from identity_namespace where workspace_id = $1", [id(workspace)]);
    row.await?.map_or(Ok(0), |row| row.at(0))
}

/// Declares a namespace, or changes what is declared of it.
pub async fn put_namespace(tx: &Tx, workspace: WorkspaceId, code: i64, key: &str, body: &str) -> Result<(), DbError> {
    tx.run(
        "insert into identity_namespace (workspace_id, code, key, body) values ($1, $2, $3, $4) \
         on conflict (workspace_id, code) do update set body = excluded.body",
        values![workspace.0, code, key, body],
    )
    .await?;
    Ok(())
}
