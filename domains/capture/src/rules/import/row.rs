//! A row becomes a fact, or is refused with a reason.

use chrono::{FixedOffset, TimeDelta, TimeZone};
use facts::{Fact, names};
use kernel::Timestamp;
use rustc_hash::FxHashMap;
use serde_json::{Map, Value, json};

use super::{
    Kind, Refused,
    mapping::{Checked, Field, currency, places},
    open::RowRead,
};
use crate::rules::{
    Accepting,
    table::{minor, time},
};

/// Days between Excel's first day and that of 1970.
const EXCEL_EPOCH_DAYS: i64 = 25_569;

/// What tells a row from all others, for good.
pub(crate) type Key = [u8; 16];

/// A row that becomes a fact.
#[derive(Clone, Debug)]
pub(crate) struct Told {
    /// The line it stands in.
    pub(crate) line: u32,
    /// The same for the same order, or the same person told in the same words.
    pub(crate) key: Key,
    /// A digest of all it says.
    pub(crate) content: i64,
    /// Whether a row before it in the same table says the same.
    pub(crate) again: bool,
    /// The fact.
    pub(crate) fact: Fact,
}

/// What became of a row.
pub(crate) type Becomes = Result<Told, Refused>;

/// Rows of the same table before the one in hand.
#[derive(Debug, Default)]
pub(crate) struct Seen {
    lines: FxHashMap<Key, u32>,
    times: FxHashMap<Key, u32>,
}

/// How the rows of one import are read.
#[derive(Clone, Debug)]
pub(crate) struct Translating {
    pub(crate) kind: Kind,
    pub(crate) checked: Checked,
    /// The id of the import.
    pub(crate) import: String,
    /// When it was begun: when a person without a time of their own was told, and what lies beyond is not believed.
    pub(crate) at: Timestamp,
}

impl Translating {
    /// What a row becomes. Rows are handed in by their order in the table.
    pub(crate) fn row(&self, row: &RowRead, seen: &mut Seen) -> Becomes {
        if let Some((zh, en)) = &row.flaw {
            return Err(Refused::Flaw(zh.clone(), en.clone()));
        }
        let cells = Cells { row, fields: &self.checked.fields };
        match self.kind {
            Kind::People => self.person(&cells, seen),
            Kind::Orders => self.order(&cells, seen),
        }
    }

    fn person(&self, cells: &Cells<'_>, seen: &mut Seen) -> Becomes {
        let user_id = cells.id(&Field::Person, "user_id")?.ok_or(Refused::Missing("user_id"))?;
        let mut traits = Map::new();
        for (field, name) in [(Field::Name, "name"), (Field::City, "city")] {
            if let Some(cell) = cells.get(&field) {
                traits.insert(name.to_owned(), cell.into());
            }
        }
        if let Some(cell) = cells.id(&Field::Phone, "phone")? {
            traits.insert("phone".to_owned(), phone(cell)?.into());
        }
        if let Some(cell) = cells.id(&Field::Wechat, "wechat")? {
            traits.insert("wechat".to_owned(), cell.into());
        }
        traits.extend(cells.others());
        let at = self.time(cells)?;
        let said = json!([user_id, at, traits]).to_string();
        let mut item = json!({ "type": "identify", "user_id": user_id, "traits": traits });
        if let Some(at) = at {
            item["timestamp"] = at.to_string().into();
        }
        let mut told = self.told(cells.row.line, key("person", &said), &said, item)?;
        told.again = seen.lines.insert(told.key, told.line).is_some();
        Ok(told)
    }

