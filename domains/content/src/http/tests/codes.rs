//! Live codes lead customers to whoever is free; posters carry codes; funnels lie side by side.

use std::{collections::BTreeMap, sync::Arc};

use db::{Records, db_test};
use serde_json::{Value, json};

use crate::http::testing::{House, migrations};

const LINKS: &str = "/api/v1/content/links";

fn way(id: &str, more: Value) -> Value {
    let mut way =
        json!({"way": id, "name": format!("导购{id}"), "kind": "staff", "url": format!("https://work.example/{id}")});
    way.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    way
}

async fn house(records: &Records) -> House {
    let house = House::new(records);
    let hosts = json!({"hosts": ["work.example"]});
    assert_eq!(house.client.put("all", "/api/v1/content/hosts", &hosts).await.status, 200);
    house
}

async fn live(house: &House, ways: Value) -> Value {
    house.link(json!({"kind": "live", "name": "新人红包", "routing": {"ways": ways}})).await
}

/// Whom a browser is shown; nothing when it is sent on to where the code leads when nobody is free.
async fn led(house: &House, path: &str, browser: &str) -> Option<String> {
    let scanned = house.browse(path, Some(browser)).await;
    match scanned.status {
        200 => Some(scanned.text().split("<h1>导购").nth(1).unwrap().split('<').next().unwrap().to_owned()),
        302 => None,
        other => panic!("{other}: {}", scanned.text()),
    }
}

