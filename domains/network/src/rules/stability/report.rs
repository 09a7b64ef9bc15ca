//! Everything that is told of the stability of some people, worked out at once.

use std::collections::BTreeMap;

use kernel::{Scope, UnitId};

use super::{Curve, Cuts, Part, components, curve, cuts, giant_left, molloy_reed, percolate::by_degree};
use crate::rules::ground::Ground;

/// Random runs begin with this seed, so that the same network gives the same curve.
const SEED: u64 = 20_260_101;
/// What a unit is asked to bear: so many of its people leave, those with most ties first.
pub const UNIT_LOSS: f64 = 0.05;

/// One unit in numbers.
#[derive(Clone, Debug, PartialEq)]
pub struct UnitStability {
    /// Which.
    pub unit: UnitId,
    /// Its figures.
    pub figures: Figures,
    /// Largest group left, as a share of its people, when [`UNIT_LOSS`] of them leave, those with most ties first.
    pub left: f64,
    /// The person most people hang on, as a node, and how many.
    pub most: Option<(u32, u32)>,
}

/// How some people hold together.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Figures {
    /// How many people.
    pub people: u32,
    /// Ties between them.
    pub ties: u32,
    /// Connected groups.
    pub groups: u32,
    /// People of the largest.
    pub giant: u32,
    /// ⟨k²⟩/⟨k⟩.
    pub molloy_reed: Option<f64>,
    /// Articulation persons.
    pub cut_persons: u32,
    /// Bridge ties.
    pub bridges: u32,
}

impl Figures {
    fn of(part: &Part, cuts: &Cuts) -> Self {
        let groups = components(part);
        Self {
            people: part.len() as u32,
            ties: part.ties_len() as u32,
            groups: groups.len() as u32,
            giant: groups.first().copied().unwrap_or(0),
            molloy_reed: molloy_reed(part),
            cut_persons: cuts.persons.len() as u32,
            bridges: cuts.bridges.len() as u32,
        }
    }
}

/// See the module.
#[derive(Debug, Default)]
pub struct Report {
    /// The people it is about.
    pub part: Part,
    /// On whom it hangs.
    pub cuts: Cuts,
    /// In numbers.
    pub figures: Figures,
    /// What is left when people leave.
    pub curve: Curve,
    /// The units in scope, the most people first; one alone when one was asked for.
    pub units: Vec<UnitStability>,
}

/// Reports on the people in scope, or of one unit in it. `told` hears how much is done, from 0 to 1.
#[must_use]
pub fn report(ground: &Ground, scope: &Scope, unit: Option<&UnitId>, told: &dyn Fn(f64)) -> Report {
    let members = members(ground, scope);
    let asked = |member: &UnitId| unit.is_none_or(|unit| unit == member);
    let units: Vec<_> = members.iter().filter(|(member, _)| asked(member)).collect();
    let part = match unit {
        None => Part::of(ground, &ground.visible(scope)),
        Some(unit) => of_nodes(ground, members.get(unit).map_or(&[][..], Vec::as_slice)),
    };
    let cuts = cuts(&part);
    let figures = Figures::of(&part, &cuts);
    told(0.2);
    let reach: Vec<u64> = (0..part.len() as u32)
        .map(|place| ground.roots_of(part.node(place), scope).map(|(_, stand)| u64::from(stand.reach)).sum())
        .collect();
    let curve = curve(&part, &reach, SEED, &|done| told(0.2 + 0.6 * done));
    let mut units: Vec<_> = units.into_iter().map(|(unit, nodes)| of_unit(ground, unit, nodes)).collect();
    units.sort_by(|a, b| b.figures.people.cmp(&a.figures.people).then_with(|| a.unit.cmp(&b.unit)));
    Report { part, cuts, figures, curve, units }
}

/// The people under the roots of each unit in scope, as nodes in order.
fn members<'a>(ground: &'a Ground, scope: &'a Scope) -> BTreeMap<&'a UnitId, Vec<u32>> {
    let mut members: BTreeMap<&UnitId, Vec<u32>> = BTreeMap::new();
    for node in 0..ground.graph.len() as u32 {
        for unit in ground.roots_of(node, scope).filter_map(|(root, _)| root.owner.unit.as_ref()) {
            let members = members.entry(unit).or_default();
            if members.last() != Some(&node) {
                members.push(node);
            }
        }
    }
    members
}

fn of_nodes(ground: &Ground, nodes: &[u32]) -> Part {
    let mut within = vec![false; ground.graph.len()];
    nodes.iter().for_each(|node| within[*node as usize] = true);
    Part::of(ground, &within)
}

fn of_unit(ground: &Ground, unit: &UnitId, nodes: &[u32]) -> UnitStability {
    let part = of_nodes(ground, nodes);
    let cuts = cuts(&part);
    let left = giant_left(&part, &by_degree(&part), &[UNIT_LOSS]);
    UnitStability {
        unit: unit.clone(),
        figures: Figures::of(&part, &cuts),
        left: left.first().copied().unwrap_or(0.0),
        most: cuts.persons.first().map(|cut| (part.node(cut.place), cut.hanging)),
    }
}
