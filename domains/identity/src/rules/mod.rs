//! What ids a fact names, which of them are one person, and what is known of them. Pure.

mod intern;
mod profile;

pub(crate) use intern::{Handles, OwnedKey, joins, keys, sharer, storable, subject};
pub(crate) use profile::latest;
