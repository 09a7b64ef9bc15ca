//! The cheapest way of a bounded number of hops: two searches grow towards each other, a hop at a time, the cheaper one by
//! the ties it would have to look at.
//!
//! After `a` hops from one end and `b` from the other every way of up to `a + b` hops has been seen, for each has somebody
//! on it who is at most `a` from the one and `b` from the other. What cannot lead to a cheaper way than the best one seen
//! is not followed: a way that has not been seen goes through the latest hop of the other side, and so costs at least what is
//! the least there.

use rustc_hash::{FxHashMap, FxHashSet};

use super::{Acquaintance, HOP_COST};

/// What a search must keep to.
pub(super) struct Rules<'a> {
    /// At most so many hops.
    pub hops_max: usize,
    /// Not through these people.
    pub avoid: &'a FxHashSet<u32>,
    /// What it costs to go through somebody, beside the ties.
    pub extra: &'a FxHashMap<u32, f64>,
    /// Whether the tie between the two ends themselves may be used.
    pub direct: bool,
}

/// Why a search ended without all it wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct TooWide;

/// Somebody who was reached, from whom, and at what cost.
#[derive(Clone, Copy)]
struct Label {
    node: u32,
    cost: f64,
    /// The label it was reached from; itself at the start.
    nearer: u32,
}

/// One of the two searches.
struct Side {
    labels: Vec<Label>,
    /// The cheapest label of everybody who was reached.
    best: FxHashMap<u32, u32>,
    /// Where the labels of the latest hop begin.
    edge: usize,
    hops: usize,
    forward: bool,
}

impl Side {
    fn new(start: u32, forward: bool) -> Self {
        let labels = vec![Label { node: start, cost: 0.0, nearer: 0 }];
        Self { labels, best: FxHashMap::from_iter([(start, 0)]), edge: 0, hops: 0, forward }
    }

    /// The cheapest label at the edge; nothing when there is none.
    fn least(&self) -> f64 {
        self.labels[self.edge..].iter().map(|label| label.cost).fold(f64::INFINITY, f64::min)
    }

    fn ties(&self, net: &impl Acquaintance) -> u64 {
        self.labels[self.edge..].iter().map(|label| net.degree(label.node) as u64).sum()
    }

    fn back(&self, mut at: u32) -> Vec<u32> {
        let mut nodes = vec![self.labels[at as usize].node];
        while at != 0 {
            at = self.labels[at as usize].nearer;
            nodes.push(self.labels[at as usize].node);
        }
        nodes
    }
}

/// The best way seen: its cost, and the labels of the two sides where they meet.
struct Meeting {
    cost: f64,
    near: u32,
    far: u32,
}

/// What is still to be paid at the very least.
#[derive(Clone, Copy)]
struct Bound {
    /// By whoever meets the other side at once.
    meeting: f64,
    /// By whoever goes on; no end of it after the last hop.
    onwards: f64,
}

struct Search<'a, N> {
    net: &'a N,
    rules: &'a Rules<'a>,
    ends: (u32, u32),
    best: Meeting,
    scan_left: &'a mut u64,
}

/// The cheapest way from one to the other, with both ends; nothing when there is none. Costs are positive, so nobody is on
/// it twice.
pub(super) fn cheapest<N: Acquaintance>(
    net: &N,
    from: u32,
    to: u32,
    rules: &Rules<'_>,
    scan_left: &mut u64,
) -> Result<Option<Vec<u32>>, TooWide> {
    let best = Meeting { cost: f64::INFINITY, near: 0, far: 0 };
    let mut search = Search { net, rules, ends: (from, to), best, scan_left };
    let (mut near, mut far) = (Side::new(from, true), Side::new(to, false));
    while near.hops + far.hops < rules.hops_max {
        let open = near.least() + far.least() + HOP_COST;
        if open >= search.best.cost {
            break;
        }
        if near.ties(net) <= far.ties(net) {
            search.widen(&mut near, &far)?;
        } else {
            search.widen(&mut far, &near)?;
        }
    }
    if search.best.cost.is_infinite() {
        return Ok(None);
    }
    let mut way = near.back(search.best.near);
    way.reverse();
    way.extend(far.back(search.best.far).into_iter().skip(1));
    Ok(Some(way))
}

