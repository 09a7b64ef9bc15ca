//! Who finds whom: nobody is found, counted or read by those whose roots they do not stand under.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::{
    scope::{CAMPAIGNS, Stage, Viewer},
    server::items,
};

/// Everybody a viewer finds by a query, and that it is counted so.
async fn found(viewer: &Viewer, query: &str) -> BTreeSet<String> {
    let answer = viewer.caller.read(&format!("/api/v1/persons?limit=200&{query}")).await;
    let people: BTreeSet<String> =
        items(&answer).iter().map(|person| person["person"].as_str().expect("an id").to_owned()).collect();
    let counted = (answer["total"].as_u64(), &answer["total_is_exact"], &answer["next"]);
    assert_eq!(counted, (Some(people.len() as u64), &Value::Bool(true), &Value::Null), "{} {query}", viewer.who);
    people
}

/// Checks everything that can be asked about people as one viewer.
pub async fn seen_by(stage: &Stage, viewer: &Viewer) {
    let who = viewer.who;
    let mut visible: BTreeSet<&str> =
        CAMPAIGNS.iter().flat_map(|(_, campaign)| stage.people(viewer, campaign)).collect();
    if viewer.sees_all {
        visible.insert(stage.id("w1"));
    }
    let own = |users: &[&str]| -> BTreeSet<String> {
        let ids = users.iter().map(|user| stage.id(user));
        ids.filter(|id| visible.contains(id)).map(str::to_owned).collect()
    };
    let all: Vec<&str> = stage.users().collect();
    assert_eq!(found(viewer, "q=JIA").await, own(&all), "{who}");
    let listed = found(viewer, "").await;
    // Whom w1 waits for was only spoken of, and is nobody's.
    let spoken_of = usize::from(viewer.sees_all);
    assert!(listed.is_superset(&own(&all)) && listed.len() == visible.len() + spoken_of, "{who}: {listed:?}");

    assert_eq!(found(viewer, "q=0000").await, own(&["a1", "a2", "a3"]), "{who}: by the end of their phone number");
    assert_eq!(found(viewer, "q=o-a3").await, own(&["a3"]), "{who}: by a WeChat id");
    assert_eq!(found(viewer, "q=br-b1").await, own(&["b1"]), "{who}: by a browser's id");
    assert_eq!(found(viewer, "q=p6").await, own(&["b1"]), "{who}: by the person's own id");
    assert_eq!(found(viewer, "kind=fan").await, own(&["a1", "a2", "a3"]), "{who}");
    for (unit, root) in [("store-1", "m1"), ("store-2", "m2"), ("store-3", "m3")] {
        let narrowed = found(viewer, &format!("unit={unit}")).await;
        let below = CAMPAIGNS.iter().flat_map(|(_, trees)| trees.iter()).filter(|(of, _)| *of == root);
        let below: BTreeSet<String> = below.flat_map(|(_, users)| own(users)).collect();
        let sees_unit = viewer.roots.contains(&root) && who != "rover";
        assert_eq!(narrowed, if sees_unit { below } else { BTreeSet::new() }, "{who} {unit}");
    }
    for user in stage.users() {
        let is_visible = visible.contains(stage.id(user));
        for path in [format!("user:{user}"), stage.id(user).to_owned(), format!("user:{user}/timeline")] {
            let answer = viewer.caller.get(&format!("/api/v1/persons/{path}")).await;
            assert_eq!(answer.status, if is_visible { 200 } else { 404 }, "{who} {path}");
        }
    }
    masks(viewer, visible.contains(stage.id("b1"))).await;
    sharers(stage, viewer, &visible).await;
}

/// Ids and facts are whole for those who may read facts, and masked for a store's manager.
async fn masks(viewer: &Viewer, sees_b1: bool) {
    if !sees_b1 {
        return;
    }
    let person = viewer.caller.read("/api/v1/persons/user:b1").await;
    let ids: Vec<_> = person["identities"].as_array().expect("ids").iter().collect();
    let reads_facts = viewer.caller.get("/api/v1/facts?limit=1").await.status == 200;
    assert_eq!(ids.len(), 2, "{}: {person}", viewer.who);
    for id in ids {
        assert_eq!(id["is_masked"], !reads_facts, "{}", viewer.who);
        assert_eq!(id["value"] == "****", !reads_facts, "{}: {id}", viewer.who);
    }
    // The browser was linked by the fact that named both.
    assert!(person["identities"][0]["evidence"]["offset"].as_u64().is_some(), "{person}");
    assert_eq!(person["identities"][1]["evidence"], Value::Null);
    let timeline = viewer.caller.read("/api/v1/persons/user:b1/timeline?event=Spread%20Opened").await;
    let deeds = items(&timeline);
    assert_eq!(deeds.len(), 2, "under both ids: {timeline}");
    assert!(deeds.iter().all(|deed| deed["fact"].is_null() != reads_facts), "{}: {timeline}", viewer.who);
}

/// Whose share somebody opened is told only to those who see the sharer too.
async fn sharers(stage: &Stage, viewer: &Viewer, visible: &BTreeSet<&str>) {
    if !visible.contains(stage.id("a3")) {
        return;
    }
    let timeline = viewer.caller.read("/api/v1/persons/user:a3/timeline?event=Spread%20Opened").await;
    let told: Vec<Option<&str>> = items(&timeline).iter().map(|deed| deed["sharer"]["person"].as_str()).collect();
    // The latest first: by h1 in autumn and in spring, by a2 before.
    let sees = |user: &str| visible.contains(stage.id(user)).then(|| stage.id(user));
    assert_eq!(told, [sees("h1"), sees("h1"), sees("a2")], "{}", viewer.who);
}
