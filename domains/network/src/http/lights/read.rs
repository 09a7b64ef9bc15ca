//! `GET /api/v1/network/light`

use std::collections::BTreeMap;

use axum::{
    extract::State,
    response::{IntoResponse, Response},
};
use kernel::{CampaignId, ErrorCode, Timestamp, UnitId};
use serde::{Deserialize, Serialize};
use tokio::task::spawn_blocking;
use utoipa::{IntoParams, ToSchema};
use web::{CanReadNetwork, Json, Problem, Query};

use super::{
    super::{
        naming::{Brief, Mentioned, UnitBrief},
        read_cascade::CampaignBrief,
        working::{Working, ready},
    },
    Called, LightBrief, LightsQuery, Seen,
    list::LightRow,
};
use crate::{
    Slice,
    rules::{
        ground::Ground,
        lights::{Light, Lit, Search},
    },
};

/// Roots told by name.
const ROOTS_MAX: usize = 200;

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct LightQuery {
    /// The light's id as the list tells it; without it, the light of the roots that name none.
    light: Option<String>,
}

impl LightQuery {
    pub(super) fn light(&self) -> Option<&str> {
        self.light.as_deref()
    }
}

/// One light and whom it reaches.
#[derive(Serialize, ToSchema)]
pub(super) struct LightView {
    #[serde(flatten)]
    row: LightRow,
    #[schema(value_type = String, format = DateTime)]
    as_of: Timestamp,
    /// When each number of `growth` begins.
    #[schema(value_type = Vec<String>)]
    points: Vec<Timestamp>,
    /// How long each goes on.
    step_secs: i64,
    /// Its roots, 200 at most.
    lamps: Vec<Brief>,
    /// The campaigns its roots stand in.
    campaigns: Vec<CampaignBrief>,
    /// Where the people it lights are at home, the most people first.
    homes: Vec<LitHome>,
    /// Other lights that reach some of the same people, the most people first.
    overlaps: Vec<LightOverlap>,
}

/// People a light reaches, by where they are at home.
#[derive(Serialize, ToSchema)]
pub(super) struct LitHome {
    /// Null for people outside the caller's scope, and for those whose root names no unit or who wait for a place.
    unit: Option<UnitBrief>,
    people: u32,
}

/// Another light that reaches some of the same people.
#[derive(Serialize, ToSchema)]
pub(super) struct LightOverlap {
    #[serde(flatten)]
    light: LightBrief,
    /// People both reach.
    both: u32,
    /// `both` ÷ people either reaches.
    jaccard: f64,
}

/// One searchlight
#[utoipa::path(
    get, path = "/api/v1/network/light", tag = "network", operation_id = "network.light.read",
    params(LightsQuery, LightQuery),
    responses(
        (status = 200, body = LightView),
        (status = 202, body = Working, description = "Still being worked out"),
        (status = 404, description = "No such light in the caller's scope, or no such campaign"),
    ),
    extensions(("x-permission" = json!("read_network"))),
)]
pub(super) async fn read(
    caller: CanReadNetwork,
    State(slice): State<Slice>,
    Query(lights): Query<LightsQuery>,
    Query(query): Query<LightQuery>,
) -> Result<Response, Problem> {
    let seen = match slice.lights(caller.workspace, &caller.scope, lights).await? {
        Ok(seen) => seen,
        Err(working) => return Ok(working.into_response()),
    };
    let (place, light) = seen.find(query.light())?;
    let scope = caller.scope.clone();
    let home = move |ground: &Ground, lit: &[Lit]| {
        let mut homes: BTreeMap<Option<UnitId>, u32> = BTreeMap::new();
        for lit in lit {
            let unit =
                ground.home(lit.node, &scope).and_then(|stand| ground.roots[stand.root as usize].owner.unit.clone());
            *homes.entry(unit).or_default() += 1;
        }
        homes
    };
    let homes = match seen.shine(&slice, &light, home).await? {
        Ok(homes) => homes,
        Err(working) => return Ok(working.into_response()),
    };
    let mut mentioned = Mentioned::default();
    seen.live.read(|network| {
        light.roots.iter().take(ROOTS_MAX).for_each(|root| mentioned.add(network.people(), *root));
    });
    let called = Called::look_up(&slice, caller.workspace, &seen, mentioned).await?;
    Ok(Json(view(&seen, place, &called, homes)).into_response())
}

