//! `GET /api/v1/network/dark-water`

use std::collections::BTreeMap;

use axum::{
    extract::State,
    response::{IntoResponse, Response},
};
use kernel::{PersonId, Timestamp};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use web::{CanReadNetwork, Csv, Format, Json, Limit, Problem, Query};

use super::{
    super::{
        naming::{Brief, Mentioned, UnitBrief},
        read_cascade::CampaignBrief,
        working::Working,
    },
    Called, LightsQuery,
    list::DarkReasons,
};
use crate::{
    Slice,
    rules::lights::{Dark, Reason, Survey},
};

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct DarkQuery {
    /// Only people who are dark for this reason.
    #[param(inline)]
    reason: Option<DarkReason>,
    #[serde(default)]
    #[param(inline)]
    limit: Limit<50, 10000>,
    #[serde(default)]
    #[param(inline)]
    format: Format,
}

/// Why no light reaches somebody.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum DarkReason {
    /// Tied to nobody.
    Untied,
    /// No chain of ties leads from any light to them.
    CutOff,
    /// More than five hops from every light.
    TooFar,
    /// Near enough, but the ties are too weak.
    TooFaint,
}

impl From<Reason> for DarkReason {
    fn from(reason: Reason) -> Self {
        match reason {
            Reason::Untied => Self::Untied,
            Reason::CutOff => Self::CutOff,
            Reason::TooFar => Self::TooFar,
            Reason::TooFaint => Self::TooFaint,
        }
    }
}

/// People the caller may see whom no light in their scope reaches.
#[derive(Serialize, ToSchema)]
pub(super) struct DarkWater {
    /// How many, whatever the reason asked for.
    total: u32,
    reasons: DarkReasons,
    /// Where all of them came from, the most people first.
    sources: Vec<DarkSource>,
    /// Who has most ties first.
    items: Vec<DarkRow>,
}

/// Where people in the dark came from.
#[derive(Serialize, ToSchema)]
pub(super) struct DarkSource {
    /// Null for people who are tied to nobody.
    campaign: Option<CampaignBrief>,
    /// The unit of the root they stood under first; null while they wait for a place.
    unit: Option<UnitBrief>,
    people: u32,
}

/// Somebody in the dark.
#[derive(Serialize, ToSchema)]
pub(super) struct DarkRow {
    #[schema(value_type = String)]
    person: PersonId,
    name: Option<String>,
    reason: DarkReason,
    /// How many people they are tied to.
    ties: u32,
    /// When they joined first; null while they wait for a place.
    #[schema(value_type = Option<String>, format = DateTime)]
    since: Option<Timestamp>,
    /// The campaign they came by.
    campaign: Option<CampaignBrief>,
    /// The unit of the root they stood under first.
    unit: Option<UnitBrief>,
    /// To whom their earliest tie is, if the caller may see them.
    by: Option<Brief>,
    /// A light outside the caller's scope reaches them.
    elsewhere: bool,
}

/// Dark water
///
/// Known people no light reaches: how many, who, why, and where they came from.
#[utoipa::path(
    get, path = "/api/v1/network/dark-water", tag = "network", operation_id = "network.light.dark",
    params(LightsQuery, DarkQuery),
    responses(
        (status = 200, body = DarkWater),
        (status = 202, body = Working, description = "Still being worked out"),
        (status = 404, description = "No such campaign"),
    ),
    extensions(("x-permission" = json!("read_network"))),
)]
pub(super) async fn list(
    caller: CanReadNetwork,
    State(slice): State<Slice>,
    Query(lights): Query<LightsQuery>,
    Query(query): Query<DarkQuery>,
) -> Result<Response, Problem> {
    let seen = match slice.lights(caller.workspace, &caller.scope, lights).await? {
        Ok(seen) => seen,
        Err(working) => return Ok(working.into_response()),
    };
    let survey = &seen.made.value;
    let asked = survey.dark.iter().filter(|dark| query.reason.is_none_or(|reason| reason == dark.reason.into()));
    let asked: Vec<&Dark> = asked.take(query.limit.get()).collect();
    let mut mentioned = Mentioned::default();
    seen.live.read(|network| {
        let people = asked.iter().flat_map(|dark| dark.by.into_iter().chain([dark.person]));
        people.for_each(|person| mentioned.add(network.people(), person));
    });
    let called = Called::look_up(&slice, caller.workspace, &seen, mentioned).await?;
    let items = asked.into_iter().map(|dark| row(survey, dark, &called));
    let water = DarkWater {
        total: survey.dark.len() as u32,
        reasons: DarkReasons::of(survey),
        sources: sources(survey, &called),
        items: items.collect(),
    };
    Ok(match query.format {
        Format::Json => Json(water).into_response(),
        Format::Csv => csv(&water).into_response(),
    })
}

fn campaign(survey: &Survey, place: Option<u32>, called: &Called) -> Option<CampaignBrief> {
    let id = survey.campaigns.get(place? as usize)?;
    Some(CampaignBrief { id: id.clone(), name: called.campaign(id) })
}

fn sources(survey: &Survey, called: &Called) -> Vec<DarkSource> {
    let mut counts: BTreeMap<_, (u32, &Dark)> = BTreeMap::new();
    for dark in &survey.dark {
        counts.entry((dark.campaign, survey.unit(dark.root))).or_insert((0, dark)).0 += 1;
    }
    let source = |(people, dark): (u32, &Dark)| DarkSource {
        campaign: campaign(survey, dark.campaign, called),
        unit: called.names().unit(survey.unit(dark.root)),
        people,
    };
    let mut sources: Vec<DarkSource> = counts.into_values().map(source).collect();
    sources.sort_by_key(|source| std::cmp::Reverse(source.people));
    sources
}

fn row(survey: &Survey, dark: &Dark, called: &Called) -> DarkRow {
    DarkRow {
        person: PersonId(dark.person),
        name: called.names().person(dark.person),
        reason: dark.reason.into(),
        ties: dark.ties,
        since: dark.since,
        campaign: campaign(survey, dark.campaign, called),
        unit: called.names().unit(survey.unit(dark.root)),
        by: dark.by.map(|by| called.names().brief(by, None, None)),
        elsewhere: dark.elsewhere,
    }
}

fn csv(water: &DarkWater) -> Csv {
    let columns = ["person", "name", "reason", "ties", "since", "campaign", "unit", "by", "elsewhere"];
    let mut csv = Csv::new("dark-water", &columns);
    for row in &water.items {
        let reason = match row.reason {
            DarkReason::Untied => "untied",
            DarkReason::CutOff => "cut_off",
            DarkReason::TooFar => "too_far",
            DarkReason::TooFaint => "too_faint",
        };
        csv.line([
            row.person.to_string().into(),
            row.name.clone().into(),
            reason.into(),
            row.ties.into(),
            row.since.into(),
            row.campaign.as_ref().map(|campaign| campaign.name.clone()).into(),
            row.unit.as_ref().map(|unit| unit.name.clone()).into(),
            row.by.as_ref().map(|by| by.person.to_string()).into(),
            row.elsewhere.into(),
        ]);
    }
    csv
}
