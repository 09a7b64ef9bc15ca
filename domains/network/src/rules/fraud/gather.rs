//! Findings about the same people, put together and scored.

use kernel::{CampaignId, Handle};
use rustc_hash::{FxHashMap, FxHashSet};
use serde::{Deserialize, Serialize};

use super::{
    PEOPLE_MAX, RINGS_MAX, SCORE_MIN, Trail, sharing,
    sharing::Follow,
    sign::{Finding, Kind, Reason, Shared, Sign},
    stars,
};
use crate::rules::marks::Mark;

/// Follows a search looks at; more are passed over, and the search says so.
const FOLLOWS_MAX: usize = 20_000_000;
/// Two findings are about the same people when they share so much of the smaller one.
const SAME: f64 = 0.5;
/// And so much of the larger one: four fakes below an honest star are not the star's doing.
const SAME_OF_LARGER: f64 = 0.25;
/// Arrivals told one by one.
const ARRIVALS_MAX: usize = 500;
/// Common things told one by one.
const SHARED_MAX: usize = 60;

/// Somebody of a ring came to a campaign, brought by somebody.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tie {
    /// Who came.
    pub person: Handle,
    /// Who brought them.
    pub by: Handle,
    /// When, in microseconds since 1970.
    pub at: i64,
}

/// People who may be cheating together, and why.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Ring {
    /// What it is at heart: the kind of its weightiest finding.
    pub kind: Kind,
    /// From 0 to 100.
    pub score: u32,
    /// Who, in order; [`PEOPLE_MAX`] at most.
    pub people: Vec<Handle>,
    /// Those of them who brought the others, if they are stars.
    pub heads: Vec<Handle>,
    /// How many they are.
    pub size: u64,
    /// Where they were seen.
    pub campaigns: Vec<CampaignId>,
    /// Why, the weightiest first; each sign once, with its highest number of people.
    pub reasons: Vec<Reason>,
    /// What they have in common.
    pub shared: Vec<Shared>,
    /// How they came, in the order of time.
    pub arrivals: Vec<Tie>,
}

/// A search for rings: campaigns first, one by one, then what accounts have in common.
#[derive(Debug, Default)]
pub struct Search {
    campaigns: Vec<CampaignId>,
    follows: Vec<Follow>,
    findings: Vec<Finding>,
    complete: bool,
}

impl Search {
    /// A search that has seen nothing.
    #[must_use]
    pub fn new() -> Self {
        Self { complete: true, ..Self::default() }
    }

    /// Whether everything was looked at.
    #[must_use]
    pub const fn is_complete(&self) -> bool {
        self.complete
    }

    /// Looks at a campaign.
    pub fn look_at(&mut self, trail: &Trail) {
        let place = self.campaigns.len() as u32;
        self.campaigns.push(trail.campaign.clone());
        self.findings.extend(stars::find(trail));
        if self.follows.len() + trail.touches.len() > FOLLOWS_MAX {
            self.complete = false;
            return;
        }
        let others = trail.touches.iter().filter(|(receiver, sharer, _)| receiver != sharer);
        self.follows.extend(others.map(|(person, sharer, at)| Follow {
            person: *person,
            campaign: place,
            sharer: *sharer,
            at: *at,
        }));
    }

    /// Looks at what accounts have in common, and puts everything together. `marks` are in order; who was declared a root is
    /// of no ring.
    #[must_use]
    pub fn finish(mut self, marks: &[(Handle, Mark)], roots: &FxHashSet<Handle>) -> Vec<Ring> {
        self.findings.extend(sharing::by_marks(marks, roots));
        let mut follows = std::mem::take(&mut self.follows);
        follows.retain(|follow| !roots.contains(&follow.person));
        follows.sort_unstable();
        // Somebody follows a sharer once: the first time counts.
        follows.dedup_by_key(|follow| (follow.person, follow.campaign, follow.sharer));
        self.findings.extend(sharing::by_sharers(&follows, &self.campaigns, roots));
        let groups = together(std::mem::take(&mut self.findings));
        let suspicious = groups.into_iter().filter(|group| score(group.reasons()) >= SCORE_MIN);
        let mut rings: Vec<Ring> = suspicious.map(|group| group.ring(&follows, &self.campaigns)).collect();
        rings.sort_by(|a, b| b.score.cmp(&a.score).then(b.size.cmp(&a.size)).then_with(|| a.people.cmp(&b.people)));
        rings.truncate(RINGS_MAX);
        rings
    }
}

/// How many people two lists in order have in common.
#[must_use]
pub fn overlap(a: &[Handle], b: &[Handle]) -> usize {
    let (small, large) = if a.len() < b.len() { (a, b) } else { (b, a) };
    small.iter().filter(|person| large.binary_search(person).is_ok()).count()
}

/// 100 · (1 − Π (1 − weight)), each sign once.
fn score<'a>(reasons: impl Iterator<Item = &'a Reason>) -> u32 {
    let signs: std::collections::BTreeSet<Sign> = reasons.map(|reason| reason.sign).collect();
    let innocent: f64 = signs.iter().map(|sign| 1.0 - sign.weight()).product();
    ((1.0 - innocent) * 100.0).round() as u32
}

fn weight(finding: &Finding) -> u32 {
    score(finding.reasons.iter())
}

