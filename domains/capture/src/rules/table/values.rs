//! What is in a cell: numbers, money, times.

use chrono::{FixedOffset, NaiveDate, NaiveDateTime, TimeZone};
use kernel::Timestamp;
use serde_json::Value;

/// How a cell becomes a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reading {
    /// As it is.
    Text,
    /// A number.
    Number,
    /// Money such as `39.90` in the smallest unit: 3990.
    Minor,
    /// `true`, `1`, `yes`, `是` …
    Bool,
    /// JSON.
    Json,
}

/// A message id that is the same each time the line is read: from the file's name, the line's number and its text.
#[must_use]
pub fn stable_id(name: &str, line: u64, text: &[u8]) -> String {
    let mut hasher = blake3::Hasher::new();
    hasher.update(&(name.len() as u64).to_le_bytes()).update(name.as_bytes());
    hasher.update(&line.to_le_bytes()).update(text);
    let hex = hasher.finalize().to_hex();
    format!("i-{}", &hex[..32])
}

/// A cell as JSON.
///
/// # Errors
/// What is wrong with it, to stand behind the cell: `is no number …`.
pub fn value(cell: &str, reading: Reading) -> Result<Value, String> {
    match reading {
        Reading::Text => Ok(cell.into()),
        Reading::Number => serde_json::from_str(cell)
            .ok()
            .filter(Value::is_number)
            .ok_or_else(|| "is no number such as 3990 or 39.9".to_owned()),
        Reading::Minor => minor(cell, 2).map(Value::from).ok_or_else(|| "is no amount such as 39.90".to_owned()),
        Reading::Bool => match cell.to_lowercase().as_str() {
            "true" | "1" | "yes" | "y" | "是" => Ok(true.into()),
            "false" | "0" | "no" | "n" | "否" => Ok(false.into()),
            _ => Err("is neither true nor false".to_owned()),
        },
        Reading::Json => serde_json::from_str(cell).map_err(|_| "is no JSON".to_owned()),
    }
}

/// An amount in the smallest units of a currency that has so many places (2: 39.90 is 3990), without a detour over fractions
/// of two. Commas count where they part thousands, and nowhere else: what could be read in two ways is no amount.
#[must_use]
pub fn minor(cell: &str, places: u32) -> Option<i64> {
    let cell = cell.strip_prefix(['¥', '￥']).unwrap_or(cell).trim();
    let cell = cell.strip_suffix('元').unwrap_or(cell).trim();
    let (negative, cell) = cell.strip_prefix('-').map_or((false, cell), |digits| (true, digits));
    let cell = cell.strip_prefix(['¥', '￥']).unwrap_or(cell);
    let (whole, fraction) = cell.split_once('.').unwrap_or((cell, ""));
    let all_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let whole = without_commas(whole)?;
    if whole.is_empty() || !all_digits(&whole) || !all_digits(fraction) {
        return None;
    }
    // More places are fine as long as they say nothing.
    let width = places as usize;
    let (fraction, rest) = fraction.split_at(fraction.len().min(width));
    if rest.bytes().any(|byte| byte != b'0') {
        return None;
    }
    let fraction = if width == 0 { 0 } else { format!("{fraction:0<width$}").parse().ok()? };
    let amount = whole.parse::<i64>().ok()?.checked_mul(10_i64.checked_pow(places)?)?.checked_add(fraction)?;
    Some(if negative { -amount } else { amount })
}

/// `1,234` without its comma; nothing when commas part no thousands.
fn without_commas(whole: &str) -> Option<String> {
    let mut groups = whole.split([',', '，']);
    let first = groups.next()?;
    let rest: Vec<&str> = groups.collect();
    let parted =
        rest.is_empty() || (!first.is_empty() && first.len() <= 3 && rest.iter().all(|group| group.len() == 3));
    parted.then(|| std::iter::once(first).chain(rest).collect())
}

/// RFC 3339; seconds, milliseconds or microseconds since 1970; or a local time as spreadsheets write it.
///
/// # Errors
/// What is wrong with it, to stand behind the cell: `is no time …`.
pub fn time(cell: &str, zone: FixedOffset) -> Result<Timestamp, String> {
    if let Ok(at) = Timestamp::parse(cell) {
        return Ok(at);
    }
    if cell.bytes().all(|byte| byte.is_ascii_digit()) {
        let micros = match cell.len() {
            9..=10 => 1_000_000,
            12..=13 => 1_000,
            15..=16 => 1,
            _ => 0,
        };
        if let Some(at) = cell.parse::<i64>().ok().filter(|_| micros > 0) {
            return Ok(Timestamp(at * micros));
        }
    }
    let cell = cell.replace(['/', '年', '月'], "-").replace('日', "").replace('T', " ");
    let days = ["%Y-%m-%d %H:%M:%S%.f", "%Y-%m-%d %H:%M"];
    let local = days.iter().find_map(|format| NaiveDateTime::parse_from_str(&cell, format).ok());
    let midnight = || NaiveDate::parse_from_str(&cell, "%Y-%m-%d").ok()?.and_hms_opt(0, 0, 0);
    let local = local.or_else(midnight).and_then(|local| zone.from_local_datetime(&local).single());
    local
        .map(|at| Timestamp(at.timestamp_micros()))
        .ok_or_else(|| "is no time such as 2026-11-20 09:00:00, 2026-11-20T09:00:00Z or 1763629200".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read_as_spreadsheets_write_them() {
        let zone = FixedOffset::east_opt(8 * 3600).unwrap();
        let nine = "2026-11-20T01:00:00Z";
        for text in [
            nine,
            "2026-11-20T09:00:00+08:00",
            "2026-11-20 09:00:00",
            "2026-11-20T09:00:00",
            "2026/11/20 9:00",
            "2026年11月20日 09:00:00.000",
            "1795136400",
            "1795136400000",
            "1795136400000000",
        ] {
            assert_eq!(time(text, zone).map(|at| at.to_string()).as_deref(), Ok(nine), "{text}");
        }
        assert_eq!(time("2026-11-20", zone).unwrap().to_string(), "2026-11-19T16:00:00Z");
        for text in ["20261120", "2026-13-01", "soon", "-1"] {
            assert!(time(text, zone).is_err(), "{text}");
        }
    }

    #[test]
    fn amounts_are_exact() {
        for (text, amount) in [
            ("39.90", 3990),
            ("12.30", 1230),
            ("0.07", 7),
            ("1,234,567", 123_456_700),
            ("￥1,039.9", 103_990),
            ("12.5元", 1250),
            ("-5.1", -510),
            ("8.000", 800),
        ] {
            assert_eq!(minor(text, 2), Some(amount), "{text}");
        }
        for text in ["", "1.005", ".5", "1e3", "一", "92233720368547758079", "12,30", "1,23,456", "1.234,56", ",100"] {
            assert_eq!(minor(text, 2), None, "{text}");
        }
        assert_eq!(minor("1,234", 0), Some(1234));
        assert_eq!(minor("1234.5", 0), None, "there is no half yen");
        assert_eq!(minor("1.234", 3), Some(1234));
    }
}
