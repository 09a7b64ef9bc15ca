//! How large each store's tree becomes, circle by circle, decided before anybody is born: the totals are then exact whatever
//! chance does inside.

use crate::{
    brand::STORES,
    chance::{Chance, Stage, split},
};

/// Fans below the manager of the flagship, manager A.
const FLAGSHIP_FANS: u32 = 21_364;
/// Circles of the deepest chain (13 share levels). Only the flagship's tree reaches it.
pub(crate) const CIRCLES_MAX: usize = 12;
/// Direct invites from which a person counts as key here.
pub const KOC_INVITES_MIN: u32 = 60;
/// No one brings more people than this.
const INVITES_MAX: f64 = 394.0;
/// Share of a circle that key people may bring, so that ordinary sharers remain beside them.
const KOC_SHARE_MAX: f64 = 0.55;

/// One store's tree to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct StoreShape {
    pub(crate) fans: u32,
    pub(crate) visitors: u32,
    /// People in circle 1, 2, …; they sum to fans and visitors.
    pub(crate) circles: Vec<u32>,
    pub(crate) kocs: Vec<KocShape>,
}

/// A key person to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct KocShape {
    pub(crate) circle: usize,
    pub(crate) invites: u32,
}

/// Decides the shapes of all stores, flagship first, with one person in `one_in` of the full size.
pub(crate) fn shapes(seed: u64, one_in: u32) -> Vec<StoreShape> {
    let mut chance = Chance::new(seed, Stage::Shape);
    let fans_total = (57_000 + chance.between(0, 400)) / one_in;
    let visitors_total = (3_900 + chance.between(0, 200)) / one_in;
    let kocs_total = (126 + chance.between(0, 14)) / one_in;
    let fans = fans_of_stores(&mut chance, fans_total, FLAGSHIP_FANS / one_in);
    let leanings: Vec<f64> = fans.iter().map(|fans| f64::from(*fans) * chance.log_normal(1.0, 0.15)).collect();
    let visitors = split(visitors_total, &leanings, 0);
    let mut shapes: Vec<StoreShape> = fans
        .into_iter()
        .zip(visitors)
        .enumerate()
        .map(|(store, (fans, visitors))| {
            let circles = circles(&mut chance, store == 0, fans + visitors, one_in);
            StoreShape { fans, visitors, circles, kocs: Vec::new() }
        })
        .collect();
    place_kocs(&mut chance, &mut shapes, kocs_total, one_in);
    shapes
}

/// A long tail over the other stores, shuffled over the map.
fn fans_of_stores(chance: &mut Chance, total: u32, flagship: u32) -> Vec<u32> {
    let mut weights: Vec<f64> =
        (0..STORES - 1).map(|rank| (rank as f64 + 1.2).powf(-0.85) * chance.log_normal(1.0, 0.2)).collect();
    for last in (1..weights.len()).rev() {
        weights.swap(last, chance.below(last + 1));
    }
    let mut fans = vec![flagship];
    fans.extend(split(total - flagship, &weights, 3));
    fans
}

/// People per circle: the manager's own friends, a steep rise, and a long thinning tail.
fn circles(chance: &mut Chance, flagship: bool, people: u32, one_in: u32) -> Vec<u32> {
    let size = f64::from(people);
    let small = f64::from(one_in).sqrt();
    let (depth, direct) = if flagship {
        (CIRCLES_MAX, f64::from(chance.between(380, 394)) / small)
    } else {
        let depth = 1.9 + 1.12 * (size / 12.0).max(1.0).ln() + 0.8 * (chance.unit() - 0.5);
        let depth = (depth.round() as usize).clamp(1, (people as usize / 3).clamp(1, CIRCLES_MAX - 1));
        (depth, (3.4 * size.sqrt() * (0.85 + 0.3 * chance.unit())).min(360.0))
    };
    if depth == 1 {
        return vec![people];
    }
    let direct = (direct as u32).clamp(1, people / 2);
    // No two stores thin out alike; the flagship, which carries the deepest circles alone, stays smooth.
    let rough = if flagship { 0.04 } else { 0.22 };
    let weights: Vec<f64> =
        (2..=depth).map(|circle| liveliness(circle, depth) * chance.log_normal(1.0, rough)).collect();
    let mut rest = split(people - direct, &weights, 1);
    // A circle can only be so many times as large as the one that brought it.
    let second_max = 6 * direct;
    if rest[0] > second_max && depth > 2 {
        let later = split(people - direct - second_max, &weights[1..], 1);
        rest.truncate(1);
        rest[0] = second_max;
        rest.extend(later);
    }
    rest.insert(0, direct);
    rest
}

