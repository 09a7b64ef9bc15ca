//! What rules have heard, and birthdays.

use db::{ConnectionTrait, DbError, QueryResult, Row, Sql, Value, values};
use facts::Birthday;
use kernel::{Handle, Offset, Timestamp, WorkspaceId};

use super::{handle, handle_list, handle_value, workspace_value};
use crate::model::{Anchor, BirthdayTold, Mark};

fn offset_value(offset: Offset) -> i64 {
    i64::try_from(offset.0).unwrap_or(i64::MAX)
}

fn offset(number: i64) -> Result<Offset, DbError> {
    u64::try_from(number).map(Offset).map_err(|_| DbError::corrupt("an offset"))
}

fn mark(row: &QueryResult, at: &str, place: &str) -> Result<Option<Mark>, DbError> {
    match (row.get::<Option<i64>>(at)?, row.get::<Option<i64>>(place)?) {
        (Some(at), Some(place)) => Ok(Some((Timestamp(at), offset(place)?))),
        _ => Ok(None),
    }
}

/// What rules have heard under these handles.
pub async fn anchors<C: ConnectionTrait>(
    conn: &C,
    workspace: WorkspaceId,
    handles: &[Handle],
) -> Result<Vec<Anchor>, DbError> {
    let sql = "select handle, rule, order_key, since_at, since_offset, since_order, unless_at, unless_offset
        from journey_anchor where workspace_id = $1 and handle in ({list})";
    let rows = conn.all_in(sql, [workspace_value(workspace)], 1, handle_list(handles)).await?;
    rows.iter()
        .map(|row| {
            Ok(Anchor {
                rule: row.get("rule")?,
                key: row.get("order_key")?,
                handle: handle(row.get("handle")?)?,
                since: mark(row, "since_at", "since_offset")?,
                order: row.get("since_order")?,
                unless: mark(row, "unless_at", "unless_offset")?,
            })
        })
        .collect()
}

/// Writes what rules have heard.
pub async fn put_anchors<C: ConnectionTrait>(
    conn: &C,
    workspace: WorkspaceId,
    anchors: &[&Anchor],
) -> Result<(), DbError> {
    let rows: Vec<Value> = anchors
        .iter()
        .flat_map(|anchor| {
            let at = |mark: Option<Mark>| mark.map(|(at, _)| at.0);
            let place = |mark: Option<Mark>| mark.map(|(_, place)| offset_value(place));
            values![
                i64::from(workspace.0),
                i64::from(anchor.handle.0),
                anchor.rule.as_str(),
                anchor.key.as_str(),
                at(anchor.since),
                place(anchor.since),
                anchor.order.as_str(),
                at(anchor.unless),
                place(anchor.unless),
            ]
        })
        .collect();
    let head = "insert into journey_anchor (workspace_id, handle, rule, order_key, since_at, since_offset, since_order,
        unless_at, unless_offset)";
    let tail = "on conflict (workspace_id, handle, rule, order_key) do update set since_at = excluded.since_at,
        since_offset = excluded.since_offset, since_order = excluded.since_order, unless_at = excluded.unless_at,
        unless_offset = excluded.unless_offset";
    conn.insert_rows(head, 9, rows, tail).await?;
    Ok(())
}

/// Forgets what a rule has heard.
pub async fn delete_anchors<C: ConnectionTrait>(conn: &C, workspace: WorkspaceId, rule: &str) -> Result<(), DbError> {
    let sql = "delete from journey_anchor where workspace_id = $1 and rule = $2";
    conn.run(sql, values![i64::from(workspace.0), rule]).await?;
    Ok(())
}

fn birthday(row: &QueryResult) -> Result<BirthdayTold, DbError> {
    let number = |column: &str| -> Result<u8, DbError> {
        u8::try_from(row.get::<i64>(column)?).map_err(|_| DbError::corrupt("a birthday"))
    };
    let birthday = Birthday {
        lunar: number("lunar")? == 1,
        month: number("month")?,
        day: number("day")?,
        leap: number("leap")? == 1,
        year: row.get::<Option<i64>>("year")?.and_then(|year| i32::try_from(year).ok()),
    };
    let told = (Timestamp(row.get("told_at")?), offset(row.get("fact_offset")?)?);
    Ok(BirthdayTold { handle: handle(row.get("handle")?)?, birthday, told })
}

