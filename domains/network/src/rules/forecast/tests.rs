use proptest::prelude::*;

use super::{
    habits::{Habits, NONE, Tree},
    onward::{Onward, onward},
    past::Answers,
    play::{Play, Run, play},
    reliability::{Lesson, Past, Seen, normal},
    trial::{self, Halt},
};
use crate::rules::{
    record::Record,
    seeds::{Edge, Influence, exact},
};

/// A root, `first` people an hour after it, and each of them brings `each` an hour later.
fn tree(first: u32, each: u32) -> Tree {
    let (mut parent, mut joined) = (vec![NONE], vec![0.0]);
    for _ in 0..first {
        let own = parent.len() as u32;
        parent.push(0);
        joined.push(1.0);
        for _ in 0..each {
            parent.push(own);
            joined.push(2.0);
        }
    }
    Tree::new(parent, joined, 100.0)
}

#[test]
fn habits_are_what_trees_show() {
    let trees = vec![tree(10, 2); 50];
    let habits = Habits::of(&trees);
    let means = habits.offspring.map(|offspring| offspring.mean);
    assert!((means[0] - 10.0).abs() < 1.0 && (means[1] - 2.0).abs() < 0.05 && means[2] < 0.01, "{means:?}");
    assert!((habits.waits[0].at(0.5) - 1.0).abs() < 1e-9);
    assert!(habits.offspring[1].k > 10.0 && habits.alike > 50.0, "everybody is alike: {habits:?}");
    // Half of the trees bring nobody past the first circle, the others four each: unequal people.
    let unequal = Habits::of(&[vec![tree(10, 0); 25], vec![tree(10, 4); 25]].concat());
    assert!(unequal.alike < 5.0, "trees differ: {}", unequal.alike);
}

#[test]
fn a_tree_watched_for_a_short_time_is_not_taken_for_a_barren_one() {
    let whole = vec![tree(10, 2); 50];
    let habits = Habits::of(&whole);
    // Nothing had come yet, and nothing could have.
    let begun = whole[0].until(0.5);
    let hours = [200.0];
    let counts = onward(&habits, &Onward { seen: &begun, hours: &hours, lift: 1.0, runs: 2000, seed: 1 });
    let mean = counts[0].iter().map(|people| f64::from(*people)).sum::<f64>() / 2000.0;
    assert!((mean / 31.0 - 1.0).abs() < 0.15, "a root, ten, and two each: {mean}");
    // Everything had come.
    let ended = Tree { watched_h: 100.0, ..whole[0].clone() };
    let counts = onward(&habits, &Onward { seen: &ended, hours: &hours, lift: 1.0, runs: 100, seed: 1 });
    assert!(counts[0].iter().all(|people| *people == 31));
}

#[test]
fn what_is_not_yet_seen_is_no_part_of_what_is_seen() {
    let seen = tree(3, 2).until(1.5);
    assert_eq!((seen.len(), seen.parent.as_slice()), (4, [NONE, 0, 0, 0].as_slice()));
    assert_eq!(Halt::HalfTime.hours(&tree(3, 2)), Some((1.0, 2.0)));
    assert_eq!(Halt::HalfTime.hours(&Tree::new(vec![NONE], vec![0.0], 9.0)), None, "over before it began");
}

/// Bands learnt on some forecasts hold as many of the next as they say, though the runs are far too narrow and stand wrong.
#[test]
fn bands_hold_what_they_say_whatever_the_model() {
    // The truth is lognormal; the runs are a third of it, and a third as wide.
    let level = |number: u32| (f64::from(number.wrapping_mul(2_654_435_761) >> 8) + 0.5) / f64::from(1 << 24);
    let truth = |number: u32| 100 + (300.0 * (0.9 * normal(level(number))).exp()) as u32;
    let runs: Vec<u32> =
        (0..200).map(|run| 100 + (100.0 * (0.3 * normal((f64::from(run) + 0.5) / 200.0)).exp()) as u32).collect();
    let seen = Seen { people: 100, lately: 10 };
    let past: Vec<Past<'_>> = (0..400).map(|number| Past { seen, runs: &runs, truth: truth(number) }).collect();
    let lesson = Lesson::of(&past);
    for share in [0.5, 0.8, 0.9] {
        let (low, high) = lesson.band(seen, &runs, share);
        let held = (400..2400).filter(|number| (low..=high).contains(&truth(*number))).count();
        assert!((held as f64 / 2000.0 - share).abs() < 0.05, "{share}: {held} of 2000");
    }
    assert!((f64::from(lesson.middle(seen, &runs)) - 400.0).abs() < 60.0, "{}", lesson.middle(seen, &runs));
    // Without a past the runs are taken at their word.
    let unlearnt = Lesson::of(&[]);
    assert!((f64::from(unlearnt.middle(seen, &runs)) - 200.0).abs() < 5.0);
}

