//! Each role and each kind of key may do exactly what `x-permission` and the table of roles say.

use std::{collections::BTreeMap, time::Duration};

use reqwest::Method;
use serde_json::{Value, json};

use crate::{
    cases::{self, Scene, Spare},
    coverage::{self, Operation},
    server::{Caller, Installation, Server, items},
    town::{PASSWORD, Town},
};

/// What each caller may do, told a second time: `signed_in` operations are for all of them, `public` ones for everybody.
const MAY: [(&str, &[&str]); 7] = [
    (
        "owner",
        &[
            "capture_facts",
            "read_facts",
            "import_facts",
            "read_network",
            "read_campaigns",
            "manage_campaigns",
            "start_spreads",
            "reveal_personal",
            "manage_privacy",
            "manage_identity",
            "review_fraud",
            "manage_segments",
            "tag_people",
            "plan_reach",
            "do_reach",
            "manage_reminders",
            "see_ledger",
            "give_points",
            "read_shop",
            "manage_shop",
            "read_organisation",
            "manage_organisation",
            "manage_staff",
            "manage_keys",
            "manage_roles",
            "manage_sign_in",
            "read_audit",
            "read_system",
        ],
    ),
    (
        "operator",
        &[
            "capture_facts",
            "read_facts",
            "import_facts",
            "read_network",
            "read_campaigns",
            "manage_campaigns",
            "start_spreads",
            "reveal_personal",
            "manage_privacy",
            "manage_identity",
            "review_fraud",
            "manage_segments",
            "tag_people",
            "plan_reach",
            "do_reach",
            "manage_reminders",
            "see_ledger",
            "give_points",
            "read_shop",
            "manage_shop",
            "read_organisation",
        ],
    ),
    (
        "city",
        &[
            "read_network",
            "read_campaigns",
            "start_spreads",
            "reveal_personal",
            "tag_people",
            "plan_reach",
            "do_reach",
            "manage_reminders",
            "read_organisation",
        ],
    ),
    (
        "m1",
        &[
            "read_network",
            "read_campaigns",
            "start_spreads",
            "reveal_personal",
            "tag_people",
            "plan_reach",
            "do_reach",
            "manage_reminders",
            "read_organisation",
        ],
    ),
    ("analyst", &["read_facts", "read_network", "read_campaigns", "see_ledger", "read_shop", "read_organisation"]),
    (
        "secret key",
        &[
            "capture_facts",
            "read_facts",
            "import_facts",
            "read_network",
            "read_campaigns",
            "manage_campaigns",
            "start_spreads",
            "reveal_personal",
            "manage_privacy",
            "manage_identity",
            "review_fraud",
            "manage_segments",
            "tag_people",
            "plan_reach",
            "do_reach",
            "manage_reminders",
            "see_ledger",
            "give_points",
            "read_shop",
            "manage_shop",
            "read_organisation",
            "manage_organisation",
        ],
    ),
    ("write key", &["capture_facts"]),
];

fn may(who: &str, permission: &str) -> bool {
    let (_, may) = MAY.iter().find(|(name, _)| *name == who).expect("a caller of the table");
    permission == "signed_in" || may.contains(&permission)
}

struct Gate<'a> {
    server: &'a Server,
    town: &'a Town,
    number: usize,
    signed_in: BTreeMap<&'static str, Caller>,
}

