//! Where a request comes from: for the audit trail, for limits per address and for the flags of cookies.

use std::convert::Infallible;

use axum::{extract::FromRequestParts, http::request::Parts};
use db::audit::By;

use crate::{Came, Principal, RequestId};

/// The request's id and what can be believed about the client. Never refuses.
#[derive(Clone, Debug, Default)]
pub struct Origin {
    /// The request's id, as in the server's log.
    pub request: Option<RequestId>,
    /// The client's address, scheme and host.
    pub came: Came,
}

impl Origin {
    /// The caller, as the audit trail names them.
    #[must_use]
    pub fn by(&self, caller: &Principal) -> By {
        self.named(caller.actor.to_string())
    }

    /// Somebody who is no caller yet.
    #[must_use]
    pub fn named(&self, actor: impl Into<String>) -> By {
        By {
            actor: actor.into(),
            request: self.request.as_ref().map(|id| id.0.as_ref().to_owned()),
            ip: self.came.ip.map(|ip| ip.to_string()),
        }
    }

    /// What the edge knows of a request.
    #[must_use]
    pub fn of(parts: &Parts) -> Self {
        Self { request: parts.extensions.get().cloned(), came: parts.extensions.get().cloned().unwrap_or_default() }
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Origin {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(Self::of(parts))
    }
}
