//! What past campaigns say of how people pass things on: how many each brings, how unequal they are in it, how long the
//! next one takes, and how much one campaign differs from another.
//!
//! Somebody who joined brings a negative binomial number of people: a Poisson whose mean is drawn anew for each from a
//! Gamma of mean `mean` and shape `k` (the smaller `k`, the fewer bring nearly all). Roots, the first circle and everybody
//! further out are three kinds, since they behave differently on every data set we saw. The wait between joining and a
//! child's joining is the observed one, per kind. A whole tree has a factor of its own, Gamma of mean 1.
//!
//! A tree that was watched for a limited time shows only the children whose wait fits into it; means are corrected by the
//! share of waits that do.

use super::chance::ln_gamma;

/// Nobody: the parent of a root.
pub const NONE: u32 = u32::MAX;
/// Roots, their own children, everybody else.
pub const KINDS: usize = 3;
/// Below so many waits of its own a kind uses everybody's.
const WAITS_MIN: usize = 30;
/// How many quantiles of the waits are kept.
const QUANTILES: usize = 1024;
/// How many people (and as many trees) a belief held beforehand weighs.
const PRIOR_WEIGHT: f64 = 5.0;
/// What a kind brings before anybody was seen of it.
const PRIOR_MEAN: f64 = 0.3;
/// Nobody is taken to be more, or less, equal than this.
const K_RANGE: (f64, f64) = (0.003, 50.0);
/// However lucky a tree: those further out never bring as many as they are for long. Every tree we saw ended.
const DEEPER_MEAN_MAX: f64 = 0.95;
/// How alike trees are at most.
const ALIKE_MAX: f64 = 200.0;

/// One tree of a past campaign as far as it was watched: parents before children.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Tree {
    /// Whose child; [`NONE`] for the root, which comes first.
    pub parent: Vec<u32>,
    /// Hours after the root joined; never less than the parent's.
    pub joined_h: Vec<f64>,
    /// Until when it was watched, in hours after the root joined.
    pub watched_h: f64,
}

impl Tree {
    /// The tree of people in the order of a cascade's columns, whose times may disagree: who seems earlier than the one who
    /// brought them came at once.
    #[must_use]
    pub fn new(parent: Vec<u32>, mut joined_h: Vec<f64>, watched_h: f64) -> Self {
        for place in 0..parent.len() {
            if let Some(above) = joined_h.get(parent[place] as usize).copied() {
                joined_h[place] = joined_h[place].max(above);
            }
        }
        Self { parent, joined_h, watched_h }
    }

    /// How many people.
    #[must_use]
    pub fn len(&self) -> usize {
        self.parent.len()
    }

    /// Whether there is not even a root.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.parent.is_empty()
    }

    /// When the last one joined.
    #[must_use]
    pub fn last_h(&self) -> f64 {
        self.joined_h.iter().copied().fold(0.0, f64::max)
    }

    /// What was there to be seen at an hour.
    #[must_use]
    pub fn until(&self, hour: f64) -> Self {
        let mut places = vec![NONE; self.len()];
        let mut seen = Self { watched_h: hour, ..Self::default() };
        for place in 0..self.len() {
            let parent = self.parent[place];
            let above = places.get(parent as usize).copied();
            // Who stands under nobody seen cannot have been seen.
            if self.joined_h[place] > hour || (parent != NONE && above == Some(NONE)) {
                continue;
            }
            places[place] = seen.len() as u32;
            seen.parent.push(above.unwrap_or(NONE));
            seen.joined_h.push(self.joined_h[place]);
        }
        seen
    }

    /// How many had joined at an hour.
    #[must_use]
    pub fn size_at(&self, hour: f64) -> u32 {
        self.joined_h.iter().filter(|joined| **joined <= hour).count() as u32
    }

    /// The kind of each person, and how many each brought.
    pub(super) fn kinds_and_children(&self) -> (Vec<u8>, Vec<u32>) {
        let (mut kinds, mut children) = (vec![0_u8; self.len()], vec![0; self.len()]);
        for place in 0..self.len() {
            if let Some(above) = children.get_mut(self.parent[place] as usize) {
                *above += 1;
                kinds[place] = next_kind(kinds[self.parent[place] as usize] as usize) as u8;
            }
        }
        (kinds, children)
    }
}

