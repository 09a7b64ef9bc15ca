//! `bench`: measures the program beside its peers and prints one Markdown table. `cargo xtask bench` builds everything and
//! calls it.

mod append;
mod claims;
mod examples;
mod graphs;
mod http;
mod import;
mod links;
mod load;
mod machine;
mod report;
mod server;

use std::{path::PathBuf, time::Duration};

use append::{Rates, Shape};
use clap::{Parser, ValueEnum};
use report::Report;

/// Rounds of which the median is told.
const ROUNDS: usize = 3;
/// What a brand's busiest minute asks of the doors, in facts a second.
const HTTP_FACTS_NEEDED: f64 = 30_000.0;
/// Longest load without a pace.
const HTTP_FREE_SECS_MAX: u64 = 20;

/// Measures Searchlight beside its peers.
#[derive(Parser)]
struct Settings {
    /// What to measure; everything unless told.
    #[arg(value_enum)]
    only: Vec<Part>,
    /// A minute in all, for a look.
    #[arg(long)]
    quick: bool,
    /// Where the measured data lies: a folder of a real disk.
    #[arg(long)]
    folder: Option<PathBuf>,
    /// The NATS server to measure beside.
    #[arg(long)]
    nats: Option<PathBuf>,
    /// The folder of the Python packages of the graph libraries to measure beside.
    #[arg(long)]
    graph_peers: Option<PathBuf>,
    /// Write the table to this file too.
    #[arg(long)]
    write: Option<PathBuf>,
    /// Seconds of load over HTTP.
    #[arg(long)]
    http_secs: Option<u64>,
    /// Rounds of which the median is told; three unless told.
    #[arg(long, value_parser = clap::value_parser!(u8).range(1..))]
    rounds: Option<u8>,
    /// Facts a second over HTTP to keep to, and nothing beside it. Otherwise 30,000, then as many as go.
    #[arg(long)]
    http_rate: Option<f64>,
}

impl Settings {
    fn rounds(&self) -> usize {
        self.rounds.map_or(if self.quick { 1 } else { ROUNDS }, usize::from)
    }
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Part {
    Append,
    Claims,
    Http,
    Graph,
    Import,
    Links,
    Timeline,
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let settings = Settings::parse();
    let folder = settings.folder.clone().unwrap_or_else(std::env::temp_dir);
    let chosen = |part| settings.only.is_empty() || settings.only.contains(&part);
    let mut report = Report::new(settings.quick, settings.nats.as_deref());
    if chosen(Part::Append) {
        append(&settings, &folder, &mut report).await?;
    }
    if chosen(Part::Claims) {
        let secs = if settings.quick { 2 } else { 10 };
        claims::run(&folder, Duration::from_secs(secs), settings.rounds(), &mut report).await?;
    }
    if chosen(Part::Graph) {
        examples::graph(settings.quick, &mut report).await?;
        graphs::run(&folder, settings.quick, settings.graph_peers.as_deref(), &mut report).await?;
    }
    if chosen(Part::Http) {
        http(&settings, &folder, &mut report).await?;
    }
    if chosen(Part::Import) {
        import::run(&folder, if settings.quick { 100_000 } else { 1_000_000 }, &mut report).await?;
    }
    if chosen(Part::Links) {
        for round in 0..settings.rounds() {
            eprintln!("spread links, round {}", round + 1);
            links::run(&folder, Duration::from_secs(if settings.quick { 5 } else { 20 }), &mut report).await?;
        }
    }
    // Ten million facts have to be written first: nothing for a look.
    if settings.only.contains(&Part::Timeline) || (settings.only.is_empty() && !settings.quick) {
        examples::timeline(&mut report).await?;
    }
    println!("\n{}", report.markdown());
    if let Some(file) = &settings.write {
        report.write(file)?;
        println!("written to {}", file.display());
    }
    Ok(())
}

async fn append(settings: &Settings, folder: &std::path::Path, report: &mut Report) -> anyhow::Result<()> {
    let run = Duration::from_millis(if settings.quick { 1000 } else { 5000 });
    let shapes = [Shape { in_flight: 16, records: 100 }, Shape { in_flight: 256, records: 1 }];
    for shape in shapes {
        let mut rounds: Vec<Rates> = Vec::new();
        for round in 0..settings.rounds() {
            eprintln!("append, {} × {} records in flight, round {}", shape.in_flight, shape.records, round + 1);
            rounds.push(append::round(folder, shape, run, settings.nats.as_deref()).await?);
        }
        report.append(shape, &rounds);
    }
    Ok(())
}

async fn http(settings: &Settings, folder: &std::path::Path, report: &mut Report) -> anyhow::Result<()> {
    let secs = settings.http_secs.unwrap_or(if settings.quick { 15 } else { 60 });
    let rate = settings.http_rate.unwrap_or(HTTP_FACTS_NEEDED);
    let mut seen = Vec::new();
    for round in 0..settings.rounds() {
        eprintln!("HTTP at {rate:.0} facts/s for {secs} s, round {}", round + 1);
        seen.push(http::run(folder, Duration::from_secs(secs), rate).await?);
    }
    report.http(&seen, Some(rate));
    if settings.http_rate.is_some() {
        return Ok(());
    }
    // The doors take more than the reader digests, and what waits is waited for at the end.
    let secs = secs.min(HTTP_FREE_SECS_MAX);
    eprintln!("HTTP as fast as it goes for {secs} s");
    let free = http::run(folder, Duration::from_secs(secs), 0.0).await?;
    report.http(&[free], None);
    Ok(())
}
