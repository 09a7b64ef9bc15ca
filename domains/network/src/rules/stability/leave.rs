//! What breaks when one person leaves, and which tie would mend it.

use super::Part;
use crate::rules::ground::Beams;

/// People who lose every way to a root when somebody leaves, and still have one another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Piece {
    /// The one whom the leaver knows best comes first, then in order.
    pub people: Vec<u32>,
    /// Somebody who stays, and whom the leaver can most surely ask to know the first of the piece; nobody when nobody who
    /// is tied to the leaver keeps a way to a root.
    pub helper: Option<u32>,
}

/// See the module.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Left {
    /// The largest first.
    pub pieces: Vec<Piece>,
    /// People who could be reached before, the leaver not among them.
    pub before: u32,
}

impl Left {
    /// How many people lose every way.
    #[must_use]
    pub fn lost(&self) -> u32 {
        self.pieces.iter().map(|piece| piece.people.len() as u32).sum()
    }
}

/// What `leaver` leaves behind, seen from these roots. Chances of ties are the graph's own.
#[must_use]
pub fn leave(part: &Part, beams: &Beams, roots: &[u32], leaver: u32) -> Left {
    let before = reached(part, roots, None);
    let after = reached(part, roots, Some(leaver));
    let mut lost: Vec<bool> = before.iter().zip(&after).map(|(before, after)| *before && !*after).collect();
    lost[leaver as usize] = false;
    let chance = |place: u32| {
        let node = part.node(place);
        let ends = beams.from(part.node(leaver));
        ends.binary_search_by_key(&node, |end| end.0).map_or(0.0, |at| ends[at].1)
    };
    let surest = |of: &mut dyn Iterator<Item = u32>| {
        of.reduce(|best, place| if chance(place).total_cmp(&chance(best)).is_gt() { place } else { best })
    };
    let helper = surest(&mut part.others(leaver).iter().copied().filter(|place| after[*place as usize]));
    let mut left = Left { before: before.iter().filter(|reached| **reached).count() as u32, ..Left::default() };
    left.before -= u32::from(before[leaver as usize]);
    // Every piece hangs on somebody tied to the leaver.
    for &next in part.others(leaver) {
        if !lost[next as usize] {
            continue;
        }
        let mut people = vec![next];
        lost[next as usize] = false;
        let mut at = 0;
        while let Some(&here) = people.get(at) {
            at += 1;
            for &other in part.others(here) {
                if std::mem::take(&mut lost[other as usize]) {
                    people.push(other);
                }
            }
        }
        people.sort_unstable();
        let tied = |place: &u32| part.others(leaver).binary_search(place).is_ok();
        if let Some(first) = surest(&mut people.iter().copied().filter(tied)) {
            people.retain(|place| *place != first);
            people.insert(0, first);
        }
        left.pieces.push(Piece { people, helper });
    }
    left.pieces.sort_by(|a, b| b.people.len().cmp(&a.people.len()).then(a.people.cmp(&b.people)));
    left
}

fn reached(part: &Part, roots: &[u32], without: Option<u32>) -> Vec<bool> {
    let mut seen = vec![false; part.len()];
    let mut edge: Vec<u32> = roots.iter().copied().filter(|root| Some(*root) != without).collect();
    edge.iter().for_each(|root| seen[*root as usize] = true);
    while let Some(here) = edge.pop() {
        for &other in part.others(here) {
            if Some(other) != without && !std::mem::replace(&mut seen[other as usize], true) {
                edge.push(other);
            }
        }
    }
    seen
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_loses_the_way_to_the_store_and_who_can_mend_it() {
        // 0 is the store's root; 2 and 3 hang on 1, 4 too but is tied to the store as well; 3 leads on to 5.
        let ties = [(0, 1), (1, 2), (1, 3), (3, 5), (1, 4), (0, 4), (6, 7)];
        let part = Part::from_ties(8, &ties);
        let edges: Vec<(u32, u32, f32)> =
            ties.iter().flat_map(|&(a, b)| [(a, b, 0.2 + b as f32 / 100.0), (b, a, 0.2 + a as f32 / 100.0)]).collect();
        let beams = Beams::from_edges(8, &edges);
        let left = leave(&part, &beams, &[0], 1);
        assert_eq!((left.before, left.lost()), (5, 3));
        assert_eq!(
            left.pieces,
            [Piece { people: vec![3, 5], helper: Some(4) }, Piece { people: vec![2], helper: Some(4) }]
        );
        assert_eq!(leave(&part, &beams, &[0], 4), Left { pieces: vec![], before: 5 });
        let root = leave(&part, &beams, &[0], 0);
        assert_eq!((root.lost(), root.pieces.len(), root.pieces[0].helper), (5, 1, None));
        assert_eq!(leave(&part, &beams, &[0], 7).lost(), 0);
    }
}
