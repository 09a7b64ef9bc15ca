//! A brand's past campaigns, as far as somebody may see them, and what they say of its people: who answers whom, who comes
//! back anyway, where everybody is at home.

use kernel::{CampaignId, Handle, Timestamp, UnitId};
use rustc_hash::{FxHashMap, FxHashSet};

use super::habits::{Habits, NONE, Tree};
use crate::rules::{cascade::Columns, graph::Graph, people::People, record::Record, ties::Ties};

/// So many answers a belief held beforehand weighs.
const PRIOR_WEIGHT: f64 = 10.0;
/// So many campaigns, the latest, are asked who answered whom.
const ASKED_MAX: usize = 3;
/// Share of those who come that the sharer knew before, as long as no second campaign has shown it.
const KNOWN_BELIEVED: f64 = 0.5;
/// Steps in which chances are held against what happened.
const BINS: usize = 10;

/// One campaign.
#[derive(Clone, Debug)]
pub struct Campaign {
    /// Its id.
    pub id: CampaignId,
    /// Everybody who has a place under a root in sight.
    pub columns: Columns,
    /// The roots in sight: place in the columns, and the unit.
    pub roots: Vec<(usize, Option<UnitId>)>,
    /// Touches: receiver, sharer, when.
    pub touches: Vec<(Handle, Handle, Timestamp)>,
    /// Who would have a place too, and is kept out as suspicious or stands below somebody who is.
    pub kept_out: Vec<Handle>,
}

impl Campaign {
    fn begin(&self) -> i64 {
        self.columns.joined_at.iter().copied().min().unwrap_or(i64::MAX)
    }

    /// The tree of each root, in hours after it joined; watched until `as_of`.
    pub fn trees(&self, as_of: Timestamp) -> impl Iterator<Item = Tree> + '_ {
        let ends = self.roots.iter().skip(1).map(|(place, _)| *place).chain([self.columns.parent.len()]);
        self.roots.iter().zip(ends).map(move |((begin, _), end)| {
            let root_at = self.columns.joined_at[*begin];
            let hours = |at: i64| ((at - root_at) as f64 / 3_600e6).max(0.0);
            let parent = |parent: &u32| if *parent == NONE { NONE } else { parent - *begin as u32 };
            let parents = self.columns.parent[*begin..end].iter().map(parent).collect();
            let joined = self.columns.joined_at[*begin..end].iter().map(|at| hours(*at)).collect();
            let tree = Tree::new(parents, joined, 0.0);
            Tree { watched_h: hours(as_of.0).max(tree.last_h()), ..tree }
        })
    }
}

/// What past campaigns say of the people at the nodes of a graph.
#[derive(Clone, Debug, Default)]
pub struct Standing {
    /// In sight at all.
    pub visible: Vec<bool>,
    /// Left phone and WeChat id.
    pub fan: Vec<bool>,
    /// Was a root.
    pub root: Vec<bool>,
    /// The unit they are at home in, as a place in [`Standing::units`]; the last is for those of none.
    pub home: Vec<u32>,
    /// Units.
    pub units: Vec<UnitId>,
    /// What they did in all campaigns, roots left out.
    pub record: Vec<Record>,
    /// The chance that they come to a campaign whoever is asked to start it.
    pub anyway: Vec<f64>,
}

impl Standing {
    /// How many homes there are, none included.
    #[must_use]
    pub fn homes(&self) -> usize {
        self.units.len() + 1
    }

