//! Past trees stopped at some hour, forecast, and held against what came: how good the forecast is, and how its bands have
//! to be cut.

use std::{panic::resume_unwind, thread};

use super::{
    habits::{Habits, Tree},
    onward::{Onward, onward},
    reliability::{Kept, Lesson, Past, SHARES, Seen, median},
};

/// Smaller trees have no course to forecast.
pub const PEOPLE_MIN: usize = 10;
/// Runs of each forecast.
pub const RUNS: u32 = 200;
/// At how many hours between stopping and the end a course is counted.
pub const STEPS: usize = 8;

/// Where trees are stopped, and where the truth is taken.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Halt {
    /// Halfway to its last joining.
    HalfTime,
    /// When half of its people had come.
    HalfPeople,
    /// So many hours after the root joined; the truth is what came by the end.
    After(f64),
    /// Before anybody was brought.
    Start,
}

impl Halt {
    /// Hour of stopping and hour of the truth; nothing for a tree that is over by then.
    #[must_use]
    pub fn hours(self, tree: &Tree) -> Option<(f64, f64)> {
        let end = tree.last_h();
        let stop = match self {
            Self::HalfTime => end / 2.0,
            Self::HalfPeople => {
                let mut joined = tree.joined_h.clone();
                joined.sort_unstable_by(f64::total_cmp);
                joined[(joined.len() - 1) / 2]
            }
            Self::After(hours) => hours,
            Self::Start => 0.0,
        };
        (stop < end).then_some((stop, end))
    }
}

/// One tree as it was forecast, and as it came.
#[derive(Clone, Debug, PartialEq)]
pub struct Tried {
    /// What was known at stopping.
    pub seen: Seen,
    /// People at each step, the end last.
    pub truth: Vec<u32>,
    /// Runs at each step, sorted.
    pub runs: Vec<Vec<u32>>,
}

/// Forecasts trees; those that are too small or over by then are left out. The place of a tree is part of its chance, so
/// that neither the number of threads nor what was left out changes anything.
#[must_use]
pub fn forecast(habits: &Habits, trees: &[Tree], halt: Halt, seed: u64, threads: usize) -> Vec<Tried> {
    let places: Vec<usize> = (0..trees.len()).filter(|place| trees[*place].len() >= PEOPLE_MIN).collect();
    let share = places.len().div_ceil(threads.max(1)).max(1);
    let one = |place: usize| {
        let tree = &trees[place];
        let (stop, end) = halt.hours(tree)?;
        let hours: Vec<f64> = (1..=STEPS).map(|step| stop + (end - stop) * step as f64 / STEPS as f64).collect();
        let seen = if halt == Halt::Start { Tree::new(vec![tree.parent[0]], vec![0.0], 0.0) } else { tree.until(stop) };
        let asked = Onward { seen: &seen, hours: &hours, lift: 1.0, runs: RUNS, seed: seed ^ (place as u64) << 20 };
        let mut runs = onward(habits, &asked);
        runs.iter_mut().for_each(|runs| runs.sort_unstable());
        let truth = hours.iter().map(|hour| tree.size_at(*hour)).collect();
        let lately = seen.len() as u32 - seen.size_at(stop * 0.75).min(seen.len() as u32);
        Some(Tried { seen: Seen { people: seen.len() as u32, lately }, truth, runs })
    };
    thread::scope(|scope| {
        let workers: Vec<_> = places
            .chunks(share)
            .map(|share| scope.spawn(move || share.iter().filter_map(|place| one(*place)).collect::<Vec<_>>()))
            .collect();
        workers.into_iter().flat_map(|worker| worker.join().unwrap_or_else(|panic| resume_unwind(panic))).collect()
    })
}

/// What these forecasts teach, step by step.
#[must_use]
pub fn lessons(tried: &[Tried]) -> [Lesson; STEPS] {
    std::array::from_fn(|step| {
        let past =
            tried.iter().map(|tried| Past { seen: tried.seen, runs: &tried.runs[step], truth: tried.truth[step] });
        Lesson::of(&past.collect::<Vec<_>>())
    })
}

