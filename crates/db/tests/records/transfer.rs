//! Records are copied into a file of SQLite, whichever engine keeps them, and a copy fills new records.

use db::{DbError, Engine, Migration, Records, Row, Sql, db_test, testing::TestDb, values};

/// Every kind of column, keys of one and two columns, numbers the engine hands out, and more rows than are carried at once.
const MIGRATIONS: &[Migration] = &[Migration {
    name: "carried_0001_all_kinds",
    sql: "create table odd (
    workspace_id {bigint} not null,
    name {text} not null,
    count {bigint},
    share {double},
    good {bool},
    bytes {blob},
    words {text},
    primary key (workspace_id, name)
);
create table numbered (
    id {serial},
    word {text} not null
);
create table empty_one (
    id {bigint} not null primary key
)",
}];

const ROWS: i64 = 1_000;

/// Everything of the first table, in words.
async fn told(reads: &impl Sql) -> Vec<String> {
    let sql = "select workspace_id, name, count, share, good, bytes, words from odd order by workspace_id, name";
    let rows = reads.all(sql, values![]).await.expect("a query");
    let told = |row: &db::QueryResult| -> Result<String, DbError> {
        let (workspace, name): (i64, String) = (row.at(0)?, row.at(1)?);
        let (count, share): (Option<i64>, Option<f64>) = (row.at(2)?, row.at(3)?);
        let (good, bytes, words): (Option<bool>, Option<Vec<u8>>, Option<String>) =
            (row.at(4)?, row.at(5)?, row.at(6)?);
        Ok(format!("{workspace} {name} {count:?} {share:?} {good:?} {bytes:?} {words:?}"))
    };
    rows.iter().map(|row| told(row).expect("a row")).collect()
}

async fn filled(db: &TestDb) {
    for row in 0..ROWS {
        let (workspace, name) = (row % 3, format!("名-{}", row * 7_919 % ROWS));
        let values = match row % 2 {
            0 => values![
                workspace,
                name,
                i64::MIN + row,
                row as f64 / 3.0,
                row % 4 == 0,
                vec![0_u8, 255, row as u8],
                "a\"b'c\n"
            ],
            _ => values![workspace, name, None::<i64>, None::<f64>, None::<bool>, None::<Vec<u8>>, None::<String>],
        };
        let sql = "insert into odd (workspace_id, name, count, share, good, bytes, words) values ($1, $2, $3, $4, $5, $6, $7)";
        db.execute(sql, values).await;
    }
    for word in ["one", "two", "three"] {
        db.execute("insert into numbered (word) values ($1)", values![word]).await;
    }
    // The last number was handed out and is gone.
    db.execute("delete from numbered where word = 'three'", []).await;
}

#[db_test(migrations = MIGRATIONS)]
async fn a_copy_holds_everything_and_fills_new_records(db: TestDb) {
    filled(&db).await;
    let records = db.records();
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("copy.sqlite");
    let before = told(records.reads()).await;
    let copy = records.copy_to(&file).await.expect("a copy");
    assert_eq!(told(copy.reads()).await, before);
    copy.close().await;
    assert_eq!(before.len(), usize::try_from(ROWS).expect("a number"));

    // The copy is records by itself, and nothing is pending in it.
    let opened = Records::open(&format!("sqlite:{}", file.display()), MIGRATIONS).await.expect("it opens");
    assert_eq!((opened.engine(), told(opened.reads()).await), (Engine::Sqlite, before.clone()));
    opened.close().await;

    // Into where there is something, nothing is carried.
    let refused = records.fill_from(&file).await.expect_err("they are not empty");
    assert!(matches!(refused, DbError::NotEmpty { .. }), "{refused}");
    for table in ["odd", "numbered"] {
        db.execute(&format!("delete from {table}"), []).await;
    }
    records.fill_from(&file).await.expect("they are empty now");
    assert_eq!(told(records.reads()).await, before);
    db.execute("insert into numbered (word) values ('four')", []).await;
    let rows = records.reads().all("select id, word from numbered order by id", values![]).await.expect("a query");
    let rows: Vec<(i64, String)> =
        rows.iter().map(|row| (row.at(0).expect("an id"), row.at(1).expect("a word"))).collect();
    assert_eq!(
        rows,
        [(1, "one".to_owned()), (2, "two".to_owned()), (4, "four".to_owned())],
        "no number is given twice"
    );
}

#[db_test(migrations = MIGRATIONS)]
async fn a_copy_of_another_version_is_refused_and_changes_nothing(db: TestDb) {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("older.sqlite");
    let older = Records::open(&format!("sqlite:{}", file.display()), &[]).await.expect("it opens");
    older.close().await;
    let refused = db.records().fill_from(&file).await.expect_err("another version");
    assert!(matches!(refused, DbError::Schemas), "{refused}");
}
