//! One campaign's people as far as they are in scope, to be counted at any date.

use kernel::{Handle, Timestamp, UnitId};
use rustc_hash::FxHashSet;

use super::SPARK_DAYS;
use crate::rules::{cascade::Columns, koc::Window};

const DAY_MICROS: i64 = 86_400_000_000;

/// What somebody brought in one campaign up to a date.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Directly.
    pub invites: u32,
    /// Those of them in the last quarter of the campaign.
    pub recent: u32,
    /// Those who are fans.
    pub fans: u32,
    /// Directly or not.
    pub reach: u32,
}

/// One campaign's people. See the module.
#[derive(Clone, Debug)]
pub struct Sheet {
    /// The campaign's place among those of the network.
    pub campaign: u32,
    /// The roots in scope, with the unit each belongs to.
    pub roots: Vec<(Handle, Option<UnitId>)>,
    /// When the first and the last of the whole campaign joined, in scope or not.
    span: (Timestamp, Timestamp),
    columns: Columns,
    /// By person: index of the root, and hops from it.
    root: Vec<u32>,
    circle: Vec<u32>,
    /// By person: suspicious, or below somebody who is.
    cut: Vec<bool>,
}

impl Sheet {
    /// A campaign's people; `suspicious` ones are cut out with everybody below them.
    #[must_use]
    pub fn new(
        campaign: u32,
        span: (Timestamp, Timestamp),
        roots: Vec<(Handle, Option<UnitId>)>,
        columns: Columns,
        suspicious: &FxHashSet<Handle>,
    ) -> Self {
        let people = columns.handle.len();
        let (mut root, mut circle, mut cut) = (vec![0; people], vec![0; people], vec![false; people]);
        for node in 0..people {
            let parent = columns.parent[node] as usize;
            let above = (parent < node).then_some(parent);
            root[node] = above.map_or(node as u32, |parent| root[parent]);
            circle[node] = above.map_or(0, |parent| circle[parent] + 1);
            let is_suspicious = !suspicious.is_empty() && suspicious.contains(&Handle(columns.handle[node]));
            cut[node] = is_suspicious || above.is_some_and(|parent| cut[parent]);
        }
        Self { campaign, roots, span, columns, root, circle, cut }
    }

    /// How many are left out.
    #[must_use]
    pub fn suspicious(&self) -> u32 {
        self.cut.iter().filter(|cut| **cut).count() as u32
    }

    pub(super) fn person(&self, node: usize) -> Handle {
        Handle(self.columns.handle[node])
    }

    pub(super) fn root(&self, node: usize) -> Handle {
        self.person(self.root[node] as usize)
    }

    pub(super) fn circle(&self, node: usize) -> u32 {
        self.circle[node]
    }

    pub(super) fn is_fan(&self, node: usize) -> bool {
        self.columns.fan[node]
    }

    pub(super) fn joined_at(&self, node: usize) -> Timestamp {
        Timestamp(self.columns.joined_at[node])
    }

    /// Whether somebody was there by then, and is not cut out.
    pub(super) fn had_joined(&self, node: usize, as_of: Timestamp) -> bool {
        !self.cut[node] && self.joined_at(node) <= as_of
    }

    /// Whether they may be ranked: who was brought by somebody. Roots were put there.
    pub(super) fn counts(&self, node: usize, as_of: Timestamp) -> bool {
        self.circle[node] > 0 && self.had_joined(node, as_of)
    }

    /// Whether it began before another; of two that began together the one that was heard of first.
    pub(super) fn is_earlier_than(&self, other: &Self) -> bool {
        (self.span.0, self.campaign) < (other.span.0, other.campaign)
    }

    /// The stretch of time a score at this date looks at; nothing before the campaign's first joining.
    pub(super) fn window(&self, as_of: Timestamp) -> Option<Window> {
        let (first, last) = self.span;
        if as_of < first {
            return None;
        }
        let latest = || self.columns.joined_at.iter().copied().filter(|joined| *joined <= as_of.0).max();
        let last = if as_of >= last { last } else { Timestamp(latest().unwrap_or(first.0)) };
        Some(Window::new(first, last, as_of))
    }

    /// What everybody brought up to a date. Parents stand before their children, so one pass from the end adds it up.
    pub(super) fn tally(&self, as_of: Timestamp, window: Option<&Window>) -> Vec<Tally> {
        let mut tallies = vec![Tally::default(); self.columns.parent.len()];
        for node in (0..tallies.len()).rev() {
            let here = u32::from(self.had_joined(node, as_of));
            let reach = tallies[node].reach + here;
            let (joined_at, is_fan) = (self.joined_at(node), self.is_fan(node));
            if let Some(parent) = tallies.get_mut(self.columns.parent[node] as usize) {
                parent.reach += reach;
                parent.invites += here;
                parent.fans += here * u32::from(is_fan);
                parent.recent += here * u32::from(window.is_some_and(|window| window.is_recent(joined_at)));
            }
        }
        tallies
    }

    /// Who invited somebody in the last days, and how many whole days ago.
    pub(super) fn invited_lately(&self, as_of: Timestamp) -> impl Iterator<Item = (Handle, u8)> + '_ {
        let brought = (0..self.columns.parent.len()).filter(move |node| self.counts(*node, as_of));
        brought.filter_map(move |node| {
            let ago = as_of.micros_since(self.joined_at(node)) / DAY_MICROS;
            let days = u8::try_from(ago).ok().filter(|days| usize::from(*days) < SPARK_DAYS)?;
            Some((self.person(self.columns.parent[node] as usize), days))
        })
    }
}
