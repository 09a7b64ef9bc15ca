//! Pure functions: no IO, no clock, no chance of their own.

pub(crate) mod credit;
pub(crate) mod day;
pub(crate) mod hosts;
pub(crate) mod leads;
pub(crate) mod page;
pub(crate) mod poster;
pub(crate) mod qr;
pub(crate) mod route;
pub(crate) mod words;
