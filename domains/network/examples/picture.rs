//! Draws a made-up campaign and writes it as an image to look at:
//! `cargo run -p network --example picture -- out.ppm [network|depth] [people] [roots] [zoom: x y half-width]`.

use std::{collections::BinaryHeap, fs, io::Write, process::ExitCode};

use network::rules::picture::{Forest, Mode, Options, Picture, ROOT, draw};

/// Size of the image, pixels.
const WIDTH: usize = 1440;
const HEIGHT: usize = 1440;
/// Who brought so many is marked as a KOC.
const KOC_KIDS: u32 = 60;
/// One colour a root, over and over.
const COLOURS: [u32; 12] = [
    0x7C6BFF, 0x5B9BFF, 0x38C6F4, 0x2ED3B7, 0x5FD38D, 0xB4DC5A, 0xFFC53D, 0xFF9F45, 0xFF7A59, 0xFF6B9D, 0xD977F2,
    0x8FA3C8,
];
const GROUND: u32 = 0x0B_1220;
const GOLD: u32 = 0xFF_D21F;

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().collect();
    let number = |i: usize| args.get(i).and_then(|a| a.parse::<f32>().ok());
    let Some(path) = args.get(1) else {
        eprintln!("say where to write the image: picture out.ppm [network|depth] [people] [roots] [x y half-width]");
        return ExitCode::FAILURE;
    };
    let mode = if args.get(2).is_some_and(|m| m == "depth") { Mode::Depth } else { Mode::Network };
    let people = number(3).unwrap_or(60_000.0) as usize;
    let roots = number(4).unwrap_or(24.0) as usize;
    let made = Made::new(people, roots, 7);
    let forest =
        Forest { parent: &made.parent, joined_at: &made.joined_at, fan: &made.fan, handle: &made.handle, out: &[] };
    let picture = timed("drawn", || draw(&forest, &Options { mode, ..Options::default() }));
    let bytes = timed("encoded", || picture.encode(1));
    let depth = depths(&picture);
    println!(
        "{} people, {} roots, {} who brought somebody, {} KOC, {} hops deep, {} bytes",
        picture.order.len(),
        picture.roots,
        picture.kids.iter().filter(|&&k| k > 0).count(),
        picture.kids.iter().filter(|&&k| k >= KOC_KIDS).count(),
        depth.iter().max().copied().unwrap_or(0),
        bytes.len(),
    );
    let zoom = number(5).zip(number(6)).zip(number(7)).map(|((x, y), half)| (x, y, half));
    match fs::write(path, raster(&picture, zoom)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{path} could not be written: {error}");
            ExitCode::FAILURE
        }
    }
}

#[expect(clippy::disallowed_methods, reason = "measures how long a step takes")]
fn timed<T>(what: &str, step: impl FnOnce() -> T) -> T {
    let start = std::time::Instant::now();
    let result = step();
    println!("{what} in {:.0} ms", start.elapsed().as_secs_f64() * 1e3);
    result
}

/// A campaign that never was: a few large stores, many small ones, most people bring nobody, one in 450 brings scores.
struct Made {
    parent: Vec<u32>,
    joined_at: Vec<i64>,
    fan: Vec<bool>,
    handle: Vec<u32>,
}

impl Made {
    fn new(people: usize, roots: usize, seed: u64) -> Self {
        let mut chance = Chance(seed);
        let mut waiting = BinaryHeap::new();
        let mut made = Self { parent: vec![], joined_at: vec![], fan: vec![], handle: vec![] };
        // Quotas fall off as in life: one store has nearly a third of everybody.
        let size: Vec<f64> = (0..roots)
            .map(|i| (i * 11 + 5) % roots)
            .map(|rank| if rank == 0 { 1.1 } else { 1.0 / (3.0 + rank as f64) })
            .collect();
        let all: f64 = size.iter().sum();
        let mut left: Vec<usize> = size.iter().map(|s| (s / all * people as f64) as usize).collect();
        for root in 0..roots {
            waiting.push((std::cmp::Reverse(root as i64 * 60_000_000), ROOT, root, 0_u32));
        }
        let mut last = vec![0; roots];
        while made.parent.len() < people {
            let Some((std::cmp::Reverse(at), parent, root, depth)) = waiting.pop() else {
                // All cascades have died down: the stores put up new posters.
                let Some(root) = (0..roots).find(|&root| left[root] > 0) else { break };
                waiting
                    .extend((0..40).map(|i| (std::cmp::Reverse(last[root] + i * 900_000_000), root as u32, root, 1)));
                continue;
            };
            if left[root] == 0 && parent != ROOT {
                continue;
            }
            last[root] = at;
            left[root] = left[root].saturating_sub(1);
            let me = u32::try_from(made.parent.len()).unwrap_or(ROOT);
            made.parent.push(parent);
            made.joined_at.push(1_790_000_000_000_000 + at);
            made.fan.push(chance.unit() < 0.7);
            made.handle.push(me * 2 + 1 + u32::from(chance.unit() < 0.3));
            let kids = if parent == ROOT {
                (20.0 + chance.unit() * 60.0) as usize + left[root] / 50
            } else {
                chance.kids(depth)
            };
            let pace = 3_600e6 * (2.0 + 30.0 * chance.unit());
            for _ in 0..kids {
                let wait = -(1.0 - chance.unit()).ln() * pace;
                waiting.push((std::cmp::Reverse(at + wait as i64), me, root, depth + 1));
            }
        }
        made
    }
}

/// splitmix64.
struct Chance(u64);

impl Chance {
    fn unit(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((z ^ (z >> 31)) >> 11) as f64 / 9_007_199_254_740_992.0
    }

