//! Evidence, the persons it makes up, and what is told of them to those who fold facts.

use db::{ConnectionTrait, DbError, QueryResult, Row, Sql, Value, values};
use kernel::{Handle, Offset, Timestamp, WorkspaceId};
use river::{Link, Move};
use rustc_hash::FxHashMap;

use super::{handle_at, handle_list, handle_value, id, offset_value};
use crate::rules::{Declared, Member, Piece};

/// Where a piece of evidence comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Source {
    Fact = 1,
    Staff = 2,
    Suggestion = 3,
}

/// What a piece of evidence does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    Refused = 0,
    Joins = 1,
    Confirms = 2,
}

/// A piece of evidence as it is stored.
#[derive(Clone, Debug, PartialEq)]
pub struct Stored {
    pub handle: Handle,
    pub into: Handle,
    pub source: Source,
    pub offset: Offset,
    /// Among those of one fact.
    pub place: i64,
    pub at: Timestamp,
    pub confidence: f64,
    pub standing: Standing,
    /// The decision that is its reason.
    pub decision: Option<String>,
    pub retracted_by: Option<String>,
    pub retracted_at: Option<Timestamp>,
}

impl Stored {
    pub fn piece(&self) -> Piece {
        Piece { handle: self.handle, into: self.into, at: self.at.0, by_staff: self.source != Source::Fact }
    }
}

const COLUMNS: &str = "handle, into_handle, source, fact_offset, place, linked_at, confidence, standing, decision, \
                       retracted_by, retracted_at";

fn stored_at(row: &QueryResult) -> Result<Stored, DbError> {
    Ok(Stored {
        handle: handle_at(row, 0)?,
        into: handle_at(row, 1)?,
        source: match row.at::<i64>(2)? {
            1 => Source::Fact,
            2 => Source::Staff,
            3 => Source::Suggestion,
            other => return Err(DbError::corrupt(format!("evidence of source {other}"))),
        },
        offset: Offset(row.at::<i64>(3)?.unsigned_abs()),
        place: row.at(4)?,
        at: Timestamp(row.at(5)?),
        confidence: row.at(6)?,
        standing: match row.at::<i64>(7)? {
            0 => Standing::Refused,
            1 => Standing::Joins,
            2 => Standing::Confirms,
            other => return Err(DbError::corrupt(format!("evidence of standing {other}"))),
        },
        decision: row.at(8)?,
        retracted_by: row.at(9)?,
        retracted_at: row.at::<Option<i64>>(10)?.map(Timestamp),
    })
}

/// All evidence that names one of these handles, retracted or not, by offset; each piece once.
pub async fn touching<C: ConnectionTrait>(
    conn: &C,
    workspace: WorkspaceId,
    handles: &[Handle],
) -> Result<Vec<Stored>, DbError> {
    let mut found: Vec<Stored> = Vec::new();
    for column in ["handle", "into_handle"] {
        let sql = format!(
            "select distinct {COLUMNS} from identity_evidence where workspace_id = $1 and {column} in ({{list}})"
        );
        for row in conn.all_in(&sql, [id(workspace)], 1, handle_list(handles)).await? {
            found.push(stored_at(&row)?);
        }
    }
    found.sort_unstable_by_key(|piece| (piece.offset, piece.place, piece.handle, piece.into, piece.source));
    found.dedup_by_key(|piece| (piece.handle, piece.into, piece.source));
    Ok(found)
}

/// What facts said of these joining handles: pairs, and by what each was taken back, if it was.
pub async fn of_pairs<C: ConnectionTrait>(
    conn: &C,
    workspace: WorkspaceId,
    joining: &[Handle],
) -> Result<FxHashMap<(Handle, Handle), Option<String>>, DbError> {
    let sql = "select handle, into_handle, retracted_by from identity_evidence \
               where workspace_id = $1 and source = 1 and handle in ({list})";
    let rows = conn.all_in(sql, [id(workspace)], 1, handle_list(joining)).await?;
    rows.iter().map(|row| Ok(((handle_at(row, 0)?, handle_at(row, 1)?), row.at(2)?))).collect()
}

/// Books evidence; a piece that is there is written anew.
pub async fn put<C: ConnectionTrait>(conn: &C, workspace: WorkspaceId, pieces: &[Stored]) -> Result<(), DbError> {
    let values = pieces.iter().flat_map(|piece| {
        values![
            workspace.0,
            piece.handle.0,
            piece.into.0,
            piece.source as i64,
            i64::try_from(piece.offset.0).unwrap_or(i64::MAX),
            piece.place,
            piece.at.0,
            piece.confidence,
            piece.standing as i64,
            piece.decision.as_deref(),
            piece.retracted_by.as_deref(),
            piece.retracted_at.map(|at| at.0),
        ]
    });
    let head = format!("insert into identity_evidence (workspace_id, {COLUMNS})");
    conn.insert_rows(
        &head,
        12,
        values.collect(),
        "on conflict (workspace_id, handle, into_handle, source) do update set fact_offset = excluded.fact_offset, \
         place = excluded.place, linked_at = excluded.linked_at, confidence = excluded.confidence, \
         standing = excluded.standing, decision = excluded.decision, retracted_by = excluded.retracted_by, \
         retracted_at = excluded.retracted_at",
    )
    .await?;
    Ok(())
}

