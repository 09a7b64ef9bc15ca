//! Several states on one river: each folds every fact once, whatever became of the snapshots of the others.

use std::{
    fs,
    sync::{Arc, atomic::Ordering},
};

use db::{Records, db_test};
use river::{Live, River};

use crate::support::{Bank, Book, append, caught_up, migrations};

const NAMES: [&str; 3] = ["first", "second", "third"];

fn books() -> [Arc<Book>; 3] {
    NAMES.map(|name| Arc::new(Book::named(name)))
}

fn start(bank: &Bank, records: &Records, books: &[Arc<Book>]) -> River {
    let lives = books.iter().map(|book| Arc::clone(book) as Arc<dyn Live>).collect();
    bank.start_with(bank.open_log(), records, lives)
}

/// How many facts each had to fold.
fn folded(books: &[Arc<Book>]) -> Vec<usize> {
    books.iter().map(|book| book.folded.load(Ordering::SeqCst)).collect()
}

/// Appends these one by one, then stops as a server does that is asked to.
async fn see(bank: &Bank, records: &Records, books: &[Arc<Book>], ids: &[&str]) {
    let river = start(bank, records, books);
    for id in ids {
        append(river.log(), &[id]).await;
        caught_up(&river).await;
    }
    caught_up(&river).await;
    river.stop().await;
    drop(river);
    let told = books[0].lines();
    assert!(books.iter().all(|book| book.lines() == told), "all have folded the same");
}

#[db_test(migrations = migrations())]
async fn each_state_is_restored_from_its_own_snapshot(records: Records) {
    let bank = Bank::new(31);
    see(&bank, &records, &books(), &["a", "b", "c"]).await;
    for name in NAMES {
        assert!(bank.snapshot_of(name).exists(), "{name}");
    }
    let next = books();
    see(&bank, &records, &next, &["d", "a"]).await;
    assert_eq!(folded(&next), [1, 1, 1]);
    assert_eq!(next[2].ids(), ["a", "b", "c", "d"]);
}

#[db_test(migrations = migrations())]
async fn one_that_is_new_or_of_another_version_is_folded_anew_alone(records: Records) {
    let bank = Bank::new(32);
    let two = books();
    see(&bank, &records, &two[..2], &["a", "b", "c"]).await;

    // The third is new to the house, and the second has learnt to write itself down otherwise.
    let next = books();
    next[1].version.store(7, Ordering::SeqCst);
    see(&bank, &records, &next, &["d"]).await;
    assert_eq!(folded(&next), [1, 4, 4]);
}

/// An older snapshot of one lay in a backup: everybody stands elsewhere.
#[db_test(migrations = migrations())]
async fn states_that_stand_apart_meet_again(records: Records) {
    let bank = Bank::new(33);
    see(&bank, &records, &books(), &["a", "b"]).await;
    let older = fs::read(bank.snapshot_of("second")).unwrap();
    see(&bank, &records, &books(), &["c", "d", "e"]).await;
    fs::write(bank.snapshot_of("second"), older).unwrap();
    fs::remove_file(bank.snapshot_of("third")).unwrap();

    let next = books();
    see(&bank, &records, &next, &["f"]).await;
    assert_eq!(folded(&next), [1, 4, 6]);
    let last = books();
    see(&bank, &records, &last, &[]).await;
    assert_eq!(folded(&last), [0, 0, 0]);
}

/// The same, with the beginning in the lake and no longer in the log.
#[db_test(migrations = migrations())]
async fn one_that_is_new_finds_in_the_lake_what_the_log_has_no_more(records: Records) {
    let bank = Bank::new(34);
    bank.open_lake().await;
    let first = books();
    let river = start(&bank, &records, &first[..1]);
    let ids: Vec<String> = (0..40).map(|id| format!("id-{id}")).collect();
    for id in &ids {
        append(river.log(), &[id]).await;
    }
    caught_up(&river).await;
    bank.fill_lake(&river).await;
    let log = Arc::clone(river.log());
    let start_at = log.trim_below(bank.lake().manifest().next_offset).unwrap();
    assert!(start_at.0 > 1, "the test is about a log whose beginning is gone");
    river.stop().await;
    drop((river, log));

    let next = books();
    see(&bank, &records, &next, &["z"]).await;
    assert_eq!(folded(&next), [1, 41, 41]);
}
