//! The network against real repost cascades with known answers. The data is no part of the repository; without it the
//! tests say that they were skipped.

#[path = "support/data.rs"]
mod data;

use std::{collections::BTreeMap, fs::File, io::BufRead, path::Path};

use kernel::{Handle, Offset, RootOwner, Scope, Timestamp};
use network::{
    lab,
    model::{Event, Network},
};
use rand::{SeedableRng, seq::SliceRandom};
use rand_chacha::ChaCha20Rng;
use serde::Deserialize;

#[derive(Debug, Deserialize, PartialEq)]
struct Answer {
    cascade_id: String,
    people: u64,
    depth_max: u32,
    invites_max: u32,
    self_shares: u64,
    repeats: u64,
    unknown_parents: u64,
    structural_virality: f64,
}

fn told(reader: impl BufRead) -> Vec<Answer> {
    let mut out = Vec::new();
    lab::cascades(reader, &mut out).expect("the rows are well formed");
    out.split(|b| *b == b'\n')
        .filter(|line| !line.is_empty())
        .map(|line| serde_json::from_slice(line).expect("a line"))
        .collect()
}

fn expected(path: &Path) -> Vec<Answer> {
    let answers = csv::Reader::from_path(path).expect("the file opens");
    answers.into_deserialize().map(|row| row.expect("an answer")).collect()
}

#[test]
fn every_ced_cascade_is_as_known() {
    let (Some(rows), Some(answers)) = (data::find("ced/ced_cascades.jsonl.zst"), data::find("ced/ced_people.csv"))
    else {
        return;
    };
    let mut told = told(data::unpacked(&rows));
    for answer in &mut told {
        answer.structural_virality = format!("{:.6}", answer.structural_virality).parse().expect("a number");
    }
    let expected = expected(&answers);
    assert_eq!(told.len(), expected.len());
    for (told, expected) in told.iter().zip(&expected) {
        assert_eq!(told, expected);
    }
}

#[test]
fn what_does_not_depend_on_the_order_of_arrival_is_the_same_in_any() {
    let (Some(path), Some(answers)) = (data::find("ced/ced_cascades.jsonl.zst"), data::find("ced/ced_people.csv"))
    else {
        return;
    };
    let mut chance = ChaCha20Rng::seed_from_u64(20_260_701);
    let mut shuffled = String::new();
    for mut cascade in data::rows(&path) {
        cascade.shuffle(&mut chance);
        for row in cascade {
            let line = serde_json::json!({
                "cascade_id": row.cascade_id, "node_id": row.node_id, "parent_id": row.parent_id, "ts": row.ts,
            });
            shuffled += &format!("{line}\n");
        }
    }
    let stable = |answer: &Answer| {
        let Answer { cascade_id, people, self_shares, repeats, unknown_parents, .. } = answer;
        (cascade_id.clone(), *people, *self_shares, *repeats, *unknown_parents)
    };
    let told: Vec<_> = told(shuffled.as_bytes()).iter().map(stable).collect();
    let expected: Vec<_> = expected(&answers).iter().map(stable).collect();
    assert!(told == expected, "{:?}", told.iter().zip(&expected).find(|(a, b)| a != b));
}

#[test]
fn twelve_cascades_have_the_known_distances_and_largest_subtrees() {
    #[derive(Deserialize)]
    struct Node {
        cascade: usize,
        node: u32,
        parent: i64,
        t_sec: i64,
    }
    #[derive(Deserialize)]
    struct Known {
        n: u32,
        max_depth: u32,
        sum_depth: u64,
        wiener: u128,
        virality: f64,
        gens: Vec<u32>,
        top5_subtree: Vec<(u32, u32)>,
    }
    let folder = "../research/algo_ref";
    let (Some(nodes), Some(known)) = (
        data::find(&format!("{folder}/weibo_ced_12_cascades.csv")),
        data::find(&format!("{folder}/weibo_ced_12_cascades_expected.json")),
    ) else {
        return;
    };
    let known: Vec<Known> = serde_json::from_reader(File::open(known).expect("the file opens")).expect("answers");
    let mut cascades: BTreeMap<usize, Vec<Event>> = BTreeMap::new();
    let campaign: kernel::CampaignId = "weibo".parse().expect("an id");
    for node in csv::Reader::from_path(nodes).expect("the file opens").into_deserialize() {
        let Node { cascade, node, parent, t_sec } = node.expect("a node");
        let events = cascades.entry(cascade).or_default();
        let (offset, at, handle) = (Offset(events.len() as u64 + 1), Timestamp::from_secs(t_sec), Handle(node + 1));
        let campaign = campaign.clone();
        events.push(match u32::try_from(parent) {
            Err(_) => Event::RootDeclared { offset, at, campaign, handle, owner: RootOwner::default() },
            Ok(parent) => Event::Touched { offset, at, campaign, receiver: handle, sharer: Handle(parent + 1) },
        });
    }
    assert_eq!(cascades.len(), known.len());
    for (events, known) in cascades.into_values().zip(known) {
        let mut network = Network::new();
        let next_offset = Offset(events.len() as u64 + 1);
        network.apply(events, next_offset);
        let roots = network.roots(&campaign, &Scope::All).expect("known");
        let sums = &roots[0].sums;
        assert_eq!((sums.people, sums.depth_max(), sums.depth_sum), (known.n, known.max_depth, known.sum_depth));
        assert_eq!(sums.distances().0, 2 * known.wiener);
        assert!((sums.structural_virality() - known.virality).abs() < 1e-9);
        assert_eq!(sums.circles.iter().map(|circle| circle.people).collect::<Vec<_>>(), known.gens);
        let cascade = &network.campaign(&campaign).expect("known").cascade;
        for (node, size) in known.top5_subtree {
            assert_eq!(cascade.reach(Handle(node + 1), &Scope::All), Some(size - 1));
        }
    }
}
