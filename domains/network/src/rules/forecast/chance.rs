//! The few distributions a branching process needs, drawn from whatever chance it is handed.

use rand::RngExt;
use rand_chacha::ChaCha8Rng;

/// ln Γ(x) for x > 0 (Lanczos, g = 7, nine terms; 15 digits).
#[must_use]
pub fn ln_gamma(x: f64) -> f64 {
    const TERMS: [f64; 8] = [
        676.520_368_121_885_1,
        -1_259.139_216_722_402_8,
        771.323_428_777_653_1,
        -176.615_029_162_140_6,
        12.507_343_278_686_905,
        -0.138_571_095_265_720_12,
        9.984_369_578_019_572e-6,
        1.505_632_735_149_311_6e-7,
    ];
    if x < 0.5 {
        let reflected = std::f64::consts::PI / ((std::f64::consts::PI * x).sin() * ln_gamma(1.0 - x).exp());
        return reflected.ln();
    }
    let x = x - 1.0;
    let sum: f64 = (1_u32..).zip(TERMS).map(|(place, term)| term / (x + f64::from(place))).sum();
    let t = x + 7.5;
    0.5 * std::f64::consts::TAU.ln() + (x + 0.5) * t.ln() - t + (0.999_999_999_999_809_9 + sum).ln()
}

/// Uniform in (0, 1].
fn unit(rng: &mut ChaCha8Rng) -> f64 {
    1.0 - rng.random::<f64>()
}

/// Standard normal (Box–Muller).
fn normal(rng: &mut ChaCha8Rng) -> f64 {
    (-2.0 * unit(rng).ln()).sqrt() * (std::f64::consts::TAU * rng.random::<f64>()).cos()
}

/// Gamma of this shape and scale 1 (Marsaglia and Tsang 2000). Nothing for a shape of 0.
pub fn gamma(rng: &mut ChaCha8Rng, shape: f64) -> f64 {
    if shape <= 0.0 {
        return 0.0;
    }
    if shape < 1.0 {
        return gamma(rng, shape + 1.0) * unit(rng).powf(1.0 / shape);
    }
    let d = shape - 1.0 / 3.0;
    let c = 1.0 / (9.0 * d).sqrt();
    loop {
        let x = normal(rng);
        let v = (1.0 + c * x).powi(3);
        if v > 0.0 && unit(rng).ln() < 0.5 * x * x + d - d * v + d * v.ln() {
            return d * v;
        }
    }
}

/// Poisson of this mean; of a mean above a million its normal limit.
pub fn poisson(rng: &mut ChaCha8Rng, mean: f64) -> u64 {
    if mean <= 0.0 {
        return 0;
    }
    if mean > 1e6 {
        return (mean + mean.sqrt() * normal(rng)).round().max(0.0) as u64;
    }
    // A Poisson of a large mean is a sum of parts that are quick to draw.
    let (mut left, mut count) = (mean, 0);
    while left > 16.0 {
        // The time of the whole-th event of a Poisson process is Gamma: either it is beyond, and those before are binomial,
        // or all of them happened.
        let whole = (0.875 * left).floor();
        let at = gamma(rng, whole);
        if at > left {
            return count + binomial(rng, whole as u64 - 1, left / at);
        }
        count += whole as u64;
        left -= at;
    }
    let limit = (-left).exp();
    let mut product = unit(rng);
    while product > limit {
        product *= unit(rng);
        count += 1;
    }
    count
}

/// How many of so many tries succeed (Ahrens and Dieter: halved by a Beta until few are left).
pub fn binomial(rng: &mut ChaCha8Rng, mut tries: u64, mut chance: f64) -> u64 {
    let mut successes = 0;
    while tries > 32 {
        let below = 1 + tries / 2;
        let above = tries + 1 - below;
        let (a, b) = (gamma(rng, below as f64), gamma(rng, above as f64));
        let split = a / (a + b);
        if split <= chance {
            successes += below;
            chance = ((chance - split) / (1.0 - split)).clamp(0.0, 1.0);
            tries = above - 1;
        } else {
            chance /= split;
            tries = below - 1;
        }
    }
    successes + (0..tries).filter(|_| rng.random::<f64>() < chance).count() as u64
}

#[cfg(test)]
mod tests {
    use rand::SeedableRng;

    use super::*;

    fn moments(draws: impl Iterator<Item = f64>) -> (f64, f64) {
        let draws: Vec<f64> = draws.collect();
        let mean = draws.iter().sum::<f64>() / draws.len() as f64;
        (mean, draws.iter().map(|draw| (draw - mean).powi(2)).sum::<f64>() / draws.len() as f64)
    }

    #[test]
    fn logarithms_of_gamma() {
        for (x, expected) in [(1.0, 0.0), (2.0, 0.0), (5.0, 24_f64.ln()), (0.5, std::f64::consts::PI.sqrt().ln())] {
            assert!((ln_gamma(x) - expected).abs() < 1e-12, "{x}");
        }
        assert!((ln_gamma(0.01) - 4.599_479_878_042_022).abs() < 1e-10);
    }

    #[test]
    fn means_and_variances_are_those_of_the_distributions() {
        let mut rng = ChaCha8Rng::seed_from_u64(1);
        for shape in [0.05, 0.7, 1.0, 9.0] {
            let (mean, variance) = moments((0..200_000).map(|_| gamma(&mut rng, shape)));
            assert!((mean / shape - 1.0).abs() < 0.06 && (variance / shape - 1.0).abs() < 0.1, "gamma {shape}: {mean}");
        }
        for expected in [0.3, 9.0, 40.0, 5000.0] {
            let (mean, variance) = moments((0..50_000).map(|_| poisson(&mut rng, expected) as f64));
            assert!((mean / expected - 1.0).abs() < 0.02, "poisson {expected}: {mean}");
            assert!((variance / expected - 1.0).abs() < 0.05, "poisson {expected}: variance {variance}");
        }
        assert_eq!((gamma(&mut rng, 0.0), poisson(&mut rng, 0.0)), (0.0, 0));
    }
}
