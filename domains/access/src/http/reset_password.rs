//! `POST /api/v1/staff/{staff}/reset-password`

use axum::extract::State;
use kernel::StaffId;
use serde::Serialize;
use utoipa::ToSchema;
use web::{CanManageStaff, Json, Path, Problem};

use super::origin::Origin;
use crate::Access;

/// A password that was made.
#[derive(Serialize, ToSchema)]
pub(super) struct PasswordMade {
    /// Shown this once. Who signs in with it has to choose another before anything else.
    password: String,
}

/// Makes a new password for somebody who lost theirs
///
/// Their sessions end. Hand it over yourself: it is shown once and sent to nobody.
#[utoipa::path(
    post, path = "/api/v1/staff/{staff}/reset-password", tag = "access", operation_id = "access.password.reset",
    params(("staff" = String, Path)),
    responses(
        (status = 200, body = PasswordMade),
        (status = 404, description = "No such member of staff, or deactivated"),
    ),
    extensions(("x-permission" = json!("manage_staff"))),
)]
pub(super) async fn reset_password(
    caller: CanManageStaff,
    State(access): State<Access>,
    origin: Origin,
    Path(staff): Path<StaffId>,
) -> Result<Json<PasswordMade>, Problem> {
    let password = access.reset_password_of(origin.by(&caller), caller.workspace, &staff).await?;
    Ok(Json(PasswordMade { password }))
}

#[cfg(test)]
mod tests {
    use db::{Records, db_test};
    use serde_json::json;

    use crate::http::tests::{Ask, House};

    #[db_test(migrations = crate::MIGRATIONS)]
    async fn the_owner_hands_over_a_new_password(records: Records) {
        let house = House::new(&records).await;
        let (boss, store) = (house.sign_in("boss@one.example").await, house.sign_in("store@one.example").await);
        let reset = |cookie: &str| Ask::post("/api/v1/staff/store/reset-password").cookie(cookie);
        let other = house.sign_in("boss@two.example").await;
        assert_eq!(house.ask(reset(&other)).await.status, 404);
        assert_eq!(house.ask(reset(&store)).await.status, 403);
        let made = house.ask(reset(&boss)).await.body["password"].clone();
        assert_eq!(house.ask(Ask::get("/api/v1/session").cookie(&store)).await.status, 401);
        let form = json!({ "email": "store@one.example", "password": made });
        let answer = house.ask(Ask::post("/api/v1/session").body(form)).await;
        assert_eq!((answer.status, &answer.body["must_change_password"]), (200, &json!(true)));
    }
}
