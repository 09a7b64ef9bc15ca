//! Databases that are away, logs that are not what they should be, and a reader too many.

use std::{sync::Arc, time::Duration};

use bytes::Bytes;
use db::{DbError, Records, db_test, testing::TestDb};
use kernel::{Offset, WorkspaceId};
use river::{DedupKey, Digested, Record, Slice};

use crate::support::{
    BRAND, Bank, Book, PATIENCE, append, caught_up, fact, halted, migrations, record, unreachable_records, until,
};

#[db_test(migrations = migrations())]
async fn two_readers_of_one_brand_are_one_too_many(records: Records) {
    let bank = Bank::new(1);
    let log = bank.open_log();
    let books = [Arc::new(Book::default()), Arc::new(Book::default())];
    let rivers = books.each_ref().map(|book| bank.start_on(Arc::clone(&log), &records, book));
    for river in &rivers {
        river.wait_for(None, PATIENCE).await.unwrap();
    }
    let has_halted = |at: usize| rivers[at].ready().is_err_and(|reason| reason.contains("does another server run"));
    let mut told = Vec::new();
    while !has_halted(0) && !has_halted(1) {
        told.push(format!("m-{}", told.len()));
        append(&log, &[told.last().unwrap()]).await;
        let last = Offset(log.end().0 - 1);
        until(|| (0..2).all(|at| rivers[at].next_offset() > last || has_halted(at))).await;
    }
    let left = usize::from(has_halted(0));
    append(&log, &["the last"]).await;
    told.push("the last".into());
    caught_up(&rivers[left]).await;
    assert_eq!(books[left].ids(), told, "the other goes on as if nothing had been");
    assert!(has_halted(1 - left));
}

#[db_test(migrations = migrations())]
async fn records_that_are_away_for_a_while_cost_time_and_no_fact(records: Records) {
    let (bank, book) = (Bank::new(2), Arc::new(Book::default()));
    let river = bank.start(&records, &book);
    append(river.log(), &["a"]).await;
    caught_up(&river).await;
    bank.guests.fail_with([unreachable_records(), unreachable_records()]);
    append(river.log(), &["b", "a", "c"]).await;
    until(|| bank.guests.failed() == 1 && river.ready().is_err_and(|reason| reason.contains("waits"))).await;
    let reason = river.ready().unwrap_err();
    assert!(reason.contains("waits at offset 2 of 5") && reason.contains("the test says so"), "{reason}");
    river.wait_for(None, PATIENCE).await.expect("what is folded may still be read");
    append(river.log(), &["d"]).await;
    caught_up(&river).await;
    assert_eq!(bank.guests.failed(), 2);
    assert_eq!(book.ids(), ["a", "b", "c", "d"]);
    river.stop().await;
}

#[db_test(migrations = migrations())]
async fn what_was_stored_although_it_was_reported_as_failed_is_not_digested_twice(records: Records) {
    let (bank, book) = (Bank::new(3), Arc::new(Book::default()));
    let river = bank.start(&records, &book);
    append(river.log(), &["a"]).await;
    caught_up(&river).await;
    bank.guests.fail_with([unreachable_records()]);
    append(river.log(), &["b", "c"]).await;
    until(|| bank.guests.failed() == 1).await;
    // The commit has arrived after all: what the reader sees of it is the same as if we had stored it.
    let arrived = bank.digest(&records).submit(slice(&[(2, "b"), (3, "c")])).await.unwrap();
    assert!(matches!(arrived, Digested::Now { batch, .. } if batch.next == Offset(4)));
    append(river.log(), &["d"]).await;
    caught_up(&river).await;
    assert_eq!(book.lines(), ["a", "b", "c", "d"].map(|id| (u64::from(id.as_bytes()[0] - b'a') + 1, 1, id.to_owned())));
    river.stop().await;
}

#[db_test(migrations = migrations())]
async fn a_commit_of_the_server_before_may_arrive_late(records: Records) {
    let (bank, book) = (Bank::new(4), Arc::new(Book::default()));
    let log = bank.open_log();
    let river = bank.start_on(Arc::clone(&log), &records, &book);
    river.wait_for(None, PATIENCE).await.unwrap();
    // It has asked where records stand; now they move.
    bank.digest(&records).submit(slice(&[(1, "a")])).await.unwrap();
    append(&log, &["a", "b"]).await;
    caught_up(&river).await;
    assert_eq!(book.ids(), ["a", "b"]);
    river.stop().await;
}

