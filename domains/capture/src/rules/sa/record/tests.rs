use facts::NamedId;
use proptest::{prelude::*, sample::select};
use serde_json::{Value, json};

use super::*;

const RECEIVED: i64 = 1_795_344_470_000;

fn reader(by_the_brand: bool) -> Reader<'static> {
    let received_at = Timestamp::from_millis(RECEIVED);
    let accepting = Accepting { source: "key:1", received_at, sent_at: None, by_the_brand };
    Reader::new(accepting, Some("shop"), None)
}

fn read(record: &Value) -> Result<Told, Rejection> {
    reader(true).read(&to_raw_value(record).unwrap())
}

fn fact(record: &Value) -> Fact {
    read(record).unwrap_or_else(|rejection| panic!("{rejection}: {record}")).fact
}

fn ids_of(record: Value) -> (Option<String>, Option<String>) {
    let Fact { user_id, anonymous_id, .. } = fact(&record);
    (user_id, anonymous_id)
}

/// As the mini-program SDK wrote it after `login()`.
fn signed_up() -> Value {
    json!({
        "distinct_id": "user_1", "login_id": "user_1", "anonymous_id": "a-1", "original_id": "a-1",
        "identities": { "$identity_mp_id": "m-1", "$identity_login_id": "user_1" },
        "type": "track_signup", "event": "$SignUp", "time": RECEIVED - 5_000, "_track_id": 381_335_412,
        "_flush_time": RECEIVED - 4_000,
        "lib": { "$lib": "MiniProgram", "$lib_method": "code", "$lib_version": "1.21.4" },
        "properties": { "n": 1.50 },
    })
}

