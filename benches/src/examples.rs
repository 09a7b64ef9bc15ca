//! Measurements that live with the crate they measure, as examples of it: run, and their numbers taken over.

use std::process::Stdio;

use anyhow::{Context, ensure};
use tokio::process::Command;

use crate::report::{Report, verdict, whole};

/// Hops that are digested a second, what they weigh, and what is asked meanwhile.
pub async fn graph(quick: bool, report: &mut Report) -> anyhow::Result<()> {
    let hops = if quick { "300000" } else { "10000000" };
    let told = run("hops", &[hops]).await?;
    let number = |before: &str, after: &str| between(&told, before, after);
    let rate = number(" s: ", " hops/s")?;
    let bytes = number("\n", " bytes a hop grown")?;
    let trees = number("\n", " bytes a hop of them")?;
    let people = number("\n", " people,")?;
    let line = |what: &str| {
        let told =
            told.lines().find_map(|line| line.strip_prefix(what)?.trim_end_matches(" ms").trim().parse::<f64>().ok());
        told.with_context(|| format!("the example does not tell {what}"))
    };
    let (median, p99) = (line("best 50 KOCs meanwhile, median:")?, line("best 50 KOCs meanwhile, p99:")?);
    let restore = line("restore:")? / 1e3;
    let hops: f64 = hops.parse()?;
    let what = format!("graph, {} hops in batches of 2,000, in process", whole(hops));
    report.row(
        what.clone(),
        format!("{} hops/s", whole(rate)),
        format!("{:.0} bytes a person", bytes * hops / people),
        verdict("≥ 1,000,000 hops/s", rate >= 1e6),
    );
    report.row(
        format!("{what}: memory a hop"),
        format!("{bytes:.0} bytes"),
        format!("{trees:.0} of them the trees"),
        verdict("≤ 120, the trees ≤ 40", bytes <= 120.0 && trees <= 40.0),
    );
    report.row(
        format!("{what}: the 50 best KOCs meanwhile"),
        format!("p99 {p99:.2} ms"),
        format!("median {median:.2} ms"),
        verdict("< 1 ms", p99 < 1.0),
    );
    let need = if quick { String::new() } else { verdict("< 3 s", restore < 3.0) };
    report.row(format!("{what}: loading the snapshot"), format!("{restore:.2} s"), "", need);
    Ok(())
}

/// Timelines over ten million facts.
pub async fn timeline(report: &mut Report) -> anyhow::Result<()> {
    let told = run("timeline", &[]).await?;
    for line in told.lines().filter(|line| line.contains(" p95 ")) {
        let (what, times) = line.split_once("median").context("a line of the timeline example")?;
        let times = times.split_whitespace().collect::<Vec<_>>().join(" ");
        report.row(format!("timeline, ten million facts: {}", what.trim()), format!("median {times}"), "", "");
    }
    Ok(())
}

/// Runs an example that was built beside this program.
pub async fn run(name: &str, arguments: &[&str]) -> anyhow::Result<String> {
    let program = std::env::current_exe()?.with_file_name("examples").join(name);
    let ran = Command::new(&program).args(arguments).stderr(Stdio::inherit()).output().await;
    let ran = ran.with_context(|| format!("{} cannot be started; build the examples", program.display()))?;
    ensure!(ran.status.success(), "{} failed", program.display());
    Ok(format!("\n{}", String::from_utf8(ran.stdout)?))
}

/// The number before `after`, behind the last `before` in front of that.
fn between(text: &str, before: &str, after: &str) -> anyhow::Result<f64> {
    let upto = text.find(after).map(|at| &text[..at]);
    let number = upto.and_then(|upto| upto.rsplit(before).next());
    let number = number.with_context(|| format!("the example does not tell{after}"))?;
    number.trim().parse().with_context(|| format!("{number:?} before{after}"))
}
