//! What can go wrong with records, in classes a caller can act on, equal on both engines.

use std::{error::Error, sync::Arc};

use sea_orm::{DbErr, RuntimeErr, sqlx};

/// Why a statement, a migration or opening the records failed.
#[derive(Debug, thiserror::Error)]
pub enum DbError {
    /// The command asks for something the rules of the data forbid. Nothing of it was stored.
    #[error(transparent)]
    Constraint(#[from] Violation),
    /// Another process holds the database, or two transactions were in each other's way. The same again may succeed.
    #[error("the records database is busy with somebody else's transaction; try again: {0}")]
    Busy(#[source] DbErr),
    /// The database cannot be reached, or cannot write.
    #[error("the records database cannot be reached or cannot store anything; check server, disk and connection: {0}")]
    Unavailable(#[source] DbErr),
    /// The database's disk is full.
    #[error("the records database has no space left; free some space on its disk: {0}")]
    Full(#[source] DbErr),
    /// What is stored is not what was stored once, or not what the code can read.
    #[error("the records are damaged; restore them from a backup: {message}")]
    Corrupt {
        /// What does not fit.
        message: String,
        /// The engine's own words, when it noticed.
        #[source]
        source: Option<DbErr>,
    },
    /// A newer version of the program has been here.
    #[error(
        "the records were changed by a newer version (migration {name} is unknown here); run that version, or a newer one"
    )]
    MigrationNewer {
        /// The unknown migration.
        name: String,
    },
    /// A migration failed; it was rolled back, those before it stay.
    #[error("migration {name} failed and was rolled back: {source}")]
    Migration {
        /// Its name.
        name: &'static str,
        /// Why.
        source: Box<DbError>,
    },
    /// Two migrations bear one name.
    #[error("two migrations are named {name}; names are for ever and unique over all slices")]
    MigrationTwice {
        /// The name.
        name: &'static str,
    },
    /// Records are only carried into new ones.
    #[error("there are records already (in {table}), and nothing is overwritten; name an empty database")]
    NotEmpty {
        /// A table with rows.
        table: String,
    },
    /// The records to be carried and those they are carried into were brought up to date by different versions.
    #[error(
        "the records are not of the version of the copy; bring them up to date by starting the server once, and try again"
    )]
    Schemas,
    /// The address of the database cannot be used.
    #[error("{url:?} is no address for records; write sqlite:<path of a file> or postgres://user@host/database")]
    Address {
        /// The address without its password.
        url: String,
    },
    /// A decider broke its contract or panicked: a mistake of ours. Its commands were rolled back.
    #[error("deciding {decider} went wrong: {reason}")]
    Decider {
        /// The decider's name.
        decider: &'static str,
        /// What it did.
        reason: String,
    },
    /// Anything else: most often a mistake in a statement.
    #[error("a records statement failed: {0}")]
    Other(#[source] DbErr),
}

impl DbError {
    /// The refusal a decider returns when a whole batch cannot be right because of a command in it: the batch is taken
    /// apart until the command stands alone, which is then answered [`WriteError::Rejected`].
    #[must_use]
    pub fn refused(message: impl Into<String>) -> Self {
        Self::Constraint(Violation { kind: ViolationKind::Refused, message: message.into(), source: None })
    }

    /// For rows that cannot be read back into their types.
    #[must_use]
    pub fn corrupt(message: impl Into<String>) -> Self {
        Self::Corrupt { message: message.into(), source: None }
    }

    /// Whether the engine or a decider refused because of the data.
    #[must_use]
    pub const fn is_constraint(&self) -> bool {
        matches!(self, Self::Constraint(_))
    }

    /// Whether the database is out of reach or busy: nothing is wrong with the commands themselves.
    #[must_use]
    pub const fn is_passing(&self) -> bool {
        matches!(self, Self::Busy(_) | Self::Unavailable(_) | Self::Full(_))
    }
}

/// The data's rules were violated.
#[derive(Debug, thiserror::Error)]
#[error("{kind}: {message}")]
pub struct Violation {
    /// Which kind of rule.
    pub kind: ViolationKind,
    /// The engine's words, with the name of the constraint or of table and columns; or the decider's.
    pub message: String,
    /// The driver's error, when the engine noticed.
    #[source]
    pub source: Option<DbErr>,
}

/// Which kind of rule was violated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ViolationKind {
    /// A key that must be unique is there already.
    Unique,
    /// A row points to one that does not exist, or would leave one pointing to nothing.
    ForeignKey,
    /// A column that must have a value has none.
    NotNull,
    /// A check of the table says no.
    Check,
    /// The value itself does not fit: out of range, not valid text, too big.
    Value,
    /// A decider refused ([`DbError::refused`]).
    Refused,
}

impl std::fmt::Display for ViolationKind {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Unique => "exists already",
            Self::ForeignKey => "points to something that does not exist",
            Self::NotNull => "lacks a value",
            Self::Check => "breaks a rule of the table",
            Self::Value => "has a value that does not fit",
            Self::Refused => "refused",
        })
    }
}

