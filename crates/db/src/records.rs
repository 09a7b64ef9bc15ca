//! The handle to the records.

use std::{path::Path, sync::Arc};

use kernel::{Clock, SystemClock};
use sea_orm::DatabaseConnection;
use tokio::{
    sync::{Mutex, Notify, mpsc},
    task::JoinHandle,
};

use crate::{
    DbError, Decider, Engine, Group, Migration, Sql, connect,
    error::causes,
    group::Job,
    migration, transfer, values,
    writer::{QUEUE_MAX, Writer},
};

/// The open records. Cheap to clone; all clones share one writer and one pool of readers.
#[derive(Clone)]
pub struct Records(Arc<Open>);

struct Open {
    url: String,
    engine: Engine,
    migrations: Vec<Migration>,
    reads: DatabaseConnection,
    write: DatabaseConnection,
    queue: mpsc::Sender<Box<dyn Job>>,
    stop: Arc<Notify>,
    writer: Mutex<Option<JoinHandle<()>>>,
}

/// A copy of records in a file, open for reading.
pub struct RecordsCopy(DatabaseConnection);

impl RecordsCopy {
    /// Where it is read.
    #[must_use]
    pub fn reads(&self) -> &DatabaseConnection {
        &self.0
    }

    /// Lets go of the file.
    pub async fn close(self) {
        if let Err(error) = self.0.close().await {
            tracing::warn!(error = causes(&error), "a copy of the records did not close well");
        }
    }
}

impl std::fmt::Debug for Records {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Records").field(&self.0.engine).finish()
    }
}

impl Records {
    /// Opens the records at `sqlite:<path>` (the file is created) or `postgres://…`, brings them up to date and starts the
    /// writer. The migrations of the outbox and the audit trail come first by themselves.
    ///
    /// # Errors
    /// [`DbError`]: the database cannot be opened, a migration fails, or a newer version has been here.
    pub async fn open(url: &str, migrations: &[Migration]) -> Result<Self, DbError> {
        Self::open_with_clock(url, migrations, Arc::new(SystemClock)).await
    }

    /// The same with a clock to tell the time by ([`crate::Tx::at`]).
    ///
    /// # Errors
    /// As [`Records::open`].
    pub async fn open_with_clock(url: &str, migrations: &[Migration], clock: Arc<dyn Clock>) -> Result<Self, DbError> {
        let pools = connect::open(url).await?;
        let migrations = migration::with_own(migrations);
        migration::run(&pools.write, pools.engine, &migrations, &*clock).await?;

        let (queue, waiting) = mpsc::channel(QUEUE_MAX);
        let stop = Arc::new(Notify::new());
        let writer = Writer { connection: pools.write.clone(), engine: pools.engine, clock };
        let writer = tokio::spawn(writer.work(waiting, Arc::clone(&stop)));
        Ok(Self(Arc::new(Open {
            url: url.to_owned(),
            engine: pools.engine,
            migrations,
            reads: pools.reads,
            write: pools.write,
            queue,
            stop,
            writer: Mutex::new(Some(writer)),
        })))
    }

    /// Which engine keeps them.
    #[must_use]
    pub fn engine(&self) -> Engine {
        self.0.engine
    }

    /// The pool of readers. It sees what is committed, and refuses to write.
    #[must_use]
    pub fn reads(&self) -> &DatabaseConnection {
        &self.0.reads
    }

    /// Copies all records as they are at one moment into a new file of SQLite, while commands go on. Whichever engine keeps
    /// them, the file can be opened as records, or carried into another engine: [`Records::fill_from`].
    ///
    /// # Errors
    /// [`DbError`] by class.
    pub async fn copy_to(&self, file: &Path) -> Result<RecordsCopy, DbError> {
        match connect::copier(&self.0.url).await? {
            Some(copier) => {
                let copied = copier.run("vacuum into $1", values![file.to_string_lossy().into_owned()]).await;
                copier.close().await?;
                copied?;
            }
            None => {
                let pools = connect::open(&format!("sqlite:{}", file.display())).await?;
                let carried = self.carry_out(&pools).await;
                // Closing brings what was written into the one file.
                pools.reads.close().await?;
                pools.write.close().await?;
                carried?;
            }
        }
        Ok(RecordsCopy(connect::unchanging(file).await?))
    }

    async fn carry_out(&self, to: &connect::Pools) -> Result<(), DbError> {
        migration::run(&to.write, to.engine, &self.0.migrations, &SystemClock).await?;
        transfer::carry(&self.0.reads, &to.write).await
    }

    /// Fills these records, which must be new, with those of a copy. The copy must be of the same version: whoever opens it
    /// as records first has brought it there.
    ///
    /// # Errors
    /// [`DbError::NotEmpty`] when there is anything already; [`DbError::Schemas`]; others by class. Nothing is changed then.
    pub async fn fill_from(&self, file: &Path) -> Result<(), DbError> {
        let copy = RecordsCopy(connect::unchanging(file).await?);
        let carried = transfer::carry(copy.reads(), &self.0.write).await;
        copy.close().await;
        carried
    }

    /// Registers one kind of command with the writer.
    #[must_use]
    pub fn group<D: Decider>(&self, decider: D) -> Group<D> {
        Group::new(decider, self.0.queue.clone())
    }

    /// Takes no more commands, stores those that are queued, then closes all connections. Groups that are still held
    /// answer [`crate::WriteError::Closed`] from now on.
    pub async fn close(self) {
        let mut writer = self.0.writer.lock().await;
        if let Some(writer) = writer.take() {
            self.0.stop.notify_one();
            if let Err(error) = writer.await {
                tracing::error!(error = causes(&error), "the records writer ended badly");
            }
        }
        for pool in [&self.0.reads, &self.0.write] {
            if let Err(error) = pool.close_by_ref().await {
                tracing::warn!(error = causes(&error), "a records connection did not close well");
            }
        }
    }
}
