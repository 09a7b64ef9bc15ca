//! What ids a fact names, which of them are one person, and what is known of them. Pure.

pub(crate) mod declaring;
mod fold;
mod intern;
mod mask;
mod namespaces;
mod phone;
mod profile;
mod resolve;
mod span;
mod speaking;
mod told;
pub(crate) mod visitor;
mod wanted;

pub(crate) use fold::fold;
pub(crate) use intern::{Handles, Key, Named, sharer, storable};
pub(crate) use mask::masked;
pub(crate) use namespaces::{Declared, Level, Namespaces};
pub(crate) use phone::{PhoneAsked, digits};
pub(crate) use profile::{Told, latest, restored};
pub(crate) use resolve::{Member, Outcome, Persons, Piece, Why};
pub(crate) use span::{by_event, span};
pub(crate) use speaking::speaking;
pub(crate) use told::told;
pub(crate) use wanted::{Letters, Wanted};
