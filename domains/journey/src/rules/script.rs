//! What staff say: the rule's words, with what is known of the person put in.

use chrono::Datelike;
use kernel::Timestamp;

use super::zone;
use crate::model::{Occurrence, Reminder, Rule, Terms};

/// What may stand in braces.
pub const PLACEHOLDERS: [&str; 5] = ["name", "days", "date", "festival", "store"];

/// The first word in braces that means nothing.
pub fn unknown(script: &str) -> Option<String> {
    let words = script.split('{').skip(1).filter_map(|rest| rest.split_once('}')).map(|(word, _)| word);
    words.into_iter().find(|word| !PLACEHOLDERS.contains(word)).map(str::to_owned)
}

/// What is put in.
#[derive(Clone, Copy, Debug, Default)]
pub struct Known<'a> {
    /// What the person is called.
    pub name: Option<&'a str>,
    /// What their store is called.
    pub store: Option<&'a str>,
}

/// The days between today and what a reminder is about.
pub fn days(reminder: &Reminder, now: Timestamp) -> i64 {
    (zone::day_number(reminder.from) - zone::day_number(now)).abs()
}

/// The words for a reminder. `{days}` is how long ago the fact was, or how long it is to the day.
pub fn words(rule: &Rule, reminder: &Reminder, known: Known<'_>, now: Timestamp) -> String {
    let date = match &reminder.occurrence {
        Occurrence::Festival(day) => *day,
        _ => zone::date(reminder.from),
    };
    let festival = match &rule.terms {
        Terms::Festival { festival, .. } => festival.zh(),
        _ => "",
    };
    let with = |word: &str| match word {
        "name" => known.name.unwrap_or("顾客").to_owned(),
        "days" => days(reminder, now).to_string(),
        "date" => format!("{}月{}日", date.month(), date.day()),
        "festival" => festival.to_owned(),
        "store" => known.store.unwrap_or_default().to_owned(),
        other => format!("{{{other}}}"),
    };
    let mut parts = rule.script.split('{');
    let mut words = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        match part.split_once('}') {
            Some((word, rest)) => words.extend([with(word).as_str(), rest]),
            None => words.extend(["{", part]),
        }
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_in_braces_must_mean_something() {
        assert_eq!(unknown("{name}你好，{days}天前"), None);
        assert_eq!(unknown("{name}你好，{phone}"), Some("phone".to_owned()));
        assert_eq!(unknown("a { b"), None);
    }
}
