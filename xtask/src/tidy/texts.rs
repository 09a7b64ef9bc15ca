//! What may stand in a file, line by line.

use super::Violation;

const LINES_MAX: usize = 700;
const CODE: &[&str] = &[".rs", ".ts", ".tsx", ".js", ".mjs", ".css", ".sql", ".sh", ".toml", ".py"];
/// Written by tools, checked where they are made.
const GENERATED: &[&str] = &["web/console/src/api/schema.d.ts"];

/// Words that put work off: it is done, or it is an issue. Spelt apart so that this file does not break its own rule.
const PUT_OFF: &[&str] = &[concat!("TO", "DO"), concat!("FIX", "ME"), concat!("XX", "X")];
/// Calls that a debugging session leaves behind.
const LEFT_BEHIND: &[&str] = &[concat!("dbg", "!("), concat!("todo", "!("), concat!("unimplemented", "!(")];
/// A test that is switched off without a word, or switches off the others.
const SILENCED: &[&str] =
    &[concat!("#[ig", "nore]"), concat!("it.on", "ly("), concat!("test.on", "ly("), concat!("describe.on", "ly(")];
/// A path of somebody's machine.
const MACHINES: &[&str] =
    &[concat!("/wo", "rk/"), concat!("/ro", "ot/"), concat!("/ho", "me/"), concat!("/Us", "ers/")];
/// Registries are the business of each machine's own configuration.
const REGISTRIES: &[&str] = &[
    concat!("registry.npm", "js.org"),
    concat!("registry.yarn", "pkg.com"),
    concat!("index.crates", ".io"),
    concat!("static.crates", ".io"),
    concat!("py", "pi.org"),
    concat!("python", "hosted.org"),
    concat!("deb.debian", ".org"),
];

/// A crate that only certain places may name.
struct Kept {
    name: &'static str,
    may: fn(&str) -> bool,
    instead: &'static str,
}

const KEPT: &[Kept] = &[
    Kept {
        name: "sea_orm",
        may: |path| path.starts_with("crates/db/") || part_of(path, "store"),
        instead: "SQL is written in store.rs",
    },
    Kept {
        name: "axum",
        may: |path| path.starts_with("crates/web/") || path.starts_with("apps/") || part_of(path, "http"),
        instead: "HTTP is spoken in http/",
    },
    Kept { name: "datafusion", may: |path| path.starts_with("crates/query/"), instead: "ask through the query crate" },
];

/// Rules are pure: what reaches out of the process is not theirs.
const NOT_IN_RULES: &[&str] = &["db", "river", "tokio", "std::fs", "std::net", "std::process"];

/// Checks one text file.
pub fn check(path: &str, text: &str) -> Vec<Violation> {
    if path == "Cargo.lock" || GENERATED.contains(&path) {
        return vec![];
    }
    let is_code = CODE.iter().any(|ending| path.ends_with(ending));
    let mut violations = vec![];
    let lines = text.lines().count();
    if is_code && lines > LINES_MAX {
        violations.push(Violation::new(
            path,
            0,
            format!("{lines} lines, more than {LINES_MAX}: split it along its parts"),
        ));
    }
    for (at, line) in text.lines().enumerate() {
        let mut blame = |message: String| violations.push(Violation::new(path, at + 1, message));
        if MACHINES.iter().any(|start| holds(line, start)) {
            blame("names a path of one machine: say it relative to the checkout, or as a parameter".into());
        }
        if let Some(host) = REGISTRIES.iter().find(|host| line.contains(**host)) {
            blame(format!("names the registry {host}: leave it to the machine's configuration"));
        }
        if is_code {
            check_code(line, &mut blame);
        }
        if path.ends_with(".rs") {
            check_crates(path, line, &mut blame);
        }
    }
    violations
}

fn check_code(line: &str, blame: &mut impl FnMut(String)) {
    if let Some(word) = PUT_OFF.iter().find(|word| is_word(line, word)) {
        blame(format!("puts work off ({word}): do it now, or open an issue"));
    }
    if let Some(call) = LEFT_BEHIND.iter().find(|call| holds(line, call)) {
        blame(format!("{call}…) is left behind: remove it"));
    }
    if let Some(silence) = SILENCED.iter().find(|silence| line.trim_start().starts_with(**silence)) {
        blame(format!("{silence} hides tests: remove it, or give #[ignore = \"…\"] its reason"));
    }
}

