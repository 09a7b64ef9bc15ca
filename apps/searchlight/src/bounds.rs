//! How much goes into one file, and how often things are done.

/// Bounds of everything that is stored.
#[derive(Clone, Copy)]
pub struct Bounds {
    /// Of each log.
    pub log: factlog::Options,
    /// Of each lake.
    pub lake: lake::Options,
    /// Facts between two snapshots of live state.
    pub snapshot_every: u64,
    /// How far back repeats are told without asking the lake.
    pub reach: river::Reach,
}

impl Default for Bounds {
    fn default() -> Self {
        let (log, lake) = (factlog::Options::default(), lake::Options::default());
        Self { log, lake, snapshot_every: river::SNAPSHOT_EVERY, reach: river::Reach::default() }
    }
}

impl Bounds {
    /// So small that files are begun, merged, trimmed and removed all the time: what a test of crashes needs.
    pub fn small() -> Self {
        let log = factlog::Options { segment_bytes_max: 32 << 10, ..factlog::Options::default() };
        let lake = lake::Options {
            file_rows_max: 200,
            file_secs_max: 0,
            compact_files_min: 4,
            compact_rows_max: 3_000,
            grace_secs: 2,
            pause_millis: 15,
            ..lake::Options::default()
        };
        let reach = river::Reach { ids_max: 1_000, ..river::Reach::default() };
        Self { log, lake, snapshot_every: 300, reach }
    }
}