    /// What these campaigns, in the order of their beginning, say.
    #[must_use]
    pub fn of(graph: &Graph, campaigns: &[Campaign]) -> Self {
        let nodes = graph.len();
        let mut standing = Self {
            visible: vec![false; nodes],
            fan: vec![false; nodes],
            root: vec![false; nodes],
            record: vec![Record::default(); nodes],
            ..Self::default()
        };
        let mut places: FxHashMap<UnitId, u32> = FxHashMap::default();
        let mut home = vec![NONE; nodes];
        // Since which campaign they are known, and in how many later ones they came.
        let (mut since, mut again) = (vec![NONE; nodes], vec![0_u32; nodes]);
        for (number, campaign) in campaigns.iter().enumerate() {
            let (invites, fans, reach) = brought(&campaign.columns);
            let mut root = campaign.roots.iter().peekable();
            let mut unit = NONE;
            for (place, handle) in campaign.columns.handle.iter().enumerate() {
                if let Some((_, owner)) = root.next_if(|(begin, _)| *begin == place) {
                    unit = owner.clone().map_or(NONE, |owner| {
                        let next = places.len() as u32;
                        *places.entry(owner.clone()).or_insert_with(|| {
                            standing.units.push(owner);
                            next
                        })
                    });
                }
                let Some(node) = graph.node(Handle(*handle)).map(|node| node as usize) else { continue };
                standing.visible[node] = true;
                standing.fan[node] |= campaign.columns.fan[place];
                if unit != NONE {
                    home[node] = unit;
                }
                if campaign.columns.parent[place] == NONE {
                    standing.root[node] = true;
                } else {
                    standing.record[node].add(invites[place], fans[place], reach[place]);
                }
                if since[node] == NONE {
                    since[node] = number as u32;
                } else {
                    again[node] += 1;
                }
            }
        }
        let none = standing.units.len() as u32;
        standing.home = home.into_iter().map(|home| home.min(none)).collect();
        standing.anyway = anyway(&since, &again, campaigns.len() as u32);
        standing
    }
}

/// Direct invitations, the fans among them, and reach of everybody: parents stand before their children.
fn brought(columns: &Columns) -> (Vec<u32>, Vec<u32>, Vec<u32>) {
    let none = vec![0; columns.parent.len()];
    let (mut invites, mut fans, mut reach) = (none.clone(), none.clone(), none);
    for (child, parent) in columns.parent.iter().enumerate().rev() {
        let own: u32 = reach[child];
        if let Some(invites) = invites.get_mut(*parent as usize) {
            *invites += 1;
            fans[*parent as usize] += u32::from(columns.fan[child]);
            reach[*parent as usize] += own + 1;
        }
    }
    (invites, fans, reach)
}

/// How often somebody came again, of the campaigns they could have; shrunk to how often people do.
fn anyway(since: &[u32], again: &[u32], campaigns: u32) -> Vec<f64> {
    const WEIGHT: f64 = 2.0;
    let chances = |since: u32| f64::from(campaigns.saturating_sub(since.saturating_add(1)));
    let all: f64 = since.iter().map(|since| chances(*since)).sum();
    let came: f64 = again.iter().map(|again| f64::from(*again)).sum();
    let usual = if all > 0.0 { came / all } else { 0.0 };
    let of = |(since, again): (&u32, &u32)| (f64::from(*again) + WEIGHT * usual) / (chances(*since) + WEIGHT);
    since.iter().zip(again).map(of).collect()
}

/// Chances that were said, and how often it happened.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Bin {
    /// Ties whose one end joined a campaign while the other had not.
    pub ties: u64,
    /// The mean of their chances.
    pub said: f64,
    /// Share of the other ends that answered.
    pub happened: f64,
}

/// Who answers whom: how the strength of ties has to be read.
#[derive(Clone, Debug, PartialEq)]
pub struct Answers {
    /// A tie's chance is to be multiplied by this.
    pub factor: f64,
    /// Share of those who come whom the sharer did not know before.
    pub newcomers: f64,
    /// Campaigns it was learnt on; with none, half of those who come are believed to be known.
    pub campaigns: usize,
    /// Chances as they are said now, times the factor, against what happened.
    pub bins: Vec<Bin>,
}

impl Answers {
    /// The chance that an asked one answers.
    #[must_use]
    pub fn chance(&self, strength: f64) -> f64 {
        (strength * self.factor).min(1.0)
    }

    /// What these campaigns, in the order of their beginning, say. Each but the first is asked: of the ties there were before
    /// it began, which were answered when one end joined?
    #[must_use]
    pub fn of(graph: &Graph, standing: &Standing, campaigns: &[Campaign], habits: &Habits, as_of: Timestamp) -> Self {
        let mut asked = Asked::default();
        for number in (1..campaigns.len()).rev() {
            if asked.campaigns < ASKED_MAX {
                asked.ask(&campaigns[..number], &campaigns[number]);
            }
        }
        if asked.campaigns == 0 {
            return Self::believed(graph, standing, habits, as_of);
        }
        let factor = (asked.answered + PRIOR_WEIGHT) / (asked.said + PRIOR_WEIGHT);
        let bin = |(ties, said, answered): &(u64, f64, u64)| Bin {
            ties: *ties,
            said: said / *ties as f64 * factor,
            happened: *answered as f64 / *ties as f64,
        };
        Self {
            factor,
            newcomers: (asked.unknown + 1.0) / (asked.hops + 2.0),
            campaigns: asked.campaigns,
            bins: asked.bins.iter().filter(|bin| bin.0 > 0).map(bin).collect(),
        }
    }

