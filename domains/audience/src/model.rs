//! What is asked of people, in types: days, measures, standings and rules.

pub mod form;
pub mod kept;

use kernel::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// The brand's calendar: China has one zone and no summer time.
const ZONE_SECS: i64 = 8 * 3600;
const DAY_SECS: i64 = 24 * 3600;

/// Longest window of a rule, in days.
pub const DAYS_MAX: u16 = 366;

/// A day of the brand's calendar, counted from 1970-01-01 in China.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Day(pub i32);

impl Day {
    /// The day an instant lies in.
    #[must_use]
    pub fn of(at: Timestamp) -> Self {
        let days = (at.secs() + ZONE_SECS).div_euclid(DAY_SECS);
        Self(i32::try_from(days).unwrap_or(if days < 0 { i32::MIN / 2 } else { i32::MAX / 2 }))
    }

    /// When it begins.
    #[must_use]
    pub const fn begins(self) -> Timestamp {
        Timestamp::from_secs(self.0 as i64 * DAY_SECS - ZONE_SECS)
    }

    /// So many days later.
    #[must_use]
    pub const fn plus(self, days: i32) -> Self {
        Self(self.0.saturating_add(days))
    }
}

/// What is measured of what somebody did.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Measure {
    /// How often.
    Count,
    /// The amounts together, in the smallest unit of the currency (分 for CNY). Only `Order Paid` has an amount.
    Sum,
    /// On how many days. Asks for a window.
    ActiveDays,
    /// Days since the first time.
    DaysSinceFirst,
    /// Days since the last time.
    DaysSinceLast,
}

impl Measure {
    /// Every one, and what it is called.
    pub const ALL: &[(Self, &'static str, &'static str)] = &[
        (Self::Count, "次数", "Times"),
        (Self::Sum, "金额合计", "Amount"),
        (Self::ActiveDays, "活跃天数", "Active days"),
        (Self::DaysSinceFirst, "距首次天数", "Days since the first"),
        (Self::DaysSinceLast, "距最近一次天数", "Days since the last"),
    ];

    /// As it is told.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Count => "count",
            Self::Sum => "sum",
            Self::ActiveDays => "active_days",
            Self::DaysSinceFirst => "days_since_first",
            Self::DaysSinceLast => "days_since_last",
        }
    }

    /// Whether a window makes sense: not for the first and the last time ever.
    #[must_use]
    pub const fn takes_window(self) -> bool {
        matches!(self, Self::Count | Self::Sum | Self::ActiveDays)
    }
}

/// How far somebody has come with the brand. Each is asked for by itself: whoever pays is a member, with or without contact.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// Left phone and WeChat id (粉丝).
    Fan,
    /// Paid an order (会员).
    Member,
    /// Neither (非用户).
    Visitor,
}

impl Standing {
    /// As it is told.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Fan => "fan",
            Self::Member => "member",
            Self::Visitor => "visitor",
        }
    }
}

/// What a person let us know.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Known {
    /// A phone number.
    Phone,
    /// A WeChat id of any kind.
    Wechat,
    /// A city.
    City,
}

/// Who belongs: a tree of conditions.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Rule {
    /// Everything holds; with no conditions: everybody.
    All {
        /// The conditions.
        #[schema(no_recursion)]
        rules: Vec<Rule>,
    },
    /// At least one holds.
    Any {
        /// The conditions.
        #[schema(no_recursion)]
        rules: Vec<Rule>,
    },
    /// It does not hold.
    Not {
        /// The condition.
        #[schema(no_recursion)]
        rule: Box<Rule>,
    },
    /// Did something so many times.
    Did {
        /// Name of the fact; `*` is any.
        event: String,
        /// At least so many times; 1 when missing.
        #[serde(default = "once")]
        at_least: u32,
        /// At most so many times.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        at_most: Option<u32>,
        /// Within so many days, today included; ever when missing.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        days: Option<u16>,
    },
    /// Did one thing, and the other after it.
    Sequence {
        /// What came first.
        first: String,
        /// What came after it, at any time later.
        then: String,
    },
    /// A number lies between two bounds. Somebody who has no such number does not belong.
    Measured {
        /// Of what facts; `*` is any.
        event: String,
        /// Which number.
        measure: Measure,
        /// Within so many days, today included; ever when missing.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        days: Option<u16>,
        /// Not less than this.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        at_least: Option<i64>,
        /// Not more than this.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        at_most: Option<i64>,
    },
    /// A trait lies between two bounds.
    Trait {
        /// Its name.
        name: String,
        /// Not less than this.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        at_least: Option<i64>,
        /// Not more than this.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        at_most: Option<i64>,
    },
    /// Bears a tag.
    Tag {
        /// Its id.
        tag: String,
    },
    /// Stands there.
    Standing {
        /// Where.
        standing: Standing,
    },
    /// Let us know something.
    Knows {
        /// What.
        known: Known,
    },
    /// Says to live in a city.
    City {
        /// As they wrote it.
        city: String,
    },
    /// Belongs to another segment.
    Segment {
        /// Its id.
        segment: String,
    },
}

const fn once() -> u32 {
    1
}

/// A number that is kept of everybody, under a name rules can use.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TraitDef {
    /// Lower-case letters, digits and `_`; at most 64.
    pub name: String,
    /// What it is called, in Chinese.
    pub zh: String,
    /// And in English.
    pub en: String,
    /// Of what facts; `*` is any.
    pub event: String,
    /// Which number.
    pub measure: Measure,
    /// Within so many days, today included; ever when missing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub days: Option<u16>,
}

impl std::fmt::Display for Day {
    /// `2026-11-01`.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // The instant at which the same day begins in UTC bears its date.
        let noon = Timestamp::from_secs(i64::from(self.0) * DAY_SECS + DAY_SECS / 2).to_string();
        f.write_str(noon.get(..10).unwrap_or(&noon))
    }
}
