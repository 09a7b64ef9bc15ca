//! Manifests of members: versions and lints are said once, in the root.

use super::Violation;

/// Checks a member's manifest; the root's is where versions belong.
pub fn check(path: &str, text: &str) -> Vec<Violation> {
    let mut violations = vec![];
    if path == "Cargo.toml" {
        return violations;
    }
    let mut section = "";
    let mut inherits_lints = false;
    for (at, line) in text.lines().enumerate() {
        let line = line.trim();
        if line.starts_with('[') {
            section = line.trim_matches(['[', ']']);
            let one_dependency = ["dependencies.", "dev-dependencies.", "build-dependencies."];
            if one_dependency.iter().any(|start| section.starts_with(start)) {
                violations.push(Violation::new(
                    path,
                    at + 1,
                    "write the dependency on one line: name.workspace = true",
                ));
            }
            continue;
        }
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let inherited = line.replace(' ', "").contains("workspace=true");
        if section.ends_with("dependencies") && !inherited {
            let message = "names a version or a path: put it in the root's [workspace.dependencies] and write name.workspace = true";
            violations.push(Violation::new(path, at + 1, message));
        }
        inherits_lints |= section == "lints" && inherited;
    }
    if !inherits_lints {
        violations.push(Violation::new(path, 0, "does not share the lints: add [lints] with workspace = true"));
    }
    violations
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_belong_to_the_root() {
        let text = "[lints]\nworkspace = true\n\n[dependencies]\n# why\nserde.workspace = true\ntokio = { workspace = true, features = [] }\n\
                    rand = \"0.10\"\n[dev-dependencies]\nkernel = { path = \"../kernel\" }\n[build-dependencies.cc]\n";
        let lines: Vec<usize> = check("crates/x/Cargo.toml", text).iter().map(|violation| violation.line).collect();
        assert_eq!(lines, [8, 10, 11]);
        assert_eq!(check("Cargo.toml", text), []);
    }

    #[test]
    fn lints_are_shared() {
        let violations = check("crates/x/Cargo.toml", "[dependencies]\n");
        assert_eq!(violations.len(), 1);
        assert!(violations[0].message.contains("lints"));
    }
}
