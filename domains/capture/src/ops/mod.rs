//! Use cases.

mod checkup;
mod pulse;
mod register;

pub(crate) use checkup::{Checkup, checkups};
pub(crate) use pulse::Pulse;
pub use register::Register;
