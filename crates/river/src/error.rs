//! Why a reader stands still, and why a read was not answered.

use std::error::Error;

use db::{DbError, WriteError};
use kernel::Offset;

/// Why a reader did not start or stopped.
#[derive(Debug, thiserror::Error)]
pub enum RiverError {
    /// The records database refused.
    #[error("the records cannot be read or written")]
    Records(#[from] DbError),
    /// The writer refused.
    #[error("the records cannot be written")]
    Write(#[from] WriteError),
    /// The log cannot be read.
    #[error("the fact log cannot be read")]
    Log(#[from] factlog::ReadError),
    /// The lake cannot be read.
    #[error("the lake cannot be read")]
    Lake(#[from] lake::LakeError),
    /// A record of the log cannot be understood.
    #[error("the record at offset {offset} cannot be understood; was this data folder written by a newer version?")]
    Record {
        /// Where it stands.
        offset: Offset,
        /// Why.
        source: facts::LogError,
    },
    /// The log ends before the records do.
    #[error(
        "records stand at offset {records} but the log ends before {end}: the log folder is not the one these records belong to"
    )]
    LogBehind {
        /// Where the records stand.
        records: Offset,
        /// The end of the log.
        end: Offset,
    },
    /// Somebody else moved the records.
    #[error(
        "the reader stands at offset {reader} but records stand at {records}: does another server run on the same records?"
    )]
    Elsewhere {
        /// Where the reader stands.
        reader: Offset,
        /// Where the records stand.
        records: Offset,
    },
    /// A blocking task was cancelled: the process is ending.
    #[error("the server is stopping")]
    Stopping,
}

impl RiverError {
    /// Whether records or disk are out of reach or busy for the moment: the same again may succeed.
    #[must_use]
    pub fn is_passing(&self) -> bool {
        match self {
            Self::Records(error) => error.is_passing(),
            Self::Write(WriteError::Failed(error)) => error.is_passing(),
            Self::Log(error) => error.is_passing(),
            Self::Lake(error) => !error.is_final(),
            _ => false,
        }
    }
}

/// A read waited for facts that did not arrive in time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the reader has not reached the offset yet")]
pub struct CatchUpError;

/// An error with its causes, for the log of the operator.
pub(crate) fn chain(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        let words = error.to_string();
        // Some errors say their cause themselves.
        if !text.contains(&words) {
            text = format!("{text}: {words}");
        }
        cause = error.source();
    }
    text
}
