//! A query that is narrowed by what was asked: one condition and one value after the other.

use sea_orm::{ConnectionTrait, QueryResult, Value};

use crate::{DbError, Sql};

/// A query and its values so far.
#[derive(Clone, Debug)]
pub struct Narrowed {
    sql: String,
    values: Vec<Value>,
}

impl Narrowed {
    /// A query that always has these values.
    #[must_use]
    pub fn new(sql: impl Into<String>, values: impl IntoIterator<Item = Value>) -> Self {
        Self { sql: sql.into(), values: values.into_iter().collect() }
    }

    /// Appends a condition when there is a value for it; `$n` in it, as often as it stands there, is that value.
    #[must_use]
    pub fn by(mut self, condition: &str, value: Option<impl Into<Value>>) -> Self {
        if let Some(value) = value {
            self.values.push(value.into());
            self.sql += &condition.replace("$n", &format!("${}", self.values.len()));
        }
        self
    }

    /// The first so many rows, in an order such as `id desc`.
    ///
    /// # Errors
    /// [`DbError`] by class.
    pub async fn first(
        self,
        reads: &impl ConnectionTrait,
        order: &str,
        limit: usize,
    ) -> Result<Vec<QueryResult>, DbError> {
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let Self { sql, values } = self.by(&format!(" order by {order} limit $n"), Some(limit));
        reads.all(&sql, values).await
    }
}