fn slice(told: &[(u64, &str)]) -> Arc<Slice> {
    let records = told.iter().map(|(offset, id)| {
        let fact = fact("u", id);
        let (typed, key) = (fact.typed().unwrap(), DedupKey::of(&fact));
        Arc::new(Record { offset: Offset(*offset), fact, typed, key })
    });
    let (start, next) = (Offset(told[0].0), Offset(told[told.len() - 1].0 + 1));
    Arc::new(Slice { workspace: BRAND, records: records.collect(), start, next, gone: Offset::FIRST })
}

#[db_test(migrations = migrations())]
async fn a_slice_that_does_not_begin_where_records_stand_stores_nothing(records: Records) {
    let digest = Bank::new(5).digest(&records);
    let stands = async |at: u64| {
        let told = digest.submit(slice(&[(99, "x")])).await.unwrap();
        matches!(told, Digested::Elsewhere(offset) if offset == Offset(at))
    };
    assert!(stands(1).await);
    digest.submit(slice(&[(1, "a"), (2, "b")])).await.unwrap();
    assert!(stands(3).await);
    assert!(matches!(digest.submit(slice(&[(1, "a")])).await.unwrap(), Digested::Elsewhere(Offset(3))), "nor again");
    digest.submit(slice(&[(3, "c")])).await.unwrap();
    assert!(stands(4).await);
}

#[db_test(migrations = migrations())]
async fn a_mistake_of_ours_stops_the_reader_and_says_why(records: Records) {
    let (bank, book) = (Bank::new(6), Arc::new(Book::default()));
    let river = bank.start(&records, &book);
    append(river.log(), &["a"]).await;
    caught_up(&river).await;
    bank.guests.fail_with([DbError::corrupt("a row has no columns")]);
    append(river.log(), &["b"]).await;
    let reason = halted(&river).await;
    assert!(reason.contains("has stopped") && reason.contains("a row has no columns"), "{reason}");
    assert_eq!((bank.guests.failed(), book.ids()), (1, vec!["a".to_owned()]));
    river.stop().await;

    let book = Arc::new(Book::default());
    let river = bank.start(&records, &book);
    caught_up(&river).await;
    assert_eq!(book.ids(), ["a", "b"], "after the mistake was mended it goes on");
    river.stop().await;
}

#[db_test(migrations = migrations())]
async fn trouble_of_one_brand_stays_its_own(records: Records) {
    let banks = [Bank::of(WorkspaceId(1), 7), Bank::of(WorkspaceId(2), 8)];
    let books = [Arc::new(Book::default()), Arc::new(Book::default())];
    let rivers = [banks[0].start(&records, &books[0]), banks[1].start(&records, &books[1])];
    banks[0].guests.fail_with([DbError::corrupt("a row has no columns")]);
    let told: Vec<String> = (0..500).map(|number| format!("m-{number}")).collect();
    let told: Vec<&str> = told.iter().map(String::as_str).collect();
    tokio::join!(append(rivers[0].log(), &told), append(rivers[1].log(), &told));
    caught_up(&rivers[1]).await;
    assert_eq!(books[1].ids(), told);
    assert!(halted(&rivers[0]).await.contains("workspace 1"));
}

#[db_test(migrations = migrations())]
async fn a_record_that_cannot_be_understood_stops_the_reader_right_before_it(records: Records) {
    let (bank, book) = (Bank::new(9), Arc::new(Book::default()));
    let log = bank.open_log();
    let from_the_future = Bytes::from_static(b"\x07{}");
    log.append(vec![record(&fact("u", "a")), record(&fact("u", "b")), from_the_future, record(&fact("u", "c"))])
        .await
        .unwrap();
    let river = bank.start_on(log, &records, &book);
    let reason = halted(&river).await;
    assert!(reason.contains("the record at offset 3 cannot be understood"), "{reason}");
    assert!(reason.contains("version 7"), "{reason}");
    assert_eq!(book.ids(), ["a", "b"], "what comes before it is digested");
    assert_eq!(river.next_offset(), Offset(3));
    river.stop().await;
}

