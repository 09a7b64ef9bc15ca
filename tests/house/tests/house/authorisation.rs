//! Each role and each kind of key may do exactly what `x-permission` and the table of roles say.

use std::collections::BTreeMap;

use reqwest::Method;
use serde_json::{Value, json};

use crate::{
    coverage::{self, Operation, Scene},
    server::{Caller, Installation, Server},
    town::Town,
};

/// What each caller may do, told a second time: `signed_in` operations are for all of them, `public` ones for everybody.
const MAY: [(&str, &[&str]); 7] = [
    (
        "owner",
        &[
            "capture_facts",
            "read_facts",
            "read_network",
            "read_campaigns",
            "manage_campaigns",
            "start_spreads",
            "read_organisation",
            "manage_organisation",
            "manage_staff",
            "manage_keys",
        ],
    ),
    (
        "operator",
        &[
            "capture_facts",
            "read_facts",
            "read_network",
            "read_campaigns",
            "manage_campaigns",
            "start_spreads",
            "read_organisation",
        ],
    ),
    ("city", &["read_network", "read_campaigns", "start_spreads", "read_organisation"]),
    ("m1", &["read_network", "read_campaigns", "start_spreads", "read_organisation"]),
    ("analyst", &["read_facts", "read_network", "read_campaigns", "read_organisation"]),
    (
        "secret key",
        &[
            "capture_facts",
            "read_facts",
            "read_network",
            "read_campaigns",
            "manage_campaigns",
            "start_spreads",
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
        let staff = match who {
            "secret key" => return self.town.secret.clone(),
            "write key" => return self.town.write.clone(),
            // The first owner makes what the cases need, and must not be signed out by one.
            "owner" => "second-owner",
            staff => staff,
        };
        if let Some(caller) = self.signed_in.get(who) {
            return caller.clone();
        }
        let caller = self.town.sign_in(self.server, staff).await;
        self.signed_in.insert(who, caller.clone());
        caller
    }

    async fn scene(&mut self) -> Scene {
        self.number += 1;
        let key = self.town.owner.make("/api/v1/keys", &json!({"kind": "write", "name": "spare"})).await;
        Scene {
            number: self.number,
            spare_key: key["id"].as_str().expect("an id").to_owned(),
            email: self.town.email("m1"),
        }
    }
}

/// What a caller of the table gets, who is answered `allowed` if they may.
fn expected(operation: &Operation, who: &str, allowed: u16) -> u16 {
    let is_key = who.ends_with("key");
    match operation.id.as_str() {
        // A key has no session to read, and no password.
        "access.session.read" | "access.password.update" if is_key => 404,
        id if is_key && id.starts_with("access.sessions.") => 404,
        // The SDKs' door knows keys only, and no cookie.
        "capture.segment.batch" if !is_key => 401,
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
                        "password": crate::town::PASSWORD});
    town.owner.make("/api/v1/staff", &second).await;
    town.let_happen().await;
    server.ready().await;

    let mut gate = Gate { server: &server, town: &town, number: 0, signed_in: BTreeMap::new() };
    let mut asked = 0;
    for (operation, case) in coverage::operations().await {
        let public = operation.permission == "public";
        for (stranger, caller) in [("nobody", server.anybody()), ("a made-up key", server.key("sls_madeup"))] {
            let scene = gate.scene().await;
            let answer = operation.ask(&caller, &(case.ask)(&scene)).await;
            let expected = if public { case.allowed } else { 401 };
            assert_eq!(answer.status, expected, "{} asked by {stranger}: {}", operation.id, answer.text());
            asked += 1;
        }
        for (who, _) in MAY {
            let (caller, scene) = (gate.caller(who).await, gate.scene().await);
            let answer = operation.ask(&caller, &(case.ask)(&scene)).await;
            let expected = expected(&operation, who, case.allowed);
            assert_eq!(answer.status, expected, "{} asked by {who}: {}", operation.id, answer.text());
            if expected >= 400 {
                assert_eq!(answer.headers["content-type"], "application/problem+json", "{}", operation.id);
            }
            if operation.id == "access.session.delete" {
                gate.signed_in.remove(who);
            }
            asked += 1;
        }
    }
    assert_eq!(asked, coverage::CASES.len() * (MAY.len() + 2));
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
