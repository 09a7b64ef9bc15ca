//! All SQL of the slice.

pub mod forms;

use db::{ConnectionTrait, DbError, QueryResult, Row, Sql, Value, values};
use kernel::{Handle, Timestamp, WorkspaceId};
use roaring::RoaringBitmap;
use serde::de::DeserializeOwned;

use crate::model::{
    Rule, TraitDef,
    kept::{Intent, Segment, SegmentKind, Size, Tag, Worn},
};

/// Most rows read of one kind of definition: far more than a brand can make.
const DEFINITIONS_MAX: i64 = 10_000;

fn read<T: DeserializeOwned>(what: &str, text: &str) -> Result<T, DbError> {
    serde_json::from_str(text).map_err(|error| DbError::corrupt(format!("{what}: {error}")))
}

fn written(what: &str, value: &impl serde::Serialize) -> Result<String, DbError> {
    serde_json::to_string(value).map_err(|error| DbError::corrupt(format!("{what}: {error}")))
}

fn rule_of(row: &QueryResult) -> Result<Option<Rule>, DbError> {
    row.get::<Option<String>>("rule")?.map(|text| read("a rule", &text)).transpose()
}

fn bitmap(bytes: &[u8]) -> Result<RoaringBitmap, DbError> {
    RoaringBitmap::deserialize_from(bytes).map_err(|error| DbError::corrupt(format!("a list of people: {error}")))
}

fn bytes(people: &RoaringBitmap) -> Result<Vec<u8>, DbError> {
    let mut bytes = Vec::with_capacity(people.serialized_size());
    people.serialize_into(&mut bytes).map_err(|error| DbError::corrupt(format!("a list of people: {error}")))?;
    Ok(bytes)
}

fn number(value: i64) -> Result<u64, DbError> {
    u64::try_from(value).map_err(|_| DbError::corrupt("a negative number"))
}

/// All segments of a workspace, the oldest first.
pub async fn segments_in_workspace<C: ConnectionTrait>(
    conn: &C,
    workspace: WorkspaceId,
) -> Result<Vec<Segment>, DbError> {
    let sql = "select id, name, note, kind, rule, people, created_at, changed_at, by_actor from audience_segment
        where workspace_id = $1 order by created_at, id limit $2";
    let rows = conn.all(sql, values![i64::from(workspace.0), DEFINITIONS_MAX]).await?;
    let segment = |row: &QueryResult| {
        Ok(Segment {
            id: row.get("id")?,
            name: row.get("name")?,
            note: row.get("note")?,
            kind: SegmentKind::parse(&row.get::<String>("kind")?)
                .ok_or_else(|| DbError::corrupt("a segment's kind"))?,
            rule: rule_of(row)?,
            people: row.get::<Option<Vec<u8>>>("people")?.map(|people| bitmap(&people)).transpose()?,
            created_at: Timestamp(row.get("created_at")?),
            changed_at: Timestamp(row.get("changed_at")?),
            by: row.get("by_actor")?,
        })
    };
    rows.iter().map(segment).collect()
}

/// Keeps a segment in place of what there was under its id.
pub async fn put_segment<C: ConnectionTrait>(
    conn: &C,
    workspace: WorkspaceId,
    segment: &Segment,
) -> Result<(), DbError> {
    let row = values![
        i64::from(workspace.0),
        segment.id.as_str(),
        segment.name.as_str(),
        segment.note.as_str(),
        segment.kind.as_str(),
        segment.rule.as_ref().map(|rule| written("a rule", rule)).transpose()?,
        segment.people.as_ref().map(bytes).transpose()?,
        segment.created_at.0,
        segment.changed_at.0,
        segment.by.as_str(),
    ];
    let head = "insert into audience_segment (workspace_id, id, name, note, kind, rule, people, created_at, changed_at,
        by_actor)";
    let tail = "on conflict (workspace_id, id) do update set name = excluded.name, note = excluded.note,
        rule = excluded.rule, people = excluded.people, changed_at = excluded.changed_at";
    conn.insert_rows(head, 10, row.into_iter().collect(), tail).await?;
    Ok(())
}

/// Forgets a segment and its sizes.
pub async fn remove_segment<C: ConnectionTrait>(conn: &C, workspace: WorkspaceId, id: &str) -> Result<(), DbError> {
    for sql in [
        "delete from audience_segment where workspace_id = $1 and id = $2",
        "delete from audience_size where workspace_id = $1 and segment = $2",
    ] {
        conn.run(sql, values![i64::from(workspace.0), id]).await?;
    }
    Ok(())
}

