//! Who is cheating (羊毛党): rings of people that share what strangers do not share.
//!
//! Signs are looked for one by one ([`stars`] in the tree of a campaign, [`sharing`] in what accounts have in common), each with
//! its number, what is usual, and the reason in words. A sign alone proves nothing: a natural star is normal in a campaign, and a
//! family has one tablet. Signs about the same people are put together, and a ring is what has enough of them:
//!
//! score = 100 · (1 − Π (1 − weight of a sign)), and a ring is reported from [`SCORE_MIN`] on.
//!
//! Nobody is kept out by a score. A ring is looked at by somebody, who decides.

use kernel::{CampaignId, Handle};

use super::cascade::Columns;

pub mod edges;
mod gather;
pub mod peel;
mod sharing;
mod sign;
mod stars;

pub use self::{
    gather::{Ring, Search, Tie, overlap},
    sign::{Finding, Kind, Reason, Shared, Sign},
};

/// What a ring must score to be reported.
pub const SCORE_MIN: u32 = 60;
/// People of a ring that are told one by one; those below somebody who is told go with them.
pub const PEOPLE_MAX: usize = 2_000;
/// Rings a search reports, the highest scores first.
pub const RINGS_MAX: usize = 500;

/// A campaign as a search for rings sees it.
#[derive(Clone, Debug)]
pub struct Trail {
    /// Which.
    pub campaign: CampaignId,
    /// Everybody with a place.
    pub columns: Columns,
    /// Receiver, sharer and time of every touch in the order of arrival, people by the names they have today.
    pub touches: Vec<(Handle, Handle, i64)>,
}
