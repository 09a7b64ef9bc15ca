//! Repository chores, started as `cargo xtask …`.
//!
//! `test` runs every gate and every test and closes with one line that counts them all; `tidy` checks the house rules that no
//! compiler knows; `generate` rewrites what is generated from the code; `demo` builds the program and serves the demo brand;
//! `bench` measures it beside its peers and `soak` runs random and crash tests for as long as one likes.
//! Everything needed besides Rust, Node and Python is installed by the first gate.

mod bench;
mod console;
mod contract;
mod count;
mod gates;
mod generate;
mod house;
mod run;
mod tidy;
mod tools;

use std::os::unix::process::CommandExt;
use std::process::ExitCode;

use anyhow::{Result, bail};
use clap::{Args, Parser, Subcommand};

use house::House;

#[derive(Parser)]
#[command(name = "cargo xtask", about = "Repository chores")]
struct Cli {
    #[command(subcommand)]
    chore: Chore,
}

#[derive(Subcommand)]
enum Chore {
    /// Run every gate and every test.
    Test(Choice),
    /// Check the house rules of architecture, manifests and texts.
    Tidy,
    /// Rewrite openapi.json and the console's API types from the code.
    Generate,
    /// Build the console's pages, unless they are those of the present sources.
    Console,
    /// Build all there is and serve the demo brand.
    Demo(Demo),
    /// Measure the program beside its peers and print one table.
    Bench(Bench),
    /// Run random and crash tests over and over, and tell what failed.
    Soak {
        /// For how many minutes.
        #[arg(default_value_t = 60, value_parser = clap::value_parser!(u64).range(1..))]
        minutes: u64,
    },
}

#[derive(Args)]
struct Bench {
    /// What to measure: append, http, graph, import, timeline; everything unless told.
    only: Vec<String>,
    /// Short rounds, one of each: a look, no result.
    #[arg(long)]
    quick: bool,
    /// Put the table into docs/benchmarks.md.
    #[arg(long, conflicts_with = "quick")]
    write: bool,
}

/// Which gates to run; all of them unless told.
#[derive(Args, Default)]
struct Choice {
    /// Only these gates, comma separated.
    #[arg(long, value_delimiter = ',')]
    only: Vec<String>,
    /// All but these gates, comma separated.
    #[arg(long, value_delimiter = ',')]
    skip: Vec<String>,
}

#[derive(Args)]
struct Demo {
    /// Where the demo brand is kept between runs.
    #[arg(long, default_value = "demo-data")]
    data_dir: String,
    /// Address to serve at.
    #[arg(long, default_value = "127.0.0.1:7700")]
    listen: String,
}

fn main() -> ExitCode {
    match work(Cli::parse().chore) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

/// `Ok(false)`: the chore ran and said what is wrong.
fn work(chore: Chore) -> Result<bool> {
    let house = House::find()?;
    match chore {
        Chore::Test(choice) => gates::run(house, &choice.only, &choice.skip),
        Chore::Tidy => tidy::report(&house),
        Chore::Generate => {
            if !run::stream(&mut house.build())?.ok {
                return Ok(false);
            }
            console::install(&house)?;
            for file in generate::write(&house)? {
                println!("rewritten: {file}");
            }
            Ok(true)
        }
        Chore::Console => console::build(&house).map(|()| true),
        Chore::Bench(Bench { only, quick, write }) => bench::bench(&house, quick, write, &only),
        Chore::Soak { minutes } => bench::soak(&house, minutes),
        Chore::Demo(demo) => {
            console::build(&house)?;
            if !run::stream(&mut house.build())?.ok {
                return Ok(false);
            }
            let mut program = house.program("searchlight");
            program.args(["demo", "--data-dir", &demo.data_dir, "--listen", &demo.listen]);
            // Become the server, so that signals reach it and not a parent of it.
            bail!("cannot start searchlight: {}", program.exec())
        }
    }
}
