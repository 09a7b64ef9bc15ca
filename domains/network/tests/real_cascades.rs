//! The network against real repost cascades with known answers. The data is no part of the repository: it is looked for in
//! `../shared` beside it, or where `SEARCHLIGHT_DATA` says, and the tests say so when it is not there.

use std::{
    collections::BTreeMap,
    fs::File,
    io::{BufReader, Read},
    path::{Path, PathBuf},
};

use kernel::{Handle, Offset, RootOwner, Scope, Timestamp};
use network::{
    lab,
    model::{Event, Network},
};
use rand::{SeedableRng, seq::SliceRandom};
use rand_chacha::ChaCha20Rng;
use serde::Deserialize;

/// `<data>/relative`, or nothing (told on stderr) when it is not there.
fn data(relative: &str) -> Option<PathBuf> {
    let repository = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let folder = std::env::var_os("SEARCHLIGHT_DATA").map_or_else(|| repository.join("../shared/data"), PathBuf::from);
    let path = folder.join(relative);
    if path.exists() {
        return Some(path);
    }
    eprintln!("SKIPPED: there is no {}; set SEARCHLIGHT_DATA to the folder of the data sets", path.display());
    None
}

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

fn unpacked(path: &Path) -> BufReader<impl Read> {
    BufReader::new(zstd::Decoder::new(File::open(path).expect("the file opens")).expect("zstd"))
}

fn told(reader: impl std::io::BufRead) -> Vec<Answer> {
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
    let (Some(rows), Some(answers)) = (data("ced/ced_cascades.jsonl.zst"), data("ced/ced_people.csv")) else { return };
    let mut told = told(unpacked(&rows));
    for answer in &mut told {
        answer.structural_virality = format!("{:.6}", answer.structural_virality).parse().expect("a number");
    }
    let expected = expected(&answers);
    assert_eq!(told.len(), expected.len());
    for (told, expected) in told.iter().zip(&expected) {
        assert_eq!(told, expected);
    }
}
