//! What would happen: the campaign played, its bands widened by what past forecasts teach, and how those came out.

use kernel::UnitId;

use super::{
    answer::{Bands, CheckRow, ForecastAnswer, ForecastStoreRow, HabitsView, KeptRow, Range, SoFar, StoreName, Told},
    asked::ForecastAsked,
    material::Material,
    running,
};
use crate::rules::{
    forecast::{
        habits::{NONE, Tree},
        play::{Play, Run, play},
        reliability::{Lesson, Seen},
        trial::{self, Halt, STEPS, TAUGHT_MAX},
    },
    seeds::Going,
};

/// At how many hours the curves are told.
pub(super) const HOURS: usize = 3 * STEPS;
/// People a store's share of fans is believed to be the brand's, before its own are seen.
const FANS_WEIGHT: f64 = 20.0;
/// With fewer past trees nothing can be said of how good forecasts are.
const TREES_MIN: usize = 8;

/// Works it out. `Ok(None)` when it was stopped.
///
/// # Errors
/// When nobody named is in sight: in words.
pub fn run(
    material: &Material,
    asked: &ForecastAsked,
    planned: &[kernel::PersonId],
    threads: usize,
    going: &Going<'_>,
) -> Result<Option<ForecastAnswer>, Told> {
    if let Some(campaign) = &asked.campaign {
        return running::run(material, asked, campaign, threads, going);
    }
    let seeds = starts(material, asked, planned);
    if seeds.is_empty() {
        return Err(Told {
            zh: "所选的人、方案或门店首圈里没有您能看到的人，请改选后再试".to_owned(),
            en: "Nobody you may see is among these people, this plan or these stores' first circles; choose others"
                .to_owned(),
        });
    }
    let graph = material.influence();
    let hours = hours(asked.days);
    let played = Play {
        graph: &graph,
        habits: &material.habits,
        newcomers: material.answers.newcomers,
        seeds: &seeds,
        record: &material.standing.record,
        fan: &material.standing.fan,
        home: &material.standing.home,
        fans: &shares_of_fans(material),
        lift: asked.lift,
        hours: &hours,
        runs: asked.runs,
        seed: asked.seed.into(),
        threads,
    };
    let Some(runs) = play(&played, &|share| going(0.5 * share)) else { return Ok(None) };
    let (half_time, _) = check(&material.trees, Halt::HalfTime, asked.seed, threads);
    if !going(0.75) {
        return Ok(None);
    }
    let (start, lessons) = check(&material.trees, Halt::Start, asked.seed, threads);
    if !going(1.0) {
        return Ok(None);
    }
    let standing = &material.standing;
    let mut stage =
        Stage { people: vec![0; standing.homes()], fans: vec![0; standing.homes()], lately: 0, so_far: None };
    for seed in &seeds {
        stage.people[standing.home[*seed as usize] as usize] += 1;
    }
    Ok(Some(answer(material, asked, stage, hours, &runs, &lessons, [half_time, start])))
}

/// At how many hours after the start the curves are told.
pub(super) fn hours(days: u32) -> Vec<f64> {
    let end = f64::from(days) * 24.0;
    (1..=HOURS).map(|step| end * step as f64 / HOURS as f64).collect()
}

/// What is there when the play begins.
pub(super) struct Stage {
    /// By home: people.
    pub people: Vec<u32>,
    /// By home: fans who are counted.
    pub fans: Vec<u32>,
    /// People who came lately.
    pub lately: u32,
    /// The campaign that is under way.
    pub so_far: Option<SoFar>,
}

fn starts(material: &Material, asked: &ForecastAsked, planned: &[kernel::PersonId]) -> Vec<u32> {
    let people = asked.people.iter().chain(planned).filter_map(|person| material.node(*person));
    let circle = |unit: &UnitId| {
        let campaigns = material.campaigns.iter();
        let unit = unit.clone();
        campaigns.flat_map(move |campaign| {
            let roots: Vec<u32> =
                campaign.roots.iter().filter(|root| root.1.as_ref() == Some(&unit)).map(|root| root.0 as u32).collect();
            let columns = &campaign.columns;
            let of_root = |(parent, _): &(&u32, &u32)| **parent != NONE && roots.binary_search(parent).is_ok();
            columns.parent.iter().zip(&columns.handle).filter(of_root).map(|(_, handle)| *handle).collect::<Vec<_>>()
        })
    };
    let circles = asked
        .stores
        .iter()
        .flat_map(circle)
        .filter_map(|handle| material.node(kernel::PersonId(kernel::Handle(handle))));
    let mut seeds: Vec<u32> = people.chain(circles).collect();
    seeds.sort_unstable();
    seeds.dedup();
    seeds
}

