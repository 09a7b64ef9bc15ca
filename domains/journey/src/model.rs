//! Rules of reminders, and the reminders themselves.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use kernel::{Handle, Offset, RootOwner, Scope, StaffId, Timestamp, UnitId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

pub use crate::rules::festival::Festival;

/// A length of time by the calendar.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = ReminderSpan)]
pub struct Span {
    /// How many.
    #[schema(minimum = 1, maximum = 1000)]
    pub count: u16,
    /// Of what.
    pub unit: SpanUnit,
}

impl Span {
    /// So many days.
    #[must_use]
    pub const fn days(count: u16) -> Self {
        Self { count, unit: SpanUnit::Day }
    }
}

/// What a span is counted in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = ReminderSpanUnit)]
pub enum SpanUnit {
    /// 天
    Day,
    /// 周
    Week,
    /// 月
    Month,
}

/// How a property is held against a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = ReminderTest)]
pub enum Test {
    /// It is this.
    Is,
    /// It is not this, or not there.
    IsNot,
    /// This is part of its text.
    Contains,
    /// As a number it is this or more.
    AtLeast,
    /// As a number it is this or less.
    AtMost,
}

/// A condition on a property of a fact.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = ReminderFilter)]
pub struct Filter {
    /// Its name; a path such as `items.name` looks into objects, and at every entry of a list.
    #[schema(example = "items.name")]
    pub property: String,
    /// How it is compared.
    pub test: Test,
    /// With what.
    #[schema(example = "香薰")]
    pub value: String,
}

/// Which facts are meant.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = ReminderMatcher)]
pub struct Matcher {
    /// Name of the fact.
    #[schema(example = "Order Paid")]
    pub event: String,
    /// All of these must hold.
    #[serde(default)]
    #[schema(required = false, max_items = 10)]
    pub filters: Vec<Filter>,
}

/// Whether reminders are counted from the last fact of a person, or from each order.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = ReminderPer)]
pub enum Per {
    /// The last one counts: a later one moves the reminder.
    #[default]
    Person,
    /// Each order of its own, told apart by `order_id`; only facts of the same order call it off.
    Order,
}

/// Again, until somebody is called off.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = ReminderRepeat)]
pub struct Repeat {
    /// After how long.
    pub every: Span,
    /// How many times more.
    #[schema(minimum = 1, maximum = 24)]
    pub times: u16,
}

/// So long after a fact.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = ReminderAfter)]
pub struct After {
    /// After which fact.
    pub fact: Matcher,
    /// How long after it.
    pub wait: Span,
    /// Unless this happened since.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub unless: Option<Matcher>,
    /// From what it is counted.
    #[serde(default)]
    #[schema(required = false)]
    pub per: Per,
    /// And again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub repeat: Option<Repeat>,
}

/// Of whom a festival reminds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = ReminderAudience)]
pub enum Audience {
    /// Of everybody who let us know anything of themselves.
    Everybody,
    /// Of those who left phone and WeChat id (粉丝).
    Fans,
    /// Of those who paid an order (会员).
    Members,
}

/// What a rule reminds of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[schema(as = ReminderTerms)]
pub enum Terms {
    /// So long after a fact.
    After(After),
    /// A birthday, some days before or on the day.
    Birthday {
        /// 0 is the day itself.
        #[serde(default)]
        #[schema(required = false, maximum = 60)]
        days_before: u16,
    },
    /// A festival, some days before or on the day.
    Festival {
        /// Which.
        festival: Festival,
        /// 0 is the day itself.
        #[serde(default)]
        #[schema(required = false, maximum = 60)]
        days_before: u16,
        /// Of whom.
        audience: Audience,
    },
}

impl Terms {
    /// `after`, `birthday` or `festival`.
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::After(_) => "after",
            Self::Birthday { .. } => "birthday",
            Self::Festival { .. } => "festival",
        }
    }
}

/// Hours of the day in which nobody is reminded, in minutes since midnight: from, and to. They may go over midnight; equal ones
/// are no hours at all.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Quiet {
    /// The first minute.
    pub from: u16,
    /// The first minute after.
    pub to: u16,
}

/// A rule by which staff are reminded of people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rule {
    /// Its id.
    pub id: String,
    /// What staff call it.
    pub name: String,
    /// What it reminds of.
    pub terms: Terms,
    /// What to say, with placeholders in braces.
    pub script: String,
    /// At which minute of the day.
    pub at_minute: u16,
    /// When nobody is disturbed.
    pub quiet: Quiet,
    /// It reminds.
    pub on: bool,
    /// Since when: what fell due before is not told.
    pub on_since: Timestamp,
    /// The unit that does what nobody is the owner of.
    pub fallback: Option<UnitId>,
    /// Only of people whose root belongs to one of these units; nothing is everybody.
    pub units: Option<BTreeSet<UnitId>>,
    /// When it was made.
    pub created_at: Timestamp,
    /// By whom.
    pub created_by: String,
    /// When it was changed last.
    pub changed_at: Timestamp,
    /// Rises with every change of what it reminds of.
    pub revision: i64,
    /// The last day whose birthdays or festival were told, by its number.
    pub swept: i64,
    /// Facts told before the rule was set are counted. Until then it tells nobody: something may call off what it knows.
    pub filled: bool,
}