impl Gate<'_> {
    /// A caller of the table.
    async fn caller(&mut self, who: &'static str) -> Caller {
        let Some(staff) = staff_of(who) else {
            return if who == "write key" { self.town.write.clone() } else { self.town.secret.clone() };
        };
        if let Some(caller) = self.signed_in.get(who) {
            return caller.clone();
        }
        let caller = self.town.sign_in(self.server, staff).await;
        self.signed_in.insert(who, caller.clone());
        caller
    }

    async fn scene(&mut self, needed: Spare, caller: &Caller, who: &str) -> Scene {
        self.number += 1;
        let spare = self.spare(needed, caller, who).await;
        Scene { number: self.number, spare, email: self.town.email("m1") }
    }

    async fn spare(&self, needed: Spare, caller: &Caller, who: &str) -> String {
        let (owner, id) = (&self.town.owner, format!("spare-{}", self.number));
        let email = format!("{id}@spare.example");
        let invitation = json!({"email": email, "role": "analyst"});
        let (path, body, told) = match needed {
            Spare::None => return String::new(),
            Spare::Session => return self.other_session(caller, who).await,
            Spare::Study if !MAY.iter().any(|(name, may)| *name == who && may.contains(&"read_network")) => {
                return "made-up".to_owned();
            }
            Spare::Study => {
                // One's own: a study is seen by those of the same scope. Eight at a time are worked on, and then one waits for a place.
                loop {
                    let made = caller.post("/api/v1/network/seed-plans", &json!({"count": 1, "name": id})).await;
                    if made.status != 429 {
                        return made.json()["id"].as_str().expect("a text").to_owned();
                    }
                    tokio::time::sleep(Duration::from_millis(20)).await;
                }
            }
            Spare::Import => {
                let made = owner.bring("/api/v1/imports?kind=people&name=spare", "user_id,name\n17,lin\n").await.json();
                return made["id"].as_str().expect("a text").to_owned();
            }
            Spare::Segment => ("segments", json!({"name": id, "kind": "manual"}), "segment"),
            Spare::Tag => ("tags", json!({"group": "spare", "name": id, "intent": "fact"}), "tag"),
            Spare::Form => {
                let question = json!({"key": "q1", "label": "?", "type": "text"});
                ("forms", json!({"title": id, "questions": [question]}), "form")
            }
            Spare::Trait => {
                let name = id.replace('-', "_");
                ("traits", json!({"name": name, "zh": name, "en": name, "event": "*", "measure": "count"}), "name")
            }
            Spare::Link => ("content/links", json!({"name": id, "target": {"kind": "play", "play": "spare"}}), "code"),
            Spare::Page => ("content/pages", json!({"draft": {"title": id, "blocks": []}}), "page"),
            Spare::Key => ("keys", json!({"kind": "write", "name": id}), "id"),
            Spare::Unit => ("units", json!({"id": id, "kind": "store", "name": id}), "id"),
            Spare::Staff => {
                let staff = json!({"id": id, "name": id, "email": email, "password": PASSWORD, "role": "analyst"});
                ("staff", staff, "id")
            }
            Spare::Role => ("roles", json!({"name": id, "permissions": ["read_network"], "scope": "unit"}), "id"),
            Spare::Invitation => ("invitations", invitation, "id"),
            Spare::Token => ("invitations", invitation, "token"),
        };
        let made = owner.make(&format!("/api/v1/{path}"), &body).await;
        made[told].as_str().expect("a text").to_owned()
    }

    /// Signs the caller in a second time; the id of that session.
    async fn other_session(&self, caller: &Caller, who: &str) -> String {
        let Some(staff) = staff_of(who) else { return "made-up".to_owned() };
        self.town.sign_in(self.server, staff).await;
        let sessions = caller.read("/api/v1/sessions").await;
        let other = items(&sessions).iter().find(|session| session["current"] == false).expect("another session");
        other["id"].as_str().expect("an id").to_owned()
    }
}

/// The member of staff behind a caller of the table, if it is no key.
fn staff_of(who: &str) -> Option<&str> {
    match who {
        // The first owner makes what the cases need, and must not be signed out by one.
        "owner" => Some("second-owner"),
        "operator" | "city" | "m1" | "analyst" => Some(who),
        _ => None,
    }
}

/// Whether the operation is a door of a protocol that SDKs speak.
fn of_an_sdk(id: &str) -> bool {
    id.starts_with("capture.segment.") || id.starts_with("capture.sa.")
}

/// What a caller of the table gets, who is answered `allowed` if they may.
fn expected(operation: &Operation, who: &str, allowed: u16) -> u16 {
    let is_key = who.ends_with("key");
    match operation.id.as_str() {
        // A key has no session to read, and no password.
        "access.session.read" | "access.password.update" if is_key => 404,
        id if is_key && id.starts_with("access.sessions.") => 404,
        "access.link.list" if is_key => 404,
        // The SDKs' doors know keys only, and no cookie.
        id if !is_key && of_an_sdk(id) && operation.permission != "public" => 401,
        _ if operation.permission == "public" || may(who, &operation.permission) => allowed,
        _ => 403,
    }
}