/// Per home, the share of those who were brought that are fans; shrunk to the brand's.
pub(super) fn shares_of_fans(material: &Material) -> Vec<f64> {
    let standing = &material.standing;
    let (mut fans, mut people) = (vec![0.0; standing.homes()], vec![0.0; standing.homes()]);
    for node in (0..standing.visible.len()).filter(|node| standing.visible[*node] && !standing.root[*node]) {
        let home = standing.home[node] as usize;
        people[home] += 1.0;
        fans[home] += f64::from(u8::from(standing.fan[node]));
    }
    let all = fans.iter().sum::<f64>() / people.iter().sum::<f64>().max(1.0);
    fans.iter().zip(&people).map(|(fans, people)| (fans + FANS_WEIGHT * all) / (people + FANS_WEIGHT)).collect()
}

/// How forecasts of the brand's past trees came out, and what they teach. Nothing can be told of too few.
pub(super) fn check(trees: &[Tree], halt: Halt, seed: u32, threads: usize) -> (Option<CheckRow>, [Lesson; STEPS]) {
    let (tried, taught) = trial::retrospect(trees, halt, seed.into(), threads);
    let lessons = trial::lessons(&tried[tried.len().saturating_sub(TAUGHT_MAX)..]);
    if tried.len() < TREES_MIN || tried.len() == taught {
        return (None, lessons);
    }
    let earlier = &trees[..trees.len() / 2];
    let score = trial::score(&tried, taught, trial::growth(earlier, halt));
    let row = CheckRow {
        halt: if halt == Halt::Start { "start" } else { "half_time" }.to_owned(),
        trees: score.trees,
        kept: score.kept.iter().map(|kept| KeptRow { share: kept.share, held: kept.held }).collect(),
        error: score.error,
        error_doubles: score.naive.doubles,
        error_stays: score.naive.stays,
        error_as_ever: score.naive.as_ever,
    };
    (Some(row), lessons)
}

/// Sorted runs of one number, and what they say at a level.
struct Levels<'a> {
    runs: Vec<u32>,
    seen: Seen,
    lesson: &'a Lesson,
}

impl<'a> Levels<'a> {
    fn new(runs: impl Iterator<Item = u32>, seen: Seen, lesson: &'a Lesson) -> Self {
        let mut runs: Vec<u32> = runs.collect();
        runs.sort_unstable();
        Self { runs, seen, lesson }
    }

    fn at(&self, level: f64) -> f64 {
        self.lesson.at(self.seen, &self.runs, level)
    }

    fn range(&self) -> Range {
        Range { low: self.at(0.1), middle: self.at(0.5), high: self.at(0.9) }
    }
}

/// So many there are, of whom nobody knows when they came.
const fn there(people: u32) -> Seen {
    Seen { people, lately: 0 }
}

fn bands(runs: &[Run], seen: Seen, lessons: &[Lesson; STEPS], of: fn(&Run) -> &Vec<u32>) -> Bands {
    let mut bands = Bands::default();
    let mut before = [0.0_f64; 7];
    for hour in 0..HOURS {
        let lesson = &lessons[hour * STEPS / HOURS];
        let levels = Levels::new(runs.iter().map(|run| of(run)[hour]), seen, lesson);
        let Bands { p5, p10, p25, p50, p75, p90, p95 } = &mut bands;
        let curves = [p5, p10, p25, p50, p75, p90, p95].into_iter().zip([0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95]);
        for ((curve, level), before) in curves.zip(&mut before) {
            // Nobody leaves again: neighbouring hours may have learnt different widths.
            *before = levels.at(level).max(*before);
            curve.push(*before);
        }
    }
    bands
}