/// All traits of a workspace, by name.
pub async fn traits_in_workspace<C: ConnectionTrait>(
    conn: &C,
    workspace: WorkspaceId,
) -> Result<Vec<TraitDef>, DbError> {
    let sql = "select def from audience_trait where workspace_id = $1 order by name limit $2";
    let rows = conn.all(sql, values![i64::from(workspace.0), DEFINITIONS_MAX]).await?;
    rows.iter().map(|row| read("a trait", &row.get::<String>("def")?)).collect()
}

/// Declares a trait.
pub async fn insert_trait<C: ConnectionTrait>(
    conn: &C,
    workspace: WorkspaceId,
    def: &TraitDef,
    at: Timestamp,
) -> Result<(), DbError> {
    let row = values![i64::from(workspace.0), def.name.as_str(), written("a trait", def)?, at.0];
    let head = "insert into audience_trait (workspace_id, name, def, created_at)";
    conn.insert_rows(head, 4, row.into_iter().collect(), "").await?;
    Ok(())
}

/// Forgets a trait.
pub async fn remove_trait<C: ConnectionTrait>(conn: &C, workspace: WorkspaceId, name: &str) -> Result<(), DbError> {
    let sql = "delete from audience_trait where workspace_id = $1 and name = $2";
    conn.run(sql, values![i64::from(workspace.0), name]).await?;
    Ok(())
}

/// All tags of a workspace, by group and name.
pub async fn tags_in_workspace<C: ConnectionTrait>(conn: &C, workspace: WorkspaceId) -> Result<Vec<Tag>, DbError> {
    let sql = "select id, tag_group, name, intent, note, rule, created_at, by_actor from audience_tag
        where workspace_id = $1 order by tag_group, name, id limit $2";
    let rows = conn.all(sql, values![i64::from(workspace.0), DEFINITIONS_MAX]).await?;
    let tag = |row: &QueryResult| {
        Ok(Tag {
            id: row.get("id")?,
            group: row.get("tag_group")?,
            name: row.get("name")?,
            intent: Intent::parse(&row.get::<String>("intent")?).ok_or_else(|| DbError::corrupt("a tag's intent"))?,
            note: row.get("note")?,
            rule: rule_of(row)?,
            created_at: Timestamp(row.get("created_at")?),
            by: row.get("by_actor")?,
        })
    };
    rows.iter().map(tag).collect()
}

/// Keeps a tag in place of what there was under its id.
pub async fn put_tag<C: ConnectionTrait>(conn: &C, workspace: WorkspaceId, tag: &Tag) -> Result<(), DbError> {
    let row = values![
        i64::from(workspace.0),
        tag.id.as_str(),
        tag.group.as_str(),
        tag.name.as_str(),
        tag.intent.as_str(),
        tag.note.as_str(),
        tag.rule.as_ref().map(|rule| written("a rule", rule)).transpose()?,
        tag.created_at.0,
        tag.by.as_str(),
    ];
    let head = "insert into audience_tag (workspace_id, id, tag_group, name, intent, note, rule, created_at, by_actor)";
    let tail = "on conflict (workspace_id, id) do update set tag_group = excluded.tag_group, name = excluded.name,
        intent = excluded.intent, note = excluded.note, rule = excluded.rule";
    conn.insert_rows(head, 9, row.into_iter().collect(), tail).await?;
    Ok(())
}

/// Forgets a tag, and who put it on whom.
pub async fn remove_tag<C: ConnectionTrait>(conn: &C, workspace: WorkspaceId, id: &str) -> Result<(), DbError> {
    for sql in [
        "delete from audience_tag where workspace_id = $1 and id = $2",
        "delete from audience_worn where workspace_id = $1 and tag = $2",
    ] {
        conn.run(sql, values![i64::from(workspace.0), id]).await?;
    }
    Ok(())
}

/// Writes down who put tags on whom.
pub async fn put_worn<C: ConnectionTrait>(conn: &C, workspace: WorkspaceId, worn: &[Worn]) -> Result<(), DbError> {
    let rows: Vec<Value> = worn
        .iter()
        .flat_map(|worn| {
            values![
                i64::from(workspace.0),
                i64::from(worn.handle.0),
                worn.tag.as_str(),
                worn.by.as_str(),
                worn.at.0,
                worn.until.map(|until| until.0),
                worn.note.clone(),
            ]
        })
        .collect();
    let head = "insert into audience_worn (workspace_id, handle, tag, by_actor, at, until, note)";
    let tail = "on conflict (workspace_id, handle, tag) do update set by_actor = excluded.by_actor, at = excluded.at,
        until = excluded.until, note = excluded.note";
    conn.insert_rows(head, 7, rows, tail).await?;
    Ok(())
}

