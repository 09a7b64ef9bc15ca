//! `searchlight import`: facts from files, through the same door as all others.
//!
//! Batches go one after the other, so that facts are taken in the order of the file, and no faster than the reader digests
//! them. What is acknowledged is noted beside the import: broken off, it goes on from there; and a line has the same
//! message id each time, so that a repeat is dropped by the reader.

mod door;
mod item;
mod json;
mod keep;
mod lines;
mod read;
mod table;

use std::{
    path::{Path, PathBuf},
    process::ExitCode,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use anyhow::ensure;
use chrono::FixedOffset;
use clap::Args;
use indicatif::{ProgressBar, ProgressStyle};
use serde_json::json;
use tokio::sync::mpsc;

use self::{
    door::Door,
    keep::{Progress, Refused, Rejects},
    read::{Batch, Format, How},
    table::Mapping,
};
use super::serve::say;

/// Batches that are ready while one is on its way.
const AHEAD: usize = 3;
/// The exit code when all was read and some lines were refused; 1 means that it broke off.
const SOME_REFUSED: u8 = 2;

/// Hand in facts from files to a running server.
#[derive(Args)]
pub struct Import {
    /// Files, plain or packed by gzip or zstd; `-` is standard input.
    #[arg(required = true)]
    files: Vec<PathBuf>,
    /// The server.
    #[arg(long, env = "SEARCHLIGHT_URL", default_value = "http://127.0.0.1:7700")]
    url: String,
    /// A secret key of the brand.
    #[arg(
        long,
        env = "SEARCHLIGHT_KEY",
        hide_env_values = true,
        required_unless_present = "dry_run",
        default_value = ""
    )]
    key: String,
    /// How lines are read.
    #[arg(long, value_enum, default_value_t = Format::Auto)]
    format: Format,
    /// For tables: which column is which field, such as user_id=会员号, properties.amount_minor:minor=金额. Readings: text,
    /// number, minor (39.90 is 3990), bool, json. Columns of known names need none; others become properties.
    #[arg(long, value_name = "FIELD[:READING]=COLUMN")]
    map: Vec<Mapping>,
    /// For tables: a value for every row, such as event="Order Paid".
    #[arg(long, value_name = "FIELD[:READING]=VALUE")]
    set: Vec<Mapping>,
    /// For tables: the zone of times that name none.
    #[arg(long, default_value = "+08:00", allow_hyphen_values = true)]
    zone: FixedOffset,
    /// For cascades: all of them are this campaign. Otherwise each is a campaign of its own.
    #[arg(long)]
    campaign: Option<String>,
    /// Where the list of refused lines is written, and how far the import has come.
    #[arg(long, default_value = ".")]
    out: PathBuf,
    /// Read and check everything, send nothing.
    #[arg(long)]
    dry_run: bool,
    /// How many seconds to wait for a server that does not answer.
    #[arg(long, default_value_t = 300)]
    patience: u64,
}

/// What became of the lines of a file.
#[derive(Default)]
struct Done {
    accepted: u64,
    rejected: u64,
    /// Lines an earlier run had done.
    lines_before: u64,
    rejects: Option<PathBuf>,
}

impl Import {
    pub async fn run(self) -> anyhow::Result<ExitCode> {
        let mut refused = false;
        let mut door = Door::new(&self.url, &self.key, Duration::from_secs(self.patience))?;
        for file in &self.files {
            let started = Started::now();
            let done = self.file(file, &mut door).await?;
            say(&json!({
                "file": file, "dry_run": self.dry_run, "accepted": done.accepted, "rejected": done.rejected,
                "lines_done_before": done.lines_before, "rejects": done.rejects,
                "seconds": (started.secs() * 1e3).round() / 1e3,
            }))?;
            refused |= done.rejected > 0;
        }
        Ok(if refused { ExitCode::from(SOME_REFUSED) } else { ExitCode::SUCCESS })
    }

    async fn file(&self, file: &Path, door: &mut Door) -> anyhow::Result<Done> {
        let from_pipe = file == Path::new("-");
        let name = if from_pipe { "stdin".to_owned() } else { name_of(file) };
        let beside = |kind: &str| self.out.join(format!("{name}.{kind}"));
        let notes = (!from_pipe && !self.dry_run).then(|| beside("import.json"));
        let mut progress = match &notes {
            Some(notes) => Progress::new(file, &self.settings())?.resumed(notes),
            None => Progress { of: String::new(), line: 0, accepted: 0, rejected: 0 },
        };
        let lines_before = progress.line;
        let mut rejects = Rejects::open(beside("rejects.jsonl"), lines_before > 0)?;

        let bytes_read = Arc::new(AtomicU64::new(0));
        let bar = bar(file, from_pipe);
        let mut batches = self.start_reading(file, &name, lines_before, &bytes_read);
        let (started, accepted_before) = (Started::now(), progress.accepted);
        let mut last_offset = None;
        while let Some(batch) = batches.recv().await {
            let batch = batch?;
            let counted = self.take(batch, door, &mut rejects, &mut progress, &bar).await?;
            last_offset = counted.or(last_offset);
            if let Some(notes) = &notes {
                progress.write(notes)?;
            }
            bar.set_position(bytes_read.load(Ordering::Relaxed));
            let this_run = progress.accepted - accepted_before;
            bar.set_message(format!("{} facts, {:.0}/s", progress.accepted, this_run as f64 / started.secs()));
        }
        if let Some(last) = last_offset {
            bar.set_message("the reader catches up");
            door.catch_up(last, &bar).await?;
        }
        if let Some(notes) = &notes {
            std::fs::remove_file(notes)?;
        }
        bar.finish_and_clear();
        let rejects = (progress.rejected > 0).then_some(rejects.path);
        Ok(Done { accepted: progress.accepted, rejected: progress.rejected, lines_before, rejects })
    }

