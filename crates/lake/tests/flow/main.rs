//! Stories of a lake: nothing lost, nothing doubled, whatever is interrupted, and found again.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod brand;
mod crash;
mod damage;
mod duckdb;
mod keeping;
mod once;
mod timeline;
