use db::{
    DbError, Engine, Migration, Records, Row, Sql, SqlText, Statements, Value, ViolationKind, WriteError, db_test,
    testing::TestDb, values,
};

const MIGRATIONS: &[Migration] = &[Migration {
    name: "sample_0001_kinds",
    sql: "create table sample (
    id {bigint} not null primary key,
    words {text},
    yes {bool},
    number {double},
    bytes {blob},
    whole {bigint},
    check (whole < 1000)
);
create table pair (a {bigint} not null, b {text} not null, n {bigint} not null, primary key (a, b))",
}];

#[db_test(migrations = MIGRATIONS)]
async fn every_kind_of_value_comes_back_as_it_was(db: TestDb) -> Result<(), DbError> {
    let insert = "insert into sample (id, words, yes, number, bytes, whole) values ($1, $2, $3, $4, $5, $6)";
    db.execute(insert, values![1_i64, "探照灯 'quoted' \"$1\"", true, 0.1_f64 + 0.2, vec![0_u8, 255, 10], -7_i64])
        .await;
    db.execute(insert, values![2_u32, "", false, f64::MAX, Vec::<u8>::new(), i64::MIN]).await;
    let nulls = values![3_u64, None::<String>, None::<bool>, None::<f64>, None::<Vec<u8>>, None::<i64>];
    db.execute(insert, nulls).await;

    let records = db.records();
    let rows = records.reads().all("select * from sample order by id", values![]).await?;
    assert_eq!(rows[0].get::<String>("words")?, "探照灯 'quoted' \"$1\"");
    assert!(rows[0].get::<bool>("yes")?);
    assert_eq!(rows[0].get::<f64>("number")?.to_bits(), (0.1_f64 + 0.2).to_bits());
    assert_eq!(rows[0].get::<Vec<u8>>("bytes")?, [0, 255, 10]);
    assert_eq!(rows[0].get::<i64>("whole")?, -7);
    assert_eq!(rows[1].get::<String>("words")?, "", "an empty text is no null");
    assert!(!rows[1].get::<bool>("yes")?);
    assert_eq!(rows[1].get::<Vec<u8>>("bytes")?, [0_u8; 0]);
    assert_eq!(rows[1].get::<i64>("whole")?, i64::MIN);
    assert_eq!(rows[2].get::<Option<String>>("words")?, None);
    assert_eq!(rows[2].get::<Option<bool>>("yes")?, None);
    assert_eq!(rows[2].get::<Option<f64>>("number")?, None);
    assert_eq!(rows[2].get::<Option<Vec<u8>>>("bytes")?, None);
    assert_eq!(rows[2].get::<Option<i64>>("whole")?, None);
    assert!(matches!(rows[2].get::<i64>("whole"), Err(DbError::Corrupt { .. })));
    Ok(())
}

#[db_test(migrations = MIGRATIONS)]
async fn a_placeholder_may_occur_twice(db: TestDb) -> Result<(), DbError> {
    db.execute("insert into sample (id, whole, words) values ($1, $1, $2)", values![5_i64, "five"]).await;
    let sql = "select id from sample where words = $2 and id = $1 and whole = $1";
    let records = db.records();
    assert!(records.reads().one(sql, values![5_i64, "five"]).await?.is_some());
    // The same text with a narrower number must not be read with the wider one's type.
    assert!(records.reads().one(sql, values![5_u8, "five"]).await?.is_some());
    assert!(records.reads().one(sql, values![6_i64, "five"]).await?.is_none());
    Ok(())
}

#[db_test(migrations = MIGRATIONS)]
async fn text_is_compared_by_its_bytes(db: TestDb) -> Result<(), DbError> {
    for (id, words) in [(1_i64, "b"), (2, "B"), (3, "a"), (4, "ä"), (5, "探")] {
        db.execute("insert into sample (id, words) values ($1, $2)", values![id, words]).await;
    }
    let rows = db.records().reads().all("select words from sample order by words", values![]).await?;
    let words: Vec<String> = rows.iter().map(|row| row.at(0)).collect::<Result<_, _>>()?;
    assert_eq!(words, ["B", "a", "b", "ä", "探"]);
    Ok(())
}

/// Runs what needs a transaction of its own, as a command.
mod bulk {
    use async_trait::async_trait;
    use db::{DbError, Decider, Row, Sql, Tx, Value, values};

    pub const ROWS: i64 = 40_000;

    pub struct Bulk;

