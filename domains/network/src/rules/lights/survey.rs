//! All lights at once: whom each reaches, whom several do, whom none does.

use kernel::{CampaignId, Handle, Scope, Timestamp, UnitId};
use rustc_hash::FxHashSet;

use super::{Axis, Band, Candidate, Cover, Grouping, Growth, HOPS_MAX, LIGHTS_MAX, Light, Lit, Search, cover, lights};
use crate::rules::ground::{Ground, Root};

/// How many new lights are proposed.
const CANDIDATES_MAX: usize = 20;

/// What is asked for.
#[derive(Clone, Copy, Debug)]
pub struct Wanted<'a> {
    /// What makes roots one light.
    pub by: Grouping,
    /// Only roots of this campaign.
    pub campaign: Option<u32>,
    /// Only roots the caller may see.
    pub scope: &'a Scope,
    /// Lit is who is reached with at least this product of chances.
    pub least: f32,
}

/// One light in numbers.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Sums {
    /// Everybody it lights; its own lamps are not among them.
    pub people: u32,
    /// Those who left phone and WeChat id; the others are visitors.
    pub fans: u32,
    /// By how well: 明, 弱, 暗.
    pub bands: [u32; 3],
    /// By the fewest hops.
    pub circles: [u32; HOPS_MAX],
    /// People who stand under no root in scope: counted, never named.
    pub away: u32,
    /// People another light in scope lights too.
    pub shared: u32,
    /// People some light out of scope lights too.
    pub shared_elsewhere: u32,
    /// When they joined.
    pub growth: Growth,
    /// False when there were too many ties to look at all of them.
    pub complete: bool,
}

impl Sums {
    /// Circles that have anybody.
    #[must_use]
    pub fn depth(&self) -> u32 {
        self.circles.iter().rposition(|people| *people > 0).map_or(0, |circle| circle as u32 + 1)
    }
}

/// People two lights both reach.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Overlap {
    /// Place of one light.
    pub a: u32,
    /// Place of the other, which is larger.
    pub b: u32,
    /// How many.
    pub both: u32,
}

/// Why no light reaches somebody.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reason {
    /// Tied to nobody.
    Untied,
    /// No chain of ties leads from any light to them.
    CutOff,
    /// More than five hops from every light.
    TooFar,
    /// Near enough, but the ties are too weak.
    TooFaint,
}

/// Somebody in dark water.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Dark {
    /// Who.
    pub person: Handle,
    /// Why.
    pub reason: Reason,
    /// A light out of scope reaches them.
    pub elsewhere: bool,
    /// How many people they are tied to.
    pub ties: u32,
    /// When they joined first; nothing for who waits for a place or was never brought.
    pub since: Option<Timestamp>,
    /// The root they stood under first, as far as it is in scope, by its place in [`Survey::roots`].
    pub root: Option<u32>,
    /// The campaign they came by, by its place in [`Survey::campaigns`]; nothing for who is tied to nobody.
    pub campaign: Option<u32>,
    /// To whom their earliest tie is, if that is somebody in scope.
    pub by: Option<Handle>,
}

/// A new light that would add most.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NewLight {
    /// Who.
    pub person: Handle,
    /// The root they stood under first, as far as it is in scope, by its place in [`Survey::roots`].
    pub root: Option<u32>,
    /// How many people they are tied to.
    pub ties: u32,
    /// What they would add.
    pub candidate: Candidate,
}

/// See the module.
#[derive(Debug, Default)]
pub struct Survey {
    /// The most people first.
    pub lights: Vec<(Light, Sums)>,
    /// How many lights more there are, told together because they are so many, and what they light.
    pub rest: Option<(u32, Sums)>,
    /// Pairs that share anybody.
    pub overlaps: Vec<Overlap>,
    /// The time all curves go over.
    pub axis: Option<Axis>,
    /// Everybody any light reaches.
    pub growth: Growth,
    /// People the caller may see, all lamps left out.
    pub known: u32,
    /// People who are left out as suspicious.
    pub kept_out: u64,
    /// Those of them by the best light that reaches them: 明, 弱, 暗. The others stand in the dark.
    pub bands: [u32; 3],
    /// Those no light reaches, who has most ties first.
    pub dark: Vec<Dark>,
    /// Where a new light would add most, best first; each adds to those before.
    pub new_lights: Vec<NewLight>,
    /// Persons who were tried as a new light.
    pub considered: u32,
    /// People no light lights at least weakly.
    pub dim: u32,
    /// All roots, in scope or not.
    pub roots: Vec<Root>,
    /// In the order the network names them.
    pub campaigns: Vec<CampaignId>,
}

