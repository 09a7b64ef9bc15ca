//! `searchlight import` of a file into a new server, until everything in it is digested.

use std::{
    fs::File,
    io::{BufWriter, Write},
    path::Path,
    process::Stdio,
};

use anyhow::{Context, ensure};
use serde_json::Value;
use tokio::process::Command;

use crate::{
    load::Load,
    report::{Report, whole},
    server::{Server, program},
};

/// Imports so many facts.
pub async fn run(within: &Path, facts: u64, report: &mut Report) -> anyhow::Result<()> {
    let folder = tempfile::tempdir_in(within)?;
    let file = folder.path().join("facts.jsonl");
    write(&file, facts)?;
    let server = Server::start(within).await?;
    eprintln!("import of {facts} facts");
    let ended = Command::new(program()?)
        .args(["import", "--url", &server.url, "--out"])
        .arg(folder.path())
        .arg(&file)
        .env("SEARCHLIGHT_KEY", &server.key)
        .stderr(Stdio::inherit())
        .output()
        .await?;
    ensure!(ended.status.success(), "the import failed");
    let told: Value = serde_json::from_slice(&ended.stdout)?;
    let secs = told["seconds"].as_f64().context("an import tells how long it took")?;
    ensure!(told["accepted"] == facts, "not all facts were taken: {told}");
    report.row(
        format!("import of {} facts of 500 bytes from JSON lines, until the last is digested", whole(facts as f64)),
        format!("{} facts/s", whole(facts as f64 / secs)),
        "",
        "",
    );
    Ok(())
}

fn write(file: &Path, facts: u64) -> anyhow::Result<()> {
    let mut out = BufWriter::new(File::create(file)?);
    let mut load = Load::new(2, 0, 1);
    let mut fact = Vec::new();
    for _ in 0..facts {
        fact.clear();
        load.fact(&mut fact);
        fact.push(b'\n');
        out.write_all(&fact)?;
    }
    Ok(out.flush()?)
}
