//! Traits: numbers that are kept of everybody, under a name rules can use.

pub(super) mod create;
pub(super) mod list;
pub(super) mod remove;
