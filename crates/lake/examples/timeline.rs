//! Measures timelines: `cargo run --example timeline -p lake -- [facts] [people]`, ten million facts of two million people
//! when not told otherwise. The facts lie over thirty days; the last two hundred thousand are still in the log.

use std::{
    ops::Range,
    sync::Arc,
    time::{Duration, Instant},
};

use async_trait::async_trait;
use factlog::{FactLog, RealDisk};
use facts::{Fact, Kind};
use kernel::{Handle, Offset, Timestamp, WorkspaceId};
use lake::{Ask, Bookings, DiskStore, Lake, LakeWriter, Options, Order, PortError, Row, Timelines};
use rand::{RngExt, SeedableRng, rngs::StdRng};
use serde_json::value::RawValue;

type Outcome<T> = Result<T, Box<dyn std::error::Error + Send + Sync>>;

const BATCH: u64 = 200_000;
const START: Timestamp = Timestamp::from_secs(1_760_000_000);
const DAYS: u64 = 30;
const ASKED: usize = 200;

/// Stands in for the records: the tail's handles in memory.
struct Tail {
    first: u64,
    handles: Vec<u32>,
}

#[async_trait]
impl Bookings for Tail {
    fn end(&self) -> Offset {
        Offset(self.first + self.handles.len() as u64)
    }

    async fn booked(&self, _: Range<Offset>) -> Result<Vec<(Offset, Handle)>, PortError> {
        Ok(Vec::new())
    }

    async fn under(
        &self,
        handles: Option<&[Handle]>,
        _: Option<&str>,
        range: Range<Offset>,
        order: Order,
        limit: usize,
    ) -> Result<Vec<(Offset, Handle)>, PortError> {
        let all = (self.first..).map(Offset).zip(self.handles.iter().copied().map(Handle));
        let mut found: Vec<_> = all
            .filter(|(offset, handle)| range.contains(offset) && handles.is_none_or(|these| these.contains(handle)))
            .collect();
        if order == Order::NewestFirst {
            found.reverse();
        }
        found.truncate(limit);
        Ok(found)
    }
}

#[expect(clippy::disallowed_methods, reason = "only durations are measured, for the table")]
fn timed<T>(work: impl FnOnce() -> T) -> (T, Duration) {
    let begun = Instant::now();
    (work(), begun.elapsed())
}

/// Few people do much: half of the facts are of a tenth of the people.
fn whose(rng: &mut StdRng, people: u32) -> u32 {
    let among = if rng.random_bool(0.5) { people / 10 } else { people };
    rng.random_range(1..=among.max(1))
}

