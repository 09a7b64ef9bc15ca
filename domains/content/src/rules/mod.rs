//! Pure functions: no IO, no clock, no chance of their own.

pub(crate) mod answers;
pub(crate) mod credit;
pub(crate) mod day;
pub(crate) mod hosts;
pub(crate) mod leads;
pub(crate) mod page;
pub(crate) mod qr;
