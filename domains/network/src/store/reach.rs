//! Reach tasks in the records.

use db::{ConnectionTrait, DbError, Narrowed, QueryResult, Row, Sql, Value, values};
use kernel::{Handle, RootOwner, Scope, StaffId, Timestamp, WorkspaceId};

use crate::{
    model::reach::{Task, TaskState},
    rules::words::Words,
};

const COLUMNS: &str = "id, route, root_unit, root_staff, assignee, state, refused_by, note, script_zh, script_en, \
                       created_at, created_by, due_at, closed_at, closed_by, follows";

/// Which tasks; what is `None` is not looked at.
#[derive(Clone, Debug, Default)]
pub struct TaskFilter {
    /// Where they stand now.
    pub state: Option<TaskState>,
    /// Who is to do them.
    pub assignee: Option<StaffId>,
    /// Of roots of this unit.
    pub unit: Option<String>,
    /// To reach this person, under this handle.
    pub target: Option<Handle>,
    /// In the name of anybody on the way.
    pub text: Option<String>,
    /// Due before.
    pub due_before: Option<Timestamp>,
    /// Behind the task due then, of that id.
    pub after: Option<(Timestamp, String)>,
}

fn task_at(row: &QueryResult, workspace: WorkspaceId) -> Result<Task, DbError> {
    let corrupt = |what: &'static str| move || DbError::corrupt(format!("a reach task's {what}"));
    let route: String = row.get("route")?;
    let state: String = row.get("state")?;
    let id = |text: Option<String>| text.map(TryInto::try_into).transpose();
    let staff = |text: Option<String>| text.map(StaffId::try_from).transpose();
    Ok(Task {
        workspace,
        id: row.get("id")?,
        route: serde_json::from_str(&route).map_err(|error| DbError::corrupt(format!("a route: {error}")))?,
        owner: RootOwner {
            unit: id(row.get("root_unit")?).map_err(|_| corrupt("unit")())?,
            staff: staff(row.get("root_staff")?).map_err(|_| corrupt("staff")())?,
            channel: None,
        },
        assignee: staff(row.get("assignee")?).ok().flatten().ok_or_else(corrupt("assignee"))?,
        state: TaskState::parse(&state).ok_or_else(corrupt("state"))?,
        refused_by: row.get::<Option<i64>>("refused_by")?.and_then(|number| u32::try_from(number).ok()).map(Handle),
        note: row.get("note")?,
        script: Words { zh: row.get("script_zh")?, en: row.get("script_en")? },
        created_at: Timestamp(row.get("created_at")?),
        created_by: row.get("created_by")?,
        due_at: Timestamp(row.get("due_at")?),
        closed_at: row.get::<Option<i64>>("closed_at")?.map(Timestamp),
        closed_by: row.get("closed_by")?,
        follows: row.get("follows")?,
    })
}

/// What is searched for names: everybody on the way, in small letters.
fn names(task: &Task) -> String {
    let names: Vec<String> = task.route.iter().map(|hop| hop.name.zh.to_lowercase()).collect();
    names.join(" · ")
}

fn route(task: &Task) -> Result<String, DbError> {
    serde_json::to_string(&task.route).map_err(|error| DbError::corrupt(format!("a route: {error}")))
}

/// The tasks that fit and that somebody may see, by when they are due: what is to be done first, or what was last.
pub async fn tasks_in_workspace<C: ConnectionTrait>(
    conn: &C,
    workspace: WorkspaceId,
    (staff, scope): (Option<&StaffId>, &Scope),
    filter: &TaskFilter,
    now: Timestamp,
    limit: usize,
) -> Result<Vec<Task>, DbError> {
    let (seen, mut known) = seen_by(staff, scope);
    let mut list = vec![Value::from(i64::from(workspace.0))];
    list.append(&mut known);
    let first = matches!(filter.state, Some(TaskState::Open) | None);
    let sql = format!("select {COLUMNS} from network_reach_task where workspace_id = $1{seen}");
    let (stored, due) = match filter.state {
        Some(TaskState::Open) => (Some("open"), Some((" and due_at >= $n", now.0))),
        Some(TaskState::Expired) => (Some("open"), Some((" and due_at < $n", now.0))),
        Some(state) => (Some(state.as_str()), None),
        None => (None, None),
    };
    let mut query = Narrowed::new(sql, list)
        .by(" and state = $n", stored)
        .by(due.map_or("", |due| due.0), due.map(|due| due.1))
        .by(" and assignee = $n", filter.assignee.as_ref().map(StaffId::as_str))
        .by(" and root_unit = $n", filter.unit.as_deref())
        .by(" and target = $n", filter.target.map(|target| i64::from(target.0)))
        .by(" and names like $n escape '!'", filter.text.as_deref().map(like))
        .by(" and due_at < $n", filter.due_before.map(|at| at.0));
    if let Some((at, id)) = &filter.after {
        let (later, order) = if first { (">", ">") } else { ("<", "<") };
        // Two values in one condition: the time is a number and can stand in the text.
        let condition = format!(" and (due_at {later} {0} or (due_at = {0} and id {order} $n))", at.0);
        query = query.by(&condition, Some(id.as_str()));
    }
    let order = if first { "due_at, id" } else { "due_at desc, id desc" };
    query.first(conn, order, limit).await?.iter().map(|row| task_at(row, workspace)).collect()
}

