//! House rules that no compiler knows, each with the way to mend what breaks it.
//!
//! The rules are pure functions over the checkout's files and over what `cargo metadata` says; all that is wrong is told at once.

mod graph;
mod licences;
mod manifests;
mod places;
mod texts;

use std::fmt;
use std::fs;

use anyhow::{Result, bail};

use crate::house::House;

/// Large files make every clone slow for ever.
const BYTES_MAX: u64 = 1 << 20;
/// The API's document grows with the API, and is kept so that a change of it is seen in review.
const OPENAPI_BYTES_MAX: u64 = 4 << 20;

/// A file of the checkout that git tracks or would track.
pub struct File {
    /// From the root of the checkout.
    pub path: String,
    pub bytes: u64,
    /// `None` when it is not UTF-8.
    pub text: Option<String>,
}

/// One thing that breaks a rule.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Violation {
    path: String,
    /// Counted from 1; 0 for the file as a whole.
    line: usize,
    /// What is wrong and how to mend it.
    message: String,
}

impl Violation {
    fn new(path: impl Into<String>, line: usize, message: impl Into<String>) -> Self {
        Self { path: path.into(), line, message: message.into() }
    }
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            0 => write!(f, "{}: {}", self.path, self.message),
            line => write!(f, "{}:{line}: {}", self.path, self.message),
        }
    }
}

/// Prints all violations; true when there are none.
///
/// # Errors
/// When the checkout cannot be read.
pub fn report(house: &House) -> Result<bool> {
    let violations = check(house)?;
    for violation in &violations {
        println!("{violation}");
    }
    println!("tidy: {} violations", violations.len());
    Ok(violations.is_empty())
}

/// Everything in the checkout that breaks a rule, in the order of the files.
///
/// # Errors
/// When the checkout cannot be read.
pub fn check(house: &House) -> Result<Vec<Violation>> {
    let files = files(house)?;
    let mut violations = graph::check(&graph::Graph::read(&house.metadata)?);
    violations.extend(places::check(files.iter().map(|file| file.path.as_str())));
    for file in &files {
        let most = if file.path == "openapi.json" { OPENAPI_BYTES_MAX } else { BYTES_MAX };
        if file.bytes > most {
            let message =
                format!("{} bytes, more than {most}: make it from a seed in the test that needs it", file.bytes);
            violations.push(Violation::new(&file.path, 0, message));
        }
        let Some(text) = &file.text else { continue };
        violations.extend(texts::check(&file.path, text));
        if file.path.ends_with("Cargo.toml") {
            violations.extend(manifests::check(&file.path, text));
        }
    }
    let text_of = |path: &str| files.iter().find(|file| file.path == path).and_then(|file| file.text.as_deref());
    for file in files.iter().filter(|file| file.path.ends_with("package-lock.json")) {
        let allowed = licences::allowed(text_of("deny.toml").unwrap_or_default());
        violations.extend(licences::check(&file.path, file.text.as_deref().unwrap_or_default(), &allowed));
    }
    violations.sort();
    Ok(violations)
}

/// What git tracks, and what it would track if it were added: a mistake shows before it is committed.
///
/// # Errors
/// When this is no git checkout.
pub fn files(house: &House) -> Result<Vec<File>> {
    let output =
        house.command("git").args(["ls-files", "-z", "--cached", "--others", "--exclude-standard"]).output()?;
    if !output.status.success() {
        bail!("git ls-files: {}", String::from_utf8_lossy(&output.stderr));
    }
    let mut files = vec![];
    for path in String::from_utf8(output.stdout)?.split_terminator('\0') {
        // Tracked, but removed by hand.
        let Ok(content) = fs::read(house.root.join(path)) else { continue };
        files.push(File { path: path.into(), bytes: content.len() as u64, text: String::from_utf8(content).ok() });
    }
    Ok(files)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_checkout_is_tidy() {
        let violations = check(&House::find().unwrap()).unwrap();
        let told: Vec<String> = violations.iter().map(Violation::to_string).collect();
        assert!(told.is_empty(), "{}", told.join("\n"));
    }

    #[test]
    fn a_violation_says_where() {
        assert_eq!(Violation::new("a/b.rs", 3, "mend it").to_string(), "a/b.rs:3: mend it");
        assert_eq!(Violation::new("a/b.rs", 0, "mend it").to_string(), "a/b.rs: mend it");
    }
}
