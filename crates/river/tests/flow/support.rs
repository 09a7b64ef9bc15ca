//! A bank to stand on: a log on a simulated disk, guests that get handles, and a book that is a fold of the facts.

use std::{
    collections::{BTreeMap, VecDeque},
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU32, AtomicUsize, Ordering},
    },
    time::Duration,
};

use async_trait::async_trait;
use bytes::Bytes;
use db::{
    ConnectionTrait, DbError, Group, Migration, Records, Row, Sql, Tx, Value,
    sea_orm::{DbErr, RuntimeErr},
    values,
};
use factlog::{FactLog, Options, sim::SimDisk};
use facts::{Fact, Kind};
use kernel::{Handle, Offset, Timestamp, WorkspaceId};
use lake::{DiskStore, LakeWriter};
use parking_lot::Mutex;
use river::{Batch, Digest, Lake, Live, Reach, River, Stage, Wiring};

/// Longer than anything here takes; a test that waits so long has failed.
pub const PATIENCE: Duration = Duration::from_secs(60);
/// The one workspace of most tests.
pub const BRAND: WorkspaceId = WorkspaceId(1);

/// The river's tables, and the guests'.
pub fn migrations() -> Vec<Migration> {
    let guests = "create table guest (
        workspace_id {bigint} not null,
        name {text} not null,
        handle {bigint} not null,
        primary key (workspace_id, name)
    )";
    [river::MIGRATIONS, &[Migration { name: "test_0001_guest", sql: guests }]].concat()
}

/// A fact of a user, older than any clock that runs these tests; the key it came with is always the same.
pub fn fact(user: &str, message_id: &str) -> Fact {
    Fact {
        source: "key:1".into(),
        message_id: message_id.into(),
        kind: Kind::Track,
        event: "Page Seen".into(),
        user_id: Some(user.into()),
        anonymous_id: None,
        ids: Vec::new(),
        timestamp: Timestamp::from_secs(1_600_000_000),
        original_timestamp: None,
        sent_at: None,
        received_at: Timestamp::from_secs(1_600_000_000),
        properties: facts::empty_object(),
        context: None,
    }
}

/// A fact as it stands in the log.
pub fn record(fact: &Fact) -> Bytes {
    Bytes::from(fact.to_log().expect("a fact can be written"))
}

/// Appends a fact of user `u` for each message id.
pub async fn append(log: &FactLog, message_ids: &[&str]) {
    log.append(message_ids.iter().map(|id| record(&fact("u", id))).collect()).await.expect("the log takes it");
}

/// Waits until all that is durable is digested and folded.
pub async fn caught_up(river: &River) {
    let last = Offset(river.log().end().0 - 1);
    river.wait_for(Some(last), PATIENCE).await.unwrap_or_else(|error| panic!("{error}: {:?}", river.ready()));
    assert_eq!(river.ready(), Ok(()));
}

/// Waits until the reader has ended by itself, and gives the reason.
pub async fn halted(river: &River) -> String {
    river.wait_for(Some(Offset(u64::MAX)), PATIENCE).await.expect_err("no log is that long");
    river.ready().expect_err("a reader that has ended is not ready")
}

