//! What is kept of people, and live segments over it. See the README for the words and the invariants.

pub mod model;
pub mod rules;
mod subscribe;

pub use subscribe::{Audiences, LiveAudience};
