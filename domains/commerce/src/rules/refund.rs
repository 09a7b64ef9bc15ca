//! What goes back for some pieces of a line.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::split::pieces;

/// What a line was paid with.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default)]
pub struct Parts {
    /// Money, in fen.
    pub cash: i64,
    /// What coupons paid, in fen.
    pub coupon: i64,
    /// Points that were spent.
    pub points: i64,
    /// What was given for buying it, which is taken back: points or fen of a reward.
    pub reward: i64,
}

impl Parts {
    /// Both together; `None` beyond all numbers.
    #[must_use]
    pub fn plus(self, other: Self) -> Option<Self> {
        Some(Self {
            cash: self.cash.checked_add(other.cash)?,
            coupon: self.coupon.checked_add(other.coupon)?,
            points: self.points.checked_add(other.points)?,
            reward: self.reward.checked_add(other.reward)?,
        })
    }
}

/// What goes back for `count` further pieces of a line of `quantity`, of which `already` went back. Whatever the steps, when all
/// pieces are back, exactly what was paid is back. `None` when there are not so many pieces left.
#[must_use]
pub fn refund(paid: Parts, quantity: i64, already: i64, count: i64) -> Option<Parts> {
    if count <= 0 {
        return None;
    }
    let part = |total| pieces(total, quantity, already, count);
    Some(Parts {
        cash: part(paid.cash)?,
        coupon: part(paid.coupon)?,
        points: part(paid.points)?,
        reward: part(paid.reward)?,
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn three_for_a_hundred_go_back_one_by_one_to_the_fen() {
        let paid = Parts { cash: 10_000, coupon: 100, points: 7, reward: 1 };
        let backs: Vec<Parts> = (0..3).map(|already| refund(paid, 3, already, 1).unwrap()).collect();
        assert_eq!(backs.iter().map(|back| back.cash).collect::<Vec<_>>(), [3333, 3333, 3334]);
        assert_eq!(backs.iter().copied().try_fold(Parts::default(), Parts::plus), Some(paid));
        assert_eq!(refund(paid, 3, 2, 2), None, "more than was bought");
        assert_eq!(refund(paid, 3, 0, 0), None);
        assert_eq!(refund(paid, 3, 0, -1), None, "a negative quantity gives nothing and takes nothing");
    }

    proptest! {
        #[test]
        fn partial_refunds_sum_to_what_was_paid(
            cash in 0..1_000_000_000_i64, coupon in 0..1_000_000_i64, points in 0..1000_i64, reward in 0..1000_i64,
            steps in prop::collection::vec(1..9_i64, 1..9),
        ) {
            let paid = Parts { cash, coupon, points, reward };
            let quantity: i64 = steps.iter().sum();
            let (mut already, mut back) = (0, Parts::default());
            for count in steps {
                let part = refund(paid, quantity, already, count).unwrap();
                prop_assert!(part.cash >= 0 && part.coupon >= 0 && part.points >= 0 && part.reward >= 0);
                already += count;
                back = back.plus(part).unwrap();
            }
            prop_assert_eq!(back, paid);
            prop_assert_eq!(refund(paid, quantity, already, 1), None);
        }
    }
}
