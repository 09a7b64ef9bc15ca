//! `POST /api/v1/setup`

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
use crate::{Access, Email, Name, Password};

/// The first brand and its owner.
#[derive(Deserialize, ToSchema)]
pub(super) struct SetUp {
    /// What the server printed when it started.
    token: String,
    #[schema(value_type = String, example = "灯塔书店")]
    brand: Name,
    /// The owner's.
    #[schema(value_type = String, example = "李雷")]
    name: Name,
    #[schema(value_type = String, example = "lilei@example.com")]
    email: Email,
    /// At least 10 characters, and not one that everybody tries.
    #[schema(value_type = String, format = Password)]
    password: Password,
}

/// Founds the first brand
///
/// Once in an installation, with the token that the server printed when it started without a brand. The owner is signed in.
#[utoipa::path(
    post, path = "/api/v1/setup", tag = "access", operation_id = "access.setup.create",
    request_body = SetUp,
    responses(
        (status = 201, body = Session, headers(("Set-Cookie" = String, description = "The session"))),
        (status = 403, description = "Another token"),
        (status = 404, description = "There is a brand already"),
        (status = 422, description = "A field is not valid"),
    ),
    extensions(("x-permission" = json!("public"))),
)]
pub(super) async fn set_up(
    _: SameOrigin,
    State(access): State<Access>,
    origin: Origin,
    Json(body): Json<SetUp>,
) -> Result<(StatusCode, HeaderMap, Json<Session>), Problem> {
    let SetUp { token, brand, name, email, password } = body;
    let owner = (name, email, password);
    let signed_in = access.set_up(&token, brand, owner, origin.visit.clone()).await?;
    Ok((StatusCode::CREATED, cookie(Some(&signed_in.token), &origin), Json(signed_in.view.into())))
}

#[cfg(test)]
mod tests {
    use std::{error::Error, sync::Arc};

    use async_trait::async_trait;
    use db::{Records, db_test};
    use kernel::WorkspaceId;
    use parking_lot::Mutex;
    use serde_json::{Value, json};

    use crate::{
        Opening,
        http::tests::{Ask, House, PASSWORD},
    };

    #[derive(Default)]
    struct Opened(Mutex<Vec<WorkspaceId>>);

    #[async_trait]
    impl Opening for Opened {
        async fn open(&self, workspace: WorkspaceId) -> Result<(), Box<dyn Error + Send + Sync>> {
            self.0.lock().push(workspace);
            Ok(())
        }
    }

    fn form(token: &str, password: &str) -> Value {
        json!({ "token": token, "brand": "灯塔书店", "name": "李雷", "email": "lilei@one.example", "password": password })
    }

    #[db_test(migrations = crate::MIGRATIONS)]
    async fn the_first_brand_is_founded_once_by_whoever_holds_the_token(records: Records) {
        let house = House::empty(&records);
        let needed = async || house.ask(Ask::get("/api/v1/setup")).await.body["needed"].clone();
        assert_eq!(needed().await, json!(false), "nobody waits for it yet");
        let opened = Arc::new(Opened::default());
        let token = house.access.await_setup(opened.clone()).await.unwrap().unwrap();
        assert_eq!((needed().await, format!("{token:?}")), (json!(true), "SetupToken(…)".to_owned()));

        for (body, status) in [
            (form("guessed", PASSWORD), 403),
            (form(&token.0, "short"), 422),
            (form(&token.0, "password123"), 422),
            (form(&token.0, "lilei@one.example"), 422),
        ] {
            let answer = house.ask(Ask::post("/api/v1/setup").body(body)).await;
            assert_eq!(answer.status, status, "{}", answer.body);
        }
        assert_eq!(opened.0.lock().len(), 0);

        let answer = house.ask(Ask::post("/api/v1/setup").body(form(&token.0, PASSWORD))).await;
        assert_eq!(answer.status, 201, "{}", answer.body);
        assert_eq!(answer.body["workspace"], json!({ "id": 1, "name": "灯塔书店" }));
        assert_eq!(answer.body["staff"]["role"], "owner");
        assert_eq!(*opened.0.lock(), [WorkspaceId(1)], "its river flows");
        house.sign_in("lilei@one.example").await;

        assert_eq!(needed().await, json!(false));
        let again = house.ask(Ask::post("/api/v1/setup").body(form(&token.0, PASSWORD))).await;
        assert_eq!(again.status, 404);
        assert!(house.access.await_setup(opened).await.unwrap().is_none(), "a restart asks for nothing");
    }
}
