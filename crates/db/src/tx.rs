//! The transaction a batch is decided in.

use async_trait::async_trait;
use kernel::Timestamp;
use sea_orm::{ConnectionTrait, DatabaseTransaction, DbBackend, DbErr, ExecResult, QueryResult, Statement};

use crate::Engine;

/// The writer's open transaction. It can be read and written through, never committed: the writer does that, once for the
/// whole batch.
#[derive(Debug)]
pub struct Tx {
    pub(crate) inner: DatabaseTransaction,
    pub(crate) engine: Engine,
    pub(crate) at: Timestamp,
}

impl Tx {
    /// The engine it runs on, for the few forks in `store.rs`.
    #[must_use]
    pub const fn engine(&self) -> Engine {
        self.engine
    }

    /// When the transaction began, by the clock the records were opened with.
    #[must_use]
    pub const fn at(&self) -> Timestamp {
        self.at
    }
}

#[async_trait]
impl ConnectionTrait for Tx {
    fn get_database_backend(&self) -> DbBackend {
        self.inner.get_database_backend()
    }

    async fn execute_raw(&self, statement: Statement) -> Result<ExecResult, DbErr> {
        self.inner.execute_raw(statement).await
    }

    async fn execute_unprepared(&self, sql: &str) -> Result<ExecResult, DbErr> {
        self.inner.execute_unprepared(sql).await
    }

    async fn query_one_raw(&self, statement: Statement) -> Result<Option<QueryResult>, DbErr> {
        self.inner.query_one_raw(statement).await
    }

    async fn query_all_raw(&self, statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
        self.inner.query_all_raw(statement).await
    }
}
