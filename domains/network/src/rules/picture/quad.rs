//! Barnes–Hut: the push of all masses on each, far ones summed by the cells of a quadtree.
//!
//! Bodies are sorted along a Z curve and pushed in blocks of eight neighbours, which walk the tree together: one walk
//! for eight, and arithmetic the compiler does on several at once. A body's sum depends on nothing but the positions,
//! so threads may share the blocks in any way.

/// Softening of the push, so that two in one spot do not fly apart.
const SOFT: f32 = 40.0;
/// Square of how far neighbours reach.
const REACH: f32 = 80.0 * 80.0;

/// How bodies push each other: at a distance `d` by `mass * d / (d² + SOFT) * (far + near * REACH / (d² + REACH))`.
///
/// The far push spreads branches over the disc, and lets all lean outwards; the near one opens them among themselves.
#[derive(Clone, Copy, Debug)]
pub(super) struct Push {
    pub far: f32,
    pub near: f32,
}

/// A cell counts as one mass when its width is below this part of its distance.
const OPENING: f32 = 1.0;
/// Bodies that walk the tree together, and most bodies in an end cell.
const BLOCK: usize = 8;
/// Bits of an axis in the Z curve, and depth of the tree.
const LEVELS: u32 = 16;
/// Below so many bodies one thread is faster than two.
const ALONE_MAX: usize = 1500;

#[derive(Clone, Copy, Debug)]
struct Cell {
    /// Centre of mass.
    x: f32,
    y: f32,
    mass: f32,
    /// Square of (width / opening): the cell is far when its squared distance is larger.
    far: f32,
    /// The cell to go on with when this one needs no opening.
    skip: u32,
    /// Bodies of an end cell; none for one with cells inside.
    from: u32,
    to: u32,
}

/// Places and masses, one entry a body in each column.
#[derive(Clone, Copy, Debug)]
pub(super) struct Bodies<'a> {
    pub x: &'a [f32],
    pub y: &'a [f32],
    pub mass: &'a [f32],
}

/// The tree and its sorted bodies; kept from step to step for its memory.
#[derive(Debug, Default)]
pub(super) struct Quad {
    keys: Vec<u64>,
    x: Vec<f32>,
    y: Vec<f32>,
    mass: Vec<f32>,
    cells: Vec<Cell>,
    push: Vec<[f32; 2]>,
}

impl Quad {
    /// Writes the push on each body into `out`, as acceleration.
    pub fn repel(&mut self, law: Push, bodies: Bodies<'_>, threads: usize, out: &mut [[f32; 2]]) {
        let Bodies { x, y, mass } = bodies;
        self.build(x, y, mass);
        let n = x.len();
        let threads = if n < ALONE_MAX { 1 } else { threads.max(1) };
        let mut push = std::mem::take(&mut self.push);
        push.clear();
        push.resize(n, [0.0; 2]);
        let each = n.div_ceil(BLOCK).div_ceil(threads).max(1) * BLOCK;
        let this = &*self;
        if threads == 1 {
            this.walk(law, 0, &mut push);
        } else {
            std::thread::scope(|scope| {
                for (i, part) in push.chunks_mut(each).enumerate() {
                    scope.spawn(move || this.walk(law, i * each, part));
                }
            });
        }
        for (key, push) in self.keys.iter().zip(&push) {
            out[(key & 0xffff_ffff) as usize] = *push;
        }
        self.push = push;
    }

    fn build(&mut self, x: &[f32], y: &[f32], mass: &[f32]) {
        let bounds = |v: &[f32]| v.iter().fold((f32::MAX, f32::MIN), |(low, high), &v| (low.min(v), high.max(v)));
        let ((x0, x1), (y0, y1)) = (bounds(x), bounds(y));
        let width = (x1 - x0).max(y1 - y0).max(1.0);
        let steps = (1_u32 << LEVELS) as f32 / width * 0.999_99;
        self.keys.clear();
        self.keys.extend((0_u64..).zip(x.iter().zip(y)).map(|(i, (&x, &y))| {
            let code = spread(((x - x0) * steps) as u16) | (spread(((y - y0) * steps) as u16) << 1);
            (u64::from(code) << 32) | i
        }));
        self.keys.sort_unstable();
        for (column, source) in [(&mut self.x, x), (&mut self.y, y), (&mut self.mass, mass)] {
            column.clear();
            column.extend(self.keys.iter().map(|key| source[(key & 0xffff_ffff) as usize]));
        }
        self.cells.clear();
        if !x.is_empty() {
            self.cell(0, x.len(), LEVELS, width / OPENING);
        }
    }

