//! What reminders are decided by. Pure: no IO, no clock.

pub(crate) mod birthday;
pub(crate) mod calendar;
pub(crate) mod draft;
pub mod festival;
pub(crate) mod matching;
pub(crate) mod plan;
pub(crate) mod script;
pub(crate) mod zone;
