//! Tables: the first line names the columns, each further one is a fact.

use capture::rules::table::{Reading, cells, stable_id, time, value};
use chrono::FixedOffset;
use serde_json::{Map, Value};

use super::item::Item;

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
        let names = cells(header, b',')?;
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
        let cells = cells(row, b',')?;
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
}
