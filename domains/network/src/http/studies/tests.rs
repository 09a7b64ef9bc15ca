//! Stories of seed plans and forecasts.

use db::{Records, db_test};
use serde_json::{Value, json};
use web::testing::Answer;

use crate::http::tests::{House, migrations};

/// Two campaigns of two stores; a and d bring the same people in both.
async fn brand(records: &Records) -> House {
    let house = House::new(records).await;
    for campaign in ["spring", "autumn"] {
        house.root(campaign, "m1", "store-1").await;
        house.root(campaign, "m2", "store-2").await;
        for (receiver, sharer) in [("a", "m1"), ("z", "m1"), ("d", "m2")] {
            house.open(campaign, receiver, sharer).await;
        }
        for number in 0..6 {
            house.open(campaign, &format!("a{number}"), "a").await;
        }
        for number in 0..4 {
            house.open(campaign, &format!("d{number}"), "d").await;
        }
    }
    house.identify("a", json!({"name": "林"})).await;
    for fan in ["a0", "a1", "d0"] {
        house.identify(fan, json!({"mobile": "1", "openid": fan})).await;
    }
    house
}

/// Asks until it has ended; each asking lets the work go on.
async fn ended(house: &House, who: &str, id: &str) -> Answer {
    loop {
        let told = house.get(who, &format!("/api/v1/network/studies/{id}")).await;
        assert_eq!(told.status, 200, "{}", told.json);
        match told.json["state"].as_str() {
            Some("waiting" | "running") => tokio::task::yield_now().await,
            _ => return told,
        }
    }
}

async fn begin(house: &House, who: &str, what: &str, asked: &Value) -> String {
    let begun = house.post(who, &format!("/api/v1/network/{what}"), asked).await;
    assert_eq!(begun.status, 202, "{}", begun.json);
    begun.json["id"].as_str().unwrap().to_owned()
}

#[db_test(migrations = migrations())]
async fn the_two_who_bring_people_are_the_two_to_start_with(records: Records) {
    let house = brand(&records).await;
    let asked = json!({"name": "冬", "count": 2, "cost_minor": 100, "budget_minor": 500});
    let id = begin(&house, "all", "seed-plans", &asked).await;
    let told = ended(&house, "all", &id).await;
    assert_eq!(told.json["state"], "done", "{}", told.json);
    let seeds = &told.json["seeds"];
    let names: Vec<&Value> = seeds["seeds"].as_array().unwrap().iter().map(|seed| &seed["store"]["unit"]).collect();
    assert_eq!(names, ["store-1", "store-2"]);
    assert_eq!((&seeds["seeds"][0]["name"], &seeds["seeds"][0]["store"]["name"]), (&json!("林"), &json!("一店")));
    assert!(seeds["seeds"][0]["gain"].as_f64() > seeds["seeds"][1]["gain"].as_f64());
    assert!(seeds["certificate"].as_f64().unwrap() > 0.5, "{seeds}");
    assert_eq!(seeds["promise"], "nothing", "a count and a budget together");
    assert_eq!(seeds["choices"].as_array().unwrap().len(), 3);
    assert_eq!(seeds["choices"][0]["cost_minor"], 200);
    assert_eq!(seeds["answers"]["campaigns"], 1, "autumn was asked who answered");

    // The same question has the same answer, and stores and staff are no people to be sent out.
    let again = begin(&house, "all", "seed-plans", &asked).await;
    assert_eq!(ended(&house, "all", &again).await.json["seeds"], *seeds);
    let table = house.get("all", &format!("/api/v1/network/studies/{id}?format=csv")).await;
    let head = "rank,person,name,store,gain,cost_minor,forced,anyway,ties,invites,campaigns,reasons_zh,reasons_en";
    assert_eq!(table.text().lines().next(), Some(head));
    assert_eq!(table.text().lines().count(), 3);
}

#[db_test(migrations = migrations())]
async fn what_is_asked_for_is_kept_to(records: Records) {
    let house = brand(&records).await;
    let z = house.get("all", "/api/v1/persons/user:z/network").await.json["person"].clone();
    let a = house.get("all", "/api/v1/persons/user:a/network").await.json["person"].clone();
    let asked = json!({"count": 3, "per_store": 1, "with_people": [z], "without_people": [a]});
    let id = begin(&house, "all", "seed-plans", &asked).await;
    let seeds = ended(&house, "all", &id).await.json["seeds"].clone();
    assert_eq!((&seeds["seeds"][0]["person"], &seeds["seeds"][0]["forced"]), (&z, &json!(true)));
    assert_eq!(seeds["seeds"].as_array().unwrap().len(), 2, "one a store: {seeds}");
    assert_eq!((&seeds["seeds"][1]["store"]["unit"], &seeds["promise"]), (&json!("store-2"), &json!("caps")));

    for (wrong, field) in [
        (json!({"count": 0}), "count"),
        (json!({"count": 1001}), "count"),
        (json!({"epsilon": 0.9}), "epsilon"),
        (json!({"count": 1, "with_people": ["p1"], "cost_minor": 5, "budget_minor": 4}), "budget_minor"),
        (json!({"name": "x".repeat(101)}), "name"),
    ] {
        let refused = house.post("all", "/api/v1/network/seed-plans", &wrong).await;
        assert_eq!((refused.status, &refused.json["errors"][0]["field"]), (422, &json!(field)), "{}", refused.json);
    }
}

