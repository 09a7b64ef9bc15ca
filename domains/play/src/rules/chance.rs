//! What chance decides, from a seed that the event brings.

use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha20Rng;

/// A million: what odds are told of.
pub const WHOLE: u32 = 1_000_000;

/// Chance from a seed.
pub struct Dice(ChaCha20Rng);

impl Dice {
    /// The same throws for the same seed.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self(ChaCha20Rng::seed_from_u64(seed))
    }

    /// A number below `end`, each as likely as any other; 0 when there is none.
    pub fn below(&mut self, end: u128) -> u128 {
        if end <= 1 {
            return 0;
        }
        // What does not fit a whole number of times would make small numbers likelier.
        let fair = u128::MAX - u128::MAX % end;
        loop {
            let thrown = u128::from(self.0.next_u64()) << 64 | u128::from(self.0.next_u64());
            if thrown < fair {
                return thrown % end;
            }
        }
    }

    /// `over / under`, rounded up as often as what is left says, so that on average nothing is won or lost by rounding.
    fn rounded(&mut self, over: u128, under: u128) -> i64 {
        let up = self.below(under) < over % under;
        i64::try_from(over / under).unwrap_or(i64::MAX).saturating_add(i64::from(up))
    }

    /// The next packet out of so much for so many. By chance it is up to twice the average of what lies above the least, so that
    /// coming early or late makes no difference on average; the last takes the rest.
    pub fn packet(&mut self, left_fen: i64, left: i64, min_fen: i64, even: bool) -> i64 {
        if left <= 1 {
            return left_fen.max(0);
        }
        let count = left.unsigned_abs();
        if even {
            return self.rounded(u128::from(left_fen.unsigned_abs()), u128::from(count));
        }
        let surplus = (left_fen - left * min_fen).max(0);
        let span = 2 * u128::from(surplus.unsigned_abs());
        let part = self.below(1 << 32);
        let drawn = self.rounded(span * part, u128::from(count) << 32);
        min_fen + drawn.min(surplus)
    }

    /// So many cuts, falling, each at least one fen, together exactly `total`.
    pub fn cuts(&mut self, total: i64, count: u32) -> Vec<i64> {
        let each = i64::from(count);
        let (count, over) = (count as usize, (total - each).max(0));
        let mut weights: Vec<u128> = (0..count).map(|_| 1 + self.below(1000)).collect();
        weights.sort_unstable_by(|a, b| b.cmp(a));
        let sum: u128 = weights.iter().sum::<u128>().max(1);
        let whole = u128::from(over.unsigned_abs());
        let mut cuts: Vec<i64> =
            weights.iter().map(|weight| 1 + i64::try_from(whole * weight / sum).unwrap_or(0)).collect();
        // What rounding down left over: less than one fen for each, handed to the first.
        let missing = total - cuts.iter().sum::<i64>();
        for cut in cuts.iter_mut().take(usize::try_from(missing).unwrap_or(0)) {
            *cut += 1;
        }
        cuts
    }

    /// Which of these, each as often as it says of a million; nothing for what is left of it.
    pub fn pick(&mut self, odds: impl IntoIterator<Item = u32>) -> Option<usize> {
        let thrown = self.below(u128::from(WHOLE)) as u32;
        let mut upto = 0;
        odds.into_iter().position(|ppm| {
            upto += ppm;
            thrown < upto
        })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn packets(seed: u64, total: i64, count: i64, min: i64, even: bool) -> Vec<i64> {
        let (mut dice, mut left) = (Dice::new(seed), total);
        (0..count)
            .map(|taken| {
                let packet = dice.packet(left, count - taken, min, even);
                left -= packet;
                packet
            })
            .collect()
    }

    proptest! {
        #[test]
        fn packets_are_whole_and_never_less_than_the_least(
            seed: u64, count in 1_i64..60, min in 0_i64..50, over in 0_i64..100_000, even: bool,
        ) {
            let total = count * min + over;
            let packets = packets(seed, total, count, min, even);
            prop_assert_eq!(packets.iter().sum::<i64>(), total);
            prop_assert!(packets.iter().all(|packet| *packet >= min), "{:?}", packets);
        }

        #[test]
        fn cuts_fall_and_are_exact_in_sum(seed: u64, count in 1_u32..200, over in 0_i64..1_000_000) {
            let total = i64::from(count) + over;
            let cuts = Dice::new(seed).cuts(total, count);
            prop_assert_eq!(cuts.len(), count as usize);
            prop_assert_eq!(cuts.iter().sum::<i64>(), total);
            prop_assert!(cuts.iter().all(|cut| *cut >= 1) && cuts.is_sorted_by(|a, b| a >= b), "{:?}", cuts);
        }
    }

    /// Averages over many funds, place by place.
    #[expect(clippy::cast_precision_loss, reason = "sums of a test")]
    fn averages(total: i64, count: i64, min: i64, runs: u64) -> Vec<f64> {
        let mut sums = vec![0_i64; count as usize];
        for seed in 0..runs {
            for (sum, packet) in sums.iter_mut().zip(packets(seed, total, count, min, false)) {
                *sum += packet;
            }
        }
        sums.into_iter().map(|sum| sum as f64 / runs as f64).collect()
    }

    #[test]
    fn coming_early_or_late_makes_no_difference_on_average() {
        // 100 yuan for ten: 9.99 to 10.03 is what chance leaves at this many runs, seven standard errors are allowed.
        for average in averages(10_000, 10, 1, 20_000) {
            assert!((average - 1000.0).abs() < 40.0, "{average}");
        }
        // 1.10 yuan for a hundred: rounding down would give the last one 1.87 fen.
        for average in averages(110, 100, 1, 20_000) {
            assert!((average - 1.1).abs() < 0.03, "{average}");
        }
    }

    #[test]
    fn a_draw_keeps_to_its_odds() {
        let odds = [1_000, 49_000, 250_000];
        let (mut dice, mut won) = (Dice::new(7), [0_i64; 4]);
        const RUNS: i64 = 400_000;
        for _ in 0..RUNS {
            won[dice.pick(odds).unwrap_or(3)] += 1;
        }
        for (won, ppm) in won.into_iter().zip([1_000_i64, 49_000, 250_000, 700_000]) {
            let expected = RUNS * ppm / 1_000_000;
            // Five standard deviations of so many throws.
            #[expect(clippy::cast_precision_loss, reason = "counts of a test")]
            let allowed = 5.0 * (expected as f64 * (1.0 - ppm as f64 / 1e6)).sqrt();
            #[expect(clippy::cast_precision_loss, reason = "counts of a test")]
            let off = (won - expected).abs() as f64;
            assert!(off < allowed, "{ppm}: {won}, expected {expected}");
        }
    }
}
