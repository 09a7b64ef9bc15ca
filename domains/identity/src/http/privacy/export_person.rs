//! `POST /api/v1/persons/{person}/export`

use axum::extract::State;
use kernel::{Offset, PersonId, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use utoipa::ToSchema;
use web::{CanManagePrivacy, Json, Origin, Path, Problem};

use super::{list_consents::Consents, reason};
use crate::{
    TimelinePage,
    http::read_person::IdentityNamespace,
    ops::{Slice, privacy::What},
};

/// Facts read at once.
const PAGE: usize = 1000;
/// Facts handed out at most; the latest are kept.
const FACTS_MAX: usize = 100_000;

/// Why everything is handed out.
#[derive(Deserialize, ToSchema)]
#[schema(example = json!({"reason": "本人申请，工单 1024"}))]
pub(in crate::http) struct ExportAsked {
    /// 1 to 300 characters. It stands in the audit trail.
    reason: String,
}

/// Everything that is known of a person.
#[derive(Serialize, ToSchema)]
pub(in crate::http) struct PersonExport {
    #[schema(value_type = String)]
    person: PersonId,
    name: Option<String>,
    phone: Option<String>,
    wechat: Option<String>,
    city: Option<String>,
    identities: Vec<ExportIdentity>,
    consents: Consents,
    /// All that was kept of them, the latest first.
    facts: Vec<ExportFact>,
    /// False when there are more facts than are handed out at once (100,000).
    is_complete: bool,
}

/// One of their ids.
#[derive(Serialize, ToSchema)]
pub(in crate::http) struct ExportIdentity {
    #[schema(inline)]
    namespace: IdentityNamespace,
    value: String,
}

/// A fact as it was kept.
#[derive(Serialize, ToSchema)]
pub(in crate::http) struct ExportFact {
    offset: u64,
    event: String,
    #[schema(value_type = String, format = DateTime)]
    at: Timestamp,
    user_id: Option<String>,
    anonymous_id: Option<String>,
    #[schema(value_type = Object)]
    properties: Box<RawValue>,
    #[schema(value_type = Option<Object>)]
    context: Option<Box<RawValue>>,
}

/// Hand out everything that is known of a person
///
/// For a request under the law on personal data: profile, ids, what they agreed to, every fact. It is written down, with the
/// reason, before anything is handed out.
#[utoipa::path(
    post, path = "/api/v1/persons/{person}/export", tag = "identity", operation_id = "identity.person.export",
    params(("person" = String, Path, description = "`p42`, `user:<id>` or `anonymous:<id>`")),
    request_body = ExportAsked,
    responses(
        (status = 200, body = PersonExport),
        (status = 404, description = "No such person in the caller's scope"),
        (status = 422, description = "A field is not valid"),
    ),
    extensions(("x-permission" = json!("manage_privacy"))),
)]
pub(in crate::http) async fn export(
    caller: CanManagePrivacy,
    State(slice): State<Slice>,
    origin: Origin,
    Path(person): Path<String>,
    Json(asked): Json<ExportAsked>,
) -> Result<Json<PersonExport>, Problem> {
    let reason = reason(&asked.reason)?;
    let handles = slice.handles_of(&caller, &person).await?;
    let own = slice.own(caller.workspace, handles).await?;
    slice.allow(&caller.0, &origin, own.person, What::Export { reason }).await?;
    let mut facts: Vec<ExportFact> = Vec::new();
    let mut before = None;
    let is_complete = loop {
        let page = TimelinePage { handles: own.handles.clone(), event: None, before, limit: PAGE };
        let read = slice.timelines.page(caller.workspace, page).await.map_err(Problem::unavailable)?;
        let (is_last, lowest) = (read.len() < PAGE, read.last().map(|(offset, _)| *offset));
        facts.extend(read.into_iter().map(|(Offset(offset), fact)| ExportFact {
            offset,
            event: fact.event,
            at: fact.timestamp,
            user_id: fact.user_id,
            anonymous_id: fact.anonymous_id,
            properties: fact.properties,
            context: fact.context,
        }));
        if is_last {
            break true;
        }
        if facts.len() >= FACTS_MAX {
            break false;
        }
        before = lowest;
    };
    Ok(Json(PersonExport {
        person: own.person,
        name: own.known.name,
        phone: own.known.phone,
        wechat: own.known.wechat,
        city: own.known.city,
        identities: own
            .ids
            .into_iter()
            .map(|id| ExportIdentity { namespace: id.namespace.into(), value: id.value })
            .collect(),
        consents: Consents::of(own.consents),
        facts,
        is_complete,
    }))
}
