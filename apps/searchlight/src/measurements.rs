//! What `/metrics` tells: one table of everything that is measured, and the measurements of the process itself.
//!
//! Labels come from small fixed sets (a route's pattern, a status, a brand's number): never a path, a name or an id somebody
//! sent.

use std::{fs, path::PathBuf, time::Duration};

use kernel::Timestamp;
use metrics::{describe_counter, describe_gauge, describe_histogram, gauge};
use metrics_exporter_prometheus::{BuildError, Matcher, PrometheusBuilder, PrometheusHandle};

/// How often the process and the disk are looked at.
const EVERY: Duration = Duration::from_secs(5);

/// Bounds of the times that are measured, from half a millisecond to half a minute.
const SECONDS: &[f64] = &[0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0];
/// Bounds of counts.
const COUNTS: &[f64] = &[1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0, 200.0, 500.0, 1000.0, 2000.0, 5000.0];

/// How a measurement is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Only ever grows, from 0 at the start of the process.
    Counter,
    /// Goes up and down.
    Gauge,
    /// How often values fell into which bounds.
    Histogram,
}

/// Everything that is measured. A test holds it against the code, and Grafana's board against it.
pub const ALL: &[(Kind, &str, &str)] = &[
    (Kind::Counter, "searchlight_capture_facts_total", "Facts accepted at the doors, durable"),
    (Kind::Counter, "searchlight_capture_rejected_total", "Facts rejected, by door"),
    (Kind::Counter, "searchlight_capture_waited_total", "Requests that waited for the log to take them, by door"),
    (
        Kind::Counter,
        "searchlight_capture_unanswered_total",
        "Requests left without an answer after they waited, by door",
    ),
    (Kind::Counter, "searchlight_http_limited_total", "Requests refused because their client asked too often"),
    (Kind::Counter, "searchlight_http_requests_total", "Requests answered, by operation and status"),
    (Kind::Histogram, "searchlight_http_seconds", "Time to answer a request, by operation"),
    (Kind::Counter, "searchlight_lake_appends_total", "Files written to the lake"),
    (Kind::Gauge, "searchlight_lake_bytes", "Bytes in the lake, by brand"),
    (Kind::Counter, "searchlight_lake_compactions_total", "Compactions of the lake"),
    (Kind::Gauge, "searchlight_lake_damaged_files", "Files whose checksum is wrong, by brand"),
    (Kind::Counter, "searchlight_lake_failures_total", "Times the lake could not be written"),
    (Kind::Gauge, "searchlight_lake_files", "Files in the lake, by brand"),
    (Kind::Gauge, "searchlight_lake_lag_facts", "Facts in the log that are not in the lake yet, by brand"),
    (Kind::Gauge, "searchlight_lake_rows", "Facts in the lake, by brand"),
    (Kind::Counter, "searchlight_lake_verified_bytes_total", "Bytes of the lake whose checksums were compared"),
    (Kind::Gauge, "searchlight_lake_verified_timestamp_seconds", "When all files were last compared, by brand"),
    (Kind::Counter, "searchlight_log_appended_bytes_total", "Bytes made durable in the fact log"),
    (Kind::Counter, "searchlight_log_appended_records_total", "Facts made durable in the fact log"),
    (Kind::Gauge, "searchlight_log_queue_appends", "Appends that wait for the disk"),
    (Kind::Gauge, "searchlight_log_queue_bytes", "Bytes that wait for the disk"),
    (Kind::Counter, "searchlight_log_refused_appends_total", "Appends refused, by reason"),
    (Kind::Gauge, "searchlight_log_start_offset", "The first fact that is still in the log, by brand"),
    (Kind::Histogram, "searchlight_log_sync_seconds", "Time to write and sync a group of the fact log"),
    (Kind::Counter, "searchlight_log_trims_total", "Times the log was trimmed behind the lake"),
    (Kind::Histogram, "searchlight_records_batch_commands", "Commands decided together, by decider"),
    (Kind::Histogram, "searchlight_records_commit_seconds", "Time to decide and commit a batch in the records"),
    (Kind::Counter, "searchlight_river_facts_total", "Facts digested"),
    (Kind::Gauge, "searchlight_river_lag_facts", "Facts in the log that are not digested yet, by brand"),
    (
        Kind::Gauge,
        "searchlight_river_window_facts",
        "Facts of which a repeat is told without asking the lake, by brand",
    ),
    (
        Kind::Gauge,
        "searchlight_river_horizon_timestamp_seconds",
        "Since when that is so, by brand; 0 while it is so of all facts there are",
    ),
    (Kind::Counter, "searchlight_river_repeats_total", "Facts that had been digested before and were dropped"),
    (Kind::Gauge, "searchlight_build_info", "1, with the version"),
    (Kind::Gauge, "searchlight_disk_free_bytes", "Free bytes where the data folder is"),
    (Kind::Gauge, "searchlight_disk_free_inodes", "Free inodes where the data folder is"),
    (Kind::Gauge, "searchlight_process_open_files", "Files and connections the process has open"),
    (Kind::Gauge, "searchlight_process_resident_bytes", "Memory of the process"),
    (Kind::Gauge, "searchlight_start_seconds", "When the process started, in seconds since 1970"),
];

/// Starts measuring. Once a process.
///
/// # Errors
/// When something measures already.
pub fn start() -> Result<PrometheusHandle, BuildError> {
    let handle = PrometheusBuilder::new()
        .set_buckets_for_metric(Matcher::Suffix("_seconds".to_owned()), SECONDS)?
        .set_buckets_for_metric(Matcher::Suffix("_commands".to_owned()), COUNTS)?
        .install_recorder()?;
    for (kind, name, what) in ALL {
        match kind {
            Kind::Counter => describe_counter!(*name, *what),
            Kind::Gauge => describe_gauge!(*name, *what),
            Kind::Histogram => describe_histogram!(*name, *what),
        }
    }
    gauge!("searchlight_build_info", "version" => env!("CARGO_PKG_VERSION")).set(1.0);
    Ok(handle)
}