    fn order(&self, cells: &Cells<'_>, seen: &mut Seen) -> Becomes {
        if let Some(status) = cells.get(&Field::Status) {
            paid(status)?;
        }
        let user_id = cells.id(&Field::Person, "user_id")?.ok_or(Refused::Missing("user_id"))?;
        let currency = match cells.get(&Field::Currency) {
            Some(cell) => Some(cell.to_ascii_uppercase())
                .filter(|cell| currency(cell))
                .ok_or_else(|| Refused::Currency(cell.to_owned()))?,
            None => self.checked.currency.clone(),
        };
        let amount = amount(cells, &currency)?;
        let at = self.time(cells)?.ok_or(Refused::Missing("at"))?;
        let campaign = match cells.get(&Field::Campaign) {
            Some(cell) => Some(cell.parse().map_err(|_| Refused::Campaign(cell.to_owned()))?),
            None => self.checked.campaign.clone(),
        };
        let mut properties: Map<String, Value> = cells.others().collect();
        properties.insert("amount_minor".to_owned(), amount.into());
        properties.insert("currency".to_owned(), currency.into());
        if let Some(campaign) = campaign {
            properties.insert("campaign".to_owned(), campaign.to_string().into());
        }
        let said = json!([user_id, at, properties]).to_string();
        let order_id = match cells.id(&Field::Order, "order_id")? {
            Some(order_id) => order_id.to_owned(),
            None => seen.unnumbered(&said),
        };
        let key = key("order", &order_id);
        if let Some(line) = seen.lines.get(&key) {
            return Err(Refused::Repeated(*line));
        }
        properties.insert("order_id".to_owned(), order_id.into());
        let item = json!({
            "event": names::ORDER_PAID, "user_id": user_id, "timestamp": at.to_string(), "properties": properties,
        });
        let told = self.told(cells.row.line, key, &said, item)?;
        seen.lines.insert(key, cells.row.line);
        Ok(told)
    }

    /// The fact as the door would take it: held to the same rules as all others.
    fn told(&self, line: u32, key: Key, said: &str, mut item: Value) -> Becomes {
        item["message_id"] = format!("{}-{line}", self.import).into();
        item["context"] = json!({ "import": self.import, "line": line });
        let item = serde_json::value::to_raw_value(&item).map_err(|error| Refused::Door(error.to_string()))?;
        let accepting = Accepting { source: facts::IMPORT, received_at: self.at, sent_at: None, by_the_brand: true };
        let fact = accepting.own(&item, String::new).map_err(|rejection| Refused::Door(rejection.to_string()))?;
        let content = blake3::hash(said.as_bytes());
        let content = i64::from_le_bytes(content.as_bytes()[..8].try_into().expect("a digest has 32 bytes"));
        Ok(Told { line, key, content, again: false, fact })
    }

    fn time(&self, cells: &Cells<'_>) -> Result<Option<Timestamp>, Refused> {
        let Some(cell) = cells.get(&Field::At) else { return Ok(None) };
        let at = excel_day(cell, self.checked.zone).or_else(|| time(cell, self.checked.zone).ok());
        let at = at.ok_or_else(|| Refused::Time(cell.to_owned()))?;
        if (Timestamp(0)..=self.at).contains(&at) { Ok(Some(at)) } else { Err(Refused::TimeBeyond(cell.to_owned())) }
    }
}

impl Seen {
    /// A number for an order that has none: the same each time the table is read. Orders that say the same are told apart
    /// by their count.
    fn unnumbered(&mut self, said: &str) -> String {
        let times = self.times.entry(key("row", said)).or_default();
        *times += 1;
        let digest = blake3::hash(format!("{times}:{said}").as_bytes()).to_hex();
        format!("row-{}", &digest[..20])
    }
}

struct Cells<'a> {
    row: &'a RowRead,
    fields: &'a [(usize, Field)],
}

impl Cells<'_> {
    /// What stands in the column of a field; nothing when it is empty.
    fn get(&self, field: &Field) -> Option<&str> {
        let (at, _) = self.fields.iter().find(|(_, known)| known == field)?;
        self.row.cells.get(*at).map(String::as_str).filter(|cell| !cell.is_empty())
    }

    /// The same for what must have all its digits.
    fn id(&self, field: &Field, name: &'static str) -> Result<Option<&str>, Refused> {
        match self.get(field) {
            Some(cell) if digits_lost(cell) => Err(Refused::DigitsLost(name, cell.to_owned())),
            cell => Ok(cell),
        }
    }

    fn others(&self) -> impl Iterator<Item = (String, Value)> {
        self.fields.iter().filter_map(|(at, field)| {
            let Field::Other(name) = field else { return None };
            let cell = self.row.cells.get(*at).filter(|cell| !cell.is_empty())?;
            Some((name.clone(), cell.as_str().into()))
        })
    }
}

