//! The audit trail: who changed what, when, and on whose request.

use kernel::{Timestamp, WorkspaceId};
use serde_json::Value;
use web::{Actor, RequestId};

/// Who asks for a change, and in which request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct By {
    /// `staff:<id>`, `key:<id>`, `invitation:<id>`, `setup` or `command_line`.
    pub(crate) actor: String,
    /// The request's id, as in the server's log.
    pub(crate) request: Option<String>,
}

impl By {
    /// Somebody who is signed in, or a key.
    pub(crate) fn actor(actor: &Actor, request: Option<&RequestId>) -> Self {
        Self::named(actor.to_string(), request)
    }

    /// Somebody who has no session yet.
    pub(crate) fn named(actor: impl Into<String>, request: Option<&RequestId>) -> Self {
        Self { actor: actor.into(), request: request.map(|id| id.0.as_ref().to_owned()) }
    }

    /// The person who runs the server.
    pub(crate) fn command_line() -> Self {
        Self::named("command_line", None)
    }
}

/// One change, as written down beside it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct AuditEntry {
    /// Rises with time; 0 until it is stored.
    pub(crate) id: i64,
    pub(crate) workspace: WorkspaceId,
    pub(crate) at: Timestamp,
    pub(crate) by: By,
    /// What was done: `unit.moved`.
    pub(crate) action: String,
    /// To what: `unit:store-66`.
    pub(crate) subject: String,
    /// How it was, without secrets; nothing for what is new.
    pub(crate) before: Option<Value>,
    /// How it is, without secrets; nothing for what is gone.
    pub(crate) after: Option<Value>,
}
