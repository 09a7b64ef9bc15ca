//! What the columns of a table probably are: by their names in Chinese or English, then by what stands in them.

use chrono::FixedOffset;

use super::{Kind, mapping::Field, open::RowRead};
use crate::rules::table::{minor, time};

/// Rows that are looked at.
const LOOKED_AT: usize = 200;
/// Share of the cells that must look so, in percent.
const MOSTLY: usize = 90;

/// Names a field goes by, the surest first; without blanks, `_`, `-` and in lower case.
const NAMES: &[(Field, &[&str])] = &[
    (
        Field::Person,
        &[
            "userid",
            "用户id",
            "用户编号",
            "会员号",
            "会员id",
            "会员编号",
            "会员卡号",
            "客户编号",
            "客户id",
            "客户号",
            "customerid",
            "memberid",
            "memberno",
            "membernumber",
            "uid",
            "masterid",
            "uniqueid",
            "买家id",
            "openid",
            "买家会员名",
            "买家昵称",
        ],
    ),
    (
        Field::Name,
        &[
            "姓名",
            "名字",
            "会员姓名",
            "客户姓名",
            "客户名称",
            "用户姓名",
            "真实姓名",
            "昵称",
            "name",
            "fullname",
            "nickname",
        ],
    ),
    (
        Field::Phone,
        &[
            "手机",
            "手机号",
            "手机号码",
            "联系手机",
            "电话",
            "联系电话",
            "电话号码",
            "phone",
            "mobile",
            "phonenumber",
            "mobilephone",
            "tel",
        ],
    ),
    (Field::Wechat, &["unionid", "微信unionid", "微信", "微信号", "wechat", "wechatid", "externaluserid"]),
    (Field::City, &["城市", "所在城市", "市", "city"]),
    (
        Field::Order,
        &["订单号", "订单编号", "单号", "主订单编号", "orderid", "orderno", "ordernumber", "invoiceno", "invoice"],
    ),
    (
        Field::Amount,
        &[
            "实付金额",
            "买家实际支付金额",
            "实际支付金额",
            "支付金额",
            "付款金额",
            "实付",
            "订单金额",
            "金额",
            "总金额",
            "成交金额",
            "paid",
            "amountpaid",
            "amount",
            "total",
            "totalamount",
        ],
    ),
    (Field::AmountMinor, &["amountminor", "金额(分)", "金额（分）", "实付金额(分)", "实付金额（分）"]),
    (Field::Currency, &["币种", "货币", "currency"]),
    (Field::Campaign, &["活动", "活动id", "活动编号", "campaign", "campaignid"]),
    (Field::Status, &["订单状态", "交易状态", "支付状态", "状态", "orderstatus", "paymentstatus", "status", "kind"]),
];
const AT_OF_PEOPLE: &[&str] = &[
    "注册时间",
    "注册日期",
    "入会时间",
    "入会日期",
    "创建时间",
    "添加时间",
    "registeredat",
    "signupdate",
    "createdat",
    "joinedat",
];
const AT_OF_ORDERS: &[&str] = &[
    "支付时间",
    "付款时间",
    "订单付款时间",
    "成交时间",
    "下单时间",
    "订单创建时间",
    "创建时间",
    "日期",
    "时间",
    "paidat",
    "paymenttime",
    "orderdate",
    "orderedat",
    "invoicedate",
    "createdat",
    "date",
    "time",
];

/// A field for each column, or none. What is known by no name is kept under its own.
pub(crate) fn guess(kind: Kind, columns: &[String], rows: &[RowRead], zone: FixedOffset) -> Vec<Option<Field>> {
    let mut guessed: Vec<Option<Field>> = vec![None; columns.len()];
    let plain: Vec<String> = columns.iter().map(|name| plain(name)).collect();
    let at = if kind == Kind::People { AT_OF_PEOPLE } else { AT_OF_ORDERS };
    let names = NAMES.iter().filter(|(field, _)| belongs(kind, field)).map(|(field, names)| (field.clone(), *names));
    for (field, names) in names.chain([(Field::At, at)]) {
        let best = names.iter().find_map(|name| plain.iter().position(|column| column == name));
        if let Some(column) = best.filter(|column| guessed[*column].is_none()) {
            guessed[column] = Some(field);
        }
    }
    if guessed.contains(&Some(Field::AmountMinor)) {
        guessed.iter_mut().filter(|field| **field == Some(Field::Amount)).for_each(|field| *field = None);
    }
    by_values(kind, &mut guessed, rows, zone);
    for (field, name) in guessed.iter_mut().zip(columns) {
        if field.is_none() {
            *field = Field::other(name);
        }
    }
    guessed
}

