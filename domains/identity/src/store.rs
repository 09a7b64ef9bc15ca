//! All SQL of the slice.

use std::collections::{BTreeMap, BTreeSet};

use db::{ConnectionTrait, DbError, QueryResult, Row, Sql, Value};
use facts::Identified;
use kernel::{Handle, Offset, WorkspaceId};
use rustc_hash::FxHashMap;

use crate::{model::Profile, rules::Key};

mod consents;
pub mod decisions;
pub mod evidence;
pub mod fans;
mod people;
pub mod queue;

pub use consents::{consents_in_workspace, insert_consents};
pub use people::{
    activity, add_activity, first_and_last_seen, handles_between, handles_like, ids, last_seen_between,
    take_activity_back,
};

fn id(workspace: WorkspaceId) -> Value {
    Value::from(i64::from(workspace.0))
}

fn handle_value(handle: Handle) -> Value {
    Value::from(i64::from(handle.0))
}

fn offset_value(offset: Offset) -> Value {
    Value::from(i64::try_from(offset.0).unwrap_or(i64::MAX))
}

fn handle_at(row: &QueryResult, index: usize) -> Result<Handle, DbError> {
    let number: i64 = row.at(index)?;
    u32::try_from(number).map(Handle).map_err(|_| DbError::corrupt(format!("handle {number} is out of range")))
}

fn handle_list(handles: &[Handle]) -> Vec<Value> {
    handles.iter().copied().map(handle_value).collect()
}

/// The handles of these ids, where they are known.
pub async fn handles_in_workspace<'a, C: ConnectionTrait>(
    conn: &C,
    workspace: WorkspaceId,
    keys: &[Key<'a>],
) -> Result<Vec<(Key<'a>, Handle)>, DbError> {
    let mut by_space: FxHashMap<i64, FxHashMap<&str, &Key<'a>>> = FxHashMap::default();
    for key in keys {
        by_space.entry(key.space).or_default().insert(&key.value, key);
    }
    let mut found = Vec::with_capacity(keys.len());
    for (space, asked) in by_space {
        let list: Vec<Value> = asked.keys().copied().map(Value::from).collect();
        let sql = "select value, handle from identity_handle \
                   where workspace_id = $1 and namespace = $2 and value in ({list})";
        for row in conn.all_in(sql, [id(workspace), Value::from(space)], 1, list).await? {
            if let Some(key) = asked.get(row.at::<String>(0)?.as_str()) {
                found.push(((*key).clone(), handle_at(&row, 1)?));
            }
        }
    }
    Ok(found)
}

/// The next handle of a workspace.
pub async fn next_handle<C: ConnectionTrait>(conn: &C, workspace: WorkspaceId) -> Result<Handle, DbError> {
    let row = conn.one("select next_handle from identity_counter where workspace_id = $1", [id(workspace)]).await?;
    row.map_or(Ok(Handle(1)), |row| handle_at(&row, 0))
}

