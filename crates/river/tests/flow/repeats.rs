//! Repeats that come soon, and repeats that come when nobody remembers the first any more but the lake.

use std::sync::Arc;

use db::{Records, Row, Sql, db_test, testing::TestDb, values};
use kernel::{Handle, Offset};
use river::{Ask, Order, River};

use crate::support::{Bank, Book, append, caught_up, fact, migrations, record};

/// Appends facts one by one, each digested before the next comes, so that each is a slice of its own.
async fn one_by_one(river: &River, ids: &[String]) {
    for id in ids {
        append(river.log(), &[id]).await;
        caught_up(river).await;
    }
}

fn numbered(numbers: std::ops::Range<u32>) -> Vec<String> {
    numbers.map(|number| format!("m-{number}")).collect()
}

async fn slices(records: &Records) -> i64 {
    let row = records.reads().one("select count(*) from river_slice where workspace_id = $1", values![1_i64]).await;
    row.unwrap().unwrap().at(0).unwrap()
}

#[db_test(migrations = migrations())]
async fn a_repeat_is_dropped_before_and_after_its_first_is_let_go(records: Records) {
    let (bank, book) = (Bank::new(1), Arc::new(Book::default()));
    bank.reach.lock().ids_max = 5;
    let river = bank.start(&records, &book);
    let mut told = numbered(0..20);
    one_by_one(&river, &told).await;
    assert_eq!(slices(&records).await, 20, "nothing goes before the lake has it");
    bank.fill_lake(&river).await;
    one_by_one(&river, &numbered(20..40)).await;
    told.extend(numbered(20..40));
    let left = slices(&records).await;
    assert!((5..=26).contains(&left), "the first twenty are in the lake, and few of them are kept: {left}");
    // All of them again: the first ones are known to the lake alone.
    one_by_one(&river, &told).await;
    assert_eq!(book.ids(), told);

    // So it is after a start, when the window is read from the records.
    river.stop().await;
    drop(river);
    let book = Arc::new(Book::default());
    let river = bank.start(&records, &book);
    append(river.log(), &told.iter().rev().map(String::as_str).collect::<Vec<_>>()).await;
    append(river.log(), &["new"]).await;
    caught_up(&river).await;
    told.push("new".to_owned());
    assert_eq!(book.ids(), told);

    let ask = Ask { handles: None, event: None, order: Order::OldestFirst, after: None, limit: 100 };
    let page = river.timeline(ask).await.unwrap();
    assert_eq!(page.into_iter().map(|row| row.fact.message_id).collect::<Vec<_>>(), told, "none is told twice");
    river.stop().await;
}

#[db_test(migrations = migrations())]
async fn the_same_message_id_of_somebody_else_is_no_repeat_even_to_the_lake(records: Records) {
    let (bank, book) = (Bank::new(2), Arc::new(Book::default()));
    bank.reach.lock().ids_max = 0;
    let river = bank.start(&records, &book);
    one_by_one(&river, &numbered(0..4)).await;
    bank.fill_lake(&river).await;
    one_by_one(&river, &numbered(4..6)).await;
    assert!(slices(&records).await < 4);
    let mut elsewhere = fact("u", "m-0");
    elsewhere.source = "key:2".into();
    let stranger = fact("somebody never seen", "m-7");
    let again = fact("u", "m-0");
    river.log().append([elsewhere, stranger, again].iter().map(record).collect()).await.unwrap();
    caught_up(&river).await;
    assert_eq!(book.ids(), ["m-0", "m-1", "m-2", "m-3", "m-4", "m-5", "m-0", "m-7"]);
    river.stop().await;
}

#[db_test(migrations = migrations())]
async fn a_day_later_the_window_has_moved_on(db: TestDb) {
    let records = db.records();
    let (bank, book) = (Bank::new(3), Arc::new(Book::default()));
    let river = bank.start(&records, &book);
    one_by_one(&river, &numbered(0..8)).await;
    bank.fill_lake(&river).await;
    river.stop().await;
    drop(river);
    // Six of them were digested the day before yesterday.
    let two_days: i64 = 2 * 24 * 3_600_000_000;
    let sql = "update river_slice set digested_at = digested_at - $1 where first_offset < 7";
    db.execute(sql, values![two_days]).await;
    let book = Arc::new(Book::default());
    let river = bank.start(&records, &book);
    one_by_one(&river, &numbered(8..11)).await;
    assert_eq!(slices(&records).await, 5, "what is younger than a day stays");
    one_by_one(&river, &numbered(0..12)).await;
    assert_eq!(book.ids(), numbered(0..12));
    river.stop().await;
}

/// Records of version 0.1 have a row for every fact.
#[db_test(migrations = migrations())]
async fn what_an_older_version_booked_is_taken_over(db: TestDb) {
    let records = db.records();
    let (bank, book) = (Bank::new(4), Arc::new(Book::default()));
    let log = bank.open_log();
    append(&log, &["a", "b", "a", "c"]).await;
    db.execute("insert into guest (workspace_id, name, handle) values (1, 'u', 1)", []).await;
    let sql = "insert into river_offset (workspace_id, consumer, next_offset) values (1, 'records', 5)";
    db.execute(sql, []).await;
    for (offset, id) in [(1_i64, "a"), (2, "b"), (4, "c")] {
        let key = river::DedupKey::of(&fact("u", id)).0.to_vec();
        let sql = "insert into river_fact (workspace_id, fact_offset, dedup_key, handle, event) \
                   values (1, $1, $2, 1, 'Page Seen')";
        db.execute(sql, values![offset, key]).await;
    }
    let river = bank.start_on(log, &records, &book);
    append(river.log(), &["b", "d", "c"]).await;
    caught_up(&river).await;
    assert_eq!(book.lines(), [(1, "a"), (2, "b"), (4, "c"), (6, "d")].map(|(at, id)| (at, 1, id.to_owned())));
    let mut books = lake::Bookings::booked(&river.booked(), Offset(1)..Offset(9)).await.unwrap();
    assert_eq!(books.pop(), Some((Offset(6), Handle(1))));
    let left = records.reads().one("select count(*) from river_fact", []).await.unwrap().unwrap();
    assert_eq!(left.at::<i64>(0).unwrap(), 0);
    river.stop().await;
}
