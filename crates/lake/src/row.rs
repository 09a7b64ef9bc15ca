//! Rows of the lake and the columns they are kept in.

use std::sync::Arc;

use arrow_array::{
    Array, ArrayRef, RecordBatch, StringArray, TimestampMicrosecondArray, UInt32Array, UInt64Array,
    builder::StringBuilder,
    cast::AsArray,
    types::{TimestampMicrosecondType, UInt32Type, UInt64Type},
};
use arrow_schema::{DataType, Field, Schema, SchemaRef, TimeUnit};
use facts::{Fact, Kind, NamedId};
use kernel::{Handle, Offset, Timestamp, WorkspaceId};
use serde_json::value::RawValue;

use crate::LakeError;

/// A booked fact.
#[derive(Clone, Debug)]
pub struct Row {
    /// Where it stands in the log.
    pub offset: Offset,
    /// Whom it is about; 0 is nobody.
    pub handle: Handle,
    /// What happened.
    pub fact: Fact,
}

/// What rows of a file are sorted by.
pub(crate) type Key = (u32, i64, u64);

impl Row {
    pub(crate) const fn key(&self) -> Key {
        (self.handle.0, self.fact.timestamp.0, self.offset.0)
    }
}

/// Places of the columns a search looks at.
pub(crate) const OFFSET: usize = 1;
pub(crate) const HANDLE: usize = 2;
pub(crate) const EVENT: usize = 3;
pub(crate) const SOURCE: usize = 5;
pub(crate) const MESSAGE_ID: usize = 6;
pub(crate) const TIMESTAMP: usize = 9;
/// Columns nobody searches by, too varied for a dictionary: it would have to be read whole for one value.
pub(crate) const UNIQUE: [&str; 6] = ["message_id", "user_id", "anonymous_id", "properties", "context", "ids"];
/// Columns of numbers that grow along the file.
pub(crate) const GROWING: [&str; 5] = ["offset", "timestamp", "original_timestamp", "sent_at", "received_at"];

/// Further ids of a fact, as JSON pairs of namespace and value. The last column: older files end before it.
const IDS: &str = "ids";

/// The columns of a file, in order.
pub fn schema() -> SchemaRef {
    let text = |name: &str, nullable| Field::new(name, DataType::Utf8, nullable);
    let instant = |name: &str, nullable| {
        Field::new(name, DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into())), nullable)
    };
    Arc::new(Schema::new(vec![
        Field::new("workspace", DataType::UInt32, false),
        Field::new("offset", DataType::UInt64, false),
        Field::new("handle", DataType::UInt32, false),
        text("event", false),
        text("kind", false),
        text("source", false),
        text("message_id", false),
        text("user_id", true),
        text("anonymous_id", true),
        instant("timestamp", false),
        instant("original_timestamp", true),
        instant("sent_at", true),
        instant("received_at", false),
        text("properties", false),
        text("context", true),
        text(IDS, true),
    ]))
}

/// Rows as columns, in the order given.
pub(crate) fn to_columns(workspace: WorkspaceId, rows: &[Row]) -> Result<RecordBatch, LakeError> {
    let text = |of: &dyn for<'a> Fn(&'a Fact) -> Option<&'a str>| -> ArrayRef {
        let mut column = StringBuilder::with_capacity(rows.len(), 0);
        rows.iter().for_each(|row| column.append_option(of(&row.fact)));
        Arc::new(column.finish())
    };
    let instant = |of: fn(&Fact) -> Option<Timestamp>| -> ArrayRef {
        let column: TimestampMicrosecondArray = rows.iter().map(|row| of(&row.fact).map(|at| at.0)).collect();
        Arc::new(column.with_timezone("UTC"))
    };
    let columns: Vec<ArrayRef> = vec![
        Arc::new(UInt32Array::from_value(workspace.0, rows.len())),
        Arc::new(UInt64Array::from_iter_values(rows.iter().map(|row| row.offset.0))),
        Arc::new(UInt32Array::from_iter_values(rows.iter().map(|row| row.handle.0))),
        text(&|fact| Some(&fact.event)),
        text(&|fact| Some(fact.kind.as_str())),
        text(&|fact| Some(&fact.source)),
        text(&|fact| Some(&fact.message_id)),
        text(&|fact| fact.user_id.as_deref()),
        text(&|fact| fact.anonymous_id.as_deref()),
        instant(|fact| Some(fact.timestamp)),
        instant(|fact| fact.original_timestamp),
        instant(|fact| fact.sent_at),
        instant(|fact| Some(fact.received_at)),
        text(&|fact| Some(fact.properties.get())),
        text(&|fact| fact.context.as_ref().map(|context| context.get())),
        ids_column(rows)?,
    ];
    Ok(RecordBatch::try_new(schema(), columns)?)
}

