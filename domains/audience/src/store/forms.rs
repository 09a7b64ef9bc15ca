//! SQL of forms and answers.

use db::{ConnectionTrait, DbError, QueryResult, Row, Sql, values};
use kernel::{Timestamp, WorkspaceId};

use super::{DEFINITIONS_MAX, number, read, written};
use crate::model::form::{Form, FormState, Given};

const FORM: &str = "select id, state, asked, version, answers, created_at, changed_at, by_actor from audience_form";

fn form(row: &QueryResult) -> Result<Form, DbError> {
    Ok(Form {
        id: row.get("id")?,
        state: FormState::parse(&row.get::<String>("state")?).ok_or_else(|| DbError::corrupt("a form's state"))?,
        asked: read("a form", &row.get::<String>("asked")?)?,
        version: version(row)?,
        answers: number(row.get("answers")?)?,
        created_at: Timestamp(row.get("created_at")?),
        changed_at: Timestamp(row.get("changed_at")?),
        by: row.get("by_actor")?,
    })
}

fn version(row: &QueryResult) -> Result<u32, DbError> {
    u32::try_from(row.get::<i64>("version")?).map_err(|_| DbError::corrupt("a form's version"))
}

/// All forms of a workspace, the newest first.
pub async fn forms_in_workspace<C: ConnectionTrait>(conn: &C, workspace: WorkspaceId) -> Result<Vec<Form>, DbError> {
    let sql = format!("{FORM} where workspace_id = $1 order by created_at desc, id limit $2");
    let rows = conn.all(&sql, values![i64::from(workspace.0), DEFINITIONS_MAX]).await?;
    rows.iter().map(form).collect()
}

/// A form.
pub async fn form_in_workspace<C: ConnectionTrait>(
    conn: &C,
    workspace: WorkspaceId,
    id: &str,
) -> Result<Option<Form>, DbError> {
    let sql = format!("{FORM} where workspace_id = $1 and id = $2");
    conn.one(&sql, values![i64::from(workspace.0), id]).await?.as_ref().map(form).transpose()
}

/// Keeps a form in place of what there was under its id, but for how many answered.
pub async fn put_form<C: ConnectionTrait>(conn: &C, workspace: WorkspaceId, form: &Form) -> Result<(), DbError> {
    let row = values![
        i64::from(workspace.0),
        form.id.as_str(),
        form.state.as_str(),
        written("a form", &form.asked)?,
        i64::from(form.version),
        0_i64,
        form.created_at.0,
        form.changed_at.0,
        form.by.as_str(),
    ];
    let head = "insert into audience_form (workspace_id, id, state, asked, version, answers, created_at, changed_at,
        by_actor)";
    let tail = "on conflict (workspace_id, id) do update set state = excluded.state, asked = excluded.asked,
        version = excluded.version, changed_at = excluded.changed_at";
    conn.insert_rows(head, 9, row.into_iter().collect(), tail).await?;
    Ok(())
}

/// Forgets a form and its answers.
pub async fn remove_form<C: ConnectionTrait>(conn: &C, workspace: WorkspaceId, id: &str) -> Result<(), DbError> {
    for sql in [
        "delete from audience_form where workspace_id = $1 and id = $2",
        "delete from audience_answer where workspace_id = $1 and form = $2",
    ] {
        conn.run(sql, values![i64::from(workspace.0), id]).await?;
    }
    Ok(())
}

/// Whether somebody answered a form.
pub async fn answered_in_workspace<C: ConnectionTrait>(
    conn: &C,
    workspace: WorkspaceId,
    form: &str,
    subject: &str,
) -> Result<bool, DbError> {
    let sql = "select 1 as one from audience_answer where workspace_id = $1 and form = $2 and subject = $3";
    Ok(conn.one(sql, values![i64::from(workspace.0), form, subject]).await?.is_some())
}

/// How many answers to a form came from one origin.
pub async fn answers_of_origin_in_workspace<C: ConnectionTrait>(
    conn: &C,
    workspace: WorkspaceId,
    form: &str,
    origin: &str,
) -> Result<u64, DbError> {
    let sql = "select count(*) as n from audience_answer where workspace_id = $1 and form = $2 and origin = $3";
    let row = conn.one(sql, values![i64::from(workspace.0), form, origin]).await?;
    row.map_or(Ok(0), |row| number(row.get("n")?))
}

/// Takes an answer, and counts it. The caller saw that there is none of this person.
pub async fn add_answer<C: ConnectionTrait>(
    conn: &C,
    workspace: WorkspaceId,
    given: &Given,
    origin: &str,
) -> Result<(), DbError> {
    let row = values![
        i64::from(workspace.0),
        given.form.as_str(),
        given.subject.as_str(),
        i64::from(given.version),
        written("an answer", &given.answers)?,
        origin,
        given.at.0,
    ];
    let head = "insert into audience_answer (workspace_id, form, subject, version, answers, origin, at)";
    conn.insert_rows(head, 7, row.into_iter().collect(), "").await?;
    let sql = "update audience_form set answers = answers + 1 where workspace_id = $1 and id = $2";
    conn.run(sql, values![i64::from(workspace.0), given.form.as_str()]).await?;
    Ok(())
}

