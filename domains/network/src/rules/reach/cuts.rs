//! The routes that share nobody, and on whom they hang: a flow in which everybody passes one at a time.
//!
//! Each search, from both ends at once, for one more route may take back what an earlier one used (node splitting: whoever
//! passes is entered and left once). When none is found, the people between what was still reached and what was not are the cut: as many as there are
//! routes, and without them there is none.

use rustc_hash::{FxHashMap, FxHashSet};

use super::{Acquaintance, search::TooWide};

/// More routes than this are not asked for.
pub const ROUTES_MAX: usize = 5;

/// The routes there are.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Independence {
    /// Routes that share nobody between, each with both ends, a direct tie included; the shortest first.
    pub routes: Vec<Vec<u32>>,
    /// Whether there may be more: as many as asked for were found, or there were too many ties to look at.
    pub at_least: bool,
    /// Without these people there is no way but the direct tie; empty when it is not known.
    pub cut: Vec<u32>,
}

/// Where a search stands: before somebody, or past them.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Place {
    Before(u32),
    Past(u32),
}

struct Flow<'a, N> {
    net: &'a N,
    from: u32,
    to: u32,
    avoid: &'a FxHashSet<u32>,
    /// The hops in use.
    used: FxHashSet<(u32, u32)>,
    /// Who comes before somebody who is in use.
    before: FxHashMap<u32, u32>,
    /// Who comes after somebody who is in use.
    after: FxHashMap<u32, u32>,
    scan_left: u64,
}

/// Up to `routes_max` routes from one to the other that share nobody, without the people to avoid.
#[must_use]
pub fn independence(
    net: &impl Acquaintance,
    from: u32,
    to: u32,
    avoid: &[u32],
    routes_max: usize,
    scan_max: u64,
) -> Independence {
    if from == to {
        return Independence::default();
    }
    let avoid: FxHashSet<u32> = avoid.iter().copied().filter(|node| *node != from && *node != to).collect();
    let direct = net.asks(from).any(|(other, _)| other == to);
    let mut flow = Flow {
        net,
        from,
        to,
        avoid: &avoid,
        used: FxHashSet::default(),
        before: FxHashMap::default(),
        after: FxHashMap::default(),
        scan_left: scan_max,
    };
    let mut count = usize::from(direct);
    let mut cut = None;
    while count < routes_max && cut.is_none() {
        match flow.augment() {
            Augmented::More => count += 1,
            Augmented::Cut(people) => cut = Some(people),
            Augmented::TooWide => break,
        }
    }
    let mut routes = flow.routes();
    routes.extend(direct.then(|| vec![from, to]));
    routes.sort_by(|a, b| a.len().cmp(&b.len()).then_with(|| a.cmp(b)));
    Independence { routes, at_least: cut.is_none(), cut: cut.unwrap_or_default() }
}

enum Augmented {
    More,
    Cut(Vec<u32>),
    TooWide,
}

/// One of the two searches for one more route: from where the places were come to, and those not looked at yet.
struct Side {
    came: FxHashMap<Place, Place>,
    edge: Vec<Place>,
    forward: bool,
}

impl Side {
    fn new(start: Place, forward: bool) -> Self {
        Self { came: FxHashMap::from_iter([(start, start)]), edge: vec![start], forward }
    }

    fn back(&self, mut place: Place) -> Vec<Place> {
        let mut places = vec![place];
        while let Some(&nearer) = self.came.get(&place).filter(|nearer| **nearer != place) {
            places.push(nearer);
            place = nearer;
        }
        places
    }
}

