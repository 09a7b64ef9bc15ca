//! The console: its packages and its built pages, each made only when stale.

use std::fs;
use std::hash::{DefaultHasher, Hasher};
use std::path::Path;

use anyhow::{Context, Result, bail};

use crate::count::Tally;
use crate::house::House;
use crate::run::stream;

/// Never part of what the pages are built from.
const NOT_SOURCES: &[&str] = &["node_modules", "dist", "test-results", "e2e", "dev"];

/// Installs the console's locked packages unless exactly those are there.
///
/// # Errors
/// When npm cannot install them.
pub fn install(house: &House) -> Result<()> {
    install_into(house, &house.console())
}

/// Installs the packages that a folder's lock file names, unless exactly those are there.
///
/// # Errors
/// When npm cannot install them.
pub fn install_into(house: &House, folder: &Path) -> Result<()> {
    let lock = fs::read(folder.join("package-lock.json")).context("package-lock.json")?;
    let stamp = folder.join("node_modules/.installed-lock.json");
    if fs::read(&stamp).is_ok_and(|installed| installed == lock) {
        return Ok(());
    }
    if !stream(house.npm(&["ci", "--no-audit", "--no-fund"]).current_dir(folder))?.ok {
        bail!("npm could not install the packages of {}", folder.display());
    }
    fs::write(stamp, lock)?;
    Ok(())
}

/// Builds the pages into `web/console/dist` unless they are those of the present sources.
///
/// # Errors
/// When npm cannot install the packages or the build fails.
pub fn build(house: &House) -> Result<()> {
    install(house)?;
    let folder = house.console();
    let stamp = folder.join("node_modules/.built-from");
    if fs::read_to_string(&stamp).is_ok_and(|built| Some(built) == state(&folder).ok()) {
        return Ok(());
    }
    if !stream(&mut house.npm(&["run", "build"]))?.ok {
        bail!("the console does not build");
    }
    fs::write(stamp, state(&folder)?)?;
    Ok(())
}

/// Types, unit tests and pages.
///
/// # Errors
/// When a step cannot be started.
pub fn check(house: &House) -> Result<Tally> {
    install(house)?;
    let types = stream(&mut house.npm(&["run", "typecheck"]))?.ok;
    let ran = stream(&mut house.npm(&["test"]))?;
    let tests = crate::count::vitest(&ran.text);
    if tests.is_none() {
        println!("vitest printed no count of its tests");
    }
    // Also after a failure: the program embeds the pages.
    let built = build(house).inspect_err(|error| println!("{error:#}")).is_ok();
    let mut tally = tests.map_or(Tally::FAILED, |tests| tests.ended(ran.ok));
    tally += Tally::one(types);
    tally += Tally::one(built);
    Ok(tally)
}

/// Does the console's package.json have this script?
///
/// # Errors
/// When package.json cannot be read.
pub fn has_script(house: &House, name: &str) -> Result<bool> {
    let text = fs::read(house.console().join("package.json")).context("the console's package.json")?;
    let package: serde_json::Value = serde_json::from_slice(&text)?;
    Ok(package["scripts"].get(name).is_some())
}

/// A digest of all sources and of the built entry page, whose name for each asset is a digest of that asset.
fn state(folder: &Path) -> Result<String> {
    let mut digest = DefaultHasher::new();
    digest_folder(folder, &mut digest)?;
    digest.write(&fs::read(folder.join("dist/index.html"))?);
    Ok(format!("{:016x}", digest.finish()))
}

fn digest_folder(folder: &Path, digest: &mut DefaultHasher) -> Result<()> {
    let mut entries = fs::read_dir(folder)?.collect::<std::io::Result<Vec<_>>>()?;
    entries.sort_by_key(fs::DirEntry::file_name);
    for entry in entries {
        let name = entry.file_name();
        if NOT_SOURCES.iter().any(|other| name == **other) {
            continue;
        }
        digest.write(name.as_encoded_bytes());
        if entry.file_type()?.is_dir() {
            digest_folder(&entry.path(), digest)?;
        } else {
            digest.write(&fs::read(entry.path())?);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_state_changes_with_sources_and_pages_only() {
        let folder = std::env::temp_dir().join(format!("xtask-console-{}", std::process::id()));
        for sub in ["src", "dist", "node_modules"] {
            fs::create_dir_all(folder.join(sub)).unwrap();
        }
        let mut states = vec![];
        for (file, text) in [
            ("dist/index.html", "a"),
            ("src/main.tsx", "a"),
            ("src/main.tsx", "b"),
            ("node_modules/x", "a"),
            ("dist/index.html", "b"),
        ] {
            fs::write(folder.join(file), text).unwrap();
            states.push(state(&folder).unwrap());
        }
        fs::remove_dir_all(&folder).unwrap();
        assert_eq!(states[2], states[3], "packages are the lock file's business");
        states.dedup();
        assert_eq!(states.len(), 4);
    }
}