/// Answers to a form, the newest first, from behind the one told last.
pub async fn answers_in_workspace<C: ConnectionTrait>(
    conn: &C,
    workspace: WorkspaceId,
    form: &str,
    before: Option<(Timestamp, String)>,
    limit: u32,
) -> Result<Vec<Given>, DbError> {
    let (at, subject) = before.unwrap_or((Timestamp(i64::MAX), String::new()));
    let sql = "select subject, version, answers, at from audience_answer
        where workspace_id = $1 and form = $2 and (at < $3 or (at = $3 and subject > $4))
        order by at desc, subject limit $5";
    let rows = conn.all(sql, values![i64::from(workspace.0), form, at.0, subject, i64::from(limit)]).await?;
    let given = |row: &QueryResult| {
        Ok(Given {
            form: form.to_owned(),
            version: version(row)?,
            subject: row.get("subject")?,
            answers: read("an answer", &row.get::<String>("answers")?)?,
            at: Timestamp(row.get("at")?),
        })
    };
    rows.iter().map(given).collect()
}

#[cfg(test)]
mod tests {
    use db::{Records, audit::By, db_test};

    use super::*;
    use crate::{
        model::form::{Answer, Answers, Asked},
        ops::command::{Answered, Command, Deciding, NotTaken, Order, Outcome},
    };

    const OURS: WorkspaceId = WorkspaceId(1);

    fn order(workspace: WorkspaceId, command: Command) -> Order {
        let by = By { actor: "staff:a".into(), request: None, ip: None };
        Order { workspace, by, command, told: None, sticky: None }
    }

    fn form(places: Option<u32>) -> Form {
        Form {
            id: "fm_1".into(),
            state: FormState::Open,
            asked: Asked { title: "读书会报名".into(), places, ..Asked::default() },
            version: 1,
            answers: 0,
            created_at: Timestamp::from_secs(1),
            changed_at: Timestamp::from_secs(1),
            by: "staff:a".into(),
        }
    }

    fn answer(subject: &str, version: u32, origin: &str) -> Command {
        let given = Given {
            form: "fm_1".into(),
            version,
            subject: subject.into(),
            answers: Answers::from([("taste".into(), Answer::Text("poem".into()))]),
            at: Timestamp::from_secs(i64::from(subject.bytes().last().unwrap_or_default())),
        };
        Command::Answer(Box::new(Answered { given, origin: origin.into(), facts: Vec::new() }))
    }

    #[db_test(migrations = crate::MIGRATIONS)]
    async fn an_answer_is_taken_once_by_an_open_form_with_a_place(records: Records) -> Result<(), DbError> {
        let commands = records.group(Deciding);
        let submit = async |workspace, command| commands.submit(order(workspace, command)).await.unwrap();
        let not = Outcome::NotTaken;
        assert_eq!(submit(OURS, answer("fan:a", 1, "x")).await, not(NotTaken::Changed), "there is no form");
        submit(OURS, Command::PutForm(Box::new(form(Some(2))))).await;
        assert_eq!(submit(WorkspaceId(2), answer("fan:a", 1, "x")).await, not(NotTaken::Changed), "of this brand");
        assert_eq!(submit(OURS, answer("fan:a", 2, "x")).await, not(NotTaken::Changed), "of this version");
        assert_eq!(submit(OURS, answer("fan:a", 1, "x")).await, Outcome::Done);
        assert_eq!(submit(OURS, answer("fan:a", 1, "y")).await, not(NotTaken::Before));
        assert_eq!(submit(OURS, answer("fan:b", 1, "x")).await, Outcome::Done);
        assert_eq!(submit(OURS, answer("fan:c", 1, "x")).await, not(NotTaken::Full));

        let reads = records.reads();
        assert_eq!(form_in_workspace(reads, OURS, "fm_1").await?.map(|form| form.answers), Some(2));
        let newest = answers_in_workspace(reads, OURS, "fm_1", None, 1).await?;
        assert_eq!(newest[0].subject, "fan:b");
        let after = Some((newest[0].at, newest[0].subject.clone()));
        assert_eq!(answers_in_workspace(reads, OURS, "fm_1", after, 9).await?[0].subject, "fan:a");

        submit(OURS, Command::RemoveForm("fm_1".into())).await;
        assert_eq!(answers_in_workspace(reads, OURS, "fm_1", None, 9).await?, []);
        Ok(())
    }

    #[db_test(migrations = crate::MIGRATIONS)]
    async fn a_machine_behind_one_address_is_stopped_and_others_are_not(records: Records) {
        let commands = records.group(Deciding);
        let submit = async |command| commands.submit(order(OURS, command)).await.unwrap();
        submit(Command::PutForm(Box::new(form(None)))).await;
        for number in 0..20 {
            assert_eq!(submit(answer(&format!("fan:{number}"), 1, "hall")).await, Outcome::Done);
        }
        assert_eq!(submit(answer("fan:x", 1, "hall")).await, Outcome::NotTaken(NotTaken::Flood));
        assert_eq!(submit(answer("fan:x", 1, "home")).await, Outcome::Done);
    }
}
