//! Use cases that change records: load, decide, store and emit, in one transaction of the grouped writer.

pub mod command;
pub mod create_campaign;
pub mod draw_picture;
pub mod mint_spread;
