//! Who is cheating: rings of accounts that share what strangers do not share.

pub mod edges;
pub mod peel;
