//! Tables: the first line names the columns, each further one is a fact.

use std::{collections::VecDeque, io};

use chrono::{FixedOffset, NaiveDate, NaiveDateTime, TimeZone};
use kernel::Timestamp;
use serde_json::{Map, Value};

use super::{
    item::{Item, stable_id},
    lines::{Line, Lines},
};

/// Longest row, and how far a quote may be open before it counts as a stray one.
const ROW_BYTES_MAX: usize = 64 << 10;

/// How a cell becomes a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Reading {
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

/// Where a value goes.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Place {
    /// A field of the fact itself.
    Own(&'static str),
    /// A field of `properties`, `traits` or `context`.
    Within(&'static str, String),
    /// A field of the traits of an `identify`, else of the properties.
    Free(String),
}

/// One `FIELD[:READING]=…` of the command line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mapping {
    place: Place,
    reading: Reading,
    /// The column, or the value for every row.
    source: String,
}

impl std::str::FromStr for Mapping {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (field, source) = text.split_once('=').ok_or("write FIELD=COLUMN")?;
        let (field, reading) = match field.rsplit_once(':') {
            Some((field, reading)) => (field, Some(reading)),
            None => (field, None),
        };
        let place = place(field.trim());
        let reading = match reading {
            None => usual(&place),
            Some("text") => Reading::Text,
            Some("number") => Reading::Number,
            Some("minor") => Reading::Minor,
            Some("bool") => Reading::Bool,
            Some("json") => Reading::Json,
            Some(other) => return Err(format!("{other} is none of text, number, minor, bool, json")),
        };
        Ok(Self { place, reading, source: source.to_owned() })
    }
}

/// Where a column of this name goes.
fn place(name: &str) -> Place {
    const OWN: [(&str, &str); 10] = [
        ("type", "type"),
        ("event", "event"),
        ("user_id", "user_id"),
        ("userId", "user_id"),
        ("anonymous_id", "anonymous_id"),
        ("anonymousId", "anonymous_id"),
        ("message_id", "message_id"),
        ("messageId", "message_id"),
        ("timestamp", "timestamp"),
        ("originalTimestamp", "timestamp"),
    ];
    if let Some((_, own)) = OWN.iter().find(|(column, _)| *column == name) {
        return Place::Own(own);
    }
    for within in ["properties", "traits", "context"] {
        if let Some(field) = name.strip_prefix(within).and_then(|rest| rest.strip_prefix('.')) {
            return Place::Within(within, field.to_owned());
        }
    }
    Place::Free(name.to_owned())
}

/// What the house reads as a number is one; all else is text, for `007` is no 7.
fn usual(place: &Place) -> Reading {
    match place {
        Place::Within("properties", field) | Place::Free(field) if field == "amount_minor" => Reading::Number,
        _ => Reading::Text,
    }
}

/// How the rows of a table become facts.
pub struct Columns {
    columns: Vec<(Place, Reading)>,
    fixed: Vec<Mapping>,
    zone: FixedOffset,
}

impl Columns {
    /// From the header and what the command line says of it.
    pub fn new(header: &[u8], map: &[Mapping], set: &[Mapping], zone: FixedOffset) -> Result<Self, String> {
        let names = cells(header)?;
        let missing = map.iter().find(|mapping| !names.contains(&mapping.source));
        if let Some(mapping) = missing {
            return Err(format!("there is no column {:?}; there are {}", mapping.source, names.join(", ")));
        }
        let columns = names.iter().map(|name| match map.iter().find(|mapping| mapping.source == *name) {
            Some(mapping) => (mapping.place.clone(), mapping.reading),
            None => {
                let place = place(name);
                let reading = usual(&place);
                (place, reading)
            }
        });
        Ok(Self { columns: columns.collect(), fixed: set.to_vec(), zone })
    }

    /// What a row is for the door; or why it is nothing.
    pub fn fact(&self, name: &str, line: u64, row: &[u8]) -> Result<Item, String> {
        let cells = cells(row)?;
        if cells.len() != self.columns.len() {
            return Err(format!("{} columns where the header has {}", cells.len(), self.columns.len()));
        }
        let mut fact = Map::new();
        let mut free = Map::new();
        let fixed = self.fixed.iter().map(|mapping| (&mapping.place, mapping.reading, mapping.source.as_str()));
        let columns = self.columns.iter().zip(&cells).map(|((place, reading), cell)| (place, *reading, cell.trim()));
        for (place, reading, cell) in fixed.chain(columns).filter(|(_, _, cell)| !cell.is_empty()) {
            let told = |reason: String| format!("{cell:?} in {}: {reason}", word(place));
            match place {
                Place::Own("timestamp") => {
                    fact.insert("timestamp".to_owned(), time(cell, self.zone).map_err(told)?.to_string().into());
                }
                Place::Own(field) => {
                    fact.insert((*field).to_owned(), cell.into());
                }
                Place::Within(object, field) => {
                    let object = fact.entry(*object).or_insert_with(|| Value::Object(Map::new()));
                    object[field.as_str()] = value(cell, reading).map_err(told)?;
                }
                Place::Free(field) => {
                    free.insert(field.clone(), value(cell, reading).map_err(told)?);
                }
            }
        }
        if !free.is_empty() {
            let object = if fact.get("type").is_some_and(|kind| kind == "identify") { "traits" } else { "properties" };
            let object = fact.entry(object).or_insert_with(|| Value::Object(Map::new()));
            object.as_object_mut().into_iter().for_each(|object| object.extend(std::mem::take(&mut free)));
        }
        fact.entry("message_id").or_insert_with(|| stable_id(name, line, row).into());
        Ok(Item::of(Value::Object(fact).to_string()))
    }
}

