//! Which facts a rule hears, and what they mean to it.

use facts::{Fact, Kind, Typed, names};
use kernel::{Handle, Offset};
use serde_json::{Map, Value};

use crate::model::{After, Anchor, Filter, Mark, Matcher, Per, Rule, Test};

/// What a fact means to a rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Meaning {
    /// It is counted from here.
    Since,
    /// It is called off.
    Unless,
    /// The order it was counted from is taken back: as if it had not been paid.
    TakenBack,
}

/// A fact a rule heard.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Heard {
    /// The rule's id.
    pub rule: String,
    /// The order it counts by, or nothing.
    pub key: String,
    /// The order the fact is about, or nothing.
    pub order: String,
    /// Under which handle.
    pub handle: Handle,
    /// When.
    pub mark: Mark,
    /// What it means.
    pub meaning: Meaning,
}

/// Longest number of an order that is told apart, in bytes.
const ORDER_BYTES_MAX: usize = 256;

impl Matcher {
    /// Whether a fact is meant.
    fn matches(&self, fact: &Fact, properties: &Value) -> bool {
        self.event == fact.event
            && fact.kind == Kind::Track
            && self.filters.iter().all(|filter| filter.holds(properties))
    }
}

impl Filter {
    fn holds(&self, properties: &Value) -> bool {
        let found = values_at(properties, &self.property);
        match self.test {
            Test::Is => found.iter().any(|value| self.is(value)),
            Test::IsNot => !found.iter().any(|value| self.is(value)),
            Test::Contains => found.iter().any(|value| value.as_str().is_some_and(|text| text.contains(&self.value))),
            Test::AtLeast => self.compare(&found, |told, wanted| told >= wanted),
            Test::AtMost => self.compare(&found, |told, wanted| told <= wanted),
        }
    }

    fn is(&self, value: &Value) -> bool {
        match value {
            Value::String(text) => text.trim() == self.value.trim(),
            Value::Number(number) => number.to_string() == self.value.trim(),
            Value::Bool(told) => self.value.trim().parse() == Ok(*told),
            _ => false,
        }
    }

    fn compare(&self, found: &[&Value], holds: fn(f64, f64) -> bool) -> bool {
        let Ok(wanted) = self.value.trim().parse::<f64>() else { return false };
        let number = |value: &&Value| value.as_f64().or_else(|| value.as_str()?.trim().parse().ok());
        found.iter().filter_map(number).any(|told| holds(told, wanted))
    }
}

/// Everything at a path: into objects by name, into every entry of a list.
fn values_at<'a>(properties: &'a Value, path: &str) -> Vec<&'a Value> {
    // A name with a dot of its own is found before it is taken for a path.
    if let Some(value) = properties.get(path) {
        return flat(value);
    }
    let mut found = vec![properties];
    for name in path.split('.') {
        found = found.into_iter().flat_map(flat).filter_map(|value| value.get(name)).collect();
    }
    found.into_iter().flat_map(flat).collect()
}

fn flat(value: &Value) -> Vec<&Value> {
    match value {
        Value::Array(entries) => entries.iter().collect(),
        other => vec![other],
    }
}

/// The order a fact is about.
fn order_of(properties: &Value) -> String {
    let order = match properties.get("order_id") {
        Some(Value::String(text)) => text.trim().to_owned(),
        Some(Value::Number(number)) => number.to_string(),
        _ => String::new(),
    };
    // No engine stores a NUL, and nobody numbers orders so long.
    if order.len() > ORDER_BYTES_MAX || order.contains('\0') { String::new() } else { order }
}

/// Whether any of these rules may hear a fact of this name: asked before its properties are read.
pub fn is_awaited(rules: &[Rule], fact: &Fact) -> bool {
    let names = |after: &After| {
        after.fact.event == fact.event || after.unless.as_ref().is_some_and(|unless| unless.event == fact.event)
    };
    fact.event == names::ORDER_TAKEN_BACK || rules.iter().filter_map(Rule::after).any(names)
}

