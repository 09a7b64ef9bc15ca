//! The sa protocol: records in base64, behind a parameter of the address or of the body. Many apps and mini-programs speak it.

mod form;
mod ids;
mod name;
mod record;
mod share;

pub use form::{Form, Unreadable, records};
pub use record::{Reader, Told, named_key};
