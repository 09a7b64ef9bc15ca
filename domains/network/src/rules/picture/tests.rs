//! Stories and rules of the picture as a whole. The decoder here is the console's reading of the wire form.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::{order::jitter, *};

/// What a reader of the bytes knows.
#[derive(Debug, PartialEq)]
struct Read {
    roots: usize,
    scale: f32,
    t0: i64,
    span: i64,
    offset: u64,
    x: Vec<f32>,
    y: Vec<f32>,
    at: Vec<i64>,
    fan: Vec<bool>,
    kids: Vec<u32>,
    handle: Vec<u32>,
    out: Vec<bool>,
}

struct Reader<'a>(&'a [u8]);

impl Reader<'_> {
    fn take<const N: usize>(&mut self) -> [u8; N] {
        let (head, tail) = self.0.split_first_chunk::<N>().expect("bytes left");
        self.0 = tail;
        *head
    }

    fn varint(&mut self) -> u64 {
        let mut value = 0;
        for shift in (0..).step_by(7) {
            let [byte] = self.take();
            value |= u64::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                break;
            }
        }
        value
    }
}

fn decode(bytes: &[u8]) -> Read {
    let mut r = Reader(bytes);
    assert_eq!(&r.take(), b"SLP2");
    let n = u32::from_le_bytes(r.take()) as usize;
    let roots = u32::from_le_bytes(r.take()) as usize;
    let scale = f32::from_le_bytes(r.take());
    let t0 = i64::from_le_bytes(r.take());
    let span = i64::from_le_bytes(r.take());
    let offset = u64::from_le_bytes(r.take());
    let mut axis = || (0..n).map(|_| (f32::from(u16::from_le_bytes(r.take())) - 32_768.0) * scale).collect::<Vec<_>>();
    let (x, y) = (axis(), axis());
    let time = |ut: u16| t0 + i64::try_from(i128::from(ut) * i128::from(span) / 65_535).expect("within the span");
    let at = (0..n).map(|_| time(u16::from_le_bytes(r.take()))).collect();
    let bits: Vec<u8> = (0..n.div_ceil(8)).map(|_| r.take::<1>()[0]).collect();
    let fan = (0..n).map(|i| bits[i / 8] >> (i % 8) & 1 == 1).collect();
    let kids = (0..n).map(|_| u32::try_from(r.varint()).expect("a count")).collect();
    let mut before = 0_i64;
    let handle = (0..n)
        .map(|_| {
            let zigzag = r.varint();
            before += (zigzag >> 1).cast_signed() ^ -(zigzag & 1).cast_signed();
            u32::try_from(before).expect("a handle")
        })
        .collect();
    let mut out = vec![false; n];
    let mut place = 0;
    for _ in 0..r.varint() {
        place += usize::try_from(r.varint()).expect("a place");
        out[place] = true;
    }
    assert!(r.0.is_empty(), "{} bytes left over", r.0.len());
    Read { roots, scale, t0, span, offset, x, y, at, fan, kids, handle, out }
}

/// A forest that owns its columns.
#[derive(Clone, Debug, Default)]
struct Made {
    parent: Vec<u32>,
    joined_at: Vec<i64>,
    fan: Vec<bool>,
    handle: Vec<u32>,
    out: Vec<bool>,
}

impl Made {
    fn add(&mut self, parent: u32, at: i64) -> u32 {
        let me = u32::try_from(self.parent.len()).expect("few people");
        self.parent.push(parent);
        self.joined_at.push(at);
        self.fan.push(jitter(me, 9) < 0.7);
        self.handle.push(me + 1);
        self.out.push(jitter(me, 10) < 0.05);
        me
    }

    /// (parent, joining time) of each.
    fn of(people: impl IntoIterator<Item = (u32, i64)>) -> Self {
        let mut made = Self::default();
        for (parent, at) in people {
            made.add(parent, at);
        }
        made
    }

    /// People come one after another; a few bring very many. The first root has more than a third of everybody.
    fn campaign(people: u32, roots: u32) -> Self {
        let mut made = Self::default();
        for root in 0..roots {
            made.add(ROOT, i64::from(root));
        }
        let mut bringers: Vec<u32> = (0..roots).collect();
        for i in roots..people {
            let store = if jitter(i, 1) < 0.33 { 0 } else { (jitter(i, 2) * roots as f32) as u32 };
            let among: Vec<u32> = if jitter(i, 3) < 0.02 { vec![store] } else { bringers.clone() };
            // Early bringers are drawn more often: a heavy tail.
            let pick = (jitter(i, 4).powi(3) * among.len() as f32) as usize;
            let me = made.add(among[pick.min(among.len() - 1)], i64::from(i) * 1_000_000);
            if jitter(me, 5) < 0.12 {
                bringers.push(me);
            }
        }
        made
    }

