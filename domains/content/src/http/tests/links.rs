//! Links are made, opened, changed, and counted.

use db::{Records, db_test};
use serde_json::{Value, json};

use crate::http::testing::{House, migrations};

const LINKS: &str = "/api/v1/content/links";

fn location(answer: &web::testing::Answer) -> &str {
    answer.headers["location"].to_str().unwrap()
}

#[db_test(migrations = migrations())]
async fn whoever_opens_a_link_becomes_a_hop_before_they_are_sent_on(records: Records) {
    let house = House::new(&records);
    let link = house.link(json!({"campaign": "spring", "unit": "store-1", "channel": "moments"})).await;
    let path = link["path"].as_str().unwrap().to_owned();
    assert_eq!((&link["spreads"], &link["unit"]["name"]), (&json!(true), &json!("一店")));
    assert_eq!(house.outbox().await[0].event, "Spread Started", "its owner is a root of the campaign");

    let opened = house.browse(&path, None).await;
    assert_eq!(opened.status, 302);
    let code = link["code"].as_str().unwrap();
    assert_eq!(location(&opened), format!("/f/1/play/group-buy?sl_link={code}&sl_spread=root-token"));
    assert!(opened.headers["set-cookie"].to_str().unwrap().starts_with("sl_fan_1=b1; "));
    assert_eq!(opened.headers["cache-control"], "no-store");
    let facts = house.facts();
    let told: Vec<(&str, Value)> =
        facts.iter().map(|fact| (fact.event.as_str(), serde_json::from_str(fact.properties.get()).unwrap())).collect();
    assert_eq!(told[0].0, "Link Opened");
    assert_eq!(
        told[0].1,
        json!({"link": code, "kind": "link", "target": "play:group-buy", "campaign": "spring", "unit": "store-1",
            "channel": "moments"})
    );
    assert_eq!(told[1], ("Spread Opened", json!({"campaign": "spring", "spread": "root-token"})));
    assert!(facts.iter().all(|fact| fact.ids[0].value == "b1" && fact.typed().is_ok()));

    // Somebody sends it on: whoever opens that was brought by them.
    let opened = house.browse(&format!("{path}?by=theirs"), Some("b7")).await;
    assert!(location(&opened).ends_with("&sl_spread=theirs") && !opened.headers.contains_key("set-cookie"));
    let hop = house.facts().pop().unwrap();
    assert_eq!(
        (hop.event.as_str(), hop.properties.get()),
        ("Spread Opened", r#"{"campaign":"spring","spread":"theirs"}"#)
    );
    assert_eq!(hop.ids[0].value, "b7");
    // What is no token is nobody's.
    let opened = house.browse(&format!("{path}?by=%26x%3D1"), Some("b7")).await;
    assert!(location(&opened).ends_with("&sl_spread=root-token"));
}

#[db_test(migrations = migrations())]
async fn nobody_is_sent_on_before_it_is_durable(records: Records) {
    let house = std::sync::Arc::new(House::new(&records));
    let path = house.link(json!({})).await["path"].as_str().unwrap().to_owned();
    let held = house.disk.hold_syncs();
    let waiting = tokio::spawn({
        let (house, path) = (std::sync::Arc::clone(&house), path.clone());
        async move { house.browse(&path, None).await }
    });
    // The answer cannot come while the disk holds on; whatever else there is to do is done meanwhile.
    for _ in 0..100 {
        tokio::task::yield_now().await;
    }
    assert!(!waiting.is_finished() && house.facts().is_empty());
    drop(held);
    assert_eq!((waiting.await.unwrap().status, house.facts().len()), (302, 1));

    // A disk that refuses is no reason for an ugly page.
    house.disk.set_read_only(true);
    let busy = house.browse(&path, None).await;
    assert_eq!((busy.status, busy.headers["refresh"].to_str().unwrap()), (503, "2"));
    assert!(busy.text().contains("马上就好"));
    house.disk.set_read_only(false);
    assert_eq!(house.browse(&path, None).await.status, 302);
}

#[db_test(migrations = migrations())]
async fn a_link_that_leads_nowhere_says_so_kindly_and_counts_nothing(records: Records) {
    let house = House::new(&records);
    let unknown = house.browse("/s/nothing", None).await;
    assert_eq!((unknown.status, unknown.headers["content-type"].to_str().unwrap()), (404, "text/html; charset=utf-8"));
    assert!(unknown.text().contains("没有找到") && unknown.text().contains("not known"));
    for odd in ["/s/%F0%9F%8C%B8", "/s/a'b", "/s/..", &format!("/s/{}", "x".repeat(500))] {
        assert_eq!(house.browse(odd, None).await.status, 404, "{odd}");
    }

    let link = house.link(json!({"expires_at": "2026-11-22T08:10:00Z"})).await;
    let path = link["path"].as_str().unwrap();
    assert_eq!(house.browse(path, None).await.status, 302);
    house.clock.advance_secs(600);
    let late = house.browse(path, None).await;
    assert_eq!(late.status, 410);
    assert!(late.text().contains("已经结束"));

    let link = house.link(json!({})).await;
    let (path, code) = (link["path"].as_str().unwrap(), link["code"].as_str().unwrap());
    assert_eq!(house.browse(path, None).await.status, 302);
    let off = house.client.patch("all", &format!("{LINKS}/{code}"), &json!({"revision": 1, "on": false})).await;
    assert_eq!((off.status, &off.json["state"]), (200, &json!("off")));
    assert_eq!(house.browse(path, None).await.status, 410, "at once, though it was at hand");
    assert_eq!(house.facts().len(), 2);
}

#[db_test(migrations = migrations())]
async fn a_link_never_leads_to_a_host_the_brand_does_not_allow(records: Records) {
    let house = House::new(&records);
    let outside = json!({"name": "商城", "target": {"kind": "url", "url": "https://shop.example/a?b=1"}});
    let refused = house.client.post("all", LINKS, &outside).await;
    assert_eq!((refused.status, &refused.json["errors"][0]["field"]), (422, &json!("target.url")));
    let allow = async |hosts: Value| house.client.put("all", "/api/v1/content/hosts", &json!({"hosts": hosts})).await;
    assert_eq!(allow(json!(["shop.example/x"])).await.status, 422);
    assert_eq!(allow(json!([" Shop.example "])).await.json, json!({"hosts": ["shop.example"]}));
    let made = house.client.post("all", LINKS, &outside).await;
    let path = made.json["path"].as_str().unwrap();
    let code = made.json["code"].as_str().unwrap();
    let opened = house.browse(path, None).await;
    assert_eq!(location(&opened), format!("https://shop.example/a?b=1&sl_link={code}"));
    // What is no longer allowed is led to no longer.
    assert_eq!(allow(json!([])).await.status, 200);
    assert_eq!(house.browse(path, None).await.status, 410);
    assert_eq!(house.client.put("one", "/api/v1/content/hosts", &json!({"hosts": []})).await.status, 403);
}

#[db_test(migrations = migrations())]
async fn a_fixed_code_keeps_its_target_and_nobody_overwrites_what_they_have_not_seen(records: Records) {
    let house = House::new(&records);
    let fixed = house.link(json!({"kind": "fixed"})).await;
    let path = |link: &Value| format!("{LINKS}/{}", link["code"].as_str().unwrap());
    let elsewhere = json!({"revision": 1, "target": {"kind": "play", "play": "other"}});
    assert_eq!(house.client.patch("all", &path(&fixed), &elsewhere).await.status, 422);

    let link = house.link(json!({})).await;
    let changed = house.client.patch("all", &path(&link), &elsewhere).await;
    assert_eq!((changed.status, &changed.json["target"]["play"]), (200, &json!("other")));
    let opened = house.browse(link["path"].as_str().unwrap(), None).await;
    assert!(location(&opened).starts_with("/f/1/play/other?"));
    assert_eq!(house.client.patch("all", &path(&link), &elsewhere).await.status, 409, "revision 1 is over");
    let named = json!({"revision": 2, "name": " 新名 ", "expires_at": "2027-01-01T00:00:00Z"});
    let renamed = house.client.patch("all", &path(&link), &named).await;
    assert_eq!((&renamed.json["name"], &renamed.json["revision"]), (&json!("新名"), &json!(3)));
    let endless = house.client.patch("all", &path(&link), &json!({"revision": 3, "expires_at": null})).await;
    assert_eq!(endless.json["expires_at"], Value::Null);
    assert_eq!(house.client.patch("other", &path(&link), &named).await.status, 404);
}

#[db_test(migrations = migrations())]
async fn what_came_of_a_code_is_counted_by_person_and_by_day(records: Records) {
    let house = House::new(&records);
    let code = house.link(json!({"kind": "fixed", "name": "门店立牌"})).await;
    let link = house.link(json!({"name": "朋友圈"})).await;
    let (scan, open) = (code["path"].as_str().unwrap(), link["path"].as_str().unwrap());
    for (path, browser) in [(scan, "b1"), (scan, "b1"), (scan, "b2"), (open, "b2")] {
        assert_eq!(house.browse(path, Some(browser)).await.status, 302);
        house.clock.advance_secs(60);
    }
    house.let_happen().await;
    // The one who scanned twice signs in and pays, twice; the other came by the link last.
    house.tell("Signed In", "u1", Some("b1"), &json!({})).await;
    let order = |id: &str| json!({"order_id": id, "amount_minor": 5990});
    house.tell("Order Paid", "u1", None, &order("1")).await;
    house.clock.advance_secs(86_400);
    house.tell("Order Paid", "u1", None, &order("2")).await;
    house.tell("Play Joined", "u2", Some("b2"), &json!({})).await;
    house.tell("Order Paid", "u3", None, &order("3")).await;
    house.let_happen().await;
    let found = house.client.get("all", LINKS).await;
    assert_eq!(found.each("items", "name"), ["朋友圈", "门店立牌"], "the newest first, or by code");
    let counts = |link: &Value| {
        let items = found.json["items"].as_array().unwrap();
        items.iter().find(|item| item["code"] == link["code"]).unwrap()["counts"].clone()
    };
    assert_eq!(counts(&code), json!({"scans": 3, "opens": 3, "scanned": 2, "opened": 2, "acted": 1}));
    assert_eq!(counts(&link), json!({"scans": 0, "opens": 1, "scanned": 0, "opened": 1, "acted": 1}));

    let days = house.client.get("all", &format!("{LINKS}/{}/days", link["code"].as_str().unwrap())).await;
    assert_eq!(days.each("items", "day"), ["2026-11-21T16:00:00Z", "2026-11-22T16:00:00Z"]);
    assert_eq!(
        (days.each("items", "opens"), days.each("items", "acted")),
        (vec![json!(1), json!(0)], vec![json!(0), json!(1)])
    );
    let csv = house.client.get("all", &format!("{LINKS}?codes=true&format=csv")).await;
    assert!(csv.text().contains("门店立牌,fixed,play:group-buy") && csv.text().lines().count() == 2);
}

#[db_test(migrations = migrations())]
async fn everybody_sees_and_makes_links_of_their_own_network(records: Records) {
    let house = House::new(&records);
    let new = |more: Value| {
        let mut link = json!({"name": "x", "target": {"kind": "play", "play": "p"}});
        link.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        link
    };
    for (who, more, expected) in [
        ("one", json!({"unit": "store-1"}), 201),
        ("one", json!({"staff": "chen"}), 201),
        ("one", json!({"unit": "store-2"}), 422),
        ("one", json!({}), 422),
        ("one", json!({"staff": "tester", "unit": "store-1"}), 422),
        ("all", json!({"staff": "chen", "unit": "store-2"}), 422),
        ("own", json!({}), 201),
        ("own", json!({"staff": "chen"}), 422),
        ("own", json!({"unit": "store-2"}), 422),
        ("all", json!({"unit": "store-2"}), 201),
        ("all", json!({"unit": "store-9"}), 422),
        ("all", json!({"staff": "nobody"}), 422),
        ("all", json!({"campaign": "none"}), 422),
        ("all", json!({"name": " "}), 422),
        ("all", json!({"target": {"kind": "page", "page": "none"}}), 422),
        ("all", json!({"expires_at": "2020-01-01T00:00:00Z"}), 422),
    ] {
        let made = house.client.post(who, LINKS, &new(more.clone())).await;
        assert_eq!(made.status, expected, "{who} {more} {}", made.json);
    }
    let seen = async |who: &str, query: &str| {
        house.client.get(who, &format!("{LINKS}{query}")).await.each("items", "code").len()
    };
    assert_eq!((seen("all", "").await, seen("one", "").await, seen("own", "").await), (4, 3, 1));
    assert_eq!((seen("other", "").await, seen("one", "?unit=store-2").await), (0, 0));
    assert_eq!((seen("all", "?staff=chen").await, seen("all", "?state=off").await), (1, 0));
    assert_eq!((seen("all", "?q=X&limit=2").await, seen("all", "?q=%25").await), (2, 0));
    let theirs = house.client.get("all", &format!("{LINKS}?unit=store-2")).await.json["items"][0]["code"].clone();
    let path = format!("{LINKS}/{}", theirs.as_str().unwrap());
    for path in [path.clone(), format!("{path}/qr"), format!("{path}/days")] {
        assert_eq!(house.client.get("one", &path).await.status, 404, "{path}");
    }
    assert_eq!(house.client.patch("one", &path, &json!({"revision": 1, "on": false})).await.status, 404);
}

#[db_test(migrations = migrations())]
async fn pages_of_links_follow_one_another(records: Records) {
    let house = House::new(&records);
    for number in 0..5 {
        house.link(json!({"name": format!("链接{number}")})).await;
        house.clock.advance_secs(1);
    }
    let (mut after, mut names) = (String::new(), Vec::new());
    loop {
        let page = house.client.get("all", &format!("{LINKS}?limit=2{after}")).await;
        names.extend(page.each("items", "name"));
        let Some(next) = page.json["next"].as_str() else { break };
        after = format!("&after={next}");
    }
    assert_eq!(names, ["链接4", "链接3", "链接2", "链接1", "链接0"]);
}
