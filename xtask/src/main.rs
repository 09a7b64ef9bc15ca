//! Repository chores, started as `cargo xtask …`.
//!
//! `test` runs every gate and every test and closes with one line that counts them all; `tidy` checks the house rules that no
//! compiler knows; `generate` rewrites what is generated from the code; `demo` builds the program and serves the demo brand.
//! Everything needed besides Rust, Node and Python is installed by the first gate.

mod console;
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
