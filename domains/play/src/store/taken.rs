//! Tries, what people did, what they got, and what went from whom to whom.

use db::{ConnectionTrait, DbError, QueryResult, Row, Sql, Value, values};
use kernel::{Timestamp, WorkspaceId};
use rustc_hash::FxHashMap;

use super::{read, texts, written};
use crate::model::{Grant, GrantState, Instance, Person, Subject, Transfer};

/// Tries of a play by their ids.
pub async fn instances<C: ConnectionTrait>(
    conn: &C,
    workspace: WorkspaceId,
    play: &str,
    ids: impl IntoIterator<Item = &str>,
) -> Result<Vec<Instance>, DbError> {
    let sql = "select body from play_instance where workspace_id = $1 and play = $2 and id in ({list})";
    let rows = conn.all_in(sql, values![i64::from(workspace.0), play], 1, texts(ids)).await?;
    rows.iter().map(|row| read("a try", &row.get::<String>("body")?)).collect()
}

/// What was done in a play under these ids, with what came of it.
pub async fn people<C: ConnectionTrait>(
    conn: &C,
    workspace: WorkspaceId,
    play: &str,
    subjects: &[Subject],
) -> Result<FxHashMap<Subject, Person>, DbError> {
    let list = || texts(subjects.iter().map(|subject| subject.0.as_str()));
    let fixed = || values![i64::from(workspace.0), play];
    let sql = "select subject, body from play_person where workspace_id = $1 and play = $2 and subject in ({list})";
    let mut people: FxHashMap<Subject, Person> = FxHashMap::default();
    for row in conn.all_in(sql, fixed(), 1, list()).await? {
        people.insert(Subject(row.get("subject")?), read("a participant", &row.get::<String>("body")?)?);
    }
    let sql = format!(
        "select subject, {GRANT} from play_grant where workspace_id = $1 and play = $2 and subject in ({{list}})"
    );
    for row in conn.all_in(&sql, fixed(), 1, list()).await? {
        people.entry(Subject(row.get("subject")?)).or_default().grants.push(grant(&row)?);
    }
    Ok(people)
}

const GRANT: &str = "reward, period, instance, cost_fen, state, until_at, round, changed_at";

fn grant(row: &QueryResult) -> Result<Grant, DbError> {
    let state: String = row.get("state")?;
    let states = [GrantState::Held, GrantState::Given, GrantState::Void, GrantState::Back];
    let state = states.into_iter().find(|known| known.slug() == state);
    Ok(Grant {
        reward: row.get("reward")?,
        period: row.get("period")?,
        instance: row.get("instance")?,
        cost_fen: row.get("cost_fen")?,
        state: state.ok_or_else(|| DbError::corrupt("how a reward stands"))?,
        until: row.get::<Option<i64>>("until_at")?.map(Timestamp),
        round: u32::try_from(row.get::<i64>("round")?).map_err(|_| DbError::corrupt("a round"))?,
        at: Timestamp(row.get("changed_at")?),
    })
}

/// Writes tries, new or changed.
pub async fn put_instances<C: ConnectionTrait>(
    conn: &C,
    workspace: WorkspaceId,
    play: &str,
    instances: &[&Instance],
) -> Result<(), DbError> {
    let mut rows = Vec::with_capacity(instances.len() * 9);
    for instance in instances {
        rows.extend(values![
            i64::from(workspace.0),
            play,
            instance.id.as_str(),
            instance.owner.0.as_str(),
            instance.state.slug(),
            instance.progress,
            instance.opened_at.0,
            instance.next_at.map(|at| at.0),
            written("a try", instance)?,
        ]);
    }
    let head = "insert into play_instance (workspace_id, play, id, owner, state, progress, opened_at, next_at, body)";
    let tail =
        "on conflict (workspace_id, play, id) do update set state = excluded.state, progress = excluded.progress,
        next_at = excluded.next_at, body = excluded.body";
    conn.insert_rows(head, 9, rows, tail).await?;
    Ok(())
}

