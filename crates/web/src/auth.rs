//! Authentication as a port, and permissions as types.
//!
//! A handler that takes [`CanReadNetwork`] runs only for callers who may; whoever reads the signature knows it. How
//! credentials become a [`Principal`] is none of this crate's business: the app hands in an [`Authenticate`].

use std::{error::Error, ops::Deref, sync::Arc};

use async_trait::async_trait;
use axum::{
    extract::{FromRef, FromRequestParts},
    http::{HeaderMap, Method, Uri, header, request::Parts},
};
use base64::{Engine, prelude::BASE64_STANDARD};
use kernel::{ErrorCode, WorkspaceId};

use crate::{Asker, Caller, Origin, Permission, Principal, Problem};

/// The cookie that holds the console's session token.
pub const SESSION_COOKIE: &str = "sl_session";

/// What a request brings to say who it is from.
#[derive(Clone, PartialEq, Eq)]
pub enum Credentials {
    /// The token of the session cookie.
    Session(String),
    /// An API key of either kind: `Authorization: Bearer <key>`, or Basic with the key as the user name.
    Key(String),
}

/// Turns credentials into a caller. Asked for each request, so an answer should come from memory.
#[async_trait]
pub trait Authenticate: Send + Sync {
    /// The caller, or `None` when the credentials are unknown, expired or revoked.
    ///
    /// # Errors
    /// [`AuthError`] when it cannot be found out at the moment.
    async fn authenticate(&self, credentials: Credentials) -> Result<Option<Caller>, AuthError>;
}

/// The caller could not be checked.
#[derive(Debug, thiserror::Error)]
#[error("the caller cannot be checked at the moment")]
pub struct AuthError(#[source] pub Box<dyn Error + Send + Sync>);

impl From<AuthError> for Problem {
    fn from(error: AuthError) -> Self {
        Self::unavailable(error)
    }
}

impl Credentials {
    /// What the request brings. A header wins over the cookie.
    ///
    /// # Errors
    /// `unauthenticated` when the header is not one we read; `forbidden` when a cookie arrives from a foreign page.
    pub fn of(parts: &Parts) -> Result<Option<Self>, Problem> {
        if let Some(value) = parts.headers.get(header::AUTHORIZATION) {
            let key = value.to_str().ok().and_then(key_of).ok_or_else(|| {
                Problem::new(ErrorCode::Unauthenticated)
                    .detail("Authorization must be 'Bearer <key>', or Basic with the key as the user name")
            })?;
            return Ok(Some(Self::Key(key)));
        }
        match cookie(&parts.headers, SESSION_COOKIE) {
            None => Ok(None),
            Some(token) => {
                refuse_foreign_page(parts)?;
                Ok(Some(Self::Session(token.to_owned())))
            }
        }
    }
}

fn key_of(authorization: &str) -> Option<String> {
    let (scheme, rest) = authorization.split_once(' ')?;
    let key = if scheme.eq_ignore_ascii_case("bearer") {
        rest.trim().to_owned()
    } else if scheme.eq_ignore_ascii_case("basic") {
        let text = String::from_utf8(BASE64_STANDARD.decode(rest.trim()).ok()?).ok()?;
        text.split_once(':').map_or(text.as_str(), |(user, _)| user).to_owned()
    } else {
        return None;
    };
    (!key.is_empty()).then_some(key)
}

/// The cookie of this name, if the request carries it.
#[must_use]
pub fn cookie<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let values = headers.get_all(header::COOKIE).into_iter().filter_map(|value| value.to_str().ok());
    values
        .flat_map(|value| value.split(';'))
        .find_map(|pair| pair.trim().split_once('=').filter(|(key, _)| *key == name).map(|(_, value)| value))
}

/// Refuses a request that changes something and was sent by somebody else's page (cross-site request forgery).
///
/// The browser's own word (`Sec-Fetch-Site`) counts most. Older browsers send `Origin`, which must name our host; what
/// sends neither is no browser and has no cookie to steal.
pub(crate) fn refuse_foreign_page(parts: &Parts) -> Result<(), Problem> {
    if matches!(parts.method, Method::GET | Method::HEAD | Method::OPTIONS | Method::TRACE) {
        return Ok(());
    }
    let text = |name: &str| parts.headers.get(name).map(|value| value.to_str().unwrap_or_default());
    let ours = match (text("sec-fetch-site"), text("origin")) {
        (Some(site), _) => site == "same-origin" || site == "none",
        (None, Some(origin)) => {
            // What the client asked for, also when a proxy before us asks under another name.
            let came = Origin::of(parts).came.host;
            let host = came.as_deref().or_else(|| text("host"));
            let host = host.or_else(|| parts.uri.authority().map(|authority| authority.as_str()));
            let uri = origin.parse::<Uri>().ok();
            uri.as_ref().and_then(Uri::authority).is_some_and(|origin| host == Some(origin.as_str()))
        }
        (None, None) => true,
    };
    if ours { Ok(()) } else { Err(Problem::new(ErrorCode::Forbidden).detail("This was sent by another site's page")) }
}

