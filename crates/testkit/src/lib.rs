//! Servers for tests.

mod port;
mod postgres;

pub use port::free_port;
pub use postgres::{Postgres, StartError};
