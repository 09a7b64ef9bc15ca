//! How well the KOC rules tell who will bring people next, on real cascades: better than the best plain number in the same
//! run. The data is no part of the repository; without it the test says that it was skipped.

#[path = "support/data.rs"]
mod data;

#[test]
fn the_rules_beat_plain_reach_inside_a_campaign_and_across_campaigns() {
    let Some(path) = data::find("ced/ced_cascades.jsonl.zst") else { return };
    let report = network::lab::koc(data::unpacked(&path)).expect("readable");
    println!("{report:?}");
    let (inside, across) = (report.protocol_a, report.protocol_b);
    assert!(inside.cascades > 1000 && inside.ndcg10 > inside.ndcg10_reach, "{inside:?}");
    assert!(inside.ndcg10_reach > 4.0 * inside.ndcg10_random, "{inside:?}");
    assert!(across.users > 20_000 && across.ndcg100 > across.ndcg100_reach, "{across:?}");
}
