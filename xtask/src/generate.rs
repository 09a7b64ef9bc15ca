//! Files generated from the code and committed, so that a change of the API is seen in review.

use std::fs;

use anyhow::{Context, Result, bail};

use crate::console;
use crate::house::House;
use crate::run::stream;

const OPENAPI: &str = "openapi.json";
const CONSOLE_TYPES: &str = "web/console/src/api/schema.d.ts";

/// Rewrites the generated files and returns those that changed. The program and the console's packages must be there.
///
/// # Errors
/// When a generator fails.
pub fn write(house: &House) -> Result<Vec<&'static str>> {
    let read = |file| fs::read_to_string(house.root.join(file)).unwrap_or_default();
    let before = [OPENAPI, CONSOLE_TYPES].map(read);

    let output = house.program("searchlight").arg("openapi").output().context("cannot start searchlight")?;
    if !output.status.success() {
        bail!("searchlight openapi: {}", String::from_utf8_lossy(&output.stderr).trim_end());
    }
    let openapi: serde_json::Value =
        serde_json::from_slice(&output.stdout).context("`searchlight openapi` is no JSON")?;
    if openapi["openapi"].as_str().is_none() {
        bail!("`searchlight openapi` printed JSON that is no OpenAPI document");
    }
    let mut text = String::from_utf8(output.stdout)?.trim_end().to_owned();
    text.push('\n');
    // Written only when different: a new date on it would rebuild whatever includes it.
    if text != before[0] {
        fs::write(house.root.join(OPENAPI), text)?;
    }
    if console::has_script(&house.console(), "gen")? && !stream(&mut house.npm(&["run", "gen"]))?.ok {
        bail!("the console's API types cannot be generated from {OPENAPI}");
    }
    let after = [OPENAPI, CONSOLE_TYPES].map(read);
    let changed = [OPENAPI, CONSOLE_TYPES].into_iter().zip(before.iter().zip(&after));
    Ok(changed.filter(|(_, (before, after))| before != after).map(|(file, _)| file).collect())
}
