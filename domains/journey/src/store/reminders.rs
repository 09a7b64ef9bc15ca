//! Reminders.

use db::{ConnectionTrait, DbError, Narrowed, QueryResult, Row, Sql, Value, values};
use kernel::{Handle, Scope, StaffId, Timestamp, UnitId, WorkspaceId};

use super::{handle, handle_list, texts, workspace_value};
use crate::model::{Reminder, State};

const COLUMNS: &str = "id, rule, handle, occurrence, order_key, from_at, due_at, state, told_at, unit, staff, closed_at, \
                       closed_by, note";

/// Which reminders; what is `None` is not looked at.
#[derive(Clone, Debug, Default)]
pub struct ReminderFilter {
    /// Where they stand.
    pub state: Option<State>,
    /// Of this rule.
    pub rule: Option<String>,
    /// Of this unit.
    pub unit: Option<UnitId>,
    /// Whose to do: theirs by name, or their unit's and nobody's in particular.
    pub doer: Option<(StaffId, Option<UnitId>)>,
    /// Of these handles.
    pub handles: Option<Vec<Handle>>,
    /// Behind the one told then, of that id.
    pub after: Option<(Timestamp, String)>,
}

fn reminder(row: &QueryResult) -> Result<Reminder, DbError> {
    let corrupt = |what: &str| DbError::corrupt(format!("a reminder's {what}"));
    let (occurrence, state): (String, String) = (row.get("occurrence")?, row.get("state")?);
    let unit: Option<String> = row.get("unit")?;
    let staff: Option<String> = row.get("staff")?;
    Ok(Reminder {
        rule: row.get("rule")?,
        handle: handle(row.get("handle")?)?,
        occurrence: occurrence.parse().map_err(|()| corrupt("occurrence"))?,
        key: row.get("order_key")?,
        from: Timestamp(row.get("from_at")?),
        due_at: Timestamp(row.get("due_at")?),
        state: State::parse(&state).ok_or_else(|| corrupt("state"))?,
        told_at: row.get::<Option<i64>>("told_at")?.map(Timestamp),
        unit: unit.map(UnitId::try_from).transpose().map_err(|_| corrupt("unit"))?,
        staff: staff.map(StaffId::try_from).transpose().map_err(|_| corrupt("staff"))?,
        closed_at: row.get::<Option<i64>>("closed_at")?.map(Timestamp),
        closed_by: row.get("closed_by")?,
        note: row.get("note")?,
    })
}

/// All reminders of people under these handles.
pub async fn reminders_of<C: ConnectionTrait>(
    conn: &C,
    workspace: WorkspaceId,
    handles: &[Handle],
) -> Result<Vec<Reminder>, DbError> {
    let sql = format!("select {COLUMNS} from journey_reminder where workspace_id = $1 and handle in ({{list}})");
    let rows = conn.all_in(&sql, [workspace_value(workspace)], 1, handle_list(handles)).await?;
    rows.iter().map(reminder).collect()
}

/// Reminders by their ids, those that are there.
pub async fn reminders_by_id<C: ConnectionTrait>(
    conn: &C,
    workspace: WorkspaceId,
    ids: &[String],
) -> Result<Vec<Reminder>, DbError> {
    let sql = format!("select {COLUMNS} from journey_reminder where workspace_id = $1 and id in ({{list}})");
    let rows = conn.all_in(&sql, [workspace_value(workspace)], 1, texts(ids)).await?;
    rows.iter().map(reminder).collect()
}

/// Reminders of these rules that fell due by now and wait, the first of them.
pub async fn fallen_due<C: ConnectionTrait>(
    conn: &C,
    workspace: WorkspaceId,
    rules: &[String],
    now: Timestamp,
    limit: usize,
) -> Result<Vec<Reminder>, DbError> {
    if rules.is_empty() {
        return Ok(Vec::new());
    }
    let places: Vec<String> = (0..rules.len()).map(|place| format!("${}", place + 3)).collect();
    let sql = format!(
        "select {COLUMNS} from journey_reminder where workspace_id = $1 and state = 'waiting' and due_at <= $2
        and rule in ({})",
        places.join(", ")
    );
    let values: Vec<Value> = [workspace_value(workspace), Value::from(now.0)].into_iter().chain(texts(rules)).collect();
    Narrowed::new(sql, values).first(conn, "due_at, id", limit).await?.iter().map(reminder).collect()
}

