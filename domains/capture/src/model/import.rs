//! An import of people or orders from a table.

use kernel::{Offset, Timestamp};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::rules::import::{Kind, Mapping};

/// Where an import stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = ImportState)]
pub(crate) enum State {
    /// Uploaded: its columns are being named.
    Draft,
    /// Every row is read and counted, nothing is imported.
    Checking,
    /// That is done.
    Checked,
    /// Its rows become facts.
    Running,
    /// They have.
    Done,
    /// Its facts are taken back.
    Undoing,
    /// They were.
    Undone,
}

impl State {
    const ALL: [Self; 7] =
        [Self::Draft, Self::Checking, Self::Checked, Self::Running, Self::Done, Self::Undoing, Self::Undone];
    /// Those in which somebody works on it.
    pub(crate) const WORKING: [Self; 3] = [Self::Checking, Self::Running, Self::Undoing];

    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Checking => "checking",
            Self::Checked => "checked",
            Self::Running => "running",
            Self::Done => "done",
            Self::Undoing => "undoing",
            Self::Undone => "undone",
        }
    }

    pub(crate) fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == word)
    }
}

/// What became of rows, or would become.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = ImportCounts)]
pub(crate) struct Counts {
    /// Rows that were looked at.
    pub(crate) rows: u64,
    /// Orders, or people the brand did not know by this id.
    pub(crate) new: u64,
    /// People the brand knew, of whom something is told.
    pub(crate) changed: u64,
    /// Rows that an earlier import brought word by word: nothing is imported twice.
    pub(crate) same: u64,
    /// Rows that are refused, each with its reason.
    pub(crate) rejected: u64,
    /// Facts taken back by an undo.
    pub(crate) taken_back: u64,
}

/// An import.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Import {
    /// Made by us.
    pub(crate) id: String,
    pub(crate) kind: Kind,
    /// The name of the file.
    pub(crate) name: String,
    /// How it was written: `UTF-8`, `GB18030`, `XLSX`.
    pub(crate) written: String,
    pub(crate) state: State,
    pub(crate) columns: Vec<String>,
    pub(crate) mapping: Mapping,
    /// Rows of the table.
    pub(crate) rows: u64,
    /// Pieces the rows are kept in.
    pub(crate) pieces: u32,
    /// The first piece that is not done in this state.
    pub(crate) next_piece: u32,
    pub(crate) counts: Counts,
    pub(crate) created_at: Timestamp,
    pub(crate) created_by: String,
    /// When the last state but a working one was reached.
    pub(crate) finished_at: Option<Timestamp>,
    /// The offset before its first fact: where its facts are looked for.
    pub(crate) before: Option<Offset>,
    /// The offset of its last fact.
    pub(crate) last: Option<Offset>,
    /// Where the log stood when its undo began.
    pub(crate) undo_from: Option<Offset>,
    /// How far an undo has come.
    pub(crate) undone_to: Option<Offset>,
}

/// A row that was refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct RejectedRow {
    /// Its line in the file.
    pub(crate) line: u32,
    /// A stable word for the reason.
    pub(crate) code: String,
    pub(crate) zh: String,
    pub(crate) en: String,
    /// Its cells.
    pub(crate) cells: Vec<String>,
}
