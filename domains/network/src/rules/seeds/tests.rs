use proptest::prelude::*;

use super::*;

fn edge(from: u32, to: u32, chance: f64) -> Edge {
    Edge { from, to, chance }
}

fn wanted(count: usize) -> Wanted {
    Wanted { count, epsilon: 0.2, seed: 7, threads: 2 }
}

#[test]
fn the_hubs_of_two_stars_are_the_two_to_start_with() {
    // 0 wins 1–9 for sure, 10 wins 11–14 for sure.
    let rays = (1..10).map(|ray| edge(0, ray, 1.0)).chain((11..15).map(|ray| edge(10, ray, 1.0)));
    let graph = Influence::new(15, rays.collect());
    let seeds = find(&graph, &wanted(2));
    assert_eq!(seeds.people, [0, 10]);
    assert!(seeds.certificate > 0.9, "{seeds:?}");
    assert_eq!(simulate(&graph, &seeds.people, 100, 1, 2), Spread { mean: 15.0, stderr: 0.0 });
}

#[test]
fn the_most_connected_are_not_the_best_to_start_with_when_they_share_their_friends() {
    // 0 and 1 both win 2–7; 8 wins only 9 and 10, but nobody else does.
    let shared = (2..8).flat_map(|friend| [edge(0, friend, 1.0), edge(1, friend, 1.0)]);
    let graph = Influence::new(11, shared.chain([edge(8, 9, 1.0), edge(8, 10, 1.0)]).collect());
    let people = find(&graph, &wanted(2)).people;
    assert!(people.contains(&8) && people.len() == 2, "either of the two and 8, not both of them: {people:?}");
}

#[test]
fn a_spread_is_counted_without_a_bias() {
    // A chain of coins: 1 + 1/2 + 1/4 + 1/8.
    let graph = Influence::new(4, (0..3).map(|person| edge(person, person + 1, 0.5)).collect());
    let spread = simulate(&graph, &[0], 100_000, 3, 2);
    assert!((spread.mean - 1.875).abs() < 4.0 * spread.stderr, "{spread:?}");
    // Variance of a run: Σ(2k − 1)·P(at least k) − mean².
    let deviation = (1.0 + 3.0 / 2.0 + 5.0 / 4.0 + 7.0 / 8.0 - 1.875_f64.powi(2)).sqrt();
    assert!((spread.stderr * 100_000_f64.sqrt() - deviation).abs() < 0.02, "{spread:?}");
}

#[test]
fn nobody_to_choose_from_and_nobody_asked_for() {
    assert_eq!(find(&Influence::new(0, Vec::new()), &wanted(3)).people, [0_u32; 0]);
    assert_eq!(find(&Influence::new(3, Vec::new()), &wanted(0)).people, [0_u32; 0]);
    assert_eq!(find(&Influence::new(2, Vec::new()), &wanted(9)).people.len(), 2, "everybody there is");
}

/// The expected spread, by running through every outcome of every edge.
fn exact(people: u32, edges: &[Edge], seeds: &[u32]) -> f64 {
    (0..1_u32 << edges.len())
        .map(|world| {
            let works = |index: usize| world >> index & 1 == 1;
            let likely: f64 = edges
                .iter()
                .enumerate()
                .map(|(index, edge)| if works(index) { edge.chance } else { 1.0 - edge.chance })
                .product();
            let mut won: Vec<bool> = (0..people).map(|person| seeds.contains(&person)).collect();
            for _ in 0..people {
                for (index, edge) in edges.iter().enumerate() {
                    won[edge.to as usize] |= works(index) && won[edge.from as usize];
                }
            }
            likely * won.into_iter().filter(|won| *won).count() as f64
        })
        .sum()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    /// Against the best pair found by trying all, with the exact spread of each.
    #[test]
    fn the_certificate_tells_the_truth(
        edges in prop::collection::vec((0..6_u32, 0..6_u32, 0.05..1.0), 1..9),
        seed in any::<u64>(),
    ) {
        let edges: Vec<Edge> = edges
            .into_iter()
            .filter(|(from, to, _)| from != to)
            .map(|(from, to, chance)| edge(from, to, chance))
            .collect();
        let graph = Influence::new(6, edges.clone());
        let wanted = Wanted { seed, ..wanted(2) };
        let seeds = find(&graph, &wanted);
        prop_assert_eq!(&seeds, &find(&graph, &Wanted { threads: 5, ..wanted }), "threads change nothing");
        let pairs = (0..6).flat_map(|one| (0..one).map(move |other| [one, other]));
        let best = pairs.map(|pair| exact(6, &edges, &pair)).fold(0.0, f64::max);
        let ours = exact(6, &edges, &seeds.people);
        prop_assert!(ours >= seeds.certificate * best, "{ours} of {best}, certified {}", seeds.certificate);
        prop_assert!(ours >= (1.0 - (-1.0_f64).exp() - wanted.epsilon) * best);
    }
}
