//! Where the build put a binary of the workspace, for tests that start it.

use std::path::PathBuf;

/// The path of a binary that was built beside the running test: `cargo build --workspace` makes them all.
///
/// # Panics
/// When it is not there, saying what to do.
#[must_use]
pub fn binary(name: &str) -> PathBuf {
    // A test runs from target/<profile>/deps/.
    let test = std::env::current_exe().expect("the test knows its own path");
    let folder = test.ancestors().nth(2).expect("a test lies in the deps folder");
    let path = folder.join(name);
    assert!(path.exists(), "{} is not built: run `cargo build --workspace` first", path.display());
    path
}