#[db_test(migrations = migrations())]
async fn a_campaign_is_played_from_a_plan_and_from_a_first_circle(records: Records) {
    let house = brand(&records).await;
    let plan = begin(&house, "all", "seed-plans", &json!({"count": 2, "cost_minor": 300})).await;
    ended(&house, "all", &plan).await;
    let asked = json!({"plan": plan, "days": 3, "runs": 200, "cost_per_join_minor": 10});
    let id = begin(&house, "all", "forecasts", &asked).await;
    let told = ended(&house, "all", &id).await;
    let forecast = &told.json["forecast"];
    assert_eq!(forecast["starts"], 2, "{}", told.json);
    let last = |level: &str| forecast["people"][level].as_array().unwrap().last().unwrap().as_f64().unwrap();
    assert!(last("p10") >= 2.0 && last("p10") <= last("p50") && last("p50") <= last("p90"));
    let fans = forecast["fans"]["p90"].as_array().unwrap().last().unwrap().as_f64().unwrap();
    assert!(fans > 0.0 && fans <= last("p90"), "some of those who come become fans: {fans}");
    assert!(forecast["cost_minor"]["low"].as_f64().unwrap() >= 600.0, "the plan's cost is in it");
    assert_eq!(forecast["checks"], json!([]), "four trees prove nothing, and that is said");
    assert!(forecast["words"]["en"].as_str().unwrap().contains("too few"));
    let table = house.get("all", &format!("/api/v1/network/studies/{id}?format=csv")).await;
    assert_eq!(table.text().lines().count(), 1 + forecast["hours"].as_array().unwrap().len());

    let circle = begin(&house, "all", "forecasts", &json!({"stores": ["store-1"], "days": 3, "runs": 100})).await;
    assert_eq!(ended(&house, "all", &circle).await.json["forecast"]["starts"], 2, "a and z");

    let nobody = begin(&house, "all", "forecasts", &json!({"people": ["p999"], "runs": 100})).await;
    let told = ended(&house, "all", &nobody).await;
    assert_eq!((&told.json["state"], &told.json["forecast"]), (&json!("failed"), &Value::Null));
    assert!(told.json["failure"]["en"].as_str().unwrap().contains("choose others"));
    for (wrong, field) in [
        (json!({}), "people"),
        (json!({"people": ["p3"], "days": 0}), "days"),
        (json!({"people": ["p3"], "lift": 9}), "lift"),
        (json!({"plan": circle}), "plan"),
        (json!({"plan": "none"}), "plan"),
    ] {
        let refused = house.post("all", "/api/v1/network/forecasts", &wrong).await;
        assert_eq!((refused.status, &refused.json["errors"][0]["field"]), (422, &json!(field)), "{}", refused.json);
    }
}

#[db_test(migrations = migrations())]
async fn a_store_works_on_its_own_people_and_sees_its_own_studies(records: Records) {
    let house = brand(&records).await;
    let one = begin(&house, "one", "seed-plans", &json!({"count": 5})).await;
    let seeds = ended(&house, "one", &one).await.json["seeds"].clone();
    assert!(seeds["seeds"].as_array().unwrap().iter().all(|seed| seed["store"]["unit"] == "store-1"), "{seeds}");
    assert_eq!(seeds["people"], 9, "m1, a, z and a's six");
    let two = begin(&house, "two", "forecasts", &json!({"stores": ["store-2"], "runs": 100})).await;
    ended(&house, "two", &two).await;

    let ids = |told: &Answer| told.each("items", "id");
    assert_eq!(ids(&house.get("one", "/api/v1/network/studies").await), [one.as_str()]);
    assert_eq!(ids(&house.get("all", "/api/v1/network/studies?kind=forecast").await), [two.as_str()]);
    assert_eq!(house.get("all", "/api/v1/network/studies?format=csv").await.text().lines().count(), 3);
    assert_eq!(house.get("two", &format!("/api/v1/network/studies/{one}")).await.status, 404);
    assert_eq!(house.delete("two", &format!("/api/v1/network/studies/{one}")).await.status, 404);
    assert_eq!(house.delete("one", &format!("/api/v1/network/studies/{one}")).await.status, 204);
    assert_eq!(house.get("one", &format!("/api/v1/network/studies/{one}")).await.status, 404);
    assert_eq!(house.get("all", "/api/v1/network/studies/none").await.status, 404);
}

