//! Real repost cascades through the whole program: every cascade is a campaign, its rows go through the door in the order of
//! their arrival, and the API tells the known numbers. The data is no part of the repository: it is looked for in `../shared`
//! beside it, or where `SEARCHLIGHT_DATA` says, and the tests say so when it is not there.
//!
//! Over HTTP goes a third of them, always the same; `SEARCHLIGHT_CASCADES=all` sends them all.

use std::{
    collections::BTreeMap,
    fs::File,
    io::{self, BufRead, BufReader, Write},
    path::{Path, PathBuf},
};

use futures::{StreamExt, stream};
use rand::{SeedableRng, seq::SliceRandom};
use rand_chacha::ChaCha20Rng;
use reqwest::Method;
use serde::Deserialize;
use serde_json::Value;

use crate::server::{Answer, Caller, Installation, output};

/// Facts a request.
const BATCH: usize = 2500;
/// Chooses the third.
const SEED: u64 = 66;

/// `<data>/relative`, or nothing (told on stderr) when it is not there.
fn data(relative: &str) -> Option<PathBuf> {
    let repository = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let folder = std::env::var_os("SEARCHLIGHT_DATA").map_or_else(|| repository.join("../shared/data"), PathBuf::from);
    let path = folder.join(relative);
    if path.exists() {
        return Some(path);
    }
    // Written past the test harness, which would keep it to itself.
    let told =
        writeln!(io::stderr(), "SKIPPED: no {}; SEARCHLIGHT_DATA can name the folder of the data", path.display());
    told.ok().and(None)
}

/// The known numbers of a cascade.
#[derive(Debug, Deserialize, PartialEq)]
pub struct Known {
    pub cascade_id: String,
    people: u64,
    depth_max: u64,
    invites_max: u64,
    self_shares: u64,
    repeats: u64,
    unknown_parents: u64,
    structural_virality: f64,
}

impl Known {
    /// Rounded as the known numbers are.
    fn rounded(self) -> Self {
        let virality = format!("{:.6}", self.structural_virality);
        Self { structural_virality: virality.parse().expect("a number"), ..self }
    }

    /// What the API tells of a cascade.
    pub fn of(cascade: &Value) -> Self {
        let number = |pointer: &str| cascade.pointer(pointer).and_then(Value::as_u64).expect("a number");
        let known = Self {
            cascade_id: cascade["campaign"]["id"].as_str().expect("an id").to_owned(),
            people: number("/people"),
            depth_max: number("/depth_max"),
            invites_max: number("/invites_max"),
            self_shares: number("/anomalies/self_shares"),
            repeats: number("/anomalies/repeats"),
            unknown_parents: number("/anomalies/unknown_parents"),
            structural_virality: cascade["structural_virality"].as_f64().expect("a number"),
        };
        known.rounded()
    }
}

fn known(path: &Path) -> Vec<Known> {
    let answers = csv::Reader::from_path(path).expect("the file opens");
    answers.into_deserialize().map(|row| row.expect("an answer")).collect()
}

/// The first lines of the file, whole cascades only, and the known numbers of these; nothing when the data is not there.
pub fn first_rows(lines: usize) -> Option<(String, Vec<Known>)> {
    let (path, answers) = (data("ced/ced_cascades.jsonl.zst")?, data("ced/ced_people.csv")?);
    let packed = File::open(&path).expect("the file opens");
    let mut text = String::new();
    let mut whole = (0, Vec::new());
    let mut last: Option<String> = None;
    for line in BufReader::new(zstd::Decoder::new(packed).expect("zstd")).lines().take(lines) {
        let line = line.expect("a line");
        let row: Row = serde_json::from_str(&line).expect("a row");
        if last.as_ref() != Some(&row.cascade_id) {
            whole.0 = text.len();
            whole.1.extend(last.replace(row.cascade_id));
        }
        text.push_str(&line);
        text.push('\n');
    }
    text.truncate(whole.0);
    let known = known(&answers).into_iter().filter(|known| whole.1.contains(&known.cascade_id));
    Some((text, known.map(Known::rounded).collect()))
}

#[derive(Deserialize)]
struct Row {
    cascade_id: String,
    node_id: u64,
    parent_id: Option<u64>,
    ts: i64,
    seq: u64,
}

fn rows(path: &Path) -> impl Iterator<Item = Row> {
    let lines = BufReader::new(zstd::Decoder::new(File::open(path).expect("the file opens")).expect("zstd")).lines();
    lines.map(|line| serde_json::from_str(&line.expect("a line")).expect("a row"))
}

