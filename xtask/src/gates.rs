//! `cargo xtask test`: every gate in turn, cheap ones first, and one closing line that counts them all.
//!
//! A gate that fails does not stop the ones after it. What gates share (the built workspace, the console's packages) is made
//! once; where that fails the gates that need it fail at once, saying so.

use std::time::{Duration, Instant};

use anyhow::{Result, bail};

use crate::count::{self, Tally};
use crate::house::House;
use crate::run::{Ran, stream};
use crate::{console, contract, generate, tidy, tools};

struct Run {
    house: House,
    /// Whether the workspace builds, once that was tried.
    builds: Option<bool>,
}

struct Gate {
    name: &'static str,
    check: fn(&mut Run) -> Result<Tally>,
}

const GATES: [Gate; 14] = [
    Gate { name: "tools", check: |run| tools::install(&run.house).map(|()| Tally::PASSED) },
    Gate { name: "fmt", check: |run| run.one(&["fmt", "--all", "--check"]) },
    Gate { name: "tidy", check: |run| tidy::report(&run.house).map(Tally::one) },
    Gate { name: "licences", check: licences },
    Gate { name: "unused", check: unused },
    Gate { name: "console", check: |run| console::check(&run.house) },
    Gate { name: "clippy", check: |run| run.one(&["clippy", "--workspace", "--all-targets", "--", "-D", "warnings"]) },
    Gate { name: "build", check: |run| Ok(Tally::one(run.build()?)) },
    Gate { name: "generated", check: generated },
    Gate { name: "docs", check: docs },
    Gate { name: "tests", check: tests },
    Gate { name: "doctests", check: doctests },
    Gate { name: "contract", check: contract_kept },
    Gate { name: "browser", check: browser },
];

/// Runs the chosen gates; `only` empty means all. True when nothing failed.
///
/// # Errors
/// When a chosen gate does not exist.
pub fn run(house: House, only: &[String], skip: &[String]) -> Result<bool> {
    if let Some(unknown) = only.iter().chain(skip).find(|name| GATES.iter().all(|gate| gate.name != **name)) {
        let names: Vec<&str> = GATES.iter().map(|gate| gate.name).collect();
        bail!("there is no gate {unknown}; there are {}", names.join(", "));
    }
    let chosen = |gate: &&Gate| {
        let named = |names: &[String]| names.iter().any(|name| name == gate.name);
        (only.is_empty() || named(only)) && !named(skip)
    };
    let mut run = Run { house, builds: None };
    let mut sum = Tally::default();
    let mut table = vec![];
    for gate in GATES.iter().filter(chosen) {
        println!("\n=== {} ===", gate.name);
        let (ended, took) = timed(|| (gate.check)(&mut run));
        let tally = ended.unwrap_or_else(|error| {
            println!("{error:#}");
            Tally::FAILED
        });
        sum += tally;
        table.push((gate.name, tally, took));
    }
    println!("\n{:<10} {:>8}", "gate", "seconds");
    for (name, tally, took) in table {
        let verdict = if tally.failed == 0 { "" } else { "   <- FAILED" };
        println!("{name:<10} {:>8.1}   {tally}{verdict}", took.as_secs_f64());
    }
    println!("\n{sum}");
    Ok(sum.failed == 0)
}

#[expect(clippy::disallowed_methods, reason = "only a duration is measured, for the table")]
fn timed<T>(work: impl FnOnce() -> T) -> (T, Duration) {
    let start = Instant::now();
    (work(), start.elapsed())
}

impl Run {
    /// A cargo command that is one check.
    fn one(&self, args: &[&str]) -> Result<Tally> {
        Ok(Tally::one(stream(&mut self.house.cargo(args))?.ok))
    }

    fn build(&mut self) -> Result<bool> {
        if self.builds.is_none() {
            self.builds = Some(stream(&mut self.house.build())?.ok);
        }
        Ok(self.builds == Some(true))
    }

    fn need_build(&mut self) -> Result<()> {
        if self.build()? { Ok(()) } else { bail!("needs the workspace to build") }
    }
}

fn licences(run: &mut Run) -> Result<Tally> {
    let deny = tools::DENY.ready(&run.house)?;
    let mut command = run.house.command(deny);
    command.args(["check", "licenses", "bans", "sources"]);
    Ok(Tally::one(stream(&mut command)?.ok))
}

fn unused(run: &mut Run) -> Result<Tally> {
    let shear = tools::SHEAR.ready(&run.house)?;
    Ok(Tally::one(stream(&mut run.house.command(shear))?.ok))
}

