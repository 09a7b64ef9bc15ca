//! The board as a brand, its stores and its operators see it.

use db::{Records, db_test};
use serde_json::{Value, json};

use crate::http::tests::{House, migrations};

const BOARD: &str = "/api/v1/network/kocs";
/// A day after everything.
const LATER: &str = "as_of=2026-09-22T15:00:00Z";

/// In spring a brings b, c and d below store 1 and f brings g below store 2; in autumn a brings e below store 2.
async fn year(records: &Records) -> House {
    let house = House::new(records).await;
    house.root("spring", "m1", "store-1").await;
    house.root("spring", "m2", "store-2").await;
    house.root("autumn", "m2", "store-2").await;
    let spring = [("a", "m1"), ("b", "a"), ("c", "a"), ("d", "b"), ("f", "m2"), ("g", "f")];
    for (receiver, sharer) in spring {
        house.open("spring", receiver, sharer).await;
    }
    house.open("autumn", "a", "m2").await;
    house.open("autumn", "e", "a").await;
    house.identify("a", json!({"name": "林", "city": "上海"})).await;
    house.identify("b", json!({"phone": "17012345678", "unionid": "o"})).await;
    house
}

#[db_test(migrations = migrations())]
async fn across_campaigns_direct_invitations_come_first(records: Records) {
    let house = year(&records).await;
    let board = house.get("all", &format!("{BOARD}?{LATER}")).await.json;
    let best = &board["items"][0];
    let told =
        ["name", "rank", "direct_invites", "fans_brought", "reach", "campaigns", "city"].map(|field| &best[field]);
    assert_eq!(told, [&json!("林"), &json!(1), &json!(3), &json!(1), &json!(4), &json!(2), &json!("上海")]);
    assert_eq!((&best["campaign"], &best["unit"]["name"]), (&json!("autumn"), &json!("二店")));
    assert_eq!((&board["ranked"], &board["total"], &board["suspicious"]), (&json!(7), &json!(7), &json!(0)));
    let terms = best["terms"].as_array().unwrap();
    assert_eq!(
        terms.iter().map(|term| term["term"].as_str().unwrap()).collect::<Vec<_>>(),
        ["invites", "share", "fans"]
    );
    let points: f64 = terms.iter().map(|term| term["points"].as_f64().unwrap()).sum();
    assert!((points - best["score"].as_f64().unwrap()).abs() < 1e-9, "{best}");
    assert_eq!((&best["before"][0]["days"], &best["before"][0]["rank"]), (&json!(1), &json!(1)));
    assert_eq!(best["before"][1], json!({"days": 7, "rank": null, "score": null}));
    let days = best["invites_by_day"].as_array().unwrap();
    assert_eq!((days.len(), &days[28]), (30, &json!(3)));
    let scores = board["scores"]["counts"].as_array().unwrap();
    assert_eq!(scores.iter().map(|count| count.as_u64().unwrap()).sum::<u64>(), 7);

    // A week later the same numbers stand in the past.
    let later = house.get("all", &format!("{BOARD}?as_of=2026-09-29T15:00:00Z")).await.json;
    assert_eq!(
        (&later["items"][0]["before"][1]["rank"], &later["items"][0]["before"][2]["rank"]),
        (&json!(1), &Value::Null)
    );
    // Before anything happened there is nobody.
    let empty = house.get("all", &format!("{BOARD}?as_of=2026-09-01T00:00:00Z")).await.json;
    assert_eq!((&empty["items"], &empty["threshold"]["score"]), (&json!([]), &Value::Null));
}

#[db_test(migrations = migrations())]
async fn inside_a_campaign_it_agrees_with_the_campaigns_list(records: Records) {
    let house = year(&records).await;
    let board = house.get("all", &format!("{BOARD}?campaign=spring&{LATER}")).await;
    let list = house.get("all", &format!("/api/v1/campaigns/spring/kocs?{LATER}")).await;
    for field in ["person", "rank", "score", "reach", "circle"] {
        assert_eq!(board.each("items", field), list.each("items", field), "{field}");
    }
    assert_eq!((&board.json["beliefs"], &board.json["campaign"]["id"]), (&Value::Null, &json!("spring")));
    assert_eq!(house.get("all", &format!("{BOARD}?campaign=none")).await.status, 404);
}

#[db_test(migrations = migrations())]
async fn a_store_is_ranked_by_what_happened_below_its_roots(records: Records) {
    let house = year(&records).await;
    // Store 1 sees a's three of spring and nothing of autumn, whether it asks itself or is asked for.
    for (who, filter) in [("one", ""), ("all", "&unit=store-1"), ("both", "&unit=store-1")] {
        let board = house.get(who, &format!("{BOARD}?{LATER}{filter}")).await;
        assert_eq!(board.each("items", "direct_invites"), [2, 1, 0, 0], "{who}");
        assert_eq!(board.each("items", "campaigns"), [1; 4], "{who}");
    }
    for (who, unit) in [("one", "store-2"), ("own", "store-1")] {
        assert_eq!(house.get(who, &format!("{BOARD}?unit={unit}")).await.status, 404);
    }
    assert_eq!(house.get("own", BOARD).await.json["items"], json!([]));
}