fn word(place: &Place) -> String {
    match place {
        Place::Own(field) => (*field).to_owned(),
        Place::Within(object, field) => format!("{object}.{field}"),
        Place::Free(field) => field.clone(),
    }
}

fn cells(row: &[u8]) -> Result<Vec<String>, String> {
    let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).buffer_capacity(512).from_reader(row);
    let mut record = csv::StringRecord::new();
    match reader.read_record(&mut record) {
        Ok(true) => Ok(record.iter().map(str::to_owned).collect()),
        Ok(false) => Err("the row is empty".to_owned()),
        Err(error) => Err(error.to_string()),
    }
}

fn value(cell: &str, reading: Reading) -> Result<Value, String> {
    match reading {
        Reading::Text => Ok(cell.into()),
        Reading::Number => serde_json::from_str(cell)
            .ok()
            .filter(Value::is_number)
            .ok_or_else(|| "is no number such as 3990 or 39.9".to_owned()),
        Reading::Minor => minor(cell).map(Value::from).ok_or_else(|| "is no amount such as 39.90".to_owned()),
        Reading::Bool => match cell.to_lowercase().as_str() {
            "true" | "1" | "yes" | "y" | "是" => Ok(true.into()),
            "false" | "0" | "no" | "n" | "否" => Ok(false.into()),
            _ => Err("is neither true nor false".to_owned()),
        },
        Reading::Json => serde_json::from_str(cell).map_err(|_| "is no JSON".to_owned()),
    }
}

/// An amount with at most two places in hundredths, without a detour over fractions of two.
fn minor(cell: &str) -> Option<i64> {
    let cell = cell.trim_start_matches(['¥', '￥']).replace(',', "");
    let (negative, digits) = cell.strip_prefix('-').map_or((false, cell.as_str()), |digits| (true, digits));
    let (whole, places) = digits.split_once('.').unwrap_or((digits, ""));
    let all_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || !all_digits(whole) || !all_digits(places) {
        return None;
    }
    // More places are fine as long as they say nothing.
    let (places, rest) = places.split_at(places.len().min(2));
    if rest.bytes().any(|byte| byte != b'0') {
        return None;
    }
    let amount = whole.parse::<i64>().ok()?.checked_mul(100)?.checked_add(format!("{places:0<2}").parse().ok()?)?;
    Some(if negative { -amount } else { amount })
}

