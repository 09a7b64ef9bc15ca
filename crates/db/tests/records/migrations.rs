use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    path::PathBuf,
    sync::Mutex,
};

use db::{DbError, Engine, Migration, Records, Row, Sql, db_test, schema, testing::TestDb, values};

const FIRST: Migration =
    Migration { name: "a_0001_shelf", sql: "create table shelf (id {bigint} not null primary key)" };
const SECOND: Migration = Migration {
    name: "b_0001_book",
    sql: "create table book (id {bigint} not null primary key, shelf {bigint} not null references shelf (id));
create index book_by_shelf on book (shelf)",
};
const BETWEEN: Migration = Migration { name: "a_0002_floor", sql: "alter table shelf add column floor {bigint}" };
const BROKEN: Migration =
    Migration { name: "b_0002_broken", sql: "create table half (id {bigint} not null primary key);\nselekt" };

async fn names(records: &Records) -> Vec<String> {
    let rows = records.reads().all("select name from schema_migration order by applied_at, name", values![]).await;
    let names = rows.expect("readable").iter().map(|row| row.get("name")).collect::<Result<Vec<String>, _>>();
    names.expect("names").into_iter().filter(|name| !name.starts_with("records_")).collect()
}

#[db_test(migrations = [FIRST, SECOND])]
async fn migrations_run_once_and_a_later_one_may_stand_between(db: TestDb) {
    assert_eq!(names(&db.records()).await, ["a_0001_shelf", "b_0001_book"]);
    let before = schema::describe(&db.records()).await.expect("described");
    for _ in 0..2 {
        let again = Records::open(db.url(), &[FIRST, SECOND]).await.expect("nothing is left to do");
        assert_eq!(schema::describe(&again).await.expect("described"), before);
        again.close().await;
    }
    let newer = Records::open(db.url(), &[FIRST, BETWEEN, SECOND]).await.expect("the new one runs");
    assert_eq!(names(&newer).await, ["a_0001_shelf", "b_0001_book", "a_0002_floor"]);
    newer.close().await;
}

#[db_test(migrations = [FIRST, SECOND])]
async fn a_database_of_a_newer_version_is_refused(db: TestDb) {
    let error = Records::open(db.url(), &[FIRST]).await.expect_err("refused");
    assert!(matches!(&error, DbError::MigrationNewer { name } if name == "b_0001_book"), "{error}");
}

#[db_test(migrations = [FIRST])]
async fn a_migration_that_fails_leaves_nothing(db: TestDb) {
    let error = Records::open(db.url(), &[FIRST, SECOND, BROKEN]).await.expect_err("fails");
    assert!(matches!(&error, DbError::Migration { name: "b_0002_broken", .. }), "{error}");
    let tables = schema::describe(&db.records()).await.expect("described");
    let names: Vec<_> = tables.iter().map(|table| table.name.as_str()).collect();
    let left = ["audit_trail", "book", "outbox", "schema_migration", "shelf", "sticky_outcome"];
    assert_eq!(names, left, "those before it stay, half of it does not");
}

#[db_test(migrations = [FIRST])]
async fn two_nodes_may_migrate_at_once(db: TestDb) {
    let migrations = [FIRST, SECOND, BETWEEN];
    let open = || Records::open(db.url(), &migrations);
    let (one, other) = tokio::join!(open(), open());
    for records in [one.expect("one opens"), other.expect("the other opens")] {
        assert_eq!(names(&records).await.len(), 3);
        records.close().await;
    }
}

#[db_test]
async fn a_name_is_used_once(db: TestDb) {
    let error = Records::open(db.url(), &[FIRST, SECOND, FIRST]).await.expect_err("refused");
    assert!(matches!(error, DbError::MigrationTwice { name: "a_0001_shelf" }), "{error}");
}

#[test]
fn both_engines_have_one_schema() {
    db::testing::one_schema("both_engines_have_one_schema", [FIRST, SECOND, BETWEEN]);
}

#[test]
#[should_panic(expected = "whole")]
fn a_difference_between_the_schemas_is_found() {
    // INTEGER is 8 bytes on SQLite and 4 on PostgreSQL.
    let careless = Migration { name: "a_0001_whole", sql: "create table whole (number integer)" };
    db::testing::one_schema("a_difference_between_the_schemas_is_found", [careless]);
}

#[test]
fn an_address_says_what_is_wrong_and_keeps_its_password() {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    for url in ["mysql://root:secret@host/db", "sqlite::memory:", "sqlite:", "records.sqlite"] {
        let error = runtime.block_on(Records::open(url, &[])).expect_err("refused");
        assert!(matches!(error, DbError::Address { .. }), "{error}");
        assert!(!error.to_string().contains("secret"), "{error}");
    }
    let nobody = runtime.block_on(Records::open("postgres://nobody@127.0.0.1:1/none", &[])).expect_err("nobody there");
    assert!(matches!(nobody, DbError::Unavailable(_)), "{nobody:?}");
}

#[test]
fn a_failed_test_keeps_its_records() {
    let folder = Mutex::new(PathBuf::new());
    let failed = catch_unwind(AssertUnwindSafe(|| {
        db::testing::run(Engine::Sqlite, "a_failed_test_keeps_its_records", [FIRST], async |db: TestDb| {
            let file = db.url().strip_prefix("sqlite:").expect("a file").to_owned();
            *folder.lock().expect("one thread") = PathBuf::from(file).parent().expect("a folder").to_owned();
            Err("on purpose")
        });
    }));
    assert!(failed.is_err());
    let folder = folder.into_inner().expect("one thread");
    assert!(folder.join("records.sqlite").is_file());
    std::fs::remove_dir_all(folder).expect("removed");
}