fn check_crates(path: &str, line: &str, blame: &mut impl FnMut(String)) {
    if line.trim_start().starts_with("//") {
        return;
    }
    for kept in KEPT.iter().filter(|kept| !is_test(path) && !(kept.may)(path) && names_crate(line, kept.name)) {
        blame(format!("{} is not used here: {}", kept.name, kept.instead));
    }
    if path.contains("/src/rules") {
        for name in NOT_IN_RULES.iter().filter(|name| names_crate(line, name)) {
            blame(format!("a rule does not know {name}: it takes plain data; load and store in ops/"));
        }
    }
}

fn is_test(path: &str) -> bool {
    path.starts_with("tests/")
        || path.starts_with("benches/")
        || path.contains("/tests/")
        || path.ends_with("/tests.rs")
}

/// `…/src/store.rs` or `…/src/store/…`.
fn part_of(path: &str, part: &str) -> bool {
    path.split_once("/src/")
        .is_some_and(|(_, within)| within.strip_prefix(part).is_some_and(|rest| rest == ".rs" || rest.starts_with('/')))
}

/// Does `line` say `name::…` or `use name;`, not as the end of a longer path?
fn names_crate(line: &str, name: &str) -> bool {
    line.match_indices(name).any(|(at, _)| {
        let before = line[..at].chars().next_back();
        let after = &line[at + name.len()..];
        let begins = before.is_none_or(|c| !in_name(c) && !":.\"".contains(c));
        begins && (after.starts_with("::") || (after.starts_with(';') && line[..at].trim_end().ends_with("use")))
    })
}

/// Does `line` hold `start` other than as the tail of a longer name or path?
fn holds(line: &str, start: &str) -> bool {
    line.match_indices(start)
        .any(|(at, _)| line[..at].chars().next_back().is_none_or(|c| !in_name(c) && !".-}".contains(c)))
}

fn is_word(line: &str, word: &str) -> bool {
    line.match_indices(word).any(|(at, _)| {
        let around = [line[..at].chars().next_back(), line[at + word.len()..].chars().next()];
        around.into_iter().flatten().all(|c| !in_name(c))
    })
}

fn in_name(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(path: &str, text: &str) -> Vec<usize> {
        check(path, text).iter().map(|violation| violation.line).collect()
    }

    #[test]
    fn long_files_are_told_as_a_whole() {
        let text = "x\n".repeat(LINES_MAX + 1);
        assert_eq!(lines("a.rs", &text), [0]);
        assert!(lines("a.md", &text).is_empty());
        assert!(lines("a.rs", &text[2..]).is_empty());
        assert!(lines(GENERATED[0], &text).is_empty());
    }

    #[test]
    fn work_put_off_and_debugging_leftovers_are_told() {
        let text =
            format!("// {}: later\nlet x = {}y);\n{}\nlet mastodon = 1;", PUT_OFF[0], LEFT_BEHIND[0], SILENCED[0]);
        assert_eq!(lines("a.rs", &text), [1, 2, 3]);
        assert!(lines("a.md", &text).is_empty());
        assert!(lines("a.rs", "#[ignore = \"needs a phone\"]").is_empty());
    }

    #[test]
    fn machine_paths_and_registries_are_told_in_every_text() {
        let text = format!("see {}x\nfrom https://{}/y\nhouse/of{}ok", MACHINES[0], REGISTRIES[0], MACHINES[0]);
        assert_eq!(lines("a.md", &text), [1, 2]);
    }

    #[test]
    fn kept_crates_are_named_only_in_their_places() {
        let sql = &format!("use {}::Statement;", KEPT[0].name);
        for path in [
            "crates/db/src/lib.rs",
            "domains/access/src/store.rs",
            "domains/access/src/store/keys.rs",
            "tests/crash/tests/a.rs",
        ] {
            assert!(lines(path, sql).is_empty(), "{path}");
        }
        assert_eq!(lines("domains/access/src/ops/login.rs", sql), [1]);
        assert_eq!(lines("domains/access/src/storefront.rs", sql), [1]);

        let http = "// NAME::Router\nuse NAME::Router;\nuse utoipa_NAME::router::OpenApiRouter;\nuse NAME;";
        let http = &http.replace("NAME", KEPT[1].name);
        assert_eq!(lines("domains/access/src/lib.rs", http), [2, 4]);
        assert!(lines("domains/access/src/http/session.rs", http).is_empty());
    }

    #[test]
    fn rules_reach_nothing_outside() {
        let text = "use std::fs;\nuse db::Writer;\nuse crate::db::x;\nuse kernel::Time;";
        assert_eq!(lines("domains/network/src/rules/score.rs", text), [1, 2]);
        assert!(lines("domains/network/src/ops/score.rs", text).is_empty());
    }
}
