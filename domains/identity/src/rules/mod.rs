//! What ids a fact names, which of them are one person, and what is known of them. Pure.

mod fold;
mod intern;
mod mask;
mod phone;
mod profile;
mod span;
mod told;
mod wanted;

pub(crate) use fold::fold;
pub(crate) use intern::{Handles, joins, keys, sharer, storable, subject};
pub(crate) use mask::masked;
pub(crate) use phone::{PhoneAsked, digits};
pub(crate) use profile::{Told, latest, restored};
pub(crate) use span::{by_event, span};
pub(crate) use told::told;
pub(crate) use wanted::{Letters, Wanted};
