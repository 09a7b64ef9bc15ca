//! What a study works on: taken from live state in one go, and then let go of it.

use std::sync::Arc;

use kernel::{Handle, PersonId, Scope, Timestamp};
use rustc_hash::FxHashSet;

use crate::{
    rules::{
        forecast::{
            Habits, Tree,
            past::{self, Answers, Campaign, Standing},
        },
        graph::Graph,
        seeds::{Edge, Influence},
    },
    subscribe::LiveNetwork,
};

/// The people in sight, their ties, and what past campaigns say of them.
pub struct Material {
    pub graph: Arc<Graph>,
    pub campaigns: Vec<Campaign>,
    pub standing: Standing,
    pub trees: Vec<Tree>,
    pub habits: Habits,
    pub answers: Answers,
    pub as_of: Timestamp,
    /// How many in sight are left out of all of it as suspicious, or as brought by such.
    pub kept_out: u32,
}

impl Material {
    /// As somebody of this scope may see it.
    pub fn take(live: &LiveNetwork, graph: Arc<Graph>, scope: &Scope, as_of: Timestamp) -> Self {
        let campaigns = live.read(|network| network.past_campaigns(scope));
        let standing = Standing::of(&graph, &campaigns);
        let trees = past::trees(&campaigns, as_of);
        let habits = Habits::of(&trees);
        let answers = Answers::of(&graph, &standing, &campaigns, &habits, as_of);
        let counts = |person: &Handle| graph.node(*person).is_some_and(|node| standing.visible[node as usize]);
        let kept_out: FxHashSet<Handle> =
            campaigns.iter().flat_map(|campaign| campaign.kept_out.iter().copied()).collect();
        let kept_out = kept_out.iter().filter(|person| !counts(person)).count() as u32;
        Self { graph, campaigns, standing, trees, habits, answers, as_of, kept_out }
    }

    /// Who may win whom over: the ties between people in sight, each with the calibrated chance of its direction.
    pub fn influence(&self) -> Influence {
        let sight = |node: &u32| self.standing.visible[*node as usize];
        let edges = (0..self.graph.len() as u32).filter(sight).flat_map(|from| {
            let ties = self.graph.ties(from).filter(move |(to, _)| sight(to));
            ties.map(move |(to, tie)| Edge { from, to, chance: self.answers.chance(tie.chance(self.as_of)) })
        });
        Influence::new(self.graph.len() as u32, edges.collect())
    }

    /// The node of a person in sight.
    pub fn node(&self, person: PersonId) -> Option<u32> {
        self.graph.node(person.0).filter(|node| self.standing.visible[*node as usize])
    }
}