/// Lets everything else run until it is so.
pub async fn until(so: impl Fn() -> bool) {
    let waiting = async {
        while !so() {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(PATIENCE, waiting).await.expect("it never came about");
}

/// A database that cannot be reached.
pub fn unreachable_records() -> DbError {
    DbError::Unavailable(DbErr::Conn(RuntimeErr::Internal("the test says so".into())))
}

/// What one river is made of, except the records.
pub struct Bank {
    pub workspace: WorkspaceId,
    pub disk: SimDisk,
    pub snapshots: PathBuf,
    lake: Mutex<Lake>,
    /// How far back the next river tells repeats by itself.
    pub reach: Mutex<Reach>,
    pub guests: Arc<Guests>,
    _folder: tempfile::TempDir,
}

impl Bank {
    pub fn new(seed: u64) -> Self {
        Self::of(BRAND, seed)
    }

    pub fn of(workspace: WorkspaceId, seed: u64) -> Self {
        let folder = tempfile::tempdir().expect("a folder for snapshots");
        let snapshots = folder.path().join("live");
        let (lake, reach) = (Mutex::new(Lake::in_memory(workspace)), Mutex::default());
        Self { workspace, disk: SimDisk::new(seed), snapshots, lake, reach, guests: Arc::default(), _folder: folder }
    }

    /// Segments are so small that there is always something to trim.
    pub fn open_log(&self) -> Arc<FactLog> {
        let options = Options { segment_bytes_max: 2_000, ..Options::default() };
        let opened = FactLog::open(Arc::new(self.disk.clone()), Path::new("log"), options);
        Arc::new(opened.expect("the log can be opened"))
    }

    /// A lake in memory, until one is opened on the disk.
    pub fn lake(&self) -> Lake {
        self.lake.lock().clone()
    }

    /// Opens the lake on the disk the log is on, as a new process does.
    pub async fn open_lake(&self) {
        let store = DiskStore::new(Arc::new(self.disk.clone()), PathBuf::from("/lake"));
        let lake = Lake::open(Arc::new(store), self.workspace).await.expect("the lake can be opened");
        *self.lake.lock() = lake;
    }

    /// The lake takes over what is booked, as far as the disk lets it.
    pub async fn fill_lake(&self, river: &River) {
        let options = lake::Options { file_rows_max: 7, file_secs_max: 0, ..lake::Options::default() };
        let mut writer = LakeWriter::new(self.lake(), options);
        while let Ok(true) = writer.follow(river.log(), &river.booked(), Timestamp(0)).await {}
    }

    pub fn digest(&self, records: &Records) -> Group<Digest> {
        records.group(Digest::new(vec![self.guests.clone()]))
    }

    /// A river on a log that is opened for it.
    pub fn start(&self, records: &Records, book: &Arc<Book>) -> River {
        self.start_on(self.open_log(), records, book)
    }

    pub fn start_on(&self, log: Arc<FactLog>, records: &Records, book: &Arc<Book>) -> River {
        self.start_with(log, records, vec![book.clone()])
    }

    /// A river several states live on.
    pub fn start_with(&self, log: Arc<FactLog>, records: &Records, lives: Vec<Arc<dyn Live>>) -> River {
        River::start(Wiring {
            workspace: self.workspace,
            log,
            lake: self.lake(),
            records: records.clone(),
            digest: self.digest(records),
            stages: vec![self.guests.clone()],
            lives,
            snapshots: self.snapshots.clone(),
            snapshot_every: river::SNAPSHOT_EVERY,
            reach: *self.reach.lock(),
        })
    }

    pub fn snapshot_file(&self) -> PathBuf {
        self.snapshot_of("book")
    }

    pub fn snapshot_of(&self, book: &str) -> PathBuf {
        self.snapshots.join(book).with_extension("snap")
    }
}

/// A stage that gives every user id a handle, dense in the order of the facts.
#[derive(Default)]
pub struct Guests {
    failures: Mutex<VecDeque<DbError>>,
    failed: AtomicUsize,
}

impl Guests {
    /// The next so many digests fail with this.
    pub fn fail_with(&self, errors: impl IntoIterator<Item = DbError>) {
        self.failures.lock().extend(errors);
    }

    /// How many digests have failed so.
    pub fn failed(&self) -> usize {
        self.failed.load(Ordering::SeqCst)
    }

    async fn known(connection: &impl ConnectionTrait, batch: &Batch) -> Result<BTreeMap<String, u32>, DbError> {
        let users = batch.entries.iter().filter_map(|entry| entry.record.fact.user_id.as_deref()).map(Value::from);
        let sql = "select name, handle from guest where workspace_id = $1 and name in ({list})";
        let rows = connection.all_in(sql, values![batch.workspace.0], 1, users.collect()).await?;
        rows.iter().map(|row| Ok((row.at(0)?, u32::try_from(row.at::<i64>(1)?).expect("a handle")))).collect()
    }
}

#[async_trait]
impl Stage for Guests {
    async fn digest(&self, tx: &Tx, batch: &mut Batch) -> Result<(), DbError> {
        let failure = self.failures.lock().pop_front();
        if let Some(error) = failure {
            self.failed.fetch_add(1, Ordering::SeqCst);
            return Err(error);
        }
        let mut known = Self::known(tx, batch).await?;
        let sql = "select max(handle) from guest where workspace_id = $1";
        let row = tx.one(sql, values![batch.workspace.0]).await?.expect("an aggregate has a row");
        let mut last = u32::try_from(row.at::<Option<i64>>(0)?.unwrap_or(0)).expect("a handle");
        let mut fresh = Vec::new();
        for entry in &mut batch.entries {
            let Some(user) = entry.record.fact.user_id.clone() else { continue };
            let handle = *known.entry(user.clone()).or_insert_with(|| {
                last += 1;
                fresh.extend(values![batch.workspace.0, user, last]);
                last
            });
            entry.subject = Some(Handle(handle));
        }
        tx.insert_rows("insert into guest (workspace_id, name, handle)", 3, fresh, "").await?;
        Ok(())
    }

    async fn recall(&self, records: &Records, batch: &mut Batch) -> Result<(), DbError> {
        let known = Self::known(records.reads(), batch).await?;
        for entry in &mut batch.entries {
            let user = entry.record.fact.user_id.as_deref();
            entry.subject = user.and_then(|user| known.get(user)).copied().map(Handle);
        }
        Ok(())
    }

    fn settled(&self, _: &Batch) {}
}

/// One line of the book: offset, handle, message id.
pub type Line = (u64, u32, String);

/// Live state that shows every wrong fold: a list of the facts in the order they were folded.
pub struct Book {
    name: &'static str,
    lines: Mutex<Vec<Line>>,
    pub version: AtomicU32,
    /// Whether it stops half-way through a snapshot.
    pub refuses: AtomicBool,
    /// Facts folded by this very process.
    pub folded: AtomicUsize,
}

impl Default for Book {
    fn default() -> Self {
        Self::named("book")
    }
}

impl Book {
    pub fn named(name: &'static str) -> Self {
        let (lines, version, refuses, folded) = Default::default();
        Self { name, lines, version, refuses, folded }
    }

    pub fn lines(&self) -> Vec<Line> {
        self.lines.lock().clone()
    }

    /// The message ids, in order.
    pub fn ids(&self) -> Vec<String> {
        self.lines().into_iter().map(|(_, _, id)| id).collect()
    }
}

impl Live for Book {
    fn name(&self) -> &'static str {
        self.name
    }

    fn version(&self) -> u32 {
        self.version.load(Ordering::SeqCst)
    }

    fn fold(&self, batch: &Batch) {
        for entry in &batch.entries {
            let record = &entry.record;
            assert!(record.fact.event != "Bang", "a fact this state cannot stand");
            let handle = entry.subject.map_or(0, |handle| handle.0);
            self.lines.lock().push((record.offset.0, handle, record.fact.message_id.clone()));
            self.folded.fetch_add(1, Ordering::SeqCst);
        }
    }

    fn save(&self) -> Result<Vec<u8>, Box<dyn std::error::Error + Send + Sync>> {
        let lines = self.lines();
        Ok(lines
            .iter()
            .map(|(offset, handle, id)| format!("{offset} {handle} {id}\n"))
            .collect::<String>()
            .into_bytes())
    }

    fn restore(&self, body: &[u8]) -> bool {
        let line = |line: &str| -> Option<Line> {
            let mut words = line.split(' ');
            Some((words.next()?.parse().ok()?, words.next()?.parse().ok()?, words.next()?.to_owned()))
        };
        let Ok(text) = std::str::from_utf8(body) else { return false };
        for read in text.lines().map(line) {
            let Some(read) = read else { return false };
            self.lines.lock().push(read);
            if self.refuses.load(Ordering::SeqCst) {
                return false;
            }
        }
        true
    }

    fn clear(&self) {
        self.lines.lock().clear();
    }
}
