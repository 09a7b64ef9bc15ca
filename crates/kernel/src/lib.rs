//! The words every room of the house shares: ids, time, chance, scope and the table of error codes.
//!
//! The kernel knows no IO: no file, no socket, no ambient clock and no ambient randomness. Whoever needs the time or a
//! random number is handed a [`Clock`] or an [`Entropy`], so the whole system can be replayed from a seed.

mod chance;
mod error;
mod id;
mod partition;
mod scope;
mod time;

pub use chance::{Entropy, OsEntropy, SeededEntropy, mix, token};
pub use error::ErrorCode;
pub use id::{CampaignId, Handle, IdError, Offset, PersonId, StaffId, UnitId, WorkspaceId};
pub use partition::{Merge, Partition};
pub use scope::{RootOwner, Scope};
pub use time::{Clock, ManualClock, SystemClock, TimeError, Timestamp};
