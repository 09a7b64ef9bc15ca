//! The HTTP kit: what every endpoint of the house has in common, and no business words.
//!
//! # How a slice declares an endpoint
//!
//! The permission stands in the handler's signature, as its **first** argument, so that a caller who may not is refused
//! before anything else is read; the same word stands in `x-permission`, and [`testing::check_authorisation`] proves that
//! the two agree. Errors need only be named by status: [`openapi::assemble`] fills in the problem document.
//!
//! ```
//! use std::sync::Arc;
//! use axum::extract::{FromRef, State};
//! use utoipa_axum::{router::OpenApiRouter, routes};
//! use web::{Authenticate, CanReadNetwork, Json, Path, Problem};
//!
//! #[derive(Clone, FromRef)]
//! struct Http {
//!     network: Arc<()>,
//!     gate: Arc<dyn Authenticate>,
//! }
//!
//! /// The key customers of a campaign
//! #[utoipa::path(
//!     get, path = "/api/v1/campaigns/{campaign}/kocs", tag = "network", operation_id = "network.koc.list",
//!     params(("campaign" = String, Path)),
//!     responses((status = 200, body = Vec<String>), (status = 404, description = "No such campaign in the caller's scope")),
//!     extensions(("x-permission" = json!("read_network"))),
//! )]
//! async fn list(
//!     caller: CanReadNetwork,
//!     State(_network): State<Arc<()>>,
//!     Path(campaign): Path<String>,
//! ) -> Result<Json<Vec<String>>, Problem> {
//!     Ok(Json(vec![format!("{campaign} of workspace {}", caller.workspace)]))
//! }
//!
//! pub fn router(network: Arc<()>, gate: Arc<dyn Authenticate>) -> OpenApiRouter {
//!     OpenApiRouter::default().routes(routes!(list)).with_state(Http { network, gate })
//! }
//! ```
//!
//! # How the app puts it together
//!
//! [`openapi::assemble`] merges the slices' routers and completes the document; [`layers`] is put around the whole router
//! last: request ids, where requests come from, limits, problem documents, panics, metrics, tracing, security headers and
//! compression.

mod auth;
mod csv;
mod edge;
mod extract;
mod fan;
mod limits;
mod once;
pub mod openapi;
mod origin;
mod paging;
mod principal;
mod problem;
mod proxies;
pub mod testing;

pub use auth::{
    AuthError, Authenticate, CanCaptureFacts, CanDoReach, CanGivePoints, CanImportFacts, CanManageCampaigns,
    CanManageIdentity, CanManageKeys, CanManageOrganisation, CanManagePrivacy, CanManageReminders, CanManageRoles,
    CanManageSegments, CanManageShop, CanManageSignIn, CanManageStaff, CanPlanReach, CanReadAudit, CanReadCampaigns,
    CanReadFacts, CanReadNetwork, CanReadOrganisation, CanReadShop, CanReadSystem, CanRevealPersonal, CanReviewFraud,
    CanSeeLedger, CanStartSpreads, CanTagPeople, Credentials, SESSION_COOKIE, SameOrigin, SignedIn, caller_of, cookie,
};
pub use csv::{Cell, Csv, Format};
pub use edge::{Edge, Join, RequestId, layers};
pub use extract::{Json, Path, Query};
pub use fan::{Fan, Fans, fan_token, set_fan_token};
pub use limits::{Limits, Rate};
pub use once::{Asked, Asker, IDEMPOTENCY_KEY, Once};
pub use origin::Origin;
pub use paging::{Limit, Page, Place};
pub use principal::{Actor, Caller, KeyKind, Permission, PermissionSet, Principal, Reach};
pub use problem::{Problem, ProblemDocument, ProblemItem};
pub use proxies::{Came, NetworkError, TrustedProxies};
