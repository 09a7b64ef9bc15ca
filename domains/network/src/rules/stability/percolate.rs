//! What share of the people stays connected when some leave: by degree, by reach, by chance.
//!
//! People are put back in the reverse order of their leaving into a union of sets, so one pass answers for every fraction.

use rand::{SeedableRng, seq::SliceRandom};
use rand_chacha::ChaCha8Rng;

use super::Part;

/// Shares of the people that leave, at which a curve is told.
pub const FRACTIONS: [f64; 8] = [0.0, 0.01, 0.02, 0.05, 0.1, 0.15, 0.2, 0.3];
/// Ties looked at by all random runs together, roughly: some seconds.
const SCAN_MAX: usize = 200_000_000;
const RUNS: (usize, usize) = (5, 30);

struct Sets {
    parent: Vec<u32>,
    size: Vec<u32>,
}

impl Sets {
    fn new(people: usize) -> Self {
        Self { parent: (0..people as u32).collect(), size: vec![1; people] }
    }

    fn top(&mut self, mut place: u32) -> u32 {
        while self.parent[place as usize] != place {
            let up = self.parent[self.parent[place as usize] as usize];
            self.parent[place as usize] = up;
            place = up;
        }
        place
    }

    /// Answers how many people are together now.
    fn join(&mut self, a: u32, b: u32) -> u32 {
        let (a, b) = (self.top(a), self.top(b));
        if a == b {
            return self.size[a as usize];
        }
        let (large, small) = if self.size[a as usize] >= self.size[b as usize] { (a, b) } else { (b, a) };
        self.parent[small as usize] = large;
        self.size[large as usize] += self.size[small as usize];
        self.size[large as usize]
    }
}

/// Sizes of the connected groups, the largest first.
#[must_use]
pub fn components(part: &Part) -> Vec<u32> {
    let mut sets = Sets::new(part.len());
    for place in 0..part.len() as u32 {
        for other in part.others(place).iter().filter(|other| **other > place) {
            sets.join(place, *other);
        }
    }
    let tops = (0..part.len() as u32).filter(|place| sets.parent[*place as usize] == *place);
    let mut sizes: Vec<u32> = tops.map(|place| sets.size[place as usize]).collect();
    sizes.sort_unstable_by(|a, b| b.cmp(a));
    sizes
}

/// ⟨k²⟩/⟨k⟩: the mean number of ties at the end of a tie. Above 2 a random network of such degrees holds together (Molloy
/// and Reed 1995). Nothing where there are no ties.
#[must_use]
pub fn molloy_reed(part: &Part) -> Option<f64> {
    let degrees = || (0..part.len() as u32).map(|place| part.others(place).len() as f64);
    let ties: f64 = degrees().sum();
    (ties > 0.0).then(|| degrees().map(|degree| degree * degree).sum::<f64>() / ties)
}

/// The largest group after the first of `order` left, per fraction, as a share of all people there were.
#[must_use]
pub fn giant_left(part: &Part, order: &[u32], fractions: &[f64]) -> Vec<f64> {
    let people = part.len();
    if people == 0 {
        return vec![0.0; fractions.len()];
    }
    let gone: Vec<usize> = fractions.iter().map(|fraction| (fraction * people as f64).round() as usize).collect();
    let mut shares = vec![0.0; fractions.len()];
    let (mut sets, mut back, mut largest) = (Sets::new(people), vec![false; people], 0);
    for left in (0..=people).rev() {
        for (share, _) in shares.iter_mut().zip(&gone).filter(|(_, gone)| **gone == left) {
            *share = f64::from(largest) / people as f64;
        }
        let Some(&place) = left.checked_sub(1).and_then(|last| order.get(last)) else { break };
        back[place as usize] = true;
        largest = largest.max(1);
        for &other in part.others(place) {
            if back[other as usize] {
                largest = largest.max(sets.join(place, other));
            }
        }
    }
    shares
}

/// One point of a curve.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Point {
    /// Share of the people that left.
    pub fraction: f64,
    /// Largest group left when those with most ties leave, as a share of all.
    pub by_degree: f64,
    /// When those who brought most people leave.
    pub by_reach: f64,
    /// When anybody leaves: the mean of all runs.
    pub random: f64,
    /// Within so far of it lie 95 of 100 runs, if they are spread normally.
    pub random_interval: f64,
}