pub(super) fn answer(
    material: &Material,
    asked: &ForecastAsked,
    stage: Stage,
    hours: Vec<f64>,
    runs: &[Run],
    lessons: &[Lesson; STEPS],
    checks: [Option<CheckRow>; 2],
) -> ForecastAnswer {
    let standing = &material.standing;
    let lessons = lessons.clone().map(Lesson::width_only);
    let (starts, fans_now, last) = (stage.people.iter().sum(), stage.fans.iter().sum(), HOURS - 1);
    let (seen, lesson) = (Seen { people: starts, lately: stage.lately }, &lessons[STEPS - 1]);
    let people = Levels::new(runs.iter().map(|run| run.people[last]), seen, lesson);
    let fans = Levels::new(runs.iter().map(|run| run.fans[last]), there(fans_now), lesson);
    let cost = |level: f64| {
        let joins = (people.at(level) - f64::from(starts)) * asked.cost_per_join_minor as f64;
        let won = (fans.at(level) - f64::from(fans_now)) * asked.cost_per_fan_minor as f64;
        asked.seeds_cost_minor as f64 + joins + won
    };
    let cost_minor = Range { low: cost(0.1), middle: cost(0.5), high: cost(0.9) };
    let home = |home: usize| {
        let here = stage.people[home];
        let people = Levels::new(runs.iter().map(|run| run.people_at[home]), there(here), lesson);
        let fans = Levels::new(runs.iter().map(|run| run.fans_at[home]), there(stage.fans[home]), lesson);
        let store = StoreName { unit: standing.units.get(home).cloned(), name: None };
        ForecastStoreRow { store, seeds: here, people: people.range(), fans: fans.range() }
    };
    let mut stores: Vec<ForecastStoreRow> = (0..standing.homes()).map(home).collect();
    stores.retain(|row| row.seeds > 0 || row.people.high >= 1.0);
    stores.sort_by(|a, b| b.people.middle.total_cmp(&a.people.middle).then_with(|| a.store.unit.cmp(&b.store.unit)));
    let newcomers: f64 = runs.iter().map(|run| f64::from(run.newcomers)).sum();
    let everybody: f64 = runs.iter().map(|run| f64::from(run.people[last])).sum();
    let checks: Vec<CheckRow> = checks.into_iter().flatten().collect();
    ForecastAnswer {
        starts,
        so_far: stage.so_far,
        hours,
        people: bands(runs, seen, &lessons, |run| &run.people),
        fans: bands(runs, there(fans_now), &lessons, |run| &run.fans),
        newcomers: newcomers / everybody.max(1.0),
        cost_minor,
        cost_per_fan_minor: cost_per_fan(asked, (starts, fans_now), runs),
        stores,
        habits: HabitsView::from(&material.habits),
        answers: material.answers.clone().into(),
        words: words(material, &checks),
        checks,
        runs: runs.len() as u32,
    }
}

/// Run by run, since cost and fans go together; a run without a fan costs without end.
fn cost_per_fan(asked: &ForecastAsked, (people, fans): (u32, u32), runs: &[Run]) -> Option<Range> {
    let cost = |run: &Run| {
        let (people, fans) = (f64::from(run.people[HOURS - 1] - people), f64::from(run.fans[HOURS - 1] - fans));
        let paid = asked.seeds_cost_minor as f64
            + people * asked.cost_per_join_minor as f64
            + fans * asked.cost_per_fan_minor as f64;
        if fans > 0.0 { paid / fans } else { f64::MAX }
    };
    let mut costs: Vec<f64> = runs.iter().map(cost).collect();
    costs.sort_unstable_by(f64::total_cmp);
    let at = |level: f64| costs[((level * costs.len() as f64) as usize).min(costs.len() - 1)];
    let range = Range { low: at(0.1), middle: at(0.5), high: at(0.9) };
    // If one in ten runs wins nobody there is no upper end to tell.
    (range.high < f64::MAX).then_some(range)
}

fn words(material: &Material, checks: &[CheckRow]) -> Told {
    let trees = material.habits.trees;
    let held = |halt: &str| {
        let check = checks.iter().find(|check| check.halt == halt)?;
        let kept = check.kept.iter().find(|kept| kept.share == 0.8)?;
        Some((check.trees, kept.held * 100.0))
    };
    let (mut zh, mut en) = match (held("start"), held("half_time")) {
        (Some((trees, start)), Some((_, half))) => (
            format!("用过去 {trees} 条传播脉络回测，80% 区间实际包住：只看起点 {start:.0}%，停在一半时间 {half:.0}%。"),
            format!(
                "Tried on {trees} past cascades, the 80% band held {start:.0}% of them from the root alone, and {half:.0}% at half \
                 time."
            ),
        ),
        _ => (
            format!("过去只有 {trees} 条传播脉络，还不足以检验预测有多准，请只当作粗略估计。"),
            format!(
                "There are only {trees} past cascades: too few to tell how good forecasts are. Take this as a rough guess."
            ),
        ),
    };
    if material.answers.campaigns == 0 {
        zh.push_str("只有一次活动，熟人应邀的比例无法校准，暂按新来的人里一半是熟人估计。");
        en.push_str(
            " There was one campaign only, so how often known people answer cannot be calibrated: half of those who come \
             are believed to be known.",
        );
    }
    Told { zh, en }
}
