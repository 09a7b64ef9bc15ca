//! The slice's decisions: pure, and told the time.

pub mod errands;
pub mod order;
pub mod price;
pub mod reference;
pub mod refund;
pub mod split;
