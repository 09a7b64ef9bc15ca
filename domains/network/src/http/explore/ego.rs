//! `GET /api/v1/network/ego`

use axum::{
    extract::State,
    response::{IntoResponse, Response},
};
use kernel::{ErrorCode, Handle, PersonId, Scope, Timestamp, UnitId, WorkspaceId};
use rustc_hash::FxHashSet;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use web::{CanReadNetwork, Csv, Format, Json, Limit, Problem, Query};

use crate::{
    Slice,
    http::naming::{Mentioned, Names, UnitBrief},
    model::Network,
    rules::{
        ego::{CIRCLES_MAX, Ego, Growing, Neighbour, Period},
        graph::Graph,
        ties::Tie,
    },
    subscribe::LiveNetwork,
};

#[derive(Clone, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(in crate::http) struct EgoQuery {
    /// Whose surroundings: `p42`, `user:<id>` or `anonymous:<id>`.
    person: String,
    /// How many circles, 1 to 4.
    #[param(minimum = 1, maximum = 4)]
    circles: Option<u32>,
    /// People a circle; the strongest ties come first.
    #[serde(default)]
    #[param(inline)]
    limit: Limit<24, 300>,
    /// Only ties that were alive at or after this time.
    #[param(value_type = Option<String>, format = DateTime)]
    from: Option<Timestamp>,
    /// Only ties that were alive before this time.
    #[param(value_type = Option<String>, format = DateTime)]
    to: Option<Timestamp>,
    /// Only people below the roots of this unit.
    #[param(value_type = Option<String>)]
    unit: Option<UnitId>,
    /// Only fans (true), or only visitors (false).
    is_fan: Option<bool>,
    /// Only people who paid (true), or who did not yet (false).
    has_paid: Option<bool>,
    /// Only people who bear this tag, by its id.
    tag: Option<String>,
    /// Answer only when the fact at this offset has been folded.
    wait_offset: Option<u64>,
    #[serde(default)]
    #[param(inline)]
    format: Format,
}

/// A person's surroundings, circle by circle. People outside the caller's scope are not in them.
#[derive(Serialize, ToSchema)]
pub(in crate::http) struct EgoView {
    #[schema(value_type = String, format = DateTime)]
    as_of: Timestamp,
    /// The person asked about, then circle by circle, the strongest first.
    people: Vec<EgoPerson>,
    /// Ties among them, each once.
    ties: Vec<EgoTie>,
    circles: Vec<EgoCircle>,
}

/// Somebody in the surroundings.
#[derive(Serialize, ToSchema)]
pub(in crate::http) struct EgoPerson {
    #[schema(value_type = String)]
    person: PersonId,
    name: Option<String>,
    /// Hops from the person asked about.
    circle: u32,
    /// Whom they hang on in the circle before; themselves for the person asked about.
    #[schema(value_type = String)]
    through: PersonId,
    /// The chance that they answer to that one, from 0 to 1.
    chance: f64,
    unit: Option<UnitBrief>,
    is_fan: bool,
    /// Most people they brought in one campaign, directly or not.
    reach: u32,
    /// In how many campaigns they have a place.
    campaigns: u32,
    /// Orders they paid.
    orders: u64,
    /// People next to them who are not shown; null for who sees a part of the brand alone.
    more: Option<u32>,
}

/// What ties two of them.
#[derive(Serialize, ToSchema)]
pub(in crate::http) struct EgoTie {
    #[schema(value_type = String)]
    a: PersonId,
    #[schema(value_type = String)]
    b: PersonId,
    /// How often they touched, either way.
    count: u32,
    /// The chance that the one answers to the other; the better of both ways.
    chance: f64,
    #[schema(value_type = String, format = DateTime)]
    first_at: Timestamp,
    #[schema(value_type = String, format = DateTime)]
    last_at: Timestamp,
}

/// One circle in numbers.
#[derive(Serialize, ToSchema)]
pub(in crate::http) struct EgoCircle {
    /// From 1.
    circle: u32,
    shown: u32,
    /// People who match as well and are not shown.
    more: u32,
    /// False when there were too many ties to look at all of them: then there are at least so many.
    is_exact: bool,
}

