//! `POST /api/v1/session`

use axum::{extract::State, http::HeaderMap};
use serde::Deserialize;
use utoipa::ToSchema;
use web::{Json, Problem, SameOrigin};

use super::{
    origin::Origin,
    session::{Session, cookie},
};
use crate::Access;

/// What somebody signs in with.
#[derive(Deserialize, ToSchema)]
pub(super) struct SignIn {
    #[schema(example = "lilei@example.com")]
    email: String,
    #[schema(format = Password)]
    password: String,
}

/// Signs in
///
/// Upper and lower case of the e-mail do not matter. After ten wrong passwords within fifteen minutes the address has to
/// wait. The session cookie lives thirty days from its last use.
#[utoipa::path(
    post, path = "/api/v1/session", tag = "access", operation_id = "access.session.create",
    request_body = SignIn,
    responses(
        (status = 200, body = Session, headers(("Set-Cookie" = String, description = "The session"))),
        (status = 401, description = "`wrong_credentials`"),
        (status = 429, description = "`too_many`: wait the time in Retry-After"),
    ),
    extensions(("x-permission" = json!("public"))),
)]
pub(super) async fn sign_in(
    _: SameOrigin,
    State(access): State<Access>,
    origin: Origin,
    Json(body): Json<SignIn>,
) -> Result<(HeaderMap, Json<Session>), Problem> {
    let signed_in = access.sign_in(&body.email, body.password, origin.visit.clone()).await?;
    Ok((cookie(Some(&signed_in.token), &origin), Json(signed_in.view.into())))
}

#[cfg(test)]
mod tests {
    use db::{Records, db_test};
    use serde_json::{Value, json};

    use crate::http::tests::{Ask, House, PASSWORD};

    fn form(email: &str, password: &str) -> Value {
        json!({ "email": email, "password": password })
    }

    #[db_test(migrations = crate::MIGRATIONS)]
    async fn the_right_password_opens_and_the_letters_case_does_not_matter(records: Records) {
        let house = House::new(&records).await;
        let answer = house.ask(Ask::post("/api/v1/session").body(form(" BOSS@one.example", PASSWORD))).await;
        assert_eq!(answer.status, 200, "{}", answer.body);
        let set = answer.headers["set-cookie"].to_str().unwrap();
        assert!(set.starts_with("sl_session="), "{set}");
        assert!(set.ends_with("; Path=/; HttpOnly; SameSite=Strict; Max-Age=2592000"), "{set}");
        let expected = json!({
            "workspace": { "id": 1, "name": "one" },
            "staff": { "id": "boss", "name": "boss", "email": "Boss@one.example", "role": "owner", "role_name": null,
                "unit": null, "active": true },
            "permissions": ["capture_facts", "read_facts", "import_facts", "read_network", "read_campaigns", "manage_campaigns",
                "start_spreads", "reveal_personal", "manage_privacy", "manage_identity", "review_fraud", "manage_segments", "tag_people", "plan_reach", "do_reach", "manage_reminders", "see_ledger", "give_points", "read_shop", "manage_shop", "read_organisation", "manage_organisation", "manage_staff",
                "manage_keys", "manage_roles", "manage_sign_in", "read_audit", "read_system"],
            "scope": { "kind": "all", "units": [] },
            "must_change_password": false,
        });
        assert_eq!(answer.body, expected);

        let by_https = Ask::post("/api/v1/session").header("x-forwarded-proto", "https");
        let answer = house.ask(by_https.body(form("boss@one.example", PASSWORD))).await;
        assert!(answer.headers["set-cookie"].to_str().unwrap().ends_with("; Secure"));
    }

    #[db_test(migrations = crate::MIGRATIONS)]
    async fn a_manager_is_told_how_far_they_see(records: Records) {
        let house = House::new(&records).await;
        let scope_of = async |email: &str| {
            let answer = house.ask(Ask::post("/api/v1/session").body(form(email, PASSWORD))).await;
            answer.body["scope"].clone()
        };
        assert_eq!(
            scope_of("city@one.example").await,
            json!({ "kind": "units", "units": ["beijing", "store-1", "store-2"] })
        );
        assert_eq!(scope_of("store@one.example").await, json!({ "kind": "units", "units": ["store-1"] }));
        assert_eq!(scope_of("rover@one.example").await, json!({ "kind": "own", "units": [] }));
    }

    #[db_test(migrations = crate::MIGRATIONS)]
    async fn a_wrong_password_and_an_unknown_address_look_alike(records: Records) {
        let house = House::new(&records).await;
        for (email, password) in [("boss@one.example", "wrong password"), ("nobody@one.example", PASSWORD)] {
            let answer = house.ask(Ask::post("/api/v1/session").body(form(email, password))).await;
            assert_eq!((answer.status, &answer.body["code"]), (401, &json!("wrong_credentials")), "{email}");
            assert!(!answer.headers.contains_key("set-cookie"));
        }
    }

    #[db_test(migrations = crate::MIGRATIONS)]
    async fn ten_wrong_passwords_lock_the_address_for_a_while(records: Records) {
        let house = House::new(&records).await;
        for email in ["boss@one.example", "nobody@one.example"] {
            for n in 0..10 {
                // In other letters it is the same address.
                let email = if n % 2 == 0 { email.to_owned() } else { email.to_uppercase() };
                let answer = house.ask(Ask::post("/api/v1/session").body(form(&email, "wrong password"))).await;
                assert_eq!(answer.status, 401);
            }
            let locked = house.ask(Ask::post("/api/v1/session").body(form(email, PASSWORD))).await;
            assert_eq!((locked.status, &locked.body["code"]), (429, &json!("too_many")), "{email}");
            assert_eq!(locked.headers["retry-after"], "900");
        }
        assert_eq!(house.ask(Ask::post("/api/v1/session").body(form("city@one.example", PASSWORD))).await.status, 200);
        house.clock.advance_secs(900);
        assert_eq!(house.ask(Ask::post("/api/v1/session").body(form("boss@one.example", PASSWORD))).await.status, 200);
    }

    #[db_test(migrations = crate::MIGRATIONS)]
    async fn a_foreign_page_cannot_sign_anybody_in(records: Records) {
        let house = House::new(&records).await;
        let ask = Ask::post("/api/v1/session").header("sec-fetch-site", "cross-site");
        assert_eq!(house.ask(ask.body(form("boss@one.example", PASSWORD))).await.status, 403);
    }
}
