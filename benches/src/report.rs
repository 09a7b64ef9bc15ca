//! One table of what was measured, for people.

use std::{fmt::Write, fs, path::Path, process::Command};

use anyhow::Context;

use crate::{
    append::{Rates, Shape},
    http::Seen,
    machine,
};

/// The middle one; of an even number the lower of the two in the middle. 0 of none.
pub fn median(numbers: impl IntoIterator<Item = f64>) -> f64 {
    let mut numbers: Vec<f64> = numbers.into_iter().collect();
    numbers.sort_by(f64::total_cmp);
    share(&numbers, 0.5)
}

/// The number below which this share of sorted numbers lies.
pub fn share(sorted: &[f64], share: f64) -> f64 {
    let at = (sorted.len().saturating_sub(1) as f64 * share) as usize;
    sorted.get(at).copied().unwrap_or_default()
}

/// Rows of the table, in the order they were measured.
pub struct Report {
    about: Vec<String>,
    rows: Vec<[String; 4]>,
}

impl Report {
    /// An empty table about this machine.
    pub fn new(quick: bool, nats: Option<&Path>) -> Self {
        let mut about = machine::about();
        about.push(format!("Searchlight {} ({})", env!("CARGO_PKG_VERSION"), commit()));
        about.extend(nats.and_then(|program| first_line(Command::new(program).arg("--version"))));
        let psql = fs::read_dir("/usr/lib/postgresql").ok().into_iter().flatten().flatten();
        let newest = psql.filter_map(|version| version.file_name().to_str()?.parse::<u32>().ok()).max();
        about.extend(newest.map(|version| format!("PostgreSQL {version}")));
        if quick {
            about.push("**a quick look: short rounds, one of each**".to_owned());
        }
        Self { about, rows: Vec::new() }
    }

    /// Adds a row: what, how much, beside what, and whether that is enough.
    pub fn row(
        &mut self,
        what: impl Into<String>,
        result: impl Into<String>,
        beside: impl Into<String>,
        need: impl Into<String>,
    ) {
        let row = [what.into(), result.into(), beside.into(), need.into()];
        eprintln!("  {}", row.join(" | "));
        self.rows.push(row);
    }

    /// Rows about appends.
    pub fn append(&mut self, shape: Shape, rounds: &[Rates]) {
        let of = |pick: fn(&Rates) -> Option<f64>| median(rounds.iter().filter_map(pick));
        let ours = of(|rates| Some(rates.ours));
        let what = format!("append, {} × {} records of 500 bytes in flight", shape.in_flight, shape.records);
        // The rounds of one run were side by side: their ratios are truer than the ratio of the medians.
        let floor = median(rounds.iter().map(|rates| rates.ours / rates.floor));
        self.row(
            format!("{what}: our log"),
            format!("{} records/s", whole(ours)),
            format!("floor (write + fdatasync) {}: {:.0} %", whole(of(|rates| Some(rates.floor))), floor * 100.0),
            verdict("≥ 50 % of the floor", floor >= 0.5),
        );
        for (name, rate) in [
            ("NATS JetStream, sync_interval always", of(|rates| rates.nats)),
            ("PostgreSQL, one insert of many rows", of(|rates| rates.postgres)),
        ] {
            let beside = if rate > 0.0 { format!("ours is {:.1} ×", ours / rate) } else { "not measured".to_owned() };
            self.row(format!("{what}: {name}"), format!("{} records/s", whole(rate)), beside, "");
        }
    }

