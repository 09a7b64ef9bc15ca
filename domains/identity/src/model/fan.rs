//! Customers at the brand's own pages.

use facts::NamedId;
use kernel::{Timestamp, WorkspaceId};

use crate::rules::visitor::Hash;

/// A customer who showed who they are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    pub workspace: WorkspaceId,
    pub token: Hash,
    pub subject: NamedId,
    pub began: Timestamp,
    pub ends: Timestamp,
}

/// A sign-in that a browser began.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attempt {
    pub workspace: WorkspaceId,
    pub state: Hash,
    /// Of the browser that began it.
    pub token: Hash,
    pub return_to: String,
    pub began: Timestamp,
    pub ends: Timestamp,
}

/// Somebody as WeChat knows them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WeChatPerson {
    /// Their id in the app they signed in to.
    pub openid: String,
    /// Their id over all apps of the brand, if the app is bound to an open-platform account.
    pub unionid: Option<String>,
    /// What they are called, if they let us know.
    pub name: Option<String>,
}
