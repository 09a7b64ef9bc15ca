//! With whom to start, on a graph from a file.

use std::io::BufRead;

use kernel::Clock;
use serde::Serialize;

use super::{
    LabError,
    graph::{self, Model},
};
use crate::rules::seeds::{Influence, Wanted, find, simulate};

/// How often the choice is played forward.
const RUNS: u32 = 20_000;

/// What is asked of the graph.
#[derive(Clone, Copy, Debug)]
pub struct SeedsWanted {
    /// What an edge's chance is.
    pub model: Model,
    /// Whether an edge goes both ways.
    pub undirected: bool,
    /// How many, how exactly, from which seed of chance, on how many threads.
    pub wanted: Wanted,
}

/// The answer.
#[derive(Clone, Debug, Serialize)]
pub struct SeedsReport {
    /// The ids of the file, best first.
    pub seeds: Vec<u64>,
    /// People won on average over 20,000 runs, the seeds included.
    pub spread: f64,
    /// Standard error of that average.
    pub spread_stderr: f64,
    /// The spread is at least this share of the best there is, with probability 1 − 1/n.
    pub certificate: f64,
    /// Milliseconds the choice and its certificate took, without reading the file and playing forward.
    pub ms: f64,
    /// Reverse reachable sets drawn.
    pub rr_sets: u64,
    /// People in the graph.
    pub people: u32,
    /// Edges in the graph.
    pub edges: usize,
}

/// Finds the people to start with and plays them forward.
///
/// # Errors
/// [`LabError`] names the line that cannot be read.
pub fn seeds(reader: impl BufRead, asked: &SeedsWanted, clock: &dyn Clock) -> Result<SeedsReport, LabError> {
    let graph = graph::read(reader, asked.model, asked.undirected)?;
    let influence = Influence::new(graph.ids.len() as u32, graph.edges);
    let started = clock.now();
    let found = find(&influence, &asked.wanted);
    let ms = clock.now().micros_since(started) as f64 / 1000.0;
    let Wanted { seed, threads, .. } = asked.wanted;
    // Not the chance that chose: the choice must not be judged by its own luck.
    let spread = simulate(&influence, &found.people, RUNS, !seed, threads);
    Ok(SeedsReport {
        seeds: found.people.iter().map(|person| graph.ids[*person as usize]).collect(),
        spread: spread.mean,
        spread_stderr: spread.stderr,
        certificate: found.certificate,
        ms,
        rr_sets: found.sets,
        people: influence.people(),
        edges: influence.edges(),
    })
}
