//! Segments: defined, counted, listed and explained.

pub(super) mod change;
pub(super) mod create;
pub(super) mod list;
pub(super) mod overlap;
pub(super) mod people;
pub(super) mod preview;
pub(super) mod put_people;
pub(super) mod read;
pub(super) mod remove;
pub(super) mod sizes;
pub(super) mod why;
