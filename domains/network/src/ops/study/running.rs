//! What becomes of a campaign that is under way: every tree of it is played on from what it has brought so far.
//!
//! How the trees of one campaign fare goes together: the same offer, the same weekend. How much, too few campaigns tell. So
//! their runs are added up rank by rank, the lucky ones of each with the lucky ones of all others: the bands of the whole are
//! then rather too wide than too narrow.

use kernel::CampaignId;
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;

use super::{
    answer::{ForecastAnswer, SoFar, Told},
    asked::ForecastAsked,
    forecast::{HOURS, Stage, answer, check, hours, shares_of_fans},
    material::Material,
};
use crate::rules::{
    forecast::{
        Tree,
        chance::binomial,
        onward::{Onward, onward},
        past::{self, Campaign},
        play::Run,
        trial::Halt,
    },
    seeds::Going,
};

/// At so many moments its course so far is told.
const BEFORE: usize = 24;

/// Works it out. `Ok(None)` when it was stopped.
///
/// # Errors
/// When none of its roots is in sight: in words.
pub fn run(
    material: &Material,
    asked: &ForecastAsked,
    id: &CampaignId,
    threads: usize,
    going: &Going<'_>,
) -> Result<Option<ForecastAnswer>, Told> {
    let Some(campaign) = material.campaigns.iter().find(|campaign| campaign.id == *id) else {
        return Err(Told {
            zh: "您能看到的门店里还没有人参加这次活动，等有人参加后再推演".to_owned(),
            en: "Nobody of the stores you may see takes part in this campaign yet; play it on once somebody does"
                .to_owned(),
        });
    };
    let hours = hours(asked.days);
    let Some((stage, runs)) = play_on(material, asked, campaign, &hours, going) else { return Ok(None) };
    // Its own trees are not over: they are no past to learn from.
    let others: Vec<Campaign> = material.campaigns.iter().filter(|other| other.id != *id).cloned().collect();
    let trees = past::trees(&others, material.as_of);
    let (start, _) = check(&trees, Halt::Start, asked.seed, threads);
    if !going(0.9) {
        return Ok(None);
    }
    let (half_time, lessons) = check(&trees, Halt::HalfTime, asked.seed, threads);
    if !going(1.0) {
        return Ok(None);
    }
    Ok(Some(answer(material, asked, stage, hours, &runs, &lessons, [half_time, start])))
}

fn play_on(
    material: &Material,
    asked: &ForecastAsked,
    campaign: &Campaign,
    hours: &[f64],
    going: &Going<'_>,
) -> Option<(Stage, Vec<Run>)> {
    let standing = &material.standing;
    let homes = standing.homes();
    let shares = shares_of_fans(material);
    let mut stage = Stage {
        people: vec![0; homes],
        fans: vec![0; homes],
        lately: 0,
        so_far: Some(so_far(campaign, material.as_of.0)),
    };
    let nothing = || Run {
        people: vec![0; HOURS],
        fans: vec![0; HOURS],
        people_at: vec![0; homes],
        fans_at: vec![0; homes],
        newcomers: 0,
    };
    let mut runs: Vec<Run> = (0..asked.runs).map(|_| nothing()).collect();
    for (number, ((begin, unit), tree)) in campaign.roots.iter().zip(campaign.trees(material.as_of)).enumerate() {
        let of_unit = |unit| standing.units.iter().position(|other| other == unit);
        let home = unit.as_ref().and_then(of_unit).unwrap_or(homes - 1);
        let fans = campaign.columns.fan[*begin..begin + tree.len()].iter().filter(|fan| **fan).count() as u32;
        stage.people[home] += tree.len() as u32;
        stage.fans[home] += fans;
        stage.lately += tree.len() as u32 - tree.size_at(tree.watched_h * 0.75).min(tree.len() as u32);
        let seed = u64::from(asked.seed) ^ (number as u64) << 32;
        let course = Course { material, tree: &tree, fans, share: shares[home], lift: asked.lift };
        course.add(hours, seed, home, &mut runs);
        if !going(0.8 * (number + 1) as f64 / campaign.roots.len() as f64) {
            return None;
        }
    }
    Some((stage, runs))
}

/// One tree and what is to come of it.
struct Course<'a> {
    material: &'a Material,
    tree: &'a Tree,
    /// Fans it has.
    fans: u32,
    /// Share of those who come that become fans.
    share: f64,
    lift: f64,
}

impl Course<'_> {
    /// Adds its runs to the others', rank by rank of where they end.
    fn add(&self, hours: &[f64], seed: u64, home: usize, runs: &mut [Run]) {
        let at: Vec<f64> = hours.iter().map(|hour| self.tree.watched_h + hour).collect();
        let asked = Onward { seen: self.tree, hours: &at, lift: self.lift, runs: runs.len() as u32, seed };
        let counts = onward(&self.material.habits, &asked);
        let last = HOURS - 1;
        let mut ranked: Vec<usize> = (0..runs.len()).collect();
        ranked.sort_unstable_by_key(|run| (counts[last][*run], *run));
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        for (run, own) in runs.iter_mut().zip(ranked) {
            let (mut people, mut fans) = (self.tree.len() as u32, self.fans);
            for (hour, counts) in counts.iter().enumerate() {
                let came = counts[own] - people;
                people += came;
                fans += binomial(&mut rng, u64::from(came), self.share) as u32;
                run.people[hour] += people;
                run.fans[hour] += fans;
            }
            run.people_at[home] += people;
            run.fans_at[home] += fans;
        }
    }
}

/// How it came to where it stands.
fn so_far(campaign: &Campaign, now: i64) -> SoFar {
    let columns = &campaign.columns;
    let begin = columns.joined_at.iter().copied().min().unwrap_or(now).min(now);
    let hours_of = |micros: i64| micros as f64 / 3_600e6;
    let by = |only_fans: bool| {
        let people = columns.joined_at.iter().zip(&columns.fan).filter(move |(_, fan)| **fan || !only_fans);
        let mut joined: Vec<i64> = people.map(|(at, _)| *at).collect();
        joined.sort_unstable();
        joined
    };
    let moment = |step: usize| begin + ((now - begin) as f64 * step as f64 / BEFORE as f64) as i64;
    let counted = |joined: &[i64]| -> Vec<u32> {
        // At the last moment everybody counts, also whoever's clock is ahead.
        let until = |step: usize| if step == BEFORE { i64::MAX } else { moment(step) };
        (0..=BEFORE).map(|step| joined.partition_point(|at| *at <= until(step)) as u32).collect()
    };
    let (people, fans) = (by(false), by(true));
    SoFar {
        campaign: campaign.id.clone(),
        people: people.len() as u32,
        fans: fans.len() as u32,
        hours: (0..=BEFORE).map(|step| hours_of(moment(step) - now)).collect(),
        people_by: counted(&people),
        fans_by: counted(&fans),
    }
}
