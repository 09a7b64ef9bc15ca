//! SQL with `$1` placeholders, equal on both engines, on a pool or in a transaction.

use std::future::Future;

use sea_orm::{ConnectionTrait, QueryResult, TryGetable, Value};

use crate::{DbError, Engine, portable};

/// Rows a multi-row statement carries at most. A statement costs about 50 µs, a row in it about 2 µs: more gains nothing.
const ROWS_MAX: usize = 512;

/// Runs SQL texts. Placeholders are `$1`, `$2`, …, each may occur several times. A null must bear its column's type:
/// `None::<i64>.into()`, not some other `None`.
pub trait Sql: ConnectionTrait {
    /// All rows.
    ///
    /// # Errors
    /// [`DbError`] by class.
    fn all(
        &self,
        sql: &str,
        values: impl IntoIterator<Item = Value>,
    ) -> impl Future<Output = Result<Vec<QueryResult>, DbError>> + Send;

    /// The first row, if any.
    ///
    /// # Errors
    /// [`DbError`] by class.
    fn one(
        &self,
        sql: &str,
        values: impl IntoIterator<Item = Value>,
    ) -> impl Future<Output = Result<Option<QueryResult>, DbError>> + Send;

    /// Runs it for its effect; the number of rows it touched.
    ///
    /// # Errors
    /// [`DbError`] by class.
    fn run(
        &self,
        sql: &str,
        values: impl IntoIterator<Item = Value>,
    ) -> impl Future<Output = Result<u64, DbError>> + Send;

    /// Inserts many rows with few statements: `head` is `insert into t (a, b)`, `width` its number of columns, `rows` the
    /// values row after row, `tail` something like `on conflict do nothing` or empty. The number of rows touched.
    ///
    /// # Errors
    /// [`DbError`] by class; what the earlier statements inserted is undone with the transaction.
    ///
    /// # Panics
    /// When `rows` is not a whole number of rows.
    fn insert_rows(
        &self,
        head: &str,
        width: usize,
        rows: Vec<Value>,
        tail: &str,
    ) -> impl Future<Output = Result<u64, DbError>> + Send;

    /// All rows of a query over a long list. In `sql`, `{list}` stands for the values (`x in ({list})`, with a `width` of 1)
    /// and `{rows}` for rows of `width` values: `(a, b) in (values {rows})`, `from (values {rows})`. `fixed` are `$1`, `$2`,
    /// … beside it. A long list is cut into several statements, and a piece may repeat its last row to have a usual length:
    /// the query must be one where neither shows, so no `not in`, no `count(*)` over the list.
    ///
    /// # Errors
    /// [`DbError`] by class.
    ///
    /// # Panics
    /// When `list` is not a whole number of rows.
    fn all_in(
        &self,
        sql: &str,
        fixed: impl IntoIterator<Item = Value>,
        width: usize,
        list: Vec<Value>,
    ) -> impl Future<Output = Result<Vec<QueryResult>, DbError>> + Send;

    /// Like [`Sql::all_in`], for an update or a delete; the number of rows touched.
    ///
    /// # Errors
    /// [`DbError`] by class.
    ///
    /// # Panics
    /// When `list` is not a whole number of rows.
    fn run_in(
        &self,
        sql: &str,
        fixed: impl IntoIterator<Item = Value>,
        width: usize,
        list: Vec<Value>,
    ) -> impl Future<Output = Result<u64, DbError>> + Send;
}

impl<C: ConnectionTrait> Sql for C {
    fn all(
        &self,
        sql: &str,
        values: impl IntoIterator<Item = Value>,
    ) -> impl Future<Output = Result<Vec<QueryResult>, DbError>> + Send {
        let statement = portable::statement(self.get_database_backend(), sql, values);
        async move { Ok(self.query_all_raw(statement?).await?) }
    }

    fn one(
        &self,
        sql: &str,
        values: impl IntoIterator<Item = Value>,
    ) -> impl Future<Output = Result<Option<QueryResult>, DbError>> + Send {
        let statement = portable::statement(self.get_database_backend(), sql, values);
        async move { Ok(self.query_one_raw(statement?).await?) }
    }

    fn run(
        &self,
        sql: &str,
        values: impl IntoIterator<Item = Value>,
    ) -> impl Future<Output = Result<u64, DbError>> + Send {
        let statement = portable::statement(self.get_database_backend(), sql, values);
        async move { Ok(self.execute_raw(statement?).await?.rows_affected()) }
    }

    async fn insert_rows(&self, head: &str, width: usize, rows: Vec<Value>, tail: &str) -> Result<u64, DbError> {
        let count = whole_rows(&rows, width);
        let engine = Engine::of(self.get_database_backend());
        let mut touched = 0;
        let mut values = rows.into_iter();
        for size in usual_sizes(count, rows_max(engine, 0, width)) {
            let sql = format!("{head} values {} {tail}", portable::rows(engine, 0, size, width));
            touched += self.run(&sql, values.by_ref().take(size * width)).await?;
        }
        Ok(touched)
    }

    fn all_in(
        &self,
        sql: &str,
        fixed: impl IntoIterator<Item = Value>,
        width: usize,
        list: Vec<Value>,
    ) -> impl Future<Output = Result<Vec<QueryResult>, DbError>> + Send {
        let pieces = pieces(Engine::of(self.get_database_backend()), sql, fixed, width, &list);
        async move {
            let mut found = Vec::new();
            for (sql, values) in pieces {
                found.append(&mut self.all(&sql, values).await?);
            }
            Ok(found)
        }
    }

