//! How routes are told: each person as far as the caller may see them, with the evidence in words.

use kernel::{CampaignId, Handle, PersonId, RootOwner, Scope, Timestamp, UnitId};
use rustc_hash::FxHashMap;
use serde::Serialize;
use utoipa::ToSchema;

use super::naming::{Mentioned, Names, Sentence, UnitBrief};
use crate::{
    model::Network,
    ops::plan_reach::PlannedRoute,
    rules::{
        reach::words::{self, Inside, evidence, script},
        ties::Tie,
        words::Words,
    },
};

/// One way.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(super) struct PathView {
    /// Names this route when a task is made of it.
    key: String,
    /// From the first person to the last, both included.
    hops: Vec<HopView>,
    /// How many hops.
    length: usize,
    /// The chance that everybody on it answers, 0 to 1.
    chance: f64,
    /// Whether nobody between is on a route before it: it fails for reasons of its own.
    independent: bool,
    /// What the first one asked could be told.
    script: Sentence,
}

/// One person on the way, and what ties the one before to them.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(super) struct HopView {
    /// Null for a person outside the caller's scope.
    #[schema(value_type = Option<String>)]
    pub(super) person: Option<PersonId>,
    pub(super) name: Option<String>,
    /// The unit of the root they hang under.
    pub(super) unit: Option<UnitBrief>,
    /// For a person outside the caller's scope: someone at their unit.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub(super) someone: Option<Sentence>,
    /// How often the two touched.
    ties: u32,
    /// The chance that they answer the one before, 0 to 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub(super) chance: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub(super) evidence: Option<Sentence>,
}

/// People taken out of live state, to be told once their names are known.
#[derive(Default)]
pub(super) struct Seen {
    people: FxHashMap<Handle, (bool, Option<UnitId>)>,
    campaigns: Vec<CampaignId>,
    /// What the groups are called that bind two who stand next to one another on a route.
    gatherings: FxHashMap<(Handle, Handle), String>,
    pub(super) mentioned: Mentioned,
}

impl Seen {
    /// Remembers everybody on these routes, as far as the scope goes.
    pub(super) fn of<'a>(network: &Network, routes: impl Iterator<Item = &'a PlannedRoute>, scope: &Scope) -> Self {
        let mut seen = Self {
            campaigns: network.campaigns().iter().map(|campaign| campaign.id.clone()).collect(),
            ..Self::default()
        };
        for route in routes {
            for person in &route.people {
                seen.add(network, *person, scope);
            }
            for (hop, tie) in route.people.windows(2).zip(&route.ties) {
                let Some(kind) = tie.bond.kind() else { continue };
                if let Some(name) = network.gathering(kind, hop[0], hop[1]) {
                    seen.gatherings.insert((hop[0], hop[1]), name.to_owned());
                }
            }
        }
        seen
    }

    /// Remembers one more.
    pub(super) fn add(&mut self, network: &Network, person: Handle, scope: &Scope) {
        if self.people.contains_key(&person) {
            return;
        }
        let seen = visible(network, person, scope);
        if seen {
            self.mentioned.add(network.people(), person);
        }
        self.people.insert(person, (seen, unit(network, person, scope)));
    }

    /// The names are known: routes can be told.
    pub(super) fn named<'a>(
        self,
        names: &'a Names,
        campaigns: &'a FxHashMap<CampaignId, String>,
        as_of: Timestamp,
    ) -> Telling<'a> {
        let Self { people, campaigns: ids, gatherings, .. } = self;
        Telling { people, ids, gatherings, names, campaigns, as_of }
    }
}

/// Tells routes.
pub(super) struct Telling<'a> {
    people: FxHashMap<Handle, (bool, Option<UnitId>)>,
    ids: Vec<CampaignId>,
    gatherings: FxHashMap<(Handle, Handle), String>,
    names: &'a Names,
    campaigns: &'a FxHashMap<CampaignId, String>,
    as_of: Timestamp,
}

