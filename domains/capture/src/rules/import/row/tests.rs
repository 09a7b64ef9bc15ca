use serde_json::Value;

use super::*;
use crate::rules::import::Mapping;

const NOW: i64 = 1_795_000_000_000_000;

fn translating(kind: Kind, columns: &[&str]) -> Translating {
    let words = columns.iter().map(|word| (*word).to_owned()).collect();
    let mapping = Mapping { columns: words, zone: "+08:00".into(), currency: "CNY".into(), campaign: None };
    let checked = mapping.check(kind, columns.len()).unwrap();
    Translating { kind, checked, import: "im-1".into(), at: Timestamp(NOW) }
}

fn row(line: u32, cells: &str) -> RowRead {
    RowRead { line, cells: cells.split('|').map(str::to_owned).collect(), flaw: None }
}

fn properties(told: &Told) -> Value {
    serde_json::from_str(told.fact.properties.get()).unwrap()
}

#[test]
fn an_order_becomes_a_fact_with_its_exact_amount() {
    let orders = translating(Kind::Orders, &["order_id", "user_id", "at", "amount", "status", "other:备注"]);
    let mut seen = Seen::default();
    let told = orders.row(&row(2, "B-1|17|2026-11-18 09:05:00|12.30|已付款|送礼"), &mut seen).unwrap();
    assert_eq!(
        properties(&told),
        json!({ "order_id": "B-1", "amount_minor": 1230, "currency": "CNY", "备注": "送礼" })
    );
    assert_eq!(told.fact.timestamp.to_string(), "2026-11-18T01:05:00Z");
    assert_eq!((told.fact.source.as_str(), told.fact.message_id.as_str()), (facts::IMPORT, "im-1-2"));
    let refused = |cells: &str| orders.row(&row(9, cells), &mut Seen::default()).unwrap_err().code();
    for (cells, code) in [
        ("B|17|2026-11-18|12,30|已付款|", "amount"),
        ("B|17|2026-11-18|1.005|已付款|", "amount"),
        ("B|17|2026-11-18|-1|已付款|", "negative"),
        ("B|17|2026-11-18|1|交易关闭|", "not_paid"),
        ("B|17|2026-11-18|1|神秘|", "status_unknown"),
        ("B||2026-11-18|1|已付款|", "missing"),
        ("B|17||1|已付款|", "missing"),
        ("B|17|2026-11-18||已付款|", "missing"),
        ("B|1.38E+10|2026-11-18|1|已付款|", "digits_lost"),
        ("B|17|18/11/2026|1|已付款|", "time"),
        ("B|17|2099-01-01|1|已付款|", "time_beyond"),
        ("B|17|1969-01-01|1|已付款|", "time_beyond"),
        ("B|null|2026-11-18|1|已付款|", "door"),
    ] {
        assert_eq!(refused(cells), code, "{cells}");
    }
    let repeated = orders.row(&row(3, "B-1|18|2026-11-18|5|已付款|"), &mut seen).unwrap_err();
    assert_eq!(repeated, Refused::Repeated(2));
}

#[test]
fn orders_without_a_number_are_told_apart_and_are_the_same_each_time() {
    let orders = translating(Kind::Orders, &["user_id", "at", "amount"]);
    let read = || {
        let mut seen = Seen::default();
        let rows = ["1|1997-01-01|11.77", "1|1997-01-01|11.77", "1|1997-01-02|11.77", "2|1997-01-01|11.77"];
        let told = (2..).zip(rows).map(|(line, cells)| orders.row(&row(line, cells), &mut seen).unwrap());
        told.map(|told| properties(&told)["order_id"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    let ids = read();
    assert_eq!(ids, read());
    assert_eq!(ids.iter().collect::<std::collections::BTreeSet<_>>().len(), 4);
}

#[test]
fn a_person_becomes_what_is_known_of_them() {
    let people = translating(Kind::People, &["user_id", "name", "phone", "city", "at", "other:等级"]);
    let mut seen = Seen::default();
    let told = people.row(&row(2, "17|林晓|+86 138-0013-8000|杭州|45000.5|金"), &mut seen).unwrap();
    assert_eq!(
        properties(&told),
        json!({ "name": "林晓", "phone": "+86 138-0013-8000", "city": "杭州", "等级": "金" })
    );
    assert_eq!(told.fact.timestamp.to_string(), "2023-03-15T04:00:00Z", "a date that lost its format");
    assert!(people.row(&row(3, "17|林晓|+86 138-0013-8000|杭州|45000.5|金"), &mut seen).unwrap().again);
    assert!(!people.row(&row(4, "17|林|||45000.5|"), &mut seen).unwrap().again);
    for phone in ["138****8000", "1.38E+10", "12", "未填写"] {
        let refused = people.row(&row(5, &format!("1|林|{phone}|||")), &mut seen).unwrap_err();
        assert!(matches!(refused, Refused::Phone(_) | Refused::DigitsLost(..)), "{phone}");
    }
}

#[test]
fn yen_have_no_places_and_dinars_three() {
    let orders = translating(Kind::Orders, &["user_id", "at", "amount", "currency"]);
    let amount = |cells: &str| {
        orders.row(&row(2, cells), &mut Seen::default()).map(|told| properties(&told)["amount_minor"].clone())
    };
    assert_eq!(amount("1|2026-01-01|1,980|JPY"), Ok(json!(1980)));
    assert_eq!(amount("1|2026-01-01|1.980|kwd"), Ok(json!(1980)));
    assert_eq!(amount("1|2026-01-01|1.5|JPY"), Err(Refused::Amount("1.5".into())));
    assert_eq!(amount("1|2026-01-01|1.5|元"), Err(Refused::Currency("元".into())));
}
