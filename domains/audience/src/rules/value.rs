//! How much somebody is worth to the brand, and how far along they are: RFM, value class, stage, purchase period.

use kernel::Handle;
use serde::Serialize;
use utoipa::ToSchema;

use super::part::Tally;
use crate::model::Day;

/// Days since the first deed within which somebody is new.
const NEW_DAYS: i64 = 30;
/// Days since the last deed within which somebody is active.
const ACTIVE_DAYS: i64 = 30;
/// Days since the last deed within which somebody is silent; after them, lost. Who paid within as many is paying.
const SILENT_DAYS: i64 = 90;

/// Where somebody is in their life with the brand.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// Paid within 90 days.
    Paying,
    /// Came within 30 days.
    New,
    /// Did something within 30 days.
    Active,
    /// Did nothing for 30 days.
    Silent,
    /// Did nothing for 90 days.
    Lost,
}

/// What somebody who paid is worth.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ValueClass {
    /// Buys often, and did lately.
    Loyal,
    /// Pays much.
    Premium,
    /// None of the others.
    Ordinary,
    /// Buys rarely.
    Infrequent,
    /// Has not bought for longest, and for more than 90 days.
    Lost,
}

/// The numbers of somebody who paid.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bought {
    /// Days since the last order.
    pub recency_days: i64,
    /// How many orders.
    pub orders: i64,
    /// The amounts together, in the smallest unit.
    pub paid_minor: i64,
}

impl Bought {
    /// What a tally of orders says; nothing when there are none.
    #[must_use]
    pub fn of(tally: &Tally, today: Day) -> Option<Self> {
        let orders = i64::try_from(tally.count).unwrap_or(i64::MAX);
        let recency_days = since(tally.last?, today);
        Some(Self { recency_days, orders, paid_minor: tally.sum })
    }
}

/// Fifths from 1, the least, to 5, the best.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fifths {
    /// Of how lately.
    pub recency: u8,
    /// Of how often.
    pub frequency: u8,
    /// Of how much.
    pub money: u8,
}

impl Fifths {
    /// The class they make of somebody who bought that. The last fifth of a young brand may have bought yesterday: who is lost has
    /// not bought for long, too.
    #[must_use]
    pub const fn class(self, bought: &Bought) -> ValueClass {
        if self.recency == 1 && bought.recency_days > SILENT_DAYS {
            ValueClass::Lost
        } else if self.recency >= 3 && self.frequency >= 4 {
            ValueClass::Loyal
        } else if self.money >= 4 {
            ValueClass::Premium
        } else if self.frequency <= 2 {
            ValueClass::Infrequent
        } else {
            ValueClass::Ordinary
        }
    }
}

/// Everybody who paid, in three orders.
#[derive(Clone, Debug, Default)]
pub struct Ranks {
    recency: Vec<(i64, u32)>,
    frequency: Vec<(i64, u32)>,
    money: Vec<(i64, u32)>,
}

impl Ranks {
    /// Of all these people.
    #[must_use]
    pub fn new(all: &[(Handle, Bought)]) -> Self {
        let sorted = |value: fn(&Bought) -> i64| {
            let mut ranks: Vec<(i64, u32)> = all.iter().map(|(person, bought)| (value(bought), person.0)).collect();
            ranks.sort_unstable();
            ranks
        };
        Self {
            recency: sorted(|bought| -bought.recency_days),
            frequency: sorted(|bought| bought.orders),
            money: sorted(|bought| bought.paid_minor),
        }
    }

    /// In which fifths somebody is. Who is as good as another is told apart by who came first, so that it stays.
    #[must_use]
    pub fn fifths(&self, person: Handle, bought: &Bought) -> Fifths {
        let fifth = |ranks: &[(i64, u32)], value: i64| {
            let place = ranks.partition_point(|other| *other < (value, person.0));
            (5 * place / ranks.len().max(1)).min(4) as u8 + 1
        };
        Fifths {
            recency: fifth(&self.recency, -bought.recency_days),
            frequency: fifth(&self.frequency, bought.orders),
            money: fifth(&self.money, bought.paid_minor),
        }
    }
}

fn since(micros: i64, today: Day) -> i64 {
    i64::from(today.0.saturating_sub(Day::of(kernel::Timestamp(micros)).0).max(0))
}

/// Where somebody is, by what they did and what they paid; nothing for who never did anything.
#[must_use]
pub fn stage(all: &Tally, paid: &Tally, today: Day) -> Option<Stage> {
    let (first, last) = (since(all.first?, today), since(all.last?, today));
    Some(if paid.last.is_some_and(|paid| since(paid, today) <= SILENT_DAYS) {
        Stage::Paying
    } else if first <= NEW_DAYS {
        Stage::New
    } else if last <= ACTIVE_DAYS {
        Stage::Active
    } else if last <= SILENT_DAYS {
        Stage::Silent
    } else {
        Stage::Lost
    })
}

/// Days from one order to the next on average; nothing with fewer than two.
#[must_use]
pub fn purchase_period(paid: &Tally) -> Option<f64> {
    let (first, last) = (paid.first?, paid.last?);
    let between = paid.count.checked_sub(1).filter(|between| *between > 0)?;
    Some((last - first) as f64 / 86_400_000_000.0 / between as f64)
}

#[cfg(test)]
mod tests {
    use super::*;

    const TODAY: Day = Day(20_000);

    fn tally(count: u64, first: i32, last: i32) -> Tally {
        let at = |days: i32| Some(TODAY.plus(-days).begins().0);
        Tally { count, sum: 100, first: at(first), last: at(last), ..Tally::default() }
    }

    #[test]
    fn a_stage_follows_what_was_done_last() {
        let nothing = Tally::default();
        assert_eq!(stage(&nothing, &nothing, TODAY), None);
        for (first, last, expected) in
            [(30, 30, Stage::New), (31, 30, Stage::Active), (200, 31, Stage::Silent), (200, 91, Stage::Lost)]
        {
            assert_eq!(stage(&tally(2, first, last), &nothing, TODAY), Some(expected));
        }
        assert_eq!(stage(&tally(2, 5, 5), &tally(1, 5, 5), TODAY), Some(Stage::Paying));
        assert_eq!(stage(&tally(2, 200, 5), &tally(1, 91, 91), TODAY), Some(Stage::Active));
    }

    #[test]
    fn a_purchase_period_takes_two_orders() {
        assert_eq!(purchase_period(&tally(1, 9, 9)), None);
        assert_eq!(purchase_period(&tally(4, 35, 5)), Some(10.0));
    }

    #[test]
    fn fifths_are_of_equal_size_and_stable_by_id() {
        let bought = Bought { recency_days: 3, orders: 1, paid_minor: 5 };
        let all: Vec<(Handle, Bought)> = (1..=10).map(|person| (Handle(person), bought)).collect();
        let ranks = Ranks::new(&all);
        let fifths: Vec<u8> = all.iter().map(|(person, bought)| ranks.fifths(*person, bought).money).collect();
        assert_eq!(fifths, [1, 1, 2, 2, 3, 3, 4, 4, 5, 5]);
        let best = Bought { recency_days: 0, orders: 9, paid_minor: 900 };
        let fifths = ranks.fifths(Handle(99), &best);
        assert_eq!((fifths, fifths.class(&best)), (Fifths { recency: 5, frequency: 5, money: 5 }, ValueClass::Loyal));
    }
}
