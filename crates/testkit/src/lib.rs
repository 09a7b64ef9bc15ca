//! Servers for tests.

mod binary;
mod port;
mod postgres;
pub mod provider;

pub use binary::binary;
pub use port::free_port;
pub use postgres::{Postgres, StartError};