fn belongs(kind: Kind, field: &Field) -> bool {
    let of_people = matches!(field, Field::Name | Field::Phone | Field::Wechat | Field::City);
    *field == Field::Person || of_people == (kind == Kind::People)
}

/// What no name told may be told by what stands in the columns.
fn by_values(kind: Kind, guessed: &mut [Option<Field>], rows: &[RowRead], zone: FixedOffset) {
    let phone = |cell: &str| {
        let digits = cell.strip_prefix("+86").unwrap_or(cell).trim();
        digits.len() == 11 && digits.starts_with('1') && digits.bytes().all(|byte| byte.is_ascii_digit())
    };
    let moment = |cell: &str| !cell.bytes().all(|byte| byte.is_ascii_digit()) && time(cell, zone).is_ok();
    let money = |cell: &str| cell.contains('.') && minor(cell, 2).is_some();
    let tests: &[(Field, Looks<'_>)] = match kind {
        Kind::People => &[(Field::Phone, &phone)],
        Kind::Orders => &[(Field::At, &moment), (Field::Amount, &money)],
    };
    for (field, looks) in tests {
        let known = |guess: &Option<Field>| match field {
            Field::Amount => matches!(guess, Some(Field::Amount | Field::AmountMinor)),
            field => guess.as_ref() == Some(field),
        };
        if guessed.iter().any(known) {
            continue;
        }
        let found = (0..guessed.len()).find(|column| guessed[*column].is_none() && mostly(rows, *column, looks));
        if let Some(column) = found {
            guessed[column] = Some(field.clone());
        }
    }
}

/// Whether a cell looks like something.
type Looks<'a> = &'a dyn Fn(&str) -> bool;

fn mostly(rows: &[RowRead], column: usize, looks: impl Fn(&str) -> bool) -> bool {
    let cells = rows.iter().take(LOOKED_AT).filter(|row| row.flaw.is_none());
    let cells: Vec<&str> = cells.map(|row| row.cells[column].as_str()).filter(|cell| !cell.is_empty()).collect();
    !cells.is_empty() && cells.iter().filter(|cell| looks(cell)).count() * 100 >= cells.len() * MOSTLY
}

fn plain(name: &str) -> String {
    name.to_lowercase().chars().filter(|letter| !letter.is_whitespace() && !matches!(letter, '_' | '-' | '*')).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn guessed(kind: Kind, header: &str, row: &str) -> Vec<String> {
        let cells = |text: &str| text.split(',').map(str::to_owned).collect::<Vec<_>>();
        let rows = [RowRead { line: 2, cells: cells(row), flaw: None }];
        let fields = guess(kind, &cells(header), &rows, FixedOffset::east_opt(8 * 3600).unwrap());
        fields.iter().map(|field| field.as_ref().map_or(String::new(), Field::word)).collect()
    }

    #[test]
    fn columns_are_known_by_their_names() {
        assert_eq!(
            guessed(Kind::People, "会员号,姓名,手机号,城市,会员等级,入会时间", "17,林,17000001234,杭州,金,2026-01-01"),
            ["user_id", "name", "phone", "city", "other:会员等级", "at"]
        );
        assert_eq!(
            guessed(
                Kind::Orders,
                "Customer ID,InvoiceDate,kind,Country,lines,qty,amount",
                "1,2009-12-14,order,UK,1,10,45.0"
            ),
            ["user_id", "at", "status", "other:Country", "other:lines", "other:qty", "amount"]
        );
        assert_eq!(
            guessed(
                Kind::Orders,
                "订单编号,买家会员名,总金额,买家实际支付金额,订单状态,订单付款时间",
                "1,a,1,1,x,2026-01-01"
            ),
            ["order_id", "user_id", "other:总金额", "amount", "status", "at"]
        );
    }

    #[test]
    fn columns_without_a_known_name_are_known_by_what_stands_in_them() {
        assert_eq!(guessed(Kind::People, "uid,c", "1,13800138000"), ["user_id", "phone"]);
        assert_eq!(
            guessed(Kind::Orders, "uid,a,b,c", "1,7,2026/1/2 9:05,39.90"),
            ["user_id", "other:a", "at", "amount"]
        );
    }
}
