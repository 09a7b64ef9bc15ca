//! The records on both engines.

mod migrations;
mod outbox;
mod portable;
mod shelf;
mod writer;
