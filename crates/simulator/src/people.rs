//! The people of a campaign, and the trees they form: each store's tree grows circle by circle into the shape decided before.

use crate::{
    brand::STORES,
    chance::{Chance, Stage, scramble, split},
    names,
    shape::StoreShape,
};

/// Position in [`Cast::people`]. The roots come first, parents before their children, siblings together.
pub(crate) type Index = u32;

/// Nobody brought this person.
pub(crate) const NOBODY: Index = Index::MAX;

/// Most people an ordinary sharer brings.
const ORDINARY_INVITES_MAX: u32 = 59;
/// People an ordinary sharer brings on average.
const ORDINARY_INVITES_MEAN: f64 = 5.4;

/// How somebody appears in the facts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Way {
    /// A store manager: known by a user id and a name.
    Manager,
    /// Opens the H5 page under an anonymous id, then signs in and leaves phone and WeChat id.
    Browser,
    /// Opens the mini-program signed in already; phone and WeChat id are known.
    App,
    /// Signs in, but leaves only one of phone and WeChat id.
    Half,
    /// Opens the page and leaves nothing.
    Passing,
}

/// One person.
#[derive(Clone, Debug)]
pub(crate) struct Person {
    pub(crate) parent: Index,
    /// Number of the store whose tree this is; the number of stores for those under no known root.
    pub(crate) store: u8,
    pub(crate) circle: u8,
    pub(crate) way: Way,
    /// Whether the person shares by a token of their own.
    pub(crate) token: bool,
    /// How far the clock of their phone is off, in seconds.
    pub(crate) skew_secs: i16,
    /// Direct invites.
    pub(crate) invites: u16,
    /// How talkative their surroundings are: passed on, so that key people come in chains.
    influence: f32,
    /// When they open what was shared, µs since 1970.
    pub(crate) joined: i64,
    /// From when on others can open what they share.
    pub(crate) ready: i64,
    /// Nothing their phone says is heard before this; 0 for most.
    pub(crate) held: i64,
}

impl Person {
    pub(crate) fn new(parent: Index, store: u8, circle: u8, way: Way) -> Self {
        Self {
            parent,
            store,
            circle,
            way,
            token: false,
            skew_secs: 0,
            invites: 0,
            influence: 0.0,
            joined: 0,
            ready: 0,
            held: 0,
        }
    }

    /// 粉丝: phone and WeChat id left.
    pub(crate) const fn is_fan(&self) -> bool {
        matches!(self.way, Way::Browser | Way::App)
    }

    /// Whether they have a place below a root.
    pub(crate) const fn is_placed(&self) -> bool {
        self.circle > 0 && !self.is_stray()
    }

    /// Whether no known root brought them.
    pub(crate) const fn is_stray(&self) -> bool {
        self.store as usize == STORES
    }

    /// Whether facts ever carry a user id for them.
    pub(crate) const fn signs_in(&self) -> bool {
        !matches!(self.way, Way::Passing)
    }

    /// Whether facts ever carry an anonymous id for them.
    pub(crate) const fn has_browser(&self) -> bool {
        matches!(self.way, Way::Browser | Way::Half | Way::Passing)
    }
}

/// Everybody, with what their ids are made from.
#[derive(Clone, Debug)]
pub(crate) struct Cast {
    pub(crate) people: Vec<Person>,
    pub(crate) salt: u64,
}

impl Cast {
    pub(crate) fn salt_of(seed: u64) -> u64 {
        scramble(seed ^ 0x5eed)
    }

    pub(crate) fn person(&self, index: Index) -> &Person {
        &self.people[index as usize]
    }

    /// A number of their own for everything that is drawn when a fact is written.
    pub(crate) fn trait_salt(&self, index: Index) -> u64 {
        scramble(self.salt ^ u64::from(index))
    }

    pub(crate) fn name(&self, index: Index) -> String {
        names::name(self.trait_salt(index))
    }

    /// Positions of the people for whom it holds.
    pub(crate) fn positions(&self, holds: impl Fn(&Person) -> bool) -> Vec<Index> {
        (0..).zip(&self.people).filter(|(_, person)| holds(person)).map(|(index, _)| index).collect()
    }
}

/// Grows all trees.
pub(crate) fn grow(seed: u64, shapes: &[StoreShape]) -> Cast {
    let mut chance = Chance::new(seed, Stage::Trees);
    let mut people: Vec<Person> =
        (0..).zip(shapes).map(|(store, _)| Person::new(NOBODY, store, 0, Way::Manager)).collect();
    for (root, shape) in (0..).zip(shapes) {
        let mut circle = vec![root];
        for (depth, size) in (0..).zip(&shape.circles) {
            let counts = invites(&mut chance, &people, &circle, depth, *size, shape);
            circle = bring(&mut chance, &mut people, &circle, &counts);
        }
    }
    let mut cast = Cast { people, salt: Cast::salt_of(seed) };
    choose_ways(&mut Chance::new(seed, Stage::People), &mut cast, shapes);
    cast
}