const BIRTHDAY: &str = "handle, lunar, month, day, leap, year, told_at, fact_offset";

/// Books birthdays; what was told later before stands.
pub async fn put_birthdays<C: ConnectionTrait>(
    conn: &C,
    workspace: WorkspaceId,
    told: &[BirthdayTold],
) -> Result<(), DbError> {
    let rows: Vec<Value> = told
        .iter()
        .flat_map(|BirthdayTold { handle, birthday, told }| {
            values![
                i64::from(workspace.0),
                i64::from(handle.0),
                i64::from(birthday.lunar),
                i64::from(birthday.month),
                i64::from(birthday.day),
                i64::from(birthday.leap),
                birthday.year.map(i64::from),
                told.0.0,
                offset_value(told.1),
            ]
        })
        .collect();
    let head = format!("insert into journey_birthday (workspace_id, {BIRTHDAY})");
    let tail = "on conflict (workspace_id, handle) do update set lunar = excluded.lunar, month = excluded.month,
        day = excluded.day, leap = excluded.leap, year = excluded.year, told_at = excluded.told_at,
        fact_offset = excluded.fact_offset
        where (excluded.told_at, excluded.fact_offset) > (journey_birthday.told_at, journey_birthday.fact_offset)";
    conn.insert_rows(&head, 9, rows, tail).await?;
    Ok(())
}

/// Birthdays under these handles.
pub async fn birthdays_of<C: ConnectionTrait>(
    conn: &C,
    workspace: WorkspaceId,
    handles: &[Handle],
) -> Result<Vec<BirthdayTold>, DbError> {
    let sql = format!("select {BIRTHDAY} from journey_birthday where workspace_id = $1 and handle in ({{list}})");
    conn.all_in(&sql, [workspace_value(workspace)], 1, handle_list(handles)).await?.iter().map(birthday).collect()
}

/// Birthdays that are told as one of these days, under handles behind `after`, the first of them.
pub async fn birthdays_on<C: ConnectionTrait>(
    conn: &C,
    workspace: WorkspaceId,
    days: &[Birthday],
    after: Handle,
    limit: usize,
) -> Result<Vec<BirthdayTold>, DbError> {
    let rows: Vec<String> = days
        .iter()
        .map(|day| format!("({}, {}, {}, {})", i64::from(day.lunar), day.month, day.day, i64::from(day.leap)))
        .collect();
    // The days are numbers of ours, so they may stand in the text; few days are of a date.
    let sql = format!(
        "select {BIRTHDAY} from journey_birthday
        where workspace_id = $1 and (lunar, month, day, leap) in (values {}) and handle > $2 order by handle limit $3",
        rows.join(", ")
    );
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let found = conn.all(&sql, [workspace_value(workspace), handle_value(after), Value::from(limit)]).await?;
    found.iter().map(birthday).collect()
}

/// How many birthdays are told as each day of the year.
pub async fn birthday_counts<C: ConnectionTrait>(
    conn: &C,
    workspace: WorkspaceId,
) -> Result<Vec<(Birthday, u64)>, DbError> {
    let sql = "select lunar, month, day, leap, count(*) as people from journey_birthday where workspace_id = $1
        group by lunar, month, day, leap";
    let rows = conn.all(sql, [workspace_value(workspace)]).await?;
    rows.iter()
        .map(|row| {
            let number = |column: &str| -> Result<u8, DbError> {
                u8::try_from(row.get::<i64>(column)?).map_err(|_| DbError::corrupt("a birthday"))
            };
            let (lunar, leap) = (number("lunar")? == 1, number("leap")? == 1);
            let day = Birthday { lunar, month: number("month")?, day: number("day")?, leap, year: None };
            Ok((day, u64::try_from(row.get::<i64>("people")?).unwrap_or(0)))
        })
        .collect()
}
