//! Who sees whom: a manager sees the people of their own roots, in every answer, and the parts add up to the whole.

use std::collections::{BTreeMap, BTreeSet};

use db::{db_test, testing::TestDb};
use serde_json::{Value, json};

use crate::{
    people,
    picture::Picture,
    server::{Caller, Installation, Server, each, items},
    town::{AUTUMN, SPRING, Town},
};

/// Somebody who looks, and the roots they see.
pub struct Viewer {
    pub who: &'static str,
    pub caller: Caller,
    pub roots: &'static [&'static str],
    pub sees_all: bool,
}

pub struct Stage {
    server: Server,
    town: Town,
    /// Person id by user id.
    ids: BTreeMap<&'static str, String>,
    viewers: Vec<Viewer>,
}

const ALL: &[&str] = &["m1", "m2", "m3", "rover", "poster"];

impl Stage {
    async fn set(house: &Installation) -> Self {
        let founded = house.create_brand("jia", "owner@jia.example").await;
        let server = house.serve().await;
        let town = Town::build(&server, &founded, "jia").await;
        let last = town.let_happen().await;
        town.owner.read(&format!("/api/v1/campaigns/spring/cascade?wait_offset={last}")).await;
        let mut ids = BTreeMap::new();
        for user in SPRING.iter().flat_map(|(_, people)| *people).chain(&["w1"]) {
            let person = town.owner.read(&format!("/api/v1/persons/user:{user}/network")).await;
            ids.insert(*user, person["person"].as_str().expect("an id").to_owned());
        }
        let mut viewers = vec![
            Viewer { who: "owner", caller: town.owner.clone(), roots: ALL, sees_all: true },
            Viewer { who: "secret key", caller: town.secret.clone(), roots: ALL, sees_all: true },
        ];
        for (who, roots, sees_all) in [
            ("operator", ALL, true),
            ("analyst", ALL, true),
            ("city", &["m1", "m2"] as &[_], false),
            ("m1", &["m1"], false),
            ("m2", &["m2"], false),
            ("m3", &["m3"], false),
            ("rover", &["rover"], false),
        ] {
            viewers.push(Viewer { who, caller: town.sign_in(&server, who).await, roots, sees_all });
        }
        Self { server, town, ids, viewers }
    }

    /// Everybody by user id, who waits included.
    pub fn users(&self) -> impl Iterator<Item = &'static str> + '_ {
        self.ids.keys().copied()
    }

    pub fn id(&self, user: &str) -> &str {
        &self.ids[user]
    }

    fn viewer(&self, who: &str) -> &Viewer {
        self.viewers.iter().find(|viewer| viewer.who == who).expect("a viewer")
    }

    /// The person ids of the people under the roots somebody sees.
    pub fn people(
        &self,
        viewer: &Viewer,
        campaign: &'static [(&'static str, &'static [&'static str])],
    ) -> BTreeSet<&str> {
        let trees = campaign.iter().filter(|(root, _)| viewer.roots.contains(root));
        trees.flat_map(|(_, people)| *people).map(|user| self.id(user)).collect()
    }
}

pub type Campaign = &'static [(&'static str, &'static [&'static str])];
pub const CAMPAIGNS: [(&str, Campaign); 2] = [("spring", &SPRING), ("autumn", &AUTUMN)];

/// Lines of a CSV as field by name.
fn table(bytes: &[u8]) -> Vec<BTreeMap<String, String>> {
    let bytes = bytes.strip_prefix("\u{feff}".as_bytes()).expect("the mark Excel needs");
    let rows = csv::Reader::from_reader(bytes).into_deserialize();
    rows.map(|row| row.expect("a line")).collect()
}

fn set<'a>(ids: impl IntoIterator<Item = &'a str>) -> BTreeSet<&'a str> {
    ids.into_iter().collect()
}

#[db_test]
async fn everybody_sees_their_own_roots_in_every_answer(db: TestDb) {
    let house = Installation::on(&db);
    let stage = Stage::set(&house).await;
    // The merged person has the earlier of their two ids; the other leads to it.
    assert_eq!(stage.id("b1"), "p6");
    for viewer in &stage.viewers {
        for (campaign, trees) in CAMPAIGNS {
            cascade(&stage, viewer, campaign, trees).await;
            kocs(&stage, viewer, campaign, trees).await;
            picture(&stage, viewer, campaign, trees).await;
        }
        campaign_list(&stage, viewer).await;
        persons(&stage, viewer).await;
        people::seen_by(&stage, viewer).await;
        organisation(viewer).await;
    }
    parts_add_up(&stage).await;
    paths(&stage).await;
    stage.server.stop().await;
}