impl Rule {
    /// What it counts, if it waits for facts.
    #[must_use]
    pub const fn after(&self) -> Option<&After> {
        match &self.terms {
            Terms::After(after) => Some(after),
            _ => None,
        }
    }

    /// Whether it reminds of somebody whose root belongs to this owner.
    #[must_use]
    pub fn is_for(&self, owner: &RootOwner) -> bool {
        self.units.as_ref().is_none_or(|units| owner.unit.as_ref().is_some_and(|unit| units.contains(unit)))
    }

    /// Whether somebody of this scope may see and change it: all people it reminds of must be in scope.
    #[must_use]
    pub fn is_in(&self, scope: &Scope) -> bool {
        match (scope, &self.units) {
            (Scope::All, _) => true,
            (Scope::Units(seen), Some(units)) => units.is_subset(seen),
            _ => false,
        }
    }
}

/// Where a reminder stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = ReminderState)]
pub enum State {
    /// It will fall due.
    Waiting,
    /// It is to be done.
    Due,
    /// It was done.
    Done,
    /// It was left, on purpose.
    Skipped,
    /// It was told, and what happened since made it needless.
    Overtaken,
    /// It fell due when nobody could be told: too long ago, or before the rule was on.
    Missed,
    /// It is about somebody the rule is not for.
    Elsewhere,
}

impl State {
    /// As stored and sent.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Due => "due",
            Self::Done => "done",
            Self::Skipped => "skipped",
            Self::Overtaken => "overtaken",
            Self::Missed => "missed",
            Self::Elsewhere => "elsewhere",
        }
    }

    /// Reads what was stored.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Waiting, Self::Due, Self::Done, Self::Skipped, Self::Overtaken, Self::Missed, Self::Elsewhere]
            .into_iter()
            .find(|state| state.as_str() == text)
    }
}

/// For what somebody is reminded of a person: of one rule and person the same is told once.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Occurrence {
    /// The fact at this offset, for the so many-th time, from 0.
    Fact(Offset, u16),
    /// The birthday of this year.
    Birthday(i32),
    /// The festival on this day.
    Festival(NaiveDate),
}

impl std::fmt::Display for Occurrence {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Fact(offset, number) => write!(f, "{offset}.{number}"),
            Self::Birthday(year) => write!(f, "b{year}"),
            Self::Festival(day) => write!(f, "f{day}"),
        }
    }
}

impl std::str::FromStr for Occurrence {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        if let Some(year) = text.strip_prefix('b') {
            return year.parse().map(Self::Birthday).map_err(drop);
        }
        if let Some(day) = text.strip_prefix('f') {
            return day.parse().map(Self::Festival).map_err(drop);
        }
        let (offset, number) = text.split_once('.').ok_or(())?;
        Ok(Self::Fact(Offset(offset.parse().map_err(drop)?), number.parse().map_err(drop)?))
    }
}

/// A reminder: a rule, somebody, and for what.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reminder {
    /// The rule's id.
    pub rule: String,
    /// Of whom: the handle under which it was told. It stays theirs when persons are put together anew.
    pub handle: Handle,
    /// For what.
    pub occurrence: Occurrence,
    /// The order it is about, when the rule counts by order.
    pub key: String,
    /// The moment it is counted from: the fact, or the beginning of the day that is kept.
    pub from: Timestamp,
    /// When it falls due.
    pub due_at: Timestamp,
    /// Where it stands.
    pub state: State,
    /// When staff were told.
    pub told_at: Option<Timestamp>,
    /// The unit that is to do it.
    pub unit: Option<UnitId>,
    /// Who is to do it.
    pub staff: Option<StaffId>,
    /// When it was answered, or overtaken.
    pub closed_at: Option<Timestamp>,
    /// By whom.
    pub closed_by: Option<String>,
    /// What they noted.
    pub note: Option<String>,
}

impl Reminder {
    /// Its id: what makes it the one it is.
    #[must_use]
    pub fn id(&self) -> String {
        format!("{}.{}.{}", self.rule, self.handle.0, self.occurrence)
    }
}

/// The latest fact of a kind: when it happened, and where it stands in the log. Facts of one time are ordered by the log.
pub type Mark = (Timestamp, Offset);

/// What a rule has heard under one handle of one order (or of none).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Anchor {
    /// The rule's id.
    pub rule: String,
    /// The order, when the rule counts by order; else empty.
    pub key: String,
    /// Under which handle.
    pub handle: Handle,
    /// The last fact it counts from.
    pub since: Option<Mark>,
    /// The order that fact was about, if any.
    pub order: String,
    /// The last fact that calls it off.
    pub unless: Option<Mark>,
}

/// A birthday under one handle, as it was told last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BirthdayTold {
    /// Whose.
    pub handle: Handle,
    /// Which day.
    pub birthday: facts::Birthday,
    /// When, and by which fact.
    pub told: Mark,
}
