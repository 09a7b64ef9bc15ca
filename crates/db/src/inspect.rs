//! Looking at records without changing them, also while a server writes to them.

use std::collections::BTreeSet;

use kernel::Timestamp;
use sea_orm::DatabaseConnection;

use crate::{DbError, Engine, Migration, Row, Sql, connect, migration};

/// What records are found to be.
#[derive(Clone, Debug)]
pub struct Inspection {
    /// Which engine keeps them.
    pub engine: Engine,
    /// The engine's version.
    pub version: String,
    /// What the engine itself finds wrong, in its words.
    pub problems: Vec<String>,
    /// A migration this program does not know: a newer one has been here.
    pub newer: Option<String>,
    /// Migrations that will run when the records are opened.
    pub pending: usize,
    /// The time on the engine's machine, when that is another one.
    pub clock: Option<Timestamp>,
}

/// Looks at the records at this address. SQLite reads its whole file for it.
///
/// # Errors
/// [`DbError`] when there are none, or they cannot be reached.
pub async fn inspect(url: &str, migrations: &[Migration]) -> Result<Inspection, DbError> {
    let reads = connect::open_to_read(url).await?;
    let engine = Engine::of(reads.get_database_backend());
    let found = look(&reads, engine, migrations).await;
    // Nothing is written on this pool; how it ends is of no consequence.
    let _ = reads.close().await;
    found
}

async fn look(reads: &DatabaseConnection, engine: Engine, migrations: &[Migration]) -> Result<Inspection, DbError> {
    let migrations = migration::with_own(migrations);
    let known: BTreeSet<&str> = migrations.iter().map(|migration| migration.name).collect();
    let applied = migration::applied(reads).await?;
    let (version, problems, clock) = match engine {
        Engine::Sqlite => {
            let version = text(reads, "select sqlite_version() as told").await?;
            let told = reads.all("pragma integrity_check(20)", []).await?;
            let told = told.iter().map(|row| row.get("integrity_check")).collect::<Result<Vec<String>, _>>()?;
            (version, told.into_iter().filter(|line| line != "ok").collect(), None)
        }
        Engine::Postgres => {
            let version = text(reads, "select current_setting('server_version') as told").await?;
            let now = "select (extract(epoch from clock_timestamp()) * 1000000)::bigint as told";
            let clock = reads.all(now, []).await?.first().map(|row| row.get("told")).transpose()?;
            (version, Vec::new(), clock.map(Timestamp))
        }
    };
    Ok(Inspection {
        engine,
        version,
        problems,
        newer: applied.iter().find(|name| !known.contains(name.as_str())).cloned(),
        pending: known.iter().filter(|name| !applied.contains(**name)).count(),
        clock,
    })
}

async fn text(reads: &DatabaseConnection, statement: &'static str) -> Result<String, DbError> {
    let rows = reads.all(statement, []).await?;
    rows.first().map(|row| row.get("told")).transpose().map(Option::unwrap_or_default)
}