#[db_test(migrations = migrations())]
async fn a_log_that_ends_before_the_records_is_not_theirs(records: Records) {
    let (mut bank, book) = (Bank::new(10), Arc::new(Book::default()));
    let river = bank.start(&records, &book);
    append(river.log(), &["a", "b", "c"]).await;
    caught_up(&river).await;
    river.stop().await;

    bank.disk = Bank::new(11).disk;
    let log = bank.open_log();
    append(&log, &["a"]).await;
    let river = bank.start_on(log, &records, &Arc::default());
    let reason = halted(&river).await;
    assert!(reason.contains("records stand at offset 4 but the log ends before 2"), "{reason}");
    assert_eq!(river.wait_for(None, PATIENCE).await, Err(river::CatchUpError), "nobody is told of half a state");
}

#[db_test(migrations = migrations())]
async fn a_reader_that_panicked_is_not_ready(records: Records) {
    let (bank, book) = (Bank::new(12), Arc::new(Book::default()));
    let river = bank.start(&records, &book);
    let mut bang = fact("u", "a");
    bang.event = "Bang".into();
    river.log().append(vec![record(&bang)]).await.unwrap();
    assert!(halted(&river).await.contains("has ended"));
    river.stop().await;
}

#[db_test(migrations = migrations())]
async fn a_reader_that_waits_can_be_stopped_and_keeps_what_it_has(records: Records) {
    let (bank, book) = (Bank::new(13), Arc::new(Book::default()));
    let river = bank.start(&records, &book);
    append(river.log(), &["a"]).await;
    caught_up(&river).await;
    bank.guests.fail_with(std::iter::repeat_with(unreachable_records).take(1_000));
    append(river.log(), &["b"]).await;
    until(|| bank.guests.failed() >= 1).await;
    tokio::time::timeout(Duration::from_secs(20), river.stop()).await.expect("it does not wait for the records");
    assert!(bank.snapshot_file().exists());
}

#[db_test(migrations = migrations())]
async fn a_disk_that_cannot_be_read_for_a_while_costs_time_and_no_fact(records: Records) {
    let (bank, book) = (Bank::new(14), Arc::new(Book::default()));
    let river = bank.start(&records, &book);
    append(river.log(), &["a"]).await;
    caught_up(&river).await;
    bank.disk.fail_reads(3);
    append(river.log(), &["b", "c"]).await;
    until(|| river.ready().is_err_and(|reason| reason.contains("waits at offset 2 of 4"))).await;
    assert!(river.ready().unwrap_err().contains("simulated read failure"), "{:?}", river.ready());
    caught_up(&river).await;
    assert_eq!(book.ids(), ["a", "b", "c"]);

    // The same of the lake, when it is needed at a start.
    bank.open_lake().await;
    bank.fill_lake(&river).await;
    river.stop().await;
    std::fs::remove_file(bank.snapshot_file()).unwrap();
    drop(river);
    let (log, book) = (bank.open_log(), Arc::new(Book::default()));
    bank.disk.fail_reads(2);
    let river = bank.start_on(log, &records, &book);
    caught_up(&river).await;
    assert_eq!(book.ids(), ["a", "b", "c"]);
    river.stop().await;
}

/// Somebody put records back that are older than the log's beginning.
#[db_test(migrations = migrations())]
async fn records_older_than_a_trimmed_log_are_told_so(db: TestDb) {
    let records = db.records();
    let (bank, book) = (Bank::new(15), Arc::new(Book::default()));
    bank.open_lake().await;
    let river = bank.start(&records, &book);
    let told: Vec<String> = (0..100).map(|number| format!("m-{number}")).collect();
    for id in &told {
        append(river.log(), &[id]).await;
    }
    caught_up(&river).await;
    bank.fill_lake(&river).await;
    let start = river.log().trim_below(bank.lake().manifest().next_offset).unwrap();
    assert!(start > Offset(2));
    river.stop().await;
    drop(river);
    db.execute("update river_offset set next_offset = 2", []).await;
    db.execute("delete from river_slice where first_offset >= 2", []).await;
    let river = bank.start(&records, &Arc::default());
    let reason = halted(&river).await;
    assert!(reason.contains("2 is no longer in it: were older records restored?"), "{reason}");
}