    /// Rows about facts through the door.
    pub fn http(&mut self, seen: &[Seen], paced: Option<f64>) {
        let of = |pick: fn(&Seen) -> f64| median(seen.iter().map(pick));
        let facts = of(|seen| seen.facts_per_sec);
        let worst = seen.iter().flat_map(|seen| seen.lags.last()).copied().fold(0.0, f64::max);
        let p99 = of(|seen| share(&seen.lags, 0.99));
        let how = paced.map_or("as fast as it goes".to_owned(), |rate| format!("paced at {}/s", whole(rate)));
        let need = |text: &str, enough: bool| if paced.is_some() { verdict(text, enough) } else { String::new() };
        let what = format!("HTTP, batches of 100 facts of 500 bytes, river live, {how}");
        self.row(
            format!("{what}: taken"),
            format!("{} facts/s", whole(facts)),
            format!(
                "answers p50 {:.1} ms, p99 {:.1} ms",
                of(|seen| share(&seen.answers, 0.5)) * 1e3,
                of(|seen| share(&seen.answers, 0.99)) * 1e3
            ),
            need("≥ 30,000 facts/s", paced.is_some_and(|rate| facts >= 0.99 * rate.max(30_000.0))),
        );
        self.row(
            format!("{what}: until it can be read"),
            format!("p99 {:.2} s, worst {worst:.2} s", p99),
            format!("p50 {:.3} s", of(|seen| share(&seen.lags, 0.5))),
            need("< 2 s at all times", worst < 2.0),
        );
        self.row(
            format!("{what}: processor time a fact"),
            format!("{:.1} µs server, {:.1} µs client", of(|seen| seen.cpu_micros.0), of(|seen| seen.cpu_micros.1)),
            format!("server holds {} MB at the end", of(|seen| seen.resident_bytes as f64) as u64 >> 20),
            "",
        );
    }

    /// The whole of it.
    pub fn markdown(&self) -> String {
        let mut text = self.about.iter().fold(String::new(), |text, line| text + "- " + line + "\n");
        text.push_str("\n| what | measured | beside it | needed |\n|---|---|---|---|\n");
        for row in &self.rows {
            let _ = writeln!(text, "| {} |", row.join(" | "));
        }
        text
    }

    /// Puts the table into a page, between its marks.
    pub fn write(&self, file: &Path) -> anyhow::Result<()> {
        let page = fs::read_to_string(file).with_context(|| format!("{} cannot be read", file.display()))?;
        let marks = (page.find(BEGIN), page.find(END));
        let (Some(begin), Some(end)) = marks else {
            anyhow::bail!("{} has no marks {BEGIN} and {END}", file.display());
        };
        let text = format!("{}{BEGIN}\n\n{}\n{}", &page[..begin], self.markdown(), &page[end..]);
        fs::write(file, text).with_context(|| format!("{} cannot be written", file.display()))
    }
}

const BEGIN: &str = "<!-- measured: begin -->";
const END: &str = "<!-- measured: end -->";

/// A need, and whether it is met.
pub fn verdict(need: &str, enough: bool) -> String {
    format!("{need}: {}", if enough { "yes" } else { "**no**" })
}

/// A number with its thousands apart.
pub fn whole(number: f64) -> String {
    let digits = format!("{:.0}", number.max(0.0));
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

fn commit() -> String {
    first_line(Command::new("git").args(["rev-parse", "--short", "HEAD"])).unwrap_or_else(|| "no repository".to_owned())
}

/// What a program says first.
pub fn first_line(command: &mut Command) -> Option<String> {
    let output = command.output().ok().filter(|output| output.status.success())?;
    String::from_utf8(output.stdout).ok()?.lines().next().map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_told_for_people() {
        assert_eq!(whole(1_234_567.4), "1,234,567");
        assert_eq!(whole(999.0), "999");
        assert_eq!(median([3.0, 1.0, 2.0]), 2.0);
        assert_eq!(median([]), 0.0);
        assert_eq!(share(&[1.0, 2.0, 3.0, 4.0, 5.0], 1.0), 5.0);
    }

    #[test]
    fn a_table_is_put_between_its_marks() {
        let folder = tempfile::tempdir().unwrap();
        let page = folder.path().join("page.md");
        fs::write(&page, format!("# Head\n{BEGIN}\nold\n{END}\nfoot\n")).unwrap();
        let mut report = Report { about: vec!["a machine".into()], rows: Vec::new() };
        report.row("a", "1", "2", verdict("more", false));
        report.write(&page).unwrap();
        let text = fs::read_to_string(&page).unwrap();
        assert!(text.starts_with("# Head\n") && text.ends_with("\nfoot\n") && !text.contains("old"), "{text}");
        assert!(text.contains("| a | 1 | 2 | more: **no** |"), "{text}");
        report.write(&page).unwrap();
        assert_eq!(fs::read_to_string(&page).unwrap(), text, "written again it is the same");
    }
}
