//! ForceAtlas2 over the skeleton: everybody pushes everybody, threads pull, the campaign in the centre stays put.

use super::{
    order::NONE,
    quad::Quad,
    relax,
    skeleton::{CENTRE_RADIUS, Skeleton},
    wedge::Sector,
};

/// Steps for skeletons of a few thousand bones; larger ones get fewer, so that the time stays bounded.
const STEPS: usize = 360;
/// Fewest steps however large the skeleton.
const STEPS_MIN: usize = 30;
/// Bones times steps aimed at.
const WORK: usize = 4_000_000;
/// Farthest a bone may move in a step, as a part of the extent.
const CAP: f32 = 12.0 / 1400.0;
/// Part of the velocity that outlives a step.
const DAMPING: f32 = 0.6;
/// Pull of a thread for each unit it is longer than its discs.
const PULL: f32 = 0.22;
/// Strength of the push against the pull.
const PUSH: f32 = 0.5;
/// Mass of the campaign's own mark, in parts of all mass.
const CENTRE_MASS: f32 = 0.05;
/// From this part of its sector's half on a bone is led back to the middle.
const EDGE: f64 = 0.9;
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
    // The push is scaled so that the whole comes to rest near the extent aimed at, whatever its size.
    let push = PULL * PUSH * skeleton.extent * skeleton.extent * sectors.len() as f32 / (all * all);
    let cap = CAP * skeleton.extent;
    let mut quad = Quad::default();
    let mut acceleration = vec![[0.0_f32; 2]; n];
    let mut velocity = vec![[0.0_f32; 2]; n];
    for step in 0..steps {
        let done = step as f32 / steps as f32;
        quad.repel(&skeleton.x, &skeleton.y, &skeleton.mass, threads, &mut acceleration);
        for (i, a) in acceleration.iter_mut().enumerate() {
            let (x, y) = (skeleton.x[i], skeleton.y[i]);
            let centre = CENTRE_MASS * all / (x * x + y * y + 40.0);
            *a = [(a[0] + x * centre) * push, (a[1] + y * centre) * push];
        }
        pull(skeleton, &mut acceleration);
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
fn pull(skeleton: &Skeleton, acceleration: &mut [[f32; 2]]) {
    for i in 0..skeleton.len() {
        let parent = skeleton.parent[i];
        let (px, py, pr) = match parent {
            NONE => (0.0, 0.0, CENTRE_RADIUS),
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

/// Leads bones near the edge of their sector back to its middle.
fn lead(skeleton: &Skeleton, sectors: &[Sector], acceleration: &mut [[f32; 2]]) {
    if sectors.len() < 2 {
        return;
    }
    for i in 0..skeleton.len() {
        let sector = sectors[skeleton.root[i] as usize];
        let (x, y) = (skeleton.x[i], skeleton.y[i]);
        let offset = sector.offset(f64::from(y).atan2(f64::from(x)));
        let over = offset.abs() - EDGE * sector.half;
        if over > 0.0 {
            let back = (0.12 * over * offset.signum()) as f32;
            acceleration[i][0] += y * back;
            acceleration[i][1] -= x * back;
        }
    }
}
