//! `/api/v1/system`: what the console shows on 设置 → 系统, for the owner of a brand.

use std::{fs, path::Path, sync::Arc};

use axum::extract::{FromRef, State};
use factlog::RealDisk;
use kernel::{Clock, Timestamp, WorkspaceId};
use lake::{DiskStore, Lake};
use river::Rivers;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};
use web::{Authenticate, CanReadSystem, Json, Problem};

use crate::{
    config::Config,
    doctor::{self, Finding},
    measurements::{Disk, Process},
};

/// What the page is made from.
#[derive(Clone)]
pub struct System {
    pub config: Arc<Config>,
    pub clock: Arc<dyn Clock>,
    pub started: Timestamp,
    pub engine: db::Engine,
    pub rivers: Arc<Rivers>,
}

#[derive(Clone)]
struct Gated {
    system: System,
    gate: Arc<dyn Authenticate>,
}

impl FromRef<Gated> for Arc<dyn Authenticate> {
    fn from_ref(gated: &Gated) -> Self {
        Arc::clone(&gated.gate)
    }
}

/// How the installation is.
#[derive(Serialize, ToSchema)]
struct SystemStatus {
    /// The program's version.
    version: &'static str,
    /// When it started.
    #[schema(value_type = String, format = DateTime)]
    started_at: Timestamp,
    /// The moment of this answer.
    #[schema(value_type = String, format = DateTime)]
    at: Timestamp,
    /// Which engine keeps the records: SQLite or PostgreSQL.
    engine: String,
    /// Whether everything durable of this brand is digested.
    ready: bool,
    /// Memory of the process.
    memory_bytes: u64,
    stored: Stored,
    facts: BrandFacts,
    /// What the doctor saw at a glance; `searchlight doctor` looks at everything.
    findings: Vec<Finding>,
}

/// Bytes on disk, of all brands together.
#[derive(Serialize, ToSchema)]
struct Stored {
    /// Records, when they are in the data folder.
    records_bytes: Option<u64>,
    log_bytes: u64,
    lake_bytes: u64,
    /// Snapshots of live state.
    live_bytes: u64,
    /// Free where the data folder is.
    free_bytes: u64,
    /// All there is where the data folder is.
    total_bytes: u64,
}

/// How far this brand's facts have come.
#[derive(Serialize, ToSchema)]
#[schema(as = SystemFacts)]
struct BrandFacts {
    /// Accepted for ever.
    accepted: u64,
    /// Accepted, and not digested yet.
    waiting: u64,
    /// In the lake.
    in_lake: u64,
    /// Accepted, and not looked at for the lake yet.
    lake_waiting: u64,
    /// Files of the lake.
    lake_files: usize,
}

pub fn router(system: System, gate: Arc<dyn Authenticate>) -> OpenApiRouter {
    OpenApiRouter::default().routes(routes!(read)).with_state(Gated { system, gate })
}

/// How the installation is: version, space, lag, and what somebody should look at
#[utoipa::path(
    get, path = "/api/v1/system", tag = "system", operation_id = "system.status.read",
    responses((status = 200, body = SystemStatus)),
    extensions(("x-permission" = json!("read_system"))),
)]
async fn read(caller: CanReadSystem, State(gated): State<Gated>) -> Result<Json<SystemStatus>, Problem> {
    let System { config, clock, started, engine, rivers } = gated.system;
    let at = clock.now();
    let facts = facts(&config.data.folder, &rivers, caller.workspace).await?;
    let look = move || (stored(&config, engine), Process::now().resident_bytes, doctor::glance(&config, at));
    let (stored, memory_bytes, findings) = tokio::task::spawn_blocking(look).await.map_err(Problem::internal)?;
    Ok(Json(SystemStatus {
        version: env!("CARGO_PKG_VERSION"),
        started_at: started,
        at,
        engine: engine.to_string(),
        ready: facts.waiting == 0,
        memory_bytes,
        stored,
        facts,
        findings,
    }))
}

async fn facts(folder: &Path, rivers: &Rivers, workspace: WorkspaceId) -> Result<BrandFacts, Problem> {
    let river = rivers.get(workspace).ok_or(kernel::ErrorCode::NotFound)?;
    let end = river.log().end().0;
    let store = DiskStore::new(Arc::new(RealDisk), folder.join("lake"));
    let manifest = Lake::look(Arc::new(store), workspace).await.map_err(Problem::unavailable)?.manifest();
    Ok(BrandFacts {
        accepted: end - 1,
        waiting: end.saturating_sub(river.next_offset().0),
        in_lake: manifest.rows(),
        lake_waiting: end.saturating_sub(manifest.next_offset.0),
        lake_files: manifest.files.len(),
    })
}

fn stored(config: &Config, engine: db::Engine) -> Stored {
    let folder = &config.data.folder;
    let disk = Disk::of(folder).ok();
    let records = ["records.sqlite", "records.sqlite-wal"].iter();
    let records = records.filter_map(|name| fs::metadata(folder.join(name)).ok()).map(|about| about.len()).sum();
    Stored {
        records_bytes: (engine == db::Engine::Sqlite).then_some(records),
        log_bytes: size(&folder.join("log")),
        lake_bytes: size(&folder.join("lake")),
        live_bytes: size(&folder.join("live")),
        free_bytes: disk.map_or(0, |disk| disk.free_bytes),
        total_bytes: disk.map_or(0, |disk| disk.total_bytes),
    }
}

/// Bytes of all files below a folder; of one that is not there none.
fn size(folder: &Path) -> u64 {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let size_of = |entry: fs::DirEntry| match entry.metadata() {
        Ok(about) if about.is_dir() => size(&entry.path()),
        Ok(about) => about.len(),
        // Compacted away meanwhile.
        Err(_) => 0,
    };
    entries.map(size_of).sum()
}
