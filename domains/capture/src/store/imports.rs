//! SQL of the imports. Every query but one names its brand: work that waits is looked for in all of them.

use db::{ConnectionTrait, DbError, QueryResult, Row, Sql, Tx, Value, values};
use kernel::{Offset, Timestamp, WorkspaceId};

use crate::{
    model::import::{Import, RejectedRow, State},
    rules::import::Kind,
};

const COLUMNS: &str = "id, kind, name, written, state, columns_json, mapping_json, rows, pieces, next_piece, counts_json, \
    created_at, created_by, finished_at, before_offset, last_offset, undo_from, undone_to";

fn import(row: &QueryResult) -> Result<Import, DbError> {
    let (kind, state): (String, String) = (row.get("kind")?, row.get("state")?);
    let json = |name: &str| row.get::<String>(name);
    let corrupt = |error: serde_json::Error| DbError::corrupt(format!("an import cannot be read: {error}"));
    let offset = |name: &str| Ok::<_, DbError>(row.get::<Option<i64>>(name)?.map(|at| Offset(at.unsigned_abs())));
    let small = |number: i64| u32::try_from(number).unwrap_or(u32::MAX);
    Ok(Import {
        id: row.get("id")?,
        kind: Kind::parse(&kind).ok_or_else(|| DbError::corrupt(format!("there is no import of {kind}")))?,
        name: row.get("name")?,
        written: row.get("written")?,
        state: State::parse(&state).ok_or_else(|| DbError::corrupt(format!("no import is {state}")))?,
        columns: serde_json::from_str(&json("columns_json")?).map_err(corrupt)?,
        mapping: serde_json::from_str(&json("mapping_json")?).map_err(corrupt)?,
        rows: row.get::<i64>("rows")?.unsigned_abs(),
        pieces: small(row.get("pieces")?),
        next_piece: small(row.get("next_piece")?),
        counts: serde_json::from_str(&json("counts_json")?).map_err(corrupt)?,
        created_at: Timestamp(row.get("created_at")?),
        created_by: row.get("created_by")?,
        finished_at: row.get::<Option<i64>>("finished_at")?.map(Timestamp),
        before: offset("before_offset")?,
        last: offset("last_offset")?,
        undo_from: offset("undo_from")?,
        undone_to: offset("undone_to")?,
    })
}

fn text(value: &impl serde::Serialize) -> Result<String, DbError> {
    serde_json::to_string(value).map_err(|error| DbError::corrupt(format!("an import cannot be written: {error}")))
}

fn stored(offset: Option<Offset>) -> Option<i64> {
    offset.map(|offset| i64::try_from(offset.0).unwrap_or(i64::MAX))
}

/// Books an import with its rows.
pub(crate) async fn insert(
    tx: &Tx,
    workspace: WorkspaceId,
    import: &Import,
    pieces: &[Vec<u8>],
) -> Result<(), DbError> {
    let row = values![
        workspace.0,
        import.id.as_str(),
        import.kind.as_str(),
        import.name.as_str(),
        import.written.as_str(),
        import.state.as_str(),
        text(&import.columns)?,
        text(&import.mapping)?,
        import.rows,
        import.pieces,
        import.next_piece,
        text(&import.counts)?,
        import.created_at.0,
        import.created_by.as_str(),
        None::<i64>,
        None::<i64>,
        None::<i64>,
        None::<i64>,
        None::<i64>,
    ];
    tx.insert_rows(&format!("insert into capture_import (workspace_id, {COLUMNS})"), 19, row.into_iter().collect(), "")
        .await?;
    for (number, piece) in (0_i64..).zip(pieces) {
        let row = values![workspace.0, import.id.as_str(), number, piece.clone()];
        let head = "insert into capture_import_piece (workspace_id, import, piece, body)";
        tx.insert_rows(head, 4, row.into_iter().collect(), "").await?;
    }
    Ok(())
}