#[db_test(migrations = migrations())]
async fn filters_and_pages_keep_the_ranks(records: Records) {
    let house = year(&records).await;
    let ranks = async |filter: &str| house.get("all", &format!("{BOARD}?{LATER}&{filter}")).await.each("items", "rank");
    let all = ranks("").await;
    assert_eq!(all.len(), 7);
    assert_eq!(ranks("kind=fan").await.len(), 1);
    assert_eq!(ranks("kind=visitor").await.len(), 6);
    // a lives in Shanghai and stands under store 2; b, c and d stand under store 1, which is in Hangzhou.
    assert_eq!(ranks("city=%E4%B8%8A%E6%B5%B7").await, [1]);
    assert_eq!(ranks("city=%E6%9D%AD%E5%B7%9E").await.len(), 3);
    assert_eq!(ranks("city=nowhere").await.len(), 0);
    assert_eq!(ranks("circle=1").await.len() + ranks("circle=2").await.len() + ranks("circle=3").await.len(), 7);

    let (mut paged, mut after) = (Vec::new(), String::new());
    loop {
        let page = house.get("all", &format!("{BOARD}?{LATER}&limit=2{after}")).await;
        paged.extend(page.each("items", "rank"));
        match page.json["next"].as_u64() {
            Some(next) => after = format!("&after={next}"),
            None => break,
        }
    }
    assert_eq!(paged, all);
}

#[db_test(migrations = migrations())]
async fn a_threshold_is_tried_then_set_and_told(records: Records) {
    let house = year(&records).await;
    let told = async |query: &str| {
        let board = house.get("all", &format!("{BOARD}?{LATER}{query}")).await.json;
        let threshold = &board["threshold"];
        (threshold["by"].clone(), threshold["value"].clone(), threshold["kocs"].clone(), threshold["is_set"].clone())
    };
    assert_eq!(told("").await, (json!("percent"), json!(1.0), json!(1), json!(true)));
    assert_eq!(
        told("&threshold_by=percent&threshold=50").await,
        (json!("percent"), json!(50.0), json!(4), json!(false))
    );
    assert_eq!(told("").await.2, json!(1), "trying changes nothing");
    for wrong in ["threshold_by=percent&threshold=0", "threshold_by=score", "threshold=3"] {
        assert_eq!(house.get("all", &format!("{BOARD}?{wrong}")).await.status, 422, "{wrong}");
    }

    let set = json!({"board": "across", "by": "score", "value": 0.5});
    assert_eq!(house.put("all", &format!("{BOARD}/threshold"), &set).await.json, set);
    let (by, value, kocs, is_set) = told("").await;
    assert_eq!((by, value, is_set), (json!("score"), json!(0.5), json!(true)));
    let only = house.get("all", &format!("{BOARD}?{LATER}&kocs_only=true")).await;
    assert_eq!(json!(only.each("items", "is_koc").len()), kocs);
    assert!(only.each("items", "is_koc").iter().all(|is_koc| *is_koc == true));
    let inside = house.get("all", &format!("{BOARD}?campaign=spring&{LATER}")).await.json;
    assert_eq!(inside["threshold"]["by"], "percent", "the boards inside campaigns have their own");
    let nonsense = json!({"board": "inside", "by": "percent", "value": 101});
    assert_eq!(house.put("all", &format!("{BOARD}/threshold"), &nonsense).await.status, 422);

    let subject = Some("koc_threshold:across".to_owned());
    let query = db::audit::Query { subject, ..db::audit::Query::default() };
    let trail = db::audit::entries(records.reads(), kernel::WorkspaceId(1), &query, 10).await.unwrap();
    let entry = &trail[0].entry;
    assert_eq!((trail.len(), entry.action.as_str()), (1, "koc_threshold.set"));
    assert_eq!(entry.before, Some(json!({"by": "percent", "value": 1.0})));
    assert_eq!(entry.after, Some(json!({"by": "score", "value": 0.5})));
}

#[db_test(migrations = migrations())]
async fn the_board_as_a_table_carries_its_reasons(records: Records) {
    let house = year(&records).await;
    let csv = house.get("all", &format!("{BOARD}?format=csv&limit=1000&{LATER}")).await;
    let lines: Vec<&str> = csv.text().lines().collect();
    assert_eq!(lines.len(), 8);
    assert!(lines[0].starts_with("rank,person,name,city,campaign") && lines[0].ends_with("reasons_zh,reasons_en"));
    assert!(lines[1].starts_with("1,p") && lines[1].contains("2 次活动共直接带来 3 人"), "{}", lines[1]);
    assert!(lines[1].contains("brought 3 people directly in 2 campaigns"), "{}", lines[1]);
}