/// Writes what people did, and what changed of what they got.
pub async fn put_people<C: ConnectionTrait>(
    conn: &C,
    workspace: WorkspaceId,
    play: &str,
    people: &[(&Subject, &Person)],
    at: Timestamp,
) -> Result<(), DbError> {
    let mut rows = Vec::with_capacity(people.len() * 4);
    let mut grants: Vec<Value> = Vec::new();
    for (subject, person) in people {
        let body = written("a participant", person)?;
        rows.extend(values![i64::from(workspace.0), play, subject.0.as_str(), body]);
        for grant in person.grants.iter().filter(|grant| grant.at == at) {
            grants.extend(values![
                i64::from(workspace.0),
                play,
                subject.0.as_str(),
                grant.reward.as_str(),
                grant.period.as_str(),
                grant.instance.as_str(),
                grant.cost_fen,
                grant.state.slug(),
                grant.until.map(|until| until.0),
                grant.round,
                grant.at.0,
            ]);
        }
    }
    let head = "insert into play_person (workspace_id, play, subject, body)";
    conn.insert_rows(head, 4, rows, "on conflict (workspace_id, play, subject) do update set body = excluded.body")
        .await?;
    let head = format!("insert into play_grant (workspace_id, play, subject, {GRANT})");
    let tail = "on conflict (workspace_id, play, subject, reward, period) do update set instance = excluded.instance,
        cost_fen = excluded.cost_fen, state = excluded.state, until_at = excluded.until_at, round = excluded.round,
        changed_at = excluded.changed_at";
    conn.insert_rows(&head, 11, grants, tail).await?;
    Ok(())
}

/// Adds transfers. One that is there already is a mistake of ours, and nothing of its batch is stored.
pub async fn add_transfers<C: ConnectionTrait>(
    conn: &C,
    workspace: WorkspaceId,
    play: &str,
    transfers: &[Transfer],
    at: Timestamp,
) -> Result<(), DbError> {
    let row = |transfer: &Transfer| {
        values![
            i64::from(workspace.0),
            play,
            transfer.id.as_str(),
            transfer.op.slug(),
            transfer.reward.as_str(),
            transfer.subject.0.as_str(),
            transfer.fen,
            at.0,
        ]
    };
    let head = "insert into play_transfer (workspace_id, play, id, op, reward, subject, fen, made_at)";
    conn.insert_rows(head, 8, transfers.iter().flat_map(row).collect(), "").await?;
    Ok(())
}

/// A reward and whose it is.
pub type Owned = (Subject, Grant);

/// The latest rewards of a play behind one, as they changed.
pub async fn grants_before<C: ConnectionTrait>(
    conn: &C,
    workspace: WorkspaceId,
    play: &str,
    before: Option<(Timestamp, String)>,
    limit: usize,
) -> Result<Vec<Owned>, DbError> {
    let (at, key) = before.unwrap_or((Timestamp(i64::MAX), String::new()));
    let sql = format!(
        "select subject, {GRANT} from play_grant where workspace_id = $1 and play = $2 and (changed_at < $3
         or (changed_at = $3 and subject || '/' || reward || '/' || period < $4))
         order by changed_at desc, subject || '/' || reward || '/' || period desc limit $5"
    );
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let rows = conn.all(&sql, values![i64::from(workspace.0), play, at.0, key, limit]).await?;
    rows.iter().map(|row| Ok((Subject(row.get("subject")?), grant(row)?))).collect()
}

/// What the transfers of one reward and op add up to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sum {
    /// Which reward.
    pub reward: String,
    /// Which op, by its stored word.
    pub op: String,
    /// How many.
    pub units: i64,
    /// How much money.
    pub fen: i64,
}

/// What the transfers of a play add up to.
pub async fn transferred<C: ConnectionTrait>(
    conn: &C,
    workspace: WorkspaceId,
    play: &str,
) -> Result<Vec<Sum>, DbError> {
    let sql = "select reward, op, count(*) as units, cast(sum(fen) as bigint) as fen from play_transfer
        where workspace_id = $1 and play = $2 group by reward, op order by reward, op";
    let rows = conn.all(sql, values![i64::from(workspace.0), play]).await?;
    let sum = |row: &QueryResult| {
        Ok(Sum { reward: row.get("reward")?, op: row.get("op")?, units: row.get("units")?, fen: row.get("fen")? })
    };
    rows.iter().map(sum).collect()
}
