//! Facts of our own modules, from the outbox into the log.

use std::sync::Arc;

use async_trait::async_trait;
use bytes::Bytes;
use db::{DbError, Decider, Records, Tx, db_test, outbox};
use facts::Fact;
use kernel::{Offset, WorkspaceId};
use river::{Relay, River, Rivers};
use tokio::{sync::Notify, task::JoinHandle};

use crate::support::{BRAND, Bank, Book, PATIENCE, append, caught_up, fact, migrations};

/// A command that tells facts of its own.
struct Tell;

#[async_trait]
impl Decider for Tell {
    type Command = (WorkspaceId, Vec<Fact>);
    type Outcome = ();

    fn name(&self) -> &'static str {
        "tell"
    }

    async fn decide(&self, tx: &Tx, commands: &[Self::Command]) -> Result<Vec<()>, DbError> {
        for (workspace, facts) in commands {
            let facts: Vec<_> = facts.iter().map(|fact| fact.to_log().expect("a fact can be written")).collect();
            outbox::emit(tx, *workspace, &facts).await?;
        }
        Ok(vec![(); commands.len()])
    }
}

async fn tell(records: &Records, workspace: WorkspaceId, message_ids: &[&str]) {
    let facts = message_ids.iter().map(|id| fact("u", id)).collect();
    records.group(Tell).submit((workspace, facts)).await.unwrap();
}

fn relay(records: &Records, rivers: &Arc<Rivers>, signal: &Arc<Notify>) -> JoinHandle<()> {
    tokio::spawn(Relay::new(records.clone(), Arc::clone(rivers), Arc::clone(signal)).run())
}

fn with_river(rivers: &Arc<Rivers>, bank: &Bank, records: &Records, book: &Arc<Book>) -> Arc<River> {
    let river = Arc::new(bank.start(records, book));
    rivers.insert(bank.workspace, Arc::clone(&river));
    river
}

/// Waits until so many facts are in the log and digested.
async fn carried(river: &River, count: u64) {
    river.wait_for(Some(Offset(count)), PATIENCE).await.unwrap();
}

#[db_test(migrations = migrations())]
async fn what_a_command_tells_reaches_the_log_in_order(records: Records) {
    let (bank, book, rivers, signal) = (Bank::new(1), Arc::default(), Arc::default(), Arc::default());
    let river = with_river(&rivers, &bank, &records, &book);
    tell(&records, BRAND, &["before the start"]).await;
    let relay = relay(&records, &rivers, &signal);
    carried(&river, 1).await;
    tell(&records, BRAND, &["a", "b"]).await;
    signal.notify_one();
    tell(&records, BRAND, &["c"]).await;
    signal.notify_one();
    carried(&river, 4).await;
    tell(&records, BRAND, &["without a signal the scan finds it"]).await;
    carried(&river, 5).await;
    relay.abort();
    assert_eq!(book.ids(), ["before the start", "a", "b", "c", "without a signal the scan finds it"]);
    river.stop().await;
}

#[db_test(migrations = migrations())]
async fn a_crash_between_the_log_and_the_outbox_tells_nothing_twice(records: Records) {
    let (bank, book, rivers, signal) = (Bank::new(2), Arc::default(), Arc::default(), Arc::default());
    let river = with_river(&rivers, &bank, &records, &book);
    tell(&records, BRAND, &["a", "b"]).await;
    // The relay has appended and dies before it could forget them.
    let waiting = outbox::pending(records.reads(), 0, 100).await.unwrap();
    river.log().append(waiting.into_iter().map(|item| Bytes::from(item.payload)).collect()).await.unwrap();
    caught_up(&river).await;

    let relay = relay(&records, &rivers, &signal);
    carried(&river, 4).await;
    tell(&records, BRAND, &["c"]).await;
    signal.notify_one();
    carried(&river, 5).await;
    assert_eq!(book.lines(), [(1, "a"), (2, "b"), (5, "c")].map(|(at, id)| (at, 1, id.to_owned())));
    until_empty(&records).await;
    relay.abort();
    river.stop().await;
}

async fn until_empty(records: &Records) {
    let empty = async { while !outbox::pending(records.reads(), 0, 1).await.unwrap().is_empty() {} };
    tokio::time::timeout(PATIENCE, empty).await.expect("the outbox is emptied");
}

#[db_test(migrations = migrations())]
async fn a_relay_that_dies_at_any_point_tells_everything_once(records: Records) {
    let (bank, book, rivers, signal) = (Bank::new(3), Arc::default(), Arc::default(), Arc::default());
    let river = with_river(&rivers, &bank, &records, &book);
    let told: Vec<String> = (0..60).map(|number| format!("m-{number}")).collect();
    for (turn, ids) in told.chunks(3).enumerate() {
        tell(&records, BRAND, &ids.iter().map(String::as_str).collect::<Vec<_>>()).await;
        let relay = relay(&records, &rivers, &signal);
        for _ in 0..turn * turn {
            tokio::task::yield_now().await;
        }
        relay.abort();
        assert!(relay.await.is_err_and(|ended| ended.is_cancelled()));
    }
    let relay = relay(&records, &rivers, &signal);
    until_empty(&records).await;
    caught_up(&river).await;
    assert_eq!(book.ids(), told);
    relay.abort();
    river.stop().await;
}

#[db_test(migrations = migrations())]
async fn a_log_in_trouble_does_not_hold_up_the_others(records: Records) {
    let banks = [Bank::of(WorkspaceId(1), 4), Bank::of(WorkspaceId(2), 5)];
    let (books, rivers, signal): ([Arc<Book>; 2], _, _) = (<_>::default(), Arc::default(), Arc::default());
    let [full, sound] = [0, 1].map(|at| with_river(&rivers, &banks[at], &records, &books[at]));
    append(full.log(), &["a"]).await;
    banks[0].disk.set_read_only(true);
    tell(&records, WorkspaceId(1), &["b"]).await;
    // Of a brand whose river does not flow, and more than is carried at once.
    let many: Vec<String> = (0..1_001).map(|number| format!("m-{number}")).collect();
    tell(&records, WorkspaceId(3), &many.iter().map(String::as_str).collect::<Vec<_>>()).await;
    tell(&records, WorkspaceId(2), &["c"]).await;
    let relay = relay(&records, &rivers, &signal);
    carried(&sound, 1).await;
    tell(&records, WorkspaceId(2), &["d"]).await;
    carried(&sound, 2).await;
    assert_eq!(books[1].ids(), ["c", "d"]);

    banks[0].disk.set_read_only(false);
    carried(&full, 2).await;
    assert_eq!(books[0].ids(), ["a", "b"]);
    relay.abort();
    full.stop().await;
    sound.stop().await;
}