/// What a survey adds up while it goes over the lights.
struct Sea<'a> {
    ground: &'a Ground,
    visible: Vec<bool>,
    elsewhere: Vec<bool>,
    axis: Axis,
    best: Vec<f32>,
    /// By how many lights somebody is lit.
    times: Vec<u16>,
    bitmaps: Vec<Vec<u64>>,
}

/// Surveys the lights. `told` hears how much of the work is done, from 0 to 1.
#[must_use]
pub fn survey(ground: &Ground, wanted: &Wanted<'_>, told: &dyn Fn(f64)) -> Survey {
    let (mut own, hidden) = lights(ground, wanted.by, wanted.campaign, wanted.scope);
    let left_out = own.split_off(own.len().min(LIGHTS_MAX));
    let mut search = Search::new(&ground.beams);
    let mut sea = Sea::new(ground, wanted.scope);
    for lit in search.light(&hidden, wanted.least).0 {
        sea.elsewhere[lit.node as usize] = true;
    }
    let steps = own.len() as f64 + 2.0;
    let mut surveyed = Vec::with_capacity(own.len());
    for (place, light) in own.into_iter().enumerate() {
        let (lit, complete) = search.light(&light.lamps, wanted.least);
        let sums = sea.sums(&lit, complete);
        sea.keep(&lit);
        surveyed.push((light, sums));
        told((place + 1) as f64 / steps);
    }
    let rest = (!left_out.is_empty()).then(|| {
        let mut lamps: Vec<u32> = left_out.iter().flat_map(|light| light.lamps.iter().copied()).collect();
        lamps.sort_unstable();
        lamps.dedup();
        let (lit, complete) = search.light(&lamps, wanted.least);
        lit.iter().for_each(|lit| sea.add(lit));
        ((left_out.len() as u32, sea.sums(&lit, complete)), lamps)
    });
    let (rest, rest_lamps) = rest.map_or((None, Vec::new()), |(rest, lamps)| (Some(rest), lamps));
    let overlaps = sea.overlaps(&mut surveyed);
    told((steps - 1.0) / steps);
    let lamps: Vec<u32> =
        surveyed.iter().flat_map(|(light, _)| light.lamps.iter().copied()).chain(rest_lamps).collect();
    sea.finish(wanted, surveyed, rest, overlaps, &lamps)
}

impl<'a> Sea<'a> {
    fn new(ground: &'a Ground, scope: &Scope) -> Self {
        let people = ground.graph.len();
        Self {
            ground,
            visible: ground.visible(scope),
            elsewhere: vec![false; people],
            axis: Axis::over(ground.first_joined.iter().copied()),
            best: vec![0.0; people],
            times: vec![0; people],
            bitmaps: Vec::new(),
        }
    }

    fn sums(&self, lit: &[Lit], complete: bool) -> Sums {
        let mut sums = Sums { people: lit.len() as u32, growth: self.axis.curve(), complete, ..Sums::default() };
        for lit in lit {
            let place = lit.node as usize;
            sums.fans += u32::from(self.ground.fan[place]);
            sums.bands[Band::of(lit.chance) as usize] += 1;
            sums.circles[usize::from(lit.circle) - 1] += 1;
            sums.away += u32::from(!self.visible[place]);
            sums.shared_elsewhere += u32::from(self.elsewhere[place]);
            sums.growth.add(&self.axis, self.ground.first_joined[place]);
        }
        sums
    }

    fn add(&mut self, lit: &Lit) {
        let place = lit.node as usize;
        self.best[place] = self.best[place].max(lit.chance);
        self.times[place] = self.times[place].saturating_add(1);
    }

    fn keep(&mut self, lit: &[Lit]) {
        let mut bitmap = vec![0_u64; self.ground.graph.len().div_ceil(64)];
        for lit in lit {
            self.add(lit);
            bitmap[lit.node as usize / 64] |= 1 << (lit.node % 64);
        }
        self.bitmaps.push(bitmap);
    }

    /// How many people each two lights share, exactly; and of each light, how many it shares with any.
    fn overlaps(&self, surveyed: &mut [(Light, Sums)]) -> Vec<Overlap> {
        let mut overlaps = Vec::new();
        for (b, second) in self.bitmaps.iter().enumerate() {
            for (a, first) in self.bitmaps[..b].iter().enumerate() {
                let both: u32 = first.iter().zip(second).map(|(a, b)| (a & b).count_ones()).sum();
                if both > 0 {
                    overlaps.push(Overlap { a: a as u32, b: b as u32, both });
                }
            }
        }
        let mut several = vec![0_u64; self.ground.graph.len().div_ceil(64)];
        for (node, times) in self.times.iter().enumerate() {
            several[node / 64] |= u64::from(*times > 1) << (node % 64);
        }
        for ((_, sums), bitmap) in surveyed.iter_mut().zip(&self.bitmaps) {
            sums.shared = bitmap.iter().zip(&several).map(|(a, b)| (a & b).count_ones()).sum();
        }
        overlaps
    }

