//! What must come out when the facts are folded rightly.

use serde::Serialize;

use crate::{
    brand::{Brand, STORES},
    dirt::Dirt,
    fact::paid_minor,
    people::Cast,
    script::{Deed, Script},
    shape::KOC_INVITES_MIN,
};

/// The campaign in numbers. People under no known root are in no number but [`Anomalies::unknown_root_people`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Truth {
    /// Facts, those sent twice counted twice.
    pub facts: u64,
    /// Different `Spread Opened` facts, strays and repeats included.
    pub touches: u64,
    /// Everybody under a known root, the roots themselves included: roots + fans + visitors.
    pub people: u32,
    /// 粉丝: phone and WeChat id left.
    pub fans: u32,
    /// The others below the roots. The roots are neither fans nor visitors.
    pub visitors: u32,
    /// Deepest circle.
    pub depth_max: u8,
    /// Deepest circle + 1.
    pub share_levels_max: u8,
    /// People below the roots who brought somebody.
    pub sharers: u32,
    /// People below the roots with 60 or more direct invites.
    pub kocs: u32,
    /// Most direct invites of one person, roots included.
    pub invites_max: u32,
    /// Different orders.
    pub orders: u32,
    /// Their sum in 分.
    pub paid_minor: i64,
    /// Circle 1 first.
    pub circles: Vec<CircleTruth>,
    /// One root a store, flagship (manager A) first.
    pub roots: Vec<RootTruth>,
    /// The dirt.
    pub anomalies: Anomalies,
}

/// People at one distance from the root.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct CircleTruth {
    /// From 1.
    pub circle: u8,
    /// All of them.
    pub people: u32,
    /// Those who left phone and WeChat id.
    pub fans: u32,
}

/// The tree of one store manager.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RootTruth {
    /// User id of the manager.
    pub user_id: String,
    /// Their id as staff.
    pub staff: String,
    /// Their store.
    pub unit: String,
    /// The root included.
    pub people: u32,
    /// Below the root.
    pub fans: u32,
    /// Below the root.
    pub visitors: u32,
    /// Deepest circle.
    pub depth: u8,
    /// The manager's own.
    pub direct_invites: u32,
    /// Orders of the people below.
    pub orders: u32,
    /// Their sum in 分.
    pub paid_minor: i64,
    /// Circle 1 first.
    pub circles: Vec<CircleTruth>,
}

/// Known amounts of dirt.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Anomalies {
    /// Touches of people who have a place already, by somebody else than themselves (second browsers included).
    pub repeats: u32,
    /// Those of them that come from another store's tree.
    pub repeats_across_stores: u32,
    /// Second browsers signed in to a user id.
    pub second_devices: u32,
    /// Touches of people by themselves.
    pub self_shares: u32,
    /// Sharers held back until after their first follower.
    pub late_parents: u32,
    /// First touches heard before the sharer had a place, who got one later.
    pub early_children: u32,
    /// People whose first touch, by the clocks of the phones, was before their sharer's.
    pub early_children_by_clock: u32,
    /// Touches by sharers nobody ever heard of.
    pub unknown_parents: u32,
    /// People under no known root: those touched by unknown sharers, their followers, and the ring.
    pub unknown_root_people: u32,
    /// Rings of people who wait for each other.
    pub cycles: u32,
    /// Facts sent twice under one message id.
    pub duplicates: u32,
    /// People whose phone's clock is wrong.
    pub skewed_people: u32,
}

