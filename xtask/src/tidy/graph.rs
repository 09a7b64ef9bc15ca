//! Who may stand on whom: the directions of the architecture, read from `cargo metadata`.

use std::collections::BTreeSet;
use std::path::Path;

use anyhow::{Context, Result};
use serde::Deserialize;

use super::Violation;

/// What each crate of the ground may depend on. A new crate is named here and in the architecture together.
const GROUND: &[(&str, &[&str])] = &[
    ("kernel", &[]),
    ("facts", &["kernel"]),
    ("db-macros", &[]),
    ("db", &["kernel", "facts", "db-macros"]),
    ("factlog", &["kernel", "facts"]),
    ("lake", &["kernel", "facts", "factlog"]),
    ("query", &["kernel", "facts", "lake"]),
    ("river", &["kernel", "facts", "db", "factlog", "lake"]),
    ("ledger", &["kernel", "facts", "db"]),
    ("web", &["kernel", "facts", "db"]),
    ("simulator", &["kernel", "facts"]),
    ("testkit", &["kernel", "facts", "simulator"]),
];

/// Ground that only tests stand on, wherever they are.
const FOR_TESTS: &[&str] = &["testkit", "simulator"];

const LICENCE: &str = "Apache-2.0";

/// What `cargo metadata` says, as far as the rules ask.
pub struct Graph {
    packages: Vec<Package>,
}

#[derive(Deserialize)]
struct Package {
    name: String,
    /// `None` for packages of this workspace.
    source: Option<String>,
    manifest_path: String,
    dependencies: Vec<Dependency>,
    license: Option<String>,
    /// Registries it may be published to; `None` is all of them.
    publish: Option<Vec<String>>,
    /// The manifest from the root of the checkout.
    #[serde(skip)]
    manifest: String,
}

#[derive(Deserialize)]
struct Dependency {
    name: String,
    /// `None` is an ordinary one.
    kind: Option<String>,
    /// Of a package of this workspace.
    path: Option<String>,
}

impl Graph {
    /// # Errors
    /// When `metadata` is not what cargo prints.
    pub fn read(metadata: &serde_json::Value) -> Result<Self> {
        let root = metadata["workspace_root"].as_str().context("cargo metadata names no workspace root")?;
        let mut packages: Vec<Package> = serde_json::from_value(metadata["packages"].clone())?;
        for package in &mut packages {
            let manifest = Path::new(&package.manifest_path);
            package.manifest = manifest.strip_prefix(root).unwrap_or(manifest).to_string_lossy().into_owned();
        }
        Ok(Self { packages })
    }
}

/// Directions, names, licences and privacy of the workspace's packages.
pub fn check(graph: &Graph) -> Vec<Violation> {
    let (ours, registry): (Vec<_>, Vec<_>) = graph.packages.iter().partition(|package| package.source.is_none());
    let domains: BTreeSet<&str> =
        ours.iter().filter(|package| room(package) == "domains").map(|package| package.name.as_str()).collect();
    let names: BTreeSet<&str> = ours.iter().map(|package| package.name.as_str()).collect();
    let mut violations = vec![];
    for package in ours {
        let mut blame = |message: String| violations.push(Violation::new(&package.manifest, 0, message));
        if package.publish.as_ref().is_none_or(|registries| !registries.is_empty()) {
            blame("can be published by mistake: publish.workspace = true".into());
        }
        if package.license.as_deref() != Some(LICENCE) {
            blame(format!("is not under {LICENCE}: license.workspace = true"));
        }
        if room(package) == "crates" && ground(&package.name).is_none() {
            blame("is not in the architecture: add it there and to GROUND in xtask/src/tidy/graph.rs".into());
        }
        for dependency in package.dependencies.iter().filter(|dependency| dependency.path.is_some()) {
            if !may_depend(package, dependency, &domains) {
                let how = match dependency.kind.as_deref() {
                    Some(kind) => format!(" (as {kind}-dependency)"),
                    None => String::new(),
                };
                blame(format!(
                    "{} must not depend on {}{how}: learn of it through a fact, or declare a trait that the app fills",
                    package.name, dependency.name
                ));
            }
        }
    }
    for package in registry.iter().filter(|package| names.contains(package.name.as_str())) {
        let message = format!("a registry package bears the name of our crate {}: rename ours", package.name);
        violations.push(Violation::new("Cargo.lock", 0, message));
    }
    violations
}

