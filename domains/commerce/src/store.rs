//! All SQL of the slice.

pub(crate) mod orders;
pub(crate) mod prices;
pub(crate) mod products;

use db::{DbError, QueryResult, Row, Value};
use kernel::{Timestamp, WorkspaceId};
use serde::{Serialize, de::DeserializeOwned};

fn workspace_value(workspace: WorkspaceId) -> Value {
    Value::from(i64::from(workspace.0))
}

fn texts<'a>(texts: impl IntoIterator<Item = &'a str>) -> Vec<Value> {
    texts.into_iter().map(Value::from).collect()
}

fn json(what: &str, value: &impl Serialize) -> Result<String, DbError> {
    serde_json::to_string(value).map_err(|error| DbError::corrupt(format!("{what}: {error}")))
}

fn read_json<T: DeserializeOwned>(row: &QueryResult, column: &str) -> Result<T, DbError> {
    let text: String = row.get(column)?;
    serde_json::from_str(&text).map_err(|error| DbError::corrupt(format!("{column} of the shop: {error}")))
}

fn moment(row: &QueryResult, column: &str) -> Result<Timestamp, DbError> {
    Ok(Timestamp(row.get(column)?))
}

/// What a text is looked for by: in small letters, anywhere; `%` and `_` mean themselves.
fn pattern(search: &str) -> String {
    let mut pattern = String::from("%");
    for letter in search.trim().to_lowercase().chars() {
        if matches!(letter, '%' | '_' | '\\') {
            pattern.push('\\');
        }
        pattern.push(letter);
    }
    pattern.push('%');
    pattern
}
