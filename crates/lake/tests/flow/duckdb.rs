//! Another engine reads the lake the way `docs/lake.md` says: its texts are run as they stand.

use std::{path::Path, process::Command, sync::Arc};

use factlog::RealDisk;
use kernel::{Offset, Timestamp};
use lake::{DiskStore, Lake, LakeWriter, Options};

use crate::brand::{BRAND, Brand, fact};

const DOCUMENT: &str = include_str!("../../../../docs/lake.md");

/// The SQL of the document, block by block.
fn blocks() -> Vec<&'static str> {
    let blocks = DOCUMENT.split("```sql\n").skip(1);
    blocks.filter_map(|rest| rest.split_once("```")).map(|(block, _)| block).collect()
}

const PROGRAM: &str = "
import sys, duckdb
prepare, question = sys.argv[1:]
db = duckdb.connect()
for statement in prepare.split(';'):
    if statement.strip(): db.execute(statement)
for row in db.execute(question).fetchall(): print(*row, sep='|')
print(*db.execute('select count(*), count(distinct \"offset\"), sum(\"offset\"), min(received_at)::varchar from facts').fetchone(), sep='|')
";

/// `python3` with DuckDB: what the gate of tools has installed, or what is on the machine.
fn python() -> Command {
    let mut python = Command::new("python3");
    if let Ok(folder) = std::env::var("SEARCHLIGHT_DUCKDB") {
        python.env("PYTHONPATH", folder);
    }
    python
}

#[tokio::test]
async fn duckdb_counts_what_was_sent() {
    if !python().args(["-c", "import duckdb"]).output().is_ok_and(|ran| ran.status.success()) {
        eprintln!("skipped: python3 has no duckdb (pip install duckdb)");
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let brand = Brand::new(0);
    let store = DiskStore::new(Arc::new(RealDisk), folder.path().to_owned());
    let lake = Lake::open(Arc::new(store), BRAND).await.unwrap();
    let options = Options { file_rows_max: 300, file_secs_max: 0, ..Options::default() };
    let mut writer = LakeWriter::new(lake.clone(), options);
    brand.hear(3000).await;
    brand.book(3000);
    while writer.follow(&brand.log, &*brand.records, Timestamp(0)).await.unwrap() {}
    // Days that are over: their files become one each, and the replaced ones still lie in the folder.
    while writer.compact(Timestamp::from_secs(900 * 86_400)).await.unwrap() {}
    assert!(!lake.manifest().retired.is_empty());

    let told = brand.told(Offset::FIRST..Offset(3001));
    let mut expected: Vec<String> = ["Order Paid", "Page Seen", "领券"]
        .into_iter()
        .map(|event| {
            let of: Vec<_> = told.iter().filter(|(offset, _)| fact(offset.0).event == event).collect();
            let handles: std::collections::BTreeSet<_> = of.iter().map(|(_, handle)| handle).collect();
            let cents = of.len() * 150;
            format!("{event}|{}|{}|{}.{:02}", of.len(), handles.len(), cents / 100, cents % 100)
        })
        .collect();
    let sum: u64 = told.iter().map(|(offset, _)| offset.0).sum();
    let first = told.iter().map(|(offset, _)| fact(offset.0).received_at).min().unwrap();
    let first = first.to_string().replace('T', " ").replace('Z', "+00");
    expected.push(format!("{}|{}|{sum}|{first}", told.len(), told.len()));

    assert_eq!(answers(&folder.path().join(BRAND.to_string())), expected);
}

fn answers(lake: &Path) -> Vec<String> {
    let blocks = blocks();
    let [prepare, question] = blocks[..] else { panic!("docs/lake.md has two blocks of SQL: {blocks:?}") };
    let prepare = prepare.replacen("data/lake/1", lake.to_str().unwrap(), 1);
    let prepare = format!("SET TimeZone = 'UTC'; {prepare}");
    let ran = python().env("TZ", "UTC").args(["-c", PROGRAM, &prepare, question]).output().unwrap();
    assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stderr));
    String::from_utf8(ran.stdout).unwrap().lines().map(str::to_owned).collect()
}