impl Telling<'_> {
    /// One route.
    pub(super) fn route(&self, route: &PlannedRoute) -> PathView {
        PathView {
            key: route.key(),
            hops: self.hops(&route.people, &route.ties),
            length: route.ties.len(),
            chance: route.chance,
            independent: route.independent,
            script: self.script(route).into(),
        }
    }

    /// What the first one asked could be told.
    pub(super) fn script(&self, route: &PlannedRoute) -> Words {
        let called: Vec<Words> = route.people.iter().map(|person| self.called(*person)).collect();
        route.ties.first().map(|tie| script(&called, tie, self.as_of)).unwrap_or_default()
    }

    /// Its people, one by one.
    pub(super) fn hops(&self, people: &[Handle], ties: &[Tie]) -> Vec<HopView> {
        let ties = std::iter::once(None).chain(ties.iter().map(Some));
        let before = std::iter::once(None).chain(people.iter().map(Some));
        people.iter().zip(ties).zip(before).map(|((person, tie), before)| self.hop(*person, tie.zip(before))).collect()
    }

    fn hop(&self, person: Handle, tie: Option<(&Tie, &Handle)>) -> HopView {
        let evidence = |(tie, asker): (&Tie, &Handle)| {
            let names = words::Names { asker: self.called(*asker), asked: self.called(person) };
            let campaign = self.ids.get(tie.last_campaign as usize).and_then(|id| self.campaigns.get(id));
            let gathering = self.gatherings.get(&(*asker, person)).map(String::as_str);
            evidence(tie, &names, Inside { campaign: campaign.map(String::as_str), gathering }, self.as_of).into()
        };
        HopView {
            ties: tie.map_or(0, |(tie, _)| tie.count),
            chance: tie.map(|(tie, _)| tie.chance(self.as_of)),
            evidence: tie.map(evidence),
            ..self.person(person)
        }
    }

    /// A person as the caller may see them.
    pub(super) fn person(&self, person: Handle) -> HopView {
        let (visible, unit) = self.people.get(&person).cloned().unwrap_or_default();
        HopView {
            person: visible.then_some(PersonId(person)),
            name: if visible { self.names.person(person) } else { None },
            someone: (!visible).then(|| self.called(person).into()),
            unit: self.names.unit(unit.as_ref()),
            ties: 0,
            chance: None,
            evidence: None,
        }
    }

    /// What somebody is called in a sentence.
    pub(super) fn called(&self, person: Handle) -> Words {
        let (visible, unit) = self.people.get(&person).cloned().unwrap_or_default();
        if visible {
            let name = self.names.person(person).unwrap_or_else(|| PersonId(person).to_string());
            return Words::new(name.clone(), name);
        }
        let unit = self.names.unit(unit.as_ref());
        let place = |unknown: &str| unit.as_ref().map_or_else(|| unknown.to_owned(), |unit| unit.name.clone());
        Words::new(format!("{}的一位顾客", place("其他门店")), format!("someone at {}", place("another store")))
    }
}

/// Whether somebody is in scope in any campaign. Who waits for a place is seen with the whole workspace only; who was never
/// heard of, by nobody.
pub(super) fn visible(network: &Network, person: Handle, scope: &Scope) -> bool {
    let waits = || scope.is_all() && network.ties().degree(network.people(), person) > 0;
    owners(network, person).any(|owner| scope.covers(owner)) || waits()
}

/// Whom the roots belong to under which somebody hangs.
pub(super) fn owners(network: &Network, person: Handle) -> impl Iterator<Item = &RootOwner> {
    network.campaigns().iter().filter_map(move |campaign| campaign.cascade.owner_of(person))
}

/// Where somebody is at home: at a unit in scope if they are at one, else wherever.
pub(super) fn unit(network: &Network, person: Handle, scope: &Scope) -> Option<UnitId> {
    let unit = |owner: &RootOwner| owner.unit.clone();
    let near = owners(network, person).filter(|owner| scope.covers(owner)).find_map(unit);
    near.or_else(|| owners(network, person).find_map(unit))
}
