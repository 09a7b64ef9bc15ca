//! Where a new light would add most: greedy maximum coverage of the dim water.

use super::{Search, WEAK};
use crate::rules::ground::Beams;

/// Persons whose light is searched out. They are those with the most dim people next to them.
const CONSIDERED_MAX: usize = 2_000;

/// Somebody who could be a new light.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Candidate {
    /// Who.
    pub node: u32,
    /// Dim people they would light at least weakly, themselves included.
    pub alone: u32,
    /// Those of them whom none of the candidates before would.
    pub gain: u32,
    /// Those of the gain who are in the dark today; the others are barely lit.
    pub dark: u32,
}

/// The best new lights, and how many persons were tried.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Cover {
    /// Best first; each adds to those before.
    pub candidates: Vec<Candidate>,
    /// Persons whose light was searched out.
    pub considered: u32,
    /// Dim people there are.
    pub dim: u32,
}

/// Up to `most` persons who would light most of the dim: visible people whom no light lights at least weakly. `best` is how
/// well everybody is lit today (0 in the dark).
#[must_use]
pub fn cover(beams: &Beams, best: &[f32], visible: &[bool], most: usize) -> Cover {
    let is_dim: Vec<bool> = best.iter().zip(visible).map(|(best, visible)| *visible && *best < WEAK).collect();
    let dim = is_dim.iter().filter(|dim| **dim).count() as u32;
    let mut near: Vec<(u32, u32)> = (0..beams.len() as u32)
        .filter(|node| visible[*node as usize])
        .map(|node| {
            let next = beams.from(node).iter().filter(|(other, chance)| is_dim[*other as usize] && *chance >= WEAK);
            (next.count() as u32 + u32::from(is_dim[node as usize]), node)
        })
        .filter(|(count, _)| *count > 0)
        .collect();
    near.sort_unstable_by(|a, b| b.0.cmp(&a.0).then(a.1.cmp(&b.1)));
    near.truncate(CONSIDERED_MAX);

    let mut search = Search::new(beams);
    let mut covers: Vec<(u32, Vec<u32>)> = Vec::new();
    for &(_, node) in &near {
        let (lit, _) = search.light(&[node], WEAK);
        let themselves = std::iter::once(node).filter(|node| is_dim[*node as usize]);
        let others = lit.into_iter().map(|lit| lit.node).filter(|node| is_dim[*node as usize]);
        covers.push((node, themselves.chain(others).collect()));
    }
    Cover { candidates: greedy(covers, best, most), considered: near.len() as u32, dim }
}

/// Takes the set that adds most, again and again; of equals the one that was named first. A set adds less and less as
/// others are taken, so one whose last known gain is too small need not be counted again.
fn greedy(mut covers: Vec<(u32, Vec<u32>)>, best: &[f32], most: usize) -> Vec<Candidate> {
    let mut covered = vec![false; best.len()];
    let mut gains: Vec<u32> = covers.iter().map(|(_, set)| set.len() as u32).collect();
    let mut chosen = Vec::new();
    while chosen.len() < most {
        let mut top: Option<(u32, usize)> = None;
        for (place, (_, set)) in covers.iter().enumerate() {
            if top.is_none_or(|(gain, _)| gains[place] > gain) {
                gains[place] = set.iter().filter(|node| !covered[**node as usize]).count() as u32;
                if gains[place] > top.map_or(0, |(gain, _)| gain) {
                    top = Some((gains[place], place));
                }
            }
        }
        let Some((gain, place)) = top else { break };
        let (node, set) = (covers[place].0, std::mem::take(&mut covers[place].1));
        gains[place] = 0;
        let new = set.iter().filter(|node| !covered[**node as usize]);
        let dark = new.filter(|node| best[**node as usize] == 0.0).count() as u32;
        set.iter().for_each(|node| covered[*node as usize] = true);
        chosen.push(Candidate { node, alone: set.len() as u32, gain, dark });
    }
    chosen
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn each_adds_as_much_as_anybody_could(
            sets in prop::collection::vec(prop::collection::btree_set(0..20_u32, 1..8), 1..12),
        ) {
            let covers: Vec<(u32, Vec<u32>)> =
                sets.iter().enumerate().map(|(node, set)| (node as u32, set.iter().copied().collect())).collect();
            let chosen = greedy(covers, &[0.0; 20], 50);
            let mut covered = std::collections::BTreeSet::new();
            for candidate in &chosen {
                let gain = |set: &std::collections::BTreeSet<u32>| set.difference(&covered).count() as u32;
                prop_assert_eq!(candidate.gain, sets.iter().map(gain).max().unwrap());
                prop_assert_eq!(candidate.gain, gain(&sets[candidate.node as usize]));
                prop_assert_eq!((candidate.dark, candidate.alone), (candidate.gain, sets[candidate.node as usize].len() as u32));
                covered.extend(&sets[candidate.node as usize]);
            }
            prop_assert_eq!(covered.len(), sets.iter().flatten().collect::<std::collections::BTreeSet<_>>().len());
        }
    }

    #[test]
    fn a_hub_in_the_dark_is_the_best_new_light() {
        // 0 is lit; 1 stands in the dark with 2, 3 and 4 behind them; 5 is nobody's friend.
        let both = |a, b| [(a, b, 0.3), (b, a, 0.3)];
        let edges = [both(0, 1), both(1, 2), both(1, 3), both(3, 4)].concat();
        let beams = Beams::from_edges(6, &edges);
        let found = cover(&beams, &[0.5, 0.0, 0.0, 0.01, 0.0, 0.0], &[true; 6], 3);
        assert_eq!((found.dim, found.considered), (5, 6));
        assert_eq!(found.candidates[0], Candidate { node: 1, alone: 4, gain: 4, dark: 3 });
        assert_eq!(found.candidates[1], Candidate { node: 5, alone: 1, gain: 1, dark: 1 });
        assert_eq!(found.candidates.len(), 2, "nobody would add anything to these two");
        let blind = cover(&beams, &[0.5, 0.0, 0.0, 0.01, 0.0, 0.0], &[false; 6], 3);
        assert_eq!(blind, Cover::default());
    }
}