/// How many people each of a circle brings; they sum to `size`.
fn invites(
    chance: &mut Chance,
    people: &[Person],
    circle: &[Index],
    depth: usize,
    size: u32,
    shape: &StoreShape,
) -> Vec<u32> {
    if depth == 0 {
        return vec![size];
    }
    let mut counts = vec![0; circle.len()];
    let influence: Vec<f64> = circle.iter().map(|index| f64::from(people[*index as usize].influence)).collect();
    let kocs: Vec<u32> = shape.kocs.iter().filter(|koc| koc.circle == depth).map(|koc| koc.invites).collect();
    let keen: Vec<f64> = circle
        .iter()
        .zip(&influence)
        .map(|(index, influence)| {
            // Key people come in chains.
            let parent = &people[people[*index as usize].parent as usize];
            (1.2 * influence).exp() * if parent.invites > ORDINARY_INVITES_MAX as u16 { 5.0 } else { 1.0 }
        })
        .collect();
    for (at, koc) in chance.draw(&keen, kocs.len()).into_iter().zip(&kocs) {
        counts[at] = *koc;
    }
    let rest = size - kocs.iter().sum::<u32>();
    let willing: Vec<f64> =
        influence.iter().zip(&counts).map(|(z, count)| if *count > 0 { 1e-12 } else { (0.9 * z).exp() }).collect();
    let free = circle.len() - kocs.len();
    let sharers = ((f64::from(rest) / ORDINARY_INVITES_MEAN).round() as usize).min(free * 3 / 5);
    let sharers = sharers.max(rest.div_ceil(30) as usize).clamp(usize::from(rest > 0), rest as usize).min(free);
    let drawn = chance.draw(&willing, sharers);
    let weights: Vec<f64> = drawn.iter().map(|at| (0.5 * influence[*at] + 0.85 * chance.normal()).exp()).collect();
    for (at, count) in drawn.into_iter().zip(ordinary(chance, rest, &weights)) {
        counts[at] = count;
    }
    counts
}

/// Shares `total` among ordinary sharers, heavy-tailed, each at least 1 and none enough to be a key person.
fn ordinary(chance: &mut Chance, total: u32, weights: &[f64]) -> Vec<u32> {
    if weights.is_empty() {
        return Vec::new();
    }
    let mut counts = split(total, weights, 1);
    let mut spare = 0;
    for count in &mut counts {
        let over = count.saturating_sub(ORDINARY_INVITES_MAX);
        *count -= over;
        spare += over;
    }
    while spare > 0 {
        let at = chance.below(counts.len());
        if counts[at] < ORDINARY_INVITES_MAX {
            counts[at] += 1;
            spare -= 1;
        }
    }
    counts
}

/// Appends the next circle.
fn bring(chance: &mut Chance, people: &mut Vec<Person>, circle: &[Index], counts: &[u32]) -> Vec<Index> {
    let mut next = Vec::new();
    for (parent, count) in circle.iter().zip(counts) {
        let Person { store, circle, influence, .. } = people[*parent as usize].clone();
        people[*parent as usize].invites = *count as u16;
        for _ in 0..*count {
            let mut person = Person::new(*parent, store, circle + 1, Way::Browser);
            person.influence = 0.55 * influence + 0.83 * chance.normal() as f32;
            next.push(people.len() as Index);
            people.push(person);
        }
    }
    next
}

/// Decides who is a visitor and how everybody comes in.
fn choose_ways(chance: &mut Chance, cast: &mut Cast, shapes: &[StoreShape]) {
    for (store, shape) in (0..).zip(shapes) {
        // The deepest circle is all fans: the depth holds for people and for fans alike.
        let deepest = shape.circles.len() as u8;
        let candidates = cast.positions(|person| {
            person.store == store
                && person.circle > 0
                && (person.circle < deepest || deepest == 1)
                && person.invites <= ORDINARY_INVITES_MAX as u16
        });
        let weights: Vec<f64> =
            candidates.iter().map(|index| if cast.person(*index).invites == 0 { 1.0 } else { 0.3 }).collect();
        for at in chance.draw(&weights, shape.visitors as usize) {
            let way = if chance.hit(0.16) { Way::Half } else { Way::Passing };
            cast.people[candidates[at] as usize].way = way;
        }
    }
    for person in cast.people.iter_mut().filter(|person| person.circle > 0) {
        if person.is_fan() && chance.hit(0.22) {
            person.way = Way::App;
        }
        person.token = person.invites > 0 && chance.hit(0.15);
    }
}
