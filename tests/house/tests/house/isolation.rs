//! Two brands in one installation, with the same ids of units, staff, campaigns and people: neither ever sees or changes
//! anything of the other.

use std::collections::{BTreeMap, BTreeSet};

use db::{db_test, testing::TestDb};
use reqwest::Method;
use serde_json::{Value, json};

use crate::{
    cases::{Ask, Foreign, Scene, Spare},
    coverage::{self, Operation},
    server::{Caller, Installation, Server, each, items},
    town::{PASSWORD, Town},
};

/// Everything the owner of a brand can see, by address. What tells the time is left out.
async fn everything(owner: &Caller, people: usize) -> BTreeMap<String, Vec<u8>> {
    let lists = [
        "session",
        "units",
        "staff?state=all",
        "invitations",
        "roles",
        "providers",
        "audit?limit=1000",
        "keys",
        "facts?limit=1000",
        "campaigns?limit=1000",
        "persons?limit=200",
        "persons?q=jia&format=csv",
        "reach/starts",
        "segments",
        "tags",
        "forms",
        "traits",
        "segments/vocabulary",
        "content/links?limit=1000",
        "content/pages",
        "content/pages/theirs",
        "content/hosts",
        "reach/tasks?limit=1000",
        "persons/p1",
        "persons/p1/timeline",
    ];
    let mut paths: Vec<String> = lists.map(|list| format!("/api/v1/{list}")).into();
    for campaign in ["spring", "autumn", "theirs", "theirs-2"] {
        for what in ["cascade", "cascade?format=csv", "kocs?as_of=2026-03-02T00:00:00Z&limit=1000", "picture"] {
            paths.push(format!("/api/v1/campaigns/{campaign}/{what}"));
        }
    }
    paths.extend((1..=people).map(|person| format!("/api/v1/persons/p{person}/network")));
    let mut seen = BTreeMap::new();
    for path in paths {
        let answer = owner.get(&path).await;
        let mut bytes = answer.bytes;
        if let Ok(Value::Object(mut fields)) = serde_json::from_slice(&bytes) {
            fields.remove("as_of");
            fields.remove("request_id");
            for item in fields.get_mut("items").and_then(Value::as_array_mut).into_iter().flatten() {
                // A key's last use is written down a while after it.
                item.as_object_mut().map(|item| item.remove("last_used_at"));
            }
            bytes = serde_json::to_vec(&fields).expect("JSON");
        }
        seen.insert(format!("{} {path}", answer.status), bytes);
    }
    seen
}

/// What only the first brand has: a unit, somebody who works there, two campaigns, and more than 900 people in one of them.
async fn make_theirs(town: &Town) {
    let unit = json!({"id": "theirs", "kind": "store", "name": "jia·theirs", "parent": "shanghai"});
    town.owner.make("/api/v1/units", &unit).await;
    let staff = json!({"id": "theirs", "name": "jia·theirs", "email": "theirs@jia.example", "password": PASSWORD,
                       "role": "store_manager", "unit": "theirs"});
    town.owner.make("/api/v1/staff", &staff).await;
    for campaign in ["theirs", "theirs-2"] {
        town.owner.make("/api/v1/campaigns", &json!({"id": campaign, "name": format!("jia·{campaign}")})).await;
    }
    let page = json!({"title": "jia·theirs", "blocks": [{"type": "text", "text": "jia·text"}]});
    town.owner.make("/api/v1/content/pages", &json!({"page": "theirs", "draft": page})).await;
    let person = |user: &str, anonymous: &str, name: &str| {
        json!({"type": "identify", "user_id": user, "anonymous_id": anonymous, "message_id": format!("jia-{user}"),
               "traits": {"name": name, "phone": "17011112222", "city": "jia·city"}})
    };
    let started = json!({"event": "Spread Started", "user_id": "theirs", "message_id": "jia-start",
                         "properties": {"campaign": "theirs", "unit": "theirs"}});
    let mut facts = vec![started, person("theirs", "theirs", "jia·theirs")];
    facts.extend((0..900).map(|n| {
        json!({"event": "Spread Opened", "anonymous_id": format!("jia-{n}"), "message_id": format!("jia-open-{n}"),
               "properties": {"campaign": "theirs", "sharer_id": "theirs"}})
    }));
    town.secret.hand_in(&facts).await;
}