    /// Adds the cell of the sorted bodies `from..to`, which share all bits above `level`, and those inside it.
    fn cell(&mut self, from: usize, to: usize, level: u32, width: f32) -> (f32, f32, f32) {
        let at = self.cells.len();
        let end = to - from <= BLOCK;
        let (low, high) = if end { (from as u32, to as u32) } else { (0, 0) };
        self.cells.push(Cell { x: 0.0, y: 0.0, mass: 0.0, far: width * width, skip: 0, from: low, to: high });
        let (mut mx, mut my, mut mass) = (0.0, 0.0, 0.0);
        if end || level == 0 {
            for i in from..to {
                mx += self.x[i] * self.mass[i];
                my += self.y[i] * self.mass[i];
                mass += self.mass[i];
            }
            // Many bodies in one spot: a single mass from wherever it is seen.
            if !end {
                self.cells[at].far = -1.0;
            }
        } else {
            let mut start = from;
            let shift = 32 + 2 * (level - 1);
            for quarter in 0..4 {
                let stop = start + self.keys[start..to].partition_point(|key| (key >> shift) & 3 <= quarter);
                if stop > start {
                    let (x, y, m) = self.cell(start, stop, level - 1, width / 2.0);
                    mx += x * m;
                    my += y * m;
                    mass += m;
                }
                start = stop;
            }
        }
        let skip = self.cells.len() as u32;
        let cell = &mut self.cells[at];
        (cell.x, cell.y, cell.mass, cell.skip) = (mx / mass, my / mass, mass, skip);
        (cell.x, cell.y, cell.mass)
    }

    /// The push on the sorted bodies from `first` on, as many as `push` holds.
    fn walk(&self, law: Push, first: usize, push: &mut [[f32; 2]]) {
        for (b, push) in push.chunks_mut(BLOCK).enumerate() {
            let from = first + b * BLOCK;
            let mut block = Block::new(&self.x[from..from + push.len()], &self.y[from..from + push.len()]);
            let mut at = 0;
            while let Some(cell) = self.cells.get(at) {
                if block.distance2(cell.x, cell.y) > cell.far {
                    block.add(law, cell.x, cell.y, cell.mass);
                    at = cell.skip as usize;
                    continue;
                }
                for i in cell.from as usize..cell.to as usize {
                    block.add(law, self.x[i], self.y[i], self.mass[i]);
                }
                at += 1;
            }
            for (lane, push) in push.iter_mut().enumerate() {
                *push = [block.fx[lane], block.fy[lane]];
            }
        }
    }
}

/// Eight neighbours on their walk. Lanes past the end repeat the first body and are dropped.
struct Block {
    x: [f32; BLOCK],
    y: [f32; BLOCK],
    fx: [f32; BLOCK],
    fy: [f32; BLOCK],
    /// The box round them: middle and half width.
    middle: [f32; 2],
    half: [f32; 2],
}

impl Block {
    fn new(x: &[f32], y: &[f32]) -> Self {
        let lanes = |v: &[f32]| std::array::from_fn(|i| v.get(i).copied().unwrap_or(v[0]));
        let sides = |v: &[f32]| {
            let (low, high) = v.iter().fold((f32::MAX, f32::MIN), |(low, high), &v| (low.min(v), high.max(v)));
            ((low + high) / 2.0, (high - low) / 2.0)
        };
        let ((mx, hx), (my, hy)) = (sides(x), sides(y));
        Self { x: lanes(x), y: lanes(y), fx: [0.0; BLOCK], fy: [0.0; BLOCK], middle: [mx, my], half: [hx, hy] }
    }

    /// Squared distance from the box to a point.
    fn distance2(&self, x: f32, y: f32) -> f32 {
        let dx = ((x - self.middle[0]).abs() - self.half[0]).max(0.0);
        let dy = ((y - self.middle[1]).abs() - self.half[1]).max(0.0);
        dx * dx + dy * dy
    }

    fn add(&mut self, law: Push, x: f32, y: f32, mass: f32) {
        let near = REACH * (law.far + law.near);
        for lane in 0..BLOCK {
            let dx = self.x[lane] - x;
            let dy = self.y[lane] - y;
            let d2 = dx * dx + dy * dy;
            // The formula of `Push` in one division.
            let push = mass * (law.far * d2 + near) / ((d2 + SOFT) * (d2 + REACH));
            self.fx[lane] += dx * push;
            self.fy[lane] += dy * push;
        }
    }
}

/// Puts a zero before each bit.
fn spread(v: u16) -> u32 {
    let mut v = u32::from(v);
    v = (v | (v << 8)) & 0x00ff_00ff;
    v = (v | (v << 4)) & 0x0f0f_0f0f;
    v = (v | (v << 2)) & 0x3333_3333;
    (v | (v << 1)) & 0x5555_5555
}