/// Findings about the same people.
struct Group {
    people: FxHashSet<Handle>,
    findings: Vec<Finding>,
}

/// Puts findings together, the weightiest first: each joins the group that it has most people in common with, when that is
/// enough of both.
fn together(mut findings: Vec<Finding>) -> Vec<Group> {
    findings.sort_by(|a, b| weight(b).cmp(&weight(a)).then_with(|| a.people.cmp(&b.people)));
    let mut groups: Vec<Group> = Vec::new();
    let mut groups_of: FxHashMap<Handle, Vec<u32>> = FxHashMap::default();
    for finding in findings {
        let mut common: FxHashMap<u32, usize> = FxHashMap::default();
        for group in finding.people.iter().filter_map(|person| groups_of.get(person)).flatten() {
            *common.entry(*group).or_default() += 1;
        }
        let nearest = common.into_iter().max_by_key(|(group, count)| (*count, std::cmp::Reverse(*group)));
        let joins = nearest.filter(|(group, count)| {
            let (of, other) = (finding.people.len(), groups[*group as usize].people.len());
            *count as f64 >= SAME * of.min(other) as f64 && *count as f64 >= SAME_OF_LARGER * of.max(other) as f64
        });
        let place = joins.map_or(groups.len() as u32, |(group, _)| group);
        if place as usize == groups.len() {
            groups.push(Group { people: FxHashSet::default(), findings: Vec::new() });
        }
        let group = &mut groups[place as usize];
        for person in &finding.people {
            if group.people.insert(*person) {
                groups_of.entry(*person).or_default().push(place);
            }
        }
        group.findings.push(finding);
    }
    groups
}

impl Group {
    fn reasons(&self) -> impl Iterator<Item = &Reason> {
        self.findings.iter().flat_map(|finding| &finding.reasons)
    }

    /// Each sign once, told by the finding with most people; the weightiest first.
    fn strongest(&self) -> Vec<Reason> {
        let mut by_sign: std::collections::BTreeMap<Sign, (usize, &Reason)> = std::collections::BTreeMap::new();
        for finding in &self.findings {
            for reason in &finding.reasons {
                let told = by_sign.entry(reason.sign).or_insert((finding.people.len(), reason));
                if told.0 < finding.people.len() {
                    *told = (finding.people.len(), reason);
                }
            }
        }
        let mut reasons: Vec<Reason> = by_sign.into_values().map(|(_, reason)| reason.clone()).collect();
        reasons.sort_by(|a, b| b.sign.weight().total_cmp(&a.sign.weight()).then(a.sign.cmp(&b.sign)));
        reasons
    }

    fn ring(self, follows: &[Follow], campaigns: &[CampaignId]) -> Ring {
        let reasons = self.strongest();
        let mut heads: Vec<Handle> = self.findings.iter().filter_map(|finding| finding.head).collect();
        heads.sort_unstable();
        heads.dedup();
        let mut people: Vec<Handle> = self.people.iter().copied().collect();
        // Heads take those below them along, so they are told whoever else is not.
        people.sort_unstable_by_key(|person| (heads.binary_search(person).is_err(), *person));
        let size = people.len() as u64;
        people.truncate(PEOPLE_MAX);
        people.sort_unstable();
        let arrivals = arrivals(&people, follows);
        let mut seen: Vec<CampaignId> = self.findings.iter().flat_map(|finding| finding.campaigns.clone()).collect();
        seen.extend(arrivals.iter().map(|(campaign, _)| campaigns[*campaign as usize].clone()));
        seen.sort_unstable();
        seen.dedup();
        let mut arrivals: Vec<Tie> = arrivals.into_iter().map(|(_, tie)| tie).collect();
        arrivals.sort_unstable_by_key(|tie| (tie.at, tie.person));
        arrivals.truncate(ARRIVALS_MAX);
        let kind = self.findings.first().map_or(Kind::Star, |finding| finding.kind);
        let mut shared: Vec<Shared> = self.findings.into_iter().flat_map(|finding| finding.shared).collect();
        // Blocks and single marks may tell of the same thing.
        shared.sort_by(|a, b| b.people.len().cmp(&a.people.len()).then_with(|| a.label.cmp(&b.label)));
        shared.dedup_by(|a, b| (a.mark, &a.label, a.sharer) == (b.mark, &b.label, b.sharer));
        shared.truncate(SHARED_MAX);
        Ring { kind, score: score(reasons.iter()), people, heads, size, campaigns: seen, reasons, shared, arrivals }
    }
}

/// How these people came to each campaign: their first touch there. `follows` are in order.
fn arrivals(people: &[Handle], follows: &[Follow]) -> Vec<(u32, Tie)> {
    let mut ties = Vec::new();
    for person in people {
        let begin = follows.partition_point(|follow| follow.person < *person);
        let theirs = follows[begin..].iter().take_while(|follow| follow.person == *person);
        let mut first: FxHashMap<u32, Tie> = FxHashMap::default();
        for follow in theirs {
            let tie = Tie { person: *person, by: follow.sharer, at: follow.at };
            let known = first.entry(follow.campaign).or_insert(tie);
            if tie.at < known.at {
                *known = tie;
            }
        }
        ties.extend(first);
    }
    ties
}
