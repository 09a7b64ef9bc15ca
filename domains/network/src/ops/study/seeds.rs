//! Whom to start with: the plan, its rivals, and the words for both.

use std::cmp::Reverse;

use kernel::PersonId;

use super::{
    answer::{ChoiceRow, SeedRow, SeedStoreRow, SeedsAnswer, StoreName, Told},
    asked::SeedsAsked,
    material::Material,
};
use crate::rules::seeds::{
    Going, Influence, Limits, Promise, Seeds, Wanted,
    compare::{Match, Outcome, compare},
    plan,
};

/// Worlds the plan and its rivals are played in.
const WORLDS: u32 = 2_000;

/// Works it out. Nothing when it was stopped.
pub fn run(material: &Material, asked: &SeedsAsked, threads: usize, going: &Going<'_>) -> Option<SeedsAnswer> {
    let mut influence = material.influence();
    if asked.subtract_anyway {
        let worth: Vec<f64> = material.standing.anyway.iter().map(|anyway| 1.0 - anyway).collect();
        influence = influence.worth(&worth);
    }
    let limits = limits(material, asked);
    let wanted = Wanted { count: asked.count as usize, epsilon: asked.epsilon, seed: asked.seed.into(), threads };
    let found = plan(&influence, &wanted, &limits, &|share| going(0.7 * share))?;
    let by_reach = |node: u32| material.standing.record[node as usize].reach as f64;
    let choices = [
        found.people.clone(),
        ranked(&influence, &limits, asked, by_reach),
        ranked(&influence, &limits, asked, |node| two_hop(&influence, node)),
    ];
    let played = Match {
        choices: &choices,
        groups: &material.standing.home,
        groups_len: material.standing.homes(),
        worlds: WORLDS,
        // Not the chance that chose: the choice must not be judged by its own luck.
        seed: !u64::from(asked.seed),
        threads,
    };
    let outcomes = compare(&influence, &played, &|share| going(0.7 + 0.3 * share))?;
    Some(answer(material, asked, &limits, found, &choices, &outcomes))
}

fn limits(material: &Material, asked: &SeedsAsked) -> Limits {
    let standing = &material.standing;
    let nodes = material.graph.len();
    let mut limits = Limits { budget: asked.budget_minor, ..Limits::default() };
    if asked.budget_minor.is_some() || asked.cost_minor > 0 || !asked.costs.is_empty() {
        limits.costs = vec![asked.cost_minor; nodes];
        for cost in &asked.costs {
            if let Some(node) = material.node(cost.person) {
                limits.costs[node as usize] = cost.cost_minor;
            }
        }
    }
    if asked.per_store.is_some() || !asked.stores.is_empty() {
        limits.groups.clone_from(&standing.home);
        limits.caps = vec![asked.per_store.unwrap_or(u32::MAX); standing.homes()];
        for (home, unit) in standing.units.iter().enumerate() {
            if let Some(cap) = asked.stores.iter().find(|cap| cap.unit == *unit) {
                limits.caps[home] = cap.most;
            }
        }
    }
    let barred_home: Vec<bool> = standing.units.iter().map(|unit| asked.without_stores.contains(unit)).collect();
    let barred = |node: usize| {
        let away = barred_home.get(standing.home[node] as usize).copied().unwrap_or(false);
        !standing.visible[node] || away || (standing.root[node] && !asked.roots)
    };
    limits.barred = (0..nodes).map(barred).collect();
    for person in &asked.without_people {
        if let Some(node) = material.node(*person) {
            limits.barred[node as usize] = true;
        }
    }
    limits.forced = asked.with_people.iter().filter_map(|person| material.node(*person)).collect();
    limits.forced.sort_unstable();
    limits.forced.dedup();
    limits
}