#[tokio::test]
async fn everybody_may_what_the_table_says_and_nothing_else() {
    let house = Installation::new();
    let founded = house.create_brand("jia", "owner@jia.example").await;
    let server = house.serve().await;
    let town = Town::build(&server, &founded, "jia").await;
    let second = json!({"id": "second-owner", "role": "owner", "name": "second", "email": town.email("second-owner"),
                        "password": PASSWORD});
    town.owner.make("/api/v1/staff", &second).await;
    town.let_happen().await;
    server.ready().await;

    let mut gate = Gate { server: &server, town: &town, number: 0, signed_in: BTreeMap::new() };
    let mut asked = 0;
    for (operation, case) in coverage::operations().await {
        // What was told by the operation before is digested: somebody asks whether the server has caught up.
        server.ready().await;
        let public = operation.permission == "public";
        // Whoever has no cookie of the brand's pages is no customer, staff and keys included.
        let for_customers = operation.permission == "fan";
        for (stranger, caller) in [("nobody", server.anybody()), ("a made-up key", server.key("sls_madeup"))] {
            let scene = gate.scene(case.spare, &caller, stranger).await;
            let answer = operation.ask(&caller, &(case.ask)(&scene)).await;
            let expected = if public { case.allowed } else { 401 };
            assert_eq!(answer.status, expected, "{} asked by {stranger}: {}", operation.id, answer.text());
            asked += 1;
        }
        for (who, _) in MAY {
            let caller = gate.caller(who).await;
            let scene = gate.scene(case.spare, &caller, who).await;
            let answer = operation.ask(&caller, &(case.ask)(&scene)).await;
            let expected = if for_customers { 401 } else { expected(&operation, who, case.allowed) };
            assert_eq!(answer.status, expected, "{} asked by {who}: {}", operation.id, answer.text());
            // Whoever comes by a short address is a person with a browser, who is told on a page.
            if expected >= 400 && !operation.path.starts_with("/s/") {
                assert_eq!(answer.headers["content-type"], "application/problem+json", "{}", operation.id);
            }
            if operation.id == "access.session.delete" {
                gate.signed_in.remove(who);
            }
            asked += 1;
        }
    }
    assert_eq!(asked, cases::all().count() * (MAY.len() + 2));
}

#[tokio::test]
async fn a_session_names_the_permissions_of_its_role() {
    let house = Installation::new();
    let founded = house.create_brand("jia", "owner@jia.example").await;
    let server = house.serve().await;
    let town = Town::build(&server, &founded, "jia").await;
    let permissions = |session: Value| session["permissions"].clone();
    assert_eq!(permissions(town.owner.read("/api/v1/session").await), json!(MAY[0].1));
    for (who, may) in &MAY[1..5] {
        let session = town.sign_in(&server, who).await.read("/api/v1/session").await;
        assert_eq!(permissions(session), json!(may), "{who}");
    }
}

#[tokio::test]
async fn a_revoked_key_and_an_ended_session_open_nothing() {
    let house = Installation::new();
    let founded = house.create_brand("jia", "owner@jia.example").await;
    let server = house.serve().await;
    let owner = server.sign_in(&founded.email, &founded.password).await;
    let issued = owner.make("/api/v1/keys", &json!({"kind": "secret", "name": "shop"})).await;
    let key = server.key(issued["key"].as_str().expect("the key"));
    assert_eq!(key.get("/api/v1/campaigns").await.status, 200);
    assert_eq!(owner.delete(&format!("/api/v1/keys/{}", issued["id"].as_str().expect("an id"))).await.status, 204);
    assert_eq!(key.get("/api/v1/campaigns").await.status, 401);

    assert_eq!(owner.send(Method::DELETE, "/api/v1/session", None).await.status, 204);
    assert_eq!(owner.get("/api/v1/session").await.status, 401);
}