/// A fact for the outbox that cannot be written, or one of it that cannot be read.
impl From<facts::LogError> for DbError {
    fn from(error: facts::LogError) -> Self {
        Self::corrupt(format!("a fact: {error}"))
    }
}

impl From<DbErr> for DbError {
    fn from(error: DbErr) -> Self {
        let class = match &error {
            DbErr::Conn(RuntimeErr::SqlxError(cause))
            | DbErr::Exec(RuntimeErr::SqlxError(cause))
            | DbErr::Query(RuntimeErr::SqlxError(cause)) => classify(cause),
            DbErr::ConnectionAcquire(_) | DbErr::Conn(_) => Class::Unavailable,
            _ => Class::Other,
        };
        match class {
            Class::Violation(kind, message) => Self::Constraint(Violation { kind, message, source: Some(error) }),
            Class::Busy => Self::Busy(error),
            Class::Unavailable => Self::Unavailable(error),
            Class::Full => Self::Full(error),
            Class::Corrupt => Self::Corrupt { message: error.to_string(), source: Some(error) },
            Class::Other => Self::Other(error),
        }
    }
}

enum Class {
    Violation(ViolationKind, String),
    Busy,
    Unavailable,
    Full,
    Corrupt,
    Other,
}

fn classify(error: &sqlx::Error) -> Class {
    match error {
        sqlx::Error::Database(cause) => {
            let code = cause.code().unwrap_or_default();
            if cause.try_downcast_ref::<sqlx::sqlite::SqliteError>().is_some() {
                sqlite_class(code.parse().unwrap_or(0), cause.message())
            } else {
                postgres_class(&code, cause.message())
            }
        }
        // A pool asks a server that refuses again and again until its time is up.
        sqlx::Error::PoolTimedOut
        | sqlx::Error::Io(_)
        | sqlx::Error::Tls(_)
        | sqlx::Error::Protocol(_)
        | sqlx::Error::PoolClosed
        | sqlx::Error::WorkerCrashed => Class::Unavailable,
        _ => Class::Other,
    }
}

/// By SQLite's extended result code; its lowest byte is the primary code.
fn sqlite_class(code: u32, message: &str) -> Class {
    let violation = |kind| Class::Violation(kind, message.to_owned());
    match (code, code & 0xff) {
        (1555 | 2067 | 2579, _) => violation(ViolationKind::Unique),
        (787, _) => violation(ViolationKind::ForeignKey),
        (1299, _) => violation(ViolationKind::NotNull),
        (3091, _) | (_, 18 | 20) => violation(ViolationKind::Value),
        (_, 19) => violation(ViolationKind::Check),
        (_, 5 | 6) => Class::Busy,
        (_, 13) => Class::Full,
        // perm, readonly, ioerr, cantopen
        (_, 3 | 8 | 10 | 14) => Class::Unavailable,
        (_, 11 | 26) => Class::Corrupt,
        _ => Class::Other,
    }
}

/// By SQLSTATE; its first two characters are the class.
fn postgres_class(code: &str, message: &str) -> Class {
    let violation = |kind| Class::Violation(kind, message.to_owned());
    match (code, code.get(..2).unwrap_or_default()) {
        ("23505" | "23P01", _) => violation(ViolationKind::Unique),
        ("23503", _) => violation(ViolationKind::ForeignKey),
        ("23502", _) => violation(ViolationKind::NotNull),
        (_, "23") => violation(ViolationKind::Check),
        (_, "22") | ("54000", _) => violation(ViolationKind::Value),
        ("40001" | "40P01" | "55P03" | "57014", _) => Class::Busy,
        ("53100", _) => Class::Full,
        (_, "08" | "53" | "57" | "58") | ("25006", _) => Class::Unavailable,
        ("XX001" | "XX002", _) => Class::Corrupt,
        _ => Class::Other,
    }
}

/// Why a submitted command has no outcome.
#[derive(Clone, Debug, thiserror::Error)]
pub enum WriteError {
    /// This very command violates a rule of the data; its neighbours in the batch were stored without it.
    #[error("the command was not stored: {0}")]
    Rejected(Arc<Violation>),
    /// The batch could not be stored. When the connection broke during the commit itself, PostgreSQL may still have stored
    /// it: a command that gives or takes value carries its own key and may be sent again.
    #[error("the command was not stored: {0}")]
    Failed(#[source] Arc<DbError>),
    /// The records are closed or closing.
    #[error("the records are closed; the server is stopping")]
    Closed,
}

impl WriteError {
    /// The class of the violation, when the command was rejected.
    #[must_use]
    pub fn violation(&self) -> Option<ViolationKind> {
        match self {
            Self::Rejected(violation) => Some(violation.kind),
            Self::Failed(_) | Self::Closed => None,
        }
    }
}

/// The chain of causes in one line, for the log.
pub(crate) fn causes(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut next = error.source();
    while let Some(cause) = next {
        let words = cause.to_string();
        if !text.contains(&words) {
            text.push_str(": ");
            text.push_str(&words);
        }
        next = cause.source();
    }
    text
}