fn fact(rng: &mut StdRng, offset: u64, facts: u64, handle: u32) -> Fact {
    let micros = offset as i128 * i128::from(DAYS) * 86_400_000_000 / i128::from(facts);
    let at = Timestamp(START.0 + i64::try_from(micros).unwrap_or_default());
    let page = rng.random_range(0..5000_u32);
    let properties = format!(
        r#"{{"campaign":"spring-{}","page":"/p/{page}","price":{}.{:02},"referrer":"{:016x}","store":"门店 {}"}}"#,
        page % 7,
        page % 300,
        page % 100,
        rng.random::<u64>(),
        page % 120
    );
    Fact {
        source: "key:1".into(),
        message_id: format!("{:032x}", rng.random::<u128>()),
        kind: Kind::Track,
        event: format!("Event {}", page % 20),
        user_id: Some(format!("u-{handle:08}")),
        anonymous_id: None,
        ids: Vec::new(),
        timestamp: at,
        original_timestamp: Some(at),
        sent_at: Some(at),
        received_at: at,
        properties: RawValue::from_string(properties).expect("this is JSON"),
        context: RawValue::from_string(r#"{"library":{"name":"analytics.js","version":"4.1.0"}}"#.into()).ok(),
    }
}

async fn fill(lake: &Lake, log: &FactLog, facts: u64, people: u32) -> Outcome<Tail> {
    let mut rng = StdRng::seed_from_u64(1);
    let mut writer = LakeWriter::new(lake.clone(), Options::default());
    let mut tail = Tail { first: facts - BATCH + 1, handles: Vec::new() };
    let mut first = 1;
    while first <= facts {
        let batch = first..(first + BATCH).min(facts + 1);
        let rows: Vec<Row> = batch
            .clone()
            .map(|offset| {
                let handle = whose(&mut rng, people);
                Row { offset: Offset(offset), handle: Handle(handle), fact: fact(&mut rng, offset, facts, handle) }
            })
            .collect();
        // The log is written whole, so that offsets are the same there; only its tail is read.
        let records: Vec<_> = rows.iter().map(|row| row.fact.to_log()).collect::<Result<Vec<_>, _>>()?;
        for records in records.chunks(5000) {
            log.append(records.iter().cloned().map(bytes::Bytes::from).collect()).await?;
        }
        if batch.start == tail.first {
            tail.handles = rows.iter().map(|row| row.handle.0).collect();
        } else {
            writer.append(rows, Offset(batch.end)).await?;
        }
        first = batch.end;
    }
    Ok(tail)
}

fn report(name: &str, mut times: Vec<Duration>) {
    times.sort_unstable();
    let at = |share: usize| times[(times.len() - 1) * share / 100].as_secs_f64() * 1e3;
    println!("{name:<52} median {:7.2} ms   p95 {:7.2} ms   worst {:7.2} ms", at(50), at(95), at(100));
}

fn main() -> Outcome<()> {
    let mut args = std::env::args().skip(1).filter_map(|arg| arg.parse::<u64>().ok());
    let facts = args.next().unwrap_or(10_000_000).max(2 * BATCH) / BATCH * BATCH;
    let people = u32::try_from(args.next().unwrap_or(2_000_000))?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let folder = tempfile::tempdir()?;
    let log = FactLog::open(Arc::new(RealDisk), &folder.path().join("log"), factlog::Options::default())?;
    let log = Arc::new(log);
    let open = || {
        let store = DiskStore::new(Arc::new(RealDisk), folder.path().join("lake"));
        runtime.block_on(Lake::open(Arc::new(store), WorkspaceId(1)))
    };
    let lake = open()?;
    let (tail, took) = timed(|| runtime.block_on(fill(&lake, &log, facts, people)));
    let tail = Arc::new(tail?);
    told("written", &lake, took);
    measure(&runtime, &open()?, &log, &tail, people)?;
    let mut writer = LakeWriter::new(lake.clone(), Options::default());
    let now = START.plus_secs(86_400 * 60);
    let (compacted, took) = timed(|| -> Outcome<()> {
        while runtime.block_on(writer.compact(now))? {}
        Ok(())
    });
    compacted?;
    told("compacted", &lake, took);
    measure(&runtime, &open()?, &log, &tail, people)?;
    let (verified, took) = timed(|| runtime.block_on(lake.verify()));
    println!("verified {} MB in {:.1} s", verified? / 1_000_000, took.as_secs_f64());
    Ok(())
}

fn told(what: &str, lake: &Lake, took: Duration) {
    let manifest = lake.manifest();
    let (files, rows, bytes) = (manifest.files.len(), manifest.rows(), manifest.bytes());
    println!("{what}: {files} files, {rows} rows, {} MB in {:.1} s", bytes / 1_000_000, took.as_secs_f64());
}

fn measure(
    runtime: &tokio::runtime::Runtime,
    lake: &Lake,
    log: &Arc<FactLog>,
    tail: &Arc<Tail>,
    people: u32,
) -> Outcome<()> {
    let bookings: Arc<dyn Bookings> = Arc::<Tail>::clone(tail);
    let timelines = Timelines::new(lake.clone(), Arc::clone(log), bookings);
    let page = |handles: Vec<Handle>, order, limit| {
        let ask = Ask { handles: Some(handles), event: None, order, after: None, limit };
        let (page, took) = timed(|| runtime.block_on(timelines.page(ask)));
        page.map(|page| (page.len(), took))
    };
    let mut rng = StdRng::seed_from_u64(2);
    let (rows, took) = page(vec![Handle(people)], Order::NewestFirst, 50)?;
    println!("the first page after a start, indexes not read yet: {rows} rows, {:.1} ms", took.as_secs_f64() * 1e3);
    for (name, order, limit, busy, handles) in [
        ("a busy person, newest 50", Order::NewestFirst, 50, true, 1),
        ("a busy person of three handles, newest 50", Order::NewestFirst, 50, true, 3),
        ("a busy person of three handles, newest 10", Order::NewestFirst, 10, true, 3),
        ("a busy person, oldest 50", Order::OldestFirst, 50, true, 1),
        ("any person, newest 50", Order::NewestFirst, 50, false, 1),
    ] {
        let mut times = Vec::new();
        for _ in 0..ASKED {
            let of = if busy { people / 10 } else { people };
            let handles = (0..handles).map(|_| Handle(rng.random_range(1..=of))).collect();
            times.push(page(handles, order, limit)?.1);
        }
        report(name, times);
    }
    Ok(())
}
