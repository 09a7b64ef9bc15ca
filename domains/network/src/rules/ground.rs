//! What lights and stability stand on: the graph of a moment, how sure each tie is, and where everybody is at home.

use std::sync::Arc;

use kernel::{CampaignId, Handle, Offset, RootOwner, Scope, Timestamp};

use rustc_hash::FxHashSet;

use super::{
    cascade::{Cascade, KeptOut},
    graph::Graph,
    people::People,
};

/// A declared root.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Root {
    /// Who.
    pub person: Handle,
    /// Place of the campaign in [`Census::campaigns`].
    pub campaign: u32,
    /// Whom it belongs to.
    pub owner: RootOwner,
}

/// Somebody's place under a root.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stand {
    /// Who.
    pub person: Handle,
    /// Place of the root in [`Census::roots`].
    pub root: u32,
    /// When they joined.
    pub joined_at: Timestamp,
    /// How many people they brought in this campaign, directly or not.
    pub reach: u32,
}

/// All roots and everybody's places under them, copied out of live state.
#[derive(Clone, Debug, Default)]
pub struct Census {
    /// In the order the network names them.
    pub campaigns: Vec<CampaignId>,
    /// By campaign, then as they were declared.
    pub roots: Vec<Root>,
    /// Root by root.
    pub stands: Vec<Stand>,
    /// Everybody who left a phone number or a WeChat id, by name, and whether they left both.
    pub known: Vec<(Handle, bool)>,
    /// Who does not count under a root, and its place in [`Census::roots`].
    pub kept_out: Vec<(Handle, u32)>,
    /// How many do not count and have no place.
    pub kept_out_elsewhere: u64,
    /// The next fact that is not in it.
    pub offset: Offset,
}

impl Census {
    /// Copies what is needed out of the campaigns. Nobody is in it who does not count: in a campaign, or `nowhere`.
    #[must_use]
    pub fn take<'a>(
        people: &People,
        campaigns: impl Iterator<Item = (&'a CampaignId, &'a Cascade, &'a KeptOut)>,
        nowhere: &FxHashSet<Handle>,
        offset: Offset,
    ) -> Self {
        let known = people.known().filter(|person| !nowhere.contains(person));
        let mut census =
            Self { known: known.map(|person| (person, people.is_fan(person))).collect(), offset, ..Self::default() };
        for (place, (id, cascade, kept_out)) in campaigns.enumerate() {
            census.campaigns.push(id.clone());
            for (tree, placed) in cascade.placed() {
                let root = census.roots.len() as u32;
                census.roots.push(Root { person: tree.person, campaign: place as u32, owner: tree.owner.clone() });
                for placed in placed {
                    if kept_out.contains(placed.person) {
                        census.kept_out.push((placed.person, root));
                        continue;
                    }
                    let reach = kept_out.reach_without(placed.person, placed.reach);
                    let (person, joined_at) = (placed.person, placed.joined_at);
                    census.stands.push(Stand { person, root, joined_at, reach });
                }
            }
        }
        let placed: FxHashSet<Handle> = census.kept_out.iter().map(|(person, _)| *person).collect();
        census.kept_out_elsewhere = nowhere.difference(&placed).count() as u64;
        census
    }
}

/// How sure each tie is, as seen from each of its ends.
#[derive(Clone, Debug, Default)]
pub struct Beams {
    begins: Vec<usize>,
    ends: Vec<(u32, f32)>,
}

impl Beams {
    /// The ties of a graph on a day.
    #[must_use]
    pub fn of(graph: &Graph, as_of: Timestamp) -> Self {
        let mut beams = Self { begins: vec![0], ends: Vec::with_capacity(2 * graph.ties_len()) };
        for node in 0..graph.len() as u32 {
            beams.ends.extend(graph.ties(node).map(|(other, tie)| (other, tie.chance(as_of) as f32)));
            beams.begins.push(beams.ends.len());
        }
        beams
    }

    /// Ties with chances of one's own: (from, to, chance that `to` answers), in any order.
    #[must_use]
    pub fn from_edges(people: usize, edges: &[(u32, u32, f32)]) -> Self {
        let mut sorted = edges.to_vec();
        sorted.sort_unstable_by_key(|edge| (edge.0, edge.1));
        let begins = (0..=people as u32).map(|node| sorted.partition_point(|edge| edge.0 < node)).collect();
        Self { begins, ends: sorted.into_iter().map(|(_, to, chance)| (to, chance)).collect() }
    }

    /// How many people there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.begins.len().saturating_sub(1)
    }

    /// Whether there is nobody.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Whom a node can ask, and how sure each answers.
    #[must_use]
    pub fn from(&self, node: u32) -> &[(u32, f32)] {
        &self.ends[self.begins[node as usize]..self.begins[node as usize + 1]]
    }
}

