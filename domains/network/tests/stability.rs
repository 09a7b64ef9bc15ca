//! Stability on the graph everybody knows: Zachary's karate club. The data is no part of the repository; without it the test
//! says that it was skipped.

#[path = "support/data.rs"]
mod data;

use network::rules::{
    reach::cuts::independence,
    stability::{Part, components, curve, cuts, edge_flow, molloy_reed},
};

fn karate() -> Option<Part> {
    let text = std::fs::read_to_string(data::find("graphs/Karate.txt")?).expect("the file opens");
    let number = |text: &str| text.parse::<u32>().expect("a number") - 1;
    let ties: Vec<(u32, u32)> = text
        .lines()
        .map(|line| line.split_once(' ').expect("two people"))
        .map(|(a, b)| (number(a), number(b)))
        .collect();
    Some(Part::from_ties(34, &ties))
}

#[test]
fn the_karate_club_is_as_connected_as_the_literature_says() {
    let Some(club) = karate() else { return };
    assert_eq!((club.len(), club.ties_len(), components(&club)), (34, 78, vec![34]));
    assert_eq!(edge_flow(&club, 0, 33, usize::MAX), 10);
    let between = independence(&club, 0, 33, &[], usize::MAX, u64::MAX);
    assert_eq!((between.routes.len(), between.cut.len(), between.at_least), (6, 6, false));
    let few = independence(&club, 0, 33, &[], 5, u64::MAX);
    assert_eq!((few.routes.len(), few.at_least), (5, true));
    let weakest = (1..34).map(|other| edge_flow(&club, 0, other, usize::MAX)).min();
    assert_eq!(weakest, Some(1), "its edge connectivity");
}

#[test]
fn the_karate_club_hangs_on_its_instructor() {
    let Some(club) = karate() else { return };
    let found = cuts(&club);
    // Without the instructor member 12 is alone, and 5, 6, 7, 11 and 17 are cut off together.
    assert_eq!((found.persons.len(), found.persons[0].place, found.persons[0].hanging), (1, 0, 6));
    let mut hanging: Vec<u32> = found.hanging(&found.persons[0]).collect();
    hanging.sort_unstable();
    assert_eq!(hanging, [4, 5, 6, 10, 11, 16]);
    assert_eq!(found.bridges.len(), 1);
    assert_eq!((found.bridges[0].near, found.bridges[0].far, found.bridges[0].hanging), (0, 11, 1));
    // Degrees: the squares add up to 1212, the degrees to 156.
    assert!(molloy_reed(&club).is_some_and(|ratio| (ratio - 1212.0 / 156.0).abs() < 1e-12));
    let curve = curve(&club, &[0; 34], 1, &|_| {});
    let last = curve.points[7];
    assert!(last.by_degree < last.random, "targeted leaving breaks more: {last:?}");
}
