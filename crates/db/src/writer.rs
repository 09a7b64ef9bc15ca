//! The grouped writer: one task, one connection. It takes what is waiting, decides it in one transaction, commits once and
//! then answers.
//!
//! When a batch fails, the blame is narrowed down. A constraint error of one group sends the other groups of the batch
//! ahead and halves the guilty run until one command stands alone; a mistake in a decider fails its own commands only; a
//! database that is busy or gone fails the batch, since nothing would go better apart.

use std::{
    collections::VecDeque,
    sync::Arc,
    time::{Duration, Instant},
};

use kernel::Clock;
use sea_orm::{DatabaseConnection, TransactionTrait};
use tokio::sync::{Notify, mpsc};

use crate::{
    DbError, Engine, Tx, WriteError,
    error::causes,
    group::{Job, Run, rejected},
    migration::immediate,
};

/// Commands that may wait; beyond it, submitting waits for a place.
pub(crate) const QUEUE_MAX: usize = 8192;

/// Commands decided in one transaction at most.
const BATCH_MAX: usize = 2048;

type Runs = Vec<Box<dyn Run>>;

pub(crate) struct Writer {
    pub(crate) connection: DatabaseConnection,
    pub(crate) engine: Engine,
    pub(crate) clock: Arc<dyn Clock>,
}

impl Writer {
    /// Works until told to stop, or until nobody is left who could submit; what is queued by then is done first.
    pub(crate) async fn work(self, mut queue: mpsc::Receiver<Box<dyn Job>>, stop: Arc<Notify>) {
        let mut jobs = Vec::with_capacity(BATCH_MAX);
        loop {
            let taken = tokio::select! {
                biased;
                taken = queue.recv_many(&mut jobs, BATCH_MAX) => taken,
                () = stop.notified() => {
                    queue.close();
                    continue;
                }
            };
            if taken == 0 {
                return;
            }
            self.settle(gather(&mut jobs)).await;
        }
    }

    /// Brings every command of a batch to an answer.
    async fn settle(&self, batch: Runs) {
        let mut waiting = VecDeque::from([batch]);
        while let Some(mut runs) = waiting.pop_front() {
            match self.attempt(&mut runs).await {
                Ok(()) => runs.into_iter().for_each(Run::answer),
                Err(fault) => {
                    for part in narrow(runs, fault).into_iter().rev() {
                        waiting.push_front(part);
                    }
                }
            }
        }
    }

    /// One transaction over all runs.
    async fn attempt(&self, runs: &mut Runs) -> Result<(), Fault> {
        let attempted = self.transact(runs).await;
        if let Err(fault) = &attempted
            && !fault.error.is_constraint()
        {
            self.renew().await;
        }
        attempted
    }

    /// Gives up a SQLite connection whose transaction failed otherwise than by a rule of the data. On a full disk SQLite rolls
    /// back by itself, the driver's own rollback then fails, and from there on the driver nests every transaction in one that
    /// is never committed: commands would be acknowledged and lost. A new connection knows nothing of all that.
    async fn renew(&self) {
        if self.engine != Engine::Sqlite {
            return;
        }
        let given_up = match self.connection.get_sqlite_connection_pool().acquire().await {
            Ok(connection) => connection.close().await,
            Err(error) => Err(error),
        };
        if let Err(error) = given_up {
            tracing::warn!(error = causes(&error), "the connection of the records writer was not given up well");
        }
    }

    async fn transact(&self, runs: &mut Runs) -> Result<(), Fault> {
        let tx = self.begin().await.map_err(|error| Fault { run: None, error })?;
        for (index, run) in runs.iter_mut().enumerate() {
            if let Err(error) = run.decide(&tx).await {
                if let Err(error) = tx.inner.rollback().await {
                    tracing::warn!(error = causes(&error), "could not roll back");
                }
                return Err(Fault { run: Some(index), error });
            }
        }
        let measured = Measured::start();
        tx.inner.commit().await.map_err(|error| Fault { run: None, error: error.into() })?;
        metrics::histogram!("searchlight_records_commit_seconds").record(measured.elapsed());
        for run in runs.iter() {
            #[expect(clippy::cast_precision_loss, reason = "a batch is small")]
            metrics::histogram!("searchlight_records_batch_commands", "decider" => run.name()).record(run.len() as f64);
        }
        Ok(())
    }

    async fn begin(&self) -> Result<Tx, DbError> {
        let options = immediate(self.engine);
        let inner = match self.connection.begin_with_options(options).await.map_err(DbError::from) {
            // The server may have been restarted while the connection was idle; nothing has been done on it yet.
            Err(DbError::Unavailable(_) | DbError::Full(_)) => self.connection.begin_with_options(options).await?,
            begun => begun?,
        };
        Ok(Tx { inner, engine: self.engine, at: self.clock.now() })
    }
}

/// Why a transaction did not last: which run's decision failed, or none when it was the beginning or the commit.
struct Fault {
    run: Option<usize>,
    error: DbError,
}

/// Puts commands of one kind together, kinds in the order in which their first command arrived.
fn gather(jobs: &mut Vec<Box<dyn Job>>) -> Runs {
    let mut kinds: Vec<usize> = Vec::new();
    let mut runs: Runs = Vec::new();
    for job in jobs.drain(..) {
        let kind = job.kind();
        match kinds.iter().position(|known| *known == kind) {
            Some(index) => runs[index].push(job),
            None => {
                kinds.push(kind);
                runs.push(job.start());
            }
        }
    }
    runs
}

/// What is to be tried next, each part in a transaction of its own; commands that are to blame are answered here.
fn narrow(mut runs: Runs, fault: Fault) -> Vec<Runs> {
    let Fault { run, error } = fault;
    if error.is_passing() {
        fail(runs, error);
        return Vec::new();
    }
    match (run, error) {
        // One group is to blame: the others go ahead without it.
        (Some(index), error) if runs.len() > 1 => {
            let guilty = vec![runs.remove(index)];
            let mut parts = vec![runs];
            if error.is_constraint() {
                parts.push(guilty);
            } else {
                fail(guilty, error);
            }
            parts
        }
        // A constraint that is checked at the commit does not say whose it is.
        (None, DbError::Constraint(_)) if runs.len() > 1 => runs.into_iter().map(|run| vec![run]).collect(),
        (_, DbError::Constraint(violation)) => match runs.pop() {
            Some(run) if run.len() > 1 => run.halve().map(|half| vec![half]).into(),
            Some(run) => {
                tracing::debug!(decider = run.name(), %violation, "a command was rejected");
                run.fail(&rejected(violation));
                Vec::new()
            }
            None => Vec::new(),
        },
        (_, error) => {
            fail(runs, error);
            Vec::new()
        }
    }
}

fn fail(runs: Runs, error: DbError) {
    let error = Arc::new(error);
    for run in runs {
        tracing::error!(
            decider = run.name(),
            commands = run.len(),
            error = causes(&*error),
            "commands were not stored"
        );
        run.fail(&WriteError::Failed(Arc::clone(&error)));
    }
}

/// Measures a duration, for metrics only.
struct Measured(Instant);

impl Measured {
    #[expect(clippy::disallowed_methods, reason = "measures a duration for a metric; nothing is decided by it")]
    fn start() -> Self {
        Self(Instant::now())
    }

    fn elapsed(&self) -> Duration {
        self.0.elapsed()
    }
}