/// How good forecasts were.
#[derive(Clone, Debug, PartialEq)]
pub struct Score {
    /// Trees that were forecast.
    pub trees: usize,
    /// How often the bands held the final size.
    pub kept: [Kept; 3],
    /// How often the bands held the size at any step on the way.
    pub kept_on_the_way: [Kept; 3],
    /// Half of the forecasts were off by less than this share of the truth.
    pub error: f64,
    /// The same of the naive guesses.
    pub naive: Naive,
}

/// Half of these guesses were off by less than this share of the truth.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Naive {
    /// As many again as there are.
    pub doubles: f64,
    /// Nobody comes any more.
    pub stays: f64,
    /// It grows as the middle one of the past grew from there.
    pub as_ever: f64,
}

/// So many forecasts at most teach how the next are to be banded: the latest ones, since times change.
pub const TAUGHT_MAX: usize = 400;
/// So many are banded by the same lesson.
const CLASS: usize = 50;

/// Holds forecasts, in the order of their beginning, against what came. The first `taught` only teach; each of the others
/// is banded by what those before it taught. `grew` is by how much the middle one of the past grew between stopping and end.
#[must_use]
pub fn score(tried: &[Tried], taught: usize, grew: f64) -> Score {
    let (mut kept, mut on_the_way) = ([0_u64; 3], [0_u64; 3]);
    let (mut off, mut doubles, mut stays, mut as_ever) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for begin in (taught..tried.len()).step_by(CLASS) {
        let lessons = lessons(&tried[begin.saturating_sub(TAUGHT_MAX)..begin]);
        for tried in &tried[begin..(begin + CLASS).min(tried.len())] {
            for (place, share) in SHARES.into_iter().enumerate() {
                let holds = |step: &usize| {
                    let (low, high) = lessons[*step].band(tried.seen, &tried.runs[*step], share);
                    (low..=high).contains(&tried.truth[*step])
                };
                on_the_way[place] += (0..STEPS).filter(holds).count() as u64;
                kept[place] += u64::from(holds(&(STEPS - 1)));
            }
            let truth = f64::from(tried.truth[STEPS - 1]).max(1.0);
            let error = |guess: f64| (guess - truth).abs() / truth;
            let people = f64::from(tried.seen.people);
            off.push(error(lessons[STEPS - 1].middle(tried.seen, &tried.runs[STEPS - 1]).into()));
            doubles.push(error(2.0 * people));
            stays.push(error(people));
            as_ever.push(error(grew * people));
        }
    }
    let trees = off.len();
    let shares = |held: [u64; 3], of: usize| {
        std::array::from_fn(|place| Kept { share: SHARES[place], held: held[place] as f64 / of.max(1) as f64 })
    };
    let middle = |errors| median(errors).unwrap_or_default();
    Score {
        trees,
        kept: shares(kept, trees),
        kept_on_the_way: shares(on_the_way, trees * STEPS),
        error: middle(off),
        naive: Naive { doubles: middle(doubles), stays: middle(stays), as_ever: middle(as_ever) },
    }
}

/// By how much the middle one of these trees grew between stopping and end.
#[must_use]
pub fn growth(trees: &[Tree], halt: Halt) -> f64 {
    let grew = trees.iter().filter(|tree| tree.len() >= PEOPLE_MIN).filter_map(|tree| {
        let (stop, end) = halt.hours(tree)?;
        let seen = if halt == Halt::Start { 1 } else { tree.size_at(stop) };
        Some(f64::from(tree.size_at(end)) / f64::from(seen.max(1)))
    });
    median(grew.collect()).unwrap_or(1.0)
}

/// Forecasts of past trees, in the order of their beginning, that no tree to be forecast had a part in: the second quarter
/// by the habits of the first, the later half by those of the earlier half. The first number of them only teach.
#[must_use]
pub fn retrospect(trees: &[Tree], halt: Halt, seed: u64, threads: usize) -> (Vec<Tried>, usize) {
    let (earlier, later) = trees.split_at(trees.len() / 2);
    let (first, second) = earlier.split_at(earlier.len() / 2);
    let mut tried = forecast(&Habits::of(first), second, halt, seed, threads);
    let taught = tried.len();
    tried.extend(forecast(&Habits::of(earlier), later, halt, !seed, threads));
    (tried, taught)
}