/// Looks at the process and at the disk from time to time, for as long as the process lives.
pub async fn keep(handle: PrometheusHandle, folder: PathBuf, started: Timestamp) {
    gauge!("searchlight_start_seconds").set(started.secs() as f64);
    let mut due = tokio::time::interval(EVERY);
    loop {
        due.tick().await;
        let folder = folder.clone();
        let looked = tokio::task::spawn_blocking(move || (Disk::of(&folder).ok(), Process::now())).await;
        let Ok((disk, process)) = looked else { continue };
        if let Some(disk) = disk {
            gauge!("searchlight_disk_free_bytes").set(disk.free_bytes as f64);
            gauge!("searchlight_disk_free_inodes").set(disk.free_inodes as f64);
        }
        gauge!("searchlight_process_resident_bytes").set(process.resident_bytes as f64);
        gauge!("searchlight_process_open_files").set(process.open_files as f64);
        handle.run_upkeep();
    }
}

/// The file system a folder is on.
#[derive(Clone, Copy, Debug)]
pub struct Disk {
    /// What the process may still write.
    pub free_bytes: u64,
    /// All there is.
    pub total_bytes: u64,
    /// Files that can still be made.
    pub free_inodes: u64,
    /// 0 where the file system does not count them.
    pub total_inodes: u64,
}

impl Disk {
    /// Asks the system.
    ///
    /// # Errors
    /// When the folder is not there.
    pub fn of(folder: &std::path::Path) -> std::io::Result<Self> {
        let told = rustix::fs::statvfs(folder)?;
        Ok(Self {
            free_bytes: told.f_bavail.saturating_mul(told.f_frsize),
            total_bytes: told.f_blocks.saturating_mul(told.f_frsize),
            free_inodes: told.f_favail,
            total_inodes: told.f_files,
        })
    }
}

/// This process.
#[derive(Clone, Copy, Debug, Default)]
pub struct Process {
    /// Memory it holds.
    pub resident_bytes: u64,
    /// Files and connections it has open.
    pub open_files: u64,
}

impl Process {
    /// Asks the system; 0 where it does not tell.
    #[must_use]
    pub fn now() -> Self {
        let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
        let kib = status.lines().find_map(|line| line.strip_prefix("VmRSS:")?.split_whitespace().next()?.parse().ok());
        let open = fs::read_dir("/proc/self/fd").map_or(0, Iterator::count);
        Self { resident_bytes: kib.unwrap_or(0_u64) * 1024, open_files: open as u64 }
    }
}

#[cfg(test)]
mod tests {
    use std::{collections::BTreeSet, path::Path};

    use super::*;

    /// Every word that begins like a measurement of ours.
    fn named(text: &str) -> BTreeSet<String> {
        let starts = text.match_indices("searchlight_").map(|(at, _)| &text[at..]);
        let word = |rest: &str| rest.chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '_').collect();
        starts.map(word).collect()
    }

    fn sources(folder: &Path, found: &mut BTreeSet<String>) {
        for entry in fs::read_dir(folder).unwrap().map(Result::unwrap) {
            let path = entry.path();
            if path.is_dir() && !["tests", "examples", "benches"].contains(&entry.file_name().to_str().unwrap()) {
                sources(&path, found);
            } else if path.extension().is_some_and(|extension| extension == "rs") && !path.ends_with("measurements.rs")
            {
                let text = fs::read_to_string(&path).unwrap();
                let macros = ["counter!(", "gauge!(", "histogram!(", "gauge(\"", "counter(\"", "histogram(\""];
                let lines = text.lines().filter(|line| macros.iter().any(|name| line.contains(name)));
                found.extend(lines.flat_map(named));
            }
        }
    }

    #[test]
    fn the_table_names_everything_that_is_measured() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
        let mut found = BTreeSet::new();
        for of in ["crates", "domains", "apps"] {
            sources(&root.join(of), &mut found);
        }
        let table: BTreeSet<String> = ALL.iter().map(|(_, name, _)| (*name).to_owned()).collect();
        let missing: Vec<_> = found.difference(&table).collect();
        assert!(missing.is_empty(), "measured, but not in the table: {missing:?}");
        let own = ["searchlight_build", "searchlight_disk", "searchlight_process", "searchlight_start"];
        let gone = table.iter().filter(|name| !found.contains(*name) && !own.iter().any(|own| name.starts_with(own)));
        assert_eq!(gone.collect::<Vec<_>>(), Vec::<&String>::new(), "in the table, but not measured");
    }

    #[test]
    fn the_board_asks_for_what_is_measured() {
        let board = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../packaging/grafana/searchlight.json");
        let board: serde_json::Value = serde_json::from_str(&fs::read_to_string(board).unwrap()).unwrap();
        let panels = board["panels"].as_array().unwrap();
        let queries = panels.iter().flat_map(|panel| panel["targets"].as_array().into_iter().flatten());
        let mut asked = 0;
        for query in queries {
            for name in named(query["expr"].as_str().unwrap()) {
                let base = ["_bucket", "_sum", "_count"].iter().find_map(|of| name.strip_suffix(of)).unwrap_or(&name);
                let known = ALL.iter().find(|(_, known, _)| *known == base || *known == name);
                let (kind, ..) = known.unwrap_or_else(|| panic!("nothing measures {name}"));
                assert_eq!(*kind == Kind::Histogram, base != name, "{name}");
                asked += 1;
            }
        }
        assert!(asked >= 20, "the board asks for {asked} measurements");
    }
}