/// Writes down where an import stands.
pub(crate) async fn update(tx: &Tx, workspace: WorkspaceId, import: &Import) -> Result<(), DbError> {
    let sql = "update capture_import set state = $3, mapping_json = $4, next_piece = $5, counts_json = $6,
        finished_at = $7, before_offset = $8, last_offset = $9, undo_from = $10, undone_to = $11 where workspace_id = $1 and id = $2";
    let row = values![
        workspace.0,
        import.id.as_str(),
        import.state.as_str(),
        text(&import.mapping)?,
        import.next_piece,
        text(&import.counts)?,
        import.finished_at.map(|at| at.0),
        stored(import.before),
        stored(import.last),
        stored(import.undo_from),
        stored(import.undone_to),
    ];
    tx.run(sql, row).await?;
    Ok(())
}

/// One import of a brand.
pub(crate) async fn one<C: ConnectionTrait>(
    reads: &C,
    workspace: WorkspaceId,
    id: &str,
) -> Result<Option<Import>, DbError> {
    let sql = format!("select {COLUMNS} from capture_import where workspace_id = $1 and id = $2");
    reads.one(&sql, values![workspace.0, id]).await?.as_ref().map(import).transpose()
}

/// Imports of a brand, the newest first, behind the one that was made at a time under an id.
pub(crate) async fn list<C: ConnectionTrait>(
    reads: &C,
    workspace: WorkspaceId,
    after: Option<(Timestamp, String)>,
    limit: usize,
) -> Result<Vec<Import>, DbError> {
    let (at, id) = after.unwrap_or((Timestamp(i64::MAX), String::new()));
    let sql = format!(
        "select {COLUMNS} from capture_import
         where workspace_id = $1 and (created_at < $2 or (created_at = $2 and id > $3))
         order by created_at desc, id limit $4"
    );
    reads.all(&sql, values![workspace.0, at.0, id, limit as i64]).await?.iter().map(import).collect()
}

/// The imports somebody has to work on, of every brand, the oldest first.
pub(crate) async fn working<C: ConnectionTrait>(reads: &C) -> Result<Vec<(WorkspaceId, String)>, DbError> {
    let sql = "select workspace_id, id from capture_import where state in ({list}) order by created_at, id";
    let states = State::WORKING.map(|state| Value::from(state.as_str())).to_vec();
    let rows = reads.all_in(sql, [], 1, states).await?;
    rows.iter().map(|row| Ok((WorkspaceId(row.get::<i64>("workspace_id")? as u32), row.get("id")?))).collect()
}

/// The imports of a brand that are taken back, or about to be.
pub(crate) async fn undone<C: ConnectionTrait>(reads: &C, workspace: WorkspaceId) -> Result<Vec<String>, DbError> {
    let sql = "select id from capture_import where workspace_id = $1 and state in ($2, $3)";
    let states = values![workspace.0, State::Undoing.as_str(), State::Undone.as_str()];
    reads.all(sql, states).await?.iter().map(|row| row.get("id")).collect()
}

/// Tables of a brand that were uploaded before a time and never imported.
pub(crate) async fn forgotten(tx: &Tx, workspace: WorkspaceId, before: Timestamp) -> Result<Vec<String>, DbError> {
    let sql = "select id from capture_import where workspace_id = $1 and created_at < $2 and state in ($3, $4)";
    let states = values![workspace.0, before.0, State::Draft.as_str(), State::Checked.as_str()];
    tx.all(sql, states).await?.iter().map(|row| row.get("id")).collect()
}

/// A piece of the rows.
pub(crate) async fn piece<C: ConnectionTrait>(
    reads: &C,
    workspace: WorkspaceId,
    id: &str,
    piece: u32,
) -> Result<Option<Vec<u8>>, DbError> {
    let sql = "select body from capture_import_piece where workspace_id = $1 and import = $2 and piece = $3";
    reads.one(sql, values![workspace.0, id, piece]).await?.map(|row| row.get("body")).transpose()
}

/// Lets go of the rows.
pub(crate) async fn drop_pieces(tx: &Tx, workspace: WorkspaceId, id: &str) -> Result<(), DbError> {
    tx.run("delete from capture_import_piece where workspace_id = $1 and import = $2", values![workspace.0, id])
        .await?;
    Ok(())
}

