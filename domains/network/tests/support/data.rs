//! Real cascades to run against. They are no part of the repository: they are looked for in `../shared/data` beside it, or
//! where `SEARCHLIGHT_DATA` says.

#![allow(dead_code, reason = "each test binary uses its part")]

use std::{
    fs::File,
    io::{self, BufRead, BufReader, Read, Write},
    path::{Path, PathBuf},
};

use serde::Deserialize;

/// `<data>/relative`, or nothing when it is not there; that is told on stderr, past the test harness, which would keep it
/// to itself.
pub fn find(relative: &str) -> Option<PathBuf> {
    let repository = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let folder = std::env::var_os("SEARCHLIGHT_DATA").map_or_else(|| repository.join("../shared/data"), PathBuf::from);
    let path = folder.join(relative);
    if path.exists() {
        return Some(path);
    }
    let told =
        writeln!(io::stderr(), "SKIPPED: no {}; SEARCHLIGHT_DATA can name the folder of the data", path.display());
    told.ok().and(None)
}

/// The lines of a compressed file.
pub fn unpacked(path: &Path) -> BufReader<impl Read> {
    BufReader::new(zstd::Decoder::new(File::open(path).expect("the file opens")).expect("zstd"))
}

/// One post: who passed it on, from whom.
#[derive(Deserialize)]
pub struct Row {
    pub cascade_id: String,
    pub node_id: u64,
    pub parent_id: Option<u64>,
    pub ts: i64,
}

/// The rows of each cascade, in the order of their arrival.
pub fn rows(path: &Path) -> Vec<Vec<Row>> {
    let mut cascades: Vec<Vec<Row>> = Vec::new();
    for line in unpacked(path).lines() {
        let row: Row = serde_json::from_str(&line.expect("a line")).expect("a row");
        match cascades.last_mut() {
            Some(rows) if rows[0].cascade_id == row.cascade_id => rows.push(row),
            _ => cascades.push(vec![row]),
        }
    }
    cascades
}
