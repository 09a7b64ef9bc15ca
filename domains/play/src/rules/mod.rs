//! Pure: no clock, no chance of their own, no records.

pub mod chance;
pub mod check;
pub mod cost;
pub mod decide;
pub mod guard;
#[cfg(test)]
mod histories;
#[cfg(test)]
pub(crate) mod presets;
mod scratch;
pub mod words;
pub mod world;