struct Brands {
    theirs: Town,
    ours: Town,
    foreign: Foreign,
    callers: Vec<(&'static str, Caller)>,
}

async fn found(house: &Installation) -> (Server, Brands) {
    let theirs = house.create_brand("jia·brand", "owner@jia.example").await;
    let ours = house.create_brand("yi·brand", "owner@yi.example").await;
    let server = house.serve().await;
    let (jia, yi) = (Town::build(&server, &theirs, "jia").await, Town::build(&server, &ours, "yi").await);
    jia.let_happen().await;
    make_theirs(&jia).await;
    yi.let_happen().await;
    server.ready().await;

    let told = |made: &Value, what: &str| made[what].as_str().expect("an id").to_owned();
    let id = |made: &Value| made["id"].as_str().expect("an id").to_owned();
    let invited = json!({"email": "new@jia.example", "role": "owner"});
    let foreign = Foreign {
        key: id(&jia.owner.make("/api/v1/keys", &json!({"kind": "secret", "name": "jia·till"})).await),
        write_key: theirs.write_key.clone(),
        email: jia.email("m1"),
        invitation: id(&jia.owner.make("/api/v1/invitations", &invited).await),
        role: id(&jia
            .owner
            .make("/api/v1/roles", &json!({"name": "jia·role", "permissions": [], "scope": "own"}))
            .await),
        study: id(&jia.owner.post("/api/v1/network/seed-plans", &json!({"count": 1})).await.json()),
        import: id(&jia
            .owner
            .bring("/api/v1/imports?kind=people&name=jia·table", "user_id,name\n1,jia·one\n")
            .await
            .json()),
        segment: told(
            &jia.owner.make("/api/v1/segments", &json!({"name": "jia·segment", "kind": "manual"})).await,
            "segment",
        ),
        tag: told(
            &jia.owner.make("/api/v1/tags", &json!({"group": "jia·group", "name": "jia·tag", "intent": "fact"})).await,
            "tag",
        ),
        form: told(
            &jia.owner
                .make(
                    "/api/v1/forms",
                    &json!({"title": "jia·form", "questions": [{"key": "q1", "label": "jia·?", "type": "text"}]}),
                )
                .await,
            "form",
        ),
        link: told(
            &jia.owner
                .make(
                    "/api/v1/content/links",
                    &json!({"name": "jia·link", "target": {"kind": "page", "page": "theirs"},
                            "unit": "theirs", "channel": "jia·channel"}),
                )
                .await,
            "code",
        ),
        session: id(&items(&jia.owner.read("/api/v1/sessions").await)[0]),
    };
    let mut callers =
        vec![("owner", yi.owner.clone()), ("secret key", yi.secret.clone()), ("write key", yi.write.clone())];
    for staff in ["operator", "city", "m1", "analyst"] {
        callers.push((staff, yi.sign_in(&server, staff).await));
    }
    (server, Brands { theirs: jia, ours: yi, foreign, callers })
}

/// Asks as everybody of our brand: who may not ask is told so, who may is told nothing of the other brand.
async fn probe(brands: &Brands, operation: &Operation, ask: &Ask, expected: u16) {
    // What changes something is asked once; the SDKs' doors know keys only.
    let is_sa = operation.id.starts_with("capture.sa.");
    let changes = operation.method != Method::GET || is_sa;
    let by_key = changes && (is_sa || operation.id.starts_with("capture.segment."));
    let once = |who: &str| who == if by_key { "secret key" } else { "owner" };
    for (who, caller) in brands.callers.iter().filter(|(who, _)| !changes || once(who)) {
        let answer = operation.ask(caller, ask).await;
        let told = answer.text();
        let is_right = answer.status == expected || matches!(answer.status, 403 | 404);
        let is_right = is_right && (!once(who) || answer.status == expected);
        assert!(is_right, "{} {} by {who}: {} {told}", operation.id, ask.path, answer.status);
        assert!(!told.contains("jia·"), "{} {} told {who} of the other brand: {told}", operation.id, ask.path);
    }
}

#[db_test]
async fn a_brand_neither_sees_nor_changes_anything_of_another(db: TestDb) {
    let house = Installation::on(&db);
    let (server, brands) = found(&house).await;
    let theirs = everything(&brands.theirs.owner, 950).await;
    let theirs_told: Vec<u8> = theirs.values().flatten().copied().collect();
    assert!(
        String::from_utf8_lossy(&theirs_told).matches("jia·").count() > 100,
        "the mark is where it can be looked for"
    );

    // What customers ask is asked by customers: see `customers`.
    // What leads them to a page of the brand's says the brand's name, which is for everybody.
    let is_of_staff =
        |operation: &Operation| operation.permission != "fan" && !operation.path.starts_with("/api/v1/fan/");
    let of_staff = coverage::operations().await.into_iter().filter(|(operation, _)| is_of_staff(operation));
    for (operation, case) in of_staff {
        for (ask, expected) in (case.foreign)(&brands.foreign) {
            probe(&brands, &operation, &ask, expected).await;
        }
        // What needs something of the caller's own is asked by the cases above.
        if operation.method == Method::GET && case.spare == Spare::None {
            let scene = Scene { number: 0, spare: String::new(), email: String::new() };
            probe(&brands, &operation, &(case.ask)(&scene), case.allowed).await;
        }
    }
    // What is theirs by name can be ours too.
    brands.ours.owner.make("/api/v1/units", &json!({"id": "theirs", "kind": "store", "name": "yi·theirs"})).await;
    brands.ours.owner.make("/api/v1/campaigns", &json!({"id": "theirs", "name": "yi·theirs"})).await;
    // Nothing of ours is still on its way.
    server.ready().await;
    let after = everything(&brands.theirs.owner, 950).await;
    for ((address, before), (_, after)) in theirs.iter().zip(&after) {
        assert!(before == after, "{address} has changed:\n{}", String::from_utf8_lossy(after));
    }
    assert_eq!(theirs.len(), after.len());
    lists_are_disjoint(&brands).await;
    what_we_named_theirs_is_ours(&brands).await;
}

/// Ids are the same on purpose; names, keys and messages are not.
async fn lists_are_disjoint(brands: &Brands) {
    for (list, field) in [
        ("units", "name"),
        ("staff", "email"),
        ("keys", "id"),
        ("campaigns?limit=1000", "name"),
        ("facts?limit=1000", "source"),
    ] {
        let (path, told) = (format!("/api/v1/{list}"), |list: &Value| -> BTreeSet<String> {
            each(list, field).into_iter().map(str::to_owned).collect()
        });
        let (ours, theirs) = (told(&brands.ours.owner.read(&path).await), told(&brands.theirs.owner.read(&path).await));
        assert!(!ours.is_empty() && !theirs.is_empty(), "{list}");
        assert!(ours.is_disjoint(&theirs), "{list}: {:?}", ours.intersection(&theirs));
    }
}

/// Facts that name the other brand's campaign make one of our own.
async fn what_we_named_theirs_is_ours(brands: &Brands) {
    for (campaign, people) in [("theirs", [0, 0, 901, 0]), ("theirs-2", [0, 1, 0, 0])] {
        let path = format!("/api/v1/campaigns/{campaign}/cascade");
        let (ours, theirs) = (brands.ours.owner.read(&path).await, brands.theirs.owner.read(&path).await);
        let told =
            [&ours["people"], &ours["unknown_root"]["people"], &theirs["people"], &theirs["unknown_root"]["people"]];
        assert_eq!(told.map(Value::as_u64), people.map(Some), "{campaign}");
    }
}