/// Removes an import and all that is kept of it, but what it brought.
pub(crate) async fn remove(tx: &Tx, workspace: WorkspaceId, id: &str) -> Result<(), DbError> {
    drop_pieces(tx, workspace, id).await?;
    drop_rejects(tx, workspace, id).await?;
    tx.run("delete from capture_import where workspace_id = $1 and id = $2", values![workspace.0, id]).await?;
    Ok(())
}

/// Keeps refused rows.
pub(crate) async fn add_rejects(
    tx: &Tx,
    workspace: WorkspaceId,
    id: &str,
    rejects: &[RejectedRow],
) -> Result<(), DbError> {
    let mut rows = Vec::with_capacity(rejects.len() * 7);
    for RejectedRow { line, code, zh, en, cells } in rejects {
        let cells = text(cells)?;
        rows.extend(values![workspace.0, id, *line, code.as_str(), zh.as_str(), en.as_str(), cells]);
    }
    let head = "insert into capture_import_reject (workspace_id, import, line, code, zh, en, cells_json)";
    tx.insert_rows(head, 7, rows, "on conflict (workspace_id, import, line) do nothing").await?;
    Ok(())
}

/// Lets go of refused rows.
pub(crate) async fn drop_rejects(tx: &Tx, workspace: WorkspaceId, id: &str) -> Result<(), DbError> {
    let sql = "delete from capture_import_reject where workspace_id = $1 and import = $2";
    tx.run(sql, values![workspace.0, id]).await?;
    Ok(())
}

/// Refused rows behind a line, in the order of lines.
pub(crate) async fn rejects<C: ConnectionTrait>(
    reads: &C,
    workspace: WorkspaceId,
    id: &str,
    after: u32,
    limit: usize,
) -> Result<Vec<RejectedRow>, DbError> {
    let sql = "select line, code, zh, en, cells_json from capture_import_reject
        where workspace_id = $1 and import = $2 and line > $3 order by line limit $4";
    let rows = reads.all(sql, values![workspace.0, id, after, limit as i64]).await?;
    rows.iter()
        .map(|row| {
            let cells: String = row.get("cells_json")?;
            Ok(RejectedRow {
                line: u32::try_from(row.get::<i64>("line")?).unwrap_or(u32::MAX),
                code: row.get("code")?,
                zh: row.get("zh")?,
                en: row.get("en")?,
                cells: serde_json::from_str(&cells).unwrap_or_default(),
            })
        })
        .collect()
}

/// Which of these keys imports brought: the key, what it said, and the import.
pub(crate) async fn brought<C: ConnectionTrait>(
    reads: &C,
    workspace: WorkspaceId,
    keys: &[[u8; 16]],
) -> Result<Vec<([u8; 16], i64, String)>, DbError> {
    let sql =
        "select distinct key, content, import from capture_import_key where workspace_id = $1 and key in ({list})";
    let list = keys.iter().map(|key| Value::from(key.to_vec())).collect();
    let rows = reads.all_in(sql, [Value::from(i64::from(workspace.0))], 1, list).await?;
    rows.iter()
        .map(|row| {
            let key: Vec<u8> = row.get("key")?;
            let key = key.try_into().map_err(|_| DbError::corrupt("the key of an imported row has not 16 bytes"))?;
            Ok((key, row.get("content")?, row.get("import")?))
        })
        .collect()
}

/// Keeps what an import brought.
pub(crate) async fn add_keys(
    tx: &Tx,
    workspace: WorkspaceId,
    id: &str,
    keys: &[([u8; 16], i64)],
) -> Result<(), DbError> {
    let rows = keys.iter().flat_map(|(key, content)| values![workspace.0, key.to_vec(), *content, id]);
    let head = "insert into capture_import_key (workspace_id, key, content, import)";
    tx.insert_rows(head, 4, rows.collect(), "on conflict (workspace_id, key) do nothing").await?;
    Ok(())
}

/// Forgets what an import brought.
pub(crate) async fn drop_keys(tx: &Tx, workspace: WorkspaceId, id: &str) -> Result<(), DbError> {
    tx.run("delete from capture_import_key where workspace_id = $1 and import = $2", values![workspace.0, id]).await?;
    Ok(())
}
