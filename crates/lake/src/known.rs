//! Whether facts are in the lake already: a repeat that comes so late that nobody else remembers the first.

use kernel::{Handle, Offset, Timestamp};
use rustc_hash::FxHashSet;

use crate::{Day, Lake, LakeError, LakeFile};

/// A fact was received when it had happened, or later; so much before that at most, if its sender's clock was ahead.
const CLOCKS_AHEAD_SECS: i64 = 24 * 3600;

/// A fact that somebody asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Told {
    /// Whom it is about.
    pub handle: Handle,
    /// When it happened.
    pub timestamp: Timestamp,
    /// Whom it was heard from.
    pub source: String,
    /// What its sender calls it.
    pub message_id: String,
}

impl Lake {
    /// For each of these facts, whether the lake has one of the same source and message id about the same handle, below an
    /// offset.
    ///
    /// # Errors
    /// [`LakeError`] when a file cannot be read.
    pub async fn holds(&self, told: Vec<Told>, below: Offset) -> Result<Vec<bool>, LakeError> {
        let mut handles: Vec<Handle> = told.iter().map(|told| told.handle).collect();
        handles.sort_unstable();
        handles.dedup();
        let first = told.iter().map(|told| told.timestamp).min();
        let (Some(least), Some(greatest), Some(first)) = (handles.first(), handles.last(), first) else {
            return Ok(Vec::new());
        };
        let first_day = Day::of(first.plus_secs(-CLOCKS_AHEAD_SECS));
        let may_have = |file: &&LakeFile| {
            file.first_offset < below
                && file.day >= first_day
                && file.min_handle <= greatest.0
                && least.0 <= file.max_handle
        };
        let ids: FxHashSet<(Handle, &str, &str)> = told.iter().map(Told::id).collect();
        let mut found: FxHashSet<(Handle, String, String)> = FxHashSet::default();
        for file in self.manifest().files.iter().filter(may_have) {
            self.ids_of(file, &handles, below, |handle, source, message_id| {
                if ids.contains(&(handle, source, message_id)) {
                    found.insert((handle, source.to_owned(), message_id.to_owned()));
                }
            })
            .await?;
        }
        let is_found = |told: &Told| found.contains(&(told.handle, told.source.clone(), told.message_id.clone()));
        Ok(told.iter().map(is_found).collect())
    }
}

impl Told {
    fn id(&self) -> (Handle, &str, &str) {
        (self.handle, &self.source, &self.message_id)
    }
}