/// A person's surroundings
///
/// Whom they are tied to over all campaigns, whom those are tied to, and so on, the strongest ties first.
#[utoipa::path(
    get, path = "/api/v1/network/ego", tag = "network", operation_id = "network.ego.read",
    params(EgoQuery),
    responses(
        (status = 200, body = EgoView),
        (status = 404, description = "No such person or unit in the caller's scope, or no such tag"),
        (status = 422, description = "There are 1 to 4 circles"),
    ),
    extensions(("x-permission" = json!("read_network"))),
)]
pub(in crate::http) async fn ego(
    caller: CanReadNetwork,
    State(slice): State<Slice>,
    Query(query): Query<EgoQuery>,
) -> Result<Response, Problem> {
    let circles = query.circles.unwrap_or(2);
    if !(1..=CIRCLES_MAX).contains(&circles) {
        return Err(Problem::invalid("circles", "there are 1 to 4 circles"));
    }
    let live = slice.live(caller.workspace, query.wait_offset).await?;
    let handle = slice.handle(caller.workspace, &query.person).await?;
    let wearers = slice.wearers(caller.workspace, query.tag.as_deref(), &live).await?;
    let seeing = Seeing { scope: caller.scope.clone(), wearers, query: query.clone() };
    if seeing.unit_is_foreign() {
        return Err(ErrorCode::NotFound.into());
    }
    let found = live.read(|network| {
        let person = network.people().person(handle);
        let has_ties = network.ties().degree(network.people(), person) > 0;
        let is_seen = !network.standings(person, &caller.scope, 0).campaigns.is_empty();
        (is_seen || (caller.scope.is_all() && has_ties)).then_some(person)
    });
    let person = found.ok_or(ErrorCode::NotFound)?;
    let as_of = slice.clock.now();
    let graph = live.graph().await.map_err(Problem::unavailable)?;
    let (walked, network) = (graph.clone(), live.clone());
    let grow = move || surroundings(&walked, &network, person, &seeing, (circles, as_of));
    let (ego, facts) = tokio::task::spawn_blocking(grow).await.map_err(Problem::unavailable)?;

    let mut mentioned = Mentioned::default();
    live.read(|network| facts.iter().for_each(|(person, _)| mentioned.add(network.people(), *person)));
    let names = mentioned.look_up(&slice, caller.workspace).await?;
    let view = view(&graph, &ego, &facts, &names, (as_of, caller.scope.is_all()));
    Ok(match query.format {
        Format::Json => Json(view).into_response(),
        Format::Csv => csv(&view).into_response(),
    })
}

impl Slice {
    /// Everybody who bears a tag, if one is asked for, by the names of this moment.
    async fn wearers(
        &self,
        workspace: WorkspaceId,
        tag: Option<&str>,
        live: &LiveNetwork,
    ) -> Result<Option<FxHashSet<Handle>>, Problem> {
        let Some(tag) = tag.map(str::trim).filter(|tag| !tag.is_empty()) else { return Ok(None) };
        let found = self.directory.who_wears(workspace, tag).await.map_err(Problem::unavailable)?;
        let handles = found.ok_or(ErrorCode::NotFound)?;
        Ok(Some(live.read(|network| handles.iter().map(|handle| network.people().person(*handle)).collect())))
    }
}

/// What a caller may see, and wants to.
struct Seeing {
    scope: Scope,
    /// Who bears the tag that is asked for.
    wearers: Option<FxHashSet<Handle>>,
    query: EgoQuery,
}

/// What is told of a person.
#[derive(Clone, Default)]
struct Facts {
    unit: Option<UnitId>,
    is_fan: bool,
    reach: u32,
    campaigns: u32,
    orders: u64,
}

impl Seeing {
    fn unit_is_foreign(&self) -> bool {
        match (&self.query.unit, &self.scope) {
            (None, _) | (Some(_), Scope::All) => false,
            (Some(unit), Scope::Units(units)) => !units.contains(unit),
            (Some(_), Scope::Own(_)) => true,
        }
    }

    fn fits(&self, network: &Network, person: Handle) -> bool {
        let EgoQuery { unit, is_fan, has_paid, .. } = &self.query;
        let sees_all = self.scope.is_all() && unit.is_none() && has_paid.is_none();
        if self.wearers.as_ref().is_some_and(|wearers| !wearers.contains(&person)) {
            return false;
        }
        if is_fan.is_some_and(|is_fan| network.people().is_fan(person) != is_fan) {
            return false;
        }
        if sees_all {
            return true;
        }
        let places = network.standings(person, &self.scope, 0).campaigns;
        let seen = self.scope.is_all() || !places.is_empty();
        let owned = |unit: &UnitId| {
            places.iter().any(|place| place.standing.tree.is_some_and(|tree| tree.owner.unit.as_ref() == Some(unit)))
        };
        let paid = || places.iter().any(|place| place.standing.orders.count > 0);
        seen && unit.as_ref().is_none_or(owned) && has_paid.is_none_or(|has_paid| paid() == has_paid)
    }

