//! Lists come in pages: `?limit=&after=` asked, `{items, next}` answered.

#![expect(unused_qualifications, reason = "the code that ToSchema derives for a generic struct")]

use std::fmt;

use kernel::Timestamp;
use serde::{
    Deserialize, Deserializer, Serialize,
    de::{self, Visitor},
};
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{ObjectBuilder, RefOr, Schema, Type},
};

/// One page of a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Page<T> {
    /// The entries, in the list's order.
    pub items: Vec<T>,
    /// Send this as `after` to get the next page; null when this was the last.
    pub next: Option<String>,
}

impl<T> Page<T> {
    /// A list that fits into one page.
    #[must_use]
    pub const fn whole(items: Vec<T>) -> Self {
        Self { items, next: None }
    }

    /// A page from a list that was read one entry beyond the limit, so that it is known whether more follow.
    #[must_use]
    pub fn cut(mut items: Vec<T>, limit: usize, cursor: impl FnOnce(&T) -> String) -> Self {
        let more = items.len() > limit;
        items.truncate(limit);
        let next = items.last().filter(|_| more).map(cursor);
        Self { items, next }
    }
}

/// Where a page of a list in the order of time ended: an instant, and the id that tells entries of one instant apart. In an
/// address `time.id`, as [`Page::next`] gives it.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct Place {
    /// When.
    pub at: Timestamp,
    /// Which.
    pub id: String,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.at.0, self.id)
    }
}

impl TryFrom<String> for Place {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, &'static str> {
        let read = text.split_once('.').and_then(|(at, id)| Some((at.parse().ok()?, id)));
        let (at, id) = read.ok_or("is not the next of another page")?;
        Ok(Self { at: Timestamp(at), id: id.to_owned() })
    }
}

impl From<Place> for (Timestamp, String) {
    fn from(place: Place) -> Self {
        (place.at, place.id)
    }
}

/// How many entries a page may have: `DEFAULT` when not asked, never more than `MAX`, at least one. In a query struct it
/// needs `#[serde(default)]`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limit<const DEFAULT: usize = 50, const MAX: usize = 1000>(usize);

impl<const DEFAULT: usize, const MAX: usize> Limit<DEFAULT, MAX> {
    /// Clamped to what a page may have.
    #[must_use]
    pub fn new(asked: usize) -> Self {
        Self(asked.clamp(1, MAX))
    }

    /// Entries a page.
    #[must_use]
    pub const fn get(self) -> usize {
        self.0
    }
}

impl<const DEFAULT: usize, const MAX: usize> Default for Limit<DEFAULT, MAX> {
    fn default() -> Self {
        Self::new(DEFAULT)
    }
}

impl<'de, const DEFAULT: usize, const MAX: usize> Deserialize<'de> for Limit<DEFAULT, MAX> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Asked;
        // Inside a flattened query struct a number arrives as text.
        impl Visitor<'_> for Asked {
            type Value = usize;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a number of entries")
            }

            fn visit_u64<E: de::Error>(self, number: u64) -> Result<usize, E> {
                Ok(usize::try_from(number).unwrap_or(usize::MAX))
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<usize, E> {
                text.parse().map_err(|_| E::invalid_value(de::Unexpected::Str(text), &self))
            }
        }
        deserializer.deserialize_any(Asked).map(Self::new)
    }
}

impl<const DEFAULT: usize, const MAX: usize> PartialSchema for Limit<DEFAULT, MAX> {
    fn schema() -> RefOr<Schema> {
        let schema = ObjectBuilder::new().schema_type(Type::Integer).minimum(Some(1)).maximum(Some(MAX));
        schema.default(Some(DEFAULT.into())).description(Some("Entries a page")).into()
    }
}

impl<const DEFAULT: usize, const MAX: usize> ToSchema for Limit<DEFAULT, MAX> {
    fn name() -> std::borrow::Cow<'static, str> {
        format!("Limit_{DEFAULT}_{MAX}").into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_limit_is_clamped() {
        let read = |text: &str| serde_json::from_str::<Limit<50, 1000>>(text).map(Limit::get);
        assert_eq!(Limit::<50, 1000>::default().get(), 50);
        assert_eq!((read("7").unwrap(), read("0").unwrap(), read("5000").unwrap()), (7, 1, 1000));
        assert_eq!(read("\"7\"").unwrap(), 7);
        assert!(read("\"many\"").is_err() && read("-1").is_err());
    }

    #[test]
    fn a_place_is_read_as_it_is_written_and_nothing_else_is_one() {
        let place = Place { at: Timestamp(-7), id: "a.b".to_owned() };
        assert_eq!(Place::try_from(place.to_string()), Ok(place));
        assert!(["", "7", "x.a", ".a"].iter().all(|text| Place::try_from((*text).to_owned()).is_err()));
    }

    #[test]
    fn a_page_knows_whether_more_follow() {
        let page = |n: u32| Page::cut((0..n).collect(), 3, ToString::to_string);
        assert_eq!(page(3), Page::whole(vec![0, 1, 2]));
        assert_eq!(page(4), Page { items: vec![0, 1, 2], next: Some("2".to_owned()) });
        assert_eq!(page(0).next, None);
    }
}