/// A request that no foreign page sent: for endpoints without a caller, such as signing in.
#[derive(Clone, Copy, Debug)]
pub struct SameOrigin;

impl<S: Send + Sync> FromRequestParts<S> for SameOrigin {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        refuse_foreign_page(parts).map(|()| Self)
    }
}

/// The caller behind a request. Extractors use it; so may a door that takes its key from an unusual place.
///
/// # Errors
/// `unauthenticated` without good credentials, `unavailable` when they cannot be checked.
pub async fn caller_of(gate: &dyn Authenticate, credentials: Option<Credentials>) -> Result<Caller, Problem> {
    let credentials = credentials.ok_or(ErrorCode::Unauthenticated)?;
    let caller = gate.authenticate(credentials).await?.ok_or(ErrorCode::Unauthenticated)?;
    tracing::Span::current().record("workspace", caller.workspace.0);
    Ok(caller)
}

async fn caller<S>(parts: &Parts, state: &S) -> Result<Caller, Problem>
where
    Arc<dyn Authenticate>: FromRef<S>,
{
    let credentials = Credentials::of(parts)?;
    caller_of(&*<Arc<dyn Authenticate>>::from_ref(state), credentials).await
}

macro_rules! extractors {
    ($($(#[$doc:meta])* $name:ident: $permission:expr;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Debug)]
        pub struct $name(pub Caller);

        impl Deref for $name {
            type Target = Principal;

            fn deref(&self) -> &Principal {
                &self.0
            }
        }

        impl Asker for $name {
            fn workspace(&self) -> WorkspaceId {
                self.0.workspace
            }

            fn name(&self) -> String {
                self.0.name()
            }
        }

        impl<S: Send + Sync> FromRequestParts<S> for $name
        where
            Arc<dyn Authenticate>: FromRef<S>,
        {
            type Rejection = Problem;

            async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
                let caller = caller(parts, state).await?;
                let needed: Option<Permission> = $permission;
                match needed {
                    Some(needed) if !caller.permissions.contains(needed) => Err(ErrorCode::Forbidden.into()),
                    _ => Ok(Self(caller)),
                }
            }
        }
    )*};
}

extractors! {
    /// Anybody whose credentials are good. In `x-permission`: `signed_in`.
    SignedIn: None;
    /// A caller with [`Permission::CaptureFacts`].
    CanCaptureFacts: Some(Permission::CaptureFacts);
    /// A caller with [`Permission::ReadFacts`].
    CanReadFacts: Some(Permission::ReadFacts);
    /// A caller with [`Permission::ImportFacts`].
    CanImportFacts: Some(Permission::ImportFacts);
    /// A caller with [`Permission::ReadNetwork`].
    CanReadNetwork: Some(Permission::ReadNetwork);
    /// A caller with [`Permission::ReadCampaigns`].
    CanReadCampaigns: Some(Permission::ReadCampaigns);
    /// A caller with [`Permission::ManageCampaigns`].
    CanManageCampaigns: Some(Permission::ManageCampaigns);
    /// A caller with [`Permission::StartSpreads`].
    CanStartSpreads: Some(Permission::StartSpreads);
    /// A caller with [`Permission::RevealPersonal`].
    CanRevealPersonal: Some(Permission::RevealPersonal);
    /// A caller with [`Permission::ManagePrivacy`].
    CanManagePrivacy: Some(Permission::ManagePrivacy);
    /// A caller with [`Permission::ManageIdentity`].
    CanManageIdentity: Some(Permission::ManageIdentity);
    /// A caller with [`Permission::ReviewFraud`].
    CanReviewFraud: Some(Permission::ReviewFraud);
    /// A caller with [`Permission::ManageSegments`].
    CanManageSegments: Some(Permission::ManageSegments);
    /// A caller with [`Permission::TagPeople`].
    CanTagPeople: Some(Permission::TagPeople);
    /// A caller with [`Permission::PlanReach`].
    CanPlanReach: Some(Permission::PlanReach);
    /// A caller with [`Permission::DoReach`].
    CanDoReach: Some(Permission::DoReach);
    /// A caller with [`Permission::ManageReminders`].
    CanManageReminders: Some(Permission::ManageReminders);
    /// A caller with [`Permission::SeeLedger`].
    CanSeeLedger: Some(Permission::SeeLedger);
    /// A caller with [`Permission::GivePoints`].
    CanGivePoints: Some(Permission::GivePoints);
    /// A caller with [`Permission::ReadShop`].
    CanReadShop: Some(Permission::ReadShop);
    /// A caller with [`Permission::ManageShop`].
    CanManageShop: Some(Permission::ManageShop);
    /// A caller with [`Permission::ReadOrganisation`].
    CanReadOrganisation: Some(Permission::ReadOrganisation);
    /// A caller with [`Permission::ManageOrganisation`].
    CanManageOrganisation: Some(Permission::ManageOrganisation);
    /// A caller with [`Permission::ManageStaff`].
    CanManageStaff: Some(Permission::ManageStaff);
    /// A caller with [`Permission::ManageKeys`].
    CanManageKeys: Some(Permission::ManageKeys);
    /// A caller with [`Permission::ManageRoles`].
    CanManageRoles: Some(Permission::ManageRoles);
    /// A caller with [`Permission::ManageSignIn`].
    CanManageSignIn: Some(Permission::ManageSignIn);
    /// A caller with [`Permission::ReadAudit`].
    CanReadAudit: Some(Permission::ReadAudit);
    /// A caller with [`Permission::ReadSystem`].
    CanReadSystem: Some(Permission::ReadSystem);
}

