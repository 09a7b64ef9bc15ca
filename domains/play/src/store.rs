//! All SQL of the slice.

pub mod plays;
pub mod taken;

use db::{DbError, Value};
use kernel::WorkspaceId;
use serde::{Serialize, de::DeserializeOwned};

fn workspace_value(workspace: WorkspaceId) -> Value {
    Value::from(i64::from(workspace.0))
}

fn read<T: DeserializeOwned>(what: &str, json: &str) -> Result<T, DbError> {
    serde_json::from_str(json).map_err(|error| DbError::corrupt(format!("{what}: {error}")))
}

fn written(what: &str, value: &impl Serialize) -> Result<String, DbError> {
    serde_json::to_string(value).map_err(|error| DbError::corrupt(format!("{what}: {error}")))
}

fn texts<'a>(texts: impl IntoIterator<Item = &'a str>) -> Vec<Value> {
    texts.into_iter().map(Value::from).collect()
}
