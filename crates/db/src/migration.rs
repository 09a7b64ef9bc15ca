//! Migrations: each once, in order, in a transaction of its own.

use std::collections::BTreeSet;

use kernel::Clock;
use sea_orm::{
    ConnectionTrait, DatabaseConnection, DatabaseTransaction, SqliteTransactionMode, TransactionOptions,
    TransactionTrait,
};

use crate::{DbError, Engine, Row, Sql, audit, outbox, portable};

/// One step of the schema. Once shipped it never changes; what comes later is a new step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Migration {
    /// Unique over all slices: slice, number, what it brings, as in `identity_0001_handles`.
    pub name: &'static str,
    /// Statements, each but the last ended by `;` and a line break. Types are written `{text}`, `{bigint}`, `{bool}`,
    /// `{double}`, `{blob}`; `{serial}` is a bigint primary key the engine hands out, never twice. `{clustered}` behind a table says that its
    /// rows are narrow and lie in the order of their key where the engine can do so. Say `not null` on key
    /// columns too: SQLite lets nulls into a primary key.
    pub sql: &'static str,
}

const TABLE: &str = "create table if not exists schema_migration (
    name {text} not null primary key,
    applied_at {bigint} not null
)";

/// Two nodes may start at once on one PostgreSQL; the second waits here. Any number will do, as long as it stays.
const LOCK: &str = "select pg_advisory_xact_lock(4704661)";

/// The steps of the records themselves, which come first, and those of the slices.
pub(crate) fn with_own(slices: &[Migration]) -> Vec<Migration> {
    [outbox::MIGRATIONS, audit::MIGRATIONS, slices].concat()
}

pub(crate) async fn run(
    write: &DatabaseConnection,
    engine: Engine,
    migrations: &[Migration],
    clock: &dyn Clock,
) -> Result<(), DbError> {
    let mut names = BTreeSet::new();
    if let Some(twice) = migrations.iter().find(|migration| !names.insert(migration.name)) {
        return Err(DbError::MigrationTwice { name: twice.name });
    }
    let tx = begin(write, engine).await?;
    tx.execute_unprepared(&portable::types(TABLE, engine)).await?;
    tx.commit().await?;

    let applied = applied(write).await?;
    if let Some(unknown) = applied.iter().find(|name| !names.contains(name.as_str())) {
        return Err(DbError::MigrationNewer { name: unknown.clone() });
    }
    for migration in migrations.iter().filter(|migration| !applied.contains(migration.name)) {
        apply(write, engine, migration, clock)
            .await
            .map_err(|source| DbError::Migration { name: migration.name, source: Box::new(source) })?;
        tracing::info!(migration = migration.name, "migrated the records");
    }
    Ok(())
}

pub(crate) async fn applied(connection: &impl ConnectionTrait) -> Result<BTreeSet<String>, DbError> {
    connection.all("select name from schema_migration", []).await?.iter().map(|row| row.get("name")).collect()
}

async fn apply(
    write: &DatabaseConnection,
    engine: Engine,
    migration: &Migration,
    clock: &dyn Clock,
) -> Result<(), DbError> {
    let tx = begin(write, engine).await?;
    // Another node may have been quicker.
    if !applied(&tx).await?.contains(migration.name) {
        for statement in migration.sql.split(";\n").map(str::trim).filter(|statement| !statement.is_empty()) {
            tx.execute_unprepared(&portable::types(statement, engine)).await?;
        }
        tx.run(
            "insert into schema_migration (name, applied_at) values ($1, $2)",
            [migration.name.into(), clock.now().0.into()],
        )
        .await?;
    }
    tx.commit().await?;
    Ok(())
}

async fn begin(write: &DatabaseConnection, engine: Engine) -> Result<DatabaseTransaction, DbError> {
    let tx = write.begin_with_options(immediate(engine)).await?;
    if engine == Engine::Postgres {
        tx.execute_unprepared(LOCK).await?;
    }
    Ok(tx)
}

/// Transactions that write take SQLite's write lock at once, so that they wait for it instead of failing half-way.
pub(crate) fn immediate(engine: Engine) -> TransactionOptions {
    TransactionOptions {
        sqlite_transaction_mode: (engine == Engine::Sqlite).then_some(SqliteTransactionMode::Immediate),
        ..TransactionOptions::default()
    }
}