/// Two campaigns whose best sharer owes nine of twelve to accounts of one tablet, and the ring held.
#[db_test(migrations = migrations())]
async fn fakes_are_not_chosen_and_nothing_is_learnt_from_them(records: Records) {
    let house = brand(&records).await;
    for n in 0..9 {
        let told = json!({"campaign": "autumn", "sharer_id": "d"});
        let who = format!("fake-{n}");
        house.tell(facts::Kind::Track, "Spread Opened", (Some(&who), Some("tablet")), told).await;
    }
    house.open("autumn", "below", "fake-0").await;
    let asked = json!({"count": 1});
    let before = begin(&house, "all", "seed-plans", &asked).await;
    let before = ended(&house, "all", &before).await.json["seeds"].clone();
    assert_eq!((&before["seeds"][0]["store"]["unit"], &before["kept_out"]), (&json!("store-2"), &json!(0)), "{before}");

    house.post("all", "/api/v1/fraud/search", &json!({})).await;
    let ring = house.get("all", "/api/v1/fraud/rings").await.each("items", "id")[0].clone();
    house.post("all", "/api/v1/fraud/decisions", &json!({"rings": [ring], "verdict": "held", "why": "tablet"})).await;
    house.carry().await;
    let after = begin(&house, "all", "seed-plans", &asked).await;
    let after = ended(&house, "all", &after).await.json["seeds"].clone();
    assert_eq!((&after["seeds"][0]["store"]["unit"], &after["kept_out"]), (&json!("store-1"), &json!(10)), "{after}");
    assert_eq!(before["people"].as_u64().unwrap() - after["people"].as_u64().unwrap(), 10);
    let kept_out = async |who: &str, what: &str| {
        let path = format!("/api/v1/network/{what}");
        let mut told = house.get(who, &path).await;
        while told.status == 202 {
            told = house.get(who, &path).await;
        }
        told.json["kept_out"].clone()
    };
    for what in ["lights", "stability"] {
        assert_eq!(kept_out("all", what).await, 10, "{what}");
        assert_eq!(kept_out("two", what).await, 10, "{what}: all of them came under store 2");
        assert_eq!(kept_out("one", what).await, 0, "{what}");
    }
    let on = begin(&house, "all", "forecasts", &json!({"campaign": "autumn", "days": 1, "runs": 100})).await;
    let on = ended(&house, "all", &on).await.json["forecast"]["so_far"].clone();
    assert_eq!(on["people"], 15, "the campaign is played on without them: {on}");
}

#[db_test(migrations = migrations())]
async fn a_campaign_under_way_is_played_on_from_where_it_stands(records: Records) {
    let house = brand(&records).await;
    // The last of them came half an hour ago.
    house.clock.advance_secs(3600);
    let asked = json!({"campaign": "autumn", "days": 2, "runs": 200, "cost_per_join_minor": 10});
    let id = begin(&house, "all", "forecasts", &asked).await;
    let told = ended(&house, "all", &id).await;
    let forecast = &told.json["forecast"];
    let so_far = &forecast["so_far"];
    assert_eq!(
        (&forecast["starts"], &so_far["people"], &so_far["fans"]),
        (&json!(15), &json!(15), &json!(3)),
        "{so_far}"
    );
    let course = so_far["people_by"].as_array().unwrap();
    assert_eq!((course.first(), course.last()), (Some(&json!(1)), Some(&json!(15))));
    assert_eq!(so_far["hours"].as_array().unwrap().len(), course.len());
    assert_eq!(so_far["hours"].as_array().unwrap().last(), Some(&json!(0.0)));
    for (what, least) in [("people", 15.0), ("fans", 3.0)] {
        let level =
            |name: &str| forecast[what][name].as_array().unwrap().iter().filter_map(Value::as_f64).collect::<Vec<_>>();
        assert!(level("p5").iter().all(|count| *count >= least) && level("p50").is_sorted(), "{what}");
    }
    let stores: f64 = forecast["stores"].as_array().unwrap().iter().filter_map(|row| row["seeds"].as_f64()).sum();
    assert!((stores - 15.0).abs() < 1e-9, "stores sum to the whole: {forecast}");
    // The same question has the same answer; more strength wins no fewer.
    let again = begin(&house, "all", "forecasts", &asked).await;
    assert_eq!(ended(&house, "all", &again).await.json["forecast"], *forecast);
    let mut harder = asked.clone();
    harder["lift"] = json!(5);
    let harder = begin(&house, "all", "forecasts", &harder).await;
    let harder = ended(&house, "all", &harder).await.json["forecast"].clone();
    let end = |told: &Value| told["people"]["p90"].as_array().unwrap().last().unwrap().as_f64().unwrap();
    assert!(end(&harder) >= end(forecast), "{} {}", end(&harder), end(forecast));

    // A store plays on its own part; who has none is told so.
    let one = begin(&house, "one", "forecasts", &asked).await;
    assert_eq!(ended(&house, "one", &one).await.json["forecast"]["starts"], 9);
    let own = begin(&house, "own", "forecasts", &asked).await;
    assert_eq!(ended(&house, "own", &own).await.json["state"], "failed");
    for (wrong, field) in
        [(json!({"campaign": "none"}), "campaign"), (json!({"campaign": "autumn", "stores": ["store-1"]}), "campaign")]
    {
        let refused = house.post("all", "/api/v1/network/forecasts", &wrong).await;
        assert_eq!((refused.status, &refused.json["errors"][0]["field"]), (422, &json!(field)), "{}", refused.json);
    }
}
