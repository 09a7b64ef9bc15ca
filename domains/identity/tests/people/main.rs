//! Who is who, on both engines, however the facts are cut into batches.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod cuts;
mod deciding;
mod evidence;
mod stories;
mod support;
mod upgrade;
