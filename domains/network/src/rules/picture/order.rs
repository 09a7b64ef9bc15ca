//! Breadth-first order: the order in which child counts alone say who brought whom.

use super::Forest;

/// No parent: a root.
pub(super) const NONE: u32 = u32::MAX;

/// The forest in breadth-first order; every column is indexed by place in that order, so parents come before children
/// and siblings stand side by side.
#[derive(Debug)]
pub(super) struct Tree {
    /// Index into the forest.
    pub order: Vec<u32>,
    /// Place of the parent; [`NONE`] for a root.
    pub parent: Vec<u32>,
    /// Place of the first child.
    pub first_kid: Vec<u32>,
    /// Number of children.
    pub kids: Vec<u32>,
    /// Place of the root above (or of itself).
    pub root: Vec<u32>,
    /// Hops from the root.
    pub depth: Vec<u32>,
    /// Microseconds since 1970.
    pub joined_at: Vec<i64>,
    pub handle: Vec<u32>,
    pub roots: usize,
}

impl Tree {
    pub fn new(forest: &Forest<'_>) -> Self {
        let n = forest.parent.len();
        let at = |i: u32| forest.joined_at.get(i as usize).copied().unwrap_or_default();
        let handle = |i: u32| forest.handle.get(i as usize).copied().unwrap_or_default();
        // One bucket a parent, the last for the roots; filled by counting, then each sorted.
        let bucket = |i: usize| (forest.parent[i] as usize).min(n);
        let mut start = vec![0_u32; n + 2];
        for i in 0..n {
            start[bucket(i) + 1] += 1;
        }
        for b in 0..=n {
            start[b + 1] += start[b];
        }
        let mut fill = start.clone();
        let mut kids_of = vec![0_u32; n];
        for i in 0..n {
            let slot = &mut fill[bucket(i)];
            kids_of[*slot as usize] = u32::try_from(i).unwrap_or(NONE);
            *slot += 1;
        }
        for b in 0..=n {
            kids_of[start[b] as usize..start[b + 1] as usize].sort_unstable_by_key(|&i| (at(i), handle(i), i));
        }

        let roots = (start[n + 1] - start[n]) as usize;
        let mut tree = Self {
            order: Vec::with_capacity(n),
            parent: Vec::with_capacity(n),
            first_kid: Vec::with_capacity(n),
            kids: Vec::with_capacity(n),
            root: Vec::with_capacity(n),
            depth: Vec::with_capacity(n),
            joined_at: Vec::with_capacity(n),
            handle: Vec::with_capacity(n),
            roots,
        };
        for (place, &i) in (0_u32..).zip(&kids_of[start[n] as usize..]) {
            tree.push(i, NONE, place, 0);
        }
        let mut place = 0;
        while place < tree.order.len() {
            let i = tree.order[place] as usize;
            let brought = &kids_of[start[i] as usize..start[i + 1] as usize];
            let (root, depth) = (tree.root[place], tree.depth[place] + 1);
            tree.first_kid.push(u32::try_from(tree.order.len()).unwrap_or(NONE));
            tree.kids.push(start[i + 1] - start[i]);
            for &kid in brought {
                tree.push(kid, u32::try_from(place).unwrap_or(NONE), root, depth);
            }
            place += 1;
        }
        tree.joined_at = tree.order.iter().map(|&i| at(i)).collect();
        tree.handle = tree.order.iter().map(|&i| handle(i)).collect();
        tree
    }

    fn push(&mut self, i: u32, parent: u32, root: u32, depth: u32) {
        self.order.push(i);
        self.parent.push(parent);
        self.root.push(root);
        self.depth.push(depth);
    }

    pub fn len(&self) -> usize {
        self.order.len()
    }

    /// Places of a person's children.
    pub fn kids_of(&self, place: usize) -> std::ops::Range<usize> {
        let first = self.first_kid[place] as usize;
        first..first + self.kids[place] as usize
    }

    /// For each person the number of people at the ends of the branches below; 1 for whoever brought nobody.
    pub fn ends(&self) -> Vec<f64> {
        let mut ends: Vec<f64> = self.kids.iter().map(|&kids| if kids == 0 { 1.0 } else { 0.0 }).collect();
        for place in (self.roots..self.len()).rev() {
            ends[self.parent[place] as usize] += ends[place];
        }
        ends
    }
}

/// A number in 0..1 that only depends on the two given (splitmix64).
pub(super) fn jitter(handle: u32, salt: u32) -> f32 {
    let z = kernel::mix(((u64::from(salt) << 32) | u64::from(handle)).wrapping_add(0x9E37_79B9_7F4A_7C15));
    #[expect(clippy::cast_precision_loss, reason = "24 bits fit a float")]
    let unit = (z >> 40) as f32 / 16_777_216.0;
    unit
}
