//! Use cases. Those that change records load, decide, store and emit in one transaction of the grouped writer; `draw_picture`,
//! `build_graph` and `lab` only read.

pub mod build_graph;
pub mod bulk_reach;
pub mod command;
pub mod create_campaign;
pub mod draw_picture;
pub mod lab;
pub mod mint_spread;
pub mod plan_reach;
pub mod reach_tasks;
pub mod recognise;