    fn start_reading(
        &self,
        file: &Path,
        name: &str,
        done: u64,
        bytes_read: &Arc<AtomicU64>,
    ) -> mpsc::Receiver<anyhow::Result<Batch>> {
        let how = How {
            format: self.format,
            map: self.map.clone(),
            set: self.set.clone(),
            zone: self.zone,
            campaign: self.campaign.clone(),
            name: name.to_owned(),
            done,
        };
        let (ready, batches) = mpsc::channel(AHEAD);
        let (file, bytes_read) = (file.to_owned(), Arc::clone(bytes_read));
        std::thread::spawn(move || read::read(&file, how, bytes_read, &ready));
        batches
    }

    /// Hands in a batch and notes what became of it; the offset of its last fact.
    async fn take(
        &self,
        batch: Batch,
        door: &mut Door,
        rejects: &mut Rejects,
        progress: &mut Progress,
        bar: &ProgressBar,
    ) -> anyhow::Result<Option<u64>> {
        let Batch { body, sent, refused, campaigns, last_line } = batch;
        let mut lines: Vec<(u64, String, String)> =
            refused.into_iter().map(|refusal| (refusal.line, refusal.reason, refusal.text)).collect();
        let mut last_offset = None;
        let count = sent.len() as u64;
        let mut turned_away = Vec::new();
        if self.dry_run {
            turned_away = capture::complaints(&body);
        } else if !sent.is_empty() {
            for campaign in &campaigns {
                door.make_campaign(campaign, bar).await?;
            }
            let receipt = door.hand_in(body.into(), bar).await?;
            ensure!(receipt.accepted + receipt.rejected == count, "the server answered for other facts than were sent");
            last_offset = receipt.last_offset;
            turned_away = receipt.rejections();
        }
        progress.accepted += count - turned_away.len() as u64;
        for (index, reason) in turned_away {
            if let Some(line) = sent.get(index) {
                lines.push((line.line, reason, line.text.clone()));
            }
        }
        lines.sort_by_key(|(line, ..)| *line);
        let lines: Vec<Refused<'_>> =
            lines.iter().map(|(line, reason, text)| Refused { line: *line, reason, text }).collect();
        rejects.add(&lines)?;
        progress.rejected += lines.len() as u64;
        progress.line = last_line;
        Ok(last_offset)
    }

    /// What decides, beside the file, what is sent and where.
    fn settings(&self) -> String {
        let Self { url, format, map, set, zone, campaign, .. } = self;
        format!("{url} {format:?} {map:?} {set:?} {zone} {campaign:?}")
    }
}

/// The file's name without its folder and without what says how it is packed: packing it changes no message id.
fn name_of(file: &Path) -> String {
    let name = file.file_name().unwrap_or(file.as_os_str()).to_string_lossy();
    let plain = [".gz", ".zst"].iter().find_map(|packed| name.strip_suffix(packed));
    plain.unwrap_or(&name).to_owned()
}

/// A bar over the bytes of the file; a pipe has no end that is known.
fn bar(file: &Path, from_pipe: bool) -> ProgressBar {
    let bytes = std::fs::metadata(file).map_or(0, |about| about.len());
    let (bar, template) = if from_pipe {
        (ProgressBar::new_spinner(), "  {spinner} {bytes} {elapsed} {msg}")
    } else {
        (ProgressBar::new(bytes), "  {bar:40.yellow/blue} {bytes}/{total_bytes} {eta} {msg}")
    };
    if let Ok(style) = ProgressStyle::with_template(template) {
        bar.set_style(style);
    }
    bar
}

/// Measures how long an import takes, for the summary.
struct Started(Instant);

impl Started {
    #[expect(clippy::disallowed_methods, reason = "measures a duration for the summary; nothing is decided by it")]
    fn now() -> Self {
        Self(Instant::now())
    }

    fn secs(&self) -> f64 {
        self.0.elapsed().as_secs_f64()
    }
}
