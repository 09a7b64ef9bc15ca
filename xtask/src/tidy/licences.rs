//! Licences of the npm packages, read from the lock file and held to the list in deny.toml.

use serde::Deserialize;
use std::collections::BTreeMap;

use super::Violation;

/// Packages that only build the console and leave none of their code in it.
const BUILD_TOOLS: &[(&str, &str)] = &[
    // The style sheet minifier of vite; comes as one package a platform.
    ("lightningcss", "MPL-2.0"),
    // The option parser of the YAML reader that openapi-typescript stands on.
    ("argparse", "Python-2.0"),
];

/// Packages whose manifest only points at their licence or says it in a way of old, and the licence that stands there.
const READ: &[(&str, &str)] = &[
    ("@segment/facade", "MIT"),
    ("@segment/isodate", "MIT"),
    ("@segment/isodate-traverse", "MIT"),
    ("async", "MIT"),
    ("binary-search-tree", "MIT"),
    ("colors", "MIT"),
    ("commander", "MIT"),
    ("nedb", "MIT"),
    ("new-date", "MIT"),
    ("underscore", "MIT"),
];

#[derive(Deserialize)]
struct Lock {
    packages: BTreeMap<String, Package>,
}

#[derive(Deserialize)]
struct Package {
    license: Option<String>,
    #[serde(default)]
    dev: bool,
    resolved: Option<String>,
}

/// The quoted words of `allow = [ … ]` in deny.toml.
pub fn allowed(deny: &str) -> Vec<&str> {
    let list = deny.split_once("\nallow = [").and_then(|(_, rest)| rest.split_once(']')).map_or("", |(list, _)| list);
    list.split('"').skip(1).step_by(2).collect()
}

/// Checks a package-lock.json.
pub fn check(path: &str, text: &str, allowed: &[&str]) -> Vec<Violation> {
    let lock: Lock = match serde_json::from_str(text) {
        Ok(lock) => lock,
        Err(error) => return vec![Violation::new(path, 0, format!("cannot be read: {error}"))],
    };
    let mut violations = vec![];
    for (place, package) in lock.packages.iter().filter(|(place, _)| !place.is_empty()) {
        let name = place.rsplit("node_modules/").next().unwrap_or(place);
        let read = || READ.iter().find(|(read, _)| *read == name).map(|(_, licence)| *licence);
        let licence = match package.license.as_deref() {
            Some("SEE LICENSE IN LICENSE") => read().unwrap_or("a licence nobody has read"),
            Some(licence) => licence,
            None => read().unwrap_or("no licence"),
        };
        let fits = permitted(licence, allowed) || (package.dev && is_build_tool(name, licence));
        if !fits {
            violations.push(Violation::new(
                path,
                0,
                format!("{name} is under {licence}: find a package under a permissive licence"),
            ));
        }
        if package.resolved.is_some() {
            let message =
                format!("{name} is bound to one registry: npm install with omit-lockfile-registry-resolved=true");
            violations.push(Violation::new(path, 0, message));
        }
    }
    violations
}

fn is_build_tool(name: &str, licence: &str) -> bool {
    BUILD_TOOLS.iter().any(|(tool, its)| licence == *its && (name == *tool || name.starts_with(&format!("{tool}-"))))
}

/// An SPDX expression of names, AND, OR and brackets: AND binds tighter.
fn permitted(expression: &str, allowed: &[&str]) -> bool {
    let expression = expression.trim();
    for (operator, all) in [(" OR ", false), (" AND ", true)] {
        let terms = split_outside_brackets(expression, operator);
        if terms.len() > 1 {
            let mut verdicts = terms.into_iter().map(|term| permitted(term, allowed));
            return if all { verdicts.all(|yes| yes) } else { verdicts.any(|yes| yes) };
        }
    }
    match expression.strip_prefix('(').and_then(|rest| rest.strip_suffix(')')) {
        Some(inner) => permitted(inner, allowed),
        None => allowed.contains(&expression),
    }
}

fn split_outside_brackets<'a>(text: &'a str, separator: &str) -> Vec<&'a str> {
    let mut terms = vec![];
    let mut start = 0;
    for (at, _) in text.match_indices(separator) {
        let before = &text[..at];
        if before.matches('(').count() == before.matches(')').count() {
            terms.push(&text[start..at]);
            start = at + separator.len();
        }
    }
    terms.push(&text[start..]);
    terms
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_is_the_one_cargo_deny_reads() {
        assert_eq!(
            allowed("[licenses]\n# why\nallow = [\n    \"MIT\",\n    \"Apache-2.0\",\n]\nx = [\"GPL\"]"),
            ["MIT", "Apache-2.0"]
        );
    }

    #[test]
    fn expressions_are_weighed() {
        let allowed = ["MIT", "ISC"];
        for (expression, yes) in [
            ("MIT", true),
            ("GPL-3.0", false),
            ("(MIT OR GPL-3.0)", true),
            ("MIT AND GPL-3.0", false),
            ("MIT AND (GPL-3.0 OR ISC)", true),
            ("(MIT AND GPL-3.0) OR (MIT AND ISC)", true),
            ("GPL-3.0 OR MIT AND GPL-3.0", false),
            ("SEE LICENSE IN x", false),
        ] {
            assert_eq!(permitted(expression, &allowed), yes, "{expression}");
        }
    }

    #[test]
    fn strangers_are_told_and_build_tools_let_through() {
        let lock = r#"{"packages": {
            "": {"name": "console"},
            "node_modules/good": {"license": "MIT"},
            "node_modules/a/node_modules/@x/bad": {"license": "GPL-3.0"},
            "node_modules/silent": {},
            "node_modules/lightningcss-linux": {"license": "MPL-2.0", "dev": true},
            "node_modules/lightningcss": {"license": "MPL-2.0"},
            "node_modules/bound": {"license": "MIT", "resolved": "somewhere"}
        }}"#;
        let told: Vec<String> = check("lock", lock, &["MIT"]).into_iter().map(|violation| violation.message).collect();
        let starts = [
            "@x/bad is under GPL-3.0",
            "bound is bound",
            "lightningcss is under MPL-2.0",
            "silent is under no licence",
        ];
        assert_eq!(told.len(), starts.len(), "{told:#?}");
        for (told, start) in told.iter().zip(starts) {
            assert!(told.starts_with(start), "{told}");
        }
    }
}
