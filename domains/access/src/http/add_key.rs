//! `POST /api/v1/keys`

use axum::{extract::State, response::Response};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use web::{Asked, CanManageKeys, Problem};

use super::{KeyItem, give_once, origin::Origin};
use crate::{Access, IssuedKey, KeyFor, Name, NewKey};

/// A key to be.
#[derive(Deserialize, ToSchema)]
#[schema(as = NewKey)]
pub(super) struct AddKey {
    kind: KeyFor,
    #[schema(value_type = String, example = "官网 SDK")]
    name: Name,
}

/// A key that was just made.
#[derive(Serialize, ToSchema)]
#[schema(as = KeyIssued)]
pub(super) struct Issued {
    #[serde(flatten)]
    item: KeyItem,
    /// The key itself, shown this once.
    key: String,
}

impl From<IssuedKey> for Issued {
    fn from(issued: IssuedKey) -> Self {
        let IssuedKey { id, kind, name, prefix, created_at, key } = issued;
        let item = KeyItem { id, kind, name, prefix, created_at, last_used_at: None, old_ends_at: None };
        Self::new(item, key)
    }
}

impl Issued {
    pub(super) const fn new(item: KeyItem, key: String) -> Self {
        Self { item, key }
    }
}

/// Makes an API key
///
/// A write key (`slw_…`) only hands in facts and may stand in pages and apps; a secret key (`sls_…`) is for the brand's
/// own servers. The key is shown once; only its hash is stored.
#[utoipa::path(
    post, path = "/api/v1/keys", tag = "access", operation_id = "access.key.create",
    request_body = AddKey,
    responses((status = 201, body = Issued), (status = 422, description = "A field is not valid")),
    extensions(("x-permission" = json!("manage_keys")), ("x-once" = json!(true))),
)]
pub(super) async fn add_key(
    caller: CanManageKeys,
    State(access): State<Access>,
    origin: Origin,
    Asked { body: AddKey { kind, name }, once }: Asked<AddKey>,
) -> Result<Response, Problem> {
    if let Some(answer) = once.replay(access.reads(), &caller, access.now()).await? {
        return Ok(answer);
    }
    let (issued, command) = access.new_key(caller.workspace, NewKey { kind, name });
    give_once(&access, &caller, &once, origin.by(&caller), command, &Issued::from(issued)).await
}

#[cfg(test)]
mod tests {
    use db::{Records, db_test, testing::TestDb};
    use serde_json::json;

    use crate::http::tests::{Ask, House};

    #[db_test(migrations = crate::MIGRATIONS)]
    async fn a_key_works_for_what_it_is_for(records: Records) {
        let house = House::new(&records).await;
        let boss = house.sign_in("boss@one.example").await;
        let make = async |kind: &str| {
            let new = json!({ "kind": kind, "name": "shop" });
            let answer = house.ask(Ask::post("/api/v1/keys").cookie(&boss).body(new)).await;
            assert_eq!(answer.status, 201, "{}", answer.body);
            answer.body["key"].as_str().unwrap().to_owned()
        };
        let (write, secret) = (make("write").await, make("secret").await);
        assert!(write.starts_with("slw_") && secret.starts_with("sls_") && write.len() == 36);
        // A secret key reads the organisation, a write key does not; neither makes new ways in.
        assert_eq!(house.ask(Ask::get("/api/v1/units").bearer(&secret)).await.status, 200);
        assert_eq!(house.ask(Ask::get("/api/v1/units").bearer(&write)).await.status, 403);
        for key in [&write, &secret] {
            assert_eq!(house.ask(Ask::get("/api/v1/keys").bearer(key)).await.status, 403);
        }
        let answer =
            house.ask(Ask::post("/api/v1/keys").cookie(&boss).body(json!({ "kind": "golden", "name": "x" }))).await;
        assert_eq!(answer.status, 422);
    }

    #[db_test(migrations = crate::MIGRATIONS)]
    async fn a_key_that_is_asked_for_again_is_the_same_and_is_made_once(db: TestDb) {
        let house = House::new(&db.records()).await;
        let boss = house.sign_in("boss@one.example").await;
        let ask = |cookie: &str, word: &str, name: &str| {
            let new = json!({ "kind": "secret", "name": name });
            Ask::post("/api/v1/keys").cookie(cookie).header("idempotency-key", word).body(new)
        };
        let first = house.ask(ask(&boss, "word-1", "till")).await;
        let again = house.ask(ask(&boss, "word-1", "till")).await;
        assert_eq!((first.status, again.status, &first.body), (201, 201, &again.body), "{}", again.body);
        assert_eq!(
            (first.headers.get("idempotency-replayed"), &again.headers["idempotency-replayed"]),
            (None, &"true".parse().unwrap())
        );
        let other = house.ask(ask(&boss, "word-1", "another")).await;
        assert_eq!((other.status, &other.body["code"]), (422, &json!("key_reused")));
        // A word is its sender's own: somebody else's is another.
        let theirs = house.sign_in("boss@two.example").await;
        assert_eq!(house.ask(ask(&theirs, "word-1", "till")).await.status, 201);
        let listed = async || house.ids(Ask::get("/api/v1/keys").cookie(&boss)).await.len();
        assert_eq!(listed().await, 3);
        assert_eq!(
            house
                .ask(Ask::post("/api/v1/keys").cookie(&boss).header("idempotency-key", "").body(json!({})))
                .await
                .status,
            400
        );

        // Ten at once: one is made, and all are told of it.
        let asked = (0..10).map(|_| house.ask(ask(&boss, "word-2", "ten")));
        let answers = futures::future::join_all(asked).await;
        assert!(answers.iter().all(|answer| answer.status == 201 && answer.body == answers[0].body));
        assert_eq!(listed().await, 4);
        // What is refused sticks nowhere.
        for status in [422, 201] {
            let name = if status == 422 { "" } else { "good" };
            assert_eq!(house.ask(ask(&boss, "word-3", name)).await.status, status);
        }
        // The key that was shown once cannot be read from the records.
        let secret = first.body["key"].as_str().unwrap().as_bytes().to_vec();
        let engine_find = match db.engine() {
            db::Engine::Sqlite => "update sticky_outcome set place = place where instr(answer, $1) > 0",
            db::Engine::Postgres => "update sticky_outcome set place = place where position($1 in answer) > 0",
        };
        assert_eq!(db.execute(engine_find, [secret.into()]).await, 0);
    }

    #[db_test(migrations = crate::MIGRATIONS)]
    async fn an_invitation_and_a_member_of_staff_are_made_once(db: TestDb) {
        let house = House::new(&db.records()).await;
        let boss = house.sign_in("boss@one.example").await;
        let post = |path: &str, body: serde_json::Value| {
            Ask::post(path).cookie(&boss).header("idempotency-key", "once").body(body)
        };
        let invited = json!({ "email": "han@one.example", "role": "analyst" });
        let joined = json!({ "name": "x", "email": "x@one.example", "password": "open sesame", "role": "analyst" });
        for (path, body) in [("/api/v1/invitations", invited), ("/api/v1/staff", joined)] {
            let (first, again) = (house.ask(post(path, body.clone())).await, house.ask(post(path, body)).await);
            assert_eq!((first.status, &first.body), (201, &again.body), "{path}: {}", first.body);
        }
        assert_eq!(house.ids(Ask::get("/api/v1/invitations").cookie(&boss)).await.len(), 1);
    }
}