/// Fails when a generated file differed from the code, which it then no longer does.
fn generated(run: &mut Run) -> Result<Tally> {
    run.need_build()?;
    console::install(&run.house)?;
    let changed = generate::write(&run.house)?;
    for file in &changed {
        println!("{file} was not what the code generates; it is rewritten, commit it");
    }
    Ok(Tally::one(changed.is_empty()))
}

/// The readers of the documentation are those who work on the code, so it may link to what is private. `--examples` for the
/// same reason as in [`House::build`].
fn docs(run: &mut Run) -> Result<Tally> {
    let targets = ["--lib", "--bins", "--examples"];
    let mut command = run.house.cargo(&["doc", "--workspace", "--no-deps", "--document-private-items"]);
    command.args(targets);
    command.env("RUSTDOCFLAGS", "-D warnings -A rustdoc::private_intra_doc_links");
    Ok(Tally::one(stream(&mut command)?.ok))
}

/// All Rust tests, with a PostgreSQL server beside them so that store tests run on both engines.
fn tests(run: &mut Run) -> Result<Tally> {
    run.need_build()?;
    let nextest = tools::NEXTEST.ready(&run.house)?;
    let mut command = run.house.program("with-postgres");
    command.arg("--").arg(nextest).args(["nextest", "run", "--workspace", "--no-fail-fast"]);
    command.env("SEARCHLIGHT_BIN", run.house.program_path("searchlight"));
    command.env("SEARCHLIGHT_DUCKDB", tools::DUCKDB.ready(&run.house)?);
    console::install_into(&run.house, &run.house.clients())?;
    command.env("SEARCHLIGHT_CLIENTS", tools::SEGMENT.ready(&run.house)?);
    counted(stream(&mut command)?, count::nextest)
}

/// Examples in documentation; looking for them is cheaper than asking rustdoc for those of every crate.
fn doctests(run: &mut Run) -> Result<Tally> {
    let rust = tidy::files(&run.house)?.into_iter().filter(|file| file.path.ends_with(".rs"));
    if !rust.filter_map(|file| file.text).any(|text| has_example(&text)) {
        println!("no documentation has an example in Rust");
        return Ok(Tally::default());
    }
    counted(stream(&mut run.house.cargo(&["test", "--doc", "--workspace"]))?, count::doctests)
}

/// Does a doc comment open a fence that rustdoc would compile: one of no kind, or of kinds that are all Rust's?
fn has_example(text: &str) -> bool {
    const RUST: [&str; 6] = ["", "rust", "no_run", "should_panic", "compile_fail", "edition2024"];
    let fences = text.lines().filter_map(|line| {
        let line = line.trim_start();
        line.strip_prefix("/// ```").or_else(|| line.strip_prefix("//! ```"))
    });
    // Every second fence closes the one before it.
    fences.step_by(2).any(|kinds| kinds.split(',').all(|kind| RUST.contains(&kind.trim())))
}

fn contract_kept(run: &mut Run) -> Result<Tally> {
    run.need_build()?;
    contract::check(&run.house, &run.house.program_path("searchlight"), contract::Cases::Few)
}

fn browser(run: &mut Run) -> Result<Tally> {
    run.need_build()?;
    console::build(&run.house)?;
    let mut sum = Tally::default();
    for folder in run.house.pages() {
        if console::has_script(&folder, "e2e")? {
            sum += counted(stream(&mut run.house.npm_in(&folder, &["run", "e2e"]))?, count::closing_line)?;
        } else {
            println!("{} has no script e2e", folder.display());
            sum += Tally { skipped: 1, ..Tally::default() };
        }
    }
    Ok(sum)
}

/// The tally a runner printed; one that ends well without a count has run nothing, which is a failure.
fn counted(ran: Ran, count: fn(&str) -> Option<Tally>) -> Result<Tally> {
    match count(&ran.text) {
        Some(tally) => Ok(tally.ended(ran.ok)),
        None if ran.ok => bail!("the runner printed no count of its tests"),
        None => Ok(Tally::FAILED),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn examples_are_told_from_other_fences() {
        assert!(has_example("/// ```text\n/// x\n/// ```\n    /// ```\n    /// let x = 1;\n    /// ```"));
        assert!(has_example("//! ```rust,no_run\n//! ```"));
        assert!(!has_example("/// ```text\n/// ```\n//! ```json\n//! ```\n// ```\n"));
    }

    #[test]
    fn a_runner_that_counts_nothing_fails() {
        let ran = |ok, text: &str| Ran { ok, text: text.into() };
        assert_eq!(counted(ran(true, "2 passed, 0 failed"), count::closing_line).unwrap().passed, 2);
        assert_eq!(counted(ran(false, "could not start"), count::closing_line).unwrap(), Tally::FAILED);
        assert!(counted(ran(true, "bye"), count::closing_line).is_err());
    }
}