#[cfg(test)]
mod tests {
    use axum::http::Request;

    use super::*;

    fn parts(method: &str, headers: &[(&str, &str)]) -> Parts {
        let request = headers.iter().fold(Request::builder().method(method).uri("/x"), |r, (k, v)| r.header(*k, *v));
        request.body(()).unwrap().into_parts().0
    }

    fn told(method: &str, headers: &[(&str, &str)]) -> Result<Option<String>, ErrorCode> {
        let found = Credentials::of(&parts(method, headers)).map_err(|problem| problem.code())?;
        Ok(found.map(|credentials| match credentials {
            Credentials::Session(token) => format!("session {token}"),
            Credentials::Key(key) => format!("key {key}"),
        }))
    }

    #[test]
    fn credentials_come_by_cookie_bearer_or_basic() {
        let some = |text: &str| Ok(Some(text.to_owned()));
        assert_eq!(told("GET", &[]), Ok(None));
        assert_eq!(told("GET", &[("cookie", "a=1; sl_session=tok; b=2")]), some("session tok"));
        assert_eq!(told("GET", &[("cookie", "xsl_session=tok")]), Ok(None));
        assert_eq!(told("GET", &[("authorization", "Bearer sls_1")]), some("key sls_1"));
        let basic = format!("Basic {}", BASE64_STANDARD.encode("slw_1:"));
        assert_eq!(told("POST", &[("authorization", &basic), ("cookie", "sl_session=tok")]), some("key slw_1"));
        for wrong in ["Bearer", "Bearer ", "Basic !!", "Digest x", "Basic Og=="] {
            assert_eq!(told("GET", &[("authorization", wrong)]), Err(ErrorCode::Unauthenticated), "{wrong}");
        }
    }

    #[test]
    fn a_foreign_page_cannot_use_the_cookie_to_change_anything() {
        const COOKIE: (&str, &str) = ("cookie", "sl_session=tok");
        const HOST: (&str, &str) = ("host", "shop.example:8080");
        let refused = |headers: &[(&str, &str)]| told("POST", headers) == Err(ErrorCode::Forbidden);

        assert!(refused(&[COOKIE, HOST, ("sec-fetch-site", "cross-site")]));
        assert!(refused(&[COOKIE, HOST, ("sec-fetch-site", "same-site"), ("origin", "http://shop.example:8080")]));
        assert!(refused(&[COOKIE, HOST, ("origin", "https://evil.example")]));
        assert!(refused(&[COOKIE, HOST, ("origin", "http://shop.example:9090")]));
        assert!(refused(&[COOKIE, HOST, ("origin", "null")]));

        assert!(!refused(&[COOKIE, HOST, ("sec-fetch-site", "same-origin")]));
        assert!(!refused(&[COOKIE, HOST, ("origin", "http://shop.example:8080")]));
        assert!(!refused(&[COOKIE, HOST]));
        // Reading is safe, and a key is never sent by the browser on its own.
        assert!(told("GET", &[COOKIE, ("sec-fetch-site", "cross-site")]).is_ok());
        assert!(told("POST", &[("authorization", "Bearer k"), ("origin", "https://evil.example")]).is_ok());
    }
}
