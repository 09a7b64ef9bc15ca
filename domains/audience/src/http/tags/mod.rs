//! Tags: defined, put on people and taken off them.

pub(super) mod change;
pub(super) mod create;
pub(super) mod list;
pub(super) mod people;
pub(super) mod remove;
