//! The analyses of the whole graph against definitions told slowly, and on a club whose answers are known.

#[path = "support/data.rs"]
mod data;

use std::collections::BTreeSet;

use network::rules::graph::{
    adjacency::{Adjacency, Walk},
    betweenness::betweenness,
    components::{components, sizes},
    cores::cores,
    page_rank::PageRank,
    subtree::{NOBODY, subtree_sizes},
};
use proptest::prelude::*;

fn rows(graph: &Adjacency) -> Vec<BTreeSet<usize>> {
    (0..graph.nodes() as u32).map(|node| graph.beside(node).iter().map(|other| *other as usize).collect()).collect()
}

/// Hops from one node to each; nothing where none lead.
fn hops(rows: &[BTreeSet<usize>], from: usize) -> Vec<Option<u32>> {
    let mut hops = vec![None; rows.len()];
    let mut edge = vec![from];
    hops[from] = Some(0);
    while !edge.is_empty() {
        let mut next = Vec::new();
        for node in edge {
            for &other in &rows[node] {
                if hops[other].is_none() {
                    hops[other] = hops[node].map(|hops| hops + 1);
                    next.push(other);
                }
            }
        }
        edge = next;
    }
    hops
}

/// How many shortest ways lead from one node to another, of so many hops.
fn ways(rows: &[BTreeSet<usize>], hops: &[Option<u32>], to: usize) -> f64 {
    match hops[to] {
        None => 0.0,
        Some(0) => 1.0,
        Some(here) => rows[to].iter().filter(|up| hops[**up] == Some(here - 1)).map(|up| ways(rows, hops, *up)).sum(),
    }
}

fn betweenness_told_slowly(rows: &[BTreeSet<usize>], sources: &[u32]) -> Vec<f64> {
    let all: Vec<_> = (0..rows.len()).map(|node| hops(rows, node)).collect();
    let through = |source: usize, node: usize, to: usize| match (all[source][node], all[node][to], all[source][to]) {
        (Some(first), Some(second), Some(whole)) if first + second == whole => {
            ways(rows, &all[source], node) * ways(rows, &all[node], to) / ways(rows, &all[source], to)
        }
        _ => 0.0,
    };
    let of = |node: usize| {
        let pairs = sources.iter().flat_map(|source| (0..rows.len()).map(|to| (*source as usize, to)));
        pairs
            .filter(|&(source, to)| source != node && to != node && to != source)
            .map(|(s, t)| through(s, node, t))
            .sum()
    };
    (0..rows.len()).map(of).collect()
}

fn ranks_told_slowly(rows: &[BTreeSet<usize>], damping: f64) -> Vec<f64> {
    let count = rows.len() as f64;
    let mut ranks = vec![1.0 / count; rows.len()];
    for _ in 0..400 {
        let alone: f64 = (0..rows.len()).filter(|node| rows[*node].is_empty()).map(|node| ranks[node]).sum();
        let handed =
            |node: usize| rows[node].iter().map(|other| ranks[*other] / rows[*other].len() as f64).sum::<f64>();
        ranks =
            (0..rows.len()).map(|node| (1.0 - damping) / count + damping * (handed(node) + alone / count)).collect();
    }
    ranks
}

fn core_told_slowly(rows: &[BTreeSet<usize>], k: usize) -> BTreeSet<usize> {
    let mut core: BTreeSet<usize> = (0..rows.len()).collect();
    while let Some(weak) = core.iter().copied().find(|node| rows[*node].intersection(&core).count() < k) {
        core.remove(&weak);
    }
    core
}

