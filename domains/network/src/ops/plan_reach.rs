//! Planning how to reach a person: routes, on whom they hang, and what ties the people on them.

use std::sync::Arc;

use kernel::{Handle, Timestamp};
use tokio::task::JoinError;

use crate::{
    rules::{
        graph::Graph,
        reach::{
            AsOf, HOPS_MAX,
            cuts::{Independence, ROUTES_MAX, independence},
            routes::{Wanted, find},
            together,
        },
        ties::Tie,
    },
    subscribe::LiveNetwork,
};

/// Ties looked at for one plan, in each of its two parts: some tens of milliseconds.
const SCAN_MAX: u64 = 500_000;
/// Characters of a route's key.
const KEY_CHARS: usize = 16;

/// What to plan, by any handles of the people.
#[derive(Clone, Debug)]
pub struct PlanWanted {
    /// Who wants to reach.
    pub from: Handle,
    /// Who is to be reached.
    pub to: Handle,
    /// At most so many routes.
    pub limit: usize,
    /// Not through these people; those who refused about this target are added.
    pub avoid: Vec<Handle>,
    /// The chances of which moment.
    pub as_of: Timestamp,
}

/// A route of a plan.
#[derive(Clone, Debug, PartialEq)]
pub struct PlannedRoute {
    /// Everybody on it by name, both ends included.
    pub people: Vec<Handle>,
    /// What ties each to the next, as seen from who asks.
    pub ties: Vec<Tie>,
    /// The chance that everybody on it answers.
    pub chance: f64,
    /// Whether nobody between is on a route before it.
    pub independent: bool,
}

impl PlannedRoute {
    pub(super) fn of(graph: &Graph, nodes: &[u32], independent: bool, as_of: Timestamp) -> Self {
        let tie = |hop: &[u32]| graph.tie(hop[0], hop[1]).expect("a route goes over ties");
        let ties: Vec<Tie> = nodes.windows(2).map(tie).collect();
        Self {
            people: nodes.iter().map(|node| graph.person(*node)).collect(),
            chance: together(ties.iter().map(|tie| tie.chance(as_of))),
            ties,
            independent,
        }
    }

    /// Names this route among all: the same people in the same order. Says nothing of who they are to whom may not see them.
    #[must_use]
    pub fn key(&self) -> String {
        let mut hasher = blake3::Hasher::new();
        for person in &self.people {
            hasher.update(&person.0.to_le_bytes());
        }
        hasher.finalize().to_hex()[..KEY_CHARS].to_owned()
    }
}

/// How a person can be reached.
#[derive(Clone, Debug, Default)]
pub struct Plan {
    /// The most reliable first.
    pub routes: Vec<PlannedRoute>,
    /// False when there were too many ties to look at: there may be other routes.
    pub complete: bool,
    /// So many routes share nobody, of any length.
    pub independent: usize,
    /// Whether there may be more.
    pub at_least: bool,
    /// Without these people there is no way but the direct tie.
    pub cut: Vec<Handle>,
    /// Who was left out because they said no about this target.
    pub refused: Vec<Handle>,
}

impl LiveNetwork {
    /// Plans how one person can be reached by another.
    ///
    /// # Errors
    /// When the planning was cancelled: the server is stopping.
    pub async fn plan(self: &Arc<Self>, wanted: PlanWanted) -> Result<Plan, JoinError> {
        let graph = self.graph().await?;
        let (wanted, refused) = self.read(|network| {
            let name = |person: &Handle| network.people().person(*person);
            let refused = network.reaches().refused(network.people(), wanted.to, wanted.as_of);
            let mut avoid: Vec<Handle> = wanted.avoid.iter().map(name).collect();
            avoid.extend(&refused);
            (PlanWanted { from: name(&wanted.from), to: name(&wanted.to), avoid, ..wanted }, refused)
        });
        let planned = tokio::task::spawn_blocking(move || plan(&graph, &wanted)).await?;
        Ok(Plan { refused, ..planned })
    }
}

/// Plans on a graph; the people are told by name.
#[must_use]
pub fn plan(graph: &Graph, wanted: &PlanWanted) -> Plan {
    let nodes = graph.node(wanted.from).zip(graph.node(wanted.to)).filter(|(from, to)| from != to);
    let Some((from, to)) = nodes else { return Plan { complete: true, ..Plan::default() } };
    let avoid: Vec<u32> = wanted.avoid.iter().filter_map(|person| graph.node(*person)).collect();
    let net = AsOf { graph, at: wanted.as_of };
    let asked = Wanted { from, to, limit: wanted.limit, hops_max: HOPS_MAX, scan_max: SCAN_MAX, avoid: &avoid };
    let found = find(&net, &asked);
    let Independence { routes, at_least, cut } = independence(&net, from, to, &avoid, ROUTES_MAX, SCAN_MAX);
    let routes_found = found.routes.iter();
    Plan {
        routes: routes_found
            .map(|route| PlannedRoute::of(graph, &route.nodes, route.independent, wanted.as_of))
            .collect(),
        complete: found.complete,
        independent: routes.len(),
        at_least,
        cut: cut.into_iter().map(|node| graph.person(node)).collect(),
        refused: Vec::new(),
    }
}