async fn cascade(stage: &Stage, viewer: &Viewer, campaign: &str, trees: Campaign) {
    let who = viewer.who;
    let seen = viewer.caller.read(&format!("/api/v1/campaigns/{campaign}/cascade")).await;
    let visible: Vec<_> = trees.iter().filter(|(root, _)| viewer.roots.contains(root)).collect();
    let rows = seen["roots"].as_array().expect("roots");
    let roots = set(rows.iter().map(|root| root["person"].as_str().expect("an id")));
    assert_eq!(roots, visible.iter().map(|(root, _)| stage.id(root)).collect(), "{who} {campaign}");
    for (root, people) in &visible {
        let row = rows.iter().find(|row| row["person"] == stage.id(root)).expect("the root");
        assert_eq!(row["people"], people.len(), "{who} {campaign} {root}");
        assert_eq!(row["name"], format!("jia·{root}"));
    }
    let people: usize = visible.iter().map(|(_, people)| people.len()).sum();
    assert_eq!(seen["people"], people, "{who} {campaign}");
    assert_eq!(seen["hops"], people - visible.len(), "{who} {campaign}");
    let waiting = usize::from(viewer.sees_all && campaign == "spring");
    assert_eq!(seen["unknown_root"]["people"], waiting, "{who} {campaign}");
    assert_eq!(seen["anomalies"]["unknown_parents"], waiting, "{who} {campaign}");

    let lines = table(&viewer.caller.get(&format!("/api/v1/campaigns/{campaign}/cascade?format=csv")).await.bytes);
    assert_eq!(set(lines.iter().map(|line| line["root"].as_str())), roots, "{who} {campaign}");
    let sum: usize = lines.iter().map(|line| line["people"].parse::<usize>().expect("a number")).sum();
    assert_eq!(sum, people, "{who} {campaign}");
}

async fn kocs(stage: &Stage, viewer: &Viewer, campaign: &str, trees: Campaign) {
    let path = format!("/api/v1/campaigns/{campaign}/kocs?limit=1000&as_of=2026-03-02T00:00:00Z");
    let seen = viewer.caller.read(&path).await;
    // Roots are staff at work; everybody else may be a KOC.
    let all = stage.people(viewer, trees);
    let roots: BTreeSet<&str> = trees.iter().map(|(root, _)| stage.id(root)).collect();
    let expected: BTreeSet<&str> = all.difference(&roots).copied().collect();
    assert_eq!(set(each(&seen, "person")), expected, "{} {campaign}", viewer.who);
    assert!(set(each(&seen, "root")).is_subset(&all));
    let csv = viewer.caller.get(&format!("{path}&format=csv")).await;
    assert_eq!(set(table(&csv.bytes).iter().map(|line| line["person"].as_str())), expected);

    for (root, people) in trees {
        let answer = viewer.caller.get(&format!("{path}&root={}", stage.id(root))).await;
        if viewer.roots.contains(root) {
            let below: BTreeSet<&str> = people[1..].iter().map(|user| stage.id(user)).collect();
            assert_eq!(set(each(&answer.json(), "person")), below, "{} {root}", viewer.who);
        } else {
            assert_eq!(answer.status, 404, "{} {root}", viewer.who);
        }
    }
    // Who is no root is none, whoever asks.
    assert_eq!(viewer.caller.get(&format!("{path}&root={}", stage.id("a1"))).await.status, 404);
}

