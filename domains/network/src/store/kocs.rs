//! From where on somebody counts as a KOC, as a workspace set it.

use db::{ConnectionTrait, DbError, Row, Sql, Tx, Value, values};
use kernel::WorkspaceId;

use crate::rules::board::Threshold;

/// Which of the two boards a threshold is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum BoardKind {
    /// The board across campaigns.
    Across,
    /// The boards inside one campaign.
    Inside,
}

impl BoardKind {
    /// The word in records and API.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Across => "across",
            Self::Inside => "inside",
        }
    }
}

fn words(threshold: Threshold) -> (&'static str, f64) {
    match threshold {
        Threshold::Score(score) => ("score", score),
        Threshold::Percent(percent) => ("percent", percent),
    }
}

/// The threshold of a board, if it was ever set.
pub async fn threshold_in_workspace<C: ConnectionTrait>(
    conn: &C,
    workspace: WorkspaceId,
    board: BoardKind,
) -> Result<Option<Threshold>, DbError> {
    let sql = "select measured_by, value from network_koc_threshold where workspace_id = $1 and board = $2";
    let Some(row) = conn.one(sql, values![i64::from(workspace.0), board.as_str()]).await? else { return Ok(None) };
    let (by, value): (String, f64) = (row.at(0)?, row.at(1)?);
    match by.as_str() {
        "score" => Ok(Some(Threshold::Score(value))),
        "percent" => Ok(Some(Threshold::Percent(value))),
        _ => Err(DbError::corrupt("a threshold is measured by something unknown")),
    }
}

/// Sets thresholds; of several for the same board the last one holds.
pub async fn set_thresholds(tx: &Tx, set: &[(WorkspaceId, BoardKind, Threshold)]) -> Result<(), DbError> {
    let last: std::collections::BTreeMap<_, _> =
        set.iter().map(|(workspace, board, threshold)| ((workspace.0, *board), *threshold)).collect();
    let rows: Vec<Value> = last
        .into_iter()
        .flat_map(|((workspace, board), threshold)| {
            let (by, value) = words(threshold);
            values![i64::from(workspace), board.as_str(), by, value, tx.at().0]
        })
        .collect();
    let tail = "on conflict (workspace_id, board) do update set measured_by = excluded.measured_by, \
                value = excluded.value, changed_at = excluded.changed_at";
    let head = "insert into network_koc_threshold (workspace_id, board, measured_by, value, changed_at)";
    tx.insert_rows(head, 5, rows, tail).await?;
    Ok(())
}