/// RFC 3339; seconds, milliseconds or microseconds since 1970; or a local time as spreadsheets write it.
fn time(cell: &str, zone: FixedOffset) -> Result<Timestamp, String> {
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

/// Rows of a table: lines, put together where a quoted cell goes over several.
pub struct Rows {
    lines: Lines,
    /// Lines behind a stray quote, to be read as rows after all.
    ahead: VecDeque<Line>,
}

impl Rows {
    pub fn new(lines: Lines) -> Self {
        Self { lines, ahead: VecDeque::new() }
    }

    /// The next row under the number of its first line, the number of its last line, and whether a quote in it is never
    /// closed: then it is one line, and what follows stands for itself.
    pub fn next(&mut self) -> io::Result<Option<(Line, u64, bool)>> {
        let Some(mut row) = self.line()? else { return Ok(None) };
        let mut last = row.number;
        if row.too_long || !is_open(&row.bytes) {
            return Ok(Some((row, last, false)));
        }
        let alone = row.bytes.len();
        let mut taken = Vec::new();
        while is_open(&row.bytes) {
            match self.line()? {
                Some(line) if !line.too_long && row.bytes.len() + line.bytes.len() < ROW_BYTES_MAX => {
                    row.bytes.push(b'\n');
                    row.bytes.extend_from_slice(&line.bytes);
                    last = line.number;
                    taken.push(line);
                }
                beyond => {
                    taken.extend(beyond);
                    for line in taken.into_iter().rev() {
                        self.ahead.push_front(line);
                    }
                    row.bytes.truncate(alone);
                    let number = row.number;
                    return Ok(Some((row, number, true)));
                }
            }
        }
        Ok(Some((row, last, false)))
    }

    /// The next line, whatever is in it.
    pub fn line(&mut self) -> io::Result<Option<Line>> {
        match self.ahead.pop_front() {
            Some(line) => Ok(Some(line)),
            None => self.lines.next(),
        }
    }
}

/// Whether a quote is still open at the end: a doubled one opens and closes nothing.
fn is_open(row: &[u8]) -> bool {
    !row.iter().filter(|byte| **byte == b'"').count().is_multiple_of(2)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn columns(header: &str, map: &[&str], set: &[&str]) -> Columns {
        let mappings = |texts: &[&str]| texts.iter().map(|text| text.parse().unwrap()).collect::<Vec<Mapping>>();
        let zone = FixedOffset::east_opt(8 * 3600).unwrap();
        Columns::new(header.as_bytes(), &mappings(map), &mappings(set), zone).unwrap()
    }

    fn told(columns: &Columns, row: &str) -> Result<Value, String> {
        let item = columns.fact("orders.csv", 2, row.as_bytes())?;
        let mut fact: Value = serde_json::from_str(&item.json).unwrap();
        if fact["message_id"].as_str().unwrap().starts_with("i-") {
            fact.as_object_mut().unwrap().remove("message_id");
        }
        Ok(fact)
    }

    #[test]
    fn a_table_of_orders_becomes_facts() {
        let map =
            ["user_id=会员号", "timestamp=下单时间", "properties.order_id=单号", "properties.amount_minor:minor=金额"];
        let orders =
            columns("单号,会员号,下单时间,金额,备注", &map, &["event=Order Paid", "properties.campaign=spring"]);
        let order = told(&orders, r#"0017,u1,2026/11/20 9:05,"¥1,039.9","送""礼""""#).unwrap();
        assert_eq!(
            order,
            json!({
                "event": "Order Paid", "user_id": "u1", "timestamp": "2026-11-20T01:05:00Z",
                "properties": {"campaign": "spring", "order_id": "0017", "amount_minor": 103_990, "备注": "送\"礼\""},
            })
        );
        assert_eq!(told(&orders, "1,u1,soon,1,").unwrap_err().split(": ").next(), Some("\"soon\" in timestamp"));
        assert_eq!(
            told(&orders, "1,u1,2026-11-20,1.999,").unwrap_err(),
            "\"1.999\" in properties.amount_minor: is no amount such as 39.90"
        );
        assert_eq!(told(&orders, "1,u1").unwrap_err(), "2 columns where the header has 5");
    }

    #[test]
    fn columns_of_known_names_need_no_map() {
        let people = columns("type,userId,traits.name,phone,properties.n,message_id", &[], &[]);
        let person = told(&people, "identify,u1,林晓,17000001234,,m-1").unwrap();
        assert_eq!(
            person,
            json!({"type": "identify", "user_id": "u1", "message_id": "m-1", "traits": {"name": "林晓", "phone": "17000001234"}})
        );
        let absent = "user_id=x".parse().unwrap();
        let zone = FixedOffset::east_opt(0).unwrap();
        let Err(refused) = Columns::new(b"a,b", &[absent], &[], zone) else { panic!("a column that is not there") };
        assert_eq!(refused, r#"there is no column "x"; there are a, b"#);
        assert!("user_id".parse::<Mapping>().is_err());
        assert!("x:money=y".parse::<Mapping>().is_err());
    }

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
        for (text, amount) in [("39.90", 3990), ("0.07", 7), ("1,234,567", 123_456_700), ("-5.1", -510), ("8.000", 800)]
        {
            assert_eq!(minor(text), Some(amount), "{text}");
        }
        for text in ["", "1.005", ".5", "1e3", "一", "92233720368547758079"] {
            assert_eq!(minor(text), None, "{text}");
        }
    }

    #[test]
    fn a_quoted_cell_goes_over_lines_and_a_stray_quote_spoils_one() {
        let folder = tempfile::tempdir().unwrap();
        let rows = |text: &str| {
            let path = folder.path().join("rows.csv");
            std::fs::write(&path, text).unwrap();
            let mut rows = Rows::new(Lines::open(&path, std::sync::Arc::default()).unwrap());
            std::iter::from_fn(|| rows.next().unwrap())
                .map(|(line, last, open)| (line.number, last, String::from_utf8(line.bytes).unwrap(), open))
                .collect::<Vec<_>>()
        };
        let text = |row: &str| row.to_owned();
        assert_eq!(rows("a,\"b\r\nc\",d\ne\n"), [(1, 2, text("a,\"b\nc\",d"), false), (3, 3, text("e"), false)]);
        assert_eq!(rows("a\"\nb\nc"), [(1, 1, text("a\""), true), (2, 2, text("b"), false), (3, 3, text("c"), false)]);
    }
}
