//! Signs in the tree of one campaign: inviters whose people came too fast, too evenly, and to no purpose.
//!
//! What is usual is the campaign's own: a burst counts from the 99.9th percentile of the campaign's inviters on (in a campaign
//! of fewer than 10,000 inviters, for the first ten). A root is staff at work and is never looked at.

use kernel::Handle;
use rustc_hash::FxHashMap;

use super::{
    Trail,
    sign::{Finding, Kind, Reason, Sign},
};
use crate::rules::words::{Words, counted};

/// Fewer are no star.
const BROUGHT_MIN: usize = 10;
/// A burst is counted over so much time.
const BURST_MICROS: i64 = 600 * 1_000_000;
/// Of so many inviters one may be the fastest.
const ONE_IN: usize = 1_000;
/// How many may be the fastest in a small campaign.
const FASTEST: usize = 10;
/// Dead leaves may have so many live ones among them.
const ALIVE_MAX: f64 = 0.02;
/// Intervals that vary less than this are a clock's.
const VARIATION_MAX: f64 = 0.35;
/// Who brings people sooner has come for it.
const HASTE_MICROS: i64 = 20 * 1_000_000;

/// Somebody who brought people.
struct Star {
    person: Handle,
    joined_at: i64,
    /// When those they brought joined, in order.
    arrivals: Vec<i64>,
    children: Vec<u32>,
    burst: usize,
}

/// Every star of a campaign that shows a sign.
pub(super) fn find(trail: &Trail) -> Vec<Finding> {
    let columns = &trail.columns;
    let mut children: FxHashMap<u32, Vec<u32>> = FxHashMap::default();
    for (child, parent) in (0..).zip(&columns.parent) {
        // The place of a root's children is below a root.
        if *parent != u32::MAX && columns.parent[*parent as usize] != u32::MAX {
            children.entry(*parent).or_default().push(child);
        }
    }
    let mut stars: Vec<Star> = children.into_iter().map(|(place, children)| star(trail, place, children)).collect();
    stars.sort_unstable_by_key(|star| star.person);
    let fastest = fastest(&stars);
    let seen_again = seen_again(trail);
    let brought: Vec<bool> = columns.invites().into_iter().map(|invites| invites > 0).collect();
    let alive = |child: &u32| {
        brought[*child as usize] || seen_again.get(&columns.handle[*child as usize]).is_some_and(|touches| *touches > 1)
    };
    let large = stars.into_iter().filter(|star| star.children.len() >= BROUGHT_MIN);
    large.filter_map(|star| finding(trail, &star, fastest, &brought, alive)).collect()
}

fn star(trail: &Trail, place: u32, children: Vec<u32>) -> Star {
    let columns = &trail.columns;
    let mut arrivals: Vec<i64> = children.iter().map(|child| columns.joined_at[*child as usize]).collect();
    arrivals.sort_unstable();
    let mut burst = 0;
    let mut begin = 0;
    for (end, at) in arrivals.iter().enumerate() {
        while at - arrivals[begin] > BURST_MICROS {
            begin += 1;
        }
        burst = burst.max(end + 1 - begin);
    }
    let (person, joined_at) = (Handle(columns.handle[place as usize]), columns.joined_at[place as usize]);
    Star { person, joined_at, arrivals, children, burst }
}

/// The burst that only the fastest of the campaign reach.
fn fastest(stars: &[Star]) -> usize {
    let mut bursts: Vec<usize> = stars.iter().map(|star| star.burst).collect();
    bursts.sort_unstable_by(|a, b| b.cmp(a));
    let few = (bursts.len() / ONE_IN).max(FASTEST);
    bursts.get(few - 1).copied().unwrap_or(0).max(BROUGHT_MIN)
}

/// How often everybody was touched.
fn seen_again(trail: &Trail) -> FxHashMap<u32, u32> {
    let mut touched: FxHashMap<u32, u32> = FxHashMap::default();
    for (receiver, sharer, _) in &trail.touches {
        if receiver != sharer {
            *touched.entry(receiver.0).or_default() += 1;
        }
    }
    touched
}

fn finding(
    trail: &Trail,
    star: &Star,
    fastest: usize,
    brought: &[bool],
    alive: impl Fn(&u32) -> bool,
) -> Option<Finding> {
    let count = star.children.len();
    let people = counted(count as u64, "person", "people");
    let mut reasons = Vec::new();
    if star.burst >= fastest {
        let words = Words::new(
            format!("10 分钟内带来 {} 人，本活动通常少于 {fastest} 人", star.burst),
            format!("brought {} people in 10 minutes; usual in this campaign are fewer than {fastest}", star.burst),
        );
        reasons.push(Reason { sign: Sign::Burst, value: star.burst as f64, usual: fastest as f64, words });
    }
    let live = star.children.iter().filter(|child| alive(child)).count();
    let share = live as f64 / count as f64;
    if share <= ALIVE_MAX && !star.children.iter().any(|child| brought[*child as usize]) {
        let words = Words::new(
            format!("直接带来 {count} 人，无人继续传播，有后续行为的 {live} 人"),
            format!("brought {people} directly; nobody passed it on, {live} ever did anything again"),
        );
        reasons.push(Reason { sign: Sign::DeadLeaves, value: share, usual: ALIVE_MAX, words });
    }
    if let Some(variation) = variation(&star.arrivals).filter(|variation| *variation <= VARIATION_MAX) {
        let words = Words::new(
            format!("带来的 {count} 人按固定节奏到达（间隔变异系数 {variation:.2}，随机约为 1）"),
            format!(
                "the {people} arrived as by a clock (intervals vary by {variation:.2} of their mean; chance gives about 1)"
            ),
        );
        reasons.push(Reason { sign: Sign::Regular, value: variation, usual: VARIATION_MAX, words });
    }
    let haste = star.arrivals.first().map_or(i64::MAX, |first| first - star.joined_at);
    if (0..=HASTE_MICROS).contains(&haste) {
        let secs = haste as f64 / 1e6;
        let words = Words::new(
            format!("加入后 {secs:.0} 秒就带来第一人，共 {count} 人"),
            format!("brought the first of {people} {secs:.0} seconds after joining"),
        );
        reasons.push(Reason { sign: Sign::Hasty, value: secs, usual: HASTE_MICROS as f64 / 1e6, words });
    }
    (!reasons.is_empty()).then(|| told(trail, star, reasons))
}

fn told(trail: &Trail, star: &Star, reasons: Vec<Reason>) -> Finding {
    let leaves = star.children.iter().map(|child| Handle(trail.columns.handle[*child as usize]));
    let mut people: Vec<Handle> = std::iter::once(star.person).chain(leaves).collect();
    people.sort_unstable();
    people.dedup();
    Finding {
        kind: Kind::Star,
        reasons,
        people,
        head: Some(star.person),
        campaigns: vec![trail.campaign.clone()],
        shared: Vec::new(),
    }
}

/// Standard deviation of the intervals over their mean; nothing when all came at once, which is an import.
fn variation(arrivals: &[i64]) -> Option<f64> {
    let gaps: Vec<f64> = arrivals.windows(2).map(|pair| (pair[1] - pair[0]) as f64 / 1e6).collect();
    let mean = gaps.iter().sum::<f64>() / gaps.len() as f64;
    if gaps.len() + 1 < BROUGHT_MIN || mean < 0.001 {
        return None;
    }
    let variance = gaps.iter().map(|gap| (gap - mean).powi(2)).sum::<f64>() / gaps.len() as f64;
    Some(variance.sqrt() / mean)
}
