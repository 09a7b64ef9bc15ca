//! How far a light shines: the best product of chances over at most so many hops.

use super::HOPS_MAX;
use crate::rules::ground::Beams;

/// Somebody a light reaches.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Lit {
    /// Who.
    pub node: u32,
    /// The best product of chances over at most five hops.
    pub chance: f32,
    /// The fewest hops that reach the threshold.
    pub circle: u8,
}

/// Ties one light looks at before it is cut short: some seconds.
const SCAN_MAX: u64 = 100_000_000;

/// Searches one light after the other over the same people, without making room for them anew.
#[derive(Debug)]
pub struct Search<'a> {
    beams: &'a Beams,
    best: Vec<f32>,
    circle: Vec<u8>,
    /// Nodes whose best was raised in the hop at hand.
    raised: Vec<bool>,
    seen: Vec<u32>,
    scan_left: u64,
}

impl<'a> Search<'a> {
    /// A search over these ties.
    #[must_use]
    pub fn new(beams: &'a Beams) -> Self {
        let people = beams.len();
        Self {
            beams,
            best: vec![0.0; people],
            circle: vec![0; people],
            raised: vec![false; people],
            seen: Vec::new(),
            scan_left: u64::MAX,
        }
    }

    /// Whom the lamps light with at least `least`, in the order they were reached, the lamps left out; and whether nothing
    /// was cut short.
    pub fn light(&mut self, lamps: &[u32], least: f32) -> (Vec<Lit>, bool) {
        self.scan_left = SCAN_MAX;
        for &lamp in lamps {
            self.best[lamp as usize] = 1.0;
        }
        let mut edge: Vec<(u32, f32)> = lamps.iter().map(|lamp| (*lamp, 1.0)).collect();
        let mut complete = true;
        for hop in 1..=HOPS_MAX {
            if edge.is_empty() {
                break;
            }
            let Some(next) = self.widen(&edge, hop as u8, least) else {
                complete = false;
                break;
            };
            edge = next;
        }
        let lit = |&node: &u32| Lit { node, chance: self.best[node as usize], circle: self.circle[node as usize] };
        let found = self.seen.iter().map(lit).collect();
        for node in self.seen.drain(..).chain(lamps.iter().copied()) {
            self.best[node as usize] = 0.0;
        }
        (found, complete)
    }

    /// One hop further from everybody whose best was raised in the hop before. What they pass on is what they had then: a
    /// raise of this hop counts for the next.
    fn widen(&mut self, edge: &[(u32, f32)], hop: u8, least: f32) -> Option<Vec<(u32, f32)>> {
        let mut next: Vec<(u32, f32)> = Vec::new();
        for &(node, so_far) in edge {
            let ends = self.beams.from(node);
            let Some(left) = self.scan_left.checked_sub(ends.len() as u64) else {
                next.iter().for_each(|(node, _)| self.raised[*node as usize] = false);
                return None;
            };
            self.scan_left = left;
            for &(other, chance) in ends {
                let place = other as usize;
                let product = so_far * chance;
                if product < least || product <= self.best[place] {
                    continue;
                }
                if self.best[place] == 0.0 {
                    self.circle[place] = hop;
                    self.seen.push(other);
                }
                self.best[place] = product;
                if !self.raised[place] {
                    self.raised[place] = true;
                    next.push((other, 0.0));
                }
            }
        }
        for (node, best) in &mut next {
            self.raised[*node as usize] = false;
            *best = self.best[*node as usize];
        }
        Some(next)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Every walk of at most five hops, tried one by one.
    fn naive(beams: &Beams, lamps: &[u32], least: f32) -> Vec<(u32, f32, u8)> {
        let mut best = vec![(0.0_f32, 0_u8); beams.len()];
        let mut walks: Vec<(u32, f32)> = lamps.iter().map(|lamp| (*lamp, 1.0)).collect();
        for hop in 1..=HOPS_MAX as u8 {
            let mut next = Vec::new();
            for (node, so_far) in walks {
                for &(other, chance) in beams.from(node) {
                    let product = so_far * chance;
                    if product >= least {
                        let (best, circle) = &mut best[other as usize];
                        if *best == 0.0 {
                            *circle = hop;
                        }
                        *best = best.max(product);
                        next.push((other, product));
                    }
                }
            }
            walks = next;
        }
        let lit = (0..beams.len() as u32).filter(|node| !lamps.contains(node) && best[*node as usize].0 > 0.0);
        lit.map(|node| (node, best[node as usize].0, best[node as usize].1)).collect()
    }

    proptest! {
        #[test]
        fn it_lights_whom_some_walk_reaches(
            edges in prop::collection::btree_map((0..9_u32, 0..9_u32), 0.05..1.0_f32, 0..22),
            lamps in prop::collection::btree_set(0..9_u32, 0..3),
            least in 0.001..0.5_f32,
        ) {
            let edges: Vec<_> =
                edges.into_iter().filter(|((a, b), _)| a != b).map(|((a, b), chance)| (a, b, chance)).collect();
            let beams = Beams::from_edges(9, &edges);
            let lamps: Vec<u32> = lamps.into_iter().collect();
            let mut search = Search::new(&beams);
            // A second search must not see anything of the first.
            search.light(&[0, 1, 2], 0.0001);
            let (mut lit, complete) = search.light(&lamps, least);
            lit.sort_unstable_by_key(|lit| lit.node);
            let lit: Vec<_> = lit.into_iter().map(|lit| (lit.node, lit.chance, lit.circle)).collect();
            prop_assert_eq!(lit, naive(&beams, &lamps, least));
            prop_assert!(complete);
        }
    }
}
