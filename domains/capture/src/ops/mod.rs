//! Use cases.

pub(crate) mod append;
mod checkup;
pub(crate) mod imports;
mod pulse;
mod register;

pub(crate) use checkup::{Checkup, checkups};
pub use imports::Imports;
pub(crate) use pulse::Pulse;
pub use register::Register;
