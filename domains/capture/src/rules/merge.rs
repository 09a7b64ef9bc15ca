//! Laying JSON objects over one another, values kept as they were written.

use std::collections::BTreeMap;

use serde_json::value::{RawValue, to_raw_value};

use super::rejection::Rejection;

type Object<'a> = BTreeMap<String, &'a RawValue>;

/// The context of the batch with the item's own laid over it; `None` when there is nothing to merge.
pub(super) fn contexts(batch: Option<&RawValue>, item: Option<&RawValue>) -> Result<Option<Box<RawValue>>, Rejection> {
    let Some(batch) = batch else { return Ok(None) };
    fn read(json: &RawValue) -> Result<Object<'_>, Rejection> {
        serde_json::from_str(json.get()).map_err(|_| Rejection::Object("context"))
    }
    let mut context = read(batch)?;
    if let Some(item) = item {
        context.extend(read(item)?);
    }
    to_raw_value(&context).map(Some).map_err(|_| Rejection::Object("context"))
}

/// An object with one more member, which counts more than one of the same name inside.
pub(super) fn member(object: Option<&RawValue>, name: &str, value: &str) -> Box<RawValue> {
    let text = to_raw_value(value).expect("a text is JSON");
    // It was read as an object before; one that repeats a name is read as its last.
    let mut members: Object<'_> = object.and_then(|json| serde_json::from_str(json.get()).ok()).unwrap_or_default();
    members.insert(name.to_owned(), &text);
    to_raw_value(&members).expect("an object of JSON is JSON")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn contexts_are_laid_over_one_another_as_they_were_written() {
        let raw = |json: &'static str| serde_json::from_str::<&RawValue>(json).unwrap();
        let merge = |batch, item: Option<&'static str>| contexts(batch, item.map(raw));
        let batch = || Some(raw(r#"{"app":{"n":1.10},"ip":"1.2.3.4"}"#));
        assert!(merge(None, Some("{}")).unwrap().is_none(), "the item's own is used as it is");
        for (item, expected) in [
            (None, r#"{"app":{"n":1.10},"ip":"1.2.3.4"}"#),
            (Some("{}"), r#"{"app":{"n":1.10},"ip":"1.2.3.4"}"#),
            (
                Some(r#"{"app":{"build":12345678901234567890123}}"#),
                r#"{"app":{"build":12345678901234567890123},"ip":"1.2.3.4"}"#,
            ),
            (Some(r#"{"\u0069p":null}"#), r#"{"app":{"n":1.10},"ip":null}"#),
        ] {
            assert_eq!(merge(batch(), item).unwrap().unwrap().get(), expected);
        }
        assert_eq!(merge(batch(), Some("[]")).unwrap_err(), Rejection::Object("context"));
    }
}