/// The kind of a child of this kind.
#[must_use]
pub const fn next_kind(kind: usize) -> usize {
    if kind + 1 < KINDS { kind + 1 } else { kind }
}

/// How many people somebody of a kind brings in the long run.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Offspring {
    /// On average.
    pub mean: f64,
    /// Shape: the smaller, the more unequal.
    pub k: f64,
    /// People this was seen on.
    pub people: u64,
}

/// How long it takes until somebody brought joins, in hours after the one who brings them.
#[derive(Clone, Debug, PartialEq)]
pub struct Waits {
    quantiles: Vec<f64>,
}

impl Waits {
    fn new(mut waits: Vec<f64>) -> Self {
        waits.sort_unstable_by(f64::total_cmp);
        if waits.len() > QUANTILES {
            let place = |part: usize| part * (waits.len() - 1) / (QUANTILES - 1);
            waits = (0..QUANTILES).map(|part| waits[place(part)]).collect();
        }
        if waits.is_empty() {
            waits.push(1.0);
        }
        Self { quantiles: waits }
    }

    /// The share of waits that end within so many hours.
    #[must_use]
    pub fn within(&self, hours: f64) -> f64 {
        if hours < 0.0 {
            return 0.0;
        }
        let after = self.quantiles.partition_point(|wait| *wait <= hours);
        let count = self.quantiles.len() as f64;
        match (after.checked_sub(1).map(|before| self.quantiles[before]), self.quantiles.get(after)) {
            (_, None) => 1.0,
            (None, Some(next)) => hours / next * 0.5 / count,
            (Some(before), Some(next)) => (after as f64 - 0.5 + (hours - before) / (next - before)) / count,
        }
    }

    /// The wait of which this share is shorter.
    #[must_use]
    pub fn at(&self, share: f64) -> f64 {
        let place = share * self.quantiles.len() as f64 - 0.5;
        let before = place.floor();
        let wait = |place: f64| self.quantiles[(place.max(0.0) as usize).min(self.quantiles.len() - 1)];
        if before < 0.0 {
            return self.quantiles[0] * (place + 0.5) * 2.0;
        }
        wait(before) + (wait(before + 1.0) - wait(before)) * (place - before)
    }
}

/// What past campaigns say. See the module.
#[derive(Clone, Debug, PartialEq)]
pub struct Habits {
    /// By kind.
    pub offspring: [Offspring; KINDS],
    /// By kind of the one who brings.
    pub waits: [Waits; KINDS],
    /// Shape of a tree's own factor: the larger, the more alike trees are.
    pub alike: f64,
    /// Trees this was seen on.
    pub trees: usize,
}

