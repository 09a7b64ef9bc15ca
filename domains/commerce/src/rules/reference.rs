//! The price something may be compared with: the lowest of the seven days before.

use kernel::Timestamp;

/// How far back the law looks.
const LOOK_BACK_SECS: i64 = 7 * 24 * 3600;

/// The lowest price in force at any moment of the seven days before a promotion began. `changes` are the moments from which a price
/// was in force, in any order. `None` when it was not for sale before: then there is nothing to compare with.
#[must_use]
pub fn reference_price(changes: &[(Timestamp, i64)], begins: Timestamp) -> Option<i64> {
    let since = begins.plus_secs(-LOOK_BACK_SECS);
    // The last of one moment was in force, the others for no time at all.
    let mut changes: Vec<(usize, (Timestamp, i64))> = changes.iter().copied().enumerate().collect();
    changes.sort_by_key(|(place, (at, _))| (*at, *place));
    let until = |place: usize| changes.get(place + 1).map_or(begins, |(_, (at, _))| (*at).min(begins));
    let in_force = |place: usize, at: Timestamp| at < until(place) && until(place) > since;
    changes
        .iter()
        .enumerate()
        .filter(|(place, (_, (at, _)))| in_force(*place, *at))
        .map(|(_, (_, (_, price)))| *price)
        .min()
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAY: i64 = 24 * 3600;

    fn at(day: i64) -> Timestamp {
        Timestamp::from_secs(1_790_000_000 + day * DAY)
    }

    #[test]
    fn a_price_raised_for_a_day_before_the_sale_is_no_reference() {
        let raised = [(at(0), 100), (at(19), 200)];
        assert_eq!(reference_price(&raised, at(20)), Some(100), "the old price was in force within the week");
        assert_eq!(reference_price(&raised, at(26)), Some(200), "until exactly a week later");
        assert_eq!(
            reference_price(&[(at(0), 100), (at(5), 80), (at(6), 100)], at(10)),
            Some(80),
            "a sale just before counts"
        );
        assert_eq!(reference_price(&[(at(0), 100), (at(1), 80), (at(2), 100)], at(10)), Some(100));
        assert_eq!(reference_price(&[(at(6), 100), (at(0), 90)], at(20)), Some(100), "in any order");
        assert_eq!(reference_price(&[(at(3), 10), (at(3), 90)], at(4)), Some(90), "in force for no time");
        assert_eq!(reference_price(&[(at(3), 10)], at(3)), None);
        assert_eq!(reference_price(&[], at(3)), None);
    }
}
