//! `GET /api/v1/session`

use axum::{
    extract::State,
    http::{HeaderMap, request::Parts},
};
use web::{Credentials, Json, Problem, SignedIn};

use super::{
    origin::Origin,
    session::{Session, cookie},
};
use crate::Access;

/// Who is signed in
///
/// Also lets the cookie live thirty days from now. An API key has no session: 404.
#[utoipa::path(
    get, path = "/api/v1/session", tag = "access", operation_id = "access.session.read",
    responses((status = 200, body = Session), (status = 404, description = "The caller is an API key")),
    extensions(("x-permission" = json!("signed_in"))),
)]
pub(super) async fn who_am_i(
    caller: SignedIn,
    State(access): State<Access>,
    origin: Origin,
    parts: Parts,
) -> Result<(HeaderMap, Json<Session>), Problem> {
    let session = access.session_of(&caller).await?;
    let renewed = match Credentials::of(&parts)? {
        Some(Credentials::Session(token)) => cookie(Some(&token), &origin),
        _ => HeaderMap::new(),
    };
    Ok((renewed, Json(session.into())))
}

#[cfg(test)]
mod tests {
    use db::{db_test, testing::TestDb};
    use serde_json::json;

    use crate::http::tests::{Ask, House};

    const DAY: i64 = 24 * 3600;

    #[db_test(migrations = crate::MIGRATIONS)]
    async fn a_session_lives_thirty_days_from_its_last_use(db: TestDb) {
        let house = House::new(&db.records()).await;
        let cookie = house.sign_in("boss@one.example").await;
        for _ in 0..3 {
            house.clock.advance_secs(29 * DAY);
            let answer = house.ask(Ask::get("/api/v1/session").cookie(&cookie)).await;
            assert_eq!((answer.status, &answer.body["staff"]["id"]), (200, &json!("boss")));
            assert!(answer.headers["set-cookie"].to_str().unwrap().contains(&cookie));
        }
        house.clock.advance_secs(30 * DAY);
        assert_eq!(house.ask(Ask::get("/api/v1/session").cookie(&cookie)).await.status, 401);
        // The next to sign in sweeps it out: all that is left is their own.
        house.sign_in("boss@one.example").await;
        assert_eq!(db.execute("delete from session", []).await, 1);
    }

    #[db_test(migrations = crate::MIGRATIONS)]
    async fn what_is_no_session_signs_nobody_in(db: TestDb) {
        let house = House::new(&db.records()).await;
        assert_eq!(house.ask(Ask::get("/api/v1/session")).await.status, 401);
        assert_eq!(house.ask(Ask::get("/api/v1/session").cookie("made-up")).await.status, 401);
        // A key is no session token, and has no session.
        assert_eq!(house.ask(Ask::get("/api/v1/session").cookie(&house.secret_key)).await.status, 401);
        assert_eq!(house.ask(Ask::get("/api/v1/session").bearer(&house.secret_key)).await.status, 404);
        // A session token is no key.
        let cookie = house.sign_in("boss@one.example").await;
        assert_eq!(house.ask(Ask::get("/api/v1/session").bearer(&cookie)).await.status, 401);
    }

    #[db_test(migrations = crate::MIGRATIONS)]
    async fn neither_tokens_nor_keys_nor_passwords_are_stored(db: TestDb) {
        let house = House::new(&db.records()).await;
        let token = house.sign_in("boss@one.example").await;
        for (table, column, secret) in [
            ("session", "token", &token),
            ("api_key", "secret", &house.secret_key),
            ("api_key", "secret", &house.write_key),
        ] {
            let sql = format!("update {table} set {column} = {column} where {column} = $1");
            assert_eq!(db.execute(&sql, [secret.clone().into_bytes().into()]).await, 0, "{column} of {table}");
        }
        let hashed = "update staff set name = name where password_hash like '$argon2id$%'";
        assert_eq!(db.execute(hashed, []).await, 6);
    }
}
