//! A house is backed up with its records, whichever engine keeps them, and restored into either.

use std::path::Path;

use access::{Founding, NewStaff, Role};
use bytes::Bytes;
use db::{Engine, Row, Sql, db_test, testing::TestDb, values};
use facts::{Fact, Kind};
use kernel::{Offset, Timestamp, WorkspaceId};
use tokio::sync::mpsc;

use super::{Book, Teller, restore};
use crate::house::{House, Settings, migrations};

async fn open(folder: &Path, records_url: Option<String>) -> House {
    House::open(Settings::of_a_test(folder, records_url)).await.expect("the house opens")
}

fn teller() -> Teller {
    Teller(mpsc::unbounded_channel().0)
}

/// A brand that has seen three facts of two people.
async fn lived(house: &House) -> WorkspaceId {
    let staff = NewStaff {
        id: None,
        name: "林晓".try_into().expect("a name"),
        email: "lin@one.example".try_into().expect("an address"),
        password: "a long enough one".to_owned().try_into().expect("a password"),
        role: Role::Owner.into(),
        unit: None,
    };
    let name = "灯塔书店".try_into().expect("a name");
    let founding = Founding { name, units: Vec::new(), staff: vec![staff], keys: Vec::new() };
    let brand = house.access.found(founding).await.expect("founded").workspace;
    house.start_river(brand).await.expect("a river");
    let river = house.rivers().get(brand).expect("a river");
    let facts = ["a", "b", "a"].iter().enumerate().map(|(at, who)| {
        let fact = Fact {
            source: "key:1".into(),
            message_id: at.to_string(),
            kind: Kind::Track,
            event: "Page Seen".into(),
            user_id: Some((*who).into()),
            anonymous_id: None,
            ids: Vec::new(),
            timestamp: Timestamp::from_secs(1_790_000_000),
            original_timestamp: None,
            sent_at: None,
            received_at: Timestamp::from_secs(1_790_000_000),
            properties: facts::empty_object(),
            context: None,
        };
        Bytes::from(fact.to_log().expect("a fact can be written"))
    });
    river.log().append(facts.collect()).await.expect("durable");
    house.rivers().wait_for(brand, Some(Offset(3))).await.expect("digested");
    brand
}

/// What is told of a house after a restore, and that it goes on: a second brand gets a number of its own.
async fn is_whole(folder: &Path, records_url: Option<String>, brand: WorkspaceId) {
    let house = open(folder, records_url).await;
    let names: Vec<String> =
        house.access.workspaces().await.expect("brands").into_iter().map(|brand| brand.name).collect();
    assert_eq!(names, ["灯塔书店"]);
    house.rivers().wait_for(brand, Some(Offset(3))).await.expect("everything is there");
    let river = house.rivers().get(brand).expect("a river");
    assert_eq!((river.log().end(), river.ready()), (Offset(4), Ok(())));
    house.close().await;
}

/// Another database of the same engine, with nothing in it.
async fn another(db: &TestDb, folder: &Path) -> (String, Option<String>) {
    match db.engine() {
        Engine::Sqlite => (format!("sqlite:{}", folder.join("elsewhere.sqlite").display()), None),
        Engine::Postgres => {
            let (server, schema) = db.url().rsplit_once("%3D").expect("a schema in the address");
            let other = format!("{schema}_b");
            db.execute(&format!("create schema {other}"), []).await;
            (format!("{server}%3D{other}"), Some(other))
        }
    }
}

#[db_test(migrations = migrations())]
async fn a_backup_holds_the_records_of_either_engine_and_is_restored_into_either(db: TestDb) {
    let folder = tempfile::tempdir().expect("a folder");
    let path = |name: &str| folder.path().join(name);
    let house = open(&path("data"), Some(db.url().to_owned())).await;
    let brand = lived(&house).await;
    let book = house.back_up(&path("backup"), &teller()).await.expect("a backup");
    house.close().await;
    assert_eq!((book.records, book.facts()), (db.engine().into(), 3));
    assert_eq!(Book::read(&path("backup")).expect("a book"), book);

    restore(&path("backup"), &path("in-folder"), None, &teller()).await.expect("restored into the folder");
    is_whole(&path("in-folder"), None, brand).await;

    let (url, schema) = another(&db, folder.path()).await;
    restore(&path("backup"), &path("elsewhere"), Some(&url), &teller()).await.expect("restored into a database");
    assert!(!path("elsewhere").join("records.sqlite").exists(), "there are no second records");
    is_whole(&path("elsewhere"), Some(url.clone()), brand).await;

    // The trail of changes goes on behind the last number that was given.
    let records = db::Records::open(&url, &migrations()).await.expect("opens");
    let last = "select max(id) as id from audit_trail";
    let last = records.reads().one(last, values![]).await.expect("a query").expect("a row").get::<Option<i64>>("id");
    assert!(last.expect("a number").is_some_and(|id| id > 0), "the trail was carried too");
    records.close().await;

    // Nothing is overwritten, and no half data folder is left under the name.
    let refused = restore(&path("backup"), &path("again"), Some(&url), &teller()).await.expect_err("it is not empty");
    assert!(format!("{refused:#}").contains("nothing is overwritten"), "{refused:#}");
    assert!(std::fs::read_dir(path("again")).expect("the name was taken").next().is_none());
    if let Some(schema) = schema {
        db.execute(&format!("drop schema {schema} cascade"), []).await;
    }
}
