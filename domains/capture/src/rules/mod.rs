//! What makes a fact out of an item. Pure: the time of receipt and fresh message ids are handed in.

mod accept;
mod segment;

pub use accept::Accepting;
pub use segment::{SegmentBatch, accept_segment};
