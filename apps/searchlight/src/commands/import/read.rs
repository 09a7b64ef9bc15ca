//! Files become batches: read, unpacked and translated on a thread of their own while the door is busy.

use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
    sync::{Arc, atomic::AtomicU64},
};

use anyhow::Context;
use capture::rules::table::{Line, Rows};
use chrono::FixedOffset;
use clap::ValueEnum;
use tokio::sync::mpsc;

use super::{
    item::Item,
    json,
    lines::{LINE_BYTES_MAX, Lines},
    table::{Columns, Mapping},
};

/// Facts and bytes a request carries; the door takes 2,500 and 4 MiB.
const BATCH_FACTS: usize = 2000;
const BATCH_BYTES: usize = 2 << 20;

/// How lines are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// By the first line.
    Auto,
    /// A fact a line, in our own words or in Segment's.
    Json,
    /// A table whose first line names the columns.
    Csv,
    /// A row of a cascade a line: cascade_id, node_id, parent_id, ts, seq.
    Cascades,
}

/// How a file is read.
pub struct How {
    pub format: Format,
    pub map: Vec<Mapping>,
    pub set: Vec<Mapping>,
    pub zone: FixedOffset,
    pub campaign: Option<String>,
    /// The name that message ids are made from.
    pub name: String,
    /// Lines that were done in an earlier run.
    pub done: u64,
}

/// A line that is sent, kept until the door has answered.
pub struct Sent {
    pub line: u64,
    pub text: String,
}

/// A line that is refused here already.
pub struct Refusal {
    pub line: u64,
    pub reason: String,
    pub text: String,
}

/// What goes through the door together.
#[derive(Default)]
pub struct Batch {
    /// A JSON array, without its closing bracket while it grows.
    pub body: Vec<u8>,
    pub sent: Vec<Sent>,
    pub refused: Vec<Refusal>,
    pub campaigns: Vec<String>,
    /// The last line that is in it.
    pub last_line: u64,
}

impl Batch {
    fn is_full(&self) -> bool {
        self.sent.len() + self.refused.len() >= BATCH_FACTS || self.body.len() >= BATCH_BYTES
    }

    fn refuse(&mut self, line: u64, reason: String, text: &[u8]) {
        self.refused.push(Refusal { line, reason, text: String::from_utf8_lossy(text).into_owned() });
    }

    fn send(&mut self, line: u64, item: &Item, text: String) {
        self.body.push(if self.sent.is_empty() { b'[' } else { b',' });
        self.body.extend_from_slice(item.json.as_bytes());
        self.sent.push(Sent { line, text });
    }
}

/// Reads a file to its end, or until nobody wants more of it.
pub fn read(path: &Path, how: How, bytes_read: Arc<AtomicU64>, batches: &mpsc::Sender<anyhow::Result<Batch>>) {
    let read = Reading { path: path.to_owned(), how, batches, batch: Batch::default(), campaigns: BTreeSet::new() };
    if let Err(error) = Lines::open(path, bytes_read).and_then(|lines| read.run(lines)) {
        // The receiver may be gone, and then knows better why.
        let _gone = batches.blocking_send(Err(error));
    }
}

struct Reading<'a> {
    path: PathBuf,
    how: How,
    batches: &'a mpsc::Sender<anyhow::Result<Batch>>,
    batch: Batch,
    /// Campaigns that are there, or asked for.
    campaigns: BTreeSet<String>,
}

/// Nobody wants more.
struct Unwanted;

impl Reading<'_> {
    fn run(mut self, lines: Lines) -> anyhow::Result<()> {
        let mut rows = Rows::new(lines);
        let mut columns = None;
        let mut format = self.how.format;
        loop {
            // Only in a table can a quoted cell go over lines.
            let next = if format == Format::Csv && columns.is_some() {
                rows.next_row()
            } else {
                rows.line()
                    .map(|line| line.map(|line| (line.number, line)))
                    .map(|line| line.map(|(last, line)| (line, last, false)))
            };
            let next = next
                .with_context(|| format!("{} breaks off behind line {}", self.path.display(), self.batch.last_line));
            let (line, last, open) = match next {
                Ok(Some(next)) => next,
                Ok(None) => break,
                // What came whole goes through the door before the trouble is told.
                Err(error) => {
                    let _gone = self.hand_over();
                    return Err(error);
                }
            };
            if format == Format::Auto && !line.bytes.iter().all(u8::is_ascii_whitespace) {
                format = guess(&line).with_context(|| self.path.display().to_string())?;
            }
            if format == Format::Csv && columns.is_none() {
                let header = Columns::new(&line.bytes, &self.how.map, &self.how.set, self.how.zone);
                let header = header.map_err(|reason| anyhow::anyhow!("{}, line 1: {reason}", self.path.display()))?;
                columns = Some(header);
                self.batch.last_line = last;
                continue;
            }
            if last > self.how.done {
                self.take(format, columns.as_ref(), line, open);
            }
            self.batch.last_line = last;
            if self.batch.is_full() && self.hand_over().is_err() {
                return Ok(());
            }
        }
        let _gone = self.hand_over();
        Ok(())
    }

    fn take(&mut self, format: Format, columns: Option<&Columns>, line: Line, open: bool) {
        let Line { number, bytes, too_long } = line;
        if bytes.iter().all(u8::is_ascii_whitespace) {
            return;
        }
        if too_long {
            let reason = format!("the line is longer than {} KiB", LINE_BYTES_MAX >> 10);
            return self.batch.refuse(number, reason, &bytes);
        }
        if open {
            return self.batch.refuse(number, "a quote is opened and never closed".to_owned(), &bytes);
        }
        let text = match String::from_utf8(bytes) {
            Ok(text) => text,
            Err(error) => {
                let reason = "the line is not UTF-8; convert the file first: iconv -f GB18030 -t UTF-8".to_owned();
                return self.batch.refuse(number, reason, error.as_bytes());
            }
        };
        let name = &self.how.name;
        let item = match (format, columns) {
            (Format::Csv, Some(columns)) => columns.fact(name, number, text.as_bytes()),
            (Format::Cascades, _) => json::cascade(name, number, &text, self.how.campaign.as_deref()),
            _ => json::fact(name, number, &text),
        };
        match item {
            Ok(item) => {
                if let Some(campaign) = &item.campaign
                    && self.campaigns.insert(campaign.clone())
                {
                    self.batch.campaigns.push(campaign.clone());
                }
                self.batch.send(number, &item, text);
            }
            Err(reason) => self.batch.refuse(number, reason, text.as_bytes()),
        }
    }

    fn hand_over(&mut self) -> Result<(), Unwanted> {
        let mut batch = std::mem::take(&mut self.batch);
        self.batch.last_line = batch.last_line;
        if !batch.sent.is_empty() {
            batch.body.push(b']');
        }
        self.batches.blocking_send(Ok(batch)).map_err(|_| Unwanted)
    }
}

/// The format of a file by its first line.
fn guess(line: &Line) -> anyhow::Result<Format> {
    let text = String::from_utf8_lossy(&line.bytes);
    Ok(match text.trim_start().as_bytes().first() {
        Some(b'{') if json::is_cascade(&text) => Format::Cascades,
        Some(b'{') => Format::Json,
        Some(b'[') => anyhow::bail!("one array over the whole file; write a fact a line: jq -c '.[]' FILE"),
        _ => Format::Csv,
    })
}
