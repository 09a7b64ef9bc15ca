//! Every slice has the same parts under the same names: one slice read is all slices known.

use std::collections::BTreeSet;

use super::Violation;

const IN_SLICE: &[&str] = &[
    "Cargo.toml",
    "README.md",
    "src",
    "migrations",
    "tests",
    "benches",
    // Measurements, and pictures to look at.
    "examples",
    // Where proptest keeps the seeds of the failures it found.
    "proptest-regressions",
];
/// Each a file, or a folder when it has parts. `testing` is what the tests of several parts stand on.
const IN_SOURCE: &[&str] = &["lib", "model", "rules", "ops", "http", "store", "subscribe", "testing"];

/// Checks the names in `domains/`, given all paths of the checkout.
pub fn check<'a>(paths: impl Iterator<Item = &'a str>) -> Vec<Violation> {
    let mut slices = BTreeSet::new();
    let mut readmes = BTreeSet::new();
    let mut violations = vec![];
    for path in paths {
        let parts: Vec<&str> = path.split('/').collect();
        let ["domains", slice, part, within @ ..] = parts.as_slice() else { continue };
        slices.insert((*slice).to_owned());
        if *part == "README.md" {
            readmes.insert((*slice).to_owned());
        }
        if !IN_SLICE.contains(part) {
            violations.push(Violation::new(path, 0, format!("a slice holds only {}", IN_SLICE.join(", "))));
        }
        if *part == "src"
            && let [first, ..] = within
            && !IN_SOURCE.contains(&first.trim_end_matches(".rs"))
        {
            violations.push(Violation::new(
                path,
                0,
                format!("a slice's source has only the parts {}", IN_SOURCE.join(", ")),
            ));
        }
    }
    for slice in slices.difference(&readmes) {
        let message = "is missing: what the slice is for, its invariants, the facts it emits and listens to";
        violations.push(Violation::new(format!("domains/{slice}/README.md"), 0, message));
    }
    violations
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slice_has_known_parts_and_a_readme() {
        let paths = [
            "README.md",
            "crates/db/src/anything.rs",
            "domains/access/README.md",
            "domains/access/Cargo.toml",
            "domains/access/src/lib.rs",
            "domains/access/src/http/session.rs",
            "domains/access/src/helpers.rs",
            "domains/capture/notes.txt",
        ];
        let told: Vec<String> = check(paths.into_iter()).iter().map(Violation::to_string).collect();
        let starts =
            ["domains/access/src/helpers.rs: ", "domains/capture/notes.txt: ", "domains/capture/README.md: is missing"];
        assert_eq!(told.len(), starts.len(), "{told:#?}");
        for (told, start) in told.iter().zip(starts) {
            assert!(told.starts_with(start), "{told}");
        }
    }
}
