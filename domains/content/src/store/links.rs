//! Short addresses.

use db::{ConnectionTrait, DbError, Narrowed, QueryResult, Row, Sql, Value, values};
use kernel::{CampaignId, RootOwner, Scope, StaffId, Timestamp, UnitId, WorkspaceId};

use super::{anywhere, json, read, workspace_value};
use crate::model::link::{Kind, Link, State};

const COLUMNS: &str = "code, kind, name, target, campaign, unit, staff, channel, spread, is_on, expires_at, created_at,
    created_by, changed_at, revision";

fn link(row: &QueryResult) -> Result<Link, DbError> {
    fn id<T: TryFrom<String>>(row: &QueryResult, column: &str) -> Result<Option<T>, DbError> {
        let text: Option<String> = row.get(column)?;
        text.map(|text| T::try_from(text).map_err(|_| DbError::corrupt(column))).transpose()
    }
    let number: i64 = row.get("workspace_id")?;
    let workspace = u32::try_from(number).map_err(|_| DbError::corrupt("a workspace"))?;
    let kind: String = row.get("kind")?;
    let target: String = row.get("target")?;
    let owner = RootOwner {
        unit: id::<UnitId>(row, "unit")?,
        staff: id::<StaffId>(row, "staff")?,
        channel: row.get("channel")?,
    };
    let expires_at: Option<i64> = row.get("expires_at")?;
    Ok(Link {
        workspace: WorkspaceId(workspace),
        code: row.get("code")?,
        kind: Kind::of(&kind).ok_or_else(|| DbError::corrupt("a kind of link"))?,
        name: row.get("name")?,
        target: read(&target, "where a link leads")?,
        campaign: id::<CampaignId>(row, "campaign")?,
        owner,
        spread: row.get("spread")?,
        on: row.get("is_on")?,
        expires_at: expires_at.map(Timestamp),
        created_at: Timestamp(row.get("created_at")?),
        created_by: row.get("created_by")?,
        changed_at: Timestamp(row.get("changed_at")?),
        revision: row.get("revision")?,
    })
}

/// The link a code stands for, whosever it is: a browser that scanned it names nothing else.
pub async fn link_of_code<C: ConnectionTrait>(conn: &C, code: &str) -> Result<Option<Link>, DbError> {
    let sql = format!("select workspace_id, {COLUMNS} from content_link where code = $1");
    conn.one(&sql, values![code]).await?.as_ref().map(link).transpose()
}

/// A link of a workspace.
pub async fn link_in_workspace<C: ConnectionTrait>(
    conn: &C,
    workspace: WorkspaceId,
    code: &str,
) -> Result<Option<Link>, DbError> {
    let sql = format!("select workspace_id, {COLUMNS} from content_link where workspace_id = $1 and code = $2");
    conn.one(&sql, values![i64::from(workspace.0), code]).await?.as_ref().map(link).transpose()
}

/// Which links are wanted.
#[derive(Clone, Debug, Default)]
pub struct LinkFilter {
    /// Codes, or links that are none.
    pub codes: Option<bool>,
    /// With this in the name, or this code.
    pub q: Option<String>,
    /// Of this campaign.
    pub campaign: Option<CampaignId>,
    /// Of this unit.
    pub unit: Option<UnitId>,
    /// Of this member of staff.
    pub staff: Option<StaffId>,
    /// Of this channel.
    pub channel: Option<String>,
    /// That stand so, at this moment.
    pub state: Option<(State, Timestamp)>,
    /// Behind this one.
    pub after: Option<(Timestamp, String)>,
}

/// Links that somebody may see and that fit, the newest first.
pub async fn links_in_workspace<C: ConnectionTrait>(
    conn: &C,
    workspace: WorkspaceId,
    scope: &Scope,
    filter: &LinkFilter,
    limit: usize,
) -> Result<Vec<Link>, DbError> {
    let (seen, known) = seen_by(scope);
    let values: Vec<Value> = std::iter::once(workspace_value(workspace)).chain(known).collect();
    let mut sql = format!("select workspace_id, {COLUMNS} from content_link where workspace_id = $1{seen}");
    if let Some(codes) = filter.codes {
        sql += if codes { " and kind <> 'link'" } else { " and kind = 'link'" };
    }
    if let Some((state, now)) = filter.state {
        // The moment is a number and can stand in the text.
        let now = now.0;
        sql += &match state {
            State::Off => " and not is_on".to_owned(),
            State::On => format!(" and is_on and (expires_at is null or expires_at > {now})"),
            State::Expired => format!(" and is_on and expires_at <= {now}"),
        };
    }
    let q = filter.q.as_deref().map(|q| anywhere(&q.to_lowercase()));
    let mut query = Narrowed::new(sql, values)
        .by(" and (lower(name) like $n escape '\\' or code like $n escape '\\')", q)
        .by(" and campaign = $n", filter.campaign.as_ref().map(CampaignId::as_str))
        .by(" and unit = $n", filter.unit.as_ref().map(UnitId::as_str))
        .by(" and staff = $n", filter.staff.as_ref().map(StaffId::as_str))
        .by(" and channel = $n", filter.channel.as_deref());
    if let Some((at, code)) = &filter.after {
        let condition = format!(" and (created_at < {0} or (created_at = {0} and code < $n))", at.0);
        query = query.by(&condition, Some(code.as_str()));
    }
    query.first(conn, "created_at desc, code desc", limit).await?.iter().map(link).collect()
}

/// The condition on whose links somebody may see, its values being `$2` and so on.
pub fn seen_by(scope: &Scope) -> (String, Vec<Value>) {
    match scope {
        Scope::All => (String::new(), Vec::new()),
        Scope::Own(staff) => (" and staff = $2".to_owned(), values![staff.as_str()].into()),
        Scope::Units(units) if units.is_empty() => (" and 1 = 0".to_owned(), Vec::new()),
        Scope::Units(units) => {
            let places: Vec<String> = (2..units.len() + 2).map(|place| format!("${place}")).collect();
            let values = units.iter().map(|unit| Value::from(unit.as_str())).collect();
            (format!(" and unit in ({})", places.join(", ")), values)
        }
    }
}

/// Writes a link, new or changed.
pub async fn put_link<C: ConnectionTrait>(conn: &C, link: &Link) -> Result<(), DbError> {
    let row = values![
        i64::from(link.workspace.0),
        link.code.as_str(),
        link.kind.as_str(),
        link.name.as_str(),
        json(&link.target)?,
        link.campaign.as_ref().map(CampaignId::as_str),
        link.owner.unit.as_ref().map(UnitId::as_str),
        link.owner.staff.as_ref().map(StaffId::as_str),
        link.owner.channel.as_deref(),
        link.spread.as_deref(),
        link.on,
        link.expires_at.map(|at| at.0),
        link.created_at.0,
        link.created_by.as_str(),
        link.changed_at.0,
        link.revision,
    ];
    let head = format!("insert into content_link (workspace_id, {COLUMNS})");
    // Whose it is stays: what it has brought is counted to them.
    let tail = "on conflict (workspace_id, code) do update set name = excluded.name, target = excluded.target,
        is_on = excluded.is_on, expires_at = excluded.expires_at, changed_at = excluded.changed_at,
        revision = excluded.revision";
    conn.insert_rows(&head, 16, row.into(), tail).await?;
    Ok(())
}