async fn picture(stage: &Stage, viewer: &Viewer, campaign: &str, trees: Campaign) {
    let path = format!("/api/v1/campaigns/{campaign}/picture");
    let seen = Picture::read(&viewer.caller.get(&path).await.bytes);
    assert_eq!(seen.people(), stage.people(viewer, trees), "{} {campaign}", viewer.who);
    let fans = seen.persons.iter().zip(&seen.fan).filter(|(_, fan)| **fan).map(|(person, _)| person.as_str());
    let a_line = ["a1", "a2", "a3"].map(|user| stage.id(user));
    assert_eq!(set(fans), seen.people().intersection(&set(a_line)).copied().collect());
    let places: BTreeSet<_> = seen.places.iter().map(|(x, y)| (x.to_bits(), y.to_bits())).collect();
    assert_eq!(places.len(), seen.places.len(), "nobody stands where somebody stands");
    if let Some(a1) = seen.persons.iter().position(|person| person == stage.id("a1")) {
        let told = viewer.caller.read("/api/v1/persons/user:a1/network").await;
        let joined = told.pointer("/campaigns").and_then(Value::as_array).expect("campaigns");
        let joined = joined.iter().find(|place| place["campaign"]["id"] == campaign).expect("the campaign");
        let joined = kernel::Timestamp::parse(joined["joined_at"].as_str().expect("a time")).expect("a time");
        assert!((joined.0 - seen.joined_at[a1]).abs() < 1_000_000, "{} {campaign}", viewer.who);
    }
    for (root, people) in trees {
        let answer = viewer.caller.get(&format!("{path}?root={}", stage.id(root))).await;
        if viewer.roots.contains(root) {
            let seen = Picture::read(&answer.bytes);
            assert_eq!((seen.roots, seen.persons[0].as_str()), (1, stage.id(root)));
            assert_eq!(seen.people(), people.iter().map(|user| stage.id(user)).collect());
        } else {
            assert_eq!(answer.status, 404, "{} {root}", viewer.who);
        }
    }
    assert_eq!(viewer.caller.get(&format!("{path}?root={}", stage.id("h2"))).await.status, 404);
}

async fn campaign_list(stage: &Stage, viewer: &Viewer) {
    let list = viewer.caller.read("/api/v1/campaigns").await;
    for (campaign, trees) in CAMPAIGNS {
        let row = items(&list).iter().find(|row| row["id"] == campaign).expect("the campaign");
        let roots = trees.iter().filter(|(root, _)| viewer.roots.contains(root)).count();
        assert_eq!(row["people"], stage.people(viewer, trees).len(), "{} {campaign}", viewer.who);
        assert_eq!(row["roots"], roots, "{} {campaign}", viewer.who);
        let cascade = viewer.caller.read(&format!("/api/v1/campaigns/{campaign}/cascade")).await;
        for number in ["people", "fans", "hops", "depth_max"] {
            assert_eq!(row[number], cascade[number], "{} {campaign} {number}", viewer.who);
        }
    }
}

async fn persons(stage: &Stage, viewer: &Viewer) {
    for (user, id) in &stage.ids {
        let places: Vec<&str> = CAMPAIGNS
            .iter()
            .filter(|(_, trees)| {
                trees.iter().any(|(root, people)| people.contains(user) && viewer.roots.contains(root))
            })
            .map(|(campaign, _)| *campaign)
            .collect();
        for way in [id.clone(), format!("user:{user}")] {
            let answer = viewer.caller.get(&format!("/api/v1/persons/{way}/network")).await;
            if places.is_empty() && !(viewer.sees_all && *user == "w1") {
                assert_eq!(answer.status, 404, "{} asks for {user} as {way}: {}", viewer.who, answer.text());
                continue;
            }
            let person = answer.json();
            assert_eq!((&person["person"], &person["name"]), (&json!(id), &json!(format!("jia·{user}"))));
            if *user != "w1" {
                let told = person["campaigns"].as_array().expect("campaigns").iter();
                let told = told.map(|place| place["campaign"]["id"].as_str().expect("an id"));
                assert_eq!(told.collect::<BTreeSet<_>>(), set(places.clone()), "{} {user}", viewer.who);
            }
            nobody_else_is_named(stage, viewer, &person);
        }
    }
    // The old id of somebody who was two leads to the person, for those who see them.
    for way in ["p10", "anonymous:br-b1"] {
        let answer = viewer.caller.get(&format!("/api/v1/persons/{way}/network")).await;
        if viewer.roots.contains(&"m1") {
            assert_eq!(answer.json()["person"], stage.id("b1"), "{}", viewer.who);
        } else {
            assert_eq!(answer.status, 404, "{}", viewer.who);
        }
    }
    for made_up in ["p999", "user:nobody", "b1", "p0"] {
        assert_eq!(viewer.caller.get(&format!("/api/v1/persons/{made_up}/network")).await.status, 404, "{made_up}");
    }
}

/// Whoever an answer names is under a root the viewer sees, in one campaign or the other.
fn nobody_else_is_named(stage: &Stage, viewer: &Viewer, answer: &Value) {
    if viewer.sees_all {
        return;
    }
    let seen: BTreeSet<&str> = CAMPAIGNS.iter().flat_map(|(_, trees)| stage.people(viewer, trees)).collect();
    let text = answer.to_string();
    for (user, id) in &stage.ids {
        let named = text.contains(&format!("\"{id}\"")) || text.contains(&format!("jia·{user}\""));
        assert!(!named || seen.contains(id.as_str()), "{} is told of {user}: {text}", viewer.who);
    }
}

