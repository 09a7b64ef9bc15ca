//! How honest the forecasts are, on recorded cascades.
//!
//! Cascades of at least ten people in the order of their start. On the earlier half habits are fitted; each of the later half
//! is stopped, played on 200 times, banded by what the forecasts before it taught, and held against what came. Four ways of stopping: at
//! half of its time, after its first six hours, when half of its people had come, and before anybody was brought. Where half
//! of the people are the stop, "doubles" is right by construction and no rival: the forecast is not told.

use std::io::BufRead;

use kernel::Scope;
use serde::Serialize;

use super::{
    LabError,
    koc::{Halted, campaign},
    rows::{self, Recorded},
};
use crate::rules::forecast::{
    Habits, Tree,
    trial::{self, Halt, Score},
};

/// How good the forecasts of one way of stopping were.
#[derive(Clone, Debug, Serialize)]
pub struct Stopped {
    /// Cascades that were forecast.
    pub cascades: usize,
    /// Share of final sizes within the 50% band.
    pub coverage_50: f64,
    /// Share of final sizes within the 80% band.
    pub coverage_80: f64,
    /// Share of final sizes within the 90% band.
    pub coverage_90: f64,
    /// The same at eight hours between the stop and the end, that one included: 50%, 80%, 90%.
    pub coverage_curve: [f64; 3],
    /// Median of |forecast − truth| / truth at the end.
    pub median_error: f64,
    /// The same when it is guessed that as many come again: the straight line, at half time.
    pub median_error_doubles: f64,
    /// The same when it is guessed that nobody comes any more.
    pub median_error_stays: f64,
    /// The same when it is guessed that it grows as the middle one of the earlier cascades did.
    pub median_error_as_ever: f64,
}

/// The answer.
#[derive(Clone, Debug, Serialize)]
pub struct WhatifReport {
    /// Cascades whose habits were learnt.
    pub fitted: usize,
    /// Stopped at half of its time.
    pub half_time: Stopped,
    /// Stopped after six hours.
    pub six_hours: Stopped,
    /// Stopped when half of its people had come.
    pub half_people: Stopped,
    /// From the root alone.
    pub from_start: Stopped,
    /// People a root, a member of the first circle and anybody further out brings on average.
    pub offspring_mean: [f64; 3],
    /// Shape of the negative binomial each.
    pub offspring_k: [f64; 3],
    /// Shape of a cascade's own factor.
    pub alike: f64,
}

/// Holds the forecasts of the later half of recorded cascades against what came.
///
/// # Errors
/// [`LabError`] names the line that cannot be read.
pub fn whatif(reader: impl BufRead, seed: u64, threads: usize) -> Result<WhatifReport, LabError> {
    let mut recorded = rows::read(reader)?;
    recorded.sort_by(|a, b| (a.started_at(), &a.id).cmp(&(b.started_at(), &b.id)));
    let trees: Vec<Tree> = recorded.iter().map(tree).filter(|tree| tree.len() >= trial::PEOPLE_MIN).collect();
    let (earlier, _) = trees.split_at(trees.len() / 2);
    let habits = Habits::of(earlier);
    let stopped = |halt: Halt| {
        let (tried, taught) = trial::retrospect(&trees, halt, seed, threads);
        Stopped::of(&trial::score(&tried, taught, trial::growth(earlier, halt)))
    };
    Ok(WhatifReport {
        fitted: earlier.len(),
        half_time: stopped(Halt::HalfTime),
        six_hours: stopped(Halt::After(6.0)),
        half_people: stopped(Halt::HalfPeople),
        from_start: stopped(Halt::Start),
        offspring_mean: habits.offspring.map(|offspring| offspring.mean),
        offspring_k: habits.offspring.map(|offspring| offspring.k),
        alike: habits.alike,
    })
}

impl Stopped {
    fn of(score: &Score) -> Self {
        let [half, four_fifths, nine_tenths] = score.kept.map(|kept| kept.held);
        Self {
            cascades: score.trees,
            coverage_50: half,
            coverage_80: four_fifths,
            coverage_90: nine_tenths,
            coverage_curve: score.kept_on_the_way.map(|kept| kept.held),
            median_error: score.error,
            median_error_doubles: score.naive.doubles,
            median_error_stays: score.naive.stays,
            median_error_as_ever: score.naive.as_ever,
        }
    }
}

/// The first root's tree of a cascade.
fn tree(cascade: &Recorded) -> Tree {
    let (network, _) = Halted::run(cascade, cascade.rows.len());
    let columns = network.columns(&campaign(), &Scope::All, None).unwrap_or_default();
    let people = columns.parent.iter().skip(1).take_while(|parent| **parent != u32::MAX).count() + 1;
    let people = people.min(columns.parent.len());
    let Some(begin) = columns.joined_at.first() else { return Tree::default() };
    let hours = |at: &i64| (at - begin) as f64 / 3_600e6;
    let joined_h = columns.joined_at[..people].iter().map(|at| hours(at).max(0.0)).collect();
    let tree = Tree::new(columns.parent[..people].to_vec(), joined_h, 0.0);
    Tree { watched_h: tree.last_h(), ..tree }
}
