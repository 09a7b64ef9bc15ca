//! Where a request comes from: for the audit trail and for the list of sessions.

use std::convert::Infallible;

use axum::{
    extract::FromRequestParts,
    http::{header, request::Parts},
};
use web::{Credentials, Principal, RequestId};

use crate::{model::By, rules::agent};

/// The request's id, its program in two words, and the session's token if it has one.
pub(super) struct Origin {
    pub(super) request: Option<RequestId>,
    pub(super) agent: Option<String>,
    pub(super) session: Option<String>,
}

impl Origin {
    /// The caller, as the audit trail names them.
    pub(super) fn by(&self, caller: &Principal) -> By {
        By::actor(&caller.actor, self.request.as_ref())
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Origin {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        let agent = parts.headers.get(header::USER_AGENT).and_then(|value| value.to_str().ok());
        let session = match Credentials::of(parts) {
            Ok(Some(Credentials::Session(token))) => Some(token),
            _ => None,
        };
        Ok(Self { request: parts.extensions.get().cloned(), agent: agent.and_then(agent::family), session })
    }
}

/// A field that may be absent (stays as it is), null (nothing from now on), or a value.
pub(super) fn present<'de, D, T>(deserializer: D) -> Result<Option<Option<T>>, D::Error>
where
    D: serde::Deserializer<'de>,
    T: serde::Deserialize<'de>,
{
    <Option<T> as serde::Deserialize>::deserialize(deserializer).map(Some)
}
