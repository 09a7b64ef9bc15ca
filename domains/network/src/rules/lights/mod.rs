//! Searchlights: whom each root owner can reach, and how well.
//!
//! A light shines from the roots of one owner. It lights whoever can be reached over at most [`HOPS_MAX`] ties so that the
//! product of the ties' chances is at least a threshold. How well somebody is lit is the best such product; their circle is
//! the fewest hops that reach the threshold. The roots themselves are the lamps, and count as nobody's water but others'.

mod cover;
mod growth;
mod search;
mod survey;

use kernel::{Handle, RootOwner, Scope, UnitId};
use serde::{Deserialize, Serialize};

use super::ground::Ground;

pub use self::{
    cover::{Candidate, Cover, cover},
    growth::{Axis, Growth},
    search::{Lit, Search},
    survey::{Dark, NewLight, Overlap, Reason, Sums, Survey, Wanted, survey},
};

/// Friends of friends of friends of friends: light goes no farther.
pub const HOPS_MAX: usize = 5;
/// Well lit (明): at least this product of chances, about one tie that has answered.
pub const WELL: f32 = 0.1;
/// Weakly lit (弱): at least this, about two ties; below it, barely (暗).
pub const WEAK: f32 = 0.02;
/// Barely lit: at least this when nothing else is asked for. Below it people stand in the dark.
pub const BARELY: f32 = 0.002;
/// Lights told one by one. The smallest beyond them shine together as one that has no name.
pub const LIGHTS_MAX: usize = 512;

/// How well somebody is lit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Band {
    /// 明.
    Well,
    /// 弱.
    Weak,
    /// 暗.
    Barely,
}

impl Band {
    /// The band of a product of chances that reached the threshold.
    #[must_use]
    pub fn of(chance: f32) -> Self {
        if chance >= WELL {
            Self::Well
        } else if chance >= WEAK {
            Self::Weak
        } else {
            Self::Barely
        }
    }
}

/// What makes roots one light.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Grouping {
    /// The store or dealer they belong to.
    #[default]
    Unit,
    /// The member of staff.
    Staff,
    /// The channel.
    Channel,
    /// The campaign.
    Campaign,
}

impl Grouping {
    fn key(self, ground: &Ground, campaign: u32, owner: &RootOwner) -> Option<String> {
        match self {
            Self::Unit => owner.unit.as_ref().map(ToString::to_string),
            Self::Staff => owner.staff.as_ref().map(ToString::to_string),
            Self::Channel => owner.channel.clone(),
            Self::Campaign => Some(ground.campaigns[campaign as usize].to_string()),
        }
    }
}

/// The roots of one owner.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Light {
    /// The owner by id; nothing for roots that name none.
    pub key: Option<String>,
    /// The unit of all roots, if they have one and the same.
    pub unit: Option<UnitId>,
    /// The roots, the earliest handle first, each once.
    pub roots: Vec<Handle>,
    /// Those of them that are tied to anybody, as nodes.
    pub lamps: Vec<u32>,
}

/// The lights in scope, those with most people under their roots first, and the nodes of all roots out of scope.
#[must_use]
pub fn lights(ground: &Ground, by: Grouping, campaign: Option<u32>, scope: &Scope) -> (Vec<Light>, Vec<u32>) {
    let mut lights: Vec<(Light, u64)> = Vec::new();
    let mut places = std::collections::BTreeMap::new();
    let mut hidden = Vec::new();
    let asked = ground.roots.iter().filter(|root| campaign.is_none_or(|campaign| root.campaign == campaign));
    for root in asked {
        let node = ground.graph.node(root.person);
        if !scope.covers(&root.owner) {
            hidden.extend(node);
            continue;
        }
        let key = by.key(ground, root.campaign, &root.owner);
        let place = *places.entry(key.clone()).or_insert_with(|| {
            let light = Light { key, unit: root.owner.unit.clone(), ..Light::default() };
            lights.push((light, 0));
            lights.len() - 1
        });
        let (light, people) = &mut lights[place];
        if light.unit != root.owner.unit {
            light.unit = None;
        }
        light.roots.push(root.person);
        light.lamps.extend(node);
        let stands = node.into_iter().flat_map(|node| ground.stands(node));
        *people += stands.map(|stand| u64::from(stand.reach)).max().unwrap_or(0);
    }
    lights.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.key.cmp(&b.0.key)));
    let tidy = |mut light: Light| {
        light.roots.sort_unstable();
        light.roots.dedup();
        light.lamps.sort_unstable();
        light.lamps.dedup();
        light
    };
    hidden.sort_unstable();
    hidden.dedup();
    (lights.into_iter().map(|(light, _)| tidy(light)).collect(), hidden)
}
