//! The skeleton: those who brought somebody, and all roots. Only they are placed by forces; everybody else is a petal.

use super::{
    florets,
    order::{NONE, Tree, jitter},
    wedge::{self, Sector},
};

/// The bones in breadth-first order, one entry a bone in each column.
#[derive(Debug)]
pub(super) struct Skeleton {
    /// Place in the tree.
    pub place: Vec<u32>,
    /// The bone above; [`NONE`] for a root, which hangs on the centre.
    pub parent: Vec<u32>,
    /// The root above, which is also the number of its sector.
    pub root: Vec<u32>,
    pub x: Vec<f32>,
    pub y: Vec<f32>,
    /// Radius of the disc of the bone and its petals, with a margin.
    pub radius: Vec<f32>,
    /// Mass in the forces.
    pub mass: Vec<f32>,
    /// Number of petals.
    pub petals: Vec<u32>,
    /// Radius of the whole picture aimed at.
    pub extent: f32,
}

/// Radius of the campaign's own mark in the centre.
pub(super) const CENTRE_RADIUS: f32 = 14.0;
/// Part of the picture's disc that discs should cover.
const FILL: f32 = 0.11;
/// Exponent that damps a branch's weight in its parent's first wedge.
const BRANCH_DAMPING: f64 = 0.75;

impl Skeleton {
    /// Collects the bones and gives them their first places.
    pub fn new(tree: &Tree, sectors: &[Sector]) -> Self {
        let mut skeleton = Self::bones(tree);
        let area: f32 = skeleton.radius.iter().map(|r| r * r).sum();
        skeleton.extent = (area / FILL).sqrt().max(8.0 * CENTRE_RADIUS);
        let weight: Vec<f64> = tree.ends().iter().map(|ends| ends.powf(BRANCH_DAMPING)).collect();
        let angle = wedge::angles(tree, sectors, &weight);
        let depth_max = skeleton.place.iter().map(|&place| tree.depth[place as usize]).max().unwrap_or(0);
        for &place in &skeleton.place {
            let place = place as usize;
            let out = f64::from(tree.depth[place] + 1) / f64::from(depth_max + 1);
            let wobble = 0.97 + 0.06 * f64::from(jitter(tree.handle[place], 1));
            let radius = f64::from(skeleton.extent) * out.powf(0.7) * wobble;
            skeleton.x.push((radius * angle[place].cos()) as f32);
            skeleton.y.push((radius * angle[place].sin()) as f32);
        }
        skeleton
    }

    fn bones(tree: &Tree) -> Self {
        let mut bone_of = vec![NONE; tree.len()];
        let mut skeleton = Self {
            place: Vec::new(),
            parent: Vec::new(),
            root: Vec::new(),
            x: Vec::new(),
            y: Vec::new(),
            radius: Vec::new(),
            mass: Vec::new(),
            petals: Vec::new(),
            extent: 0.0,
        };
        for place in 0..tree.len() {
            if tree.kids[place] == 0 && place >= tree.roots {
                continue;
            }
            bone_of[place] = u32::try_from(skeleton.place.len()).unwrap_or(NONE);
            let petals = tree.kids_of(place).filter(|&kid| tree.kids[kid] == 0).count();
            skeleton.place.push(u32::try_from(place).unwrap_or(NONE));
            skeleton.parent.push(match tree.parent[place] {
                NONE => NONE,
                parent => bone_of[parent as usize],
            });
            skeleton.root.push(tree.root[place]);
            skeleton.radius.push(florets::radius(petals));
            skeleton.mass.push(1.0 + 0.6 * (tree.kids[place] as f32).powf(0.75));
            skeleton.petals.push(u32::try_from(petals).unwrap_or(NONE));
        }
        skeleton
    }

    pub fn len(&self) -> usize {
        self.place.len()
    }
}