/// Reminders that wait, due within a time, the first of them.
pub async fn waiting_between<C: ConnectionTrait>(
    conn: &C,
    workspace: WorkspaceId,
    (from, to): (Timestamp, Timestamp),
    rule: Option<&str>,
    limit: usize,
) -> Result<Vec<Reminder>, DbError> {
    let sql = format!(
        "select {COLUMNS} from journey_reminder
        where workspace_id = $1 and state = 'waiting' and due_at >= $2 and due_at < $3"
    );
    let query = Narrowed::new(sql, values![i64::from(workspace.0), from.0, to.0]).by(" and rule = $n", rule);
    query.first(conn, "due_at, id", limit).await?.iter().map(reminder).collect()
}

/// Those that were told and fit and that somebody may see, by when they were told: what is to be done first, or what was last.
pub async fn told_in_workspace<C: ConnectionTrait>(
    conn: &C,
    workspace: WorkspaceId,
    (staff, unit, scope): (Option<&StaffId>, Option<&UnitId>, &Scope),
    filter: &ReminderFilter,
    limit: usize,
) -> Result<Vec<Reminder>, DbError> {
    let (seen, mut known) = seen_by(staff, unit, scope);
    let mut list = vec![workspace_value(workspace)];
    list.append(&mut known);
    let mut sql =
        format!("select {COLUMNS} from journey_reminder where workspace_id = $1 and told_at is not null{seen}");
    if let Some(handles) = &filter.handles {
        // Few: those of one person.
        let places: Vec<String> = handles.iter().map(|handle| handle.0.to_string()).collect();
        sql += &format!(" and handle in ({})", places.join(", "));
    }
    let open = filter.state == Some(State::Due);
    let mut query = Narrowed::new(sql, list)
        .by(" and state = $n", filter.state.map(State::as_str))
        .by(" and rule = $n", filter.rule.as_deref())
        .by(" and unit = $n", filter.unit.as_ref().map(UnitId::as_str));
    if let Some((staff, unit)) = &filter.doer {
        query = match unit {
            None => query.by(" and staff = $n", Some(staff.as_str())),
            Some(unit) => query
                .by(" and (staff = $n or (staff is null", Some(staff.as_str()))
                .by(" and unit = $n))", Some(unit.as_str())),
        };
    }
    if let Some((at, id)) = &filter.after {
        // Two values in one condition: the time is a number and can stand in the text.
        let later = if open { ">" } else { "<" };
        let condition = format!(" and (due_at {later} {0} or (due_at = {0} and id {later} $n))", at.0);
        query = query.by(&condition, Some(id.as_str()));
    }
    let order = if open { "due_at, id" } else { "due_at desc, id desc" };
    query.first(conn, order, limit).await?.iter().map(reminder).collect()
}

/// The condition on who may see a reminder, its values being `$2` and so on: whose roots in scope it is about, and who is to do
/// it.
fn seen_by(staff: Option<&StaffId>, unit: Option<&UnitId>, scope: &Scope) -> (String, Vec<Value>) {
    let mut values = Vec::new();
    let mut any = Vec::new();
    let mut place = |value: &str| {
        values.push(Value::from(value));
        format!("${}", values.len() + 1)
    };
    match scope {
        Scope::All => return (String::new(), values),
        Scope::Units(units) => {
            let places: Vec<String> = units.iter().map(|unit| place(unit.as_str())).collect();
            if !places.is_empty() {
                any.push(format!("unit in ({})", places.join(", ")));
            }
        }
        Scope::Own(staff) => any.push(format!("staff = {}", place(staff.as_str()))),
    }
    if let Some(staff) = staff {
        any.push(format!("staff = {}", place(staff.as_str())));
    }
    if let Some(unit) = unit {
        any.push(format!("(staff is null and unit = {})", place(unit.as_str())));
    }
    let any = if any.is_empty() { "1 = 0".to_owned() } else { any.join(" or ") };
    (format!(" and ({any})"), values)
}