impl<N: Acquaintance> Search<'_, N> {
    fn widen(&mut self, side: &mut Side, other: &Side) -> Result<(), TooWide> {
        let (begin, end) = (side.edge, side.labels.len());
        let other_least = other.least();
        side.edge = end;
        side.hops += 1;
        // After the last hop nobody goes on from whoever is reached.
        let onwards = if side.hops + other.hops < self.rules.hops_max { other_least + HOP_COST } else { f64::INFINITY };
        let bound = Bound { meeting: other_least, onwards };
        // The cheap ones first: the better the best way seen, the fewer of the others are followed.
        let mut edge: Vec<u32> = (begin as u32..end as u32).collect();
        edge.sort_unstable_by(|a, b| side.labels[*a as usize].cost.total_cmp(&side.labels[*b as usize].cost));
        for at in edge {
            let label = side.labels[at as usize];
            if label.cost + other_least + HOP_COST >= self.best.cost {
                continue;
            }
            *self.scan_left = self.scan_left.checked_sub(self.net.degree(label.node) as u64).ok_or(TooWide)?;
            if side.forward {
                for (next, cost) in self.net.asks(label.node) {
                    self.reach(side, other, bound, at, next, cost);
                }
            } else {
                for (next, cost) in self.net.asked_by(label.node) {
                    self.reach(side, other, bound, at, next, cost);
                }
            }
        }
        Ok(())
    }

    #[inline]
    fn reach(&mut self, side: &mut Side, other: &Side, bound: Bound, at: u32, next: u32, cost: f64) {
        let from = side.labels[at as usize];
        if from.cost + cost + bound.meeting >= self.best.cost {
            return;
        }
        let (start, end) = if side.forward { self.ends } else { (self.ends.1, self.ends.0) };
        let forbidden = next == start || (!self.rules.direct && from.node == start && next == end);
        if forbidden || (!self.rules.avoid.is_empty() && self.rules.avoid.contains(&next)) {
            return;
        }
        let extra = if self.rules.extra.is_empty() || next == end {
            0.0
        } else {
            self.rules.extra.get(&next).copied().unwrap_or(0.0)
        };
        let label = Label { node: next, cost: from.cost + cost + extra, nearer: at };
        let place = side.labels.len() as u32;
        if label.cost + bound.onwards >= self.best.cost {
            // Only worth having if the other side is there already.
            if self.meet(side.forward, other, label, extra, place) {
                side.labels.push(label);
            }
            return;
        }
        let mine = side.best.entry(next).or_insert(place);
        if *mine == place {
            side.labels.push(label);
        } else if side.labels[*mine as usize].cost <= label.cost {
            return;
        } else if *mine as usize >= side.edge {
            side.labels[*mine as usize] = label;
        } else {
            // The dearer way of fewer hops stays: others were reached by it.
            *mine = place;
            side.labels.push(label);
        }
        let mine = *mine;
        self.meet(side.forward, other, label, extra, mine);
    }

    /// Whether the other side is there too, and the way over this label is the best one seen.
    fn meet(&mut self, forward: bool, other: &Side, label: Label, extra: f64, mine: u32) -> bool {
        let Some(&theirs) = other.best.get(&label.node) else { return false };
        // Both sides paid for going through the one they meet at.
        let whole = label.cost + other.labels[theirs as usize].cost - extra;
        let better = whole < self.best.cost;
        if better {
            let (near, far) = if forward { (mine, theirs) } else { (theirs, mine) };
            self.best = Meeting { cost: whole, near, far };
        }
        better
    }
}
