//! Tables of people and orders become facts. Pure: what is known already and the time are handed in.

mod decode;
mod guess;
mod mapping;
mod open;
mod refusal;
mod row;
mod sheet;

pub(crate) use guess::guess;
pub(crate) use mapping::{Field, Mapping, MappingError};
pub(crate) use open::{Opened, RowRead, UPLOAD_BYTES_MAX, Unreadable, open};
pub(crate) use refusal::Refused;
pub(crate) use row::{Becomes, Seen, Told, Translating};

/// What the rows of a table are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = ImportKind)]
pub enum Kind {
    /// A person a row.
    People,
    /// A paid order a row.
    Orders,
}

impl Kind {
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::People => "people",
            Self::Orders => "orders",
        }
    }

    pub(crate) fn parse(word: &str) -> Option<Self> {
        [Self::People, Self::Orders].into_iter().find(|kind| kind.as_str() == word)
    }
}