async fn organisation(viewer: &Viewer) {
    // A key that only hands in facts is no viewer; all others may see the organisation, as far as their scope goes.
    let expected: &[&str] = match viewer.who {
        "city" => &["hangzhou", "store-1", "store-2"],
        "m1" => &["store-1"],
        "m2" => &["store-2"],
        "m3" => &["store-3"],
        "rover" => &[],
        _ => &["all", "hangzhou", "shanghai", "store-1", "store-2", "store-3"],
    };
    assert_eq!(each(&viewer.caller.read("/api/v1/units").await, "id"), expected, "{}", viewer.who);
    let staff = viewer.caller.read("/api/v1/staff").await;
    let staff = set(each(&staff, "id"));
    match viewer.who {
        "city" => assert_eq!(staff, set(["city", "m1", "m2"])),
        "m1" | "m2" | "m3" | "rover" => assert_eq!(staff, set([viewer.who])),
        _ => assert_eq!(staff.len(), 8),
    }
    for (list, ids) in [("units", set(expected.iter().copied())), ("staff", staff)] {
        let lines = table(&viewer.caller.get(&format!("/api/v1/{list}?format=csv")).await.bytes);
        assert_eq!(set(lines.iter().map(|line| line["id"].as_str())), ids, "{} {list}", viewer.who);
    }
    // Asking for a store by name does not open it.
    let asked = viewer.caller.read("/api/v1/staff?unit=store-2").await;
    assert_eq!(!items(&asked).is_empty(), expected.contains(&"store-2"), "{}", viewer.who);
}

/// The numbers of the parts sum up to those of the whole; what waits belongs to nobody but the whole.
async fn parts_add_up(stage: &Stage) {
    for (campaign, trees) in CAMPAIGNS {
        let path = format!("/api/v1/campaigns/{campaign}/cascade");
        let whole = stage.town.owner.read(&path).await;
        let rows = whole["roots"].as_array().expect("roots");
        let mut parts = Vec::new();
        for (root, _) in trees.iter().filter(|(root, _)| *root != "poster") {
            parts.push(stage.viewer(root).caller.read(&path).await);
        }
        // Nobody below the whole sees the poster's tree, which has no owner but a channel.
        let poster = u64::from(campaign == "spring");
        let sum = |pointer: &str| {
            parts.iter().map(|part| part.pointer(pointer).and_then(Value::as_u64).expect("a number")).sum::<u64>()
        };
        let of = |pointer: &str| whole.pointer(pointer).and_then(Value::as_u64).expect("a number");
        assert_eq!(of("/people"), sum("/people") + 2 * poster);
        assert_eq!(of("/hops"), sum("/hops") + poster);
        assert_eq!(of("/visitors"), sum("/visitors") + poster);
        for pointer in ["/fans", "/anomalies/self_shares", "/anomalies/repeats", "/anomalies/early_children"] {
            assert_eq!(of(pointer), sum(pointer), "{campaign} {pointer}");
        }
        // One touch under the poster, and one of whoever waits.
        assert_eq!(of("/touches"), sum("/touches") + 2 * poster);
        let rows_sum = |field: &str| rows.iter().map(|row| row[field].as_u64().expect("a number")).sum::<u64>();
        assert_eq!((rows_sum("people"), rows_sum("fans")), (of("/people"), of("/fans")));
        assert_eq!((rows_sum("orders"), rows_sum("paid_minor")), if poster == 1 { (2, 120) } else { (1, 3) });
    }
}

