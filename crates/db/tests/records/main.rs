//! The records on both engines.

mod inspect;
mod migrations;
mod outbox;
mod portable;
mod shelf;
mod transfer;
mod writer;
