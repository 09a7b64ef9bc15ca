//! A campaign without those who are kept out of it.

use kernel::Handle;
use rustc_hash::{FxHashMap, FxHashSet};

use super::{
    Cascade,
    forest::{NONE, State},
};
use crate::rules::koc::{Candidate, Window};

/// Who does not count in a campaign: people who are kept out and everybody below them, and what that takes from those above.
#[derive(Clone, Debug, Default)]
pub struct KeptOut {
    people: FxHashSet<Handle>,
    less: FxHashMap<Handle, Less>,
}

/// How much less somebody brought.
#[derive(Clone, Copy, Debug, Default)]
struct Less {
    reach: u32,
    direct: u32,
    recent: u32,
}

impl KeptOut {
    /// Whether a person does not count here.
    #[must_use]
    pub fn contains(&self, person: Handle) -> bool {
        self.people.contains(&person)
    }

    /// How many people do not count.
    #[must_use]
    pub fn len(&self) -> usize {
        self.people.len()
    }

    /// Whether everybody counts.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.people.is_empty()
    }

    /// Who they are, in no order.
    pub fn people(&self) -> impl Iterator<Item = Handle> + '_ {
        self.people.iter().copied()
    }

    /// What is left of somebody's reach.
    #[must_use]
    pub fn reach_without(&self, person: Handle, reach: u32) -> u32 {
        reach - self.less.get(&person).map_or(0, |less| less.reach.min(reach))
    }

    /// A candidate as they stand without those who do not count; nothing for one of these.
    #[must_use]
    pub fn without(&self, mut candidate: Candidate) -> Option<Candidate> {
        if self.people.is_empty() {
            return Some(candidate);
        }
        if self.people.contains(&candidate.person) {
            return None;
        }
        if let Some(less) = self.less.get(&candidate.person) {
            candidate.reach -= less.reach.min(candidate.reach);
            candidate.direct_invites -= less.direct.min(candidate.direct_invites);
            candidate.recent_invites -= less.recent.min(candidate.recent_invites);
        }
        Some(candidate)
    }
}

impl Cascade {
    /// What the campaign loses when these people (by their names of today) and all below them do not count. A root is staff
    /// at work and stays. Without a window nobody was recent.
    #[must_use]
    pub fn keeping_out(&self, flagged: impl Iterator<Item = Handle>, window: Option<&Window>) -> KeptOut {
        let nodes = &self.forest.nodes;
        let joined = |node: &u32| nodes[*node as usize].state == State::Joined && nodes[*node as usize].parent != NONE;
        let mut tops: Vec<u32> = flagged.filter_map(|person| self.forest.find(person)).filter(joined).collect();
        // Who stands higher takes the others along.
        tops.sort_unstable_by_key(|node| (nodes[*node as usize].depth, *node));
        let mut kept_out = KeptOut::default();
        for top in tops {
            if kept_out.people.contains(&nodes[top as usize].person) {
                continue;
            }
            kept_out.people.extend(self.forest.subtree(top).map(|node| nodes[node as usize].person));
            let (size, joined_at) = (nodes[top as usize].size, nodes[top as usize].joined_at);
            let parent = nodes[top as usize].parent;
            let mut above = parent;
            while above != NONE {
                let less = kept_out.less.entry(nodes[above as usize].person).or_default();
                less.reach += size;
                if above == parent {
                    less.direct += 1;
                    less.recent += u32::from(window.is_some_and(|window| window.is_recent(joined_at)));
                }
                above = nodes[above as usize].parent;
            }
        }
        kept_out
    }
}
