//! Use cases.

mod register;

pub use register::Register;
