//! `DELETE /api/v1/sessions/{session}`

use axum::{extract::State, http::StatusCode};
use web::{Path, Problem, SignedIn};

use super::origin::Origin;
use crate::Access;

/// Ends one of one's own sessions
#[utoipa::path(
    delete, path = "/api/v1/sessions/{session}", tag = "access", operation_id = "access.sessions.delete",
    params(("session" = String, Path, description = "Its id in the list")),
    responses((status = 204), (status = 404, description = "No such session of the caller's")),
    extensions(("x-permission" = json!("signed_in"))),
)]
pub(super) async fn end_session(
    caller: SignedIn,
    State(access): State<Access>,
    origin: Origin,
    Path(session): Path<String>,
) -> Result<StatusCode, Problem> {
    access.end_session(origin.by(&caller), &caller, &session).await?;
    Ok(StatusCode::NO_CONTENT)
}

#[cfg(test)]
mod tests {
    use db::{Records, db_test};
    use serde_json::json;

    use crate::http::tests::{Ask, House, PASSWORD};

    #[db_test(migrations = crate::MIGRATIONS)]
    async fn a_lost_phone_is_signed_out_from_the_desk(records: Records) {
        let house = House::new(&records).await;
        let form = json!({ "email": "store@one.example", "password": PASSWORD });
        let phone = Ask::post("/api/v1/session").header("user-agent", "Mozilla/5.0 (iPhone) MicroMessenger/8.0");
        let phone = House::token(&house.ask(phone.body(form)).await);
        house.clock.advance_secs(5);
        let desk = house.sign_in("store@one.example").await;
        let strangers = house.sign_in("boss@one.example").await;

        let listed = house.ask(Ask::get("/api/v1/sessions").cookie(&desk)).await;
        let items = listed.body["items"].as_array().unwrap();
        assert_eq!(items.len(), 2, "{}", listed.body);
        assert_eq!((&items[0]["current"], &items[0]["agent"]), (&json!(true), &json!(null)));
        assert_eq!((&items[1]["current"], &items[1]["agent"]), (&json!(false), &json!("WeChat · iPhone")));
        assert!(!listed.body.to_string().contains(&phone));

        let address = format!("/api/v1/sessions/{}", items[1]["id"].as_str().unwrap());
        assert_eq!(house.ask(Ask::delete(&address).cookie(&strangers)).await.status, 404, "not theirs");
        assert_eq!(house.ask(Ask::delete(&address).cookie(&desk)).await.status, 204);
        assert_eq!(house.ask(Ask::get("/api/v1/session").cookie(&phone)).await.status, 401);
        assert_eq!(house.ask(Ask::delete(&address).cookie(&desk)).await.status, 404);
        assert_eq!(house.ask(Ask::get("/api/v1/sessions").bearer(&house.secret_key)).await.status, 404);
    }

    #[db_test(migrations = crate::MIGRATIONS)]
    async fn all_others_end_and_the_one_that_asks_stays(records: Records) {
        let house = House::new(&records).await;
        let mut sessions = Vec::new();
        for _ in 0..3 {
            sessions.push(house.sign_in("store@one.example").await);
        }
        let bystander = house.sign_in("boss@one.example").await;
        assert_eq!(house.ask(Ask::delete("/api/v1/sessions").cookie(&sessions[1])).await.status, 204);
        for (n, cookie) in sessions.iter().enumerate() {
            let status = if n == 1 { 200 } else { 401 };
            assert_eq!(house.ask(Ask::get("/api/v1/session").cookie(cookie)).await.status, status, "{n}");
        }
        assert_eq!(house.ask(Ask::get("/api/v1/session").cookie(&bystander)).await.status, 200);
    }
}
