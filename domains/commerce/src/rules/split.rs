//! Sharing an amount out in whole fen.

/// Shares `total` out in proportion to weights, so that the parts sum to it exactly: everybody gets their share rounded down, and
/// what is left goes fen by fen to the largest remainders, equal ones in the order of their keys. The order of the list does not
/// matter. A part is never more than its weight when `total` is at most the sum of the weights.
///
/// `None` when something is negative, or there is something to share and nobody to have it.
#[must_use]
pub fn split<K: Ord>(total: i64, weights: &[(K, i64)]) -> Option<Vec<i64>> {
    if total < 0 || weights.iter().any(|(_, weight)| *weight < 0) {
        return None;
    }
    let whole: i128 = weights.iter().map(|(_, weight)| i128::from(*weight)).sum();
    if whole == 0 {
        return (total == 0).then(|| vec![0; weights.len()]);
    }
    let exact = |weight: i64| i128::from(total) * i128::from(weight);
    let mut parts: Vec<i64> = Vec::with_capacity(weights.len());
    for (_, weight) in weights {
        parts.push(i64::try_from(exact(*weight) / whole).ok()?);
    }
    let mut order: Vec<usize> = (0..weights.len()).collect();
    order.sort_by(|one, other| {
        let remainder = |index: &usize| exact(weights[*index].1) % whole;
        remainder(other).cmp(&remainder(one)).then_with(|| weights[*one].0.cmp(&weights[*other].0))
    });
    let left = usize::try_from(total - parts.iter().sum::<i64>()).ok()?;
    for index in order.into_iter().take(left) {
        parts[index] += 1;
    }
    Some(parts)
}

/// What of `total` belongs to the pieces `from..from + count` of `of` equal ones. Counted from the beginning, so that however the
/// pieces are taken one after the other, all of them together are exactly the total.
///
/// `None` when there are not so many pieces.
#[must_use]
pub fn pieces(total: i64, of: i64, from: i64, count: i64) -> Option<i64> {
    if total < 0 || from < 0 || count < 0 || of <= 0 || from.checked_add(count)? > of {
        return None;
    }
    let up_to = |piece: i64| i64::try_from(i128::from(total) * i128::from(piece) / i128::from(of)).ok();
    Some(up_to(from + count)? - up_to(from)?)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_largest_remainder_gets_the_fen_that_is_left() {
        assert_eq!(split(100, &[("a", 1), ("b", 1), ("c", 1)]), Some(vec![34, 33, 33]));
        assert_eq!(split(100, &[("c", 1), ("b", 1), ("a", 1)]), Some(vec![33, 33, 34]), "by key, not by place");
        assert_eq!(split(5, &[("a", 0), ("b", 9)]), Some(vec![0, 5]));
        assert_eq!(split(0, &[("a", 0)]), Some(vec![0]));
        assert_eq!(split(1, &[("a", 0)]), None);
        assert_eq!(split(-1, &[("a", 1)]), None);
        assert_eq!((pieces(100, 3, 0, 1), pieces(100, 3, 1, 2), pieces(100, 3, 2, 2)), (Some(33), Some(67), None));
    }

    proptest! {
        #[test]
        fn parts_sum_exactly_and_nobody_gets_more_than_their_weight(
            weights in prop::collection::vec(0..10_000_000_i64, 1..20), share in 0..=100_i64, turn in 0..20_usize,
        ) {
            let sum: i64 = weights.iter().sum();
            let total = sum / 100 * share;
            let keyed: Vec<(usize, i64)> = weights.iter().copied().enumerate().collect();
            let parts = split(total, &keyed).unwrap();
            prop_assert_eq!(parts.iter().sum::<i64>(), total);
            prop_assert!(parts.iter().zip(&weights).all(|(part, weight)| 0 <= *part && part <= weight));
            let mut turned = keyed.clone();
            turned.rotate_left(turn % weights.len());
            let mut found: Vec<(usize, i64)> =
                turned.iter().map(|(key, _)| *key).zip(split(total, &turned).unwrap()).collect();
            found.sort_unstable();
            prop_assert_eq!(found.into_iter().map(|(_, part)| part).collect::<Vec<_>>(), parts);
        }

        #[test]
        fn pieces_taken_in_any_steps_are_the_whole(total in 0..i64::MAX / 2, steps in prop::collection::vec(1..50_i64, 1..20)) {
            let of: i64 = steps.iter().sum();
            let mut from = 0;
            let mut sum = 0;
            for count in steps {
                let part = pieces(total, of, from, count).unwrap();
                prop_assert!(part >= 0);
                (from, sum) = (from + count, sum + part);
            }
            prop_assert_eq!(sum, total);
        }
    }
}
