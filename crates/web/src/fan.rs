//! Customers as callers: people with a phone, not staff. They hold no permission; what they may is their own.
//!
//! A handler that takes a [`Fan`] runs for any visitor who came by one of the brand's pages, signed in or not, and knows which id
//! speaks for them. How a cookie becomes a [`Fan`] is none of this crate's business: the app hands in [`Fans`].

use std::sync::Arc;

use async_trait::async_trait;
use axum::{
    extract::{FromRef, FromRequestParts, RawPathParams},
    http::{HeaderMap, HeaderValue, request::Parts},
};
use facts::NamedId;
use kernel::{ErrorCode, WorkspaceId};

use crate::{AuthError, Origin, Problem, auth};

/// What cookies of customers begin with; the workspace follows, so that one brand's session says nothing at another's pages.
const FAN_COOKIE: &str = "sl_fan_";
/// How long a browser keeps it.
const COOKIE_SECS: u32 = 365 * 24 * 3600;

/// A customer at one of the brand's pages.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fan {
    /// The brand; every query is bound to it.
    pub workspace: WorkspaceId,
    /// The id that speaks for them: of their browser until they sign in, of the app they signed in to afterwards.
    pub subject: NamedId,
    /// Whether they showed who they are.
    pub signed_in: bool,
}

/// Turns the token of a customer's cookie into who they are. Asked for each request, so an answer should cost little.
#[async_trait]
pub trait Fans: Send + Sync {
    /// The customer, or `None` when the token could not have come from us.
    ///
    /// # Errors
    /// [`AuthError`] when it cannot be found out at the moment.
    async fn fan(&self, workspace: WorkspaceId, token: &str) -> Result<Option<Fan>, AuthError>;
}

/// The token a request brings for this brand, if it brings one.
#[must_use]
pub fn fan_token(headers: &HeaderMap, workspace: WorkspaceId) -> Option<&str> {
    auth::cookie(headers, &format!("{FAN_COOKIE}{workspace}"))
}

/// The header that gives a customer's browser its token. No script reads it, other sites' pages cannot use it to change anything, and
/// it never travels in the clear when the page came by https. Lax, for people come by links in chats.
#[must_use]
pub fn set_fan_token(workspace: WorkspaceId, token: &str, origin: &Origin) -> Option<HeaderValue> {
    let secure = if origin.came.https { "; Secure" } else { "" };
    let text =
        format!("{FAN_COOKIE}{workspace}={token}; Path=/; HttpOnly; SameSite=Lax; Max-Age={COOKIE_SECS}{secure}");
    HeaderValue::try_from(text).ok()
}

/// The brand an address names as `{workspace}`.
async fn workspace_of<S: Send + Sync>(parts: &mut Parts, state: &S) -> Result<WorkspaceId, Problem> {
    let params = RawPathParams::from_request_parts(parts, state).await.map_err(|_| ErrorCode::NotFound)?;
    let named = params.iter().find(|(name, _)| *name == "workspace").and_then(|(_, value)| value.parse().ok());
    named.map(WorkspaceId).ok_or_else(|| ErrorCode::NotFound.into())
}

impl<S: Send + Sync> FromRequestParts<S> for Fan
where
    Arc<dyn Fans>: FromRef<S>,
{
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        auth::refuse_foreign_page(parts)?;
        let workspace = workspace_of(parts, state).await?;
        let stranger = || {
            Problem::new(ErrorCode::Unauthenticated)
                .detail("Open the page again: it gives this browser a cookie, which must be allowed")
        };
        let token = fan_token(&parts.headers, workspace).ok_or_else(stranger)?;
        let fans = <Arc<dyn Fans>>::from_ref(state);
        let fan = fans.fan(workspace, token).await?.ok_or_else(stranger)?;
        tracing::Span::current().record("workspace", workspace.0);
        Ok(fan)
    }
}

#[cfg(test)]
mod tests {
    use axum::{Router, body::Body, http::Request, routing::post};
    use tower::ServiceExt;

    use super::*;
    use crate::testing::KnownFans;

    #[derive(Clone, FromRef)]
    struct Http {
        fans: Arc<dyn Fans>,
    }

    async fn status(path: &str, headers: &[(&str, &str)]) -> u16 {
        let fans = KnownFans::default()
            .with("lin", Fan { workspace: WorkspaceId(1), subject: NamedId::new("fan", "f1"), signed_in: false });
        let helped = |fan: Fan| async move { fan.subject.value };
        let router: Router =
            Router::new().route("/fan/{workspace}/help", post(helped)).with_state(Http { fans: fans.known() });
        let request = headers.iter().fold(Request::post(path), |request, (name, value)| request.header(*name, *value));
        router.oneshot(request.body(Body::empty()).unwrap()).await.unwrap().status().as_u16()
    }

    #[tokio::test]
    async fn a_customer_is_known_at_the_pages_of_their_own_brand_alone() {
        const LIN: (&str, &str) = ("cookie", "a=1; sl_fan_1=lin");
        assert_eq!(status("/fan/1/help", &[LIN]).await, 200);
        assert_eq!(status("/fan/2/help", &[LIN]).await, 401, "another brand's cookie has another name");
        assert_eq!(status("/fan/2/help", &[("cookie", "sl_fan_2=lin")]).await, 401, "and a token is of one brand");
        assert_eq!(status("/fan/x/help", &[LIN]).await, 404);
        assert_eq!(status("/fan/1/help", &[]).await, 401);
        assert_eq!(status("/fan/1/help", &[("cookie", "sl_fan_1=wang")]).await, 401);
        assert_eq!(status("/fan/1/help", &[("cookie", "sl_session=lin")]).await, 401, "staff are nobody here");
    }

    #[tokio::test]
    async fn another_sites_page_cannot_act_for_a_customer() {
        const LIN: (&str, &str) = ("cookie", "sl_fan_1=lin");
        const HOST: (&str, &str) = ("host", "shop.example");
        assert_eq!(status("/fan/1/help", &[LIN, HOST, ("origin", "https://evil.example")]).await, 403);
        assert_eq!(status("/fan/1/help", &[LIN, HOST, ("sec-fetch-site", "cross-site")]).await, 403);
        assert_eq!(status("/fan/1/help", &[LIN, HOST, ("origin", "https://shop.example")]).await, 200);
    }

    #[test]
    fn the_cookie_is_for_this_site_and_for_no_script() {
        let mut origin = Origin::default();
        let set = |origin: &Origin| set_fan_token(WorkspaceId(7), "tok", origin).unwrap().to_str().unwrap().to_owned();
        assert_eq!(set(&origin), "sl_fan_7=tok; Path=/; HttpOnly; SameSite=Lax; Max-Age=31536000");
        origin.came.https = true;
        assert!(set(&origin).ends_with("; Secure"));
    }
}
