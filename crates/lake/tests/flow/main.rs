//! Stories of a lake: nothing lost, nothing doubled, whatever is interrupted, and found again.

mod brand;
mod crash;
mod damage;
mod duckdb;
mod keeping;
mod once;
mod timeline;
