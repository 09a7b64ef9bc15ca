//! Seeded chance, with the few distributions that campaigns need.

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// The stages of a simulation. Each has a stream of its own, so a draw more in one never shifts another.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Stage {
    Shape = 1,
    Trees = 2,
    People = 3,
    Hours = 4,
    Dirt = 5,
    Script = 6,
    Live = 7,
}

/// Draws of one stage.
#[derive(Clone, Debug)]
pub(crate) struct Chance(ChaCha8Rng);

impl Chance {
    pub(crate) fn new(seed: u64, stage: Stage) -> Self {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        rng.set_stream(stage as u64);
        Self(rng)
    }

    /// Uniform in `low..=high`.
    pub(crate) fn between(&mut self, low: u32, high: u32) -> u32 {
        self.0.random_range(low..=high)
    }

    /// Uniform in `0..count`; `count` is at least 1.
    pub(crate) fn below(&mut self, count: usize) -> usize {
        let count = u32::try_from(count.max(1)).unwrap_or(u32::MAX);
        self.0.random_range(0..count) as usize
    }

    /// Uniform in `0.0..1.0`.
    pub(crate) fn unit(&mut self) -> f64 {
        self.0.random()
    }

    /// True with probability `p`.
    pub(crate) fn hit(&mut self, p: f64) -> bool {
        self.unit() < p
    }

    /// Standard normal (Box–Muller).
    pub(crate) fn normal(&mut self) -> f64 {
        let radius = (-2.0 * (1.0 - self.unit()).ln()).sqrt();
        radius * (std::f64::consts::TAU * self.unit()).cos()
    }

    /// Exponential.
    pub(crate) fn exponential(&mut self, mean: f64) -> f64 {
        -mean * (1.0 - self.unit()).ln()
    }

    /// Log-normal.
    pub(crate) fn log_normal(&mut self, median: f64, sigma: f64) -> f64 {
        median * (sigma * self.normal()).exp()
    }

    /// Pareto between two bounds: the heavy tail of invites.
    pub(crate) fn pareto(&mut self, low: f64, high: f64, alpha: f64) -> f64 {
        let share = 1.0 - (low / high).powf(alpha);
        low / (1.0 - self.unit() * share).powf(1.0 / alpha)
    }

    /// `count` different indices, drawn in proportion to their weights (Efraimidis–Spirakis), in rising order.
    pub(crate) fn draw(&mut self, weights: &[f64], count: usize) -> Vec<usize> {
        let mut keyed: Vec<(f64, usize)> =
            weights.iter().enumerate().map(|(index, weight)| (self.exponential(1.0) / weight, index)).collect();
        keyed.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
        let mut drawn: Vec<usize> = keyed.into_iter().take(count).map(|(_, index)| index).collect();
        drawn.sort_unstable();
        drawn
    }
}

/// Divides `total` in proportion to the weights, exactly, none below `least` (largest remainder; earlier wins a tie).
///
/// `total` is at least `least` for each weight.
pub(crate) fn split(total: u32, weights: &[f64], least: u32) -> Vec<u32> {
    let count = u32::try_from(weights.len()).unwrap_or(u32::MAX);
    let free = f64::from(total - least * count);
    let sum: f64 = weights.iter().sum();
    let exact: Vec<f64> = weights.iter().map(|weight| free * weight / sum).collect();
    let mut parts: Vec<u32> = exact.iter().map(|part| least + *part as u32).collect();
    let mut order: Vec<usize> = (0..parts.len()).collect();
    order.sort_by(|a, b| exact[*b].fract().total_cmp(&exact[*a].fract()).then(a.cmp(b)));
    let missing = total - parts.iter().sum::<u32>();
    for index in order.into_iter().cycle().take(missing as usize) {
        parts[index] += 1;
    }
    parts
}

/// A one-to-one scrambling of 64 bits (SplitMix64): unique ids without remembering any.
pub(crate) const fn scramble(number: u64) -> u64 {
    kernel::mix(number.wrapping_add(0x9e37_79b9_7f4a_7c15))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_split_is_exact() {
        assert_eq!(split(10, &[1.0, 1.0, 1.0], 0), [4, 3, 3]);
        assert_eq!(split(10, &[100.0, 1.0, 1.0], 2), [6, 2, 2]);
        assert_eq!(split(3, &[5.0, 1.0, 1.0], 1), [1, 1, 1]);
    }

    #[test]
    fn a_draw_has_no_repeats_and_follows_the_weights() {
        let mut chance = Chance::new(1, Stage::Shape);
        let mut heavy = 0;
        for _ in 0..1000 {
            let drawn = chance.draw(&[8.0, 1.0, 1.0], 2);
            assert!(drawn[0] < drawn[1]);
            heavy += usize::from(drawn[0] == 0);
        }
        assert!(heavy > 900, "{heavy}");
    }

    #[test]
    fn the_heavy_tail_keeps_its_bounds() {
        let mut chance = Chance::new(2, Stage::Trees);
        assert!((0..10_000).map(|_| chance.pareto(60.0, 394.0, 1.3)).all(|x| (60.0..=394.0).contains(&x)));
    }
}