    fn forest(&self) -> Forest<'_> {
        Forest {
            parent: &self.parent,
            joined_at: &self.joined_at,
            fan: &self.fan,
            handle: &self.handle,
            out: &self.out,
        }
    }

    fn draw(&self, mode: Mode) -> Picture {
        draw(&self.forest(), &Options { mode, ..Options::default() })
    }

    /// The same people listed in another order.
    fn shuffled(&self, seed: u32) -> Self {
        let n = self.parent.len();
        let mut order: Vec<usize> = (0..n).collect();
        order.sort_by(|&a, &b| jitter(a as u32, seed).total_cmp(&jitter(b as u32, seed)).then(a.cmp(&b)));
        let mut place = vec![0_u32; n];
        for (new, &old) in (0_u32..).zip(&order) {
            place[old] = new;
        }
        Self {
            parent: order.iter().map(|&i| place.get(self.parent[i] as usize).copied().unwrap_or(ROOT)).collect(),
            joined_at: order.iter().map(|&i| self.joined_at[i]).collect(),
            fan: order.iter().map(|&i| self.fan[i]).collect(),
            handle: order.iter().map(|&i| self.handle[i]).collect(),
            out: order.iter().map(|&i| self.out[i]).collect(),
        }
    }
}

/// Place of each person's parent, from the child counts alone.
fn parents(kids: &[u32], roots: usize) -> Vec<Option<usize>> {
    let mut parents = vec![None; roots];
    parents.extend(kids.iter().enumerate().flat_map(|(i, &kids)| std::iter::repeat_n(Some(i), kids as usize)));
    parents
}

fn assert_finite(picture: &Picture, what: &str) {
    assert!(picture.x.iter().chain(&picture.y).all(|v| v.is_finite()), "{what}: a place is no number");
}

#[test]
fn strange_trees_have_a_picture_too() {
    let star = || Made::of((0..60_000).map(|i: u32| (if i == 0 { ROOT } else { 0 }, i64::from(i))));
    let path = || Made::of((0..100_000_u32).map(|i| (i.checked_sub(1).unwrap_or(ROOT), 5)));
    let lonely = || Made::of((0..200).map(|i| (ROOT, i)));
    // Everybody brings exactly one, all in the same instant, from many roots.
    let combs = || Made::of((0..4_200_u32).map(|i| (i.checked_sub(200).unwrap_or(ROOT), 7)));
    let one = || Made::of([(ROOT, i64::MAX)]);
    let all: [(&str, &dyn Fn() -> Made); 6] = [
        ("nobody", &Made::default),
        ("one root", &one),
        ("a star", &star),
        ("a path", &path),
        ("roots without people", &lonely),
        ("combs", &combs),
    ];
    for (what, make) in all {
        for mode in [Mode::Network, Mode::Depth] {
            let made = make();
            let picture = made.draw(mode);
            assert_eq!(picture.order.len(), made.parent.len(), "{what}");
            assert_finite(&picture, what);
            assert_eq!(decode(&picture.encode(3)).kids, picture.kids, "{what}");
        }
    }
}

#[test]
fn people_on_a_cycle_hang_on_no_root_and_are_left_out() {
    // 0 is a root, 1 under it; 2 and 3 brought each other; 4 hangs on them; 5 points past the end and is a root.
    let parent = [ROOT, 0, 3, 2, 2, 99];
    let picture =
        draw(&Forest { parent: &parent, joined_at: &[1; 6], fan: &[], handle: &[], out: &[] }, &Options::default());
    assert_eq!((picture.order.as_slice(), picture.roots), (&[0, 5, 1][..], 2));
}

#[test]
fn the_same_forest_gives_the_same_bytes_however_it_is_listed_and_drawn() {
    let made = Made::campaign(20_000, 12);
    let bytes = |made: &Made, threads| draw(&made.forest(), &Options { threads, ..Options::default() }).encode(1);
    let two = bytes(&made, 2);
    assert!(two == bytes(&made, 1), "one thread draws another picture than two");
    assert!(two == bytes(&made, 5), "five threads draw another picture than two");
    assert!(two == bytes(&made.shuffled(77), 2), "the order of the input shows");
}

#[test]
fn every_root_keeps_to_its_sector_and_none_is_crowded_out() {
    let made = Made::campaign(20_000, 24);
    let tree = Tree::new(&made.forest());
    let sectors = wedge::sectors(&tree);
    let largest = sectors.iter().map(|s| s.half).fold(0.0, f64::max) / std::f64::consts::PI;
    assert!((0.1..0.4).contains(&largest), "the largest store takes {largest} of the circle");
    let picture = made.draw(Mode::Network);
    let outside = (0..tree.len())
        .filter(|&i| tree.kids[i] > 0 || i < tree.roots)
        .filter(|&i| {
            let sector = sectors[tree.root[i] as usize];
            sector.offset(f64::from(picture.y[i]).atan2(f64::from(picture.x[i]))).abs() > sector.half + 1e-3
        })
        .count();
    assert_eq!(outside, 0);
}

