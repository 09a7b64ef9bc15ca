//! Why a row is not imported, in the console's two languages.

/// Why a row becomes nothing. Ordered: the first that applies is told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Refused {
    /// It is no whole row.
    Flaw(String, String),
    /// The order was not paid, as its status says.
    NotPaid(String),
    /// Nobody can tell from the status whether it was paid.
    StatusUnknown(String),
    /// A cell that must be filled is empty.
    Missing(&'static str),
    /// Excel cut digits off.
    DigitsLost(&'static str, String),
    /// No telephone number.
    Phone(String),
    /// No amount, or one that can be read in two ways.
    Amount(String),
    /// Money that went back.
    Negative(String),
    /// No currency.
    Currency(String),
    /// No campaign's id.
    Campaign(String),
    /// No time.
    Time(String),
    /// A time that has not come, or before 1970.
    TimeBeyond(String),
    /// The same order is in the table already.
    Repeated(u32),
    /// The same order came by an earlier import, and said something else.
    Changed(String),
    /// The door would not take it either.
    Door(String),
}

impl Refused {
    pub(crate) const fn code(&self) -> &'static str {
        match self {
            Self::Flaw(..) => "row",
            Self::NotPaid(_) => "not_paid",
            Self::StatusUnknown(_) => "status_unknown",
            Self::Missing(_) => "missing",
            Self::DigitsLost(..) => "digits_lost",
            Self::Phone(_) => "phone",
            Self::Amount(_) => "amount",
            Self::Negative(_) => "negative",
            Self::Currency(_) => "currency",
            Self::Campaign(_) => "campaign",
            Self::Time(_) => "time",
            Self::TimeBeyond(_) => "time_beyond",
            Self::Repeated(_) => "repeated",
            Self::Changed(_) => "changed",
            Self::Door(_) => "door",
        }
    }

    pub(crate) fn zh(&self) -> String {
        match self {
            Self::Flaw(zh, _) => zh.clone(),
            Self::NotPaid(status) => format!("未付款的订单不导入：{status}"),
            Self::StatusUnknown(status) => format!("无法从状态判断是否已付款：{status}"),
            Self::Missing(field) => format!("缺少 {field}"),
            Self::DigitsLost(field, cell) => format!("{field} 的位数被 Excel 截断：{cell}；请把该列设为文本后重新导出"),
            Self::Phone(cell) => format!("不是完整的电话号码：{cell}"),
            Self::Amount(cell) => format!("不是可以唯一确定的金额：{cell}；请写成 39.90"),
            Self::Negative(cell) => format!("负数金额是退款，不作为订单导入：{cell}"),
            Self::Currency(cell) => format!("不是币种代码：{cell}；请写成 CNY"),
            Self::Campaign(cell) => format!("不是活动编号：{cell}"),
            Self::Time(cell) => format!("不是时间：{cell}；请写成 2026-11-20 09:00:00"),
            Self::TimeBeyond(cell) => format!("时间在未来或早于 1970 年：{cell}"),
            Self::Repeated(line) => format!("与第 {line} 行是同一笔订单"),
            Self::Changed(import) => format!("导入 {import} 已带来这笔订单，但内容不同；如需更正，请先撤销那次导入"),
            Self::Door(_) => "采集入口拒绝这一行".to_owned(),
        }
    }

    pub(crate) fn en(&self) -> String {
        match self {
            Self::Flaw(_, en) => en.clone(),
            Self::NotPaid(status) => format!("an order that was not paid is not imported: {status}"),
            Self::StatusUnknown(status) => format!("the status does not tell whether it was paid: {status}"),
            Self::Missing(field) => format!("{field} is missing"),
            Self::DigitsLost(field, cell) => {
                format!("{field} lost digits in Excel: {cell}; format the column as text and export it again")
            }
            Self::Phone(cell) => format!("no whole telephone number: {cell}"),
            Self::Amount(cell) => format!("no amount that can be read in one way only: {cell}; write 39.90"),
            Self::Negative(cell) => format!("a negative amount is a refund, and no order: {cell}"),
            Self::Currency(cell) => format!("no currency: {cell}; write CNY"),
            Self::Campaign(cell) => format!("no id of a campaign: {cell}"),
            Self::Time(cell) => format!("no time: {cell}; write 2026-11-20 09:00:00"),
            Self::TimeBeyond(cell) => format!("a time that has not come yet, or before 1970: {cell}"),
            Self::Repeated(line) => format!("the same order as in line {line}"),
            Self::Changed(import) => {
                format!("import {import} brought this order with other values; to correct it, undo that import first")
            }
            Self::Door(reason) => reason.clone(),
        }
    }
}
