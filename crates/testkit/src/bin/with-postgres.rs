//! Runs a command beside a PostgreSQL server of its own:
//!
//! ```text
//! cargo run -p testkit --bin with-postgres -- cargo nextest run -p db
//! ```
//!
//! The server lives in a temporary folder, its address is in `SEARCHLIGHT_TEST_POSTGRES`, and it is gone when the command has
//! ended, whose exit code is passed on. `--set fsync=on` before the command changes a setting, for measurements.

use std::{
    io,
    process::{ExitCode, ExitStatus},
};

use testkit::Postgres;
use tokio::{
    process::{Child, Command},
    signal::unix::{SignalKind, signal},
};

const USAGE: &str = "usage: with-postgres [--set name=value]... [--] <command> [argument]...";

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    match run().await {
        Ok(status) => ExitCode::from(u8::try_from(status.code().unwrap_or(1)).unwrap_or(1)),
        Err(error) => {
            eprintln!("{error}");
            ExitCode::from(2)
        }
    }
}

async fn run() -> Result<ExitStatus, Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1).peekable();
    let mut settings = Vec::new();
    while arguments.next_if(|argument| argument == "--set").is_some() {
        let setting = arguments.next().ok_or(USAGE)?;
        let (name, value) = setting.split_once('=').ok_or(USAGE)?;
        settings.push((name.to_owned(), value.to_owned()));
    }
    arguments.next_if(|argument| argument == "--");
    let program = arguments.next().ok_or(USAGE)?;

    let folder = tempfile::Builder::new().prefix("searchlight-postgres-").tempdir()?;
    let settings: Vec<(&str, &str)> = settings.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let server = Postgres::start_with(folder.path(), &settings)?;
    let mut command = Command::new(&program);
    command.args(arguments).env("SEARCHLIGHT_TEST_POSTGRES", server.url());
    let child = command.spawn().map_err(|error| format!("cannot run {program}: {error}"))?;
    let status = outlive(child).await?;
    server.stop()?;
    Ok(status)
}

/// Waits for the command, through an interrupt from the terminal too, which the command gets itself: the server must be
/// stopped after it.
async fn outlive(mut child: Child) -> io::Result<ExitStatus> {
    let mut interrupted = signal(SignalKind::interrupt())?;
    let mut terminated = signal(SignalKind::terminate())?;
    loop {
        tokio::select! {
            ended = child.wait() => return ended,
            _ = interrupted.recv() => {}
            _ = terminated.recv() => child.start_kill()?,
        }
    }
}
