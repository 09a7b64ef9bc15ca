//! What may happen, in memory. No IO, no clock.

pub mod book;
pub mod owing;

#[cfg(test)]
mod tests;