#[test]
fn a_record_is_taken_with_what_it_says() {
    let fact = fact(&signed_up());
    assert_eq!((fact.kind, &*fact.event), (Kind::Track, "$SignUp"));
    assert_eq!((fact.user_id.as_deref(), fact.anonymous_id.as_deref()), (Some("user_1"), Some("a-1")));
    assert_eq!(fact.timestamp, Timestamp::from_millis(RECEIVED - 1_000), "a second before it was sent");
    assert_eq!(fact.original_timestamp, Some(Timestamp::from_millis(RECEIVED - 5_000)));
    assert_eq!(fact.sent_at, Some(Timestamp::from_millis(RECEIVED - 4_000)));
    assert_eq!(fact.ids, [NamedId::new("device", "m-1")]);
    assert_eq!(fact.properties.get(), r#"{"n":1.5}"#);
    let context: Value = serde_json::from_str(fact.context.unwrap().get()).unwrap();
    assert_eq!(context["library"], json!({ "name": "MiniProgram", "version": "1.21.4" }));
}

#[test]
fn who_it_was_is_read_from_whichever_field_says_it() {
    let some = |id: &str| Some(id.to_owned());
    let of = |fields: Value| {
        let mut record = json!({ "type": "track", "event": "E", "distinct_id": "d" });
        record.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
        ids_of(record)
    };
    assert_eq!(of(json!({})), (None, some("d")));
    assert_eq!(of(json!({ "properties": { "$is_login_id": true } })), (some("d"), None));
    assert_eq!(of(json!({ "login_id": "d", "anonymous_id": "a" })), (some("d"), some("a")));
    assert_eq!(
        of(json!({ "identities": { "$identity_login_id": "u", "$identity_anonymous_id": "a" } })),
        (some("u"), some("a"))
    );
    assert_eq!(of(json!({ "type": "track_signup", "original_id": "before" })), (some("d"), some("before")));
    assert_eq!(of(json!({ "original_id": "before" })), (None, some("d")), "only a sign-up has one");
    assert_eq!(of(json!({ "distinct_id": 7 })), (None, some("7")));
}

#[test]
fn identities_become_ids_of_our_namespaces() {
    let of = |kind: &str, identities: Value, more: Value| {
        let mut record = json!({ "type": kind, "event": "E", "distinct_id": "d", "identities": identities });
        record.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        let Fact { user_id, anonymous_id, ids, .. } = fact(&record);
        let ids: Vec<_> = ids.into_iter().map(|id| format!("{}={}", id.namespace, id.value)).collect();
        (user_id.unwrap_or_default(), anonymous_id.unwrap_or_default(), ids.join(" "))
    };
    let told = |user: &str, before: &str, ids: &str| (user.to_owned(), before.to_owned(), ids.to_owned());
    let held = json!({ "$identity_mp_wxA_openid": "o1", "$identity_mp_unionid": "n1", "$identity_anonymous_id": "a",
        "$identity_mobile": 13_800_000_001_u64, "card_no": "7", "$identity_email": "" });
    let all = "phone=13800000001 wechat:unionid=n1 wechat:openid:wxA=o1 card_no=7";
    assert_eq!(of("track", held.clone(), json!({})), told("", "a", all));
    assert_eq!(of("track_id_bind", held, json!({ "login_id": "u" })), told("u", "a", all));
    let phone = json!({ "$identity_mobile": "138" });
    let by_phone = json!({ "login_id": "$identity_mobile+138", "anonymous_id": "a" });
    assert_eq!(of("track", phone.clone(), by_phone), told("", "a", "phone=138"), "whoever signs in by phone");
    assert_eq!(of("track_id_unbind", phone, json!({})), told("", "", "phone=138"));
    let rejected = |kind: &str, identities: Value| {
        read(&json!({ "type": kind, "event": "E", "distinct_id": "d", "identities": identities })).unwrap_err().code()
    };
    assert_eq!(rejected("track", json!({ "a b": "x" })), "identities");
    assert_eq!(rejected("track", json!({ "$identity_email": "null" })), "stands_for_nobody");
    assert_eq!(rejected("track_id_bind", json!({})), "identities");
    assert_eq!(rejected("track_id_unbind", json!({})), "identities");
    let many: Value = (0..17).map(|n| (format!("k{n}"), json!("x"))).collect::<serde_json::Map<_, _>>().into();
    assert_eq!(rejected("track", many), "identities");
}

#[test]
fn a_pages_key_takes_ids_off_nobody_but_whom_it_names() {
    let record = json!({ "type": "track_id_unbind", "distinct_id": "d", "identities": { "$identity_mobile": "138" } });
    let read_as = |by_the_brand, record: &Value| reader(by_the_brand).read(&to_raw_value(record).unwrap());
    let (from_a_page, from_the_brand) = (read_as(false, &record).unwrap().fact, read_as(true, &record).unwrap().fact);
    assert_eq!((from_a_page.user_id, from_a_page.anonymous_id.as_deref()), (None, Some("d")));
    assert_eq!((from_the_brand.user_id, from_the_brand.anonymous_id), (None, None));
    let by_name = json!({ "type": "track", "event": "$UnbindID", "distinct_id": "d" });
    assert_eq!(read_as(false, &by_name).unwrap_err(), Rejection::BrandOnly);
}

/// Facts that name a person by `distinct_id` alone, as a share or a server does, are of whoever it was.
#[test]
fn whoever_signs_in_is_known_by_their_distinct_id_too() {
    let told = read(&signed_up()).unwrap();
    let [beside] = &told.beside[..] else { panic!("{:?}", told.beside) };
    assert_eq!((&*beside.event, beside.kind), (names::SIGNED_UP, Kind::Track));
    assert_eq!((beside.user_id.as_deref(), beside.anonymous_id.as_deref()), (Some("user_1"), Some("user_1")));
    assert!(beside.ids.is_empty());
    let mut again = signed_up();
    again["time"] = json!(RECEIVED);
    assert_eq!(read(&again).unwrap().beside[0].message_id, beside.message_id, "it is said once");
}

#[test]
fn every_type_of_record_is_known() {
    let of = |kind: &str, event: Value| {
        let fact = fact(&json!({ "type": kind, "event": event, "distinct_id": "d", "item_type": "book", "item_id": 7,
            "identities": { "$identity_login_id": "u", "$identity_email": "e" }, "properties": { "p": 1 } }));
        (fact.kind, fact.event.clone(), fact.subject().is_some())
    };
    assert_eq!(of("track", json!("Seen")), (Kind::Track, "Seen".into(), true));
    assert_eq!(of("track_signup", Value::Null), (Kind::Track, "$SignUp".into(), true));
    assert_eq!(of("track_id_bind", Value::Null), (Kind::Track, "$BindID".into(), true));
    assert_eq!(
        of("track_id_unbind", json!("$UnbindID")),
        (Kind::Track, "$UnbindID".into(), false),
        "it says whose not"
    );
    assert_eq!(of("profile_set", Value::Null), (Kind::Identify, "profile_set".into(), true));
    for kind in ["profile_set_once", "profile_increment", "profile_append", "profile_unset", "profile_delete"] {
        assert_eq!(of(kind, Value::Null), (Kind::Track, kind.into(), true));
    }
    for kind in ["item_set", "item_delete"] {
        assert_eq!(of(kind, Value::Null), (Kind::Track, kind.into(), false));
    }
    let item = json!({ "type": "item_set", "item_type": "book", "item_id": "b1", "properties": { "price": 9.90 } });
    assert_eq!(fact(&item).properties.get(), r#"{"item_id":"b1","item_type":"book","price":9.9}"#);
}

#[test]
fn the_first_reason_that_applies_is_told() {
    let track = json!({ "type": "track", "event": "E", "distinct_id": "d", "properties": {} });
    let with = |name: &str, value: Value| {
        let mut record = track.clone();
        record[name] = value;
        read(&record).unwrap_err()
    };
    for no_record in [json!([]), json!(7), json!(["track"])] {
        assert_eq!(read(&no_record).unwrap_err(), Rejection::Shape);
    }
    assert_eq!(with("type", json!("dance")), Rejection::RecordType);
    assert_eq!(with("event", Value::Null), Rejection::EventMissing);
    assert_eq!(with("event", json!("Page Seen")), Rejection::Name("event"));
    assert_eq!(with("event", json!("time")), Rejection::Name("event"));
    assert_eq!(with("distinct_id", json!("")), Rejection::DistinctIdMissing);
    assert_eq!(with("distinct_id", json!("undefined")), Rejection::StandsForNobody("distinct_id"));
    assert_eq!(with("distinct_id", json!("x".repeat(257))), Rejection::Text("distinct_id"));
    assert_eq!(with("properties", json!({ "a": {} })), Rejection::Value);
    assert_eq!(with("properties", json!({ "a b": 1 })), Rejection::Name("a property"));
    assert_eq!(with("time", json!("soon")), Rejection::Time("time"));
    assert_eq!(with("identities", json!({ "$identity_login_id": {} })), Rejection::Shape);
    assert_eq!(with("project", json!("other")), Rejection::OtherProject);
    assert_eq!(with("event", json!("OrderPaid")), Rejection::Invalid(facts::Invalid::OrderMissing));
    let large = with("properties", json!({ "x": "y".repeat(ITEM_BYTES_MAX) }));
    assert_eq!(large, Rejection::TooLarge);
    let sealed = json!({ "pkv": 1, "ekey": "x", "payloads": ["y"] });
    assert_eq!(read(&sealed).unwrap_err(), Rejection::Encrypted);
    let no_item = json!({ "type": "item_set", "item_type": "book" });
    assert_eq!(read(&no_item).unwrap_err(), Rejection::ItemMissing);
    let paid = json!({ "type": "track", "event": "OrderPaid", "distinct_id": "d",
        "properties": { "order_id": "7", "amount_minor": 990 } });
    assert_eq!(fact(&paid).event, "Order Paid");
    let from_a_page = reader(false).read(&to_raw_value(&paid).unwrap());
    assert_eq!(from_a_page.unwrap_err(), Rejection::BrandOnly);
}

#[test]
fn a_clock_that_is_wrong_is_corrected_and_an_import_is_not() {
    let at = |fields: Value| {
        let mut record = json!({ "type": "track", "event": "E", "distinct_id": "d", "properties": {} });
        record.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
        fact(&record).timestamp
    };
    let received = Timestamp::from_millis(RECEIVED);
    assert_eq!(at(json!({})), received);
    let ahead = RECEIVED + 86_400_000;
    assert_eq!(at(json!({ "time": ahead - 2_000, "_flush_time": ahead })), received.plus_secs(-2));
    assert_eq!(at(json!({ "time": ahead })), received, "the future is not believed");
    let long_ago = 1_500_000_000_000_i64;
    let imported = at(json!({ "time": long_ago, "_flush_time": ahead, "time_free": true }));
    assert_eq!(imported, Timestamp::from_millis(long_ago));
    assert_eq!(at(json!({ "properties": { "$time": long_ago } })), Timestamp::from_millis(long_ago));
}

#[test]
fn a_record_sent_again_is_the_same_and_another_one_is_not() {
    let id = |record: &Value| fact(record).message_id;
    let (first, mut again) = (signed_up(), signed_up());
    again["_flush_time"] = json!(RECEIVED + 9_000);
    assert_eq!(id(&first), id(&again));
    for (field, value) in [("distinct_id", json!("user_2")), ("time", json!(RECEIVED)), ("_track_id", json!(1))] {
        let mut other = signed_up();
        other[field] = value;
        assert_ne!(id(&first), id(&other), "{field}");
    }
    let raise =
        to_raw_value(&json!({ "type": "profile_increment", "distinct_id": "d", "time": 1, "properties": { "n": 1 } }))
            .unwrap();
    let ids = |mut reader: Reader<'_>| [(); 2].map(|()| reader.read(&raise).unwrap().fact.message_id);
    let (one, other) = (ids(reader(true)), ids(reader(true)));
    assert!(one[0] != one[1] && one == other, "two of one request are two, sent again they are the same two");
    let tracked = to_raw_value(&signed_up()).unwrap();
    let mut reader = reader(true);
    let [one, other] = [(); 2].map(|()| reader.read(&tracked).unwrap().fact.message_id);
    assert_eq!(one, other, "the track id tells them apart");
}

#[test]
fn a_share_is_a_hop_where_a_campaign_is_named() {
    let open = |event: &str, properties: Value| {
        read(
            &json!({ "type": "track", "event": event, "distinct_id": "b", "time": RECEIVED, "properties": properties }),
        )
        .unwrap()
        .beside
        .pop()
        .map(|hop| (hop.event.clone(), hop.properties.get().to_owned(), hop.message_id))
    };
    let share = |more: Value| {
        let mut properties = json!({ "$share_distinct_id": "a", "$share_depth": 1, "$share_method": "转发消息卡片" });
        properties.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        properties
    };
    let told = r#"{"campaign":"spring","sharer_anonymous_id":"a"}"#;
    for named in [
        json!({ "campaign": "spring" }),
        json!({ "$url_query": "x=1&campaign=spring" }),
        json!({ "$share_url_path": "pages/book?campaign=spring&id=7" }),
    ] {
        let (event, properties, _) = open("$MPShow", share(named)).unwrap();
        assert_eq!((&*event, &*properties), (names::SPREAD_OPENED, told));
    }
    let ours = share(json!({ "$url_query": "campaign=spring&spread=t-7" }));
    assert_eq!(open("$MPShow", ours).unwrap().1, r#"{"campaign":"spring","spread":"t-7"}"#);
    for nothing in [
        open("$MPShow", share(json!({}))),
        open("$MPShow", share(json!({ "campaign": "spring", "$share_distinct_id": "取值异常" }))),
        open("$MPShow", share(json!({ "campaign": "spring", "$share_distinct_id": "b" }))),
        open("$MPShow", share(json!({ "campaign": "no campaign" }))),
        open("$MPShow", json!({ "campaign": "spring" })),
        open("$MPShare", share(json!({ "campaign": "spring" }))),
        open("$MPViewScreen", share(json!({ "campaign": "spring" }))),
    ] {
        assert_eq!(nothing, None);
    }
    let of = |event| open(event, share(json!({ "campaign": "spring" }))).unwrap().2;
    assert_eq!(of("$MPLaunch"), of("$MPShow"), "they tell of one opening");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    /// Pieces of records, in an order that is often a record and often nearly one.
    #[test]
    fn no_record_makes_the_door_stumble_and_what_it_takes_survives_the_log(
        pieces in prop::collection::btree_set(select(vec![
            r#""type":"track""#, r#""type":"track_signup""#, r#""type":"profile_set""#, r#""type":"item_set""#,
            r#""type":"track_id_bind""#, r#""event":"E""#, r#""event":"$MPShow""#, r#""event":"SpreadOpened""#,
            r#""distinct_id":"d""#, r#""distinct_id":7"#, r#""distinct_id":"\u0000""#, r#""login_id":"u""#,
            r#""original_id":"o""#, r#""anonymous_id":null"#, r#""identities":{"$identity_login_id":"u"}"#,
            r#""identities":[]"#, r#""time":1795344465412"#, r#""time":-1"#, r#""time":1e999"#, r#""time":1.5"#,
            r#""_flush_time":253402300799999"#, r#""_flush_time":0"#, r#""time_free":true"#, r#""_track_id":1"#,
            r#""properties":{"campaign":"c","$share_distinct_id":"s"}"#, r#""properties":{"\ud800":1}"#,
            r#""properties":{"campaign":"c","sharer_id":"s"}"#, r#""properties":null"#, r#""lib":{"$lib":"js"}"#,
            r#""item_type":"t""#, r#""item_id":"长""#, r#""properties":{"a":1e999}"#,
        ]), 0..9),
        junk in "\\PC{0,40}",
    ) {
        let joined = format!("{{{}}}", pieces.into_iter().collect::<Vec<_>>().join(","));
        for text in [joined, junk] {
            let Ok(item) = serde_json::from_str::<&RawValue>(&text) else { continue };
            let Ok(told) = reader(true).read(item) else { continue };
            for fact in told.beside.into_iter().chain([told.fact]) {
                let bytes = fact.to_log().map_err(|error| TestCaseError::fail(error.to_string()))?;
                let kept = Fact::from_log(&bytes).map_err(|error| TestCaseError::fail(error.to_string()))?;
                prop_assert_eq!(kept.to_log().ok(), Some(bytes));
                prop_assert!(kept.typed().is_ok());
                prop_assert!(kept.subject().is_some() || kept.event.starts_with("item_") || !kept.ids.is_empty());
                prop_assert!(kept.message_id.len() <= 100);
                for at in [Some(kept.timestamp), kept.original_timestamp, kept.sent_at].into_iter().flatten() {
                    prop_assert_eq!(Timestamp::parse(&at.to_string()), Ok(at));
                }
            }
        }
    }
}
