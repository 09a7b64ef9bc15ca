//! Which column is what.

use chrono::FixedOffset;
use kernel::CampaignId;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::Kind;

/// Longest name of a free trait or property, in bytes.
const NAME_BYTES_MAX: usize = 64;

/// What a column says.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Field {
    /// The brand's own id of the person.
    Person,
    Name,
    Phone,
    Wechat,
    City,
    /// When it happened: when somebody signed up, when an order was paid.
    At,
    /// The number of the order.
    Order,
    /// Money as people write it: 39.90.
    Amount,
    /// Money in the smallest unit: 3990.
    AmountMinor,
    Currency,
    Campaign,
    /// Whether the order was paid, in words.
    Status,
    /// Any other trait or property, by its name.
    Other(String),
}

const BOTH: [(&str, Field); 2] = [("user_id", Field::Person), ("at", Field::At)];
const OF_PEOPLE: [(&str, Field); 4] =
    [("name", Field::Name), ("phone", Field::Phone), ("wechat", Field::Wechat), ("city", Field::City)];
const OF_ORDERS: [(&str, Field); 6] = [
    ("order_id", Field::Order),
    ("amount", Field::Amount),
    ("amount_minor", Field::AmountMinor),
    ("currency", Field::Currency),
    ("campaign", Field::Campaign),
    ("status", Field::Status),
];

impl Field {
    /// The stable word: `user_id`, `phone`, `other:出版社`.
    pub(crate) fn word(&self) -> String {
        let known = BOTH.iter().chain(&OF_PEOPLE).chain(&OF_ORDERS).find(|(_, field)| field == self);
        match (known, self) {
            (Some((word, _)), _) => (*word).to_owned(),
            (None, Self::Other(name)) => format!("other:{name}"),
            (None, _) => String::new(),
        }
    }

    fn parse(kind: Kind, word: &str) -> Option<Self> {
        let own: &[(&str, Self)] = match kind {
            Kind::People => &OF_PEOPLE,
            Kind::Orders => &OF_ORDERS,
        };
        if let Some((_, field)) = BOTH.iter().chain(own).find(|(known, _)| *known == word) {
            return Some(field.clone());
        }
        word.strip_prefix("other:").and_then(Self::other)
    }

    /// A free one of this name, if a fact can have it.
    pub(crate) fn other(name: &str) -> Option<Self> {
        let name = name.trim();
        let fits = !name.is_empty() && name.len() <= NAME_BYTES_MAX && !name.chars().any(char::is_control);
        fits.then(|| Self::Other(name.to_owned()))
    }
}

/// Which column is what, and what all rows have in common.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = ImportMapping)]
pub(crate) struct Mapping {
    /// A word for each column: `user_id`, `at`; for people `name`, `phone`, `wechat`, `city`; for orders `order_id`, `amount`
    /// (39.90), `amount_minor` (3990), `currency`, `campaign`, `status`; `other:<name>` for any other trait or property; empty
    /// for a column that is left out.
    pub(crate) columns: Vec<String>,
    /// The zone of times that name none.
    #[schema(example = "+08:00")]
    pub(crate) zone: String,
    /// Of orders in rows that name none; ISO 4217.
    #[schema(example = "CNY")]
    pub(crate) currency: String,
    /// The campaign that orders are booked to in rows that name none.
    #[serde(default)]
    pub(crate) campaign: Option<String>,
}

/// Why a mapping cannot be used. The name is that of the field of the request.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum MappingError {
    #[error("columns: there must be one word for each of the {0} columns")]
    Count(usize),
    #[error("columns: {0:?} is no field of such a table")]
    Word(String),
    #[error("columns: {0} is named twice")]
    Twice(String),
    #[error("columns: no column is {0}; without it nothing can be imported")]
    Missing(&'static str),
    #[error("zone: write +08:00")]
    Zone,
    #[error("currency: write three capital letters such as CNY")]
    Currency,
    #[error("campaign: an id is 1 to 64 letters, digits, '-', '_', '.' or ':'")]
    Campaign,
}

impl MappingError {
    /// The field of the request, and what is wrong with it.
    pub(crate) fn told(&self) -> (String, String) {
        let text = self.to_string();
        let (field, message) = text.split_once(": ").unwrap_or(("columns", &text));
        (field.to_owned(), message.to_owned())
    }
}