    fn finish(
        mut self,
        wanted: &Wanted<'_>,
        lights: Vec<(Light, Sums)>,
        rest: Option<(u32, Sums)>,
        overlaps: Vec<Overlap>,
        lamps: &[u32],
    ) -> Survey {
        self.bitmaps.clear();
        let mut survey = Survey { lights, rest, overlaps, axis: Some(self.axis), ..Survey::default() };
        survey.kept_out = self.ground.kept_out(wanted.scope);
        survey.growth = self.axis.curve();
        for lamp in lamps {
            self.visible[*lamp as usize] = false;
        }
        let hops = self.hops_from(lamps);
        for node in (0..self.ground.graph.len()).filter(|node| self.visible[*node]) {
            if self.best[node] > 0.0 {
                survey.bands[Band::of(self.best[node]) as usize] += 1;
                survey.growth.add(&self.axis, self.ground.first_joined[node]);
                continue;
            }
            let reason = match hops[node] {
                u32::MAX => Reason::CutOff,
                hops if hops as usize > HOPS_MAX => Reason::TooFar,
                _ => Reason::TooFaint,
            };
            survey.dark.push(self.dark(node as u32, reason, wanted.scope));
        }
        if wanted.scope.is_all() {
            survey.dark.extend(untied(self.ground));
        }
        survey.known = survey.bands.iter().sum::<u32>() + survey.dark.len() as u32;
        survey.dark.sort_by(|a, b| b.ties.cmp(&a.ties).then(a.person.cmp(&b.person)));
        let Cover { candidates, considered, dim } =
            cover(&self.ground.beams, &self.best, &self.visible, CANDIDATES_MAX);
        (survey.considered, survey.dim) = (considered, dim);
        survey.new_lights = candidates
            .into_iter()
            .map(|candidate| NewLight {
                person: self.ground.graph.person(candidate.node),
                root: self.ground.home(candidate.node, wanted.scope).map(|stand| stand.root),
                ties: self.ground.graph.others(candidate.node).len() as u32,
                candidate,
            })
            .collect();
        survey.roots.clone_from(&self.ground.roots);
        survey.campaigns.clone_from(&self.ground.campaigns);
        survey
    }

    fn dark(&self, node: u32, reason: Reason, scope: &Scope) -> Dark {
        let graph = &self.ground.graph;
        let first = graph.ties(node).min_by_key(|(_, tie)| tie.first_at);
        let home = self.ground.home(node, scope);
        Dark {
            person: graph.person(node),
            reason,
            elsewhere: self.elsewhere[node as usize],
            ties: graph.others(node).len() as u32,
            since: home.map(|stand| stand.joined_at),
            root: home.map(|stand| stand.root),
            campaign: home
                .map(|stand| self.ground.roots[stand.root as usize].campaign)
                .or_else(|| first.and_then(|(_, tie)| tie.campaign())),
            by: first
                .map(|(other, _)| other)
                .filter(|other| scope.is_all() || self.ground.home(*other, scope).is_some())
                .map(|other| graph.person(other)),
        }
    }

    /// Fewest hops from any of the lamps, over whatever ties.
    fn hops_from(&self, lamps: &[u32]) -> Vec<u32> {
        let mut hops = vec![u32::MAX; self.ground.graph.len()];
        let mut edge: Vec<u32> = lamps.to_vec();
        for lamp in lamps {
            hops[*lamp as usize] = 0;
        }
        let mut hop = 0;
        while !edge.is_empty() {
            hop += 1;
            let mut next = Vec::new();
            for node in edge {
                for other in self.ground.graph.others(node) {
                    if hops[*other as usize] == u32::MAX {
                        hops[*other as usize] = hop;
                        next.push(*other);
                    }
                }
            }
            edge = next;
        }
        hops
    }
}

impl Survey {
    /// The unit of a root by its place.
    #[must_use]
    pub fn unit(&self, root: Option<u32>) -> Option<&UnitId> {
        self.roots.get(root? as usize)?.owner.unit.as_ref()
    }
}

/// Who can be written to but is tied to nobody, and is no root.
fn untied(ground: &Ground) -> impl Iterator<Item = Dark> + '_ {
    let roots: FxHashSet<Handle> = ground.roots.iter().map(|root| root.person).collect();
    let untied = ground.untied.iter().copied().filter(move |person| !roots.contains(person));
    untied.map(|person| Dark {
        person,
        reason: Reason::Untied,
        elsewhere: false,
        ties: 0,
        since: None,
        root: None,
        campaign: None,
        by: None,
    })
}