    fn believed(graph: &Graph, standing: &Standing, habits: &Habits, as_of: Timestamp) -> Self {
        let people =
            (0..graph.len() as u32).filter(|node| standing.visible[*node as usize] && !standing.root[*node as usize]);
        let (mut count, mut strength) = (0.0_f64, 0.0);
        for node in people {
            count += 1.0;
            strength += graph.ties(node).map(|(_, tie)| tie.chance(as_of)).sum::<f64>();
        }
        let brings = habits.offspring[1].mean;
        let factor = if strength > 0.0 { (KNOWN_BELIEVED * brings * count / strength).min(1.0) } else { 1.0 };
        Self { factor, newcomers: 1.0 - KNOWN_BELIEVED, campaigns: 0, bins: Vec::new() }
    }
}

#[derive(Default)]
struct Asked {
    campaigns: usize,
    said: f64,
    answered: f64,
    hops: f64,
    unknown: f64,
    /// Ties, sum of chances, answers.
    bins: [(u64, f64, u64); BINS],
}

impl Asked {
    fn ask(&mut self, earlier: &[Campaign], campaign: &Campaign) {
        let begin = Timestamp(campaign.begin());
        let mut ties = Ties::default();
        for (number, earlier) in earlier.iter().enumerate() {
            for (receiver, sharer, at) in earlier.touches.iter().filter(|touch| touch.2 < begin) {
                ties.push(*receiver, *sharer, *at, number as u32);
            }
        }
        if ties.is_empty() {
            return;
        }
        // They are persons already.
        let before = Graph::of(&People::default(), &ties);
        let joined: FxHashMap<u32, i64> =
            campaign.columns.handle.iter().copied().zip(campaign.columns.joined_at.iter().copied()).collect();
        let answers: FxHashSet<(u32, u32)> =
            campaign.touches.iter().map(|(receiver, sharer, _)| (sharer.0, receiver.0)).collect();
        self.campaigns += 1;
        for (handle, at) in campaign.columns.handle.iter().zip(&campaign.columns.joined_at) {
            let Some(node) = before.node(Handle(*handle)) else { continue };
            for (other, tie) in before.ties(node) {
                let other = before.person(other).0;
                if joined.get(&other).is_some_and(|other| other <= at) {
                    continue;
                }
                let chance = tie.chance(begin);
                let answered = answers.contains(&(*handle, other));
                self.said += chance;
                self.answered += f64::from(u8::from(answered));
                let bin = &mut self.bins[((chance * BINS as f64) as usize).min(BINS - 1)];
                *bin = (bin.0 + 1, bin.1 + chance, bin.2 + u64::from(answered));
            }
        }
        let columns = &campaign.columns;
        for (place, parent) in columns.parent.iter().enumerate().filter(|(_, parent)| **parent != NONE) {
            let ends = [columns.handle[place], columns.handle[*parent as usize]].map(|end| before.node(Handle(end)));
            let known = ends[0].zip(ends[1]).is_some_and(|(one, other)| before.tie(one, other).is_some());
            self.hops += 1.0;
            self.unknown += f64::from(u8::from(!known));
        }
    }
}

/// The trees of all these campaigns, the earliest first.
#[must_use]
pub fn trees(campaigns: &[Campaign], as_of: Timestamp) -> Vec<Tree> {
    campaigns.iter().flat_map(|campaign| campaign.trees(as_of)).collect()
}

/// Puts campaigns into the order of their beginning.
pub fn sort(campaigns: &mut [Campaign]) {
    campaigns.sort_by(|a, b| a.begin().cmp(&b.begin()).then_with(|| a.id.cmp(&b.id)));
}
