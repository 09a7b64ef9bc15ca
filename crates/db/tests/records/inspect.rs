use db::{DbError, Engine, Migration, db_test, inspect, testing::TestDb};

const FIRST: &[Migration] =
    &[Migration { name: "shelf_0001_shelves", sql: "create table shelf (id {bigint} not null)" }];
const LATER: Migration = Migration { name: "shelf_0002_books", sql: "create table book (id {bigint} not null)" };

#[db_test(migrations = FIRST)]
async fn sound_records_are_found_sound_and_stay_as_they_are(db: TestDb) -> Result<(), DbError> {
    for _ in 0..2 {
        let found = inspect(db.url(), &[FIRST, &[LATER]].concat()).await?;
        assert_eq!((found.engine, found.pending, found.newer), (db.engine(), 1, None));
        assert!(found.problems.is_empty() && !found.version.is_empty(), "{:?} {}", found.problems, found.version);
        assert_eq!(found.clock.is_some(), found.engine == Engine::Postgres);
    }
    assert_eq!(inspect(db.url(), &[]).await?.newer.as_deref(), Some(FIRST[0].name));
    Ok(())
}

#[tokio::test]
async fn records_that_are_not_there_are_said_not_made() {
    assert!(inspect("sqlite:/nowhere/records.sqlite", FIRST).await.is_err());
    assert!(inspect("mysql://here", FIRST).await.is_err());
}