/// What rules hear of a fact about somebody.
pub fn hear(rules: &[Rule], fact: &Fact, typed: &Typed, handle: Handle, offset: Offset) -> Vec<Heard> {
    if !is_awaited(rules, fact) {
        return Vec::new();
    }
    let taken_back = matches!(typed, Typed::OrderTakenBack(_));
    if fact.takes_back() && !taken_back {
        return Vec::new();
    }
    let properties = serde_json::from_str(fact.properties.get()).unwrap_or(Value::Object(Map::new()));
    let order = order_of(&properties);
    let mark = (fact.timestamp, offset);
    let mut heard = Vec::new();
    for rule in rules {
        let Some(after) = rule.after() else { continue };
        let key = match after.per {
            Per::Person => String::new(),
            // Without a number it is no order that could be told from others.
            Per::Order if order.is_empty() => continue,
            Per::Order => order.clone(),
        };
        let mut tell = |meaning| {
            heard.push(Heard { rule: rule.id.clone(), key: key.clone(), order: order.clone(), handle, mark, meaning });
        };
        if taken_back {
            if after.fact.event == names::ORDER_PAID && !order.is_empty() {
                tell(Meaning::TakenBack);
            }
            continue;
        }
        if after.fact.matches(fact, &properties) {
            tell(Meaning::Since);
        }
        if after.unless.as_ref().is_some_and(|unless| unless.matches(fact, &properties)) {
            tell(Meaning::Unless);
        }
    }
    heard
}

impl Anchor {
    /// Nothing was heard yet.
    pub fn new(heard: &Heard) -> Self {
        let Heard { rule, key, handle, .. } = heard.clone();
        Self { rule, key, handle, since: None, order: String::new(), unless: None }
    }

    /// Hears one fact more. In whatever order facts are heard, and however often: the latest counts.
    pub fn hear(&mut self, heard: &Heard) {
        match heard.meaning {
            Meaning::Since if Some(heard.mark) > self.since => {
                self.since = Some(heard.mark);
                self.order.clone_from(&heard.order);
            }
            Meaning::Unless => self.unless = self.unless.max(Some(heard.mark)),
            Meaning::TakenBack if self.order == heard.order => {
                self.since = None;
                self.order.clear();
            }
            Meaning::Since | Meaning::TakenBack => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn holds(property: &str, test: Test, value: &str) -> bool {
        let told = json!({
            "product": "香薰蜡烛", "amount_minor": 19900, "vip": true, "city.name": "杭州",
            "items": [{"name": "香薰", "tags": ["home"]}, {"name": "花束"}], "ship": {"city": "上海"}, "note": "12",
        });
        Filter { property: property.into(), test, value: value.into() }.holds(&told)
    }

    #[test]
    fn a_property_is_found_wherever_it_is() {
        assert!(holds("product", Test::Contains, "香薰") && !holds("product", Test::Is, "香薰"));
        assert!(holds("items.name", Test::Is, "花束") && holds("items.tags", Test::Is, "home"));
        assert!(holds("ship.city", Test::Is, "上海") && holds("city.name", Test::Is, "杭州"));
        assert!(holds("amount_minor", Test::AtLeast, "19900") && !holds("amount_minor", Test::AtMost, "100.5"));
        assert!(
            holds("note", Test::AtLeast, "12")
                && holds("vip", Test::Is, "true")
                && holds("amount_minor", Test::Is, "19900")
        );
        assert!(
            holds("items.name", Test::IsNot, "地毯")
                && !holds("items.name", Test::IsNot, "香薰")
                && holds("none", Test::IsNot, "x")
        );
        assert!(!holds("amount_minor", Test::AtLeast, "many") && !holds("none.at.all", Test::Is, ""));
    }

    #[test]
    fn facts_may_be_heard_in_any_order_and_again() {
        let heard = |meaning, at: i64, order: &str| Heard {
            rule: "r".into(),
            key: String::new(),
            order: order.into(),
            handle: Handle(1),
            mark: (kernel::Timestamp(at), Offset(at as u64)),
            meaning,
        };
        let facts = [heard(Meaning::Since, 3, "b"), heard(Meaning::Since, 1, "a"), heard(Meaning::Unless, 2, "")];
        let fold = |order: &[usize]| {
            let mut anchor = Anchor::new(&facts[0]);
            order.iter().for_each(|fact| anchor.hear(&facts[*fact]));
            anchor
        };
        let expected = fold(&[0, 1, 2]);
        for order in [&[2, 1, 0][..], &[1, 0, 2], &[0, 0, 1, 2, 1, 2, 0]] {
            assert_eq!(fold(order), expected);
        }
        assert_eq!((expected.since.unwrap().0.0, expected.order.as_str()), (3, "b"));
        let mut taken_back = expected;
        taken_back.hear(&heard(Meaning::TakenBack, 9, "a"));
        assert!(taken_back.since.is_some(), "another order");
        taken_back.hear(&heard(Meaning::TakenBack, 9, "b"));
        assert_eq!(taken_back.since, None);
    }
}