/// Relative size of a circle from the second on, of so many.
fn liveliness(circle: usize, depth: usize) -> f64 {
    // Stretch shorter trees over the profile of the longest.
    let stretch = (CIRCLES_MAX - 1) as f64 / (depth - 1) as f64;
    let e = (circle - 1) as f64 * stretch;
    (e + 0.4).powf(1.3) * (-e / 1.9).exp() * (1.0 - (e / CIRCLES_MAX as f64).powi(3))
}

/// Puts the key people where there are enough people for them to bring.
fn place_kocs(chance: &mut Chance, shapes: &mut [StoreShape], total: u32, one_in: u32) {
    let cap = (INVITES_MAX * f64::from(one_in).powf(-0.4)).max(80.0);
    let mut room: Vec<Vec<f64>> = shapes
        .iter()
        .map(|shape| shape.circles.iter().skip(1).map(|people| f64::from(*people) * KOC_SHARE_MAX).collect())
        .collect();
    let weights: Vec<f64> = shapes.iter().map(|shape| f64::from(shape.fans)).collect();
    let shares = split(total, &weights, 0);
    let mut homeless = 0;
    for store in (0..shapes.len()).rev() {
        // What a small store cannot hold, the flagship, which comes last here, takes.
        let count = shares[store] + if store == 0 { homeless } else { 0 };
        for _ in 0..count {
            match place_koc(chance, &mut room[store], &shapes[store], cap) {
                Some(koc) => shapes[store].kocs.push(koc),
                None => homeless += 1,
            }
        }
    }
}

fn place_koc(chance: &mut Chance, room: &mut [f64], shape: &StoreShape, cap: f64) -> Option<KocShape> {
    let least = f64::from(KOC_INVITES_MIN);
    let mut weights: Vec<f64> = room.iter().take(8).map(|room| if *room >= least { *room } else { 0.0 }).collect();
    for (index, weight) in weights.iter_mut().enumerate() {
        let taken = shape.kocs.iter().filter(|koc| koc.circle == index + 1).count();
        if taken >= shape.circles[index] as usize / 3 {
            *weight = 0.0;
        }
    }
    if weights.iter().all(|weight| *weight == 0.0) {
        return None;
    }
    let at = *chance.draw(&weights, 1).first()?;
    let invites = chance.pareto(least, cap.min(room[at]).max(least + 0.5), 1.3) as u32;
    room[at] -= f64::from(invites);
    Some(KocShape { circle: at + 1, invites })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn totals_are_exact_at_every_size() {
        for (seed, one_in) in [(1, 1), (2, 1), (3, 10), (4, 50), (5, 100)] {
            let shapes = shapes(seed, one_in);
            assert_eq!(shapes[0].fans, FLAGSHIP_FANS / one_in);
            assert_eq!(shapes[0].circles.len(), CIRCLES_MAX);
            let fans: u32 = shapes.iter().map(|shape| shape.fans).sum();
            assert!((57_000 / one_in..=57_400 / one_in).contains(&fans));
            for (store, shape) in shapes.iter().enumerate() {
                assert_eq!(shape.circles.iter().sum::<u32>(), shape.fans + shape.visitors);
                assert!(shape.circles.iter().all(|people| *people > 0));
                assert!(store == 0 || shape.circles.len() < CIRCLES_MAX);
            }
        }
    }
}
