use async_trait::async_trait;
use db::{DbError, Decider, Records, Tx, ViolationKind, db_test, outbox};
use futures::future::join_all;
use kernel::WorkspaceId;

use crate::shelf::{MIGRATIONS, Shelve, book, shelved, together};

const BRAND: WorkspaceId = WorkspaceId(7);

/// Puts a book on the shelf and tells of it.
struct ShelveAndTell;

#[async_trait]
impl Decider for ShelveAndTell {
    type Command = i64;
    type Outcome = ();

    fn name(&self) -> &'static str {
        "shelve_and_tell"
    }

    async fn decide(&self, tx: &Tx, ids: &[i64]) -> Result<Vec<()>, DbError> {
        let facts: Vec<Vec<u8>> = ids.iter().map(|id| id.to_le_bytes().into()).collect();
        outbox::emit(tx, BRAND, &facts).await?;
        Shelve::default().decide(tx, &ids.iter().copied().map(book).collect::<Vec<_>>()).await?;
        Ok(vec![(); ids.len()])
    }
}

/// Forgets what has been told.
struct Settle;

#[async_trait]
impl Decider for Settle {
    type Command = Vec<i64>;
    type Outcome = ();

    fn name(&self) -> &'static str {
        "settle"
    }

    async fn decide(&self, tx: &Tx, told: &[Vec<i64>]) -> Result<Vec<()>, DbError> {
        outbox::settle(tx, &told.concat()).await?;
        Ok(vec![(); told.len()])
    }
}

async fn pending(records: &Records) -> Vec<outbox::Item> {
    outbox::pending(records.reads(), 0, 1000).await.expect("readable")
}

fn told(items: &[outbox::Item]) -> Vec<i64> {
    items.iter().map(|item| i64::from_le_bytes(item.payload.clone().try_into().expect("8 bytes"))).collect()
}

#[db_test(migrations = MIGRATIONS)]
async fn what_is_told_is_what_was_stored(records: Records) {
    let group = records.group(ShelveAndTell);
    group.submit(3).await.expect("stored");
    let answers = together(&records, join_all((1..=5).map(|id| group.submit(id)))).await;
    assert_eq!(answers[2].as_ref().expect_err("there already").violation(), Some(ViolationKind::Unique));

    let items = pending(&records).await;
    assert_eq!(told(&items), [3, 1, 2, 4, 5], "in the order of the commits, and nothing that was rolled back");
    assert_eq!(shelved(&records).await, [1, 2, 3, 4, 5]);
    assert!(items.iter().all(|item| item.workspace == BRAND));
    assert!(items.is_sorted_by(|one, next| one.id < next.id));
    assert_eq!(outbox::pending(records.reads(), 0, 2).await.expect("readable"), items[..2]);
    assert_eq!(outbox::pending(records.reads(), items[1].id, 2).await.expect("readable"), items[2..4]);
}

#[db_test(migrations = MIGRATIONS)]
async fn what_is_settled_is_gone_and_its_id_never_comes_back(records: Records) {
    let (tell, settle) = (records.group(ShelveAndTell), records.group(Settle));
    for id in 1..=3 {
        tell.submit(id).await.expect("stored");
    }
    let first: Vec<i64> = pending(&records).await.iter().map(|item| item.id).collect();
    settle.submit(first[..2].to_vec()).await.expect("settled");
    assert_eq!(told(&pending(&records).await), [3]);
    settle.submit(first.clone()).await.expect("settling again does no harm");
    assert!(pending(&records).await.is_empty());

    tell.submit(4).await.expect("stored");
    assert!(pending(&records).await[0].id > first[2]);
}
