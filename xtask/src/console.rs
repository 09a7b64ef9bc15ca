//! The pages of staff and of customers: their packages and what is built of them, each made only when stale.

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
    if !stream(&mut house.npm_in(folder, &["ci", "--no-audit", "--no-fund"]))?.ok {
        bail!("npm could not install the packages of {}", folder.display());
    }
    fs::write(stamp, lock)?;
    Ok(())
}

/// Builds the pages of staff and of customers into their `dist`, unless they are those of the present sources.
///
/// # Errors
/// When npm cannot install the packages or a build fails.
pub fn build(house: &House) -> Result<()> {
    house.pages().iter().try_for_each(|folder| build_in(house, folder))
}

fn build_in(house: &House, folder: &Path) -> Result<()> {
    install_into(house, folder)?;
    let stamp = folder.join("node_modules/.built-from");
    if fs::read_to_string(&stamp).is_ok_and(|built| Some(built) == state(folder).ok()) {
        return Ok(());
    }
    if !stream(&mut house.npm_in(folder, &["run", "build"]))?.ok {
        bail!("{} does not build", folder.display());
    }
    fs::write(stamp, state(folder)?)?;
    Ok(())
}

/// Types, unit tests and pages; the build of customers' pages weighs what a phone loads.
///
/// # Errors
/// When a step cannot be started.
pub fn check(house: &House) -> Result<Tally> {
    let mut sum = Tally::default();
    for folder in house.pages() {
        sum += check_in(house, &folder)?;
    }
    Ok(sum)
}

fn check_in(house: &House, folder: &Path) -> Result<Tally> {
    install_into(house, folder)?;
    let types = stream(&mut house.npm_in(folder, &["run", "typecheck"]))?.ok;
    let ran = stream(&mut house.npm_in(folder, &["test"]))?;
    let tests = crate::count::vitest(&ran.text);
    if tests.is_none() {
        println!("vitest printed no count of its tests");
    }
    // Also after a failure: the program embeds the pages.
    let built = build_in(house, folder).inspect_err(|error| println!("{error:#}")).is_ok();
    let mut tally = tests.map_or(Tally::FAILED, |tests| tests.ended(ran.ok));
    tally += Tally::one(types);
    tally += Tally::one(built);
    Ok(tally)
}

/// Does the package.json of a folder have this script?
///
/// # Errors
/// When package.json cannot be read.
pub fn has_script(folder: &Path, name: &str) -> Result<bool> {
    let text = fs::read(folder.join("package.json")).context("package.json")?;
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