/// See the module.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Curve {
    /// At [`FRACTIONS`].
    pub points: Vec<Point>,
    /// Random runs.
    pub runs: u32,
}

/// The order in which people leave when those with most leave first; of equals, the earlier known.
fn most_first(most: impl Fn(u32) -> u64, people: usize) -> Vec<u32> {
    let mut order: Vec<u32> = (0..people as u32).collect();
    order.sort_by_key(|place| std::cmp::Reverse(most(*place)));
    order
}

/// Those with most ties first.
pub(super) fn by_degree(part: &Part) -> Vec<u32> {
    most_first(|place| part.others(place).len() as u64, part.len())
}

/// The three curves. `reach` is how many people each brought; `told` hears how much is done, from 0 to 1.
#[must_use]
pub fn curve(part: &Part, reach: &[u64], seed: u64, told: &dyn Fn(f64)) -> Curve {
    let degree = giant_left(part, &by_degree(part), &FRACTIONS);
    let by_reach = most_first(|place| reach[place as usize], part.len());
    let reach = giant_left(part, &by_reach, &FRACTIONS);
    let cost = part.len() + 2 * part.ties_len();
    let runs = (SCAN_MAX / cost.max(1)).clamp(RUNS.0, RUNS.1);
    let mut order: Vec<u32> = (0..part.len() as u32).collect();
    let mut samples: Vec<Vec<f64>> = Vec::with_capacity(runs);
    for run in 0..runs {
        order.shuffle(&mut ChaCha8Rng::seed_from_u64(seed.wrapping_add(run as u64)));
        samples.push(giant_left(part, &order, &FRACTIONS));
        told((run + 1) as f64 / runs as f64);
    }
    let points = FRACTIONS.iter().enumerate().map(|(at, fraction)| {
        let mean = samples.iter().map(|run| run[at]).sum::<f64>() / runs as f64;
        let squares: f64 = samples.iter().map(|run| (run[at] - mean).powi(2)).sum();
        Point {
            fraction: *fraction,
            by_degree: degree[at],
            by_reach: reach[at],
            random: mean,
            random_interval: 1.96 * (squares / (runs as f64 - 1.0)).sqrt(),
        }
    });
    Curve { points: points.collect(), runs: runs as u32 }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn naive(part: &Part, order: &[u32], fraction: f64) -> f64 {
        let gone = (fraction * part.len() as f64).round() as usize;
        let left = |place: u32| !order[..gone].contains(&place);
        let mut ties = Vec::new();
        for a in (0..part.len() as u32).filter(|place| left(*place)) {
            ties.extend(part.others(a).iter().filter(|b| left(**b)).map(|b| (a, *b)));
        }
        let sizes = components(&Part::from_ties(part.len(), &ties));
        let largest = if gone == part.len() { 0 } else { sizes[0] };
        f64::from(largest) / part.len() as f64
    }

    proptest! {
        #[test]
        fn putting_people_back_counts_what_taking_them_out_leaves(
            ties in prop::collection::vec((0..20_u32, 0..20_u32), 0..30),
            order in Just((0..20_u32).collect::<Vec<_>>()).prop_shuffle(),
        ) {
            let part = Part::from_ties(20, &ties);
            let fractions = [0.0, 0.05, 0.3, 0.5, 1.0];
            let expected: Vec<f64> = fractions.iter().map(|fraction| naive(&part, &order, *fraction)).collect();
            prop_assert_eq!(giant_left(&part, &order, &fractions), expected);
        }
    }

    #[test]
    fn a_star_lives_by_its_centre() {
        let ties: Vec<(u32, u32)> = (1..100).map(|leaf| (0, leaf)).collect();
        let star = Part::from_ties(100, &ties);
        let found = curve(&star, &[0; 100], 7, &|_| {});
        assert_eq!((found.points[0].by_degree, found.points[1].by_degree), (1.0, 0.01));
        assert!(found.points[2].random > 0.8, "{found:?}");
        assert_eq!(found, curve(&star, &[0; 100], 7, &|_| {}), "the same seed, the same runs");
        assert!(molloy_reed(&star).is_some_and(|ratio| (ratio - 50.0).abs() < 1e-9));
        assert_eq!(molloy_reed(&Part::from_ties(3, &[])), None);
        assert_eq!(components(&star), [100]);
    }
}
