//! One file per endpoint.

mod answer_task;
mod change_task;
mod change_tasks;
mod create_campaign;
mod create_task;
mod decide_rings;
mod explore;
mod kocs;
mod lights;
mod list_campaigns;
mod list_rings;
mod list_starts;
mod list_tasks;
mod mint_spread;
mod naming;
mod plan_bulk;
mod read_cascade;
mod read_kocs;
mod read_paths;
mod read_person;
mod read_picture;
mod read_ring;
mod rings;
mod routes;
mod search_rings;
mod stability;
mod studies;
mod tasks;
#[cfg(test)]
mod tests;
mod working;

use std::sync::Arc;

use axum::extract::FromRef;
use kernel::{CampaignId, ErrorCode, Handle, Offset, PersonId, Scope, WorkspaceId};
use utoipa_axum::{router::OpenApiRouter, routes};
use web::{Authenticate, Problem};

use crate::{
    Slice,
    model::Network,
    store::{self, Campaign},
    subscribe::LiveNetwork,
};

#[derive(Clone, FromRef)]
pub(crate) struct Http {
    slice: Slice,
    gate: Arc<dyn Authenticate>,
}

pub(crate) fn router(slice: Slice, gate: Arc<dyn Authenticate>) -> OpenApiRouter {
    OpenApiRouter::default()
        .routes(routes!(list_campaigns::list, create_campaign::create))
        .routes(routes!(mint_spread::mint))
        .routes(routes!(read_cascade::read))
        .routes(routes!(read_kocs::list))
        .routes(routes!(kocs::board))
        .routes(routes!(explore::ego))
        .routes(routes!(explore::compare))
        .routes(routes!(kocs::set_threshold))
        .routes(routes!(read_picture::read))
        .routes(routes!(read_person::read))
        .routes(routes!(read_paths::list))
        .routes(routes!(list_rings::list))
        .routes(routes!(read_ring::read))
        .routes(routes!(search_rings::search))
        .routes(routes!(decide_rings::decide))
        .merge(lights::router())
        .merge(stability::router())
        .routes(routes!(studies::start_seeds::start))
        .routes(routes!(studies::start_forecast::start))
        .routes(routes!(studies::list::list))
        .routes(routes!(studies::read::read, studies::remove::remove))
        .routes(routes!(list_starts::list))
        .routes(routes!(list_tasks::list, create_task::create, change_tasks::change))
        .routes(routes!(list_tasks::read, change_task::change))
        .routes(routes!(answer_task::answer, answer_task::undo))
        .routes(routes!(plan_bulk::create))
        .routes(routes!(plan_bulk::read))
        .routes(routes!(plan_bulk::make))
        .with_state(Http { slice, gate })
}

impl Slice {
    /// The live network of a workspace, once it has folded the fact at `wait_offset`.
    async fn live(&self, workspace: WorkspaceId, wait_offset: Option<u64>) -> Result<Arc<LiveNetwork>, Problem> {
        self.rivers
            .wait_for(workspace, wait_offset.map(Offset))
            .await
            .map_err(|error| Problem::new(ErrorCode::NotCaughtUp).because(error))?;
        self.networks.get(workspace).ok_or_else(|| ErrorCode::NotFound.into())
    }

    /// A campaign that was set up, or that facts name although nobody set it up: it then bears its id as its name.
    async fn campaign(&self, workspace: WorkspaceId, id: &CampaignId, live: &LiveNetwork) -> Result<Campaign, Problem> {
        let found = store::campaign_in_workspace(self.records.reads(), workspace, id).await;
        if let Some(campaign) = found.map_err(Problem::unavailable)? {
            return Ok(campaign);
        }
        let heard = live.read(|network| network.campaign(id).map(|campaign| campaign.cascade.span()));
        let span = heard.ok_or_else(|| Problem::new(ErrorCode::NotFound).detail("There is no such campaign"))?;
        Ok(Campaign {
            id: id.clone(),
            name: id.to_string(),
            starts_at: None,
            ends_at: None,
            created_at: span.map_or_else(|| self.clock.now(), |(first, _)| first),
        })
    }
}

/// A root of a campaign by its name today; a root outside the scope is not there.
fn visible_root(network: &Network, campaign: &CampaignId, root: PersonId, scope: &Scope) -> Result<Handle, ErrorCode> {
    let root = network.people().person(root.0);
    let tree = network.campaign(campaign).and_then(|campaign| campaign.cascade.tree_of_root(root));
    tree.filter(|tree| scope.covers(&tree.owner)).map(|tree| tree.person).ok_or(ErrorCode::NotFound)
}
