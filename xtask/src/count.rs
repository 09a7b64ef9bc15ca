//! Reading the closing lines of test runners.

use std::fmt;
use std::ops::AddAssign;

/// How many checks passed, failed and were skipped.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    pub passed: u64,
    pub failed: u64,
    pub skipped: u64,
}

impl Tally {
    pub const PASSED: Self = Self { passed: 1, failed: 0, skipped: 0 };
    pub const FAILED: Self = Self { passed: 0, failed: 1, skipped: 0 };

    /// A gate that is one check.
    pub fn one(ok: bool) -> Self {
        if ok { Self::PASSED } else { Self::FAILED }
    }

    /// The tally of a runner that counted `self` and ended well or not: a runner that fails without naming a failed test
    /// (it did not compile, it crashed) counts as one.
    pub fn ended(mut self, ok: bool) -> Self {
        if !ok && self.failed == 0 {
            self.failed = 1;
        }
        self
    }
}

impl AddAssign for Tally {
    fn add_assign(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
        self.skipped += other.skipped;
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} passed, {} failed, {} skipped", self.passed, self.failed, self.skipped)
    }
}

/// `Summary [ 1.2s] 3 tests run: 2 passed (1 slow), 1 timed out, 4 skipped`
pub fn nextest(text: &str) -> Option<Tally> {
    let line = text.lines().rev().find(|line| line.contains("Summary [") && line.contains("run:"))?;
    terms(line.split_once("run:")?.1, ',')
}

/// `      Tests  1 failed | 24 passed | 2 skipped (27)`
pub fn vitest(text: &str) -> Option<Tally> {
    let line = text.lines().rev().find(|line| line.trim_start().starts_with("Tests  "))?;
    terms(line.trim_start().strip_prefix("Tests")?, '|')
}

/// The sum of all `test result: ok. 3 passed; 0 failed; 1 ignored; 0 measured; 2 filtered out; …`
pub fn doctests(text: &str) -> Option<Tally> {
    let mut sum = None;
    for line in text.lines().filter_map(|line| line.trim_start().strip_prefix("test result: ")) {
        let counted = line.split_once(". ").map_or(line, |(_, rest)| rest);
        let counted = counted.split(" measured").next()?;
        sum.get_or_insert_with(Tally::default).add_assign(terms(counted, ';')?);
    }
    sum
}

/// The last `3 passed, 0 failed, 1 skipped` alone on a line.
pub fn closing_line(text: &str) -> Option<Tally> {
    let is_closing = |line: &&str| line.contains(" passed, ") && line.starts_with(|c: char| c.is_ascii_digit());
    terms(text.lines().rev().map(str::trim).find(is_closing)?, ',')
}

/// `2 passed (1 slow), 1 failed`: a number before each word. Whatever is neither passed nor left out has failed.
fn terms(text: &str, separator: char) -> Option<Tally> {
    let mut tally = Tally::default();
    for term in outside_brackets(text).split(separator).map(str::trim).filter(|term| !term.is_empty()) {
        let (number, word) = term.split_once(' ').unwrap_or((term, "measured"));
        let number: u64 = number.parse().ok()?;
        match word {
            "passed" => tally.passed += number,
            "skipped" | "ignored" | "todo" => tally.skipped += number,
            "measured" => {}
            _ => tally.failed += number,
        }
    }
    Some(tally)
}

fn outside_brackets(text: &str) -> String {
    let mut depth = 0_u32;
    let mut out = String::new();
    for c in text.chars() {
        match c {
            '(' => depth += 1,
            ')' => depth = depth.saturating_sub(1),
            _ if depth == 0 => out.push(c),
            _ => {}
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tally(passed: u64, failed: u64, skipped: u64) -> Tally {
        Tally { passed, failed, skipped }
    }

    #[test]
    fn nextest_counts_everything_that_is_not_passed_or_skipped_as_failed() {
        let said =
            "  Summary [   0.4s] 9 tests run: 6 passed (1 slow, 1 leaky), 2 failed, 1 timed out, 4 skipped\n  FAIL x";
        assert_eq!(nextest(said), Some(tally(6, 3, 4)));
        assert_eq!(nextest("     Summary [   0.012s] 1 test run: 1 passed, 0 skipped"), Some(tally(1, 0, 0)));
        assert_eq!(nextest("error: could not compile"), None);
    }

    #[test]
    fn vitest_counts_tests_not_files() {
        let said = " Test Files  1 failed | 3 passed (4)\n      Tests  1 failed | 24 passed | 2 skipped (27)\n";
        assert_eq!(vitest(said), Some(tally(24, 1, 2)));
        assert_eq!(vitest("      Tests  24 passed (24)"), Some(tally(24, 0, 0)));
    }

    #[test]
    fn doctests_of_all_crates_are_added_up() {
        let said = "test result: ok. 3 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.1s\n\
                    test result: FAILED. 1 passed; 2 failed; 0 ignored; 0 measured; 5 filtered out; finished in 0.1s";
        assert_eq!(doctests(said), Some(tally(4, 2, 1)));
        assert_eq!(doctests("nothing"), None);
    }

    #[test]
    fn the_closing_line_stands_alone() {
        assert_eq!(closing_line("it says 3 passed, 1 failed\n12 passed, 0 failed\n"), Some(tally(12, 0, 0)));
        assert_eq!(closing_line("2 passed, 1 failed, 5 skipped"), Some(tally(2, 1, 5)));
        assert_eq!(closing_line("no tests"), None);
    }

    #[test]
    fn a_runner_that_breaks_down_is_one_failure() {
        assert_eq!(Tally::default().ended(false), Tally::FAILED);
        assert_eq!(tally(3, 2, 0).ended(false), tally(3, 2, 0));
        assert_eq!(tally(3, 0, 0).ended(true), tally(3, 0, 0));
    }
}
