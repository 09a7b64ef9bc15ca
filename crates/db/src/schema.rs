//! What the engine made of the migrations, in words both engines share, so that a test can compare them.

use std::collections::BTreeMap;

use sea_orm::ConnectionTrait;

use crate::{DbError, Engine, Records, Row, Sql, values};

/// A table, its columns in the order of their definition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Table {
    /// Its name.
    pub name: String,
    /// Its columns.
    pub columns: Vec<Column>,
    /// The columns of its primary key, in order.
    pub key: Vec<String>,
    /// Its indexes beside those that constraints bring along, by name; whether each is unique.
    pub indexes: BTreeMap<String, bool>,
}

/// A column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Column {
    /// Its name.
    pub name: String,
    /// `text`, `bigint`, `bool`, `double` or `blob`; otherwise the engine's own words and name, which the other cannot share.
    pub kind: String,
    /// Whether it takes nulls. SQLite lets them into a primary key unless it says `not null`.
    pub nullable: bool,
}

/// All tables, by name.
///
/// # Errors
/// [`DbError`] by class.
pub async fn describe(records: &Records) -> Result<Vec<Table>, DbError> {
    of(records.reads()).await
}

pub(crate) async fn of(reads: &impl ConnectionTrait) -> Result<Vec<Table>, DbError> {
    let engine = Engine::of(reads.get_database_backend());
    let (columns, keys, indexes) = match engine {
        Engine::Sqlite => (SQLITE_COLUMNS, SQLITE_KEYS, SQLITE_INDEXES),
        Engine::Postgres => (POSTGRES_COLUMNS, POSTGRES_KEYS, POSTGRES_INDEXES),
    };
    let mut tables: BTreeMap<String, Table> = BTreeMap::new();
    for row in reads.all(columns, values![]).await? {
        let name: String = row.get("table_name")?;
        let column = Column {
            name: row.get("column_name")?,
            kind: kind(engine, &row.get::<String>("kind")?),
            nullable: row.get::<i64>("nullable")? != 0,
        };
        let empty = || Table { name: name.clone(), columns: Vec::new(), key: Vec::new(), indexes: BTreeMap::new() };
        tables.entry(name.clone()).or_insert_with(empty).columns.push(column);
    }
    for row in reads.all(keys, values![]).await? {
        if let Some(table) = tables.get_mut(&row.get::<String>("table_name")?) {
            table.key.push(row.get("column_name")?);
        }
    }
    for row in reads.all(indexes, values![]).await? {
        if let Some(table) = tables.get_mut(&row.get::<String>("table_name")?) {
            table.indexes.insert(row.get("index_name")?, row.get::<i64>("is_unique")? != 0);
        }
    }
    Ok(tables.into_values().collect())
}

fn kind(engine: Engine, own: &str) -> String {
    match own.to_ascii_lowercase().as_str() {
        "text" | "text collate c" => "text",
        // SQLite's INTEGER is 8 bytes; it is how a `{serial}` must be spelled there.
        "bigint" | "integer primary key" => "bigint",
        "boolean" => "bool",
        "double" | "double precision" => "double",
        "blob" | "bytea" => "blob",
        // Even if the other engine has the word too, it may mean something else.
        other => return format!("{other} of {engine}"),
    }
    .to_owned()
}

const SQLITE_COLUMNS: &str = "
    select t.name as table_name, c.name as column_name,
        case when upper(c.type) = 'INTEGER' and c.pk = 1 then 'integer primary key' else c.type end as kind,
        case when c.\"notnull\" = 1 or (upper(c.type) = 'INTEGER' and c.pk = 1) then 0 else 1 end as nullable
    from sqlite_master t join pragma_table_info(t.name) c
    where t.type = 'table' and t.name not like 'sqlite\\_%' escape '\\'
    order by t.name, c.cid";

const SQLITE_KEYS: &str = "
    select t.name as table_name, c.name as column_name
    from sqlite_master t join pragma_table_info(t.name) c
    where t.type = 'table' and c.pk > 0
    order by t.name, c.pk";

const SQLITE_INDEXES: &str = "
    select t.name as table_name, i.name as index_name, i.\"unique\" as is_unique
    from sqlite_master t join pragma_index_list(t.name) i
    where t.type = 'table' and i.origin = 'c'";

const POSTGRES_COLUMNS: &str = "
    select table_name::text as table_name, column_name::text as column_name,
        case when data_type = 'text' and collation_name = 'C' then 'text collate c'
            when data_type = 'text' then 'text without collation' else data_type::text end as kind,
        case when is_nullable = 'YES' then 1 else 0 end::bigint as nullable
    from information_schema.columns
    where table_schema = current_schema()
    order by table_name, ordinal_position";

const POSTGRES_KEYS: &str = "
    select k.table_name::text as table_name, k.column_name::text as column_name
    from information_schema.table_constraints c
    join information_schema.key_column_usage k
        on k.constraint_schema = c.constraint_schema and k.constraint_name = c.constraint_name
        and k.table_name = c.table_name
    where c.constraint_type = 'PRIMARY KEY' and c.table_schema = current_schema()
    order by k.table_name, k.ordinal_position";

const POSTGRES_INDEXES: &str = "
    select t.relname::text as table_name, i.relname::text as index_name,
        case when x.indisunique then 1 else 0 end::bigint as is_unique
    from pg_index x
    join pg_class i on i.oid = x.indexrelid
    join pg_class t on t.oid = x.indrelid
    join pg_namespace n on n.oid = t.relnamespace
    where n.nspname = current_schema()
        and not exists (select 1 from pg_constraint c where c.conindid = x.indexrelid and c.contype in ('p', 'u', 'x'))";
