//! The explorer: a person's surroundings, and campaigns side by side.

mod compare;
mod ego;
#[cfg(test)]
mod tests;

pub(super) use compare::*;
pub(super) use ego::*;
