//! The sums of one root's tree, kept while people come, move and go.

use kernel::{Handle, RootOwner, Timestamp};
use serde::{Deserialize, Serialize};

/// People and fans at one distance from the root.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Circle {
    /// Everybody in this circle.
    pub people: u32,
    /// Those of them who are fans.
    pub fans: u32,
}

/// Orders and what was paid for them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Orders {
    /// How many.
    pub count: u64,
    /// Smallest units of the currency, added up. Wide, so that no order can overflow it.
    pub paid_minor: i128,
}

impl Orders {
    /// Both together.
    pub fn add(&mut self, other: Self) {
        self.count += other.count;
        self.paid_minor += other.paid_minor;
    }

    /// Takes away what was added before.
    pub fn remove(&mut self, other: Self) {
        self.count -= other.count;
        self.paid_minor -= other.paid_minor;
    }
}

/// What one person adds to the sums of the tree they stand in.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Share {
    pub depth: u32,
    pub fan: bool,
    pub invites: u32,
    pub touches: u32,
    pub self_shares: u32,
    pub early: bool,
    pub orders: Orders,
    /// Square of the person's subtree size; nothing for a root.
    pub square: u128,
}

/// Sums over the people of one tree.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sums {
    /// n: everybody, the root included.
    pub people: u32,
    /// Those of them who are fans.
    pub fans: u32,
    /// D: the depths of all added up.
    pub depth_sum: u64,
    /// Q: squares of the subtree sizes of all but the root.
    pub squares: u128,
    /// Per depth; the root's circle first, the deepest that has anybody last.
    pub circles: Vec<Circle>,
    /// Touches received, self shares left out.
    pub touches: u64,
    /// Touches of themselves.
    pub self_shares: u64,
    /// People whose touch is earlier than their sharer's joining.
    pub early_children: u64,
    /// Orders of everybody.
    pub orders: Orders,
    /// How many people have brought exactly so many; the last entry is not 0.
    invites: Vec<u32>,
}

impl Sums {
    /// Circles besides the root's own.
    #[must_use]
    pub fn depth_max(&self) -> u32 {
        self.circles.len().saturating_sub(1) as u32
    }

    /// The most people anybody brought directly.
    #[must_use]
    pub fn invites_max(&self) -> u32 {
        self.invites.len().saturating_sub(1) as u32
    }

    /// Touches that placed nobody: all but one for each person who is not the root.
    #[must_use]
    pub fn repeats(&self) -> u64 {
        self.touches - u64::from(self.people.saturating_sub(1))
    }

    /// 2W and n(n−1), whose quotient is the structural virality; W = n·D − Q is the sum of all pairwise distances.
    #[must_use]
    pub fn distances(&self) -> (u128, u128) {
        let people = u128::from(self.people);
        (2 * (people * u128::from(self.depth_sum) - self.squares), people * people.saturating_sub(1))
    }

    /// Mean distance of two people of the tree; 0 for a root alone.
    #[must_use]
    pub fn structural_virality(&self) -> f64 {
        let (distances, pairs) = self.distances();
        super::view::quotient(distances, pairs)
    }

    pub(super) fn enter(&mut self, share: &Share) {
        self.people += 1;
        self.depth_sum += u64::from(share.depth);
        self.squares += share.square;
        let depth = share.depth as usize;
        if self.circles.len() <= depth {
            self.circles.resize(depth + 1, Circle::default());
        }
        self.circles[depth].people += 1;
        if share.fan {
            self.fans += 1;
            self.circles[depth].fans += 1;
        }
        self.touches += u64::from(share.touches);
        self.self_shares += u64::from(share.self_shares);
        self.early_children += u64::from(share.early);
        self.orders.add(share.orders);
        self.invites_changed(None, Some(share.invites));
    }

    pub(super) fn leave(&mut self, share: &Share) {
        self.people -= 1;
        self.depth_sum -= u64::from(share.depth);
        self.squares -= share.square;
        let circle = &mut self.circles[share.depth as usize];
        circle.people -= 1;
        if share.fan {
            self.fans -= 1;
            circle.fans -= 1;
        }
        while self.circles.last().is_some_and(|circle| circle.people == 0) {
            self.circles.pop();
        }
        self.touches -= u64::from(share.touches);
        self.self_shares -= u64::from(share.self_shares);
        self.early_children -= u64::from(share.early);
        self.orders.remove(share.orders);
        self.invites_changed(Some(share.invites), None);
    }

    pub(super) fn fan_changed(&mut self, depth: u32, fan: bool) {
        let circle = &mut self.circles[depth as usize];
        if fan {
            self.fans += 1;
            circle.fans += 1;
        } else {
            self.fans -= 1;
            circle.fans -= 1;
        }
    }

    pub(super) fn invites_changed(&mut self, from: Option<u32>, to: Option<u32>) {
        if let Some(to) = to {
            if self.invites.len() <= to as usize {
                self.invites.resize(to as usize + 1, 0);
            }
            self.invites[to as usize] += 1;
        }
        if let Some(from) = from {
            self.invites[from as usize] -= 1;
        }
        while self.invites.last() == Some(&0) {
            self.invites.pop();
        }
    }
}

/// One root's tree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tree {
    /// The root, by name of the person.
    pub person: Handle,
    /// Whom the root belongs to.
    pub owner: RootOwner,
    /// When it was declared.
    pub declared_at: Timestamp,
    /// How often it was declared again afterwards; the first declaration holds.
    pub declared_again: u32,
    /// Its sums.
    pub sums: Sums,
    /// When the first person of the tree joined.
    pub first_joined_at: Timestamp,
    /// When the last person of the tree joined.
    pub last_joined_at: Timestamp,
}