fn may_depend(package: &Package, dependency: &Dependency, domains: &BTreeSet<&str>) -> bool {
    let on = dependency.name.as_str();
    let for_tests = dependency.kind.as_deref() == Some("dev");
    if for_tests && FOR_TESTS.contains(&on) {
        return true;
    }
    match room(package) {
        "crates" => ground(&package.name).is_some_and(|below| below.contains(&on)),
        "domains" => ground(on).is_some() && !FOR_TESTS.contains(&on),
        "apps" => on == "simulator" || (!FOR_TESTS.contains(&on) && (domains.contains(on) || ground(on).is_some())),
        "tests" | "benches" => true,
        _ => false,
    }
}

fn ground(name: &str) -> Option<&'static [&'static str]> {
    GROUND.iter().find(|(ground, _)| *ground == name).map(|(_, below)| *below)
}

/// The first folder on the way to a package.
fn room(package: &Package) -> &str {
    package.manifest.split('/').next().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn package(folder: &str, depends_on: &[(&str, Value)]) -> Value {
        let name = folder.rsplit('/').next().unwrap();
        let dependencies: Vec<Value> = depends_on
            .iter()
            .map(|(name, kind)| json!({"name": name, "kind": kind, "path": format!("/house/{name}")}))
            .collect();
        json!({
            "name": name, "source": null, "manifest_path": format!("/house/{folder}/Cargo.toml"),
            "dependencies": dependencies, "license": "Apache-2.0", "publish": [],
        })
    }

    fn told(packages: Vec<Value>) -> Vec<String> {
        let metadata = json!({"workspace_root": "/house", "packages": packages});
        check(&Graph::read(&metadata).unwrap()).iter().map(Violation::to_string).collect()
    }

    #[test]
    fn the_directions_of_the_architecture_are_allowed() {
        let free = Value::Null;
        assert_eq!(
            told(vec![
                package("crates/kernel", &[("testkit", json!("dev"))]),
                package("crates/db", &[("kernel", free.clone()), ("facts", free.clone())]),
                package("domains/network", &[("river", free.clone()), ("simulator", json!("dev"))]),
                package("apps/searchlight", &[("network", free.clone()), ("simulator", free.clone())]),
                package("tests/crash", &[("searchlight", free.clone()), ("testkit", free)]),
            ]),
            Vec::<String>::new()
        );
    }

    #[test]
    fn every_wrong_direction_is_told() {
        let free = Value::Null;
        let told = told(vec![
            package("crates/kernel", &[("facts", free.clone())]),
            package("crates/extra", &[]),
            package("domains/access", &[]),
            package("domains/network", &[("access", json!("dev")), ("testkit", free.clone())]),
            package("apps/searchlight", &[("testkit", free)]),
        ]);
        let starts = [
            "crates/kernel/Cargo.toml: kernel must not depend on facts:",
            "crates/extra/Cargo.toml: is not in the architecture",
            "domains/network/Cargo.toml: network must not depend on access (as dev-dependency):",
            "domains/network/Cargo.toml: network must not depend on testkit:",
            "apps/searchlight/Cargo.toml: searchlight must not depend on testkit:",
        ];
        assert_eq!(told.len(), starts.len(), "{told:#?}");
        for (told, start) in told.iter().zip(starts) {
            assert!(told.starts_with(start), "{told}");
        }
    }

    #[test]
    fn names_licences_and_privacy_are_watched() {
        let mut open = package("crates/web", &[]);
        open["publish"] = Value::Null;
        open["license"] = json!("MIT");
        let mut foreign = package("registry/web", &[]);
        foreign["source"] = json!("registry+x");
        let told = told(vec![open, foreign]);
        assert_eq!(told.len(), 3, "{told:#?}");
        assert!(told[0].contains("publish.workspace"));
        assert!(told[1].contains("license.workspace"));
        assert!(told[2].contains("bears the name of our crate web"));
    }
}
