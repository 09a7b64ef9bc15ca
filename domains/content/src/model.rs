//! Types that cannot be wrong.

pub(crate) mod counts;
pub(crate) mod link;
pub(crate) mod page;
pub(crate) mod target;