    /// How many a person brings.
    fn kids(&mut self, depth: u32) -> usize {
        let (u, v) = (self.unit(), self.unit());
        match () {
            () if depth >= 12 => 0,
            () if u < 0.0022 => (60.0 * (1.0 - v * 0.985).powf(-0.45)) as usize,
            () if u < 0.13 => (2.6 * (1.0 - v).powf(-0.85)).min(50.0) as usize + 1,
            () => 0,
        }
    }
}

fn depths(picture: &Picture) -> Vec<u32> {
    let mut depth = vec![0; picture.order.len()];
    for (parent, kid) in threads(picture) {
        depth[kid] = depth[parent] + 1;
    }
    depth
}

/// Parent and child of every hop, from the child counts alone.
fn threads(picture: &Picture) -> impl Iterator<Item = (usize, usize)> + '_ {
    let parents = picture.kids.iter().enumerate().flat_map(|(i, &kids)| std::iter::repeat_n(i, kids as usize));
    parents.zip(picture.roots..picture.order.len())
}

fn raster(picture: &Picture, zoom: Option<(f32, f32, f32)>) -> Vec<u8> {
    let far = picture.x.iter().chain(&picture.y).fold(1.0_f32, |far, v| far.max(v.abs()));
    let (cx, cy, half) = zoom.unwrap_or((0.0, 0.0, far * 1.02));
    let unit = WIDTH as f32 / 2.0 / half;
    let at =
        |i: usize| ((picture.x[i] - cx) * unit + WIDTH as f32 / 2.0, HEIGHT as f32 / 2.0 - (picture.y[i] - cy) * unit);
    let mut root: Vec<usize> = (0..picture.order.len()).collect();
    for (parent, kid) in threads(picture) {
        root[kid] = root[parent];
    }
    let colour = |i: usize| COLOURS[root[i] % COLOURS.len()];
    let mut canvas = Canvas { pixels: vec![[0.0; 3]; WIDTH * HEIGHT] };
    let centre = (-cx * unit + WIDTH as f32 / 2.0, HEIGHT as f32 / 2.0 + cy * unit);
    for i in 0..picture.roots {
        canvas.line(centre, at(i), colour(i), 0.45);
    }
    for (parent, kid) in threads(picture) {
        let light = if picture.kids[kid] > 0 { 0.4 } else { 0.16 };
        canvas.line(at(parent), at(kid), colour(kid), light);
    }
    let size = unit.clamp(0.55, 4.0);
    for i in 0..picture.order.len() {
        let grown = if picture.kids[i] > 0 { 1.25 } else { 0.9 };
        canvas.dot(at(i), size * grown, colour(i), if picture.fan[i] { 0.85 } else { 0.5 });
    }
    for i in 0..picture.order.len() {
        if i < picture.roots {
            canvas.dot(at(i), (3.0 * unit).clamp(4.0, 14.0), 0xFF_FFFF, 0.7);
        } else if picture.kids[i] >= KOC_KIDS {
            canvas.dot(at(i), (2.6 * unit).clamp(2.5, 12.0), GOLD, 1.5);
        }
    }
    canvas.dot(centre, (8.0 * unit).clamp(7.0, 20.0), 0xFF_FFFF, 2.0);
    canvas.ppm()
}

/// Light that adds up.
struct Canvas {
    pixels: Vec<[f32; 3]>,
}

impl Canvas {
    fn add(&mut self, x: i32, y: i32, colour: u32, light: f32) {
        let (Ok(x), Ok(y)) = (usize::try_from(x), usize::try_from(y)) else { return };
        if x < WIDTH && y < HEIGHT {
            for (c, channel) in self.pixels[y * WIDTH + x].iter_mut().enumerate() {
                *channel += ((colour >> (16 - 8 * c)) & 0xff) as f32 * light;
            }
        }
    }

    fn line(&mut self, from: (f32, f32), to: (f32, f32), colour: u32, light: f32) {
        let (dx, dy) = (to.0 - from.0, to.1 - from.1);
        let long = dx.abs().max(dy.abs()).max(1.0);
        for step in 0..long.min(20_000.0) as u32 {
            let (x, y) = (from.0 + dx * step as f32 / long, from.1 + dy * step as f32 / long);
            // Spread over the two pixels the line passes between.
            let (ax, ay) = if dx.abs() > dy.abs() { (0, 1) } else { (1, 0) };
            let across = if ay == 1 { y - y.floor() } else { x - x.floor() };
            self.add(x.floor() as i32, y.floor() as i32, colour, light * (1.0 - across));
            self.add(x.floor() as i32 + ax, y.floor() as i32 + ay, colour, light * across);
        }
    }

    fn dot(&mut self, at: (f32, f32), radius: f32, colour: u32, light: f32) {
        let reach = radius.ceil() as i32 + 1;
        for y in at.1 as i32 - reach..=at.1 as i32 + reach {
            for x in at.0 as i32 - reach..=at.0 as i32 + reach {
                let away = (x as f32 + 0.5 - at.0).hypot(y as f32 + 0.5 - at.1);
                let cover = (radius + 0.5 - away).clamp(0.0, 1.0);
                if cover > 0.0 {
                    self.add(x, y, colour, light * cover);
                }
            }
        }
    }

    fn ppm(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        let _ = write!(bytes, "P6\n{WIDTH} {HEIGHT}\n255\n");
        for pixel in &self.pixels {
            for (c, light) in pixel.iter().enumerate() {
                let ground = ((GROUND >> (16 - 8 * c)) & 0xff) as f32;
                // Bright spots saturate softly instead of clipping to white.
                let sum = 255.0 - (255.0 - ground) * (-light / 255.0 * 1.4).exp();
                bytes.push(sum.clamp(0.0, 255.0) as u8);
            }
        }
        bytes
    }
}
