//! Who came into a segment and who left it, until somebody fetches that.

use kernel::Handle;

use super::plan::SegmentNo;
use crate::model::Day;

/// Turns that are kept until they are fetched. What comes beyond them is counted by nobody: the sizes tell it.
const TURNS_MAX: usize = 200_000;

/// Somebody came into a segment, or left it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Turn {
    /// Which segment, by number.
    pub segment: SegmentNo,
    /// Who, by name.
    pub person: Handle,
    /// Came, or left.
    pub entered: bool,
    /// The fact it came from or, when only time passed, the one folded last before.
    pub offset: u64,
    /// Whether only time passed.
    pub by_time: bool,
    /// On which day.
    pub day: Day,
}

/// What is kept of them.
#[derive(Clone, Debug, Default)]
pub(super) struct Turns {
    /// What comes from facts before this one is known already; nothing is kept at all while this is missing.
    pub(super) from: Option<u64>,
    pub(super) offset: u64,
    pub(super) by_time: bool,
    pub(super) all: Vec<Turn>,
}

impl Turns {
    pub(super) fn book(&mut self, segment: SegmentNo, person: Handle, entered: bool, day: Day) {
        let is_news = self.from.is_some_and(|from| self.by_time || self.offset >= from);
        if is_news && self.all.len() < TURNS_MAX {
            self.all.push(Turn { segment, person, entered, offset: self.offset, by_time: self.by_time, day });
        }
    }
}