/// What somebody is expected to win within two hops, as if no two ways met.
fn two_hop(influence: &Influence, node: u32) -> f64 {
    let one = |(other, chance): (u32, f64)| {
        let two: f64 = influence.wins(other).map(|(next, chance)| chance * influence.worth_of(next)).sum();
        chance * (influence.worth_of(other) + two)
    };
    influence.worth_of(node) + influence.wins(node).map(one).sum::<f64>()
}

/// The best by some number within the same limits: those who are forced, then as long as they fit.
fn ranked(influence: &Influence, limits: &Limits, asked: &SeedsAsked, value: impl Fn(u32) -> f64) -> Vec<u32> {
    let mut valued: Vec<(f64, u32)> = (0..influence.people())
        .filter(|node| !limits.barred[*node as usize] && !limits.forced.contains(node))
        .map(|node| (value(node), node))
        .collect();
    valued.sort_unstable_by(|one, other| other.0.total_cmp(&one.0).then(one.1.cmp(&other.1)));
    let mut chosen = Vec::new();
    let mut left = limits.budget.unwrap_or(u64::MAX);
    let mut caps = limits.caps.clone();
    let forced = limits.forced.iter().map(|node| (*node, true));
    for (node, is_forced) in forced.chain(valued.into_iter().map(|(_, node)| (node, false))) {
        if chosen.len() >= asked.count as usize {
            break;
        }
        let cap = limits.groups.get(node as usize).and_then(|group| caps.get_mut(*group as usize));
        let full = cap.as_ref().is_some_and(|cap| **cap == 0);
        if !is_forced && (full || limits.cost(node) > left) {
            continue;
        }
        if let Some(cap) = cap {
            *cap = cap.saturating_sub(1);
        }
        left = left.saturating_sub(limits.cost(node));
        chosen.push(node);
    }
    chosen
}

fn answer(
    material: &Material,
    asked: &SeedsAsked,
    limits: &Limits,
    found: Seeds,
    choices: &[Vec<u32>],
    outcomes: &[Outcome],
) -> SeedsAnswer {
    let standing = &material.standing;
    let cost = |chosen: &[u32]| chosen.iter().map(|node| limits.cost(*node)).fold(0, u64::saturating_add);
    let choice = |((name, chosen), outcome): ((&str, &Vec<u32>), &Outcome)| ChoiceRow {
        choice: name.to_owned(),
        seeds: chosen.len() as u32,
        people: outcome.people.into(),
        worth: outcome.worth.into(),
        behind: outcome.behind.into(),
        cost_minor: cost(chosen),
        cost_per_worth_minor: (outcome.worth.mean > 0.0).then(|| cost(chosen) as f64 / outcome.worth.mean),
    };
    let store = |home: usize| SeedStoreRow {
        store: StoreName { unit: standing.units.get(home).cloned(), name: None },
        seeds: found.people.iter().filter(|node| standing.home[**node as usize] as usize == home).count() as u32,
        people: outcomes[0].groups[home].into(),
        people_by_reach: outcomes[1].groups[home].into(),
        people_by_two_hop: outcomes[2].groups[home].into(),
    };
    let mut stores: Vec<SeedStoreRow> = (0..standing.homes()).map(store).collect();
    stores.retain(|row| row.seeds > 0 || row.people.mean > 0.0 || row.people_by_reach.mean > 0.0);
    stores.sort_by_key(|row| (Reverse(row.seeds), row.store.unit.clone()));
    let promised = (found.promise.ratio() - asked.epsilon).max(0.0);
    SeedsAnswer {
        people: standing.visible.iter().filter(|visible| **visible).count() as u32,
        kept_out: material.kept_out,
        candidates: limits.barred.iter().filter(|barred| !**barred).count() as u32,
        seeds: rows(material, limits, &found),
        certificate: found.certificate,
        promise: promise(found.promise).to_owned(),
        promised,
        words: words(&found, promised),
        sets: found.sets,
        choices: ["seeds", "reach", "two_hop"].into_iter().zip(choices).zip(outcomes).map(choice).collect(),
        worlds: WORLDS,
        stores,
        answers: material.answers.clone().into(),
    }
}

