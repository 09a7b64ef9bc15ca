//! What can go wrong, and what to do about it.

use kernel::Offset;

/// What a port of the lake answers when it cannot.
pub type PortError = Box<dyn std::error::Error + Send + Sync>;

/// Why the lake cannot be opened, written or read.
#[derive(Debug, thiserror::Error)]
pub enum LakeError {
    /// The disk or the object store refused.
    #[error("the lake's store refused: {0}")]
    Store(#[from] object_store::Error),
    /// A file is not what the manifest says it is.
    #[error("the lake file {path} is damaged ({what}): restore it from a backup")]
    Damaged {
        /// The file, from the lake's folder.
        path: String,
        /// What does not fit.
        what: String,
    },
    /// A file the manifest names is not there.
    #[error("the lake file {path} is missing: restore it from a backup")]
    Missing {
        /// The file, from the lake's folder.
        path: String,
    },
    /// The manifest cannot be read.
    #[error("the lake's manifest {path} is damaged ({what}): restore it from a backup")]
    Manifest {
        /// The manifest, from the lake's folder.
        path: String,
        /// What does not fit.
        what: String,
    },
    /// The manifest was written by a later release.
    #[error(
        "the lake's manifest {path} has format {format}, this release reads up to {}: start the later release",
        crate::manifest::FORMAT
    )]
    Newer {
        /// The manifest, from the lake's folder.
        path: String,
        /// The format it has.
        format: u64,
    },
    /// The manifest is of another workspace.
    #[error("the lake's manifest {path} belongs to workspace {found}: was a folder moved?")]
    Foreign {
        /// The manifest, from the lake's folder.
        path: String,
        /// Whose it is.
        found: kernel::WorkspaceId,
    },
    /// The log ends before the lake does.
    #[error("the lake has facts up to offset {lake} but the log ends before {end}: was an older log restored?")]
    LogBehind {
        /// The next offset the lake wants.
        lake: Offset,
        /// The end of the log.
        end: Offset,
    },
    /// The log cannot be read.
    #[error("the fact log cannot be read")]
    Log(#[from] factlog::ReadError),
    /// A record of the log cannot be understood.
    #[error("the record at offset {offset} cannot be understood; was this data folder written by a newer version?")]
    Record {
        /// Where it stands.
        offset: Offset,
        /// Why.
        source: facts::LogError,
    },
    /// The records cannot say what they have booked.
    #[error("the records cannot be read")]
    Records(#[source] PortError),
    /// Rows cannot be written as Parquet. Valid facts never cause it.
    #[error("rows cannot be written as Parquet")]
    Parquet(#[from] parquet::errors::ParquetError),
    /// Columns cannot be put together. Valid facts never cause it.
    #[error("columns cannot be put together")]
    Arrow(#[from] arrow_schema::ArrowError),
    /// A blocking task was cancelled: the process is ending.
    #[error("the server is stopping")]
    Stopping,
}

impl LakeError {
    pub(crate) fn damaged(path: &str, what: impl ToString) -> Self {
        Self::Damaged { path: path.to_owned(), what: what.to_string() }
    }

    /// Whether the same again can never succeed without a person's hand.
    #[must_use]
    pub const fn is_final(&self) -> bool {
        !matches!(self, Self::Store(_) | Self::Log(factlog::ReadError::Disk { .. }) | Self::Records(_))
    }
}

/// An error with its causes, for the log of the operator.
pub(crate) fn chain(error: &dyn std::error::Error) -> String {
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
