//! Proof that the files are still what they were: all are read through again and again, at a gentle pace, and compared with
//! their checksums. Disks forget quietly, and a damaged file is best found while there is a backup that has it.

use std::collections::{BTreeMap, BTreeSet};

use kernel::Timestamp;

use crate::{Lake, LakeError, Options, error::chain};

/// What is known of a lake's files.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Health {
    /// Files that were read and found sound in the round that goes on.
    pub files_checked: u64,
    /// When all files had been read once, the last time.
    pub round_ended: Option<Timestamp>,
    /// Files of the lake that are damaged or missing, and what is wrong with each.
    pub damaged: BTreeMap<String, String>,
}

/// Reads a lake's files through, one at a time.
pub(crate) struct Proof {
    lake: Lake,
    bytes_per_sec: u64,
    /// Files that need not be read again in this round.
    checked: BTreeSet<String>,
    /// Not before then is the next file read.
    rests_until: Timestamp,
}

impl Proof {
    pub fn new(lake: Lake, options: Options) -> Self {
        let bytes_per_sec = options.verify_bytes_per_sec.max(1);
        Self { lake, bytes_per_sec, checked: BTreeSet::new(), rests_until: Timestamp(i64::MIN) }
    }

    /// Reads the next file, if the time has come.
    pub async fn go_on(&mut self, now: Timestamp) -> Result<(), LakeError> {
        if now < self.rests_until {
            return Ok(());
        }
        let manifest = self.lake.manifest();
        let Some(file) = manifest.files.iter().find(|file| !self.checked.contains(&file.path)) else {
            self.begin_again(now);
            return Ok(());
        };
        match self.lake.whole(file).await {
            Ok(_) => self.lake.health(|health| {
                health.files_checked += 1;
                health.damaged.remove(&file.path);
            }),
            Err(error @ (LakeError::Damaged { .. } | LakeError::Missing { .. })) => {
                tracing::error!(workspace = %self.lake.workspace, reason = chain(&error), "the lake has a bad file");
                self.lake.health(|health| {
                    health.damaged.insert(file.path.clone(), error.to_string());
                });
            }
            Err(refused) => return Err(refused),
        }
        self.checked.insert(file.path.clone());
        metrics::counter!("searchlight_lake_verified_bytes_total").increment(file.bytes);
        self.rests_until = now.plus_secs(i64::try_from(file.bytes / self.bytes_per_sec).unwrap_or(i64::MAX));
        self.measure();
        Ok(())
    }

    /// All files were read. A damaged one that was restored or compacted away is forgotten.
    fn begin_again(&mut self, now: Timestamp) {
        let manifest = self.lake.manifest();
        self.checked.clear();
        self.lake.health(|health| {
            health.files_checked = 0;
            health.round_ended = Some(now);
            health.damaged.retain(|path, _| manifest.files.iter().any(|file| file.path == *path));
        });
        // A small lake need not be read all the time.
        self.rests_until = now.plus_secs(ROUND_SECS_MIN);
        self.measure();
    }

    fn measure(&self) {
        let health = self.lake.known_health();
        let workspace = self.lake.workspace.to_string();
        let gauge = |name: &'static str, value: f64| metrics::gauge!(name, "workspace" => workspace.clone()).set(value);
        gauge("searchlight_lake_damaged_files", health.damaged.len() as f64);
        if let Some(ended) = health.round_ended {
            gauge("searchlight_lake_verified_timestamp_seconds", ended.secs() as f64);
        }
    }
}

/// A round is begun at most so often.
const ROUND_SECS_MIN: i64 = 3_600;
