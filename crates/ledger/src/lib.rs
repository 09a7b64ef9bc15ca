//! Double entry for everything that is counted. See the README for the words and what always holds.

mod decider;
pub mod model;
pub mod reconcile;
pub mod rules;
mod store;

pub use decider::Ledger;
pub use model::{Account, AccountKey, Chain, ChainId, HoldId, Kind, Op, Outcome, Owner, Refusal, Transfer, Unit};
pub use rules::book::Book;
pub use store::{Entry, TransferRow, accounts_in_workspace, balances, entries_in_workspace, units_in_workspace};

use db::Migration;

/// The ledger's tables.
pub const MIGRATIONS: &[Migration] =
    &[Migration { name: "ledger_0001_book", sql: include_str!("../migrations/0001_book.sql") }];