/// Who put tags on somebody, under any of these handles.
pub async fn worn_in_workspace<C: ConnectionTrait>(
    conn: &C,
    workspace: WorkspaceId,
    handles: &[Handle],
) -> Result<Vec<Worn>, DbError> {
    let sql = "select handle, tag, by_actor, at, until, note from audience_worn
        where workspace_id = $1 and handle in ({list})";
    let list = handles.iter().map(|handle| Value::from(i64::from(handle.0))).collect();
    let rows = conn.all_in(sql, values![i64::from(workspace.0)], 1, list).await?;
    rows.iter()
        .map(|row| {
            let handle = u32::try_from(row.get::<i64>("handle")?).map_err(|_| DbError::corrupt("a handle"))?;
            Ok(Worn {
                handle: Handle(handle),
                tag: row.get("tag")?,
                by: row.get("by_actor")?,
                at: Timestamp(row.get("at")?),
                until: row.get::<Option<i64>>("until")?.map(Timestamp),
                note: row.get("note")?,
            })
        })
        .collect()
}

/// Sizes of a segment since a day, that day first.
pub async fn sizes_in_workspace<C: ConnectionTrait>(
    conn: &C,
    workspace: WorkspaceId,
    segment: &str,
    since: i32,
) -> Result<Vec<Size>, DbError> {
    let sql = "select segment, day, size, entered, gone from audience_size
        where workspace_id = $1 and segment = $2 and day >= $3 order by day";
    let rows = conn.all(sql, values![i64::from(workspace.0), segment, i64::from(since)]).await?;
    let size = |row: &QueryResult| {
        Ok(Size {
            segment: row.get("segment")?,
            day: i32::try_from(row.get::<i64>("day")?).map_err(|_| DbError::corrupt("a day"))?,
            size: number(row.get("size")?)?,
            entered: number(row.get("entered")?)?,
            gone: number(row.get("gone")?)?,
        })
    };
    rows.iter().map(size).collect()
}

/// Writes down sizes; who came and who left is added to what there is of the day.
pub async fn add_sizes<C: ConnectionTrait>(conn: &C, workspace: WorkspaceId, sizes: &[Size]) -> Result<(), DbError> {
    let count = |number: u64| i64::try_from(number).unwrap_or(i64::MAX);
    let rows: Vec<Value> = sizes
        .iter()
        .flat_map(|size| {
            values![
                i64::from(workspace.0),
                size.segment.as_str(),
                i64::from(size.day),
                count(size.size),
                count(size.entered),
                count(size.gone),
            ]
        })
        .collect();
    let head = "insert into audience_size (workspace_id, segment, day, size, entered, gone)";
    let tail = "on conflict (workspace_id, segment, day) do update set size = excluded.size,
        entered = audience_size.entered + excluded.entered, gone = audience_size.gone + excluded.gone";
    conn.insert_rows(head, 6, rows, tail).await?;
    Ok(())
}

/// Up to which fact, and on which day, it was told who came and who left.
pub async fn told_in_workspace<C: ConnectionTrait>(
    conn: &C,
    workspace: WorkspaceId,
) -> Result<Option<(u64, i32)>, DbError> {
    let sql = "select next_offset, day from audience_told where workspace_id = $1";
    let row = conn.one(sql, values![i64::from(workspace.0)]).await?;
    row.map(|row| {
        let day = i32::try_from(row.get::<i64>("day")?).map_err(|_| DbError::corrupt("a day"))?;
        Ok((number(row.get("next_offset")?)?, day))
    })
    .transpose()
}

/// Writes down up to where it was told.
pub async fn put_told<C: ConnectionTrait>(
    conn: &C,
    workspace: WorkspaceId,
    (next, day): (u64, i32),
) -> Result<(), DbError> {
    let next = i64::try_from(next).unwrap_or(i64::MAX);
    let row = values![i64::from(workspace.0), next, i64::from(day)];
    let head = "insert into audience_told (workspace_id, next_offset, day)";
    let tail = "on conflict (workspace_id) do update set next_offset = excluded.next_offset, day = excluded.day";
    conn.insert_rows(head, 3, row.into_iter().collect(), tail).await?;
    Ok(())
}
