//! `POST /api/v1/persons/{person}/reveal`

use axum::extract::State;
use facts::Purpose;
use kernel::{ErrorCode, PersonId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use web::{CanRevealPersonal, Json, Origin, Path, Problem};

use super::reason;
use crate::{
    model::Consent,
    ops::{Slice, privacy::What},
};

/// What to show, and why.
#[derive(Deserialize, ToSchema)]
#[schema(example = json!({"field": "phone", "reason": "回访订单 20261120-7"}))]
pub(in crate::http) struct Reveal {
    field: RevealField,
    /// 1 to 300 characters. It stands in the audit trail.
    reason: String,
}

/// A field that is masked everywhere else.
#[derive(Clone, Copy, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(in crate::http) enum RevealField {
    Phone,
    Wechat,
}

impl RevealField {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Phone => "phone",
            Self::Wechat => "wechat",
        }
    }
}

/// The field in full.
#[derive(Serialize, ToSchema)]
pub(in crate::http) struct Revealed {
    #[schema(value_type = String)]
    person: PersonId,
    field: RevealField,
    /// Null when it is not known.
    value: Option<String>,
}

/// Show a phone number or a WeChat id in full
///
/// Only of somebody who agreed to be contacted, at most 200 times a day for each member of staff. Each time is written down
/// with its reason before anything is shown.
#[utoipa::path(
    post, path = "/api/v1/persons/{person}/reveal", tag = "identity", operation_id = "identity.person.reveal",
    params(("person" = String, Path, description = "`p42`, `user:<id>` or `anonymous:<id>`")),
    request_body = Reveal,
    responses(
        (status = 200, body = Revealed),
        (status = 404, description = "No such person in the caller's scope"),
        (status = 409, description = "`consent_missing`: they did not agree to be contacted, or took it back"),
        (status = 422, description = "A field is not valid"),
        (status = 429, description = "More than 200 within a day"),
    ),
    extensions(("x-permission" = json!("reveal_personal"))),
)]
pub(in crate::http) async fn reveal(
    caller: CanRevealPersonal,
    State(slice): State<Slice>,
    origin: Origin,
    Path(person): Path<String>,
    Json(asked): Json<Reveal>,
) -> Result<Json<Revealed>, Problem> {
    let reason = reason(&asked.reason)?;
    let handles = slice.handles_of(&caller, &person).await?;
    let own = slice.own(caller.workspace, handles).await?;
    if !Consent::holds(&own.consents, Purpose::Contact) {
        return Err(Problem::new(ErrorCode::ConsentMissing)
            .detail("They did not agree to be contacted; ask them first, and write down what they say"));
    }
    let (field, person) = (asked.field, own.person);
    slice.allow(&caller.0, &origin, person, What::Reveal { field: field.as_str(), reason }).await?;
    let value = match field {
        RevealField::Phone => own.known.phone,
        RevealField::Wechat => own.known.wechat,
    };
    Ok(Json(Revealed { person, field, value }))
}
