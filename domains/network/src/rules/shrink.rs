//! Ratios of a few observations, shrunk towards everybody's: empirical Bayes, fitted from the workspace itself.
//!
//! Each person is a group of observations: what each of their shares brought (counts), or whether each of those they brought
//! became a fan (yes or no). How much people differ is compared with how much one person's observations differ among
//! themselves (one-way analysis of variance); from that follows how many observations of the average person the prior weighs.
//! The answer has the form of a Gamma prior on counts and of a Beta prior on yes or no alike:
//!
//! (sum + mean·strength) / (count + strength), the Gamma(mean·strength, strength) or the
//! Beta(mean·strength, (1 − mean)·strength) posterior's mean.

/// What one person's observations add up to.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Group {
    /// How many there are.
    pub count: f64,
    /// Their sum.
    pub sum: f64,
    /// Their squares' sum.
    pub squares: f64,
}

/// What is believed of somebody before anything is known of them.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Prior {
    /// Everybody's mean.
    pub mean: f64,
    /// How many observations the belief weighs.
    pub strength: f64,
}

/// Fewer repeated observations than this say nothing of how much one person's differ.
const REPEATS_MIN: f64 = 20.0;
/// Weaker than half an observation, one lucky share would be believed; stronger than this is all the same.
const STRENGTH: (f64, f64) = (0.5, 1000.0);

impl Prior {
    /// Fits the belief. `strength` stands where too little is known to tell it, and so does `mean` where nothing is.
    #[must_use]
    pub fn fit(groups: impl Iterator<Item = Group>, otherwise: Self) -> Self {
        let (mut people, mut count, mut sum, mut counts, mut within, mut between) = (0.0, 0.0, 0.0, 0.0, 0.0, 0.0);
        for group in groups.filter(|group| group.count > 0.0) {
            let explained = group.sum * group.sum / group.count;
            people += 1.0;
            count += group.count;
            sum += group.sum;
            counts += group.count * group.count;
            within += group.squares - explained;
            between += explained;
        }
        if count == 0.0 {
            return otherwise;
        }
        let mean = sum / count;
        if people < 2.0 || count - people < REPEATS_MIN {
            return Self { mean, ..otherwise };
        }
        let noise = within / (count - people);
        let spread = (between - count * mean * mean) / (people - 1.0);
        let size = (count - counts / count) / (people - 1.0);
        let differ = (spread - noise) / size;
        let strength = if differ > 0.0 { (noise / differ).clamp(STRENGTH.0, STRENGTH.1) } else { STRENGTH.1 };
        Self { mean, strength }
    }

    /// What is believed of somebody whose `count` observations add up to `sum`.
    #[must_use]
    pub fn shrunk(&self, sum: f64, count: f64) -> f64 {
        (sum + self.mean * self.strength) / (count + self.strength)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rand::{RngExt, SeedableRng};
    use rand_chacha::ChaCha8Rng;

    use super::*;

    const NOBODY: Prior = Prior { mean: 1.0, strength: 1.0 };

    fn yes_or_no(asked: u32, yes: u32) -> Group {
        Group { count: f64::from(asked), sum: f64::from(yes), squares: f64::from(yes) }
    }

    proptest! {
        #[test]
        fn a_belief_lies_between_ones_own_mean_and_everybodys(
            groups in prop::collection::vec((1..40_u32, 0..40_u32), 1..60),
        ) {
            let groups: Vec<Group> = groups.into_iter().map(|(asked, yes)| yes_or_no(asked, yes.min(asked))).collect();
            let prior = Prior::fit(groups.iter().copied(), NOBODY);
            prop_assert!((0.0..=1.0).contains(&prior.mean) && prior.strength > 0.0);
            for group in groups {
                let (own, believed) = (group.sum / group.count, prior.shrunk(group.sum, group.count));
                prop_assert!(own.min(prior.mean) - 1e-9 <= believed && believed <= own.max(prior.mean) + 1e-9);
            }
        }
    }

    /// People who answer yes by their own chance, half of them 0.2 and half 0.6: a spread of 0.04, which is what a Beta with a
    /// strength of 0.24 / 0.04 − 1 = 5 has.
    #[test]
    fn it_finds_how_much_people_differ() {
        let mut rng = ChaCha8Rng::seed_from_u64(7);
        let groups: Vec<Group> = (0..4000)
            .map(|person| {
                let chance = if person % 2 == 0 { 0.2 } else { 0.6 };
                let asked = rng.random_range(1..12);
                yes_or_no(asked, (0..asked).filter(|_| rng.random_bool(chance)).count() as u32)
            })
            .collect();
        let prior = Prior::fit(groups.into_iter(), NOBODY);
        assert!((prior.mean - 0.4).abs() < 0.02 && (prior.strength - 5.0).abs() < 0.8, "{prior:?}");
    }

    #[test]
    fn people_who_do_not_differ_are_believed_to_be_the_average() {
        let alike = (0..200).map(|_| Group { count: 4.0, sum: 8.0, squares: 24.0 });
        assert_eq!(Prior::fit(alike, NOBODY), Prior { mean: 2.0, strength: 1000.0 });
        // Nobody did anything twice: the mean is known, how much to believe it is not.
        let once = (0..200).map(|place| yes_or_no(1, u32::from(place < 50)));
        assert_eq!(Prior::fit(once, NOBODY), Prior { mean: 0.25, strength: 1.0 });
        assert_eq!(Prior::fit(std::iter::empty(), NOBODY), NOBODY);
    }
}
