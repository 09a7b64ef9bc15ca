//! Use cases. Those that change records load, decide, store and emit in one transaction of the grouped writer; `draw_picture`,
//! `build_graph`, `rank_people` and `lab` only read.
//! `build_graph`, `survey` and `lab` only read.

pub mod build_graph;
pub mod bulk_reach;
pub mod command;
pub mod create_campaign;
pub mod draw_picture;
pub mod find_rings;
pub mod lab;
pub mod mint_spread;
pub mod plan_reach;
pub mod rank_people;
pub mod reach_tasks;
pub mod recognise;
pub mod review_rings;
pub mod roots;
pub mod set_threshold;
pub mod shelf;
pub mod study;
pub mod survey;
