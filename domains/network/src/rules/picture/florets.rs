//! Petals: people who brought nobody yet stand round the one who brought them, as seeds in a sunflower.

use std::f64::consts::TAU;

use super::{
    order::{NONE, Tree, jitter},
    skeleton::Skeleton,
};

/// Distance of a petal from its neighbours, world units.
const SPACING: f32 = 3.6;
/// Free space round the person in the middle.
const CORE: f32 = 6.0;
/// Air between a disc and the next.
const MARGIN: f32 = 2.0;
/// The golden angle.
const GOLDEN: f64 = 2.399_963_229_728_653;
/// Up to so many petals stand evenly on one circle: the golden angle looks lopsided with few.
const EVEN_MAX: usize = 7;

/// Distance of the `i`-th of `petals` from the middle.
fn distance(i: usize, petals: usize) -> f32 {
    if petals <= EVEN_MAX {
        return 3.6 + 0.5 * petals as f32;
    }
    (CORE * CORE + SPACING * SPACING * (i as f32 + 0.5)).sqrt()
}

/// Radius of the disc that a person with so many petals takes, with its margin.
pub(super) fn radius(petals: usize) -> f32 {
    match petals {
        0 => CORE * 0.5 + MARGIN,
        _ => distance(petals - 1, petals) + MARGIN,
    }
}

/// Everybody's place, from the places of the bones.
pub(super) fn bloom(tree: &Tree, skeleton: &Skeleton) -> (Vec<f32>, Vec<f32>) {
    let mut x = vec![0.0; tree.len()];
    let mut y = vec![0.0; tree.len()];
    for bone in 0..skeleton.len() {
        let place = skeleton.place[bone] as usize;
        let (cx, cy) = (skeleton.x[bone], skeleton.y[bone]);
        (x[place], y[place]) = (cx, cy);
        let petals = skeleton.petals[bone] as usize;
        if petals == 0 {
            continue;
        }
        let (px, py) = match skeleton.parent[bone] {
            NONE => (0.0, 0.0),
            parent => (skeleton.x[parent as usize], skeleton.y[parent as usize]),
        };
        // Where the thread comes in: few petals leave that direction free.
        let thread = f64::from(py - cy).atan2(f64::from(px - cx));
        let turn = TAU / (petals + 1) as f64;
        let first = f64::from(jitter(tree.handle[place], 2)) * TAU;
        for (i, kid) in tree.kids_of(place).filter(|&kid| tree.kids[kid] == 0).enumerate() {
            let angle = if petals <= EVEN_MAX { thread + turn * (i + 1) as f64 } else { first + GOLDEN * i as f64 };
            let out = distance(i, petals);
            x[kid] = cx + out * angle.cos() as f32;
            y[kid] = cy + out * angle.sin() as f32;
        }
    }
    (x, y)
}
