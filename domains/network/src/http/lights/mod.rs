//! Searchlights: whom each root owner can reach. Each file is an endpoint; here stands what they share.

mod dark;
mod list;
mod list_new;
mod overlaps;
mod people;
mod read;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use kernel::{CampaignId, Offset, PersonId, Scope, WorkspaceId};
use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};
use web::Problem;

use super::{
    Http,
    naming::{Mentioned, Names, UnitBrief},
    working::{Working, ready},
};
use crate::{
    Slice,
    ops::{shelf::Made, survey::LightsAsked},
    rules::{
        lights::{BARELY, Grouping, Light, Sums, Survey, WEAK},
        people::People,
    },
    subscribe::LiveNetwork,
};

pub(super) fn router() -> OpenApiRouter<Http> {
    OpenApiRouter::default()
        .routes(routes!(list::list))
        .routes(routes!(overlaps::list))
        .routes(routes!(dark::list))
        .routes(routes!(list_new::list))
        .routes(routes!(read::read))
        .routes(routes!(people::list))
}

#[derive(Clone, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct LightsQuery {
    /// What makes roots one light: `unit` (the default), `staff`, `channel` or `campaign`.
    #[serde(default)]
    #[param(value_type = Option<String>)]
    by: Grouping,
    /// Only roots of this campaign; ties count wherever they come from.
    #[param(value_type = Option<String>)]
    campaign: Option<CampaignId>,
    /// Lit is who is reached with at least this product of chances: 0.0001 to 0.02, 0.002 when missing.
    threshold: Option<f64>,
    /// Answer only when the fact at this offset has been folded.
    wait_offset: Option<u64>,
}

/// A survey with everything that is needed to tell of it.
pub(super) struct Seen {
    pub(super) live: Arc<LiveNetwork>,
    pub(super) asked: LightsAsked,
    pub(super) made: Arc<Made<Survey>>,
}

impl Slice {
    /// The survey somebody of this scope asks for.
    pub(super) async fn lights(
        &self,
        workspace: WorkspaceId,
        scope: &Scope,
        query: LightsQuery,
    ) -> Result<Result<Seen, Working>, Problem> {
        let threshold = query.threshold.unwrap_or(f64::from(BARELY));
        if !(0.0001..=f64::from(WEAK) + 1e-9).contains(&threshold) {
            return Err(Problem::invalid("threshold", "Between 0.0001 and 0.02"));
        }
        let live = self.live(workspace, query.wait_offset).await?;
        if let Some(campaign) = &query.campaign {
            self.campaign(workspace, campaign, &live).await?;
        }
        let asked = LightsAsked {
            by: query.by,
            campaign: query.campaign,
            least_millionths: (threshold * 1e6).round() as u32,
            scope: scope.clone(),
        };
        let got = live.lights(&asked, query.wait_offset.map(Offset), self.clock.now()).await;
        Ok(ready(got)?.map(|made| Seen { live, asked, made }))
    }
}

/// A light by id and name.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(super) struct LightBrief {
    /// The id of the unit, the member of staff, the channel or the campaign; null for roots that name none.
    light: Option<String>,
    /// What it is called, where that is known.
    name: Option<String>,
    /// The unit of its roots, if all have one and the same.
    unit: Option<UnitBrief>,
    /// Its earliest root.
    #[schema(value_type = Option<String>)]
    root: Option<PersonId>,
    /// How many roots.
    roots: u32,
    /// Everybody it lights; its own roots are not among them.
    people: u32,
}

/// Names for lights.
pub(super) struct Called {
    by: Grouping,
    names: Names,
    campaigns: FxHashMap<CampaignId, String>,
}

impl Called {
    /// Looks up whatever lights of this survey are called, and everybody else who is mentioned.
    pub(super) async fn look_up(
        slice: &Slice,
        workspace: WorkspaceId,
        seen: &Seen,
        mut mentioned: Mentioned,
    ) -> Result<Self, Problem> {
        if seen.asked.by == Grouping::Staff {
            seen.live.read(|network| mention_roots(&mut mentioned, network.people(), &seen.made.value));
        }
        let names = mentioned.look_up(slice, workspace).await?;
        Ok(Self { by: seen.asked.by, names, campaigns: slice.campaign_names(workspace).await? })
    }

    pub(super) fn names(&self) -> &Names {
        &self.names
    }

    /// What a campaign is called; its id when nobody set it up.
    pub(super) fn campaign(&self, id: &CampaignId) -> String {
        self.campaigns.get(id).cloned().unwrap_or_else(|| id.to_string())
    }

    pub(super) fn light(&self, light: &Light, sums: &Sums) -> LightBrief {
        let unit = self.names.unit(light.unit.as_ref());
        let first = light.roots.first().copied();
        let name = light.key.as_ref().and_then(|key| match self.by {
            Grouping::Unit => unit.as_ref().map(|unit| unit.name.clone()),
            Grouping::Staff => first.and_then(|root| self.names.person(root)).or_else(|| Some(key.clone())),
            Grouping::Channel => Some(key.clone()),
            Grouping::Campaign => key.parse().ok().map(|id| self.campaign(&id)),
        });
        LightBrief {
            light: light.key.clone(),
            name,
            unit,
            root: first.map(PersonId),
            roots: light.roots.len() as u32,
            people: sums.people,
        }
    }
}

fn mention_roots(mentioned: &mut Mentioned, people: &People, survey: &Survey) {
    for root in survey.lights.iter().filter_map(|(light, _)| light.roots.first()) {
        mentioned.add(people, *root);
    }
}