/// The condition on who may see a task, its values being `$2` and so on.
fn seen_by(staff: Option<&StaffId>, scope: &Scope) -> (String, Vec<Value>) {
    let mut values = Vec::new();
    let mut any = Vec::new();
    match scope {
        Scope::All => return (String::new(), values),
        Scope::Units(units) => {
            let places: Vec<String> = units
                .iter()
                .map(|unit| {
                    values.push(Value::from(unit.as_str()));
                    format!("${}", values.len() + 1)
                })
                .collect();
            if !places.is_empty() {
                any.push(format!("root_unit in ({})", places.join(", ")));
            }
        }
        Scope::Own(staff) => {
            values.push(Value::from(staff.as_str()));
            any.push(format!("root_staff = ${}", values.len() + 1));
        }
    }
    if let Some(staff) = staff {
        values.push(Value::from(staff.as_str()));
        any.push(format!("assignee = ${}", values.len() + 1));
    }
    let any = if any.is_empty() { "1 = 0".to_owned() } else { any.join(" or ") };
    (format!(" and ({any})"), values)
}

fn like(text: &str) -> String {
    let escaped: String =
        text.to_lowercase().chars().flat_map(|c| "!%_".contains(c).then_some('!').into_iter().chain([c])).collect();
    format!("%{escaped}%")
}

/// One task.
pub async fn task_in_workspace<C: ConnectionTrait>(
    conn: &C,
    workspace: WorkspaceId,
    id: &str,
) -> Result<Option<Task>, DbError> {
    let sql = format!("select {COLUMNS} from network_reach_task where workspace_id = $1 and id = $2");
    let row = conn.one(&sql, values![i64::from(workspace.0), id]).await?;
    row.as_ref().map(|row| task_at(row, workspace)).transpose()
}

/// Tasks that are open and in time: who has how many, and who is to be reached from which root.
pub async fn open_tasks<C: ConnectionTrait>(
    conn: &C,
    workspace: WorkspaceId,
    now: Timestamp,
) -> Result<Vec<(StaffId, Handle, Handle)>, DbError> {
    let sql = "select assignee, root, target from network_reach_task
        where workspace_id = $1 and state = 'open' and due_at >= $2";
    let rows = conn.all(sql, values![i64::from(workspace.0), now.0]).await?;
    let handle = |number: i64| u32::try_from(number).map(Handle).map_err(|_| DbError::corrupt("a handle"));
    rows.iter()
        .map(|row| {
            let staff: String = row.at(0)?;
            let staff = staff.try_into().map_err(|_| DbError::corrupt("a reach task's assignee"))?;
            Ok((staff, handle(row.at(1)?)?, handle(row.at(2)?)?))
        })
        .collect()
}

/// Books new tasks.
pub async fn insert_tasks<C: ConnectionTrait>(conn: &C, tasks: &[Task]) -> Result<(), DbError> {
    let mut rows: Vec<Value> = Vec::with_capacity(tasks.len() * 20);
    for task in tasks {
        rows.extend(values![
            i64::from(task.workspace.0),
            task.id.as_str(),
            i64::from(task.root().0),
            i64::from(task.target().0),
            route(task)?,
            names(task),
            task.owner.unit.as_ref().map(|unit| unit.as_str().to_owned()),
            task.owner.staff.as_ref().map(|staff| staff.as_str().to_owned()),
            task.assignee.as_str(),
            task.state.as_str(),
            task.refused_by.map(|by| i64::from(by.0)),
            task.note.clone(),
            task.script.zh.as_str(),
            task.script.en.as_str(),
            task.created_at.0,
            task.created_by.as_str(),
            task.due_at.0,
            task.closed_at.map(|at| at.0),
            task.closed_by.clone(),
            task.follows.clone(),
        ]);
    }
    let head = "insert into network_reach_task (workspace_id, id, root, target, route, names, root_unit, root_staff,
        assignee, state, refused_by, note, script_zh, script_en, created_at, created_by, due_at, closed_at, closed_by,
        follows)";
    conn.insert_rows(head, 20, rows, "").await?;
    Ok(())
}

/// Writes what can change of a task.
pub async fn update_task<C: ConnectionTrait>(conn: &C, task: &Task) -> Result<(), DbError> {
    let sql = "update network_reach_task set assignee = $3, state = $4, refused_by = $5, note = $6, script_zh = $7,
        script_en = $8, due_at = $9, closed_at = $10, closed_by = $11 where workspace_id = $1 and id = $2";
    let values = values![
        i64::from(task.workspace.0),
        task.id.as_str(),
        task.assignee.as_str(),
        task.state.as_str(),
        task.refused_by.map(|by| i64::from(by.0)),
        task.note.clone(),
        task.script.zh.as_str(),
        task.script.en.as_str(),
        task.due_at.0,
        task.closed_at.map(|at| at.0),
        task.closed_by.clone(),
    ];
    conn.run(sql, values).await?;
    Ok(())
}

/// The task that follows one that was refused, if it is there.
pub async fn task_that_follows<C: ConnectionTrait>(
    conn: &C,
    workspace: WorkspaceId,
    id: &str,
) -> Result<Option<Task>, DbError> {
    let sql = format!("select {COLUMNS} from network_reach_task where workspace_id = $1 and follows = $2");
    let row = conn.one(&sql, values![i64::from(workspace.0), id]).await?;
    row.as_ref().map(|row| task_at(row, workspace)).transpose()
}

/// Forgets a task that nobody began.
pub async fn delete_task<C: ConnectionTrait>(conn: &C, task: &Task) -> Result<(), DbError> {
    let sql = "delete from network_reach_task where workspace_id = $1 and id = $2";
    conn.run(sql, values![i64::from(task.workspace.0), task.id.as_str()]).await?;
    Ok(())
}
