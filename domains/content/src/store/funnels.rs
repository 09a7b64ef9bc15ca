//! What came of links, put together.

use db::{ConnectionTrait, DbError, Row, Sql, Value};
use kernel::{CampaignId, Scope, WorkspaceId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{counts::counts, links::seen_by, workspace_value};
use crate::model::counts::Counts;

/// Most groups that are told.
const GROUPS_MAX: usize = 1000;

/// By what links are put together.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = FunnelBy)]
pub enum By {
    /// Links, fixed codes, live codes.
    #[default]
    Kind,
    /// Where they are put.
    Channel,
    /// The unit they belong to.
    Unit,
    /// The member of staff they belong to.
    Staff,
}

impl By {
    const fn column(self) -> &'static str {
        match self {
            Self::Kind => "kind",
            Self::Channel => "channel",
            Self::Unit => "unit",
            Self::Staff => "staff",
        }
    }
}

/// What came of the links somebody may see, by their kind, channel, unit or staff: how many links, and what came of them.
pub async fn funnels_in_workspace<C: ConnectionTrait>(
    conn: &C,
    workspace: WorkspaceId,
    scope: &Scope,
    (by, codes, campaign): (By, bool, Option<&CampaignId>),
) -> Result<Vec<(Option<String>, i64, Counts)>, DbError> {
    let (seen, known) = seen_by(scope);
    let mut values: Vec<Value> = std::iter::once(workspace_value(workspace)).chain(known).collect();
    let column = by.column();
    let codes = if codes { " and kind <> 'link'" } else { "" };
    let of_campaign = campaign.map_or_else(String::new, |campaign| {
        values.push(Value::from(campaign.as_str()));
        format!(" and campaign = ${}", values.len())
    });
    // A link joins all its days: it is counted once, they are summed.
    let sum = |what: &str| format!("cast(coalesce(sum(d.{what}), 0) as bigint) as {what}");
    let sums = ["scans", "opens", "scanned", "opened", "acted"].map(sum).join(", ");
    let sql = format!(
        "select l.{column} as grp, cast(count(distinct l.code) as bigint) as links, {sums}
        from content_link l left join content_day d on d.workspace_id = l.workspace_id and d.link = l.code
        where l.workspace_id = $1{seen}{codes}{of_campaign}
        group by l.{column} order by opened desc, links desc limit {GROUPS_MAX}"
    );
    let rows = conn.all(&sql, values).await?;
    rows.iter().map(|row| Ok((row.get("grp")?, row.get("links")?, counts(row)?))).collect()
}