/// See the module. Nodes are those of `graph`.
#[derive(Debug)]
pub struct Ground {
    /// Who is tied to whom.
    pub graph: Arc<Graph>,
    /// How sure.
    pub beams: Beams,
    /// In the order the network names them.
    pub campaigns: Vec<CampaignId>,
    /// All roots.
    pub roots: Vec<Root>,
    /// When somebody was first seen, by node; the largest number while they wait for a place.
    pub first_joined: Vec<i64>,
    /// Who left phone and WeChat id, by node.
    pub fan: Vec<bool>,
    /// Who left a way to write to them but is tied to nobody.
    pub untied: Vec<Handle>,
    /// The day the chances are of.
    pub as_of: Timestamp,
    /// The next fact that is not in it.
    pub offset: Offset,
    stand_begins: Vec<u32>,
    stands: Vec<Stand>,
    kept_out: Vec<(Handle, u32)>,
    kept_out_elsewhere: u64,
}

/// Nobody has joined at this time: they wait for a place.
pub const NEVER: i64 = i64::MAX;

impl Ground {
    /// Puts a graph and a census together. They may be of neighbouring moments: who is only in one of them is left out.
    #[must_use]
    pub fn of(graph: Arc<Graph>, census: Census, as_of: Timestamp) -> Self {
        let Census { campaigns, roots, stands, known, kept_out, kept_out_elsewhere, offset } = census;
        let mut placed: Vec<(u32, Stand)> =
            stands.into_iter().filter_map(|stand| Some((graph.node(stand.person)?, stand))).collect();
        // Stable: the places of one person stay in the order of the campaigns.
        placed.sort_by_key(|(node, _)| *node);
        let mut first_joined = vec![NEVER; graph.len()];
        let mut stand_begins = vec![0_u32; graph.len() + 1];
        for (node, stand) in &placed {
            let first = &mut first_joined[*node as usize];
            *first = stand.joined_at.0.min(*first);
            stand_begins[*node as usize + 1] += 1;
        }
        for node in 0..graph.len() {
            stand_begins[node + 1] += stand_begins[node];
        }
        let mut fan = vec![false; graph.len()];
        let mut untied = Vec::new();
        for (person, is_fan) in known {
            match graph.node(person) {
                Some(node) => fan[node as usize] = is_fan,
                None => untied.push(person),
            }
        }
        Self {
            beams: Beams::of(&graph, as_of),
            fan,
            untied,
            stands: placed.into_iter().map(|(_, stand)| stand).collect(),
            stand_begins,
            kept_out,
            kept_out_elsewhere,
            first_joined,
            campaigns,
            roots,
            as_of,
            offset,
            graph,
        }
    }

    /// The places of somebody, campaign by campaign.
    #[must_use]
    pub fn stands(&self, node: u32) -> &[Stand] {
        let place = node as usize;
        &self.stands[self.stand_begins[place] as usize..self.stand_begins[place + 1] as usize]
    }

    /// The roots somebody stands under, as far as they are in scope.
    pub fn roots_of<'a>(&'a self, node: u32, scope: &'a Scope) -> impl Iterator<Item = (&'a Root, &'a Stand)> {
        let stands = self.stands(node).iter().map(|stand| (&self.roots[stand.root as usize], stand));
        stands.filter(|(root, _)| scope.covers(&root.owner))
    }

    /// The place somebody took first, of those in scope.
    #[must_use]
    pub fn home(&self, node: u32, scope: &Scope) -> Option<Stand> {
        self.roots_of(node, scope).map(|(_, stand)| *stand).min_by_key(|stand| stand.joined_at)
    }

    /// How many people do not count because they are suspicious: those with a place under a root in scope; with the whole workspace,
    /// all of them.
    #[must_use]
    pub fn kept_out(&self, scope: &Scope) -> u64 {
        let in_scope = |root: u32| scope.covers(&self.roots[root as usize].owner);
        let people: FxHashSet<Handle> =
            self.kept_out.iter().filter(|(_, root)| in_scope(*root)).map(|(person, _)| *person).collect();
        people.len() as u64 + if scope.is_all() { self.kept_out_elsewhere } else { 0 }
    }

    /// Who may be seen within a scope, by node: who stands under a root of it; with the whole workspace, everybody.
    #[must_use]
    pub fn visible(&self, scope: &Scope) -> Vec<bool> {
        let nodes = 0..self.graph.len() as u32;
        nodes.map(|node| scope.is_all() || self.roots_of(node, scope).next().is_some()).collect()
    }
}