    #[async_trait]
    impl Decider for Bulk {
        type Command = ();
        type Outcome = ();

        fn name(&self) -> &'static str {
            "bulk"
        }

        async fn decide(&self, tx: &Tx, commands: &[()]) -> Result<Vec<()>, DbError> {
            let rows = |from: i64| (from..ROWS).flat_map(|n| values![n % 7, format!("row {n}"), n]).collect();
            let head = "insert into pair (a, b, n)";
            assert_eq!(tx.insert_rows(head, 3, rows(0), "").await?, ROWS as u64);
            let again = tx.insert_rows(head, 3, rows(ROWS - 10), "on conflict do nothing").await?;
            assert_eq!(again, 0);

            let wanted: Vec<Value> = (0..ROWS).step_by(3).map(Value::from).collect();
            let found =
                tx.all_in("select n from pair where n < $1 and n in ({list})", values![30_000_i64], 1, wanted).await?;
            assert_eq!(found.len(), 10_000);

            let keys = || (0..1300_i64).flat_map(|n| values![n % 7, format!("row {n}")]).collect::<Vec<_>>();
            let sql = "update pair set n = n + $1 where (a, b) in (values {rows}) and n >= $2";
            assert_eq!(tx.run_in(sql, values![1_000_000_i64, 0_i64], 2, keys()).await?, 1300);

            let sql = "with new (a, b, n) as (values {rows})
                update pair set n = new.n + $1 from new where pair.a = new.a and pair.b = new.b";
            let news = (0..1000_i64).flat_map(|n| values![n % 7, format!("row {n}"), 2_000_000 + n]).collect();
            assert_eq!(tx.run_in(sql, values![1_i64], 3, news).await?, 1000);
            let sql = "select n from pair where a = $1 and b = $2";
            let row = tx.one(sql, values![999_i64 % 7, "row 999"]).await?.expect("there");
            assert_eq!(row.get::<i64>("n")?, 2_001_000);
            assert_eq!(
                tx.run_in("delete from pair where (a, b) in (values {rows})", values![], 2, keys()).await?,
                1300
            );
            assert_eq!(tx.run_in("delete from pair where n in ({list})", values![], 1, Vec::new()).await?, 0);
            Ok(vec![(); commands.len()])
        }
    }
}

#[db_test(migrations = MIGRATIONS)]
async fn many_rows_go_past_the_engines_limits(records: Records) {
    records.group(bulk::Bulk).submit(()).await.expect("done");
    let count =
        records.reads().one("select count(*) as n from pair", values![]).await.expect("readable").expect("a row");
    assert_eq!(count.get::<i64>("n").expect("a number"), bulk::ROWS - 1300);
}

#[db_test(migrations = MIGRATIONS)]
async fn violations_are_told_apart(db: TestDb) {
    db.execute("insert into pair (a, b, n) values ($1, $2, $3)", values![1_i64, "x", 1_i64]).await;
    let group = db.records().group(Statements);
    let pair = "insert into pair (a, b, n) values ($1, $2, $3)";
    let cases: [(&str, Vec<Value>, ViolationKind); 4] = [
        (pair, values![1_i64, "x", 1_i64].into(), ViolationKind::Unique),
        (pair, values![1_i64, None::<String>, 1_i64].into(), ViolationKind::NotNull),
        ("insert into sample (id, whole) values ($1, $2)", values![1_i64, 1000_i64].into(), ViolationKind::Check),
        ("insert into sample (id) values ($1)", values![u64::MAX].into(), ViolationKind::Value),
    ];
    for (sql, values, kind) in cases {
        let error = group.submit(SqlText::new(sql, values)).await.expect_err("refused");
        assert_eq!(error.violation(), Some(kind), "{error}");
    }
    let nul = group.submit(SqlText::new(pair, values![2_i64, "a\0b", 1_i64])).await;
    match db.engine() {
        Engine::Sqlite => assert_eq!(nul.expect("SQLite takes it"), 1),
        Engine::Postgres => assert_eq!(nul.expect_err("refused").violation(), Some(ViolationKind::Value)),
    }
    let mistake = group.submit(SqlText::new("insert into nowhere values (1)", values![])).await;
    assert!(matches!(mistake, Err(WriteError::Failed(_))), "{mistake:?}");
}

#[db_test(migrations = MIGRATIONS)]
async fn readers_cannot_write(records: Records) {
    let error = records.reads().run("delete from pair", values![]).await.expect_err("refused");
    assert!(!error.is_constraint(), "{error}");
}