fn key(kind: &str, what: &str) -> Key {
    let mut hasher = blake3::Hasher::new();
    hasher.update(kind.as_bytes()).update(b"\0").update(what.as_bytes());
    hasher.finalize().as_bytes()[..16].try_into().expect("a digest has 32 bytes")
}

/// `1.38E+10`: what Excel makes of long numbers.
fn digits_lost(cell: &str) -> bool {
    let Some((digits, exponent)) = cell.split_once(['E', 'e']) else { return false };
    let number = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    number(digits) && number(exponent.trim_start_matches('+')) && (digits.contains('.') || exponent.starts_with('+'))
}

fn phone(cell: &str) -> Result<&str, Refused> {
    let digits = cell.bytes().filter(u8::is_ascii_digit).count();
    let other = |letter: char| !letter.is_ascii_digit() && !matches!(letter, '+' | '-' | ' ' | '(' | ')');
    if (5..=20).contains(&digits) && !cell.contains(other) { Ok(cell) } else { Err(Refused::Phone(cell.to_owned())) }
}

fn amount(cells: &Cells<'_>, currency: &str) -> Result<i64, Refused> {
    let (cell, places) = match (cells.get(&Field::Amount), cells.get(&Field::AmountMinor)) {
        (Some(cell), _) => (cell, places(currency)),
        (None, Some(cell)) => (cell, 0),
        (None, None) => return Err(Refused::Missing("amount")),
    };
    match minor(cell, places) {
        Some(amount) if amount < 0 => Err(Refused::Negative(cell.to_owned())),
        Some(amount) => Ok(amount),
        None => Err(Refused::Amount(cell.to_owned())),
    }
}

/// A day as Excel counts them, when a date lost its format: five digits, which no other time has.
fn excel_day(cell: &str, zone: FixedOffset) -> Option<Timestamp> {
    let (days, _) = cell.split_once('.').unwrap_or((cell, ""));
    if days.len() != 5 {
        return None;
    }
    let days: f64 = cell.parse().ok()?;
    let secs = ((days - EXCEL_EPOCH_DAYS as f64) * 86_400.0).round() as i64;
    let local = chrono::DateTime::from_timestamp(0, 0)?.naive_utc().checked_add_signed(TimeDelta::seconds(secs))?;
    zone.from_local_datetime(&local).single().map(|at| Timestamp(at.timestamp_micros()))
}

/// Whether a status says that an order was paid.
fn paid(status: &str) -> Result<(), Refused> {
    const PAID: &[&str] = &[
        "已付款",
        "已支付",
        "支付成功",
        "付款成功",
        "交易成功",
        "已完成",
        "完成",
        "已发货",
        "待发货",
        "待收货",
        "已收货",
        "已签收",
        "买家已付款",
        "卖家已发货",
        "买家已付款,等待卖家发货",
        "买家已付款，等待卖家发货",
        "卖家已发货,等待买家确认",
        "卖家已发货，等待买家确认",
        "paid",
        "complete",
        "completed",
        "success",
        "succeeded",
        "shipped",
        "delivered",
        "fulfilled",
        "order",
    ];
    const NOT: &[&str] = &[
        "退款",
        "退货",
        "关闭",
        "取消",
        "未付",
        "未支付",
        "待付",
        "待支付",
        "等待买家付款",
        "失败",
        "unpaid",
        "pending",
        "cancel",
        "closed",
        "refund",
        "return",
        "failed",
        "void",
    ];
    let plain = status.trim().to_lowercase();
    if PAID.contains(&plain.as_str()) {
        return Ok(());
    }
    let not = NOT.iter().any(|word| plain.contains(word));
    Err(if not { Refused::NotPaid(status.to_owned()) } else { Refused::StatusUnknown(status.to_owned()) })
}

#[cfg(test)]
mod tests;
