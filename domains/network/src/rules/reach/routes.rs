//! Routes from one person to another, the most reliable first, each as little dependent on those before as can be.

use rustc_hash::{FxHashMap, FxHashSet};

use super::{
    Acquaintance, DETOUR_HOPS, HOPS_MAX, SCAN_MAX, USED_COST,
    search::{Rules, TooWide, cheapest},
};

/// So often a route may come again before the search for another one ends.
const AGAIN_MAX: usize = 3;

/// What it costs the last alternative to go through somebody who is on all routes so far: more than any detour.
const AROUND_COST: f64 = 50.0;

/// What to look for, by node.
#[derive(Clone, Debug)]
pub struct Wanted<'a> {
    /// Who wants to reach.
    pub from: u32,
    /// Who is to be reached.
    pub to: u32,
    /// At most so many routes.
    pub limit: usize,
    /// At most so many hops; [`DETOUR_HOPS`] more for an alternative that goes round somebody.
    pub hops_max: usize,
    /// Look at no more ties than this, all routes together.
    pub scan_max: u64,
    /// People not to go through: they refused, or have left.
    pub avoid: &'a [u32],
}

impl Wanted<'_> {
    /// The best route and three alternatives.
    #[must_use]
    pub const fn new(from: u32, to: u32) -> Self {
        Self { from, to, limit: 4, hops_max: HOPS_MAX, scan_max: SCAN_MAX, avoid: &[] }
    }
}

/// A way from one person to another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Route {
    /// Everybody on it, both ends included.
    pub nodes: Vec<u32>,
    /// Whether nobody between is on a route before it.
    pub independent: bool,
}

impl Route {
    /// The people to go through.
    #[must_use]
    pub fn between(&self) -> &[u32] {
        self.nodes.get(1..self.nodes.len().saturating_sub(1)).unwrap_or_default()
    }
}

/// What was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Routes {
    /// The most reliable first.
    pub routes: Vec<Route>,
    /// False when there were too many ties to look at: there may be other routes.
    pub complete: bool,
}

/// Looks for routes. Whoever asks to reach themselves gets none.
#[must_use]
pub fn find(net: &impl Acquaintance, wanted: &Wanted<'_>) -> Routes {
    if wanted.from == wanted.to {
        return Routes { routes: Vec::new(), complete: true };
    }
    let ends = [wanted.from, wanted.to];
    let avoid: FxHashSet<u32> = wanted.avoid.iter().copied().filter(|node| !ends.contains(node)).collect();
    let mut finding = Finding {
        net,
        wanted,
        avoid: &avoid,
        extra: FxHashMap::default(),
        direct: true,
        scan_left: wanted.scan_max,
        routes: Vec::new(),
    };
    let complete = finding.run().is_ok();
    Routes { routes: finding.routes, complete }
}

struct Finding<'a, N> {
    net: &'a N,
    wanted: &'a Wanted<'a>,
    avoid: &'a FxHashSet<u32>,
    /// What it costs by now to go through those who were used.
    extra: FxHashMap<u32, f64>,
    direct: bool,
    scan_left: u64,
    routes: Vec<Route>,
}

impl<N: Acquaintance> Finding<'_, N> {
    fn run(&mut self) -> Result<(), TooWide> {
        // A route that comes again is made dearer until another one comes, but not for ever.
        for _ in 0..self.wanted.limit + AGAIN_MAX {
            if self.routes.len() == self.wanted.limit {
                break;
            }
            let mut way = self.cheapest(self.wanted.hops_max)?;
            if !self.routes.is_empty() && way.as_ref().is_none_or(|nodes| !self.will_do(nodes)) {
                for node in self.always_used() {
                    *self.extra.entry(node).or_default() += AROUND_COST;
                }
                way = self.cheapest(self.wanted.hops_max + DETOUR_HOPS)?.or(way);
            }
            let Some(nodes) = way else { break };
            self.use_up(nodes);
        }
        Ok(())
    }

    fn cheapest(&mut self, hops_max: usize) -> Result<Option<Vec<u32>>, TooWide> {
        let rules = Rules { hops_max, avoid: self.avoid, extra: &self.extra, direct: self.direct };
        cheapest(self.net, self.wanted.from, self.wanted.to, &rules, &mut self.scan_left)
    }

    /// Whether an alternative is worth having without looking for a detour: it is new, and if it is the last then
    /// whoever of the first route refuses, some alternative does without them.
    fn will_do(&self, nodes: &[u32]) -> bool {
        let last = self.routes.len() + 1 == self.wanted.limit;
        let first = self.routes.first().map(Route::between).unwrap_or_default();
        let goes_round =
            |node: &u32| !nodes.contains(node) || self.routes[1..].iter().any(|route| !route.between().contains(node));
        self.is_new(nodes) && (!last || first.iter().all(goes_round))
    }

    /// Who of the first route is on every alternative so far, once only one more is sought: it has to go round them.
    fn always_used(&self) -> Vec<u32> {
        let Some((first, alternatives)) = self.routes.split_first() else { return Vec::new() };
        let last = self.routes.len() + 1 == self.wanted.limit;
        let on_all = |node: &&u32| last && alternatives.iter().all(|route| route.between().contains(node));
        first.between().iter().filter(on_all).copied().collect()
    }

    fn is_new(&self, nodes: &[u32]) -> bool {
        self.routes.iter().all(|known| known.nodes != nodes)
    }

    fn use_up(&mut self, nodes: Vec<u32>) {
        self.direct &= nodes.len() > 2;
        let between = &nodes[1..nodes.len() - 1];
        let independent = between.iter().all(|node| !self.extra.contains_key(node));
        for node in between {
            *self.extra.entry(*node).or_default() += USED_COST;
        }
        if self.is_new(&nodes) {
            self.routes.push(Route { nodes, independent });
        }
    }
}
