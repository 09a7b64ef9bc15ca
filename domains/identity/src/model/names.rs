//! All names of a workspace, each once: many people share one.

use std::hash::{Hash, Hasher};

use rustc_hash::{FxHashMap, FxHasher};

use crate::{
    model::Matched,
    rules::{Letters, Wanted},
};

/// The number of a name; 0 is none.
pub(super) type NameId = u32;

/// Folded names in one text. A name that nobody bears any more stays until the next start.
#[derive(Default)]
pub(super) struct Names {
    text: String,
    /// Where each name ends.
    ends: Vec<u32>,
    letters: Vec<Letters>,
    by_hash: FxHashMap<u64, NameId>,
}

impl Names {
    /// The number of a name, given when it is new.
    pub(super) fn id(&mut self, folded: &str) -> NameId {
        if let Some(id) = self.known(folded) {
            return id;
        }
        self.text.push_str(folded);
        self.ends.push(self.text.len() as u32);
        self.letters.push(Letters::of(folded));
        let id = self.ends.len() as NameId;
        // Two names of one hash: the earlier is then kept anew when it is told again.
        self.by_hash.insert(hash(folded), id);
        id
    }

    /// The number of a name that was told before. An empty one is none.
    pub(super) fn known(&self, folded: &str) -> Option<NameId> {
        if folded.is_empty() {
            return Some(0);
        }
        self.by_hash.get(&hash(folded)).copied().filter(|id| self.get(*id) == folded)
    }

    fn get(&self, id: NameId) -> &str {
        let at = id as usize - 1;
        let start = at.checked_sub(1).map_or(0, |before| self.ends[before]);
        &self.text[start as usize..self.ends[at] as usize]
    }

    /// How each name answers, by its number.
    pub(super) fn answers(&self, wanted: &Wanted) -> Vec<Option<Matched>> {
        let mut answers = vec![None; self.ends.len() + 1];
        let mut start = 0;
        for ((end, letters), answer) in self.ends.iter().zip(&self.letters).zip(&mut answers[1..]) {
            *answer = wanted.answer(&self.text[start..*end as usize], *letters);
            start = *end as usize;
        }
        answers
    }

    pub(super) fn bytes(&self) -> usize {
        let map = self.by_hash.capacity() * 8 / 7 * (size_of::<(u64, NameId)>() + 1);
        self.text.capacity() + self.ends.capacity() * 4 + self.letters.capacity() * size_of::<Letters>() + map
    }
}

fn hash(folded: &str) -> u64 {
    let mut hasher = FxHasher::default();
    folded.hash(&mut hasher);
    hasher.finish()
}
