//! Opens the pools: one connection that writes, several that only read.

use std::{
    fmt,
    path::{Path, PathBuf},
    time::Duration,
};

use sea_orm::{
    ConnectOptions, Database, DatabaseConnection, DbBackend,
    sqlx::sqlite::{SqliteJournalMode, SqliteSynchronous},
};

use crate::DbError;

/// Which engine keeps the records.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Engine {
    /// One file, WAL, synced before every answer.
    Sqlite,
    /// A server of its own.
    Postgres,
}

impl Engine {
    /// Most parameters one statement may carry.
    pub(crate) const fn parameters_max(self) -> usize {
        match self {
            Self::Sqlite => 32_766,
            Self::Postgres => 65_535,
        }
    }

    pub(crate) fn of(backend: DbBackend) -> Self {
        if backend == DbBackend::Postgres { Self::Postgres } else { Self::Sqlite }
    }
}

impl fmt::Display for Engine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Sqlite => "SQLite",
            Self::Postgres => "PostgreSQL",
        })
    }
}

/// Readers beside the writer. A SQLite reader is a thread, a PostgreSQL one a process of the server.
const READERS_SQLITE: u32 = 4;
const READERS_POSTGRES: u32 = 8;

/// Pages of the WAL that are carried over into the file at once. Keys of facts fall anywhere in their index: the longer the
/// WAL, the more often a page in it was written for several of them.
const WAL_PAGES: &str = "16384";

/// How long a statement waits for another process to let go of a SQLite file.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);

/// How long to wait for a connection: for a free reader, or for a server that does not answer.
const PATIENCE: Duration = Duration::from_secs(5);

/// Statements kept prepared per connection: every text of every slice, and the few sizes of its multi-row forms.
const STATEMENTS_PREPARED: usize = 500;

/// A PostgreSQL connection idle for longer is tried before it is used: the server may have been restarted meanwhile.
const IDLE_UNTRUSTED: Duration = Duration::from_secs(10);

pub(crate) struct Pools {
    pub(crate) engine: Engine,
    pub(crate) write: DatabaseConnection,
    pub(crate) reads: DatabaseConnection,
}

pub(crate) async fn open(url: &str) -> Result<Pools, DbError> {
    if let Some(path) = url.strip_prefix("sqlite:") {
        let path = sqlite_path(url, path)?;
        // The writer first: it creates the file and turns on WAL.
        let write = sqlite(&path, Role::Write).await?;
        let reads = sqlite(&path, Role::Read).await?;
        return Ok(Pools { engine: Engine::Sqlite, write, reads });
    }
    if url.starts_with("postgres://") || url.starts_with("postgresql://") {
        let url = url.replacen("postgresql://", "postgres://", 1);
        let write = postgres(&url, Role::Write).await?;
        let reads = postgres(&url, Role::Read).await?;
        return Ok(Pools { engine: Engine::Postgres, write, reads });
    }
    Err(DbError::Address { url: without_password(url) })
}

/// One pool that only reads, of records that are there already.
pub(crate) async fn open_to_read(url: &str) -> Result<DatabaseConnection, DbError> {
    match url.strip_prefix("sqlite:") {
        Some(path) => sqlite(&sqlite_path(url, path)?, Role::Read).await,
        None if url.starts_with("postgres://") || url.starts_with("postgresql://") => {
            postgres(&url.replacen("postgresql://", "postgres://", 1), Role::Read).await
        }
        None => Err(DbError::Address { url: without_password(url) }),
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Role {
    Write,
    Read,
    /// Reads, and copies the whole database into another file.
    Copy,
}

/// A connection that can copy the SQLite database at an address; `None` for another engine's.
pub(crate) async fn copier(url: &str) -> Result<Option<DatabaseConnection>, DbError> {
    match url.strip_prefix("sqlite:") {
        Some(path) => Ok(Some(sqlite(&sqlite_path(url, path)?, Role::Copy).await?)),
        None => Ok(None),
    }
}

/// A file nobody writes to.
pub(crate) async fn unchanging(path: &Path) -> Result<DatabaseConnection, DbError> {
    let mut options = options("sqlite:");
    let path = path.to_owned();
    options
        .max_connections(1)
        .map_sqlx_sqlite_opts(move |sqlite| sqlite.filename(&path).immutable(true).read_only(true));
    Ok(Database::connect(options).await?)
}

fn options(url: &str) -> ConnectOptions {
    let mut options = ConnectOptions::new(url);
    // Pinging before every use costs a third of a small statement.
    options.test_before_acquire(false).sqlx_logging(false).record_stmt_in_spans(false).acquire_timeout(PATIENCE);
    options
}

fn sqlite_path(url: &str, path: &str) -> Result<PathBuf, DbError> {
    let path = path.strip_prefix("//").unwrap_or(path);
    // In memory every connection would have a database of its own.
    if path.is_empty() || path.contains(":memory:") || path.contains('?') {
        return Err(DbError::Address { url: url.to_owned() });
    }
    Ok(PathBuf::from(path))
}

async fn sqlite(path: &Path, role: Role) -> Result<DatabaseConnection, DbError> {
    let mut options = options("sqlite:");
    let path = path.to_owned();
    options
        .max_connections(if role == Role::Read { READERS_SQLITE } else { 1 })
        .min_connections(1)
        .idle_timeout(None::<Duration>)
        .max_lifetime(None::<Duration>)
        .map_sqlx_sqlite_opts(move |sqlite| {
            let sqlite = sqlite
                .filename(&path)
                .busy_timeout(BUSY_TIMEOUT)
                .foreign_keys(true)
                .statement_cache_capacity(STATEMENTS_PREPARED)
                .pragma("temp_store", "memory");
            match role {
                Role::Write => sqlite
                    .create_if_missing(true)
                    .journal_mode(SqliteJournalMode::Wal)
                    .synchronous(SqliteSynchronous::Full)
                    .pragma("wal_autocheckpoint", WAL_PAGES)
                    .pragma("cache_size", "-65536"),
                Role::Read => sqlite.create_if_missing(false).pragma("query_only", "on"),
                Role::Copy => sqlite.create_if_missing(false),
            }
        });
    Ok(Database::connect(options).await?)
}

async fn postgres(url: &str, role: Role) -> Result<DatabaseConnection, DbError> {
    let mut options = options(url);
    options
        .max_connections(if role == Role::Write { 1 } else { READERS_POSTGRES })
        .min_connections(1)
        .test_before_acquire_if_idle_for(IDLE_UNTRUSTED)
        .set_application_name("searchlight")
        .map_sqlx_postgres_opts(move |postgres| {
            let postgres = postgres.statement_cache_capacity(STATEMENTS_PREPARED);
            match role {
                Role::Write | Role::Copy => postgres,
                Role::Read => postgres.options([("default_transaction_read_only", "on")]),
            }
        });
    Ok(Database::connect(options).await?)
}

/// The address as it may stand in a log or on a screen.
#[must_use]
pub fn without_password(url: &str) -> String {
    match (url.find("://"), url.rfind('@')) {
        (Some(scheme), Some(at)) if scheme + 3 <= at => format!("{}***{}", &url[..scheme + 3], &url[at..]),
        _ => url.to_owned(),
    }
}
