//! The picture of a campaign: where each person of its cascades stands, worked out once on the server.
//!
//! The campaign is the centre, its roots stand round it, each in a sector of its own; from there threads of people who
//! brought people run outwards, and whoever was brought and has brought nobody yet stands as a petal round the one who
//! brought them, so that a KOC is a dandelion. The way there:
//!
//! 1. [`order`]: breadth first, siblings by joining time, so that child counts alone say who brought whom;
//! 2. [`wedge`]: a sector for each root by its damped weight, and first places by the weight below each person;
//! 3. [`force`]: ForceAtlas2 over those who brought somebody (one in eight), forces summed by the quadtree of [`quad`];
//! 4. [`relax`]: discs of person and petals pushed apart until each is free of the others;
//! 5. [`florets`]: petals by the golden angle, earliest innermost;
//! 6. [`encode`]: 65,536 steps to either side, in columns.
//!
//! Nothing here knows a clock or chance: jitter comes from the handles, and every sum is taken in the same order however
//! many threads share the work. The same forest gives the same bytes.

mod encode;
mod florets;
mod force;
mod order;
mod quad;
mod relax;
mod skeleton;
mod wedge;

#[cfg(test)]
mod tests;

use order::Tree;
use skeleton::Skeleton;

/// In [`Forest::parent`]: this person is a root.
pub const ROOT: u32 = u32::MAX;

/// A campaign's people in any order, one entry a person in each column.
#[derive(Clone, Copy, Debug)]
pub struct Forest<'a> {
    /// Index of the person who brought this one; [`ROOT`] (or any index past the end) for a root. People who hang on a
    /// cycle and so on no root are left out of the picture.
    pub parent: &'a [u32],
    /// When they joined, microseconds since 1970.
    pub joined_at: &'a [i64],
    /// Whether they are a fan; otherwise a visitor.
    pub fan: &'a [bool],
    /// Their earliest handle: the number in their person id.
    pub handle: &'a [u32],
    /// Whether they do not count: kept out as suspicious, or below somebody who is.
    pub out: &'a [bool],
}

/// What the picture shows by distance from the centre.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Mode {
    /// Who belongs together: threads and dandelions.
    #[default]
    Network,
    /// How many hops from the root: each circle is a ring.
    Depth,
}

/// How to draw.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Options {
    /// The layout.
    pub mode: Mode,
    /// How many threads may share the work; the result does not depend on it. At least one is used.
    pub threads: usize,
}

impl Default for Options {
    fn default() -> Self {
        Self { mode: Mode::Network, threads: 2 }
    }
}

/// Everybody's place, breadth first: all roots, then the children of the first, of the second, …; siblings by joining
/// time, then handle. The campaign's centre is (0, 0), y grows upwards.
#[derive(Clone, Debug, PartialEq)]
pub struct Picture {
    /// Index into the forest's columns of each person.
    pub order: Vec<u32>,
    /// Number of roots, which come first.
    pub roots: usize,
    /// World units; the space a petal takes is about ten units square.
    pub x: Vec<f32>,
    /// World units.
    pub y: Vec<f32>,
    /// When each joined, microseconds since 1970.
    pub joined_at: Vec<i64>,
    /// Fan or visitor.
    pub fan: Vec<bool>,
    /// How many people each brought.
    pub kids: Vec<u32>,
    /// The number of each person's id.
    pub handle: Vec<u32>,
    /// Whether each does not count.
    pub out: Vec<bool>,
}

/// Works out the picture of a forest. All columns are as long as `forest.parent`; what a shorter one lacks counts as
/// zero (visitor, 1970, counts). Takes about a second for 60,000 people on two shared cores.
#[must_use]
pub fn draw(forest: &Forest<'_>, options: &Options) -> Picture {
    let tree = Tree::new(forest);
    let (x, y) = match options.mode {
        Mode::Network => network(&tree, options.threads),
        Mode::Depth => wedge::by_depth(&tree),
    };
    Picture {
        fan: bits(&tree, forest.fan),
        out: bits(&tree, forest.out),
        x,
        y,
        roots: tree.roots,
        order: tree.order,
        joined_at: tree.joined_at,
        kids: tree.kids,
        handle: tree.handle,
    }
}

fn bits(tree: &Tree, of: &[bool]) -> Vec<bool> {
    tree.order.iter().map(|&i| of.get(i as usize).copied().unwrap_or_default()).collect()
}

fn network(tree: &Tree, threads: usize) -> (Vec<f32>, Vec<f32>) {
    let sectors = wedge::sectors(tree);
    let mut skeleton = Skeleton::new(tree, &sectors);
    force::settle(&mut skeleton, &sectors, threads);
    relax::separate(&mut skeleton, &sectors);
    florets::bloom(tree, &skeleton)
}
