//! Records: what must be right (staff, evidence, campaigns, orders, ledger, tasks), over SQLite and PostgreSQL with one body.
//!
//! **One way in.** Everything is written by one task, the [grouped writer](Group): commands of all kinds queue up, whatever
//! is waiting is decided in one transaction, set-wise, and answered after the one commit they share. A slice says how its
//! commands are decided by being a [`Decider`]; nobody holds a transaction across IO of another kind, because commands are
//! data. The pool behind [`Records::reads`] refuses to write.
//!
//! **One text.** SQL is written once, with `$1` placeholders, and columns are of five kinds only: `{text}`, `{bigint}`,
//! `{bool}`, `{double}`, `{blob}` (see [`Migration`]). Time is microseconds in a bigint, JSON is text, money is minor units.
//! [`Sql`] runs it on either engine; [`schema::describe`] lets a test compare what the engines made of it.
//!
//! **No lost facts.** What other slices must hear of goes into the [`outbox`] within the command's own transaction, and who
//! changed what into the [`audit`] trail. What was done once under a key is not done again: [`sticky`].

pub mod audit;
mod connect;
mod error;
mod group;
mod inspect;
mod migration;
mod narrow;
pub mod outbox;
mod portable;
mod records;
pub mod schema;
mod sql;
mod statements;
pub mod sticky;
pub mod testing;
mod transfer;
mod tx;
mod writer;

pub use db_macros::db_test;
pub use sea_orm::{self, ConnectionTrait, QueryResult, Value};

pub use crate::{
    connect::{Engine, without_password},
    error::{DbError, Violation, ViolationKind, WriteError},
    group::{Decider, Group},
    inspect::{Inspection, inspect},
    migration::Migration,
    narrow::Narrowed,
    records::{Records, RecordsCopy},
    sql::{Row, Sql},
    statements::{SqlText, Statements},
    tx::Tx,
};
