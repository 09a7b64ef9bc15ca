//! The use cases: load, decide, store. Writing goes through the records' grouped writer as [`Command`]s.

mod found;
mod gate;
mod keys;
mod organisation;
mod passwords;
mod sessions;

use async_trait::async_trait;
use db::{DbError, Decider, Tx, ViolationKind, WriteError};
use kernel::ErrorCode;
use web::Problem;

pub use self::{
    found::{Founded, Founding, NewKey, NewStaff, NewUnit},
    keys::IssuedKey,
    passwords::Hashing,
};
pub(crate) use self::{
    gate::{Gate, Memory},
    passwords::Passwords,
    sessions::{SESSION_SECS, SessionView},
};
use crate::{
    rules::decide::{Command, Done, Effects, Rejection, decide},
    store,
};

/// Decides the slice's commands; see [`crate::rules::decide`].
pub(crate) struct Decisions;

#[async_trait]
impl Decider for Decisions {
    type Command = Command;
    type Outcome = Result<Done, Rejection>;

    fn name(&self) -> &'static str {
        "access"
    }

    async fn decide(&self, tx: &Tx, commands: &[Command]) -> Result<Vec<Self::Outcome>, DbError> {
        let mut known = store::known(tx, commands).await?;
        let mut effects = Effects::default();
        let outcomes = commands.iter().map(|command| decide(&mut known, &mut effects, command.clone())).collect();
        store::apply(tx, effects).await?;
        Ok(outcomes)
    }
}

/// Why something asked of the slice was not done.
#[derive(Debug, thiserror::Error)]
pub enum AccessError {
    /// The rules say no.
    #[error(transparent)]
    Rejected(#[from] Rejection),
    /// E-mail and password do not fit, or there is no such address.
    #[error("e-mail or password is wrong")]
    WrongCredentials,
    /// Too many wrong passwords for this address.
    #[error("too many wrong passwords; wait {wait_secs} seconds")]
    Locked {
        /// Seconds until it may be tried again.
        wait_secs: u64,
    },
    /// Not there, or not visible to the caller.
    #[error("there is no such thing here")]
    NotFound,
    /// The records could not be read.
    #[error(transparent)]
    Read(#[from] DbError),
    /// The records could not be written.
    #[error(transparent)]
    Write(#[from] WriteError),
    /// The password hash could not be made or read.
    #[error("hashing a password failed: {0}")]
    Hashing(String),
}

impl From<AccessError> for Problem {
    fn from(error: AccessError) -> Self {
        match error {
            AccessError::Rejected(rejection) => refused(&rejection),
            AccessError::WrongCredentials => ErrorCode::WrongCredentials.into(),
            AccessError::Locked { wait_secs } => Self::new(ErrorCode::TooMany).retry_after(wait_secs),
            AccessError::NotFound => ErrorCode::NotFound.into(),
            AccessError::Read(DbError::Busy(_) | DbError::Unavailable(_)) => Self::unavailable(error),
            AccessError::Write(WriteError::Rejected(ref violation)) if violation.kind == ViolationKind::Unique => {
                Self::new(ErrorCode::Conflict).because(error)
            }
            AccessError::Write(_) => Self::unavailable(error),
            AccessError::Read(_) | AccessError::Hashing(_) => Self::internal(error),
        }
    }
}

fn refused(rejection: &Rejection) -> Problem {
    let said = rejection.to_string();
    match rejection {
        Rejection::UnitTaken(_) | Rejection::StaffTaken(_) | Rejection::EmailTaken(_) => {
            Problem::new(ErrorCode::Conflict).detail(said)
        }
        Rejection::ParentUnknown(_) | Rejection::ParentTooLow { .. } => Problem::invalid("parent", said),
        Rejection::UnitUnknown(_) => Problem::invalid("unit", said),
        Rejection::KeyUnknown(_) => Problem::new(ErrorCode::NotFound).detail(said),
    }
}