/// The persons that these handles belong to, whole, in no order; whoever is alone is a person of one handle.
pub async fn persons_of<C: ConnectionTrait>(
    conn: &C,
    workspace: WorkspaceId,
    handles: &[Handle],
) -> Result<Vec<Vec<Member>>, DbError> {
    let sql = "select distinct h.handle, h.namespace, p.person from identity_handle h \
               left join identity_person p on p.workspace_id = h.workspace_id and p.handle = h.handle \
               where h.workspace_id = $1 and h.handle in ({list})";
    let (mut persons, mut named) = (Vec::new(), Vec::new());
    for row in conn.all_in(sql, [id(workspace)], 1, handle_list(handles)).await? {
        let (handle, space) = (handle_at(&row, 0)?, row.at(1)?);
        match row.at::<Option<i64>>(2)? {
            Some(person) => named.push(Handle(u32::try_from(person).unwrap_or_default())),
            None => persons.push(vec![Member { handle, space, joined_at: None }]),
        }
    }
    named.sort_unstable();
    named.dedup();
    let sql = "select distinct p.person, p.handle, h.namespace, p.joined_at from identity_person p \
               join identity_handle h on h.workspace_id = p.workspace_id and h.handle = p.handle \
               where p.workspace_id = $1 and p.person in ({list})";
    let rows = conn.all_in(sql, [id(workspace)], 1, handle_list(&named)).await?;
    let mut members = Vec::with_capacity(rows.len());
    for row in &rows {
        let member = Member { handle: handle_at(row, 1)?, space: row.at(2)?, joined_at: Some(row.at(3)?) };
        members.push((handle_at(row, 0)?, member));
    }
    members.sort_unstable_by_key(|(person, member)| (*person, member.handle));
    persons.extend(members.chunk_by(|a, b| a.0 == b.0).map(|run| run.iter().map(|(_, member)| *member).collect()));
    Ok(persons)
}

/// Writes persons down, each with all their handles.
pub async fn put_persons<C: ConnectionTrait>(
    conn: &C,
    workspace: WorkspaceId,
    persons: &[Vec<Member>],
) -> Result<(), DbError> {
    let (mut rows, mut alone) = (Vec::new(), Vec::new());
    for members in persons {
        let Some(person) = members.iter().map(|member| member.handle).min() else { continue };
        if members.len() == 1 {
            alone.push(handle_value(person));
            continue;
        }
        for member in members {
            rows.extend(values![workspace.0, member.handle.0, person.0, member.joined_at.unwrap_or_default()]);
        }
    }
    conn.run_in(
        "delete from identity_person where workspace_id = $1 and handle in ({list})",
        [id(workspace)],
        1,
        alone,
    )
    .await?;
    conn.insert_rows(
        "insert into identity_person (workspace_id, handle, person, joined_at)",
        4,
        rows,
        "on conflict (workspace_id, handle) do update set person = excluded.person, joined_at = excluded.joined_at",
    )
    .await?;
    Ok(())
}

/// Writes down what a batch changed about who is who.
pub async fn put_journal<C: ConnectionTrait>(
    conn: &C,
    workspace: WorkspaceId,
    links: &[Link],
    moves: &[Move],
) -> Result<(), DbError> {
    let links = links.iter().map(|link| (link.offset, link.handle, link.into, 0_i64));
    let moves = moves.iter().map(|to| (to.offset, to.handle, to.person, 1));
    let mut rows = Vec::new();
    // The place needs only be another one within a fact, and the same order when it is read.
    for (place, (offset, handle, into, is_move)) in (0_i64..).zip(links.chain(moves)) {
        rows.extend([
            id(workspace),
            offset_value(offset),
            Value::from(place),
            handle_value(handle),
            handle_value(into),
        ]);
        rows.push(Value::from(is_move));
    }
    conn.insert_rows(
        "insert into identity_journal (workspace_id, fact_offset, place, handle, into_handle, is_move)",
        6,
        rows,
        "",
    )
    .await?;
    Ok(())
}

/// What facts from `from` up to and without `to` changed about who is who, in offset order.
pub async fn journal_between<C: ConnectionTrait>(
    conn: &C,
    workspace: WorkspaceId,
    from: Offset,
    to: Offset,
) -> Result<(Vec<Link>, Vec<Move>), DbError> {
    let rows = conn
        .all(
            "select fact_offset, handle, into_handle, is_move from identity_journal \
             where workspace_id = $1 and fact_offset >= $2 and fact_offset < $3 order by fact_offset, place",
            [id(workspace), offset_value(from), offset_value(to)],
        )
        .await?;
    let (mut links, mut moves) = (Vec::new(), Vec::new());
    for row in &rows {
        let offset = Offset(row.at::<i64>(0)?.unsigned_abs());
        let (handle, into) = (handle_at(row, 1)?, handle_at(row, 2)?);
        if row.at::<i64>(3)? == 0 {
            links.push(Link { offset, handle, into });
        } else {
            moves.push(Move { offset, handle, person: into });
        }
    }
    Ok((links, moves))
}

/// Who the handles from `from` up to and without `to` belong to.
pub async fn persons_between<C: ConnectionTrait>(
    conn: &C,
    workspace: WorkspaceId,
    (from, to): (u32, u32),
) -> Result<Vec<(Handle, Handle)>, DbError> {
    let sql = "select handle, person from identity_person where workspace_id = $1 and handle >= $2 and handle < $3";
    let rows = conn.all(sql, [id(workspace), Value::from(from), Value::from(to)]).await?;
    rows.iter().map(|row| Ok((handle_at(row, 0)?, handle_at(row, 1)?))).collect()
}

/// What a brand says of its namespaces.
pub async fn namespaces<C: ConnectionTrait>(conn: &C, workspace: WorkspaceId) -> Result<Vec<Declared>, DbError> {
    let sql = "select body from identity_namespace where workspace_id = $1 order by code";
    let rows = conn.all(sql, [id(workspace)]).await?;
    rows.iter()
        .map(|row| {
            let body: String = row.at(0)?;
            serde_json::from_str(&body).map_err(|error| DbError::corrupt(format!("a namespace: {error}")))
        })
        .collect()
}
