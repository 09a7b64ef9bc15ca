//! `GET /api/v1/campaigns`

use std::collections::BTreeSet;

use axum::extract::State;
use kernel::{CampaignId, Timestamp};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use web::{CanReadCampaigns, Json, Limit, Page, Problem, Query};

use crate::{
    Slice,
    rules::cascade::Totals,
    store::{self, Campaign},
    subscribe::LiveNetwork,
};

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct ListQuery {
    /// `next` of the page before.
    after: Option<String>,
    #[serde(default)]
    #[param(inline)]
    limit: Limit<50, 1000>,
}

/// A campaign and what it has brought, counted over the roots the caller may see.
#[derive(Serialize, ToSchema)]
pub(super) struct CampaignRow {
    #[schema(value_type = String)]
    id: CampaignId,
    name: String,
    #[schema(value_type = Option<String>, format = DateTime)]
    starts_at: Option<Timestamp>,
    #[schema(value_type = Option<String>, format = DateTime)]
    ends_at: Option<Timestamp>,
    #[schema(value_type = String, format = DateTime)]
    created_at: Timestamp,
    /// Everybody in the cascades, the roots included.
    people: u64,
    /// Those of them who left phone and WeChat id.
    fans: u64,
    /// People who were brought by somebody.
    hops: u64,
    /// Circles round the roots; share levels are one more.
    depth_max: u32,
    /// Roots the caller may see.
    roots: u32,
}

impl CampaignRow {
    pub(super) fn of(campaign: Campaign, totals: &Totals) -> Self {
        Self {
            id: campaign.id,
            name: campaign.name,
            starts_at: campaign.starts_at,
            ends_at: campaign.ends_at,
            created_at: campaign.created_at,
            people: totals.people,
            fans: totals.fans,
            hops: totals.hops,
            depth_max: totals.depth_max,
            roots: totals.roots,
        }
    }
}

/// Campaigns, the newest first
#[utoipa::path(
    get, path = "/api/v1/campaigns", tag = "network", operation_id = "network.campaign.list",
    params(ListQuery),
    responses((status = 200, body = Page<CampaignRow>)),
    extensions(("x-permission" = json!("read_campaigns"))),
)]
pub(super) async fn list(
    caller: CanReadCampaigns,
    State(slice): State<Slice>,
    Query(query): Query<ListQuery>,
) -> Result<Json<Page<CampaignRow>>, Problem> {
    let live = slice.live(caller.workspace, None).await?;
    let set_up =
        store::campaigns_in_workspace(slice.records.reads(), caller.workspace).await.map_err(Problem::unavailable)?;
    let mut campaigns = with_unnamed(set_up, &live, &slice);
    if let Some(after) = &query.after {
        let position = campaigns.iter().position(|campaign| campaign.id.as_str() == after);
        campaigns.drain(..position.map_or(0, |position| position + 1));
    }
    let limit = query.limit.get();
    campaigns.truncate(limit + 1);
    let rows = live.read(|network| {
        let row = |campaign: Campaign| {
            let totals = network.totals(&campaign.id, &caller.scope).unwrap_or_default();
            CampaignRow::of(campaign, &totals)
        };
        campaigns.into_iter().map(row).collect()
    });
    Ok(Json(Page::cut(rows, limit, |row: &CampaignRow| row.id.to_string())))
}

/// Campaigns that only facts name are listed too, behind those that were set up.
fn with_unnamed(mut campaigns: Vec<Campaign>, live: &LiveNetwork, slice: &Slice) -> Vec<Campaign> {
    let known: BTreeSet<CampaignId> = campaigns.iter().map(|campaign| campaign.id.clone()).collect();
    let heard = live.read(|network| {
        let unnamed = network.campaigns().iter().filter(|campaign| !known.contains(&campaign.id));
        unnamed.map(|campaign| (campaign.id.clone(), campaign.cascade.span())).collect::<Vec<_>>()
    });
    campaigns.extend(heard.into_iter().map(|(id, span)| Campaign {
        name: id.to_string(),
        id,
        starts_at: None,
        ends_at: None,
        created_at: span.map_or_else(|| slice.clock.now(), |(first, _)| first),
    }));
    campaigns
}

#[cfg(test)]
mod tests {
    use db::{Records, db_test};
    use serde_json::{Value, json};

    use crate::http::tests::{House, migrations};

    #[db_test(migrations = migrations())]
    async fn the_newest_come_first_and_those_only_facts_name_last(records: Records) {
        let house = House::new(&records).await;
        for id in ["a", "b", "c"] {
            house.post("all", "/api/v1/campaigns", &json!({"id": id, "name": id})).await;
            house.clock.advance_secs(60);
        }
        house.root("heard", "m1", "store-1").await;
        house.open("b", "x", "y").await;
        let mut pages = Vec::new();
        let mut after = String::new();
        loop {
            let page = house.get("all", &format!("/api/v1/campaigns?limit=3{after}")).await;
            pages.push(page.each("items", "id"));
            match page.json["next"].as_str() {
                Some(next) => after = format!("&after={next}"),
                None => break,
            }
        }
        assert_eq!(pages, [vec![json!("c"), json!("b"), json!("a")], vec![json!("heard")]]);
    }

    #[db_test(migrations = migrations())]
    async fn numbers_are_over_the_roots_in_scope(records: Records) {
        let house = House::new(&records).await;
        house.root("spring", "m1", "store-1").await;
        house.root("spring", "m2", "store-2").await;
        house.open("spring", "a", "m1").await;
        house.open("spring", "b", "a").await;
        house.open("spring", "waits", "nobody").await;
        house.identify("b", json!({"phone": "1", "unionid": "o"})).await;
        for (who, people, fans, hops, depth, roots) in [
            ("all", 4, 1, 2, 2, 2),
            ("both", 4, 1, 2, 2, 2),
            ("one", 3, 1, 2, 2, 1),
            ("two", 1, 0, 0, 0, 1),
            ("own", 0, 0, 0, 0, 0),
        ] {
            let list = house.get(who, "/api/v1/campaigns").await;
            let row = &list.json["items"][0];
            let told = ["people", "fans", "hops", "depth_max", "roots"].map(|field| row[field].clone());
            assert_eq!(told, [people, fans, hops, depth, roots].map(Value::from), "{who}");
        }
    }
}
