//! The fact envelope, and the typed facts that cross slices. Plain data: a shipped shape never changes, a new shape is a
//! new type.
//!
//! A fact says who did what, when, and where it was heard. It enters by a door of `capture`, is appended to the fact log
//! as [`Fact::to_log`] and read back from there by everybody else.

mod audience;
mod birthday;
mod bond;
mod consent;
mod envelope;
mod form;
mod identity;
mod ids;
mod reach;
mod reminder;
mod ring;
mod typed;

pub use audience::{SegmentTurn, Tagged};
pub use birthday::Birthday;
pub use bond::{Friend, FriendAdded, Gathered};
pub use consent::{ConsentFields, ConsentSaid, Purpose};
pub use envelope::{
    AUDIENCE, COMMERCE, CONTENT, Fact, IDENTITY, IMPORT, JOURNEY, Kind, LogError, NETWORK, Namespace, PLAY, PersonRef,
    WhoKey, empty_object, names,
};
pub use form::FormAnswered;
pub use identity::{IdentityDecided, IdentityDecision};
pub use ids::{IDS_MAX, NAMESPACE_BYTES_MAX, NamedId, namespace_key, namespaces};
pub use reach::{ReachAnswer, ReachAnswered, ReachAsked};
pub use reminder::{ReminderAnswer, ReminderAnswered, ReminderDue};
pub use ring::{RingReviewed, Verdict};
pub use typed::{
    Identified, Invalid, OrderPaid, ProfileRestored, Sharer, SpreadOpened, SpreadShared, SpreadStarted, Typed,
};
