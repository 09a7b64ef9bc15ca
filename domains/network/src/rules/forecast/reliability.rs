//! Whether a forecast's bands hold what they say, and how they are made to.
//!
//! A model's runs are never all there is: trees differ in ways it does not know, and its luck is too narrow. So it is held
//! against past trees that were stopped the same way. People still to come are taken on a logarithmic scale, where being
//! off by half is as much at ten as at a thousand. A small regression learns where the runs stand too high or too low, with
//! what the last hours brought beside them; what is left, in units of the runs' own width, are the past scores, and bands
//! are cut at their quantiles (split conformal prediction). If trees are as exchangeable as they look, a band of 80% then
//! holds 80% of the truths whatever the model is; the better it is, the narrower the band.
//!
//! With few past trees both stay near what the model says.

/// How many past trees the belief that the runs stand right weighs, and that their width is right.
const PRIOR_WEIGHT: f64 = 8.0;
/// Width that no forecast falls below, in logarithms: people are not told apart finer.
const WIDTH_MIN: f64 = 0.25;
/// What the regression looks at: nothing, the runs' middle, who came lately, who is there.
const LOOKS: usize = 4;

/// The shares bands are made for.
pub const SHARES: [f64; 3] = [0.5, 0.8, 0.9];

/// What is known at stopping beside the runs.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Seen {
    /// People.
    pub people: u32,
    /// People who came in the last quarter of the time.
    pub lately: u32,
}

/// A past forecast: its runs at some hour, and the truth.
#[derive(Clone, Copy, Debug)]
pub struct Past<'a> {
    /// What was known.
    pub seen: Seen,
    /// People at some hour, run by run, sorted.
    pub runs: &'a [u32],
    /// People at that hour.
    pub truth: u32,
}

/// What past forecasts teach. See the module.
#[derive(Clone, Debug, PartialEq)]
pub struct Lesson {
    weights: [f64; LOOKS],
    scores: Vec<f64>,
    past: usize,
}

/// Where runs stand: middle and width of the people to come, in logarithms.
#[derive(Clone, Copy)]
struct Stand {
    middle: f64,
    width: f64,
}

impl Stand {
    fn of(runs: &[u32], seen: Seen) -> Self {
        let at = |share| come(quantile(runs, share), seen);
        // 2.563 widths of a normal lie between the tenth and the ninetieth percentile.
        let width: f64 = (at(0.9) - at(0.1)) / 2.563;
        Self { middle: at(0.5), width: width.hypot(WIDTH_MIN) }
    }
}

fn come(people: u32, seen: Seen) -> f64 {
    f64::from(people.saturating_sub(seen.people)).ln_1p()
}

fn looks(stand: Stand, seen: Seen) -> [f64; LOOKS] {
    [1.0, stand.middle, f64::from(seen.lately).ln_1p(), f64::from(seen.people.max(1)).ln()]
}

