//! Use cases.

pub(crate) mod append;
pub(crate) mod imports;
mod register;

pub use imports::Imports;
pub use register::Register;