/// How many there are of each state, by rule.
pub async fn counts<C: ConnectionTrait>(
    conn: &C,
    workspace: WorkspaceId,
) -> Result<Vec<(String, State, u64)>, DbError> {
    let sql =
        "select rule, state, count(*) as reminders from journey_reminder where workspace_id = $1 group by rule, state";
    let rows = conn.all(sql, [workspace_value(workspace)]).await?;
    rows.iter()
        .map(|row| {
            let state: String = row.get("state")?;
            let state = State::parse(&state).ok_or_else(|| DbError::corrupt("a reminder's state"))?;
            Ok((row.get("rule")?, state, u64::try_from(row.get::<i64>("reminders")?).unwrap_or(0)))
        })
        .collect()
}

/// Books new reminders; one that is there stays as it is.
pub async fn insert<C: ConnectionTrait>(conn: &C, workspace: WorkspaceId, new: &[Reminder]) -> Result<(), DbError> {
    write(conn, workspace, new, "on conflict (workspace_id, id) do nothing").await
}

/// Writes what became of reminders.
pub async fn update<C: ConnectionTrait>(conn: &C, workspace: WorkspaceId, known: &[Reminder]) -> Result<(), DbError> {
    let tail = "on conflict (workspace_id, id) do update set due_at = excluded.due_at, state = excluded.state,
        told_at = excluded.told_at, unit = excluded.unit, staff = excluded.staff, closed_at = excluded.closed_at,
        closed_by = excluded.closed_by, note = excluded.note";
    write(conn, workspace, known, tail).await
}

async fn write<C: ConnectionTrait>(
    conn: &C,
    workspace: WorkspaceId,
    reminders: &[Reminder],
    tail: &str,
) -> Result<(), DbError> {
    let rows: Vec<Value> = reminders
        .iter()
        .flat_map(|reminder| {
            values![
                i64::from(workspace.0),
                reminder.id(),
                reminder.rule.as_str(),
                i64::from(reminder.handle.0),
                reminder.occurrence.to_string(),
                reminder.key.as_str(),
                reminder.from.0,
                reminder.due_at.0,
                reminder.state.as_str(),
                reminder.told_at.map(|at| at.0),
                reminder.unit.as_ref().map(|unit| unit.as_str().to_owned()),
                reminder.staff.as_ref().map(|staff| staff.as_str().to_owned()),
                reminder.closed_at.map(|at| at.0),
                reminder.closed_by.clone(),
                reminder.note.clone(),
            ]
        })
        .collect();
    let head = format!("insert into journey_reminder (workspace_id, {COLUMNS})");
    conn.insert_rows(&head, 15, rows, tail).await?;
    Ok(())
}

/// Forgets reminders that wait.
pub async fn delete<C: ConnectionTrait>(conn: &C, workspace: WorkspaceId, ids: &[String]) -> Result<(), DbError> {
    let sql = "delete from journey_reminder where workspace_id = $1 and state = 'waiting' and id in ({list})";
    conn.run_in(sql, [workspace_value(workspace)], 1, texts(ids)).await?;
    Ok(())
}

/// Forgets a rule's reminders that wait; `all` also those that were told and nobody has answered.
pub async fn delete_of_rule<C: ConnectionTrait>(
    conn: &C,
    workspace: WorkspaceId,
    rule: &str,
    all: bool,
) -> Result<(), DbError> {
    let states = if all { "'waiting', 'due', 'missed', 'elsewhere'" } else { "'waiting'" };
    let sql = format!("delete from journey_reminder where workspace_id = $1 and rule = $2 and state in ({states})");
    conn.run(&sql, values![i64::from(workspace.0), rule]).await?;
    Ok(())
}