async fn paths(stage: &Stage) {
    let ask = |from: &str, to: &str| format!("/api/v1/network/paths?from=user:{from}&to=user:{to}");
    // The owner is told everybody on the way.
    let told = stage.town.owner.read(&ask("a3", "b2")).await;
    let way = &told["paths"][0];
    let persons: Vec<&str> =
        way["hops"].as_array().expect("hops").iter().filter_map(|h| h["person"].as_str()).collect();
    assert_eq!((persons, &way["length"]), (vec![stage.id("a3"), stage.id("h1"), stage.id("b2")], &json!(2)));

    // The manager of the store is told that somebody of the other store stands between, and which store that is.
    let m1 = stage.viewer("m1");
    let told = m1.caller.read(&ask("a3", "b2")).await;
    let hops = told["paths"][0]["hops"].as_array().expect("hops");
    assert_eq!((&hops[0]["person"], &hops[2]["person"]), (&json!(stage.id("a3")), &json!(stage.id("b2"))));
    assert_eq!((&hops[1]["person"], &hops[1]["name"]), (&Value::Null, &Value::Null));
    assert_eq!(hops[1]["someone"], json!({"zh": "jia·store-2的一位顾客", "en": "someone at jia·store-2"}));
    assert_eq!(hops[1]["unit"]["id"], "store-2");
    assert!(hops[1]["evidence"]["zh"].is_string());
    assert_eq!((&hops[0]["unit"]["id"], &hops[0]["someone"]), (&json!("store-1"), &Value::Null));
    nobody_else_is_named(stage, m1, &told);

    for viewer in &stage.viewers {
        for (from, to) in [("a1", "b2"), ("h1", "h2"), ("a1", "h2"), ("k1", "m3"), ("r1", "rover"), ("w1", "m1")] {
            let answer = viewer.caller.get(&ask(from, to)).await;
            let seen: BTreeSet<&str> = CAMPAIGNS.iter().flat_map(|(_, trees)| stage.people(viewer, trees)).collect();
            let both = [from, to].iter().all(|user| viewer.sees_all || seen.contains(stage.id(user)));
            assert_eq!(answer.status, if both { 200 } else { 404 }, "{} from {from} to {to}", viewer.who);
            if both {
                nobody_else_is_named(stage, viewer, &answer.json());
            }
        }
        assert_eq!(viewer.caller.get("/api/v1/network/paths?from=p998&to=p999").await.status, 404, "{}", viewer.who);
    }
    // Ties of all campaigns count together, and nobody may name a foreigner to go round.
    let told = stage.town.owner.read(&ask("a3", "h1")).await;
    assert_eq!(told["paths"][0]["hops"][1]["ties"], 2);
    let round = format!("{}&avoid=user:h1", ask("a3", "b2"));
    assert_eq!(stage.town.owner.get(&round).await.status, 200);
    assert_eq!(m1.caller.get(&round).await.status, 404);
}

#[tokio::test]
async fn a_spread_cannot_reach_out_of_ones_scope() {
    let house = Installation::new();
    let stage = Stage::set(&house).await;
    let mint = async |who: &str, body: Value| {
        let answer = stage.viewer(who).caller.post("/api/v1/campaigns/spring/spreads", &body).await;
        assert!(matches!(answer.status, 201 | 404), "{who} {body}: {}", answer.text());
        answer.status
    };
    for (who, root, expected) in [
        ("m1", json!({"unit": "store-1", "staff": "m1", "user_id": "m1"}), 201),
        ("m1", json!({"unit": "store-1", "user_id": "a-new-colleague"}), 201),
        ("m1", json!({"unit": "store-1", "user_id": "a2"}), 201),
        ("m1", json!({"unit": "store-2"}), 404),
        ("m1", json!({"unit": "hangzhou"}), 404),
        ("m1", json!({"staff": "m1"}), 404),
        ("m1", json!({"channel": "poster"}), 404),
        // The other store's people do not come over because somebody declares one of them a root here.
        ("m1", json!({"unit": "store-1", "user_id": "h1"}), 404),
        ("m1", json!({"unit": "store-1", "user_id": "m2"}), 404),
        ("city", json!({"unit": "store-2", "user_id": "unit:store-2"}), 201),
        ("city", json!({"unit": "store-3"}), 404),
        ("rover", json!({"staff": "rover", "user_id": "rover"}), 201),
        ("rover", json!({"staff": "rover", "unit": "store-1"}), 404),
        ("rover", json!({"staff": "m1"}), 404),
        ("operator", json!({"unit": "store-3"}), 201),
    ] {
        assert_eq!(mint(who, json!({"root": root})).await, expected, "{who} {root}");
    }
    for (who, user, expected) in [
        ("m1", "a1", 201),
        ("m1", "h1", 404),
        ("m1", "w1", 404),
        ("m1", "never-seen", 404),
        ("m2", "a3", 201),
        ("m3", "a3", 404),
        ("operator", "never-seen", 201),
    ] {
        assert_eq!(mint(who, json!({"sharer": {"user_id": user}})).await, expected, "{who} {user}");
    }
    assert_eq!(mint("m1", json!({"sharer": {"anonymous_id": "br-b1"}})).await, 201);
    assert_eq!(mint("m2", json!({"sharer": {"anonymous_id": "br-b1"}})).await, 404);
}
