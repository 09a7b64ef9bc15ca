//! What the stories are told with: a shelf of books, and a door that holds the writer until all commands have queued.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use async_trait::async_trait;
use db::{DbError, Decider, Group, Migration, Records, Row, Sql, Tx, WriteError, values};
use tokio::{sync::Notify, task::unconstrained};

pub const MIGRATIONS: &[Migration] = &[Migration {
    name: "shelf_0001_books",
    sql: "create table book (
    id {bigint} not null primary key,
    title {text} not null unique,
    sequel_of {bigint} references book (id) deferrable initially deferred
)",
}];

#[derive(Clone, Debug)]
pub struct Book {
    pub id: i64,
    pub title: String,
    pub sequel_of: Option<i64>,
}

pub fn book(id: i64) -> Book {
    Book { id, title: format!("book {id}"), sequel_of: None }
}

/// Puts books on the shelf, set-wise. The outcome is how many were decided together.
#[derive(Clone, Debug, Default)]
pub struct Shelve {
    pub decisions: Arc<AtomicUsize>,
}

#[async_trait]
impl Decider for Shelve {
    type Command = Book;
    type Outcome = usize;

    fn name(&self) -> &'static str {
        "shelve"
    }

    async fn decide(&self, tx: &Tx, books: &[Book]) -> Result<Vec<usize>, DbError> {
        self.decisions.fetch_add(1, Ordering::SeqCst);
        let rows = books.iter().flat_map(|book| values![book.id, book.title.as_str(), book.sequel_of]).collect();
        tx.insert_rows("insert into book (id, title, sequel_of)", 3, rows, "").await?;
        Ok(vec![books.len(); books.len()])
    }
}

/// Holds the writer from when it is entered until it is opened, so that a test knows what will be in the next batch.
#[derive(Clone, Debug, Default)]
struct Door {
    entered: Arc<Notify>,
    open: Arc<Notify>,
}

#[async_trait]
impl Decider for Door {
    type Command = ();
    type Outcome = ();

    fn name(&self) -> &'static str {
        "door"
    }

    async fn decide(&self, _: &Tx, commands: &[()]) -> Result<Vec<()>, DbError> {
        self.entered.notify_one();
        self.open.notified().await;
        Ok(vec![(); commands.len()])
    }
}

/// Polls the submits for the first time while the writer is held: whatever they queue then is one batch.
pub async fn together<F: Future>(records: &Records, submits: F) -> F::Output {
    let door = Door::default();
    let group = records.group(door.clone());
    let submits = async {
        door.entered.notified().await;
        let open = async { door.open.notify_one() };
        // Polled in this order; without a budget the submits are all polled before the door opens.
        tokio::join!(biased; unconstrained(submits), open).0
    };
    tokio::join!(group.submit(()), submits).1
}

/// Submits these books as one batch; their answers in order.
pub async fn shelve(records: &Records, group: &Group<Shelve>, books: Vec<Book>) -> Vec<Result<usize, WriteError>> {
    together(records, each(group, books)).await
}

/// Submits these books at the same time.
pub async fn each(group: &Group<Shelve>, books: Vec<Book>) -> Vec<Result<usize, WriteError>> {
    futures::future::join_all(books.into_iter().map(|book| group.submit(book))).await
}

/// The ids on the shelf, as readers see them.
pub async fn shelved(records: &Records) -> Vec<i64> {
    let rows = records.reads().all("select id from book order by id", values![]).await.expect("readable");
    rows.iter().map(|row| row.get("id").expect("an id")).collect()
}