    fn run_in(
        &self,
        sql: &str,
        fixed: impl IntoIterator<Item = Value>,
        width: usize,
        list: Vec<Value>,
    ) -> impl Future<Output = Result<u64, DbError>> + Send {
        let pieces = pieces(Engine::of(self.get_database_backend()), sql, fixed, width, &list);
        async move {
            let mut touched = 0;
            for (sql, values) in pieces {
                touched += self.run(&sql, values).await?;
            }
            Ok(touched)
        }
    }
}

fn whole_rows(values: &[Value], width: usize) -> usize {
    assert!(width > 0 && values.len().is_multiple_of(width), "{} values are no rows of width {width}", values.len());
    values.len() / width
}

/// The largest power of two of rows that fits beside the fixed values.
fn rows_max(engine: Engine, fixed: usize, width: usize) -> usize {
    let fit = ((engine.parameters_max() - fixed) / width).clamp(1, ROWS_MAX);
    1 << fit.ilog2()
}

/// Cuts `count` rows into sizes that are powers of two: few different texts, so that they stay prepared.
fn usual_sizes(count: usize, max: usize) -> impl Iterator<Item = usize> {
    let mut left = count;
    std::iter::from_fn(move || {
        let size = if left >= max { max } else { 1 << left.checked_ilog2()? };
        left -= size;
        Some(size)
    })
}

/// The statements of a query over a list.
fn pieces(
    engine: Engine,
    sql: &str,
    fixed: impl IntoIterator<Item = Value>,
    width: usize,
    list: &[Value],
) -> Vec<(String, Vec<Value>)> {
    let fixed: Vec<Value> = fixed.into_iter().collect();
    let count = whole_rows(list, width);
    let max = rows_max(engine, fixed.len(), width);
    let mut pieces = Vec::with_capacity(count.div_ceil(max));
    for piece in list.chunks(max * width) {
        let rows = piece.len() / width;
        let usual = rows.next_power_of_two();
        let repeated = &piece[piece.len() - width..];
        let mut values = piece.to_vec();
        (rows..usual).for_each(|_| values.extend_from_slice(repeated));
        let text = match engine {
            // Values without a number are counted from the first, so they come first.
            Engine::Sqlite => {
                let sql = portable::renumber(sql, values.len());
                values.extend_from_slice(&fixed);
                sql
            }
            Engine::Postgres => {
                values.splice(0..0, fixed.iter().cloned());
                sql.to_owned()
            }
        };
        let text = text
            .replace("{list}", &portable::list(engine, fixed.len(), usual * width))
            .replace("{rows}", &portable::rows(engine, fixed.len(), usual, width));
        pieces.push((text, values));
    }
    pieces
}

/// Reads a row's columns.
pub trait Row {
    /// The column of this name. A column that may be null is read as an `Option`.
    ///
    /// # Errors
    /// [`DbError::Corrupt`] when there is no such column, or it holds another type.
    fn get<T: TryGetable>(&self, column: &str) -> Result<T, DbError>;

    /// The column at this place, from 0.
    ///
    /// # Errors
    /// [`DbError::Corrupt`] when there is no such column, or it holds another type.
    fn at<T: TryGetable>(&self, index: usize) -> Result<T, DbError>;
}

impl Row for QueryResult {
    fn get<T: TryGetable>(&self, column: &str) -> Result<T, DbError> {
        self.try_get("", column)
            .map_err(|error| DbError::Corrupt { message: format!("column {column}: {error}"), source: Some(error) })
    }

    fn at<T: TryGetable>(&self, index: usize) -> Result<T, DbError> {
        self.try_get_by_index(index)
            .map_err(|error| DbError::Corrupt { message: format!("column {index}: {error}"), source: Some(error) })
    }
}

/// Values for a statement: `values![workspace.0, "name", None::<i64>]`.
#[macro_export]
macro_rules! values {
    ($($value:expr),* $(,)?) => { [$($crate::Value::from($value)),*] };
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_cut_into_few_usual_sizes() {
        assert_eq!(usual_sizes(1100, 512).collect::<Vec<_>>(), [512, 512, 64, 8, 4]);
        assert_eq!(usual_sizes(0, 512).count(), 0);
        assert_eq!(rows_max(Engine::Sqlite, 0, 100), 256);
        assert_eq!(rows_max(Engine::Postgres, 0, 2), 512);
    }

    #[test]
    fn a_list_goes_beside_the_fixed_values() {
        let list: Vec<Value> = [10_i64, 20, 30].map(Value::from).into();
        let one = |engine| pieces(engine, "w = $1 and x in ({list})", [Value::from(7_i64)], 1, &list).remove(0);
        let (text, values) = one(Engine::Postgres);
        assert_eq!(text, "w = $1 and x in ($2, $3, $4, $5)");
        assert_eq!(values, values![7_i64, 10_i64, 20_i64, 30_i64, 30_i64]);
        let (text, values) = one(Engine::Sqlite);
        assert_eq!(text, "w = $5 and x in (?, ?, ?, ?)");
        assert_eq!(values, values![10_i64, 20_i64, 30_i64, 30_i64, 7_i64]);
    }
}
