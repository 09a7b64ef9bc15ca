//! The best KOCs without looking at everybody.
//!
//! Nobody's score is more than what their reach, their invites and their past allow. So people are looked at from the largest
//! reach (here, or in an earlier campaign) downwards, level by level, until nobody further down can be among the best any more.
//! The answer is the one that looking at everybody gives.

use std::{cmp::Reverse, collections::BinaryHeap};

use kernel::Handle;
use rustc_hash::FxHashSet;

use crate::rules::{
    cascade::{Cascade, LEVEL_MIN, Tree},
    koc::{self, Candidate, Past, Window},
};

/// What is looked for, and among whom.
pub(super) struct Wanted<'a, A, P, K> {
    /// The campaign.
    pub cascade: &'a Cascade,
    /// The campaigns before it.
    pub earlier: Vec<&'a Cascade>,
    /// The stretch of time a score looks at.
    pub window: Window,
    /// How many of the best.
    pub limit: usize,
    /// The trees they may stand in.
    pub asked: A,
    /// What somebody did before.
    pub past: P,
    /// Whether somebody counts, and as what: never as more than they are.
    pub counts: K,
}

/// A score that orders.
#[derive(Clone, Copy, PartialEq)]
struct Score(f64);

impl Eq for Score {}

impl Ord for Score {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.0.total_cmp(&other.0)
    }
}

impl PartialOrd for Score {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl<A, P, K> Wanted<'_, A, P, K>
where
    A: Fn(&Tree) -> bool,
    P: Fn(Handle) -> Past,
    K: Fn(Candidate) -> Option<Candidate>,
{
    /// Some people, the best among them; nothing when only looking at everybody can tell.
    pub fn among_the_large(&self) -> Option<Vec<Candidate>> {
        let cascades = || std::iter::once(&self.cascade).chain(&self.earlier);
        let highest = cascades().map(|cascade| cascade.level_max()).max()?;
        let mut seen: FxHashSet<Handle> = FxHashSet::default();
        let mut found = Vec::new();
        let mut best: BinaryHeap<Reverse<Score>> = BinaryHeap::new();
        for level in (LEVEL_MIN..=highest).rev() {
            let mut at_best = Vec::new();
            for person in cascades().flat_map(|cascade| cascade.at_level(level)) {
                // Somebody of an earlier campaign may go by another name by now; a name that is gone is not found here.
                if let Some(mut candidate) = self.cascade.candidate_at_best(person, &self.asked)
                    && (self.earlier.is_empty() || seen.insert(person))
                {
                    candidate.past = (self.past)(person);
                    at_best.push((Score(koc::score(&candidate, &self.window)), candidate));
                }
            }
            at_best.sort_unstable_by_key(|(score, _)| Reverse(*score));
            for (score, mut candidate) in at_best {
                if self.is_below(&best, score) {
                    break;
                }
                candidate.recent_invites = self.cascade.recent_invites(candidate.person, &self.window);
                let Some(candidate) = (self.counts)(candidate) else { continue };
                best.push(Reverse(Score(koc::score(&candidate, &self.window))));
                if best.len() > self.limit {
                    best.pop();
                }
                found.push(candidate);
            }
            let reach = Cascade::below_level(level);
            if self.is_below(&best, Score(koc::score_max(reach, if self.earlier.is_empty() { 0 } else { reach }))) {
                return Some(found);
            }
        }
        None
    }

    fn is_below(&self, best: &BinaryHeap<Reverse<Score>>, score: Score) -> bool {
        best.len() >= self.limit && best.peek().is_none_or(|worst| score < worst.0)
    }
}
