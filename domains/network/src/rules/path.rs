//! Reach paths: through whom one person can get to another, by ties of any campaign.
//!
//! The first path has the fewest hops; each further one avoids everybody between on the paths before it (and the direct
//! tie once that was one), so that they fail independently. Two searches grow towards each other a whole circle at a
//! time, the cheaper one by the ties it would have to look at; of equally short ways the one over stronger ties is taken,
//! then the one over earlier handles. So the answer is the same whenever it is asked.

use kernel::Handle;
use rustc_hash::{FxHashMap, FxHashSet};

use super::{
    people::People,
    ties::{Tie, Ties},
    words::{Words, counted},
};

/// Friends of friends of friends of friends: nobody asks farther.
pub const HOPS_MAX: u32 = 5;
/// Ties looked at before a search gives up: some tens of milliseconds.
pub const SCAN_MAX: u64 = 2_000_000;

/// What to look for.
#[derive(Clone, Debug)]
pub struct Wanted<'a> {
    /// Any handle of the one who wants to reach.
    pub from: Handle,
    /// Any handle of the one to be reached.
    pub to: Handle,
    /// At most so many paths.
    pub limit: usize,
    /// At most so many hops a path.
    pub hops_max: u32,
    /// Look at no more ties than this, all paths together.
    pub scan_max: u64,
    /// Only ties of one campaign, by index.
    pub campaign: Option<u32>,
    /// People not to go through: they refused, or have left.
    pub avoid: &'a [Handle],
}

impl Wanted<'_> {
    /// Three paths of up to five hops over all campaigns.
    #[must_use]
    pub const fn new(from: Handle, to: Handle) -> Self {
        Self { from, to, limit: 3, hops_max: HOPS_MAX, scan_max: SCAN_MAX, campaign: None, avoid: &[] }
    }
}

/// One person further on a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hop {
    /// The next person.
    pub person: Handle,
    /// What ties the person before to them.
    pub tie: Tie,
}

impl Hop {
    /// Why the two can be expected to know each other.
    #[must_use]
    pub fn evidence(&self) -> Words {
        let Tie { count, last_at, .. } = self.tie;
        let when = last_at.to_string();
        let day = when.split('T').next().unwrap_or_default();
        let touches = counted(count.into(), "touch", "touches");
        Words::new(format!("互动 {count} 次，最近一次 {day}"), format!("{touches}, the last on {day}"))
    }
}

/// A way from one person to another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Path {
    /// Where it starts.
    pub from: Handle,
    /// Everybody after, up to the one to be reached.
    pub hops: Vec<Hop>,
}

impl Path {
    /// The people to go through.
    pub fn between(&self) -> impl Iterator<Item = Handle> + '_ {
        self.hops.iter().take(self.hops.len().saturating_sub(1)).map(|hop| hop.person)
    }
}

/// Why a search ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    /// As many paths as asked for, or all there are.
    Complete,
    /// The two are one person.
    SamePerson,
    /// Too many ties to look at; there may be more (or shorter) paths than those found.
    TooWide,
}

/// Paths, the shortest first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Paths {
    /// What was found.
    pub paths: Vec<Path>,
    /// Whether that is all.
    pub ended: Ended,
}

/// Looks for paths.
#[must_use]
pub fn find(people: &People, ties: &Ties, wanted: &Wanted<'_>) -> Paths {
    let (from, to) = (people.person(wanted.from), people.person(wanted.to));
    let mut paths = Vec::new();
    if from == to {
        return Paths { paths, ended: Ended::SamePerson };
    }
    let mut avoid: FxHashSet<Handle> = wanted.avoid.iter().map(|handle| people.person(*handle)).collect();
    avoid.remove(&from);
    avoid.remove(&to);
    let mut direct = true;
    let mut scan_left = wanted.scan_max;
    while paths.len() < wanted.limit {
        let mut search = Search { people, ties, wanted, avoid: &avoid, direct, scan_left };
        let found = search.run(from, to);
        scan_left = search.scan_left;
        match found {
            Ok(Some(path)) => {
                direct &= path.hops.len() > 1;
                avoid.extend(path.between());
                paths.push(path);
            }
            Ok(None) => break,
            Err(TooWide) => return Paths { paths, ended: Ended::TooWide },
        }
    }
    Paths { paths, ended: Ended::Complete }
}

struct TooWide;

struct Search<'a> {
    people: &'a People,
    ties: &'a Ties,
    wanted: &'a Wanted<'a>,
    avoid: &'a FxHashSet<Handle>,
    direct: bool,
    scan_left: u64,
}

/// A tie to somebody one circle nearer to where the search started.
#[derive(Clone, Copy)]
struct Link {
    nearer: Handle,
    tie: Tie,
}

