//! Pure rules: what is kept of people, and who belongs to what. No IO, no clock.

pub mod check;
pub mod engine;
pub mod explain;
pub mod form;
pub mod part;
pub mod people;
pub mod plan;
mod sets;
#[cfg(test)]
mod tests;
pub mod turns;
pub mod value;
