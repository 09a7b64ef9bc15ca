//! `POST /api/v1/session/password`

use axum::{extract::State, http::StatusCode};
use serde::Deserialize;
use utoipa::ToSchema;
use web::{Json, Problem, SignedIn};

use super::origin::Origin;
use crate::{Access, Password};

/// The password one has, and the one to have.
#[derive(Deserialize, ToSchema)]
pub(super) struct ChangePassword {
    #[schema(format = Password)]
    old_password: String,
    /// At least 10 characters; not the e-mail address, and not one that everybody tries.
    #[schema(value_type = String, format = Password)]
    password: Password,
}

/// Changes one's own password
///
/// All other sessions of the caller end. Wrong tries count like those of signing in. An API key has no password: 404.
#[utoipa::path(
    post, path = "/api/v1/session/password", tag = "access", operation_id = "access.password.update",
    request_body = ChangePassword,
    responses(
        (status = 204),
        (status = 404, description = "The caller is an API key"),
        (status = 422, description = "`old_password` is wrong, or `password` is too weak"),
        (status = 429, description = "`too_many`: wait the time in Retry-After"),
    ),
    extensions(("x-permission" = json!("signed_in"))),
)]
pub(super) async fn change_password(
    caller: SignedIn,
    State(access): State<Access>,
    origin: Origin,
    Json(body): Json<ChangePassword>,
) -> Result<StatusCode, Problem> {
    let ChangePassword { old_password, password } = body;
    let by = origin.by(&caller);
    access.change_password(by, &caller, old_password, password, origin.session.as_deref()).await?;
    Ok(StatusCode::NO_CONTENT)
}

#[cfg(test)]
mod tests {
    use db::{Records, db_test};
    use serde_json::{Value, json};

    use crate::http::tests::{Ask, House, PASSWORD};

    const NEW: &str = "a better sesame";

    fn change(cookie: &str, old: &str, new: &str) -> Ask {
        let body = json!({ "old_password": old, "password": new });
        Ask::post("/api/v1/session/password").cookie(cookie).body(body)
    }

    fn form(email: &str, password: &str) -> Ask {
        Ask::post("/api/v1/session").body(json!({ "email": email, "password": password }))
    }

    #[db_test(migrations = crate::MIGRATIONS)]
    async fn whoever_knows_the_old_one_sets_the_new_one_and_ends_the_rest(records: Records) {
        let house = House::new(&records).await;
        let (here, there) = (house.sign_in("boss@one.example").await, house.sign_in("boss@one.example").await);
        for (old, new, field) in [
            ("a wrong one", NEW, "old_password"),
            (PASSWORD, "Boss@one.example", "password"),
            (PASSWORD, "too short", "password"),
            (PASSWORD, "1234567890", "password"),
        ] {
            let answer = house.ask(change(&here, old, new)).await;
            assert_eq!((answer.status, &answer.body["errors"][0]["field"]), (422, &json!(field)), "{}", answer.body);
        }
        assert_eq!(house.ask(change(&here, PASSWORD, NEW)).await.status, 204);
        assert_eq!(house.ask(Ask::get("/api/v1/session").cookie(&here)).await.status, 200);
        assert_eq!(house.ask(Ask::get("/api/v1/session").cookie(&there)).await.status, 401);
        assert_eq!(house.ask(form("boss@one.example", PASSWORD)).await.status, 401);
        assert_eq!(house.ask(form("boss@one.example", NEW)).await.status, 200);
    }

    #[db_test(migrations = crate::MIGRATIONS)]
    async fn a_password_that_was_reset_opens_nothing_but_the_choice_of_another(records: Records) {
        let house = House::new(&records).await;
        let before = house.sign_in("boss@one.example").await;
        let made = house.access.reset_password("BOSS@one.example").await.unwrap();
        assert!(house.access.reset_password("nobody@one.example").await.is_err());
        assert_eq!(house.ask(Ask::get("/api/v1/session").cookie(&before)).await.status, 401);
        assert_eq!(house.ask(form("boss@one.example", PASSWORD)).await.status, 401);

        let answer = house.ask(form("boss@one.example", &made)).await;
        assert_eq!((&answer.body["must_change_password"], &answer.body["permissions"]), (&json!(true), &json!([])));
        let cookie = House::token(&answer);
        assert_eq!(house.ask(Ask::get("/api/v1/units").cookie(&cookie)).await.status, 403);
        assert_eq!(house.ask(change(&cookie, &made, NEW)).await.status, 204);
        let answer = house.ask(Ask::get("/api/v1/session").cookie(&cookie)).await;
        assert_eq!(answer.body["must_change_password"], Value::Bool(false));
        assert_eq!(house.ask(Ask::get("/api/v1/units").cookie(&cookie)).await.status, 200);
    }
}
