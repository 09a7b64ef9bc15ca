//! `cargo xtask bench` and `cargo xtask soak`: what takes too long for every run of the tests.
//!
//! Both build with the release profile, whose output lies beside that of the tests, in the target folder's `release`.

use std::time::{Duration, Instant};

use anyhow::{Result, bail};

use crate::count::{self, Tally};
use crate::house::House;
use crate::run::stream;
use crate::{console, contract, tools};

/// Where the table of the last full run stands.
const PAGE: &str = "docs/benchmarks.md";

/// Measures the program beside its peers; `args` are passed on.
///
/// # Errors
/// When something needed cannot be installed.
pub fn bench(house: &House, quick: bool, write: bool, only: &[String]) -> Result<bool> {
    let nats = tools::NATS.ready(house)?;
    let graphs = tools::GRAPHS.ready(house)?;
    console::build(house)?;
    if !stream(&mut house.build_release())?.ok {
        return Ok(false);
    }
    let folder = house.target.join("bench");
    std::fs::create_dir_all(&folder)?;
    let mut command = house.command(house.target.join("release/bench"));
    command.args(only).arg("--folder").arg(folder).arg("--nats").arg(nats);
    command.arg("--graph-peers").arg(graphs);
    if quick {
        command.arg("--quick");
    }
    if write {
        command.arg("--write").arg(PAGE);
    }
    Ok(stream(&mut command)?.ok)
}

/// One long run: what it is called, the tests it runs, and what makes them long.
struct Long {
    name: &'static str,
    /// For nextest.
    filter: &'static str,
    /// Which part of the time it gets, in hundredths.
    share: u64,
    variables: fn(minutes: u64, round: u64) -> Vec<(&'static str, String)>,
}

/// Random tests draw other cases in each round; the crash test other points.
const LONG: [Long; 3] = [
    Long {
        name: "properties",
        filter: "kind(lib) | kind(test) - package(house) - package(crash)",
        share: 50,
        variables: |_, round| {
            let cases = ("PROPTEST_CASES", "4096".into());
            vec![cases, ("PROPTEST_RNG_SEED", (round + 1).to_string()), ("SEARCHLIGHT_SEEDS", "3000".into())]
        },
    },
    Long {
        name: "crashes",
        filter: "package(crash)",
        share: 30,
        variables: |minutes, round| {
            let kills = (minutes * 20).clamp(100, 2000);
            vec![("SEARCHLIGHT_KILLS", kills.to_string()), ("SEARCHLIGHT_SEED", (round + 67).to_string())]
        },
    },
    Long {
        name: "house",
        filter: "package(house)",
        share: 10,
        variables: |_, _| vec![("SEARCHLIGHT_CASCADES", "all".into())],
    },
];

/// Runs random and crash tests over and over for so many minutes, then the contract test with more cases.
///
/// # Errors
/// When something needed cannot be installed.
pub fn soak(house: &House, minutes: u64) -> Result<bool> {
    tools::install(house)?;
    console::build(house)?;
    if !stream(&mut house.build_release())?.ok {
        return Ok(false);
    }
    let mut sum = Tally::default();
    let mut table = Vec::new();
    for long in &LONG {
        let (tally, rounds) = rounds(house, long, minutes)?;
        sum += tally;
        table.push((long.name, tally, rounds));
    }
    let tally = contract::check(house, &house.target.join("release/searchlight"), contract::Cases::Many(minutes))?;
    sum += tally;
    table.push(("contract", tally, 1));
    println!("\n{:<12} {:>6}", "soak", "rounds");
    for (name, tally, rounds) in table {
        let verdict = if tally.failed == 0 { "" } else { "   <- FAILED" };
        println!("{name:<12} {rounds:>6}   {tally}{verdict}");
    }
    println!("\n{sum}");
    Ok(sum.failed == 0)
}

/// Rounds of one kind until its time is over, or something failed: then its seeds stand above it.
#[expect(clippy::disallowed_methods, reason = "only a duration is measured")]
fn rounds(house: &House, long: &Long, minutes: u64) -> Result<(Tally, u64)> {
    let nextest = tools::NEXTEST.ready(house)?;
    let time = Duration::from_secs(minutes * 60 * long.share / 100);
    let begun = Instant::now();
    let mut sum = Tally::default();
    let mut round = 0;
    while round == 0 || (begun.elapsed() < time && sum.failed == 0) {
        let mut command = house.command(house.target.join("release/with-postgres"));
        command.arg("--").arg(&nextest).args(["nextest", "run", "--workspace", "--no-fail-fast"]);
        command.args(["--cargo-profile", "release", "--profile", "soak", "-E", long.filter]);
        let variables = (long.variables)(minutes, round);
        for (name, value) in &variables {
            println!("{name}={value}");
        }
        command.envs(variables);
        command.env("SEARCHLIGHT_BIN", house.target.join("release/searchlight"));
        command.env("SEARCHLIGHT_DUCKDB", tools::DUCKDB.ready(house)?);
        let ran = stream(&mut command)?;
        let Some(tally) = count::nextest(&ran.text) else { bail!("nextest printed no count of its tests") };
        sum += tally.ended(ran.ok);
        round += 1;
    }
    Ok((sum, round))
}