impl Lesson {
    /// What these forecasts teach. Without any, the runs are taken at their word.
    #[must_use]
    pub fn of(past: &[Past<'_>]) -> Self {
        let stands: Vec<Stand> = past.iter().map(|past| Stand::of(past.runs, past.seen)).collect();
        let rows: Vec<_> = past
            .iter()
            .zip(&stands)
            .map(|(past, stand)| (looks(*stand, past.seen), come(past.truth, past.seen) - stand.middle, stand.width))
            .collect();
        let weights = regress(&rows);
        let scored = rows.iter().map(|(looks, off, width)| (off - dot(&weights, looks)) / width);
        let believed = (0..PRIOR_WEIGHT as u32).map(|place| normal((f64::from(place) + 0.5) / PRIOR_WEIGHT));
        let mut scores: Vec<f64> = scored.chain(believed).collect();
        scores.sort_unstable_by(f64::total_cmp);
        Self { weights, scores, past: past.len() }
    }

    /// Its width alone: for a forecast that starts so differently that where the runs stand teaches nothing about it.
    #[must_use]
    pub fn width_only(self) -> Self {
        Self { weights: [0.0; LOOKS], ..self }
    }

    /// How many forecasts taught it.
    #[must_use]
    pub const fn past(&self) -> usize {
        self.past
    }

    /// People at a level, 0 to 1, of a forecast with these runs, sorted.
    #[must_use]
    pub fn at(&self, seen: Seen, runs: &[u32], level: f64) -> f64 {
        let stand = Stand::of(runs, seen);
        let middle = stand.middle + dot(&self.weights, &looks(stand, seen));
        let people = (middle + stand.width * between(&self.scores, level)).exp_m1();
        f64::from(seen.people) + people.max(0.0)
    }

    /// The band that should hold this share of the truths, both ends included.
    #[must_use]
    pub fn band(&self, seen: Seen, runs: &[u32], share: f64) -> (u32, u32) {
        let tail = (1.0 - share) / 2.0;
        let low = self.at(seen, runs, tail).ceil() as u32;
        let high = self.at(seen, runs, 1.0 - tail).floor() as u32;
        // Between two whole numbers lies none: the nearer one is all that can be said.
        if low <= high { (low, high) } else { (high, high) }
    }

    /// As many truths lie above it as below.
    #[must_use]
    pub fn middle(&self, seen: Seen, runs: &[u32]) -> u32 {
        self.at(seen, runs, 0.5).round() as u32
    }
}

fn dot(weights: &[f64; LOOKS], looks: &[f64; LOOKS]) -> f64 {
    weights.iter().zip(looks).map(|(weight, look)| weight * look).sum()
}

/// Ridge regression: what stands off by how much, weighted by width. No weight at all is what is believed beforehand.
fn regress(rows: &[([f64; LOOKS], f64, f64)]) -> [f64; LOOKS] {
    let mut square = [[0.0; LOOKS + 1]; LOOKS];
    for (place, row) in square.iter_mut().enumerate() {
        row[place] = PRIOR_WEIGHT;
    }
    for (looks, off, width) in rows {
        for one in 0..LOOKS {
            for other in 0..LOOKS {
                square[one][other] += looks[one] * looks[other] / (width * width);
            }
            square[one][LOOKS] += looks[one] * off / (width * width);
        }
    }
    // Gauss and Jordan; the ridge keeps every pivot above 0.
    for pivot in 0..LOOKS {
        let scale = square[pivot][pivot];
        square[pivot].iter_mut().for_each(|cell| *cell /= scale);
        let row = square[pivot];
        for (_, other) in square.iter_mut().enumerate().filter(|(place, _)| *place != pivot) {
            let factor = other[pivot];
            other.iter_mut().zip(row).for_each(|(cell, of)| *cell -= factor * of);
        }
    }
    square.map(|row| row[LOOKS])
}

/// Standard normal quantile (Acklam's rational approximation, 1e-9).
#[must_use]
pub fn normal(level: f64) -> f64 {
    const A: [f64; 6] = [
        -3.969_683_028_665_376e1,
        2.209_460_984_245_205e2,
        -2.759_285_104_469_687e2,
        1.383_577_518_672_69e2,
        -3.066_479_806_614_716e1,
        2.506_628_277_459_239,
    ];
    const B: [f64; 5] = [
        -5.447_609_879_822_406e1,
        1.615_858_368_580_409e2,
        -1.556_989_798_598_866e2,
        6.680_131_188_771_972e1,
        -1.328_068_155_288_572e1,
    ];
    const C: [f64; 6] = [
        -7.784_894_002_430_293e-3,
        -3.223_964_580_411_365e-1,
        -2.400_758_277_161_838,
        -2.549_732_539_343_734,
        4.374_664_141_464_968,
        2.938_163_982_698_783,
    ];
    const D: [f64; 4] =
        [7.784_695_709_041_462e-3, 3.224_671_290_700_398e-1, 2.445_134_137_142_996, 3.754_408_661_907_416];
    let poly = |terms: &[f64], x: f64| terms.iter().fold(0.0, |sum, term| sum * x + term);
    let tail = |q: f64| poly(&C, q) / (poly(&D, q) * q + 1.0);
    let level = level.clamp(1e-12, 1.0 - 1e-12);
    if level < 0.024_25 {
        tail((-2.0 * level.ln()).sqrt())
    } else if level > 1.0 - 0.024_25 {
        -tail((-2.0 * (1.0 - level).ln()).sqrt())
    } else {
        let q = level - 0.5;
        let r = q * q;
        poly(&A, r) * q / (poly(&B, r) * r + 1.0)
    }
}

/// The value of sorted ones at a share, between two of them in proportion.
fn between(sorted: &[f64], share: f64) -> f64 {
    let place = (share * sorted.len() as f64 - 0.5).clamp(0.0, sorted.len() as f64 - 1.0);
    let (before, part) = (place.floor() as usize, place.fract());
    let after = (before + 1).min(sorted.len() - 1);
    sorted[before] + (sorted[after] - sorted[before]) * part
}

/// The least of sorted runs of which this share is not above it.
#[must_use]
pub fn quantile(runs: &[u32], share: f64) -> u32 {
    let place = (share * runs.len() as f64).ceil() as usize;
    runs.get(place.clamp(1, runs.len().max(1)) - 1).copied().unwrap_or(0)
}

/// How often a band held the truth.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Kept {
    /// What it should hold.
    pub share: f64,
    /// What it held.
    pub held: f64,
}

/// Middle of some numbers; nothing of none.
#[must_use]
pub fn median(mut numbers: Vec<f64>) -> Option<f64> {
    let middle = numbers.len().checked_sub(1)? / 2;
    numbers.sort_unstable_by(f64::total_cmp);
    Some(f64::midpoint(numbers[middle], numbers[numbers.len() / 2]))
}