impl Seen {
    /// A light by its id.
    pub(super) fn find(&self, id: Option<&str>) -> Result<(usize, Light), Problem> {
        let lights = &self.made.value.lights;
        let place = lights.iter().position(|(light, _)| light.key.as_deref() == id);
        place.map(|place| (place, lights[place].0.clone())).ok_or_else(|| ErrorCode::NotFound.into())
    }

    /// What `tell` makes of the people a light reaches at the moment, beside the reader's way.
    pub(super) async fn shine<T: Send + 'static>(
        &self,
        slice: &Slice,
        light: &Light,
        tell: impl FnOnce(&Ground, &[Lit]) -> T + Send + 'static,
    ) -> Result<Result<T, Working>, Problem> {
        let ground = match ready(self.live.ground(None, slice.clock.now()).await)? {
            Ok(ground) => ground,
            Err(working) => return Ok(Err(working)),
        };
        let (roots, least) = (light.roots.clone(), self.asked.least());
        let shine = move || {
            let ground = &ground.value.value;
            let lamps: Vec<u32> = roots.iter().filter_map(|root| ground.graph.node(*root)).collect();
            tell(ground, &Search::new(&ground.beams).light(&lamps, least).0)
        };
        spawn_blocking(shine).await.map(Ok).map_err(Problem::internal)
    }
}

fn view(seen: &Seen, place: usize, called: &Called, homes: BTreeMap<Option<UnitId>, u32>) -> LightView {
    let survey = &seen.made.value;
    let (light, sums) = &survey.lights[place];
    let mut homes: Vec<LitHome> =
        homes.into_iter().map(|(unit, people)| LitHome { unit: called.names().unit(unit.as_ref()), people }).collect();
    homes.sort_by_key(|home| std::cmp::Reverse(home.people));
    let here = survey.overlaps.iter().filter_map(|pair| {
        let other = match (pair.a as usize, pair.b as usize) {
            (a, b) if a == place => b,
            (a, b) if b == place => a,
            _ => return None,
        };
        Some((other, pair.both))
    });
    let mut overlaps: Vec<LightOverlap> = here
        .map(|(other, both)| {
            let (other, others) = &survey.lights[other];
            let either = sums.people + others.people - both;
            LightOverlap { light: called.light(other, others), both, jaccard: f64::from(both) / f64::from(either) }
        })
        .collect();
    overlaps.sort_by_key(|overlap| std::cmp::Reverse(overlap.both));
    let mut campaigns: Vec<&CampaignId> = survey
        .roots
        .iter()
        .filter(|root| light.roots.contains(&root.person) && seen.asked.scope.covers(&root.owner))
        .filter_map(|root| survey.campaigns.get(root.campaign as usize))
        .collect();
    campaigns.sort_unstable();
    campaigns.dedup();
    LightView {
        row: LightRow::of(light, sums, called),
        as_of: seen.made.at,
        points: survey.axis.map(|axis| axis.points().collect()).unwrap_or_default(),
        step_secs: survey.axis.map_or(0, |axis| axis.step / 1_000_000),
        lamps: light.roots.iter().take(ROOTS_MAX).map(|root| called.names().brief(*root, None, None)).collect(),
        campaigns: campaigns
            .into_iter()
            .map(|id| CampaignBrief { id: id.clone(), name: called.campaign(id) })
            .collect(),
        homes,
        overlaps,
    }
}
