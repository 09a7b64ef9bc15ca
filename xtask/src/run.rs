//! Running a program so that one sees it work and can still count what it said.

use std::io::{Read, Write};
use std::process::{Command, Stdio};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use anyhow::{Context, Result};

/// No step of a healthy run comes near this; a step that hangs must not hold up the ones after it.
const STEP_MINUTES_MAX: u64 = 40;
/// A program may end while a stray child of it keeps the output open.
const OUTPUT_GRACE: Duration = Duration::from_secs(5);

/// How a program ended, and what it said without colours.
pub struct Ran {
    pub ok: bool,
    pub text: String,
}

/// Runs `command` with standard input closed, passing on what it says as it says it.
///
/// # Errors
/// When the program cannot be started. A program that fails is `ok: false`.
pub fn stream(command: &mut Command) -> Result<Ran> {
    let (reader, writer) = std::io::pipe()?;
    println!("$ {}", describe(command));
    command.stdin(Stdio::null()).stdout(writer.try_clone()?).stderr(writer);
    let mut child = command.spawn().with_context(|| format!("cannot start {}", command.get_program().display()))?;
    // `command` holds the writing ends until told otherwise, and the reader would wait for them.
    command.stdout(Stdio::null()).stderr(Stdio::null());

    let heard = Arc::new(Mutex::new(Vec::new()));
    let (said_all, output_ended) = mpsc::channel();
    let listener = Arc::clone(&heard);
    thread::spawn(move || {
        pass_on(reader, &listener);
        // Nobody listens any more when the grace has run out.
        let _ = said_all.send(());
    });
    let id = child.id();
    let (exited, exit) = mpsc::channel();
    thread::spawn(move || exited.send(child.wait()));

    let ended = match exit.recv_timeout(Duration::from_secs(STEP_MINUTES_MAX * 60)) {
        Err(RecvTimeoutError::Timeout) => {
            println!("stopped after {STEP_MINUTES_MAX} minutes");
            stop(id, "-TERM");
            let late = exit.recv_timeout(Duration::from_secs(20));
            late.or_else(|_| {
                stop(id, "-KILL");
                exit.recv()
            })
        }
        ended => ended.map_err(|_| mpsc::RecvError),
    };
    let status = ended.context("the wait for the program broke off")??;
    if output_ended.recv_timeout(OUTPUT_GRACE).is_err() {
        println!("a child of it is still running and holds its output open");
    }
    let text = plain(&heard.lock().unwrap_or_else(PoisonError::into_inner));
    Ok(Ran { ok: status.success(), text })
}

fn pass_on(mut reader: impl Read, heard: &Mutex<Vec<u8>>) {
    let mut chunk = [0; 8192];
    while let Ok(length @ 1..) = reader.read(&mut chunk) {
        let part = &chunk[..length];
        heard.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(part);
        let mut out = std::io::stdout().lock();
        // With our own output closed there is still a result to report through the exit code.
        let _ = out.write_all(part).and_then(|()| out.flush());
    }
}

fn stop(id: u32, signal: &str) {
    if let Err(error) = Command::new("kill").args([signal, &id.to_string()]).status() {
        println!("cannot stop process {id}: {error}");
    }
}

fn describe(command: &Command) -> String {
    let program = std::path::Path::new(command.get_program()).file_name().unwrap_or(command.get_program());
    let words = std::iter::once(program).chain(command.get_args());
    words.map(|word| word.to_string_lossy()).collect::<Vec<_>>().join(" ")
}

/// Text without terminal colours: `ESC [ … letter` is dropped.
fn plain(bytes: &[u8]) -> String {
    let text = String::from_utf8_lossy(bytes);
    let mut out = String::with_capacity(text.len());
    let mut rest = text.as_ref();
    while let Some(at) = rest.find("\u{1b}[") {
        out.push_str(&rest[..at]);
        let code = &rest[at + 2..];
        rest = code.find(|c: char| c.is_ascii_alphabetic()).map_or("", |end| &code[end + 1..]);
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_outputs_are_heard_and_the_exit_code_is_told() {
        let ran = stream(Command::new("sh").args(["-c", "echo one; echo two >&2; exit 3"])).unwrap();
        assert!(!ran.ok);
        assert_eq!(ran.text, "one\ntwo\n");
    }

    #[test]
    fn a_missing_program_is_an_error_that_names_it() {
        let error = stream(&mut Command::new("no-such-program")).err().map(|error| error.to_string());
        assert_eq!(error.as_deref(), Some("cannot start no-such-program"));
    }

    #[test]
    fn colours_are_dropped() {
        assert_eq!(plain(b"\x1b[32;1m3 passed\x1b[0m, \xe5\xba\x97"), "3 passed, 店");
    }
}