#[test]
fn forecasts_of_trees_do_not_depend_on_threads() {
    let trees: Vec<Tree> = (0..12).map(|number| tree(10 + number, number % 3)).collect();
    let (one, taught) = trial::retrospect(&trees, Halt::HalfTime, 5, 1);
    let (five, _) = trial::retrospect(&trees, Halt::HalfTime, 5, 5);
    assert_eq!((&one, one.len(), taught), (&five, 9, 3));
    assert_eq!(trial::score(&one, taught, 1.0).trees, 6);
}

#[test]
fn a_chance_is_never_more_than_certain() {
    let answers = Answers { factor: 3.0, newcomers: 0.5, campaigns: 1, bins: Vec::new() };
    assert_eq!(answers.chance(0.9), 1.0);
}

/// Habits of people who bring no newcomers and wait an hour.
fn known_only() -> Habits {
    Habits::of(&[tree(10, 2), tree(10, 2)])
}

fn played(people: u32, edges: &[Edge], seeds: &[u32], runs: u32, seed: u64, threads: usize) -> Vec<Run> {
    let graph = Influence::new(people, edges.to_vec());
    let habits = Habits { alike: 1e12, ..known_only() };
    let nodes = people as usize;
    let asked = Play {
        graph: &graph,
        habits: &habits,
        newcomers: 0.0,
        seeds,
        record: &vec![Record::default(); nodes],
        fan: &vec![false; nodes],
        home: &vec![0; nodes],
        fans: &[1.0],
        lift: 1.0,
        hours: &[50.0, 1000.0],
        runs,
        seed,
        threads,
    };
    play(&asked, &|_| true).expect("not stopped")
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    /// On small graphs the play wins as many as running through every outcome says; nobody is counted twice, nobody leaves,
    /// fans are people, and neither threads nor the order of seeds change anything.
    #[test]
    fn a_play_is_the_sum_of_all_that_can_happen(
        edges in prop::collection::vec((0..6_u32, 0..6_u32, 0.05..1.0), 1..9),
        seeds in prop::collection::btree_set(0..6_u32, 1..4),
        seed in any::<u64>(),
    ) {
        let mut edges: Vec<Edge> = edges
            .into_iter()
            .filter(|(from, to, _)| from != to)
            .map(|(from, to, chance)| Edge { from, to, chance })
            .collect();
        // Two edges of the same two are two tries; one is enough here.
        edges.sort_by_key(|edge| (edge.from, edge.to));
        edges.dedup_by_key(|edge| (edge.from, edge.to));
        let seeds: Vec<u32> = seeds.into_iter().collect();
        let runs = played(6, &edges, &seeds, 3000, seed, 2);
        let last = |run: &Run| f64::from(run.people[1]);
        let mean = runs.iter().map(last).sum::<f64>() / 3000.0;
        let variance = runs.iter().map(|run| (last(run) - mean).powi(2)).sum::<f64>() / 3000.0;
        let expected = exact(6, &edges, &seeds);
        prop_assert!((mean - expected).abs() < 5.0 * (variance / 3000.0).sqrt() + 1e-3, "{mean} for {expected}");
        for run in &runs {
            prop_assert!(run.people[0] <= run.people[1] && run.people[1] <= 6 && run.people[0] >= seeds.len() as u32);
            prop_assert_eq!((run.people_at[0], run.newcomers), (run.people[1], 0));
            prop_assert_eq!(&run.fans, &run.people, "everybody becomes a fan here");
        }
        prop_assert_eq!(played(6, &edges, &seeds, 200, seed, 1), played(6, &edges, &seeds, 200, seed, 5));
        // One more to start with never wins fewer.
        let more: Vec<u32> = seeds.iter().copied().chain((0..6).filter(|person| !seeds.contains(person)).take(1)).collect();
        prop_assert!(exact(6, &edges, &more) >= expected);
    }
}
