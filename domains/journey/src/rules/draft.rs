//! What makes a rule one that can be set.

use super::{script, zone::DAY_MINUTES};
use crate::model::{After, Matcher, Rule, Span, SpanUnit, Terms};

/// Longest name, in characters.
const NAME_CHARS_MAX: usize = 100;
/// Longest script, in characters.
const SCRIPT_CHARS_MAX: usize = 2000;
/// Longest name of a fact or a property, or value, in bytes.
const TEXT_BYTES_MAX: usize = 256;
/// Conditions on one fact.
const FILTERS_MAX: usize = 10;
/// Days a reminder may come before the day that is kept.
const DAYS_BEFORE_MAX: u16 = 60;
/// Most of a unit that is waited.
const SPAN_MAX: u16 = 1000;
/// Most months that are waited.
const MONTHS_MAX: u16 = 120;
/// Most repetitions.
const TIMES_MAX: u16 = 24;

/// Why it cannot be set.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DraftError {
    /// No name, or too long a one.
    #[error("a name has 1 to {NAME_CHARS_MAX} characters")]
    Name,
    /// No script, or too long a one.
    #[error("a script has 1 to {SCRIPT_CHARS_MAX} characters")]
    Script,
    /// Braces around a word that means nothing.
    #[error("{{{0}}} means nothing; there are {{name}}, {{days}}, {{date}}, {{festival}} and {{store}}")]
    Placeholder(String),
    /// A time of day that is none.
    #[error("a time of day is written like 10:00")]
    Time(&'static str),
    /// A fact without a name.
    #[error("the fact is named by 1 to {TEXT_BYTES_MAX} bytes, as it is sent")]
    Event(&'static str),
    /// Too many conditions, or one that says nothing.
    #[error("at most {FILTERS_MAX} conditions, each on a property, with a value")]
    Filters(&'static str),
    /// A time that is none, or too long.
    #[error("1 to {SPAN_MAX} days or weeks, or 1 to {MONTHS_MAX} months")]
    Span(&'static str),
    /// Too many repetitions, or none.
    #[error("1 to {TIMES_MAX} times")]
    Times,
    /// Too early.
    #[error("at most {DAYS_BEFORE_MAX} days before")]
    DaysBefore,
}

impl DraftError {
    /// The field it is about.
    #[must_use]
    pub const fn field(&self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::Script | Self::Placeholder(_) => "script",
            Self::Time(field) | Self::Event(field) | Self::Filters(field) | Self::Span(field) => field,
            Self::Times => "terms.repeat.times",
            Self::DaysBefore => "terms.days_before",
        }
    }
}

/// Whether a rule can be set.
///
/// # Errors
/// [`DraftError`], to be told to whoever drafted it.
pub fn check(rule: &Rule) -> Result<(), DraftError> {
    let plain = |text: &str| !text.chars().any(char::is_control);
    if !(1..=NAME_CHARS_MAX).contains(&rule.name.chars().count()) || !plain(&rule.name) {
        return Err(DraftError::Name);
    }
    if !(1..=SCRIPT_CHARS_MAX).contains(&rule.script.chars().count()) || rule.script.contains('\0') {
        return Err(DraftError::Script);
    }
    if let Some(word) = script::unknown(&rule.script) {
        return Err(DraftError::Placeholder(word));
    }
    for (minute, field) in [(rule.at_minute, "at"), (rule.quiet.from, "quiet_from"), (rule.quiet.to, "quiet_to")] {
        if minute >= DAY_MINUTES {
            return Err(DraftError::Time(field));
        }
    }
    match &rule.terms {
        Terms::After(after) => check_after(after),
        Terms::Birthday { days_before } | Terms::Festival { days_before, .. } if *days_before > DAYS_BEFORE_MAX => {
            Err(DraftError::DaysBefore)
        }
        _ => Ok(()),
    }
}

fn check_after(after: &After) -> Result<(), DraftError> {
    matcher(&after.fact, "terms.fact.event", "terms.fact.filters")?;
    if let Some(unless) = &after.unless {
        matcher(unless, "terms.unless.event", "terms.unless.filters")?;
    }
    span(after.wait, "terms.wait")?;
    if let Some(repeat) = after.repeat {
        span(repeat.every, "terms.repeat.every")?;
        if !(1..=TIMES_MAX).contains(&repeat.times) {
            return Err(DraftError::Times);
        }
    }
    Ok(())
}

fn matcher(matcher: &Matcher, event: &'static str, filters: &'static str) -> Result<(), DraftError> {
    let is_text = |text: &str| (1..=TEXT_BYTES_MAX).contains(&text.trim().len()) && !text.contains('\0');
    if !is_text(&matcher.event) {
        return Err(DraftError::Event(event));
    }
    let fits = matcher.filters.iter().all(|filter| is_text(&filter.property) && is_text(&filter.value));
    if matcher.filters.len() > FILTERS_MAX || !fits {
        return Err(DraftError::Filters(filters));
    }
    Ok(())
}

fn span(span: Span, field: &'static str) -> Result<(), DraftError> {
    let max = if span.unit == SpanUnit::Month { MONTHS_MAX } else { SPAN_MAX };
    if (1..=max).contains(&span.count) { Ok(()) } else { Err(DraftError::Span(field)) }
}
