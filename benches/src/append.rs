//! Records made durable: our log beside a plain file, NATS JetStream and PostgreSQL, each with the same records in the same
//! batches, and as many batches in flight.

mod nats;
mod postgres;

use std::{
    fs::File,
    io::Write,
    path::Path,
    sync::Arc,
    time::{Duration, Instant},
};

use bytes::Bytes;
use factlog::{FactLog, Options, RealDisk};
pub use postgres::DURABLE;

/// Bytes of a record.
const RECORD_BYTES: usize = 500;

/// How records are handed in.
#[derive(Clone, Copy)]
pub struct Shape {
    /// Batches on their way at once.
    pub in_flight: usize,
    /// Records of a batch.
    pub records: usize,
}

/// Records a second, by whom.
#[derive(Default)]
pub struct Rates {
    /// Our log, in process.
    pub ours: f64,
    /// The floor: the same bytes written to a file and synced, all batches in flight at once.
    pub floor: f64,
    /// NATS JetStream that syncs before it acknowledges.
    pub nats: Option<f64>,
    /// PostgreSQL that syncs before it acknowledges.
    pub postgres: Option<f64>,
}

/// One round of each.
pub async fn round(within: &Path, shape: Shape, run: Duration, nats: Option<&Path>) -> anyhow::Result<Rates> {
    let floor = {
        let within = within.to_owned();
        tokio::task::spawn_blocking(move || floor(&within, shape, run)).await??
    };
    let ours = ours(within, shape, run).await?;
    let nats = match nats {
        Some(program) => Some(nats::rate(program, within, shape, run).await?),
        None => None,
    };
    let postgres = postgres::rate(within, shape, run).await?;
    Ok(Rates { ours, floor, nats, postgres })
}

/// What a record holds: nothing that compresses away.
fn record(number: usize) -> Vec<u8> {
    let mut state = number as u64 ^ 0x9e37_79b9_7f4a_7c15;
    let next = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        b'a' + ((state >> 33) % 26) as u8
    };
    std::iter::repeat_with(next).take(RECORD_BYTES).collect()
}

/// Appends until the time is over; how many records became durable.
#[expect(clippy::disallowed_methods, reason = "it measures durations")]
async fn ours(within: &Path, shape: Shape, run: Duration) -> anyhow::Result<f64> {
    let folder = tempfile::tempdir_in(within)?;
    let log = Arc::new(FactLog::open(Arc::new(RealDisk), folder.path(), Options::default())?);
    let begun = Instant::now();
    let producers: Vec<_> = (0..shape.in_flight)
        .map(|producer| {
            let log = Arc::clone(&log);
            tokio::spawn(async move {
                let batch: Vec<Bytes> =
                    (0..shape.records).map(|at| Bytes::from(record(producer * shape.records + at))).collect();
                let mut appended = 0;
                while begun.elapsed() < run {
                    log.append(batch.clone()).await?;
                    appended += batch.len();
                }
                anyhow::Ok(appended)
            })
        })
        .collect();
    let mut appended = 0;
    for producer in producers {
        appended += producer.await??;
    }
    Ok(appended as f64 / begun.elapsed().as_secs_f64())
}

/// A loop of write and sync over a plain file, everything in flight in each.
#[expect(clippy::disallowed_methods, reason = "it measures durations")]
fn floor(within: &Path, shape: Shape, run: Duration) -> anyhow::Result<f64> {
    let mut file: File = tempfile::tempfile_in(within)?;
    let records = shape.in_flight * shape.records;
    let bytes: Vec<u8> = (0..records).flat_map(record).collect();
    let begun = Instant::now();
    let mut written = 0;
    while begun.elapsed() < run {
        file.write_all(&bytes)?;
        file.sync_data()?;
        written += records;
    }
    Ok(written as f64 / begun.elapsed().as_secs_f64())
}
