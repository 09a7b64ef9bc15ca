//! A request by somebody who is no caller yet, or who is about to be another one.

use db::audit::By;
use kernel::StaffId;

/// Where a request comes from, and what with.
#[derive(Clone, Debug, Default)]
pub(crate) struct Visit {
    /// Its id and its address.
    pub(crate) origin: web::Origin,
    /// What it came with, in two words: see [`crate::rules::agent`].
    pub(crate) agent: Option<String>,
}

impl Visit {
    /// Where it is from, for counting: of IPv6 the network, which is one customer of a provider.
    pub(crate) fn network(&self) -> Option<String> {
        self.origin.came.network().map(|ip| ip.to_string())
    }

    /// A member of staff, as the audit trail names them.
    pub(crate) fn by_staff(&self, staff: &StaffId) -> By {
        self.origin.named(format!("staff:{staff}"))
    }
}

/// The person who runs the server.
pub(crate) fn command_line() -> By {
    By::named("command_line")
}
