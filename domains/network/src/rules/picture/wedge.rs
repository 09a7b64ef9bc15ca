//! Sectors and wedges: who may stand at which angle, by the weight below them.

use std::f64::consts::TAU;

use super::order::Tree;

/// Exponent that damps a root's weight: one store may have 37 % of all people and still take a quarter of the circle.
const DAMPING: f64 = 0.72;
/// The least a sector may be, as a part of an even share.
const SHARE_MIN: f64 = 0.25;
/// Distance of the rings of the picture by depth, world units.
const RING: f64 = 400.0;

/// A root's part of the circle, radians.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Sector {
    pub middle: f64,
    /// Half of its width.
    pub half: f64,
}

impl Sector {
    fn from(&self) -> f64 {
        self.middle - self.half
    }

    /// How far an angle is from the middle, -π..π.
    pub fn offset(&self, angle: f64) -> f64 {
        let turns = (angle - self.middle) / TAU;
        (turns - turns.round()) * TAU
    }
}

/// A sector for each root, clockwise from the top in the order of the roots.
pub(super) fn sectors(tree: &Tree) -> Vec<Sector> {
    let mut people = vec![0_u32; tree.roots];
    for &root in &tree.root {
        people[root as usize] += 1;
    }
    let mut share: Vec<f64> = people.iter().map(|&p| f64::from(p).powf(DAMPING)).collect();
    let even = share.iter().sum::<f64>() / share.len().max(1) as f64;
    for s in &mut share {
        *s = s.max(even * SHARE_MIN);
    }
    let total: f64 = share.iter().sum();
    let mut angle = TAU / 4.0;
    share
        .iter()
        .map(|s| {
            let half = s / total * TAU / 2.0;
            angle -= 2.0 * half;
            Sector { middle: angle + half, half }
        })
        .collect()
}

/// The angle of each person: children share their parent's wedge by `weight`.
pub(super) fn angles(tree: &Tree, sectors: &[Sector], weight: &[f64]) -> Vec<f64> {
    let n = tree.len();
    let mut from = vec![0.0; n];
    let mut width = vec![0.0; n];
    for (place, sector) in sectors.iter().enumerate() {
        // A little air between neighbours.
        from[place] = sector.from() + sector.half * 0.08;
        width[place] = sector.half * 1.84;
    }
    for place in 0..n {
        let kids = tree.kids_of(place);
        let total: f64 = weight[kids.clone()].iter().sum();
        let mut at = from[place];
        for kid in kids {
            width[kid] = width[place] * weight[kid] / total;
            from[kid] = at;
            at += width[kid];
        }
    }
    from.iter().zip(&width).map(|(from, width)| from + width / 2.0).collect()
}

/// The picture by depth: the ring says the circle, the angle who brought whom.
pub(super) fn by_depth(tree: &Tree) -> (Vec<f32>, Vec<f32>) {
    let angle = angles(tree, &sectors(tree), &tree.ends());
    (0..tree.len())
        .map(|place| {
            let radius = RING * f64::from(tree.depth[place] + 1);
            ((radius * angle[place].cos()) as f32, (radius * angle[place].sin()) as f32)
        })
        .unzip()
}
