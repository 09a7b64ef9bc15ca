//! ForceAtlas2 over the skeleton: everybody pushes everybody, threads pull, the campaign in the centre stays put.

use super::{
    order::NONE,
    quad::{Bodies, Push, Quad},
    relax,
    skeleton::{CENTRE_RADIUS, Skeleton},
    wedge::Sector,
};

/// Steps for skeletons of a few thousand bones; larger ones get fewer, so that the time stays bounded.
const STEPS: usize = 360;
/// Fewest steps however large the skeleton.
const STEPS_MIN: usize = 24;
/// Bones times steps aimed at.
const WORK: usize = 3_000_000;
/// Farthest a bone may move in a step, as a part of the extent.
const CAP: f32 = 12.0 / 1400.0;
/// Part of the velocity that outlives a step.
const DAMPING: f32 = 0.6;
/// Pull of a thread for each unit it is longer than its discs.
const PULL: f32 = 0.22;
/// How strongly neighbours push each other, against the pull.
const NEAR: f32 = 0.3;
/// Root mean square distance of the mass from the centre aimed at, as a part of the extent.
const REACH: f32 = 0.66;
/// Every so many steps the push is corrected towards that.
const TRIM: usize = 8;
/// Mass of the campaign's own mark, in parts of all mass.
const CENTRE_MASS: f32 = 0.05;
/// From this part of its sector's half on a bone is led back to the middle.
const EDGE: f64 = 0.9;
/// How fast a sector as a whole turns towards its middle.
const SETTLE: f64 = 0.05;
/// From this part of the steps on discs push each other apart.
const TOUCH: f32 = 0.6;

/// Moves the bones to rest.
pub(super) fn settle(skeleton: &mut Skeleton, sectors: &[Sector], threads: usize) {
    let n = skeleton.len();
    if n == 0 {
        return;
    }
    let steps = (WORK / n).clamp(STEPS_MIN, STEPS);
    let all: f32 = skeleton.mass.iter().sum();
    // A first guess; corrected on the way, so that the whole comes to rest near the extent aimed at whatever its shape.
    let mut push = Push { far: PULL * 8.0 * skeleton.extent * skeleton.extent / (all * all), near: NEAR };
    let ring = Ring::new(skeleton);
    let cap = CAP * skeleton.extent;
    let mut quad = Quad::default();
    let mut acceleration = vec![[0.0_f32; 2]; n];
    let mut velocity = vec![[0.0_f32; 2]; n];
    for step in 0..steps {
        let done = step as f32 / steps as f32;
        if step % TRIM == TRIM - 1 && done < TOUCH {
            push.far *= (REACH * skeleton.extent / reach(skeleton, all)).powi(2).clamp(0.75, 1.33);
        }
        let bodies = Bodies { x: &skeleton.x, y: &skeleton.y, mass: &skeleton.mass };
        quad.repel(push, bodies, threads, &mut acceleration);
        for (i, a) in acceleration.iter_mut().enumerate() {
            let (x, y) = (skeleton.x[i], skeleton.y[i]);
            let centre = push.far * CENTRE_MASS * all / (x * x + y * y + 40.0);
            *a = [a[0] + x * centre, a[1] + y * centre];
        }
        pull(skeleton, ring, &mut acceleration);
        lead(skeleton, sectors, &mut acceleration);
        let cap = cap * (1.0 - done).powf(0.8).max(0.03);
        for i in 0..n {
            let v = &mut velocity[i];
            v[0] = v[0] * DAMPING + acceleration[i][0];
            v[1] = v[1] * DAMPING + acceleration[i][1];
            let long = v[0].hypot(v[1]);
            if long > cap {
                v[0] *= cap / long;
                v[1] *= cap / long;
            }
            skeleton.x[i] += v[0];
            skeleton.y[i] += v[1];
        }
        if done >= TOUCH {
            relax::pass(skeleton, 0.5);
        }
        relax::hold(skeleton, sectors);
    }
}

/// Threads pull at both ends, as accelerations, once they are longer than the discs they join.
fn pull(skeleton: &Skeleton, ring: Ring, acceleration: &mut [[f32; 2]]) {
    for i in 0..skeleton.len() {
        let parent = skeleton.parent[i];
        let (px, py, pr) = match parent {
            NONE => (0.0, 0.0, ring.rest(skeleton.root[i])),
            p => (skeleton.x[p as usize], skeleton.y[p as usize], skeleton.radius[p as usize]),
        };
        let (dx, dy) = (px - skeleton.x[i], py - skeleton.y[i]);
        let long = dx.hypot(dy).max(1e-3);
        let stretch = PULL * (long - 1.15 * (pr + skeleton.radius[i]) - 2.0).max(0.0) / long;
        let share = stretch / skeleton.mass[i];
        acceleration[i][0] += dx * share;
        acceleration[i][1] += dy * share;
        if parent != NONE {
            let share = stretch / skeleton.mass[parent as usize];
            acceleration[parent as usize][0] -= dx * share;
            acceleration[parent as usize][1] -= dy * share;
        }
    }
}

/// Where roots stand at least: on a ring with room for all of them, every other one further out.
#[derive(Clone, Copy)]
struct Ring(f32);

impl Ring {
    fn new(skeleton: &Skeleton) -> Self {
        let roots = skeleton.parent.iter().zip(&skeleton.radius).filter(|(parent, _)| **parent == NONE);
        let around: f32 = roots.map(|(_, radius)| 2.0 * radius).sum();
        Self((around / 4.0).min(skeleton.extent / 3.0).max(CENTRE_RADIUS))
    }

    fn rest(self, root: u32) -> f32 {
        if root.is_multiple_of(2) { self.0 } else { self.0 * 0.7 }
    }
}

/// Root mean square distance of the mass from the centre.
fn reach(skeleton: &Skeleton, all: f32) -> f32 {
    let square = |i: usize| skeleton.x[i] * skeleton.x[i] + skeleton.y[i] * skeleton.y[i];
    let sum: f64 = (0..skeleton.len()).map(|i| f64::from(skeleton.mass[i] * square(i))).sum();
    ((sum / f64::from(all)) as f32).sqrt().max(1.0)
}

/// Keeps each root's people in their sector: the sector as a whole does not turn, and who nears its edge is led back.
fn lead(skeleton: &Skeleton, sectors: &[Sector], acceleration: &mut [[f32; 2]]) {
    if sectors.len() < 2 {
        return;
    }
    let mut turn = vec![[0.0_f64; 2]; sectors.len()];
    let mut over = vec![0.0_f64; skeleton.len()];
    for i in 0..skeleton.len() {
        let root = skeleton.root[i] as usize;
        let (x, y, mass) = (f64::from(skeleton.x[i]), f64::from(skeleton.y[i]), f64::from(skeleton.mass[i]));
        let offset = sectors[root].offset(y.atan2(x));
        over[i] = (offset.abs() - EDGE * sectors[root].half).max(0.0) * offset.signum();
        let [ax, ay] = acceleration[i];
        turn[root][0] += mass * (x * f64::from(ay) - y * f64::from(ax) + SETTLE * offset * (x * x + y * y));
        turn[root][1] += mass * (x * x + y * y);
    }
    for i in 0..skeleton.len() {
        let [torque, inertia] = turn[skeleton.root[i] as usize];
        let back = (torque / inertia.max(1.0) + 0.12 * over[i]) as f32;
        acceleration[i][0] += skeleton.y[i] * back;
        acceleration[i][1] -= skeleton.x[i] * back;
    }
}