impl Habits {
    /// What these trees say.
    #[must_use]
    pub fn of<'a>(trees: impl IntoIterator<Item = &'a Tree> + Clone) -> Self {
        let waits = waits(trees.clone());
        let mut counted = [Counted::default(); KINDS];
        let mut histograms: [Vec<u64>; KINDS] = Default::default();
        for tree in trees.clone() {
            let (kinds, children) = tree.kinds_and_children();
            for (place, (kind, brought)) in kinds.iter().zip(&children).enumerate() {
                let kind = usize::from(*kind);
                let shown = waits[kind].within(tree.watched_h - tree.joined_h[place]);
                counted[kind].people += 1;
                counted[kind].shown += shown;
                counted[kind].brought += u64::from(*brought);
                if shown > 0.5 {
                    let brought = (*brought as usize).min(1 << 16);
                    let histogram = &mut histograms[kind];
                    histogram.resize(histogram.len().max(brought + 1), 0);
                    histogram[brought] += 1;
                }
            }
        }
        let offspring = std::array::from_fn(|kind| {
            let Counted { people, shown, brought } = counted[kind];
            let mean = (brought as f64 + PRIOR_WEIGHT * PRIOR_MEAN) / (shown + PRIOR_WEIGHT);
            Offspring { mean, k: shape(&histograms[kind], mean), people }
        });
        let mut habits = Self { offspring, waits, alike: 1.0, trees: trees.clone().into_iter().count() };
        habits.alike = habits.how_alike(trees);
        habits
    }

    /// The largest factor a tree may have.
    #[must_use]
    pub fn factor_max(&self) -> f64 {
        (DEEPER_MEAN_MAX / self.offspring[KINDS - 1].mean).max(1.0)
    }

    /// What to expect of the children of everybody in a tree but the root, and how many there were; in quasi-counts, that
    /// is, divided by how much more than a Poisson they vary.
    pub(super) fn expected_and_brought(&self, tree: &Tree) -> (f64, f64) {
        let (kinds, children) = tree.kinds_and_children();
        let (mut expected, mut brought) = (0.0, 0.0);
        for place in 1..tree.len() {
            let kind = usize::from(kinds[place]);
            let Offspring { mean, k, .. } = self.offspring[kind];
            let shown = self.waits[kind].within(tree.watched_h - tree.joined_h[place]);
            let dispersion = 1.0 + mean / k;
            expected += mean * shown / dispersion;
            brought += f64::from(children[place]) / dispersion;
        }
        (expected, brought)
    }

    /// Moments: trees vary by what their people vary anyway, and by the square of what is expected over the shape.
    fn how_alike<'a>(&self, trees: impl IntoIterator<Item = &'a Tree>) -> f64 {
        let (mut squares, mut excess) = (PRIOR_WEIGHT, PRIOR_WEIGHT);
        for tree in trees {
            let (expected, brought) = self.expected_and_brought(tree);
            squares += expected * expected;
            excess += (brought - expected).powi(2) - expected;
        }
        if excess <= 0.0 { ALIKE_MAX } else { (squares / excess).clamp(0.2, ALIKE_MAX) }
    }
}

#[derive(Clone, Copy, Debug, Default)]
struct Counted {
    people: u64,
    shown: f64,
    brought: u64,
}

fn waits<'a>(trees: impl IntoIterator<Item = &'a Tree>) -> [Waits; KINDS] {
    let mut waits: [Vec<f64>; KINDS] = Default::default();
    for tree in trees {
        let (kinds, _) = tree.kinds_and_children();
        for (place, parent) in tree.parent.iter().enumerate().filter(|(_, parent)| **parent != NONE) {
            let parent = *parent as usize;
            waits[usize::from(kinds[parent])].push(tree.joined_h[place] - tree.joined_h[parent]);
        }
    }
    let everybody: Vec<f64> = waits.concat();
    waits.map(|own| Waits::new(if own.len() < WAITS_MIN { everybody.clone() } else { own }))
}

/// The shape that makes these counts most likely, by golden section on its logarithm.
fn shape(histogram: &[u64], mean: f64) -> f64 {
    let likelihood = |log_k: f64| {
        let k = log_k.exp();
        let miss = k * (k / (k + mean)).ln();
        let hit = (mean / (k + mean)).ln();
        let of = |(brought, people): (usize, &u64)| {
            let brought = brought as f64;
            let ways = if brought == 0.0 { 0.0 } else { ln_gamma(k + brought) - ln_gamma(k) };
            *people as f64 * (ways + miss + brought * hit)
        };
        // The belief held beforehand: a shape near 1, weighing a little, so that a few people prove nothing.
        histogram.iter().enumerate().filter(|(_, people)| **people > 0).map(of).sum::<f64>() - 0.1 * log_k * log_k
    };
    let golden = (5_f64.sqrt() - 1.0) / 2.0;
    let (mut low, mut high) = (K_RANGE.0.ln(), K_RANGE.1.ln());
    for _ in 0..40 {
        let (a, b) = (high - golden * (high - low), low + golden * (high - low));
        if likelihood(a) > likelihood(b) {
            high = b;
        } else {
            low = a;
        }
    }
    ((low + high) / 2.0).exp()
}