#[test]
fn dandelions_stand_free_of_each_other() {
    let made = Made::campaign(20_000, 24);
    let tree = Tree::new(&made.forest());
    let sectors = wedge::sectors(&tree);
    let mut skeleton = Skeleton::new(&tree, &sectors);
    force::settle(&mut skeleton, &sectors, 2);
    relax::separate(&mut skeleton, &sectors);
    let n = skeleton.len();
    let overlapping = (0..n)
        .flat_map(|i| (i + 1..n).map(move |j| (i, j)))
        .filter(|&(i, j)| {
            let apart = (skeleton.x[i] - skeleton.x[j]).hypot(skeleton.y[i] - skeleton.y[j]);
            apart < 0.9 * (skeleton.radius[i] + skeleton.radius[j])
        })
        .count();
    assert!(overlapping * 200 <= n, "{overlapping} pairs of {n} discs overlap by more than a tenth");
}

#[test]
fn petals_stand_round_whoever_brought_them_earliest_innermost() {
    let made = Made::campaign(5_000, 6);
    let picture = made.draw(Mode::Network);
    let mut rings: BTreeMap<usize, Vec<f32>> = BTreeMap::new();
    for (kid, parent) in parents(&picture.kids, picture.roots).into_iter().enumerate() {
        if let (Some(parent), 0) = (parent, picture.kids[kid]) {
            let away = (picture.x[kid] - picture.x[parent]).hypot(picture.y[kid] - picture.y[parent]);
            rings.entry(parent).or_default().push(away);
        }
    }
    let widest = rings.values().max_by_key(|ring| ring.len()).expect("somebody brought somebody");
    assert!(widest.len() > 60 && widest.is_sorted_by(|a, b| a <= &(b + 0.01)));
    for ring in rings.values() {
        assert!(ring.iter().all(|&away| away < florets::radius(ring.len())));
    }
}

#[test]
fn by_depth_each_circle_is_a_ring() {
    let made = Made::campaign(3_000, 8);
    let picture = made.draw(Mode::Depth);
    let mut depth = vec![1.0_f32; picture.order.len()];
    for (kid, parent) in parents(&picture.kids, picture.roots).into_iter().enumerate() {
        if let Some(parent) = parent {
            depth[kid] = depth[parent] + 1.0;
        }
        let ring = picture.x[kid].hypot(picture.y[kid]) / depth[kid];
        let first = picture.x[0].hypot(picture.y[0]);
        assert!((ring - first).abs() < first * 1e-3);
    }
}

#[test]
fn sixty_thousand_people_fit_in_560_kilobytes() {
    let bytes = Made::campaign(61_000, 24).draw(Mode::Depth).encode(1);
    assert!(bytes.len() <= 560_000, "{} bytes", bytes.len());
}

/// Any forest: everybody is brought by somebody listed anywhere, or by nobody.
fn any_forest() -> impl Strategy<Value = Made> {
    let person = (any::<u32>(), prop::bool::weighted(0.1), -50_i64..50, any::<bool>());
    (prop::collection::vec(person, 0..300), 1_i64..1_000_000_000_000, any::<u32>()).prop_map(|(people, unit, seed)| {
        let mut made = Made::default();
        for (pick, root, at, fan) in people {
            let n = u32::try_from(made.parent.len()).expect("few people");
            let me = made.add(if root || n == 0 { ROOT } else { pick % n }, at * unit);
            made.fan[me as usize] = fan;
            made.handle[me as usize] = pick;
        }
        made.shuffled(seed)
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn what_is_written_is_read_back(made in any_forest(), offset in any::<u64>(), depth in any::<bool>()) {
        let picture = made.draw(if depth { Mode::Depth } else { Mode::Network });
        assert_finite(&picture, "any forest");
        let read = decode(&picture.encode(offset));
        prop_assert_eq!((read.roots, read.offset), (picture.roots, offset));
        prop_assert_eq!((&read.fan, &read.kids, &read.handle), (&picture.fan, &picture.kids, &picture.handle));
        prop_assert_eq!(&read.out, &picture.out);
        for (shown, drawn) in read.x.iter().chain(&read.y).zip(picture.x.iter().chain(&picture.y)) {
            prop_assert!((shown - drawn).abs() <= 0.51 * read.scale);
        }
        for (read_at, at) in read.at.iter().zip(&picture.joined_at) {
            prop_assert!((read_at - at).abs() <= read.span / 65_535 + 1);
        }
    }

    #[test]
    fn everybody_is_there_once_after_their_parent_and_their_elder_siblings(made in any_forest()) {
        let picture = made.draw(Mode::Depth);
        let mut seen = picture.order.clone();
        seen.sort_unstable();
        prop_assert!(seen.iter().copied().eq(0..u32::try_from(made.parent.len()).expect("few people")));
        let parents = parents(&picture.kids, picture.roots);
        for (place, parent) in parents.iter().enumerate() {
            let stated = made.parent[picture.order[place] as usize];
            prop_assert_eq!(parent.map_or(ROOT, |p| picture.order[p]), stated);
            prop_assert!(parent.is_none_or(|p| p < place));
            if place > 0 && parents[place - 1] == *parent {
                let key = |i: usize| (picture.joined_at[i], picture.handle[i]);
                prop_assert!(key(place - 1) <= key(place));
            }
        }
    }
}