/// Books new handles, given in order, and moves the counter behind the last.
pub async fn insert_handles<C: ConnectionTrait>(
    conn: &C,
    workspace: WorkspaceId,
    fresh: &[(Key<'_>, Handle)],
) -> Result<(), DbError> {
    let Some((_, last)) = fresh.last() else { return Ok(()) };
    let values = fresh.iter().flat_map(|(key, handle)| {
        [id(workspace), Value::from(key.space), Value::from(&*key.value), handle_value(*handle)]
    });
    conn.insert_rows("insert into identity_handle (workspace_id, namespace, value, handle)", 4, values.collect(), "")
        .await?;
    conn.run(
        "insert into identity_counter (workspace_id, next_handle) values ($1, $2) \
         on conflict (workspace_id) do update set next_handle = excluded.next_handle",
        [id(workspace), Value::from(i64::from(last.0) + 1)],
    )
    .await?;
    Ok(())
}

/// All handles of a person, the earliest first.
pub async fn person_handles<C: ConnectionTrait>(
    conn: &C,
    workspace: WorkspaceId,
    handle: Handle,
) -> Result<Vec<Handle>, DbError> {
    let sql = "select b.handle from identity_person a \
               join identity_person b on b.workspace_id = a.workspace_id and b.person = a.person \
               where a.workspace_id = $1 and a.handle = $2 order by b.handle";
    let rows = conn.all(sql, [id(workspace), handle_value(handle)]).await?;
    if rows.is_empty() {
        return Ok(vec![handle]);
    }
    rows.iter().map(|row| handle_at(row, 0)).collect()
}

/// The persons these handles belong to, each once, with all their handles, the earliest first.
pub async fn persons_in_workspace<C: ConnectionTrait>(
    conn: &C,
    workspace: WorkspaceId,
    handles: &[Handle],
) -> Result<Vec<Vec<Handle>>, DbError> {
    let sql = "select person, handle from identity_person where workspace_id = $1 and person in \
               (select person from identity_person where workspace_id = $1 and handle in ({list}))";
    let mut persons: BTreeMap<Handle, BTreeSet<Handle>> = BTreeMap::new();
    let mut linked = BTreeSet::new();
    for row in &conn.all_in(sql, [id(workspace)], 1, handle_list(handles)).await? {
        let (person, handle) = (handle_at(row, 0)?, handle_at(row, 1)?);
        persons.entry(person).or_default().insert(handle);
        linked.insert(handle);
    }
    // Whoever is alone has no row.
    for alone in handles.iter().filter(|handle| !linked.contains(*handle)) {
        persons.entry(*alone).or_default().insert(*alone);
    }
    Ok(persons.into_values().map(|handles| handles.into_iter().collect()).collect())
}

/// Handles behind one under which somebody let us know anything, the first of them.
pub async fn profiled_after<C: ConnectionTrait>(
    conn: &C,
    workspace: WorkspaceId,
    after: Handle,
    limit: usize,
) -> Result<Vec<Handle>, DbError> {
    let sql = "select handle from identity_profile where workspace_id = $1 and handle > $2 order by handle limit $3";
    let limit = Value::from(i64::try_from(limit).unwrap_or(i64::MAX));
    let rows = conn.all(sql, [id(workspace), handle_value(after), limit]).await?;
    rows.iter().map(|row| handle_at(row, 0)).collect()
}

/// Handles behind one under which an event was booked, the first of them.
pub async fn active_after<C: ConnectionTrait>(
    conn: &C,
    workspace: WorkspaceId,
    event: &str,
    after: Handle,
    limit: usize,
) -> Result<Vec<Handle>, DbError> {
    let sql = "select handle from identity_activity \
               where workspace_id = $1 and event = $2 and facts > 0 and handle > $3 order by handle limit $4";
    let limit = Value::from(i64::try_from(limit).unwrap_or(i64::MAX));
    let rows = conn.all(sql, [id(workspace), Value::from(event), handle_value(after), limit]).await?;
    rows.iter().map(|row| handle_at(row, 0)).collect()
}

/// Those of some handles under which this event was booked.
pub async fn who_did<C: ConnectionTrait>(
    conn: &C,
    workspace: WorkspaceId,
    event: &str,
    handles: &[Handle],
) -> Result<Vec<Handle>, DbError> {
    let sql = "select handle from identity_activity \
               where workspace_id = $1 and event = $2 and facts > 0 and handle in ({list})";
    let rows = conn.all_in(sql, [id(workspace), Value::from(event)], 1, handle_list(handles)).await?;
    rows.iter().map(|row| handle_at(row, 0)).collect()
}

/// Books what people let us know; what they leave out stays as it was.
pub async fn upsert_profiles<C: ConnectionTrait>(
    conn: &C,
    workspace: WorkspaceId,
    profiles: &[Profile],
) -> Result<(), DbError> {
    let told = "name = coalesce(excluded.name, identity_profile.name), \
                phone = coalesce(excluded.phone, identity_profile.phone), \
                wechat = coalesce(excluded.wechat, identity_profile.wechat), \
                city = coalesce(excluded.city, identity_profile.city)";
    write_profiles(conn, workspace, profiles, told).await
}

/// Books profiles as they are: what is left out is unknown from now on.
pub async fn replace_profiles<C: ConnectionTrait>(
    conn: &C,
    workspace: WorkspaceId,
    profiles: &[Profile],
) -> Result<(), DbError> {
    let told = "name = excluded.name, phone = excluded.phone, wechat = excluded.wechat, city = excluded.city";
    write_profiles(conn, workspace, profiles, told).await
}

async fn write_profiles<C: ConnectionTrait>(
    conn: &C,
    workspace: WorkspaceId,
    profiles: &[Profile],
    told: &str,
) -> Result<(), DbError> {
    let values = profiles.iter().flat_map(|Profile { handle, known }| {
        [
            id(workspace),
            handle_value(*handle),
            Value::from(known.name.clone()),
            Value::from(known.phone.clone()),
            Value::from(known.wechat.clone()),
            Value::from(known.city.clone()),
        ]
    });
    conn.insert_rows(
        "insert into identity_profile (workspace_id, handle, name, phone, wechat, city)",
        6,
        values.collect(),
        &format!("on conflict (workspace_id, handle) do update set {told}"),
    )
    .await?;
    Ok(())
}

/// What is known under these handles.
pub async fn profiles_in_workspace<C: ConnectionTrait>(
    conn: &C,
    workspace: WorkspaceId,
    handles: &[Handle],
) -> Result<Vec<Profile>, DbError> {
    let sql = "select handle, name, phone, wechat, city from identity_profile \
               where workspace_id = $1 and handle in ({list})";
    let rows = conn.all_in(sql, [id(workspace)], 1, handle_list(handles)).await?;
    rows.iter()
        .map(|row| {
            let known = Identified { name: row.at(1)?, phone: row.at(2)?, wechat: row.at(3)?, city: row.at(4)? };
            Ok(Profile { handle: handle_at(row, 0)?, known })
        })
        .collect()
}
