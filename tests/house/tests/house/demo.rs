//! `searchlight demo`: the brand everybody meets first, with the numbers its simulator knows to be true.

use std::{fs, path::Path};

use kernel::Timestamp;
use serde_json::{Value, json};
use simulator::{CAMPAIGN_ID, DEFAULT_SEED, Simulation, Truth};
use tokio::process::Command;

use crate::{
    picture::Picture,
    server::{Founded, Server, items},
};

async fn start(folder: &Path) -> (Server, Value) {
    let mut command = Command::new(testkit::binary("searchlight"));
    command.args(["demo", "--listen", "127.0.0.1:0", "--no-browser", "--data-dir"]).arg(folder);
    Server::start(command).await
}

/// The most memory the process has ever used, in MB.
fn peak_mb(pid: u32) -> u64 {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).expect("Linux tells of its processes");
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).expect("the peak");
    line.trim().trim_end_matches(" kB").parse::<u64>().expect("a number") / 1024
}

/// The cascade but for the time at which it was asked.
async fn cascade(server: &Server, founded: &Founded) -> Value {
    let mut cascade = server.key(&founded.secret_key).read(&format!("/api/v1/campaigns/{CAMPAIGN_ID}/cascade")).await;
    cascade.as_object_mut().expect("an object").remove("as_of");
    cascade
}

fn is_as_simulated(cascade: &Value, truth: &Truth) {
    let told = |fields: [&str; 8]| fields.map(|field| cascade[field].as_u64().unwrap_or_else(|| panic!("{field}")));
    let fields = ["people", "fans", "visitors", "hops", "depth_max", "share_levels_max", "invites_max", "touches"];
    let known = [
        truth.people.into(),
        truth.fans.into(),
        truth.visitors.into(),
        u64::from(truth.people) - 24,
        truth.depth_max.into(),
        truth.share_levels_max.into(),
        truth.invites_max.into(),
        truth.touches,
    ];
    assert_eq!(told(fields), known, "{fields:?}");
    let anomalies = &truth.anomalies;
    for (field, known) in [
        ("self_shares", anomalies.self_shares),
        ("repeats", anomalies.repeats),
        ("unknown_parents", anomalies.unknown_root_people),
        ("cycles", anomalies.cycles),
        ("early_children", anomalies.early_children_by_clock),
    ] {
        assert_eq!(cascade["anomalies"][field], known, "{field}");
    }
    assert_eq!(cascade["unknown_root"]["people"], anomalies.unknown_root_people);
    for circle in &truth.circles {
        let row = &cascade["circles"][usize::from(circle.circle)];
        assert_eq!((&row["people"], &row["fans"]), (&json!(circle.people), &json!(circle.fans)), "{}", circle.circle);
    }
    let rows = cascade["roots"].as_array().expect("roots");
    assert_eq!((rows.len(), truth.roots.len()), (24, 24));
    for root in &truth.roots {
        let row = rows.iter().find(|row| row["staff"] == root.staff).expect("every store manager is a root");
        let told = ["people", "fans", "visitors", "depth", "orders", "paid_minor"].map(|field| row[field].as_i64());
        let known = [root.people, root.fans, root.visitors, root.depth.into(), root.orders].map(i64::from);
        assert_eq!(told.map(Option::unwrap), [known[0], known[1], known[2], known[3], known[4], root.paid_minor]);
        assert_eq!(row["unit"]["id"], root.unit);
    }
    assert_eq!((truth.depth_max, truth.roots[0].fans), (12, 21_364), "manager A is who the story says");
    assert_eq!(rows[0]["staff"], truth.roots[0].staff, "the largest root comes first");
}

#[tokio::test]
async fn the_demo_is_what_its_simulator_knows_and_goes_on_where_it_was() {
    let folder = tempfile::tempdir().expect("a folder");
    let (server, said) = start(folder.path()).await;
    let founded = Founded::read(&said);
    let reader = server.key(&founded.secret_key);

    let campaigns = reader.read("/api/v1/campaigns").await;
    let ends_at = items(&campaigns)[0]["ends_at"].as_str().expect("the campaign ends").to_owned();
    let truth = Simulation::new(DEFAULT_SEED, Timestamp::parse(&ends_at).expect("a time")).truth;
    let before = cascade(&server, &founded).await;
    is_as_simulated(&before, &truth);

    let answer = reader.get(&format!("/api/v1/campaigns/{CAMPAIGN_ID}/picture")).await;
    assert!(answer.bytes.len() < 600_000, "the picture has {} bytes", answer.bytes.len());
    let picture = Picture::read(&answer.bytes);
    assert_eq!((picture.persons.len(), picture.roots), (truth.people as usize, 24));
    assert_eq!(picture.depth_max(), usize::from(truth.depth_max));
    assert_eq!(picture.fan.iter().filter(|fan| **fan).count(), truth.fans as usize);
    assert_eq!(picture.out, [0_usize; 0], "nobody has decided about anybody");
    let kocs = reader.read(&format!("/api/v1/campaigns/{CAMPAIGN_ID}/kocs?limit=1000")).await;
    assert_eq!(items(&kocs).len(), 1000);
    let peak = peak_mb(server.pid());
    assert!(peak < 400, "the demo has used {peak} MB");

    // The owner, and a store manager with the same password, who sees one store.
    server.sign_in(&founded.email, &founded.password).await;
    let manager = server.sign_in("chen.yu@dengta.example", &founded.password).await;
    let seen = manager.read(&format!("/api/v1/campaigns/{CAMPAIGN_ID}/cascade")).await;
    assert_eq!((&seen["fans"], &seen["roots"].as_array().expect("roots").len()), (&json!(21_364), &1));
    server.stop().await;

    let (server, said) = start(folder.path()).await;
    let again = Founded::read(&said);
    assert_eq!((again.password, again.secret_key), (founded.password.clone(), founded.secret_key.clone()));
    assert_eq!(again.write_key, founded.write_key);
    assert!(cascade(&server, &founded).await == before, "the second start tells something else");
    let again = server.key(&founded.secret_key).get(&format!("/api/v1/campaigns/{CAMPAIGN_ID}/picture")).await;
    assert!(again.bytes == answer.bytes, "the second start draws another picture");
    assert!(peak_mb(server.pid()) < 400);
    server.stop().await;
}