fn close(one: &[f64], other: &[f64], tolerance: f64) -> bool {
    one.len() == other.len() && one.iter().zip(other).all(|(one, other)| (one - other).abs() < tolerance)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_analyses_say_what_their_definitions_say(
        edges in prop::collection::vec((0..14_u32, 0..14_u32), 0..40),
        sources in prop::collection::vec(0..14_u32, 0..5),
        threads in 1..4_usize,
    ) {
        let graph = Adjacency::of(14, &edges, threads);
        let rows = rows(&graph);
        let parts = components(&graph);
        for (node, part) in parts.iter().enumerate() {
            let reached = hops(&rows, node).iter().position(Option::is_some);
            prop_assert_eq!(Some(*part as usize), reached, "named after the first of it");
        }
        let whole: u32 = sizes(&parts).iter().map(|(_, size)| size).sum();
        prop_assert_eq!(whole, 14);
        prop_assert!(sizes(&parts).is_sorted_by(|a, b| a.1 >= b.1));

        let levels = cores(&graph);
        for k in 0..7 {
            let core: BTreeSet<usize> = (0..14).filter(|node| levels[*node] as usize >= k).collect();
            prop_assert_eq!(core, core_told_slowly(&rows, k));
        }

        let found = betweenness(&graph, &sources, threads);
        prop_assert!(close(&found, &betweenness_told_slowly(&rows, &sources), 1e-9) || sources.is_empty());

        let ranks = PageRank { threads, tolerance: 1e-13, ..PageRank::default() }.of(&graph);
        prop_assert!(ranks.settled && close(&ranks.ranks, &ranks_told_slowly(&rows, 0.85), 1e-10), "{ranks:?}");
    }

    #[test]
    fn a_subtree_is_everybody_below(above in prop::collection::vec(0..40_u32, 0..40)) {
        // Who stands above has a smaller number; a number too large stands for nobody.
        let above: Vec<u32> =
            above.iter().zip(0..).map(|(up, node)| if *up < node { *up } else { NOBODY }).collect();
        let below = |top: u32| {
            let up = |node: &u32| above.get(*node as usize).copied();
            let chain = |node: u32| std::iter::successors(Some(node), up).any(|above| above == top);
            (0..above.len() as u32).filter(|node| chain(*node)).count() as u32
        };
        let expected: Vec<u32> = (0..above.len() as u32).map(below).collect();
        prop_assert_eq!(subtree_sizes(&above), expected);
    }
}

#[test]
fn people_above_each_other_in_a_circle_end_nothing() {
    assert_eq!(subtree_sizes(&[1, 0, 1, 2]), [1, 3, 2, 1]);
}

/// The karate club: 34 people, 78 ties.
#[test]
fn the_club_is_as_it_is_known() {
    let Some(path) = data::find("graphs/Karate.txt") else { return };
    let text = std::fs::read_to_string(path).expect("a text");
    let number = |text: &str| text.parse::<u32>().expect("a member") - 1;
    let edges: Vec<(u32, u32)> = text
        .lines()
        .filter_map(|line| line.split_once(' '))
        .map(|(one, other)| (number(one.trim()), number(other.trim())))
        .collect();
    let club = Adjacency::of(34, &edges, 2);
    assert_eq!((club.nodes(), club.edges()), (34, 78));
    assert_eq!(sizes(&components(&club)), [(0, 34)]);
    let levels = cores(&club);
    assert_eq!(levels.iter().filter(|core| **core >= 4).count(), 10);
    assert_eq!(levels.iter().max(), Some(&4));
    // NetworkX: betweenness of the instructor and the president, and their ranks.
    let everybody: Vec<u32> = (0..34).collect();
    let between = betweenness(&club, &everybody, 2);
    let share = |member: usize| between[member] / (33.0 * 32.0);
    assert!((share(0) - 0.437_635).abs() < 1e-6 && (share(33) - 0.304_075).abs() < 1e-6, "{} {}", share(0), share(33));
    let ranks = PageRank::default().of(&club).ranks;
    assert!((ranks[33] - 0.100_919).abs() < 1e-6 && (ranks[0] - 0.096_997).abs() < 1e-6, "{} {}", ranks[33], ranks[0]);
}
