//! The KOC board: everybody ranked, across campaigns or inside one.

mod asked;
mod list_board;
mod set_threshold;
#[cfg(test)]
mod tests;
mod view;

pub(super) use list_board::*;
pub(super) use set_threshold::*;
