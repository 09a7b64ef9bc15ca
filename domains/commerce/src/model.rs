//! The slice's words, in types.

pub mod order;
pub mod price;
pub mod product;
