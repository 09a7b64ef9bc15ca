//! What a river lives through: repeats, restarts, snapshots of all kinds, databases and logs in trouble.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod daily;
mod lives;
mod relay;
mod repeats;
mod several;
mod snapshots;
mod support;
mod trouble;
