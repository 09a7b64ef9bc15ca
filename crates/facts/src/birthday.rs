//! The birthday people let us know, as `identify` brings it.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::{Fact, Kind};

/// A day of the year, of the solar or the Chinese calendar.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Birthday {
    /// Of the Chinese calendar (农历).
    pub lunar: bool,
    /// 1 to 12.
    pub month: u8,
    /// 1 to 31; of the Chinese calendar 1 to 30.
    pub day: u8,
    /// In a leap month (闰月) of the Chinese calendar.
    pub leap: bool,
    /// The year, if they told it.
    pub year: Option<i32>,
}

impl Birthday {
    /// What an `identify` says: `birthday` as `1990-05-12`, `1990/5/12`, `05-12` or `--05-12`; a day of the Chinese calendar as
    /// `lunar_birthday`, or as `birthday` beside `birthday_calendar: "lunar"`; `birthday_leap: true` for a leap month. What is
    /// no day is not heard.
    #[must_use]
    pub fn told_by(fact: &Fact) -> Option<Self> {
        if fact.kind != Kind::Identify {
            return None;
        }
        let json = fact.properties.get();
        // Few people tell it, and reading all traits of everybody costs something.
        if !json.contains("birthday") {
            return None;
        }
        let traits: Map<String, Value> = serde_json::from_str(json).ok()?;
        let text = |name: &str| traits.get(name).and_then(Value::as_str).map(str::trim).filter(|text| !text.is_empty());
        let is_lunar = text("birthday_calendar").is_some_and(|calendar| matches!(calendar, "lunar" | "农历"));
        let (lunar, told) = match text("lunar_birthday") {
            Some(told) => (true, told),
            None => (is_lunar, text("birthday")?),
        };
        let leap = lunar && traits.get("birthday_leap").and_then(Value::as_bool).unwrap_or(false);
        Self::read(lunar, leap, told)
    }

    fn read(lunar: bool, leap: bool, told: &str) -> Option<Self> {
        // An instant, as Segment's libraries send a date: its day is what was meant.
        let day = told.split(['T', ' ']).next()?;
        let parts: Vec<&str> = day.trim_start_matches("--").split(['-', '/', '.']).collect();
        let (year, month, day) = match parts[..] {
            [year, month, day] => (Some(year.parse().ok().filter(|year| (1850..=2200).contains(year))?), month, day),
            [month, day] => (None, month, day),
            _ => return None,
        };
        let (month, day): (u8, u8) = (month.parse().ok()?, day.parse().ok()?);
        let longest = match month {
            _ if lunar => 30,
            2 => 29,
            4 | 6 | 9 | 11 => 30,
            _ => 31,
        };
        ((1..=12).contains(&month) && (1..=longest).contains(&day)).then_some(Self { lunar, month, day, leap, year })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(traits: &str) -> Option<Birthday> {
        let fact = Fact {
            source: "key:1".into(),
            message_id: "m".into(),
            kind: Kind::Identify,
            event: "identify".into(),
            user_id: Some("u".into()),
            anonymous_id: None,
            ids: Vec::new(),
            timestamp: kernel::Timestamp(1),
            original_timestamp: None,
            sent_at: None,
            received_at: kernel::Timestamp(1),
            properties: serde_json::from_str(traits).unwrap(),
            context: None,
        };
        Birthday::told_by(&fact)
    }

    #[test]
    fn a_birthday_is_read_as_brands_send_it() {
        let solar = |year, month, day| Some(Birthday { lunar: false, month, day, leap: false, year });
        assert_eq!(told(r#"{"birthday":"1990-05-12"}"#), solar(Some(1990), 5, 12));
        assert_eq!(told(r#"{"birthday":" 1990/5/2 "}"#), solar(Some(1990), 5, 2));
        assert_eq!(told(r#"{"birthday":"1990-05-12T00:00:00.000Z"}"#), solar(Some(1990), 5, 12));
        assert_eq!(
            (told(r#"{"birthday":"02-29"}"#), told(r#"{"birthday":"--2-29"}"#)),
            (solar(None, 2, 29), solar(None, 2, 29))
        );
        let lunar = |leap, year, month, day| Some(Birthday { lunar: true, month, day, leap, year });
        assert_eq!(told(r#"{"birthday":"1990-08-15","birthday_calendar":"lunar"}"#), lunar(false, Some(1990), 8, 15));
        assert_eq!(
            told(r#"{"lunar_birthday":"04-30","birthday_leap":true,"birthday":"1990-05-12"}"#),
            lunar(true, None, 4, 30)
        );
        for wrong in ["02-30", "13-01", "00-10", "1990", "5", "春节", "1700-01-01", "1-2-3-4", ""] {
            assert_eq!(told(&format!(r#"{{"birthday":"{wrong}"}}"#)), None, "{wrong}");
        }
        assert_eq!(told(r#"{"birthday":19900512}"#), None);
        assert_eq!(told(r#"{"lunar_birthday":"08-31"}"#), None);
        assert_eq!(told(r#"{"name":"林"}"#), None);
    }
}
