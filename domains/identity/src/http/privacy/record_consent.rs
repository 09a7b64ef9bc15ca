//! `POST /api/v1/persons/{person}/consents`

use axum::{extract::State, http::StatusCode};
use facts::Namespace;
use serde::Deserialize;
use utoipa::ToSchema;
use web::{CanManagePrivacy, Json, Origin, Path, Problem};

use super::list_consents::ConsentPurpose;
use crate::{
    model::Known,
    ops::{Slice, privacy::What},
};

/// Longest channel, in bytes: what a fact may hold.
const CHANNEL_BYTES_MAX: usize = 256;

/// What somebody said to a member of staff.
#[derive(Deserialize, ToSchema)]
#[schema(example = json!({"purpose": "contact", "is_given": true, "channel": "66号门店柜台"}))]
pub(in crate::http) struct NewConsent {
    purpose: ConsentPurpose,
    is_given: bool,
    /// Where they said so.
    channel: String,
}

/// Write down what somebody said
///
/// It becomes a fact like those the brand's own pages send (`Consent Given`, `Consent Withdrawn`), and holds as soon as it is
/// digested.
#[utoipa::path(
    post, path = "/api/v1/persons/{person}/consents", tag = "identity", operation_id = "identity.consent.record",
    params(("person" = String, Path, description = "`p42`, `user:<id>` or `anonymous:<id>`")),
    request_body = NewConsent,
    responses(
        (status = 202, description = "Stored; it holds in a moment"),
        (status = 404, description = "No such person in the caller's scope"),
        (status = 422, description = "A field is not valid, or they have no id of their own"),
    ),
    extensions(("x-permission" = json!("manage_privacy"))),
)]
pub(in crate::http) async fn record(
    caller: CanManagePrivacy,
    State(slice): State<Slice>,
    origin: Origin,
    Path(person): Path<String>,
    Json(new): Json<NewConsent>,
) -> Result<StatusCode, Problem> {
    let channel = new.channel.trim().to_owned();
    if channel.is_empty() || channel.len() > CHANNEL_BYTES_MAX || channel.contains('\0') {
        return Err(Problem::invalid("channel", format!("where they said so: 1 to {CHANNEL_BYTES_MAX} bytes")));
    }
    let handles = slice.handles_of(&caller, &person).await?;
    let own = slice.own(caller.workspace, handles).await?;
    let named = |namespace| own.ids.iter().find(move |id| id.namespace == namespace);
    let Some(Known { namespace, value, .. }) = named(Namespace::User).or_else(|| named(Namespace::Anonymous)) else {
        return Err(Problem::invalid("person", "somebody who is only known by a link has no id of their own"));
    };
    let id = format!("consent-{}", kernel::token(&*slice.entropy, 16));
    let (purpose, given, who) = (new.purpose.into(), new.is_given, (*namespace, value.clone()));
    slice.allow(&caller.0, &origin, own.person, What::Consent { id, who, purpose, given, channel }).await?;
    slice.signal.notify_one();
    Ok(StatusCode::ACCEPTED)
}