fn ids_column(rows: &[Row]) -> Result<ArrayRef, LakeError> {
    let mut column = StringBuilder::with_capacity(rows.len(), 0);
    for Row { fact, .. } in rows {
        let ids = (!fact.ids.is_empty()).then(|| serde_json::to_string(&fact.ids)).transpose();
        column.append_option(ids.map_err(|error| LakeError::damaged(IDS, error))?);
    }
    Ok(Arc::new(column.finish()))
}

/// A batch of an older file, with the columns files have now.
pub(crate) fn with_all_columns(columns: RecordBatch) -> Result<RecordBatch, LakeError> {
    if columns.column_by_name(IDS).is_some() {
        return Ok(columns);
    }
    let none: ArrayRef = Arc::new(StringArray::new_null(columns.num_rows()));
    let all = columns.columns().iter().cloned().chain([none]).collect();
    Ok(RecordBatch::try_new(schema(), all)?)
}

/// Rows from all columns of a file.
pub(crate) fn from_columns(path: &str, columns: &RecordBatch) -> Result<Vec<Row>, LakeError> {
    let texts: Vec<Option<&StringArray>> =
        columns.columns().iter().map(|column| column.as_string_opt::<i32>()).collect();
    let text = |column: &str, row: usize| -> Result<Option<String>, LakeError> {
        let (at, _) = columns.schema_ref().column_with_name(column).ok_or_else(|| LakeError::damaged(path, column))?;
        let texts = texts[at].ok_or_else(|| LakeError::damaged(path, column))?;
        Ok((!texts.is_null(row)).then(|| texts.value(row).to_owned()))
    };
    let must = |column: &str, row| text(column, row)?.ok_or_else(|| LakeError::damaged(path, column));
    let instant = |column: &str, row: usize| -> Result<Option<Timestamp>, LakeError> {
        let instants = columns.column_by_name(column).and_then(|column| column.as_primitive_opt());
        let instants = instants.ok_or_else(|| LakeError::damaged(path, column))?;
        let instants: &arrow_array::PrimitiveArray<TimestampMicrosecondType> = instants;
        Ok((!instants.is_null(row)).then(|| Timestamp(instants.value(row))))
    };
    let json = |text: String| RawValue::from_string(text).map_err(|error| LakeError::damaged(path, error));
    let ids = |row: usize| -> Result<Vec<NamedId>, LakeError> {
        // An older file was written before facts carried any.
        let written = if columns.column_by_name(IDS).is_some() { text(IDS, row)? } else { None };
        let ids = written.map(|ids| serde_json::from_str(&ids)).transpose();
        Ok(ids.map_err(|error| LakeError::damaged(path, error))?.unwrap_or_default())
    };
    let rows = (0..columns.num_rows()).map(|row| {
        let kind = must("kind", row)?;
        Ok(Row {
            offset: Offset(offsets(path, columns)?.value(row)),
            handle: Handle(handles(path, columns)?.value(row)),
            fact: Fact {
                source: must("source", row)?,
                message_id: must("message_id", row)?,
                kind: kind_of(&kind).ok_or_else(|| LakeError::damaged(path, "kind"))?,
                event: must("event", row)?,
                user_id: text("user_id", row)?,
                anonymous_id: text("anonymous_id", row)?,
                timestamp: instant("timestamp", row)?.ok_or_else(|| LakeError::damaged(path, "timestamp"))?,
                original_timestamp: instant("original_timestamp", row)?,
                sent_at: instant("sent_at", row)?,
                received_at: instant("received_at", row)?.ok_or_else(|| LakeError::damaged(path, "received_at"))?,
                properties: json(must("properties", row)?)?,
                context: text("context", row)?.map(json).transpose()?,
                ids: ids(row)?,
            },
        })
    });
    rows.collect()
}

/// The column of offsets, wherever it stands.
pub(crate) fn offsets<'a>(path: &str, columns: &'a RecordBatch) -> Result<&'a UInt64Array, LakeError> {
    let column = columns.column_by_name("offset").and_then(|column| column.as_primitive_opt::<UInt64Type>());
    column.ok_or_else(|| LakeError::damaged(path, "no column of offsets"))
}

/// The column of handles, wherever it stands.
pub(crate) fn handles<'a>(path: &str, columns: &'a RecordBatch) -> Result<&'a UInt32Array, LakeError> {
    let column = columns.column_by_name("handle").and_then(|column| column.as_primitive_opt::<UInt32Type>());
    column.ok_or_else(|| LakeError::damaged(path, "no column of handles"))
}

fn kind_of(word: &str) -> Option<Kind> {
    [Kind::Track, Kind::Identify, Kind::Page, Kind::Screen, Kind::Group, Kind::Alias]
        .into_iter()
        .find(|kind| kind.as_str() == word)
}