/// A mapping that can be used.
#[derive(Clone, Debug)]
pub(crate) struct Checked {
    /// Column and field, in the order of the columns.
    pub(crate) fields: Vec<(usize, Field)>,
    pub(crate) zone: FixedOffset,
    pub(crate) currency: String,
    pub(crate) campaign: Option<CampaignId>,
}

impl Mapping {
    /// Checks it for a table of so many columns.
    pub(crate) fn check(&self, kind: Kind, columns: usize) -> Result<Checked, MappingError> {
        if self.columns.len() != columns {
            return Err(MappingError::Count(columns));
        }
        let mut fields: Vec<(usize, Field)> = Vec::new();
        for (at, word) in self.columns.iter().enumerate().filter(|(_, word)| !word.is_empty()) {
            let field = Field::parse(kind, word).ok_or_else(|| MappingError::Word(word.clone()))?;
            if fields.iter().any(|(_, known)| *known == field) {
                return Err(MappingError::Twice(word.clone()));
            }
            fields.push((at, field));
        }
        let has = |field: &Field| fields.iter().any(|(_, known)| known == field);
        if !has(&Field::Person) {
            return Err(MappingError::Missing("user_id"));
        }
        if kind == Kind::Orders {
            match (has(&Field::Amount), has(&Field::AmountMinor)) {
                (false, false) => return Err(MappingError::Missing("amount")),
                (true, true) => return Err(MappingError::Twice("amount".to_owned())),
                _ => {}
            }
            if !has(&Field::At) {
                return Err(MappingError::Missing("at"));
            }
        }
        if !currency(&self.currency) {
            return Err(MappingError::Currency);
        }
        let campaign = self.campaign.clone().filter(|campaign| !campaign.is_empty());
        let campaign = campaign.map(CampaignId::try_from).transpose().map_err(|_| MappingError::Campaign)?;
        let zone = self.zone.parse().map_err(|_| MappingError::Zone)?;
        Ok(Checked { fields, zone, currency: self.currency.clone(), campaign })
    }
}

/// Whether it looks like a currency.
pub(super) fn currency(word: &str) -> bool {
    word.len() == 3 && word.bytes().all(|byte| byte.is_ascii_uppercase())
}

/// How many places a currency's amounts have.
pub(super) fn places(currency: &str) -> u32 {
    match currency {
        "BIF" | "CLP" | "DJF" | "GNF" | "ISK" | "JPY" | "KMF" | "KRW" | "PYG" | "RWF" | "UGX" | "VND" | "VUV"
        | "XAF" | "XOF" | "XPF" => 0,
        "BHD" | "IQD" | "JOD" | "KWD" | "LYD" | "OMR" | "TND" => 3,
        _ => 2,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(kind: Kind, columns: &[&str]) -> Result<Vec<(usize, Field)>, MappingError> {
        let columns = columns.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>();
        let count = columns.len();
        let mapping = Mapping { columns, zone: "+08:00".into(), currency: "CNY".into(), campaign: None };
        mapping.check(kind, count).map(|checked| checked.fields)
    }

    #[test]
    fn a_mapping_that_cannot_work_is_refused_with_its_reason() {
        use MappingError as E;
        assert_eq!(check(Kind::People, &["", "phone"]), Err(E::Missing("user_id")));
        assert_eq!(check(Kind::Orders, &["user_id", "amount"]), Err(E::Missing("at")));
        assert_eq!(check(Kind::Orders, &["user_id", "at"]), Err(E::Missing("amount")));
        assert_eq!(check(Kind::Orders, &["user_id", "at", "amount", "amount_minor"]), Err(E::Twice("amount".into())));
        assert_eq!(check(Kind::People, &["user_id", "order_id"]), Err(E::Word("order_id".into())));
        assert_eq!(check(Kind::People, &["user_id", "other:x", "other: x"]), Err(E::Twice("other: x".into())));
        assert_eq!(check(Kind::People, &["user_id", "other:"]), Err(E::Word("other:".into())));
        let fields = check(Kind::People, &["", "user_id", "other:会员等级"]).unwrap();
        assert_eq!(fields, [(1, Field::Person), (2, Field::Other("会员等级".into()))]);
        assert!(fields.iter().all(|(_, field)| Field::parse(Kind::People, &field.word()).as_ref() == Some(field)));
    }
}
