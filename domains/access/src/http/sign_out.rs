//! `DELETE /api/v1/session`

use axum::{
    extract::State,
    http::{HeaderMap, StatusCode, request::Parts},
};
use web::{Credentials, Problem};

use super::{origin::Origin, session::cookie};
use crate::Access;

/// Signs out
///
/// Ends the session of the cookie, if there is one, and takes the cookie away.
#[utoipa::path(
    delete, path = "/api/v1/session", tag = "access", operation_id = "access.session.delete",
    responses((status = 204), (status = 403, description = "Sent by another site's page")),
    extensions(("x-permission" = json!("public"))),
)]
pub(super) async fn sign_out(
    State(access): State<Access>,
    origin: Origin,
    parts: Parts,
) -> Result<(StatusCode, HeaderMap), Problem> {
    if let Some(Credentials::Session(token)) = Credentials::of(&parts)? {
        access.sign_out(&token, &origin.visit).await?;
    }
    Ok((StatusCode::NO_CONTENT, cookie(None, &origin)))
}

#[cfg(test)]
mod tests {
    use db::{Records, db_test};

    use crate::http::tests::{Ask, House};

    #[db_test(migrations = crate::MIGRATIONS)]
    async fn after_signing_out_the_cookie_is_worth_nothing(records: Records) {
        let house = House::new(&records).await;
        let cookie = house.sign_in("boss@one.example").await;
        let other = house.sign_in("boss@one.example").await;
        assert_eq!(house.ask(Ask::get("/api/v1/session").cookie(&cookie)).await.status, 200);

        let foreign = Ask::delete("/api/v1/session").cookie(&cookie).header("origin", "https://evil.example");
        assert_eq!(house.ask(foreign).await.status, 403);

        let answer = house.ask(Ask::delete("/api/v1/session").cookie(&cookie)).await;
        assert_eq!(answer.status, 204);
        assert!(answer.headers["set-cookie"].to_str().unwrap().contains("Max-Age=0"));
        assert_eq!(house.ask(Ask::get("/api/v1/session").cookie(&cookie)).await.status, 401);
        assert_eq!(house.ask(Ask::get("/api/v1/session").cookie(&other)).await.status, 200);
        assert_eq!(house.ask(Ask::delete("/api/v1/session").cookie(&cookie)).await.status, 204);
    }
}
