//! Snapshots that are good, damaged, foreign, or of another time.

use std::{
    fs,
    sync::{Arc, atomic::Ordering},
};

use db::{Records, db_test, testing::TestDb};

use crate::support::{Bank, Book, PATIENCE, append, caught_up, migrations};

/// A river that has seen a, b and c and was stopped.
async fn stopped_after_three(records: &Records, seed: u64) -> Bank {
    let (bank, book) = (Bank::new(seed), Arc::new(Book::default()));
    let river = bank.start(records, &book);
    for id in ["a", "b", "c"] {
        append(river.log(), &[id]).await;
        caught_up(&river).await;
    }
    river.stop().await;
    assert!(bank.snapshot_file().exists());
    bank
}

/// Starts again, sees d, stops; how many facts had to be folded.
async fn folded_by_the_next(bank: &Bank, records: &Records, book: &Arc<Book>) -> usize {
    let river = bank.start(records, book);
    append(river.log(), &["d", "a"]).await;
    caught_up(&river).await;
    river.stop().await;
    assert_eq!(book.lines(), [(1, "a"), (2, "b"), (3, "c"), (4, "d")].map(|(at, id)| (at, 1, id.to_owned())));
    book.folded.load(Ordering::SeqCst)
}

#[db_test(migrations = migrations())]
async fn a_snapshot_saves_folding_again(records: Records) {
    let bank = stopped_after_three(&records, 1).await;
    assert_eq!(folded_by_the_next(&bank, &records, &Arc::default()).await, 1);
}

#[db_test(migrations = migrations())]
async fn without_a_snapshot_the_log_has_everything(records: Records) {
    let bank = stopped_after_three(&records, 2).await;
    fs::remove_file(bank.snapshot_file()).unwrap();
    assert_eq!(folded_by_the_next(&bank, &records, &Arc::default()).await, 4);
}

#[db_test(migrations = migrations())]
async fn a_damaged_snapshot_is_not_believed(records: Records) {
    let bank = stopped_after_three(&records, 3).await;
    let mut bytes = fs::read(bank.snapshot_file()).unwrap();
    *bytes.last_mut().unwrap() ^= 4;
    fs::write(bank.snapshot_file(), bytes).unwrap();
    assert_eq!(folded_by_the_next(&bank, &records, &Arc::default()).await, 4);
}

#[db_test(migrations = migrations())]
async fn a_snapshot_of_another_version_is_not_read(records: Records) {
    let bank = stopped_after_three(&records, 4).await;
    let book = Arc::new(Book::default());
    book.version.store(7, Ordering::SeqCst);
    assert_eq!(folded_by_the_next(&bank, &records, &book).await, 4);
    // Its own it reads.
    let book = Arc::new(Book::default());
    book.version.store(7, Ordering::SeqCst);
    let river = bank.start(&records, &book);
    caught_up(&river).await;
    assert_eq!((book.ids().len(), book.folded.load(Ordering::SeqCst)), (4, 0));
    river.stop().await;
}

#[db_test(migrations = migrations())]
async fn a_snapshot_that_live_state_cannot_take_leaves_nothing_behind(records: Records) {
    let bank = stopped_after_three(&records, 5).await;
    let book = Arc::new(Book::default());
    book.refuses.store(true, Ordering::SeqCst);
    assert_eq!(folded_by_the_next(&bank, &records, &book).await, 4);
}

#[db_test(migrations = migrations())]
async fn a_folder_that_takes_no_snapshot_costs_nothing_but_time(records: Records) {
    let bank = Bank::new(6);
    fs::write(&bank.snapshots, "a file where the folder should be").unwrap();
    let river = bank.start(&records, &Arc::default());
    append(river.log(), &["a", "b", "c"]).await;
    caught_up(&river).await;
    river.stop().await;
    assert_eq!(folded_by_the_next(&bank, &records, &Arc::default()).await, 4);
}

/// Records and log were put back to a backup, the folder of snapshots was not. Then other facts came.
#[db_test(migrations = migrations())]
async fn a_snapshot_ahead_of_the_records_is_removed(db: TestDb) {
    let records = db.records();
    let mut bank = stopped_after_three(&records, 7).await;
    db.execute("update river_offset set next_offset = 2", []).await;
    db.execute("delete from river_slice where first_offset >= 2", []).await;
    bank.disk = Bank::new(8).disk;
    let log = bank.open_log();
    append(&log, &["a"]).await;

    let book = Arc::new(Book::default());
    let river = bank.start_on(log, &records, &book);
    river.wait_for(None, PATIENCE).await.unwrap();
    assert_eq!(book.ids(), ["a"]);
    assert!(!bank.snapshot_file().exists(), "after a crash it would be taken for one of ours");
    append(river.log(), &["x", "y", "z"]).await;
    caught_up(&river).await;
    river.stop().await;
    drop(river);

    let book = Arc::new(Book::default());
    let river = bank.start(&records, &book);
    caught_up(&river).await;
    assert_eq!(book.ids(), ["a", "x", "y", "z"]);
    river.stop().await;
}