/// A row as a fact. A user is the same person in all cascades.
fn fact(row: &Row) -> String {
    let Row { cascade_id, node_id, parent_id, ts, seq } = row;
    let at = kernel::Timestamp::from_secs(*ts);
    let (event, sharer) = match parent_id {
        None => ("Spread Started", String::new()),
        Some(parent) => ("Spread Opened", format!(r#","sharer_id":"u{parent}""#)),
    };
    format!(
        r#"{{"event":"{event}","user_id":"u{node_id}","message_id":"{cascade_id}-{seq}","timestamp":"{at}","properties":{{"campaign":"{cascade_id}"{sharer}}}}}"#
    )
}

/// Hands in rows in their order; the offset of the last.
async fn hand_in(door: &Caller, rows: &[Row]) -> u64 {
    let mut last = 0;
    for batch in rows.chunks(BATCH) {
        let body = format!("[{}]", batch.iter().map(fact).collect::<Vec<_>>().join(","));
        let request = door.request(Method::POST, "/api/v1/facts").header("content-type", "application/json").body(body);
        let answer = Answer::of(request).await;
        assert_eq!(answer.status, 200, "{}", answer.text());
        let receipt = answer.json();
        assert_eq!(receipt["rejected"], 0);
        last = receipt["last_offset"].as_u64().expect("an offset");
    }
    last
}

#[tokio::test]
async fn real_cascades_sent_as_facts_have_the_known_numbers() {
    let (Some(path), Some(answers)) = (data("ced/ced_cascades.jsonl.zst"), data("ced/ced_people.csv")) else { return };
    let mut chosen = known(&answers);
    let all = chosen.len();
    if std::env::var("SEARCHLIGHT_CASCADES").as_deref() != Ok("all") {
        chosen.shuffle(&mut ChaCha20Rng::seed_from_u64(SEED));
        chosen.truncate(all.div_ceil(3));
    }
    let chosen: BTreeMap<String, Known> = chosen.into_iter().map(|known| (known.cascade_id.clone(), known)).collect();
    let mut rows: Vec<Row> = rows(&path).filter(|row| chosen.contains_key(&row.cascade_id)).collect();
    rows.sort_by(|a, b| (&a.cascade_id, a.seq).cmp(&(&b.cascade_id, b.seq)));

    let house = Installation::new();
    let founded = house.create_brand("jia", "owner@jia.example").await;
    let server = house.serve().await;
    let last = hand_in(&server.key(&founded.secret_key), &rows).await;
    assert_eq!(last, rows.len() as u64);
    server.ready().await;

    let reader = server.key(&founded.secret_key);
    let told = stream::iter(chosen.values().map(|known| {
        let path = format!("/api/v1/campaigns/{}/cascade?wait_offset={last}", known.cascade_id);
        let reader = reader.clone();
        async move { (Known::of(&reader.read(&path).await), known) }
    }));
    let told: Vec<_> = told.buffer_unordered(4).collect().await;
    for (told, known) in &told {
        assert_eq!(told, *known);
    }
    let counted = writeln!(io::stderr(), "{} of {all} real cascades, {} facts, all as known", told.len(), rows.len());
    counted.expect("stderr takes a line");
}

#[tokio::test]
async fn the_lab_tells_the_known_numbers_of_a_file_packed_or_not() {
    let (Some(packed), Some(answers)) = (data("ced/ced_cascades.jsonl.zst"), data("ced/ced_people.csv")) else {
        return;
    };
    let folder = tempfile::tempdir().expect("a folder");
    let plain = folder.path().join("cascades.jsonl");
    let mut unpacked = zstd::Decoder::new(File::open(&packed).expect("the file opens")).expect("zstd");
    io::copy(&mut unpacked, &mut File::create(&plain).expect("a file")).expect("unpacked");

    let lab = async |path: &Path| output(&["lab", "cascades", path.to_str().expect("a path")]).await;
    let (of_packed, of_plain) = (lab(&packed).await, lab(&plain).await);
    assert!(of_packed == of_plain, "packed and plain differ");
    let lines = of_packed.lines().map(|line| line.expect("a line"));
    let told: Vec<Known> =
        lines.map(|line| serde_json::from_str::<Known>(&line).expect("a line of the lab").rounded()).collect();
    let known = known(&answers);
    assert_eq!(told.len(), known.len());
    for (told, known) in told.iter().zip(&known) {
        assert_eq!(told, known);
    }
}
