//! `POST /api/v1/invitations/accept`

use axum::{
    extract::State,
    http::{HeaderMap, StatusCode},
};
use serde::Deserialize;
use utoipa::ToSchema;
use web::{Json, Problem, SameOrigin};

use super::{
    origin::Origin,
    session::{Session, cookie},
};
use crate::{Access, Name, Password};

/// What whoever joins chooses.
#[derive(Deserialize, ToSchema)]
pub(super) struct AcceptInvitation {
    token: String,
    #[schema(value_type = String, example = "韩梅梅")]
    name: Name,
    /// At least 10 characters; not the e-mail address, and not one that everybody tries.
    #[schema(value_type = String, format = Password)]
    password: Password,
}

/// Joins the staff
///
/// Whoever holds the link chooses name and password, and is signed in. It works once.
#[utoipa::path(
    post, path = "/api/v1/invitations/accept", tag = "access", operation_id = "access.invitation.accept",
    request_body = AcceptInvitation,
    responses(
        (status = 201, body = Session, headers(("Set-Cookie" = String, description = "The session"))),
        (status = 404, description = "It is over, or never was"),
        (status = 409, description = "The e-mail signs in somebody meanwhile"),
        (status = 422, description = "A field is not valid"),
    ),
    extensions(("x-permission" = json!("public"))),
)]
pub(super) async fn accept_invitation(
    _: SameOrigin,
    State(access): State<Access>,
    origin: Origin,
    Json(body): Json<AcceptInvitation>,
) -> Result<(StatusCode, HeaderMap, Json<Session>), Problem> {
    let AcceptInvitation { token, name, password } = body;
    let signed_in = access.accept(&token, name, password, origin.visit.clone()).await?;
    Ok((StatusCode::CREATED, cookie(Some(&signed_in.token), &origin), Json(signed_in.view.into())))
}

#[cfg(test)]
mod tests {
    use db::{db_test, testing::TestDb};
    use serde_json::{Value, json};

    use crate::http::tests::{Ask, House, PASSWORD};

    const DAY: i64 = 24 * 3600;

    fn invite(cookie: &str, email: &str, unit: &str) -> Ask {
        let body = json!({ "email": email, "role": "store_manager", "unit": unit });
        Ask::post("/api/v1/invitations").cookie(cookie).body(body)
    }

    fn join(token: &Value, password: &str) -> Ask {
        let body = json!({ "token": token, "name": "韩梅梅", "password": password });
        Ask::post("/api/v1/invitations/accept").body(body)
    }

    #[db_test(migrations = crate::MIGRATIONS)]
    async fn whoever_holds_the_link_joins_once(db: TestDb) {
        let house = House::new(&db.records()).await;
        let boss = house.sign_in("boss@one.example").await;
        let issued = house.ask(invite(&boss, "Han@one.example", "store-2")).await;
        assert_eq!(issued.status, 201, "{}", issued.body);
        let token = &issued.body["token"];
        assert_eq!(issued.body["path"], json!(format!("/invitation#{}", token.as_str().unwrap())));

        let read = house.ask(Ask::post("/api/v1/invitations/read").body(json!({ "token": token }))).await;
        assert_eq!((&read.body["brand"], &read.body["unit"]["id"]), (&json!("one"), &json!("store-2")));
        for password in ["short", "han@ONE.example"] {
            assert_eq!(house.ask(join(token, password)).await.status, 422, "{password}");
        }
        assert_eq!(house.ask(join(&json!("guessed"), PASSWORD)).await.status, 404);

        let joined = house.ask(join(token, PASSWORD)).await;
        assert_eq!((joined.status, &joined.body["staff"]["role"]), (201, &json!("store_manager")), "{}", joined.body);
        let han = House::token(&joined);
        assert_eq!(house.ids(Ask::get("/api/v1/units").cookie(&han)).await, ["store-2"]);
        house.sign_in("han@one.example").await;
        assert_eq!(house.ask(join(token, PASSWORD)).await.status, 404, "once");
        assert_eq!(house.ids(Ask::get("/api/v1/invitations").cookie(&boss)).await, [""; 0]);
        // The token is nowhere in the records.
        let sql = "update invitation set token = token where token = $1";
        assert_eq!(db.execute(sql, [token.as_str().unwrap().as_bytes().to_vec().into()]).await, 0);
    }

    #[db_test(migrations = crate::MIGRATIONS)]
    async fn an_invitation_ends_by_time_by_hand_or_by_the_next(db: TestDb) {
        let house = House::new(&db.records()).await;
        let boss = house.sign_in("boss@one.example").await;
        let token = async |email: &str| house.ask(invite(&boss, email, "store-2")).await.body["token"].clone();
        let (first, second) = (token("han@one.example").await, token("HAN@one.example").await);
        let listed = house.ids(Ask::get("/api/v1/invitations").cookie(&boss)).await;
        assert_eq!(listed.len(), 1, "the later one replaces the earlier");
        assert_eq!(house.ask(join(&first, PASSWORD)).await.status, 404);

        let address = format!("/api/v1/invitations/{}", listed[0]);
        let other = house.sign_in("boss@two.example").await;
        assert_eq!(house.ask(Ask::delete(&address).cookie(&other)).await.status, 404);
        assert_eq!(house.ask(Ask::delete(&address).cookie(&boss)).await.status, 204);
        assert_eq!(house.ask(join(&second, PASSWORD)).await.status, 404);
        assert_eq!(house.ask(Ask::delete(&address).cookie(&boss)).await.status, 404);

        let third = token("han@one.example").await;
        house.clock.advance_secs(7 * DAY);
        assert_eq!(house.ask(join(&third, PASSWORD)).await.status, 404);
        assert_eq!(house.ids(Ask::get("/api/v1/invitations").cookie(&boss)).await, [""; 0]);
        for (email, unit, status) in
            [("city@one.example", "store-2", 409), ("boss@TWO.example", "store-2", 409), ("x@x", "nowhere", 422)]
        {
            assert_eq!(house.ask(invite(&boss, email, unit)).await.status, status, "{email}");
        }
    }
}
