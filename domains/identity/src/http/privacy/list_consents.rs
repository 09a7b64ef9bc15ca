//! `GET /api/v1/persons/{person}/consents`

use axum::extract::State;
use facts::Purpose;
use kernel::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use web::{CanReadNetwork, Json, Path, Problem, Query};

use crate::{model::Consent, ops::Slice};

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(in crate::http) struct ConsentQuery {
    /// Answer only when the fact at this offset has been digested.
    wait_offset: Option<u64>,
}

/// What a person agreed to.
#[derive(Serialize, ToSchema)]
pub(in crate::http) struct Consents {
    /// What holds now, for every purpose.
    purposes: Vec<ConsentState>,
    /// All that was ever said, the latest first.
    items: Vec<ConsentSaidRow>,
}

/// What holds for a purpose.
#[derive(Serialize, ToSchema)]
pub(in crate::http) struct ConsentState {
    purpose: ConsentPurpose,
    /// Whether it is agreed to. Silence is no consent.
    is_given: bool,
    /// Since when; null when nothing was ever said.
    #[schema(value_type = Option<String>, format = DateTime)]
    since: Option<Timestamp>,
}

/// One time something was said.
#[derive(Serialize, ToSchema)]
pub(in crate::http) struct ConsentSaidRow {
    /// The fact's place in the log.
    offset: u64,
    purpose: ConsentPurpose,
    is_given: bool,
    #[schema(value_type = String, format = DateTime)]
    at: Timestamp,
    /// Whether a member of staff wrote it down here; else a source of the brand told it.
    is_by_staff: bool,
    /// Which text they were shown.
    notice: Option<String>,
    /// Where they said so.
    channel: Option<String>,
}

/// What data may be used for.
#[derive(Clone, Copy, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(in crate::http) enum ConsentPurpose {
    /// Being called or written to by a person of the brand.
    Contact,
    /// Messages to many.
    Marketing,
    /// Being looked at one by one: tags, scores, recommendations.
    Profiling,
    /// Being handed to somebody outside of the brand.
    Sharing,
}

impl From<Purpose> for ConsentPurpose {
    fn from(purpose: Purpose) -> Self {
        match purpose {
            Purpose::Contact => Self::Contact,
            Purpose::Marketing => Self::Marketing,
            Purpose::Profiling => Self::Profiling,
            Purpose::Sharing => Self::Sharing,
        }
    }
}

impl From<ConsentPurpose> for Purpose {
    fn from(purpose: ConsentPurpose) -> Self {
        match purpose {
            ConsentPurpose::Contact => Self::Contact,
            ConsentPurpose::Marketing => Self::Marketing,
            ConsentPurpose::Profiling => Self::Profiling,
            ConsentPurpose::Sharing => Self::Sharing,
        }
    }
}

impl Consents {
    pub(super) fn of(ledger: Vec<Consent>) -> Self {
        let state = |purpose| {
            let last = Consent::last(&ledger, purpose);
            let is_given = last.is_some_and(|consent| consent.said.given);
            ConsentState { purpose: purpose.into(), is_given, since: last.map(|consent| consent.at) }
        };
        let purposes = Purpose::ALL.into_iter().map(state).collect();
        let row = |consent: Consent| ConsentSaidRow {
            offset: consent.offset.0,
            purpose: consent.said.purpose.into(),
            is_given: consent.said.given,
            at: consent.at,
            is_by_staff: consent.source == facts::IDENTITY,
            notice: consent.said.notice,
            channel: consent.said.channel,
        };
        Self { purposes, items: ledger.into_iter().map(row).collect() }
    }
}

/// What a person agreed to
///
/// For every purpose what holds now, and all that was ever said: nothing is overwritten.
#[utoipa::path(
    get, path = "/api/v1/persons/{person}/consents", tag = "identity", operation_id = "identity.consent.list",
    params(("person" = String, Path, description = "`p42`, `user:<id>` or `anonymous:<id>`"), ConsentQuery),
    responses(
        (status = 200, body = Consents),
        (status = 404, description = "No such person in the caller's scope"),
    ),
    extensions(("x-permission" = json!("read_network"))),
)]
pub(in crate::http) async fn list(
    caller: CanReadNetwork,
    State(slice): State<Slice>,
    Path(person): Path<String>,
    Query(query): Query<ConsentQuery>,
) -> Result<Json<Consents>, Problem> {
    slice.caught_up(caller.workspace, query.wait_offset).await?;
    let handles = slice.handles_of(&caller, &person).await?;
    let own = slice.own(caller.workspace, handles).await?;
    Ok(Json(Consents::of(own.consents)))
}
