//! What would happen: a campaign played forward from how people passed things on before. See [`habits`] for the model,
//! [`trial`] for how it is held against what came.

pub mod chance;
pub mod habits;
pub mod onward;
pub mod past;
pub mod play;
pub mod reliability;
pub mod trial;

pub use habits::{Habits, Tree};

#[cfg(test)]
mod tests;
