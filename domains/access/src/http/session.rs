//! What the three session endpoints share: the session as its holder sees it, and its cookie.

use axum::http::{HeaderMap, HeaderValue, header};
use kernel::Scope;
use serde::Serialize;
use utoipa::ToSchema;
use web::{Permission, SESSION_COOKIE};

use crate::{
    http::{StaffItem, origin::Origin},
    ops::{SESSION_SECS, SessionView},
};

/// Who is signed in, to which brand, and what they may do and see.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Session {
    workspace: SessionWorkspace,
    staff: StaffItem,
    /// What they may do, as in `x-permission` of each operation.
    permissions: Vec<&'static str>,
    scope: SessionScope,
    /// They signed in with a password somebody made for them: until they choose another they may do nothing else.
    must_change_password: bool,
}

/// The brand.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct SessionWorkspace {
    id: u32,
    name: String,
}

/// Whom they may see.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct SessionScope {
    kind: SessionScopeKind,
    /// For `units`: these, a subtree spelled out.
    units: Vec<String>,
}

/// How far they see.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum SessionScopeKind {
    /// Everybody.
    All,
    /// People brought by these units.
    Units,
    /// People they brought themselves.
    Own,
}

impl From<SessionView> for Session {
    fn from(view: SessionView) -> Self {
        let SessionView { workspace, member, principal } = view;
        let scope = match principal.scope {
            Scope::All => SessionScope { kind: SessionScopeKind::All, units: Vec::new() },
            Scope::Units(units) => {
                SessionScope { kind: SessionScopeKind::Units, units: units.into_iter().map(String::from).collect() }
            }
            Scope::Own(_) => SessionScope { kind: SessionScopeKind::Own, units: Vec::new() },
        };
        Self {
            must_change_password: member.staff.must_change_password,
            workspace: SessionWorkspace { id: workspace.id.0, name: workspace.name },
            staff: StaffItem::new(member),
            permissions: principal.permissions.iter().map(Permission::slug).collect(),
            scope,
        }
    }
}

/// The header that sets the session cookie, or takes it away when there is no token. Only pages of this very site send
/// it, no script reads it, and it never travels in the clear when the page came by https.
pub(super) fn cookie(token: Option<&str>, origin: &Origin) -> HeaderMap {
    let secure = if origin.visit.origin.came.https { "; Secure" } else { "" };
    let (token, age_secs) = token.map_or(("", 0), |token| (token, SESSION_SECS));
    let text = format!("{SESSION_COOKIE}={token}; Path=/; HttpOnly; SameSite=Strict; Max-Age={age_secs}{secure}");
    let mut headers = HeaderMap::new();
    if let Ok(value) = HeaderValue::try_from(text) {
        headers.insert(header::SET_COOKIE, value);
    }
    headers
}