#[db_test(migrations = migrations())]
async fn a_live_code_leads_to_whoever_has_room_and_back_to_the_same(records: Records) {
    let house = house(&records).await;
    let code = live(&house, json!([way("a", json!({"capacity": 1})), way("b", json!({"capacity": 1}))])).await;
    let path = code["path"].as_str().unwrap().to_owned();
    assert_eq!(led(&house, &path, "b1").await.as_deref(), Some("a"));
    assert_eq!(led(&house, &path, "b2").await.as_deref(), Some("b"));
    assert_eq!(led(&house, &path, "b3").await, None, "all are full");
    assert_eq!(led(&house, &path, "b1").await.as_deref(), Some("a"), "whoever comes again meets the same");
    let today = house.client.get("all", &format!("{LINKS}/{}/ways", code["code"].as_str().unwrap())).await;
    assert_eq!(
        (today.each("items", "way"), today.each("items", "people")),
        (vec![json!("a"), json!("b")], vec![json!(1), json!(1)])
    );

    // The step is counted when it is taken.
    let gone = house.browse(&format!("{path}/go"), Some("b2")).await;
    assert_eq!((gone.status, gone.headers["location"].to_str().unwrap()), (302, "https://work.example/b"));
    let told: Vec<String> = house.facts().iter().map(|fact| format!("{} {}", fact.event, fact.ids[0].value)).collect();
    assert_eq!(
        told,
        [
            "Code Scanned b1",
            "Code Scanned b2",
            "Code Scanned b3",
            "Link Opened b3",
            "Code Scanned b1",
            "Link Opened b2"
        ]
    );
    assert!(house.facts()[5].properties.get().ends_with(r#","way":"b"}"#));
    // Whoever never scanned it, and a link that is no live code.
    let stranger = house.browse(&format!("{path}/go"), Some("b9")).await;
    assert!(stranger.headers["location"].to_str().unwrap().starts_with("/f/1/play/group-buy?"));
    let link = house.link(json!({})).await;
    assert_eq!(house.browse(&format!("{}/go", link["path"].as_str().unwrap()), Some("b1")).await.status, 404);

    // The next day there is room again; on the day somebody left, others take over.
    house.clock.advance_secs(86_400);
    assert_eq!(led(&house, &path, "b3").await.as_deref(), Some("a"));
    let off = json!({"revision": 1, "routing": {"ways": [way("a", json!({"on": false})), way("b", json!({}))]}});
    let changed = house.client.patch("all", &format!("{LINKS}/{}", code["code"].as_str().unwrap()), &off).await;
    assert_eq!(changed.status, 200, "{}", changed.json);
    assert_eq!(led(&house, &path, "b1").await.as_deref(), Some("b"));
}

#[db_test(migrations = migrations())]
async fn however_many_scan_at_once_no_capacity_is_exceeded(records: Records) {
    let house = Arc::new(house(&records).await);
    let ways = json!([
        way("a", json!({"capacity": 30})),
        way("b", json!({"capacity": 15, "weight": 3})),
        way("c", json!({"capacity": 5}))
    ]);
    let path = live(&house, ways).await["path"].as_str().unwrap().to_owned();
    let scans: Vec<_> = (0..200)
        .map(|browser| {
            let (house, path) = (Arc::clone(&house), path.clone());
            // Some scan twice, at the same time.
            tokio::spawn(async move { led(&house, &path, &format!("b{}", 1000 + browser % 150)).await })
        })
        .collect();
    let mut shown: BTreeMap<String, usize> = BTreeMap::new();
    let mut seats = 0;
    for scan in scans {
        if let Some(way) = scan.await.unwrap() {
            *shown.entry(way).or_default() += 1;
            seats += 1;
        }
    }
    let code = path.trim_start_matches("/s/");
    let today = house.client.get("all", &format!("{LINKS}/{code}/ways")).await;
    assert_eq!(today.each("items", "people"), [json!(30), json!(15), json!(5)], "exactly full, all of them");
    assert!((50..=100).contains(&seats), "fifty people, some of them twice: {shown:?}");
}

#[db_test(migrations = migrations())]
async fn a_live_code_leads_nowhere_the_brand_does_not_allow(records: Records) {
    let house = house(&records).await;
    let new = |ways: Value| json!({"name": "x", "kind": "live", "target": {"kind": "play", "play": "p"}, "routing": {"ways": ways}});
    let evil = house.client.post("all", LINKS, &new(json!([way("a", json!({"url": "https://evil.example/"}))]))).await;
    assert_eq!((evil.status, evil.each("errors", "field")), (422, vec![json!("routing.ways[0].url")]));
    let nobody =
        house.client.post("all", LINKS, &new(json!([way("a", json!({"staff": "nobody", "unit": "store-9"}))]))).await;
    assert_eq!(nobody.each("errors", "field"), [json!("routing.ways[0].unit"), json!("routing.ways[0].staff")]);
    assert_eq!(house.client.post("all", LINKS, &new(json!([]))).await.status, 422);
    let mut odd = new(json!([way("a", json!({}))]));
    odd["kind"] = json!("fixed");
    assert_eq!(house.client.post("all", LINKS, &odd).await.status, 422);

    let code = live(&house, json!([way("a", json!({"name": "导购<b>a"}))])).await;
    let path = code["path"].as_str().unwrap();
    let shown = house.browse(path, Some("b1")).await;
    assert!(shown.text().contains("导购&lt;b&gt;a") && !shown.text().contains("<b>"));
    house.client.put("all", "/api/v1/content/hosts", &json!({"hosts": []})).await;
    assert_eq!(house.browse(path, Some("b1")).await.status, 302, "on to where it leads when nobody is free");
    let gone = house.browse(&format!("{path}/go"), Some("b1")).await;
    assert!(gone.headers["location"].to_str().unwrap().starts_with("/f/1/"));
}

#[db_test(migrations = migrations())]
async fn whoever_stands_in_a_store_is_led_to_its_people(records: Records) {
    let house = house(&records).await;
    let ways = json!([way("a", json!({"unit": "store-1"})), way("b", json!({"unit": "store-2"}))]);
    let path = live(&house, ways).await["path"].as_str().unwrap().to_owned();
    for browser in ["b1", "b2", "b3"] {
        assert_eq!(led(&house, &format!("{path}?at=store-2"), browser).await.as_deref(), Some("b"));
    }
    assert_eq!(
        led(&house, &format!("{path}?at=%20"), "b4").await.as_deref(),
        Some("a"),
        "what names no unit turns nobody away"
    );
}

#[db_test(migrations = migrations())]
async fn a_live_codes_extra_step_is_seen_beside_a_fixed_code(records: Records) {
    let house = house(&records).await;
    let fixed = house.link(json!({"kind": "fixed", "unit": "store-1", "channel": "poster"})).await;
    let code = live(&house, json!([way("a", json!({}))])).await;
    let (fixed, live) = (fixed["path"].as_str().unwrap(), code["path"].as_str().unwrap());
    for browser in ["b1", "b2", "b3", "b4"] {
        house.browse(fixed, Some(browser)).await;
        house.browse(live, Some(browser)).await;
    }
    house.browse(&format!("{live}/go"), Some("b1")).await;
    house.let_happen().await;
    let by = async |query: &str| house.client.get("all", &format!("/api/v1/content/funnels?{query}")).await;
    let kinds = by("codes=true").await;
    let counts = |kind: &str| {
        let items = kinds.json["items"].as_array().unwrap();
        let found = items.iter().find(|item| item["key"] == kind).unwrap();
        (found["counts"]["scanned"].clone(), found["counts"]["opened"].clone())
    };
    assert_eq!((counts("fixed"), counts("live")), ((json!(4), json!(4)), (json!(4), json!(1))));
    let units = by("by=unit").await;
    assert_eq!(
        (units.each("items", "key"), units.each("items", "name")),
        (vec![json!("store-1"), Value::Null], vec![json!("一店"), Value::Null])
    );
    assert_eq!(by("by=channel&campaign=none").await.json["items"], json!([]));
    assert_eq!(by("format=csv").await.text().lines().count(), 3);
    let seen = house.client.get("one", "/api/v1/content/funnels").await;
    assert_eq!(seen.each("items", "key"), ["fixed"], "of one's own network alone");
}

#[db_test(migrations = migrations())]
async fn a_poster_carries_the_code_and_words_stay_words(records: Records) {
    let house = house(&records).await;
    let link = house.link(json!({"name": "春季书单"})).await;
    let path = format!("{LINKS}/{}", link["code"].as_str().unwrap());
    let ask = async |path: String| {
        // Where the request came from stands in its extensions, as the edge puts it there.
        let came = web::Came { host: Some("brand.example".into()), https: true, ..web::Came::default() };
        house.client.ask("all", axum::http::Request::get(path).extension(came), None).await
    };
    let qr = ask(format!("{path}/qr")).await;
    assert_eq!((qr.status, qr.headers["content-type"].to_str().unwrap()), (200, "image/svg+xml"));
    assert_eq!(ask(format!("{path}/qr?picture=png")).await.bytes[..4], *b"\x89PNG");
    let poster = ask(format!("{path}/poster?note=%3Cscript%3E&colour=0B1220")).await;
    assert!(poster.text().contains("春季书单") && poster.text().contains("&lt;script&gt;"));
    assert!(poster.text().contains("fill=\"#0b1220\"") && !poster.text().contains("<script"));
    let code = qr.text().split("<path d=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
    assert!(poster.text().contains(&code), "the same code");
    assert_eq!(ask(format!("{path}/poster?colour=red")).await.status, 422);
    assert_eq!(ask(format!("{path}/poster?title={}", "x".repeat(41))).await.status, 422);
    assert_eq!(house.client.get("all", &format!("{path}/qr")).await.status, 400, "nobody said where it is asked");
}
