//! Databases for tests: a fresh one per test, gone when the test passes, kept and named when it fails.
//!
//! [`crate::db_test`] is the way in. PostgreSQL is taken from the server in [`POSTGRES_VARIABLE`]; a test that does not find
//! it fails and says how to run it, since a test that quietly passes on one engine says nothing about the other.

use std::{
    any::Any,
    fmt::Debug,
    fs,
    panic::{AssertUnwindSafe, resume_unwind},
    path::PathBuf,
    sync::Arc,
    sync::atomic::{AtomicU32, Ordering},
};

use futures::FutureExt;
use sea_orm::{ConnectOptions, ConnectionTrait, Database, DatabaseConnection};
use tokio::sync::Mutex;

use crate::{
    DbError, Engine, Group, Migration, Records, SqlText, Statements, Value,
    schema::{self, Table},
};

/// The environment variable with the address of a PostgreSQL server for tests.
pub const POSTGRES_VARIABLE: &str = "SEARCHLIGHT_TEST_POSTGRES";

/// One test's database.
#[derive(Clone, Debug)]
pub struct TestDb(Arc<Fresh>);

#[derive(Debug)]
struct Fresh {
    records: Records,
    url: String,
    place: Place,
}

#[derive(Debug)]
enum Place {
    Folder(PathBuf),
    Schema { server: String, name: String },
}

impl TestDb {
    /// The open records, migrated.
    #[must_use]
    pub fn records(&self) -> Records {
        self.0.records.clone()
    }

    /// The address, to open the same database again.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.0.url
    }

    /// The engine.
    #[must_use]
    pub fn engine(&self) -> Engine {
        self.0.records.engine()
    }

    /// Runs SQL through the writer, to prepare or break something; the number of rows it touched.
    ///
    /// # Panics
    /// When the statement fails.
    pub async fn execute(&self, sql: &str, values: impl IntoIterator<Item = Value>) -> u64 {
        let statements: Group<Statements> = self.0.records.group(Statements);
        statements.submit(SqlText::new(sql, values)).await.unwrap_or_else(|error| panic!("{sql}: {error}"))
    }
}

/// What a test body may return.
pub trait Verdict {
    /// Panics when the test failed.
    fn check(self);
}

impl Verdict for () {
    fn check(self) {}
}

impl<E: Debug> Verdict for Result<(), E> {
    fn check(self) {
        if let Err(error) = self {
            panic!("the test returned an error: {error:?}");
        }
    }
}

/// Runs a test body on a fresh database of this engine; what [`crate::db_test`] expands to.
///
/// # Panics
/// When the test fails, or there is no database to run it on.
pub fn run<B, F>(engine: Engine, name: &str, migrations: impl AsRef<[Migration]>, body: B)
where
    B: FnOnce(TestDb) -> F,
    F: Future<Output: Verdict>,
{
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .expect("a runtime for the test can be built");
    runtime.block_on(async {
        let db = fresh(engine, name, migrations.as_ref()).await;
        let ended = AssertUnwindSafe(async { body(db.clone()).await.check() }).catch_unwind().await;
        finish(db, ended).await;
    });
}

/// Compares what the two engines make of these migrations: tables, columns, kinds, nulls, keys and indexes. The application
/// calls it with the migrations of all slices.
///
/// # Panics
/// When they differ, naming the tables.
pub fn one_schema(name: &str, migrations: impl AsRef<[Migration]>) {
    let described = |engine| {
        let tables = Mutex::new(Vec::new());
        let describe = |db: TestDb| async move { schema::describe(&db.records()).await };
        run(engine, name, migrations.as_ref(), |db| async {
            *tables.lock().await = describe(db).await?;
            Ok::<_, DbError>(())
        });
        tables.into_inner()
    };
    let (sqlite, postgres) = (described(Engine::Sqlite), described(Engine::Postgres));
    let differ = |left: &[Table], right: &[Table]| -> Vec<Table> {
        left.iter().filter(|table| !right.contains(table)).cloned().collect()
    };
    let (left, right) = (differ(&sqlite, &postgres), differ(&postgres, &sqlite));
    assert!(left.is_empty() && right.is_empty(), "SQLite has {left:#?}\nPostgreSQL has {right:#?}");
}

async fn finish(db: TestDb, ended: Result<(), Box<dyn Any + Send>>) {
    db.records().close().await;
    match (ended, &db.0.place) {
        (Err(panic), _) => {
            eprintln!("the test's records are kept: {}", db.url());
            resume_unwind(panic);
        }
        // What cannot be removed is in nobody's way.
        (Ok(()), Place::Folder(folder)) => drop(fs::remove_dir_all(folder)),
        (Ok(()), Place::Schema { server, name }) => {
            let drop_it = format!("drop schema {name} cascade");
            admin(server).await.execute_unprepared(&drop_it).await.expect("the test's schema can be dropped");
        }
    }
}

async fn fresh(engine: Engine, name: &str, migrations: &[Migration]) -> TestDb {
    let name = unique(name);
    let (url, place) = match engine {
        Engine::Sqlite => {
            let folder = std::env::temp_dir().join("searchlight-tests").join(name);
            drop(fs::remove_dir_all(&folder));
            fs::create_dir_all(&folder).expect("a folder for the test can be made");
            (format!("sqlite:{}", folder.join("records.sqlite").display()), Place::Folder(folder))
        }
        Engine::Postgres => {
            let server = std::env::var(POSTGRES_VARIABLE).unwrap_or_else(|_| panic!("{NO_POSTGRES}"));
            let fresh = format!("drop schema if exists {name} cascade; create schema {name}");
            admin(&server).await.execute_unprepared(&fresh).await.expect("a schema for the test can be made");
            let mark = if server.contains('?') { '&' } else { '?' };
            (format!("{server}{mark}options=-c%20search_path%3D{name}"), Place::Schema { server, name })
        }
    };
    let records = Records::open(&url, migrations).await.unwrap_or_else(|error: DbError| panic!("{url}: {error}"));
    TestDb(Arc::new(Fresh { records, url, place }))
}

const NO_POSTGRES: &str = "this test needs a PostgreSQL server. Run `make test`, or start one around the tests: \
    `cargo run -p testkit --bin with-postgres -- cargo nextest run -p <crate>`. A server of your own goes into \
    SEARCHLIGHT_TEST_POSTGRES=postgres://user@host/database";

async fn admin(server: &str) -> DatabaseConnection {
    let mut options = ConnectOptions::new(server);
    options.max_connections(1).sqlx_logging(false);
    let connected = Database::connect(options).await;
    connected.unwrap_or_else(|error| panic!("the PostgreSQL server in {POSTGRES_VARIABLE} does not answer: {error}"))
}

/// A name for a folder or a schema, at most 60 letters; unique among the tests that run at this moment.
fn unique(name: &str) -> String {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let count = COUNT.fetch_add(1, Ordering::Relaxed);
    let letters: String =
        name.chars().map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '_' }).collect();
    // The end of a path says more than its beginning.
    let letters = &letters[letters.len().saturating_sub(40)..];
    format!("t{}_{count}_{letters}", std::process::id())
}