fn rows(material: &Material, limits: &Limits, found: &Seeds) -> Vec<SeedRow> {
    let standing = &material.standing;
    let row = |((node, gain), rank): ((&u32, &f64), u32)| {
        let place = *node as usize;
        let record = standing.record[place];
        let ties = material.graph.others(*node).len() as u32;
        let forced = limits.forced.contains(node);
        let row = SeedRow {
            rank,
            person: PersonId(material.graph.person(*node)),
            name: None,
            store: StoreName { unit: standing.units.get(standing.home[place] as usize).cloned(), name: None },
            gain: *gain,
            cost_minor: limits.cost(*node),
            forced,
            anyway: standing.anyway[place],
            ties,
            invites: record.invites,
            campaigns: record.shares,
            reasons: Vec::new(),
        };
        SeedRow { reasons: reasons(&row), ..row }
    };
    found.people.iter().zip(&found.gains).zip(1..).map(row).collect()
}

fn told(zh: String, en: String) -> Told {
    Told { zh, en }
}

fn reasons(row: &SeedRow) -> Vec<Told> {
    let SeedRow { gain, forced, anyway, ties, invites, campaigns, .. } = row;
    let mut reasons = Vec::new();
    if *forced {
        reasons.push(told("按要求必选".to_owned(), "was asked for".to_owned()));
    }
    reasons.push(told(
        format!("比前面的人多带来约 {gain:.1} 人"),
        format!("wins about {gain:.1} people whom nobody before does"),
    ));
    reasons.push(told(format!("与 {ties} 人有联系"), format!("has ties with {ties}")));
    if *campaigns > 0 {
        reasons.push(told(
            format!("参加过 {campaigns} 次活动，直接带来 {invites} 人"),
            format!("brought {invites} directly in {campaigns} campaigns"),
        ));
    }
    if *anyway >= 0.05 {
        let percent = anyway * 100.0;
        reasons.push(told(
            format!("有 {percent:.0}% 的可能不邀请也会来，已扣除"),
            format!("would come anyway with {percent:.0}%, which is subtracted"),
        ));
    }
    reasons
}

const fn promise(promise: Promise) -> &'static str {
    match promise {
        Promise::Count => "count",
        Promise::Caps => "caps",
        Promise::Budget => "budget",
        Promise::Nothing => "nothing",
    }
}

fn words(found: &Seeds, promised: f64) -> Told {
    let certified = found.certificate * 100.0;
    let zh = format!("在同样的限制下，本方案的效果至少是最优选法的 {certified:.0}%（选完后用新的抽样检验）。");
    let en = format!(
        "Within the same limits this plan does at least {certified:.0}% of what the best choice does (checked afterwards on \
         fresh samples)."
    );
    let promised = promised * 100.0;
    let (more_zh, more_en) = match found.promise {
        Promise::Count => (
            format!("事先保证：只限人数，至少 {promised:.0}%（1−1/e−ε）。"),
            format!("Promised before: a number of people alone, at least {promised:.0}% (1−1/e−ε)."),
        ),
        Promise::Caps => (
            format!("事先保证：有门店上限，至少 {promised:.0}%（½−ε）。"),
            format!("Promised before: caps of stores, at least {promised:.0}% (½−ε)."),
        ),
        Promise::Budget => (
            format!("事先保证：只限预算，至少 {promised:.0}%（½(1−1/e)−ε）。"),
            format!("Promised before: a budget alone, at least {promised:.0}% (½(1−1/e)−ε)."),
        ),
        Promise::Nothing => (
            "多种限制同时起作用，事先没有保证；只看事后检验的数。".to_owned(),
            "Several limits bind at once, so nothing was promised before: only the checked number counts.".to_owned(),
        ),
    };
    Told { zh: zh + &more_zh, en: format!("{en} {more_en}") }
}