impl Link {
    fn is_stronger(&self, other: &Self) -> bool {
        self.tie.strength().cmp(&other.tie.strength()).then(other.nearer.cmp(&self.nearer)).is_gt()
    }
}

struct Seen {
    circle: u32,
    best: Option<Link>,
    /// The tie being added up, touch by touch, to the person whose turn it is.
    running: Option<Link>,
}

/// One of the two searches.
struct Side {
    start: Handle,
    seen: FxHashMap<Handle, Seen>,
    edge: Vec<Handle>,
    circle: u32,
    /// Ties the next circle costs to look at.
    cost: u64,
}

impl Side {
    fn links_back(&self, mut person: Handle) -> Vec<(Handle, Link)> {
        let mut links = Vec::new();
        while let Some(link) = self.seen.get(&person).and_then(|seen| seen.best) {
            links.push((person, link));
            person = link.nearer;
        }
        links
    }
}

impl Search<'_> {
    fn run(&mut self, from: Handle, to: Handle) -> Result<Option<Path>, TooWide> {
        let mut near = self.side(from);
        let mut far = self.side(to);
        while near.circle + far.circle < self.wanted.hops_max && !near.edge.is_empty() && !far.edge.is_empty() {
            let meeting =
                if near.cost <= far.cost { self.widen(&mut near, &far)? } else { self.widen(&mut far, &near)? };
            if let Some(meeting) = meeting {
                return Ok(Some(path(&near, &far, meeting)));
            }
        }
        Ok(None)
    }

    fn side(&self, start: Handle) -> Side {
        let mut seen = FxHashMap::default();
        seen.insert(start, Seen { circle: 0, best: None, running: None });
        Side { start, seen, edge: vec![start], circle: 0, cost: self.ties.degree(self.people, start) }
    }

    /// Grows one side by a circle. Answers with the best person both sides know, if there is one now: all shortest ways
    /// run through the people of this circle whom the other side knows.
    fn widen(&mut self, side: &mut Side, other: &Side) -> Result<Option<Handle>, TooWide> {
        self.scan_left = self.scan_left.checked_sub(side.cost).ok_or(TooWide)?;
        side.circle += 1;
        let mut reached = Vec::new();
        for nearer in std::mem::take(&mut side.edge) {
            for step in self.ties.steps(self.people, nearer, self.wanted.campaign) {
                let forbidden = !self.direct && nearer == side.start && step.person == other.start;
                if forbidden || self.avoid.contains(&step.person) {
                    continue;
                }
                let link = Link { nearer, tie: step.tie };
                let seen = side.seen.entry(step.person).or_insert_with(|| {
                    reached.push(step.person);
                    Seen { circle: side.circle, best: None, running: None }
                });
                if seen.circle == side.circle {
                    seen.add(link);
                }
            }
        }
        side.cost = reached.iter().map(|person| self.ties.degree(self.people, *person)).sum();
        let meeting = reached.iter().copied().filter(|person| other.seen.contains_key(person)).reduce(|a, b| {
            if weakest(side, other, b).cmp(&weakest(side, other, a)).then(a.cmp(&b)).is_gt() { b } else { a }
        });
        side.edge = reached;
        Ok(meeting)
    }
}

impl Seen {
    /// Adds one touch with `link.nearer`; the touches of one person come in a row.
    fn add(&mut self, link: Link) {
        let running = match self.running {
            Some(running) if running.nearer == link.nearer => {
                Link { tie: running.tie.plus(link.tie), nearer: link.nearer }
            }
            _ => link,
        };
        self.running = Some(running);
        if self.best.is_none_or(|best| best.nearer == running.nearer || running.is_stronger(&best)) {
            self.best = Some(running);
        }
    }
}

/// Strength of the weaker of the two ties at a meeting person: a way is as good as its weakest part.
fn weakest(side: &Side, other: &Side, person: Handle) -> Option<(u32, kernel::Timestamp)> {
    let strength = |side: &Side| side.seen.get(&person).and_then(|seen| seen.best).map(|link| link.tie.strength());
    match (strength(side), strength(other)) {
        (Some(a), Some(b)) => Some(a.min(b)),
        (a, b) => a.or(b),
    }
}

fn path(near: &Side, far: &Side, meeting: Handle) -> Path {
    let mut hops: Vec<Hop> =
        near.links_back(meeting).into_iter().map(|(person, link)| Hop { person, tie: link.tie }).collect();
    hops.reverse();
    // Ties of the far side were read from the other end.
    let turned = |link: Link| Hop { person: link.nearer, tie: link.tie.turned() };
    hops.extend(far.links_back(meeting).into_iter().map(|(_, link)| turned(link)));
    Path { from: near.start, hops }
}
