//! How many records a second become durable on this machine: `cargo run -p factlog --example append_rate [folder]`.
//! Producers append one record of 500 bytes, wait for the yes, and append the next.

use std::{path::PathBuf, sync::Arc, time::Instant};

use bytes::Bytes;
use factlog::{FactLog, Options, RealDisk};
use kernel::Offset;

const RECORD_BYTES: usize = 500;

#[tokio::main]
#[expect(clippy::disallowed_methods, reason = "it measures a duration")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let folder = std::env::args_os().nth(1).map_or_else(std::env::temp_dir, PathBuf::from).join("append-rate");
    for (producers, appends) in [(1, 3_000), (16, 2_000), (256, 1_000), (2_000, 200)] {
        let log = Arc::new(FactLog::open(Arc::new(RealDisk), &folder, Options::default())?);
        let first = log.end();
        let begun = Instant::now();
        let tasks: Vec<_> = (0..producers).map(|_| tokio::spawn(produce(Arc::clone(&log), appends))).collect();
        for task in tasks {
            task.await?;
        }
        let secs = begun.elapsed().as_secs_f64();
        let records = log.end().0 - first.0;
        println!("{producers:>5} producers: {records:>7} records, {:>8.0} a second", records as f64 / secs);
        let begun = Instant::now();
        let read = read_all(&log, first);
        println!("      read back: {read:>7} records, {:>8.0} a second", read as f64 / begun.elapsed().as_secs_f64());
    }
    std::fs::remove_dir_all(&folder)?;
    Ok(())
}

async fn produce(log: Arc<FactLog>, appends: usize) {
    let record = Bytes::from(vec![b'x'; RECORD_BYTES]);
    for _ in 0..appends {
        log.append(vec![record.clone()]).await.expect("the disk takes it");
    }
}

fn read_all(log: &FactLog, mut next: Offset) -> usize {
    let mut read = 0;
    while next < log.end() {
        let records = log.read(next, 10_000, 4 << 20).expect("the disk gives it back");
        read += records.len();
        next = Offset(next.0 + records.len() as u64);
    }
    read
}
