//! `searchlight openapi`: the API's description, written to `openapi.json` and kept in step by the test run.

use std::io::{self, Write};

use clap::Args;

use crate::house::{House, Settings};

/// Print the OpenAPI document.
#[derive(Args)]
pub struct Openapi {}

impl Openapi {
    pub async fn run(self) -> anyhow::Result<()> {
        // The document comes from the handlers, and those are wired to an empty house.
        let folder = tempfile::tempdir()?;
        let house = House::open(Settings::of_this_process(folder.path(), None)?).await?;
        let (_, api) = house.router();
        let mut out = io::stdout().lock();
        writeln!(out, "{}", api.to_pretty_json()?)?;
        Ok(())
    }
}
