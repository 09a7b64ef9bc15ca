//! What the slice knows of a person.

use facts::Identified;
use kernel::Handle;

/// What a person last let us know under one handle.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Profile {
    /// Under which handle.
    pub handle: Handle,
    /// What they let us know.
    pub known: Identified,
}
