//! Pure functions: what a role may, who sees what, when a door is locked, and how commands are decided. No IO, no clock,
//! no chance of their own.

pub(crate) mod agent;
pub(crate) mod attempts;
pub(crate) mod claims;
pub(crate) mod decide;
pub(crate) mod grants;
pub(crate) mod import;
pub(crate) mod jws;
pub(crate) mod roles;
