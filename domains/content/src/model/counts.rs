//! What came of links.

use kernel::{Handle, Timestamp};

/// Who came by a link, and what came of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Touch {
    /// By which link.
    pub link: String,
    /// Under which handle.
    pub handle: Handle,
    /// When they first scanned it.
    pub scanned_at: Option<Timestamp>,
    /// When they first came to where it leads.
    pub opened_at: Option<Timestamp>,
    /// When they did what links are made for.
    pub acted_at: Option<Timestamp>,
}

impl Touch {
    /// When they first came.
    #[must_use]
    pub fn first(&self) -> Option<Timestamp> {
        [self.scanned_at, self.opened_at].into_iter().flatten().min()
    }
}

/// What happened at a link: how often, and for how many people.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// How often it was scanned.
    pub scans: i64,
    /// How often somebody came to where it leads.
    pub opens: i64,
    /// How many scanned it.
    pub scanned: i64,
    /// How many came to where it leads.
    pub opened: i64,
    /// How many did something then.
    pub acted: i64,
}