    fn facts(&self, network: &Network, person: Handle) -> Facts {
        let found = network.standings(person, &self.scope, 0);
        let unit = found.campaigns.iter().find_map(|place| place.standing.tree?.owner.unit.clone());
        Facts {
            unit,
            is_fan: found.is_fan,
            reach: found.campaigns.iter().map(|place| place.standing.reach).max().unwrap_or(0),
            campaigns: found.campaigns.iter().filter(|place| place.standing.tree.is_some()).count() as u32,
            orders: found.campaigns.iter().map(|place| place.standing.orders.count).sum(),
        }
    }
}

/// Grows circle by circle. The network is asked about some people at a time, never for long.
fn surroundings(
    graph: &Graph,
    live: &LiveNetwork,
    person: Handle,
    seeing: &Seeing,
    (circles, as_of): (u32, Timestamp),
) -> (Ego, Vec<(Handle, Facts)>) {
    let period = Period { from: seeing.query.from, to: seeing.query.to };
    let ego = match graph.node(person) {
        None => None,
        Some(node) => {
            let mut growing = Growing::from(graph, node, period, as_of);
            for _ in 0..circles {
                let grew = growing.grow(seeing.query.limit.get(), |persons| {
                    live.read(|network| persons.iter().map(|person| seeing.fits(network, *person)).collect())
                });
                if !grew {
                    break;
                }
            }
            Some(growing.done())
        }
    };
    // Who was never touched has a place perhaps, and nobody around.
    let ego = ego.unwrap_or_default();
    let people = if ego.people.is_empty() {
        vec![person]
    } else {
        ego.people.iter().map(|neighbour| graph.person(neighbour.node)).collect()
    };
    let facts = people.chunks(256).flat_map(|some| {
        live.read(|network| some.iter().map(|person| (*person, seeing.facts(network, *person))).collect::<Vec<_>>())
    });
    let facts = facts.collect();
    (ego, facts)
}

fn view(
    graph: &Graph,
    ego: &Ego,
    facts: &[(Handle, Facts)],
    names: &Names,
    (as_of, sees_all): (Timestamp, bool),
) -> EgoView {
    let alone = Neighbour { node: u32::MAX, circle: 0, through: u32::MAX, chance: 1.0, more: 0 };
    let people = facts.iter().enumerate().map(|(place, (person, facts))| {
        let neighbour = ego.people.get(place).unwrap_or(&alone);
        let through = if neighbour.circle == 0 { *person } else { graph.person(neighbour.through) };
        EgoPerson {
            person: PersonId(*person),
            name: names.person(*person),
            circle: neighbour.circle,
            through: PersonId(through),
            chance: neighbour.chance,
            unit: names.unit(facts.unit.as_ref()),
            is_fan: facts.is_fan,
            reach: facts.reach,
            campaigns: facts.campaigns,
            orders: facts.orders,
            more: sees_all.then_some(neighbour.more),
        }
    });
    let tie = |(a, b, tie): &(u32, u32, Tie)| EgoTie {
        a: PersonId(graph.person(*a)),
        b: PersonId(graph.person(*b)),
        count: tie.count,
        chance: tie.chance(as_of).max(tie.turned().chance(as_of)),
        first_at: tie.first_at,
        last_at: tie.last_at,
    };
    let circles = ego.rings.iter().zip(1..).map(|(ring, circle)| EgoCircle {
        circle,
        shown: ring.shown,
        more: ring.more,
        is_exact: ring.is_exact,
    });
    EgoView { as_of, people: people.collect(), ties: ego.ties.iter().map(tie).collect(), circles: circles.collect() }
}

fn csv(view: &EgoView) -> Csv {
    let columns =
        ["circle", "person", "name", "through", "chance", "unit", "fan", "reach", "campaigns", "orders", "more"];
    let mut csv = Csv::new("surroundings", &columns);
    for person in &view.people {
        csv.line([
            person.circle.into(),
            person.person.to_string().into(),
            person.name.clone().into(),
            person.through.to_string().into(),
            person.chance.into(),
            person.unit.as_ref().map(|unit| unit.name.clone()).into(),
            person.is_fan.into(),
            person.reach.into(),
            person.campaigns.into(),
            person.orders.into(),
            person.more.into(),
        ]);
    }
    csv
}
