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

#[test]
fn a_store_gives_no_more_than_its_cap_and_money_goes_where_it_buys_most() {
    // 0 wins 1–9 for sure and costs ten; 10 and 15 win four each and cost two.
    let rays = (1..10).map(|ray| edge(0, ray, 1.0)).chain((11..15).map(|ray| edge(10, ray, 1.0)));
    let rays = rays.chain((16..20).map(|ray| edge(15, ray, 1.0)));
    let graph = Influence::new(20, rays.collect());
    let found = |limits: &Limits, count| plan(&graph, &wanted(count), limits, &|_| true).expect("not stopped");
    let costs: Vec<u64> = (0..20).map(|person| if person == 0 { 10 } else { 2 }).collect();
    let bought = found(&Limits { costs: costs.clone(), budget: Some(4), ..Limits::default() }, 20);
    assert_eq!((&bought.people, bought.promise), (&vec![10, 15], Promise::Budget));
    assert!(bought.certificate > 0.8, "{bought:?}");
    let dear = found(&Limits { costs, budget: Some(10), ..Limits::default() }, 1);
    assert_eq!((dear.people, dear.promise), (vec![0], Promise::Nothing), "a count and a budget");

    let groups: Vec<u32> = (0..20).map(|person| u32::from(person >= 15)).collect();
    let capped = found(&Limits { groups: groups.clone(), caps: vec![1, 1], ..Limits::default() }, 5);
    assert_eq!((&capped.people, capped.promise), (&vec![0, 15], Promise::Caps));
    let barred: Vec<bool> = (0..20).map(|person| person == 0).collect();
    let forced = found(&Limits { groups, caps: vec![2, 1], barred, forced: vec![3], ..Limits::default() }, 3);
    assert_eq!(forced.people[0], 3);
    assert!(forced.people.contains(&10) && forced.people.contains(&15) && forced.people.len() == 3, "{forced:?}");
}

#[test]
fn who_would_have_come_anyway_counts_for_less() {
    let rays = (1..6).map(|ray| edge(0, ray, 1.0)).chain((7..10).map(|ray| edge(6, ray, 1.0)));
    let worth: Vec<f64> = (0..10).map(|person| if person < 6 { 0.1 } else { 1.0 }).collect();
    let graph = Influence::new(10, rays.collect()).worth(&worth);
    let seeds = find(&graph, &wanted(1));
    assert_eq!(seeds.people, [6]);
    assert!((seeds.gains[0] - 4.0).abs() < 0.3, "{seeds:?}");
}

#[test]
fn memory_is_bounded_and_a_plan_can_be_stopped() {
    let graph = Influence::new(100, (1..100).map(|ray| edge(0, ray, 0.5)).collect());
    let limits = Limits { members_max: Some(1), ..Limits::default() };
    let exact = Wanted { epsilon: 0.05, ..wanted(3) };
    let found = plan(&graph, &exact, &limits, &|_| true).expect("not stopped");
    assert_eq!((found.people[0], found.promise), (0, Promise::Nothing), "less was drawn than a promise needs");
    assert!(found.certificate > 0.4, "but what was drawn certifies it: {found:?}");
    assert_eq!(plan(&graph, &wanted(3), &Limits::default(), &|_| false), None);
}

#[test]
fn choices_are_told_apart_in_the_same_worlds() {
    use super::compare::{Match, compare};
    let edges = [edge(0, 1, 0.5), edge(1, 2, 0.5), edge(0, 3, 0.3), edge(4, 1, 0.9)];
    let graph = Influence::new(5, edges.to_vec());
    let choices = [vec![0], vec![4], vec![0]];
    let played = |threads| Match {
        choices: &choices,
        groups: &[0, 0, 1, 1, 0],
        groups_len: 2,
        worlds: 20_000,
        seed: 9,
        threads,
    };
    let outcomes = compare(&graph, &played(2), &|_| true).expect("not stopped");
    for (outcome, choice) in outcomes.iter().zip(&choices) {
        let expected = exact(5, &edges, choice);
        assert!((outcome.people.mean - expected).abs() < 5.0 * outcome.people.stderr, "{outcome:?} for {expected}");
        let groups: f64 = outcome.groups.iter().map(|group| group.mean).sum();
        assert!((groups - outcome.people.mean).abs() < 1e-9, "everybody is in a group");
    }
    assert_eq!(outcomes[2].behind, Spread { mean: 0.0, stderr: 0.0 }, "the same choice wins the same in every world");
    assert_eq!(compare(&graph, &played(5), &|_| true), Some(outcomes), "threads change nothing");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// Within costs and caps too: against the best of all choices that keep to them.
    #[test]
    fn the_certificate_tells_the_truth_within_limits(
        edges in prop::collection::vec((0..6_u32, 0..6_u32, 0.05..1.0), 1..8),
        costs in prop::collection::vec(1..5_u64, 6),
        budget in 1..10_u64,
        groups in prop::collection::vec(0..2_u32, 6),
        capped in any::<bool>(),
    ) {
        let edges: Vec<Edge> = edges
            .into_iter()
            .filter(|(from, to, _)| from != to)
            .map(|(from, to, chance)| edge(from, to, chance))
            .collect();
        let graph = Influence::new(6, edges.clone());
        let caps = if capped { vec![1, 1] } else { Vec::new() };
        let limits = Limits { costs: costs.clone(), budget: Some(budget), groups: groups.clone(), caps, ..Limits::default() };
        let found = plan(&graph, &wanted(3), &limits, &|_| true).expect("not stopped");
        let keeps = |choice: &[u32]| {
            let cost: u64 = choice.iter().map(|person| costs[*person as usize]).sum();
            let most = |group| choice.iter().filter(|person| groups[**person as usize] == group).count() <= 1;
            choice.len() <= 3 && cost <= budget && (!capped || (most(0) && most(1)))
        };
        prop_assert!(keeps(&found.people), "{found:?}");
        let choices = (0..64_u32).map(|set| (0..6).filter(|person| set >> person & 1 == 1).collect::<Vec<u32>>());
        let best = choices.filter(|choice| keeps(choice)).map(|choice| exact(6, &edges, &choice)).fold(0.0, f64::max);
        let ours = exact(6, &edges, &found.people);
        prop_assert!(ours >= found.certificate * best - 1e-9, "{ours} of {best}, certified {}", found.certificate);
        prop_assert!(ours >= (found.promise.ratio() - 0.2) * best);
    }
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
