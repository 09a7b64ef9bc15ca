//! All SQL of the slice.

pub mod kocs;
pub mod reach;
pub mod rings;
pub mod studies;

use db::{ConnectionTrait, DbError, QueryResult, Row, Sql, Value, values};
use kernel::{CampaignId, Timestamp, WorkspaceId};

/// A campaign as it was set up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Campaign {
    /// Chosen by the brand, or made from the name.
    pub id: CampaignId,
    /// For people.
    pub name: String,
    /// When it begins, if that is set.
    pub starts_at: Option<Timestamp>,
    /// When it ends, if that is set.
    pub ends_at: Option<Timestamp>,
    /// When it was set up.
    pub created_at: Timestamp,
}

/// Longest list of campaigns read at once.
const CAMPAIGNS_MAX: usize = 10_000;

fn campaign_at(row: &QueryResult) -> Result<Campaign, DbError> {
    let id: String = row.at(0)?;
    Ok(Campaign {
        id: id.try_into().map_err(|_| DbError::corrupt("a campaign id is not well formed"))?,
        name: row.at(1)?,
        starts_at: row.at::<Option<i64>>(2)?.map(Timestamp),
        ends_at: row.at::<Option<i64>>(3)?.map(Timestamp),
        created_at: Timestamp(row.at(4)?),
    })
}

/// Campaigns of a workspace, the newest first.
pub async fn campaigns_in_workspace<C: ConnectionTrait>(
    conn: &C,
    workspace: WorkspaceId,
) -> Result<Vec<Campaign>, DbError> {
    let sql = format!(
        "select id, name, starts_at, ends_at, created_at from network_campaign where workspace_id = $1 \
         order by created_at desc, id limit {CAMPAIGNS_MAX}"
    );
    conn.all(&sql, values![i64::from(workspace.0)]).await?.iter().map(campaign_at).collect()
}

/// One campaign of a workspace.
pub async fn campaign_in_workspace<C: ConnectionTrait>(
    conn: &C,
    workspace: WorkspaceId,
    id: &CampaignId,
) -> Result<Option<Campaign>, DbError> {
    let sql =
        "select id, name, starts_at, ends_at, created_at from network_campaign where workspace_id = $1 and id = $2";
    conn.one(sql, values![i64::from(workspace.0), id.as_str()]).await?.as_ref().map(campaign_at).transpose()
}

/// Which of these campaigns exist, as (workspace, id).
pub async fn existing<C: ConnectionTrait>(
    conn: &C,
    asked: &[(WorkspaceId, CampaignId)],
) -> Result<Vec<(WorkspaceId, CampaignId)>, DbError> {
    let list = asked.iter().flat_map(|(workspace, id)| values![i64::from(workspace.0), id.as_str()]).collect();
    let sql = "select workspace_id, id from network_campaign where (workspace_id, id) in (values {rows})";
    conn.all_in(sql, [], 2, list)
        .await?
        .iter()
        .map(|row| {
            let workspace = u32::try_from(row.at::<i64>(0)?).map_err(|_| DbError::corrupt("a workspace id"))?;
            let id = row.at::<String>(1)?.try_into().map_err(|_| DbError::corrupt("a campaign id"))?;
            Ok((WorkspaceId(workspace), id))
        })
        .collect()
}

/// Books new campaigns.
pub async fn insert_campaigns<C: ConnectionTrait>(
    conn: &C,
    campaigns: &[(WorkspaceId, &Campaign)],
) -> Result<(), DbError> {
    let rows: Vec<Value> = campaigns
        .iter()
        .flat_map(|(workspace, campaign)| {
            values![
                i64::from(workspace.0),
                campaign.id.as_str(),
                campaign.name.as_str(),
                campaign.starts_at.map(|at| at.0),
                campaign.ends_at.map(|at| at.0),
                campaign.created_at.0,
            ]
        })
        .collect();
    conn.insert_rows(
        "insert into network_campaign (workspace_id, id, name, starts_at, ends_at, created_at)",
        6,
        rows,
        "",
    )
    .await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use db::{Decider, Group, Records, Tx, db_test};

    use super::*;

    /// Books whatever it is given.
    struct Book;

    #[async_trait::async_trait]
    impl Decider for Book {
        type Command = (WorkspaceId, Campaign);
        type Outcome = ();

        fn name(&self) -> &'static str {
            "book"
        }

        async fn decide(&self, tx: &Tx, commands: &[Self::Command]) -> Result<Vec<()>, DbError> {
            let campaigns: Vec<_> = commands.iter().map(|(workspace, campaign)| (*workspace, campaign)).collect();
            insert_campaigns(tx, &campaigns).await?;
            Ok(vec![(); commands.len()])
        }
    }

    fn campaign(id: &str, created_at: i64, starts_at: Option<i64>) -> Campaign {
        let (id, name) = (id.parse().unwrap(), format!("名 {id}"));
        Campaign { id, name, starts_at: starts_at.map(Timestamp), ends_at: None, created_at: Timestamp(created_at) }
    }

    #[db_test(migrations = crate::MIGRATIONS)]
    async fn campaigns_are_read_back_by_their_own_workspace(records: Records) -> Result<(), DbError> {
        let (one, two) = (WorkspaceId(1), WorkspaceId(2));
        let book: Group<Book> = records.group(Book);
        let (old, new) = (campaign("a", 1, Some(-5)), campaign("b", 2, None));
        for (workspace, booked) in [(one, &old), (one, &new), (two, &old)] {
            book.submit((workspace, booked.clone())).await.unwrap();
        }
        assert!(book.submit((one, old.clone())).await.is_err(), "an id is taken once");

        let reads = records.reads();
        assert_eq!(campaigns_in_workspace(reads, one).await?, [new.clone(), old.clone()]);
        assert_eq!(campaigns_in_workspace(reads, two).await?, std::slice::from_ref(&old));
        assert_eq!(campaigns_in_workspace(reads, WorkspaceId(3)).await?, []);
        assert_eq!(campaign_in_workspace(reads, one, &new.id).await?, Some(new.clone()));
        assert_eq!(campaign_in_workspace(reads, two, &new.id).await?, None);
        let asked = [(one, new.id.clone()), (two, new.id.clone()), (two, old.id.clone())];
        let mut found = existing(reads, &asked).await?;
        found.sort();
        assert_eq!(found, [(one, new.id), (two, old.id)]);
        assert_eq!(existing(reads, &[]).await?, []);
        Ok(())
    }
}
