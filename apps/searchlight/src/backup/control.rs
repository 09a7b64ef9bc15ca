//! The socket by which the person at the machine asks a running server for a backup: `control.sock` in the data folder. Only
//! the user the server runs as, and root, may use it; nothing of it is reachable over the network.
//!
//! One line of JSON asks; lines of JSON answer: how far it is, and at last what there is or why there is none.

use std::{
    fs::{self, Permissions},
    io,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    sync::Arc,
};

use anyhow::Context;
use serde::{Deserialize, Serialize};
use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader},
    net::{
        UnixListener, UnixStream,
        unix::{OwnedReadHalf, OwnedWriteHalf},
    },
    sync::{Mutex, mpsc},
};

use super::{Book, Teller, Told};
use crate::house::House;

const SOCKET: &str = "control.sock";

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Question {
    /// Take a backup into this folder.
    Backup(PathBuf),
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Answer {
    Told(Told),
    Done(Box<Book>),
    Refused(String),
}

/// Why a running server took no backup.
#[derive(Debug, thiserror::Error)]
pub enum Refused {
    /// Nobody is there to ask.
    #[error("no server is running on this data folder")]
    NotRunning,
    /// It was asked, and says why not.
    #[error("{0}")]
    Because(String),
}

/// Answers questions about a house until the future is dropped.
pub async fn serve(house: Arc<House>) {
    let path = house.file(SOCKET);
    let listener = match listen(&path) {
        Ok(listener) => listener,
        Err(error) => {
            // Most often the path is longer than a socket's may be.
            tracing::warn!(%error, path = %path.display(), "no backup can be taken while this server runs");
            return;
        }
    };
    let one_at_a_time = Arc::new(Mutex::new(()));
    loop {
        match listener.accept().await {
            Ok((stream, _)) => {
                let (house, turn) = (Arc::clone(&house), Arc::clone(&one_at_a_time));
                tokio::spawn(async move {
                    if let Err(error) = answer(stream, &house, &turn).await {
                        tracing::warn!(reason = format!("{error:#}"), "whoever asked for a backup is gone");
                    }
                });
            }
            Err(error) => {
                tracing::warn!(%error, "the control socket does not answer any more");
                return;
            }
        }
    }
}

/// The folder is locked by this process, so a socket that is there is a dead one's.
fn listen(path: &Path) -> io::Result<UnixListener> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let listener = UnixListener::bind(path)?;
    fs::set_permissions(path, Permissions::from_mode(0o600))?;
    Ok(listener)
}

async fn answer(stream: UnixStream, house: &House, turn: &Mutex<()>) -> anyhow::Result<()> {
    let (reading, mut writing) = stream.into_split();
    let mut lines = BufReader::new(reading).lines();
    let Some(line) = lines.next_line().await? else { return Ok(()) };
    let Question::Backup(target) = match serde_json::from_str(&line) {
        Ok(question) => question,
        Err(_) => return say(&mut writing, &Answer::Refused("this server does not know the question".into())).await,
    };
    let Ok(_turn) = turn.try_lock() else {
        return say(&mut writing, &Answer::Refused("another backup is being taken".into())).await;
    };
    let (teller, mut told) = mpsc::unbounded_channel();
    let teller = Teller(teller);
    let taken = house.back_up(&target, &teller);
    tokio::pin!(taken);
    let taken = loop {
        tokio::select! {
            taken = &mut taken => break taken,
            Some(told) = told.recv() => say(&mut writing, &Answer::Told(told)).await?,
            // Whoever asked has gone: nobody waits for it.
            _ = lines.next_line() => anyhow::bail!("the backup to {} was given up", target.display()),
        }
    };
    let last = match taken {
        Ok(book) => Answer::Done(Box::new(book)),
        Err(error) => {
            tracing::error!(reason = format!("{error:#}"), target = %target.display(), "no backup was taken");
            Answer::Refused(format!("{error:#}"))
        }
    };
    say(&mut writing, &last).await
}

async fn say(writing: &mut OwnedWriteHalf, answer: &Answer) -> anyhow::Result<()> {
    let mut line = serde_json::to_vec(answer)?;
    line.push(b'\n');
    Ok(writing.write_all(&line).await?)
}

/// Asks the server that runs on a data folder for a backup. Dropping the future gives it up.
pub async fn ask(data_dir: &Path, target: &Path, teller: &Teller) -> Result<Book, Refused> {
    let stream = UnixStream::connect(data_dir.join(SOCKET)).await.map_err(|_| Refused::NotRunning)?;
    let (reading, mut writing) = stream.into_split();
    let asked = converse(reading, &mut writing, target, teller).await;
    asked.unwrap_or_else(|error| Err(Refused::Because(format!("the server went away: {error:#}"))))
}

async fn converse(
    reading: OwnedReadHalf,
    writing: &mut OwnedWriteHalf,
    target: &Path,
    teller: &Teller,
) -> anyhow::Result<Result<Book, Refused>> {
    let mut question = serde_json::to_vec(&Question::Backup(target.to_owned()))?;
    question.push(b'\n');
    writing.write_all(&question).await?;
    let mut lines = BufReader::new(reading).lines();
    loop {
        let line = lines.next_line().await?.context("it did not finish")?;
        match serde_json::from_str(&line)? {
            Answer::Told(Told { stage, done, total }) => teller.tell(stage, done, total),
            Answer::Done(book) => return Ok(Ok(*book)),
            Answer::Refused(reason) => return Ok(Err(Refused::Because(reason))),
        }
    }
}
