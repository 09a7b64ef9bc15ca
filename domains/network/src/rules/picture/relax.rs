//! Discs pushed apart: each bone with its petals is a disc, and no two should overlap.

use super::{
    skeleton::{CENTRE_RADIUS, Skeleton},
    wedge::Sector,
};

/// Most passes over all discs; fewer over very many, so that the time stays bounded.
const PASSES: usize = 150;
/// Fewest passes, were they needed.
const PASSES_MIN: usize = 12;
/// Discs times passes aimed at.
const WORK: usize = 1_000_000;
/// Part of an overlap's width below which discs count as free.
const SLACK: f32 = 0.02;

/// Pushes discs apart until they are free or the passes are used up.
pub(super) fn separate(skeleton: &mut Skeleton, sectors: &[Sector]) {
    for _ in 0..(WORK / skeleton.len().max(1)).clamp(PASSES_MIN, PASSES) {
        let left = pass(skeleton, 1.0);
        hold(skeleton, sectors);
        if left == 0 {
            break;
        }
    }
}

/// One pass: every overlapping pair moves apart by `part` of its overlap, the heavier less. Returns the pairs found.
pub(super) fn pass(skeleton: &mut Skeleton, part: f32) -> usize {
    let grid = Grid::new(skeleton);
    let mut found = 0;
    for (i, j) in grid.pairs() {
        let (i, j) = (i as usize, j as usize);
        let need = skeleton.radius[i] + skeleton.radius[j];
        let (mut dx, mut dy) = (skeleton.x[j] - skeleton.x[i], skeleton.y[j] - skeleton.y[i]);
        let d2 = dx * dx + dy * dy;
        if d2 >= need * need * (1.0 - SLACK) * (1.0 - SLACK) {
            continue;
        }
        found += 1;
        let mut long = d2.sqrt();
        if long < 1e-3 {
            // Two in one spot part along a direction of their own.
            let angle = (i * 31 + j) as f32;
            (dx, dy, long) = (angle.cos(), angle.sin(), 1.0);
        }
        let gap = (need - d2.sqrt()) * part / long;
        let (wi, wj) = (skeleton.radius[i] * skeleton.radius[i], skeleton.radius[j] * skeleton.radius[j]);
        let (si, sj) = (gap * wj / (wi + wj), gap * wi / (wi + wj));
        skeleton.x[i] -= dx * si;
        skeleton.y[i] -= dy * si;
        skeleton.x[j] += dx * sj;
        skeleton.y[j] += dy * sj;
        if skeleton.root[i] != skeleton.root[j] {
            // Sideways both may be held by their sectors' edge: the outer one also gives way outwards.
            let (ri, rj) = (skeleton.x[i].hypot(skeleton.y[i]), skeleton.x[j].hypot(skeleton.y[j]));
            let (outer, radius) = if ri > rj { (i, ri) } else { (j, rj) };
            let stretch = 1.0 + 0.5 * gap * long / radius.max(1.0);
            skeleton.x[outer] *= stretch;
            skeleton.y[outer] *= stretch;
        }
    }
    for i in 0..skeleton.len() {
        let need = skeleton.radius[i] + CENTRE_RADIUS;
        let long = skeleton.x[i].hypot(skeleton.y[i]);
        if long < need && long > 1e-3 {
            skeleton.x[i] *= need / long;
            skeleton.y[i] *= need / long;
        }
    }
    found
}

/// Turns bones that left their sector back onto its edge.
pub(super) fn hold(skeleton: &mut Skeleton, sectors: &[Sector]) {
    if sectors.len() < 2 {
        return;
    }
    for i in 0..skeleton.len() {
        let sector = sectors[skeleton.root[i] as usize];
        let (x, y) = (f64::from(skeleton.x[i]), f64::from(skeleton.y[i]));
        let offset = sector.offset(y.atan2(x));
        if offset.abs() > sector.half {
            let angle = sector.middle + sector.half * 0.999 * offset.signum();
            let radius = x.hypot(y);
            skeleton.x[i] = (radius * angle.cos()) as f32;
            skeleton.y[i] = (radius * angle.sin()) as f32;
        }
    }
}

/// Discs by the squares of a grid that they touch.
struct Grid {
    /// (square, disc), sorted.
    entries: Vec<(u64, u32)>,
    boxes: Vec<[i32; 4]>,
}

impl Grid {
    fn new(skeleton: &Skeleton) -> Self {
        let n = skeleton.len();
        let square: f32 = skeleton.radius.iter().map(|r| r * r).sum();
        let cell = 2.0 * (square / n.max(1) as f32).sqrt().max(1.0);
        let step = |v: f32| (v / cell).floor().clamp(-1e9, 1e9) as i32;
        let boxes: Vec<[i32; 4]> = (0..n)
            .map(|i| {
                let (x, y, r) = (skeleton.x[i], skeleton.y[i], skeleton.radius[i]);
                [step(x - r), step(y - r), step(x + r), step(y + r)]
            })
            .collect();
        let mut entries = Vec::with_capacity(n * 3);
        for (i, b) in (0_u32..).zip(&boxes) {
            for gy in b[1]..=b[3] {
                for gx in b[0]..=b[2] {
                    entries.push((key(gx, gy), i));
                }
            }
        }
        entries.sort_unstable();
        Self { entries, boxes }
    }

    /// Every pair that shares a square, once: in the first square that both touch.
    fn pairs(&self) -> impl Iterator<Item = (u32, u32)> + '_ {
        self.entries.chunk_by(|a, b| a.0 == b.0).flat_map(move |square| {
            square.iter().enumerate().flat_map(move |(k, &(at, i))| {
                square[k + 1..].iter().filter_map(move |&(_, j)| {
                    let (a, b) = (&self.boxes[i as usize], &self.boxes[j as usize]);
                    (key(a[0].max(b[0]), a[1].max(b[1])) == at).then_some((i, j))
                })
            })
        })
    }
}

fn key(gx: i32, gy: i32) -> u64 {
    (u64::from(gy.cast_unsigned() ^ 0x8000_0000) << 32) | u64::from(gx.cast_unsigned() ^ 0x8000_0000)
}