impl<N: Acquaintance> Flow<'_, N> {
    /// The routes in use.
    fn routes(&self) -> Vec<Vec<u32>> {
        let firsts = self.used.iter().filter(|(one, _)| *one == self.from).map(|(_, other)| *other);
        let onwards = |first| std::iter::successors(Some(first), |node| self.after.get(node).copied());
        firsts.map(|first| std::iter::once(self.from).chain(onwards(first)).collect()).collect()
    }

    fn augment(&mut self) -> Augmented {
        let mut near = Side::new(Place::Past(self.from), true);
        let mut far = Side::new(Place::Before(self.to), false);
        while !near.edge.is_empty() && !far.edge.is_empty() {
            let met = if near.edge.len() <= far.edge.len() {
                self.widen(&mut near, &far)
            } else {
                self.widen(&mut far, &near)
            };
            match met {
                Err(TooWide) => return Augmented::TooWide,
                Ok(None) => {}
                Ok(Some(place)) => {
                    let mut way = near.back(place);
                    way.reverse();
                    way.extend(far.back(place).into_iter().skip(1));
                    self.take(&way);
                    return Augmented::More;
                }
            }
        }
        Augmented::Cut(cut(if near.edge.is_empty() { &near } else { &far }))
    }

    fn widen(&mut self, side: &mut Side, other: &Side) -> Result<Option<Place>, TooWide> {
        let mut met = None;
        for place in std::mem::take(&mut side.edge) {
            let node = match place {
                Place::Before(node) | Place::Past(node) => node,
            };
            self.scan_left = self.scan_left.checked_sub(self.net.degree(node) as u64).ok_or(TooWide)?;
            let go = |next: Place| {
                side.came.entry(next).or_insert_with(|| {
                    side.edge.push(next);
                    place
                });
                if met.is_none() && other.came.contains_key(&next) {
                    met = Some(next);
                }
            };
            if side.forward {
                self.onwards(place, go);
            } else {
                self.backwards(place, go);
            }
            if met.is_some() {
                break;
            }
        }
        Ok(met)
    }

    fn may_pass(&self, one: u32, other: u32) -> bool {
        let direct = one == self.from && other == self.to;
        let ends = other == self.from || one == self.to;
        !direct && !ends && !self.avoid.contains(&one) && !self.avoid.contains(&other)
    }

    /// Where one can go from a place.
    fn onwards(&self, place: Place, mut go: impl FnMut(Place)) {
        match place {
            Place::Past(node) => {
                for (next, _) in self.net.asks(node).filter(|(next, _)| self.may_pass(node, *next)) {
                    go(Place::Before(next));
                }
                // Taking back that somebody in use is passed.
                if self.before.contains_key(&node) {
                    go(Place::Before(node));
                }
            }
            // Whoever is in use is passed once; one can only take back how they were come to.
            Place::Before(node) => match self.before.get(&node) {
                Some(&earlier) => go(Place::Past(earlier)),
                None => go(Place::Past(node)),
            },
        }
    }

    /// From where one can come to a place: [`Flow::onwards`] turned round.
    fn backwards(&self, place: Place, mut go: impl FnMut(Place)) {
        match place {
            Place::Before(node) => {
                for (earlier, _) in self.net.asked_by(node).filter(|(earlier, _)| self.may_pass(*earlier, node)) {
                    go(Place::Past(earlier));
                }
                if self.before.contains_key(&node) {
                    go(Place::Past(node));
                }
            }
            Place::Past(node) => match self.after.get(&node) {
                Some(&later) => go(Place::Before(later)),
                None => go(Place::Before(node)),
            },
        }
    }

    /// Uses the way that was found: what it takes back is not used any more.
    fn take(&mut self, way: &[Place]) {
        for step in way.windows(2) {
            match (step[0], step[1]) {
                (Place::Past(one), Place::Before(other)) if one != other => {
                    self.used.insert((one, other));
                }
                (Place::Before(other), Place::Past(one)) if one != other => {
                    self.used.remove(&(one, other));
                }
                _ => {}
            }
        }
        let (from, to) = (self.from, self.to);
        self.before = self.used.iter().filter(|(_, other)| *other != to).map(|&(one, other)| (other, one)).collect();
        self.after = self.used.iter().filter(|(one, _)| *one != from).copied().collect();
    }
}

/// Whom one came before, or past when it was searched from the far end, and got no farther.
fn cut(side: &Side) -> Vec<u32> {
    let stopped = |place: &Place| match *place {
        Place::Before(node) if side.forward => (!side.came.contains_key(&Place::Past(node))).then_some(node),
        Place::Past(node) if !side.forward => (!side.came.contains_key(&Place::Before(node))).then_some(node),
        _ => None,
    };
    let mut cut: Vec<u32> = side.came.keys().filter_map(stopped).collect();
    cut.sort_unstable();
    cut
}
