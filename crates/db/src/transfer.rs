//! Records carried from one engine to another, table by table: the schema is the same on both, so a copy of records in
//! PostgreSQL is a file of SQLite, and can become records in PostgreSQL again.
//!
//! Everything is read in one transaction that sees one moment, and written in one.

use sea_orm::{
    ConnectionTrait, DatabaseConnection, DatabaseTransaction, IsolationLevel, QueryResult, TransactionOptions,
    TransactionTrait, Value,
};

use crate::{
    DbError, Engine, Row, Sql, migration,
    schema::{self, Table},
    values,
};

/// Rows read and written at once.
const ROWS_AT_ONCE: usize = 256;

/// What tells which migrations were run. It is carried too, and is the only table that new records have rows in.
const MIGRATIONS_TABLE: &str = "schema_migration";

/// Columns whose numbers PostgreSQL hands out.
const SERIALS: &str = "
    select table_name::text as table_name, column_name::text as column_name
    from information_schema.columns
    where table_schema = current_schema() and is_identity = 'YES'
    order by table_name, column_name";

const SERIALS_SQLITE: &str = "select name as table_name, '' as column_name from sqlite_sequence";

/// Carries all records into others that were brought to the same schema and are empty.
pub(crate) async fn carry(from: &DatabaseConnection, to: &DatabaseConnection) -> Result<(), DbError> {
    let (source, target) = (engine(from), engine(to));
    // The one moment begins with its first question.
    let moment = TransactionOptions {
        isolation_level: (source == Engine::Postgres).then_some(IsolationLevel::RepeatableRead),
        ..TransactionOptions::default()
    };
    let reading = from.begin_with_options(moment).await?;
    let writing = to.begin_with_options(migration::immediate(target)).await?;
    let tables = schema::of(&reading).await?;
    if tables != schema::of(&writing).await? {
        return Err(DbError::Schemas);
    }
    for table in &tables {
        empty(&writing, table).await?;
        carry_table(&reading, &writing, table).await?;
    }
    let serials = match (source, target) {
        (Engine::Postgres, _) => reading.all(SERIALS, values![]).await?,
        (Engine::Sqlite, Engine::Postgres) => writing.all(SERIALS, values![]).await?,
        (Engine::Sqlite, Engine::Sqlite) => reading.all(SERIALS_SQLITE, values![]).await?,
    };
    carry_serials(&serials, &reading, &writing).await?;
    writing.commit().await?;
    reading.rollback().await?;
    Ok(())
}

fn engine(connection: &impl ConnectionTrait) -> Engine {
    Engine::of(connection.get_database_backend())
}

/// Nothing is overwritten.
async fn empty(writing: &DatabaseTransaction, table: &Table) -> Result<(), DbError> {
    let name = &table.name;
    if name == MIGRATIONS_TABLE {
        writing.run(&format!("delete from \"{name}\""), values![]).await?;
        return Ok(());
    }
    match writing.one(&format!("select 1 from \"{name}\" limit 1"), values![]).await? {
        None => Ok(()),
        Some(_) => Err(DbError::NotEmpty { table: name.clone() }),
    }
}

/// Reads a table in the order of its key, a page after the other, and writes each page.
async fn carry_table(
    reading: &DatabaseTransaction,
    writing: &DatabaseTransaction,
    table: &Table,
) -> Result<(), DbError> {
    let quoted = |names: &mut dyn Iterator<Item = &String>| names.map(|name| format!("\"{name}\"")).collect::<Vec<_>>();
    let columns = quoted(&mut table.columns.iter().map(|column| &column.name)).join(", ");
    let keys = quoted(&mut table.key.iter());
    let at: Vec<usize> = table.key.iter().filter_map(|key| table.columns.iter().position(|c| c.name == *key)).collect();
    if at.is_empty() {
        return Err(DbError::corrupt("a table without a key"));
    }
    let key = keys.join(", ");
    let marks: Vec<String> = (1..=keys.len()).map(|place| format!("${place}")).collect();
    let select =
        |after: &str| format!("select {columns} from \"{}\" {after} order by {key} limit {ROWS_AT_ONCE}", table.name);
    let (first, next) = (select(""), select(&format!("where ({key}) > ({})", marks.join(", "))));
    // Where numbers are handed out, those that were handed out before are kept.
    let keeping = if engine(writing) == Engine::Postgres { " overriding system value" } else { "" };
    let head = format!("insert into \"{}\" ({columns}){keeping}", table.name);
    let mut last: Vec<Value> = Vec::new();
    loop {
        let page = reading.all(if last.is_empty() { &first } else { &next }, last).await?;
        let mut rows = Vec::with_capacity(page.len() * table.columns.len());
        for row in &page {
            for (index, column) in table.columns.iter().enumerate() {
                rows.push(value(row, index, &column.kind)?);
            }
        }
        let width = table.columns.len();
        last = match rows.len().checked_sub(width) {
            Some(begin) => at.iter().map(|at| rows[begin + at].clone()).collect(),
            None => return Ok(()),
        };
        writing.insert_rows(&head, width, rows, "").await?;
        if page.len() < ROWS_AT_ONCE {
            return Ok(());
        }
    }
}

/// A column's value, in its portable kind.
fn value(row: &QueryResult, index: usize, kind: &str) -> Result<Value, DbError> {
    Ok(match kind {
        "text" => row.at::<Option<String>>(index)?.into(),
        "bigint" => row.at::<Option<i64>>(index)?.into(),
        "bool" => row.at::<Option<bool>>(index)?.into(),
        "double" => row.at::<Option<f64>>(index)?.into(),
        "blob" => row.at::<Option<Vec<u8>>>(index)?.into(),
        _ => return Err(DbError::corrupt("a column of a kind the engines do not share")),
    })
}

/// A number that was handed out is never handed out again, whatever became of its row.
async fn carry_serials(
    serials: &[QueryResult],
    reading: &DatabaseTransaction,
    writing: &DatabaseTransaction,
) -> Result<(), DbError> {
    for row in serials {
        let (table, column): (String, String) = (row.get("table_name")?, row.get("column_name")?);
        let Some(last) = last_number(reading, &table, &column).await? else { continue };
        match engine(writing) {
            Engine::Sqlite => {
                writing.run("delete from sqlite_sequence where name = $1", values![table.as_str()]).await?;
                let sql = "insert into sqlite_sequence (name, seq) values ($1, $2)";
                writing.run(sql, values![table.as_str(), last]).await?;
            }
            Engine::Postgres => {
                let sql = "select setval(pg_get_serial_sequence($1, $2), $3)";
                writing.one(sql, values![table.as_str(), column.as_str(), last]).await?;
            }
        }
    }
    Ok(())
}

async fn last_number(reading: &DatabaseTransaction, table: &str, column: &str) -> Result<Option<i64>, DbError> {
    let row = match engine(reading) {
        Engine::Sqlite => {
            reading.one("select seq as last from sqlite_sequence where name = $1", values![table]).await?
        }
        Engine::Postgres => {
            let sql = "select pg_sequence_last_value(pg_get_serial_sequence($1, $2)::regclass) as last";
            reading.one(sql, values![table, column]).await?
        }
    };
    Ok(row.map(|row| row.get::<Option<i64>>("last")).transpose()?.flatten())
}