pub(crate) fn count(brand: &Brand, cast: &Cast, dirt: &Dirt, script: &Script) -> Truth {
    let mut roots = roots(brand, cast);
    let (orders, paid_minor) = book_orders(cast, script, &mut roots);
    let sum = |of: fn(&RootTruth) -> u32| roots.iter().map(of).sum();
    let depth_max = roots.iter().map(|root| root.depth).max().unwrap_or(0);
    let below = || cast.people.iter().filter(|person| person.is_placed());
    let mut circles: Vec<CircleTruth> =
        (1..=depth_max).map(|circle| CircleTruth { circle, people: 0, fans: 0 }).collect();
    for (all, one) in roots.iter().flat_map(|root| root.circles.iter().enumerate()) {
        circles[all].people += one.people;
        circles[all].fans += one.fans;
    }
    let opened = script.steps.iter().filter(|step| matches!(step.deed, Deed::Opened(..))).map(|step| step.number);
    let mut opened: Vec<u32> = opened.collect();
    opened.sort_unstable();
    opened.dedup();
    Truth {
        facts: script.steps.len() as u64,
        touches: opened.len() as u64,
        people: sum(|root| root.people),
        fans: sum(|root| root.fans),
        visitors: sum(|root| root.visitors),
        depth_max,
        share_levels_max: depth_max + 1,
        sharers: below().filter(|person| person.invites > 0).count() as u32,
        kocs: below().filter(|person| u32::from(person.invites) >= KOC_INVITES_MIN).count() as u32,
        invites_max: cast.people.iter().map(|person| u32::from(person.invites)).max().unwrap_or(0),
        orders,
        paid_minor,
        circles,
        roots,
        anomalies: anomalies(cast, dirt, script),
    }
}

fn roots(brand: &Brand, cast: &Cast) -> Vec<RootTruth> {
    let mut roots: Vec<RootTruth> = brand
        .store_managers()
        .zip(&cast.people)
        .map(|(staff, person)| RootTruth {
            user_id: staff.user_id(),
            staff: staff.id.to_string(),
            unit: staff.unit.to_string(),
            people: 1,
            fans: 0,
            visitors: 0,
            depth: 0,
            direct_invites: u32::from(person.invites),
            orders: 0,
            paid_minor: 0,
            circles: Vec::new(),
        })
        .collect();
    for person in &cast.people[STORES..] {
        let Some(root) = roots.get_mut(usize::from(person.store)) else { continue };
        while root.depth < person.circle {
            root.depth += 1;
            root.circles.push(CircleTruth { circle: root.depth, people: 0, fans: 0 });
        }
        let fan = u32::from(person.is_fan());
        let circle = &mut root.circles[usize::from(person.circle) - 1];
        circle.people += 1;
        circle.fans += fan;
        root.people += 1;
        root.fans += fan;
        root.visitors += 1 - fan;
    }
    roots
}

/// Books the orders to the roots; the totals.
fn book_orders(cast: &Cast, script: &Script, roots: &mut [RootTruth]) -> (u32, i64) {
    let mut paid: Vec<(u32, u32)> = Vec::new();
    for step in &script.steps {
        if let Deed::Paid(who, order) = step.deed {
            paid.push((order, who));
        }
    }
    paid.sort_unstable();
    paid.dedup();
    for (order, who) in &paid {
        let root = &mut roots[usize::from(cast.person(*who).store)];
        root.orders += 1;
        root.paid_minor += paid_minor(cast.salt, *order);
    }
    (paid.len() as u32, roots.iter().map(|root| root.paid_minor).sum())
}

fn anomalies(cast: &Cast, dirt: &Dirt, script: &Script) -> Anomalies {
    let mut heard = vec![i64::MAX; cast.people.len()];
    let mut by_clock = vec![i64::MAX; cast.people.len()];
    for step in &script.steps {
        if let Deed::Opened(who, ..) | Deed::Started(who) = step.deed {
            let who = who as usize;
            if heard[who] == i64::MAX {
                (heard[who], by_clock[who]) = (step.received, step.timestamp);
            }
        }
    }
    let earlier = |than: &[i64]| {
        let placed = (0..).zip(&cast.people).filter(|(_, person)| person.is_placed());
        placed.filter(|(index, person)| than[*index as usize] < than[person.parent as usize]).count() as u32
    };
    Anomalies {
        repeats: dirt.repeats,
        repeats_across_stores: dirt.repeats_across_stores,
        second_devices: dirt.second_devices.len() as u32,
        self_shares: dirt.self_shares,
        late_parents: dirt.late_parents,
        early_children: earlier(&heard),
        early_children_by_clock: earlier(&by_clock),
        unknown_parents: dirt.unknown_sharers,
        unknown_root_people: dirt.strays.len() as u32,
        cycles: 1,
        duplicates: script.duplicates,
        skewed_people: dirt.skewed_people,
    }
}
