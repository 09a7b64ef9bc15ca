//! All SQL of the slice.

pub(crate) mod counts;
pub(crate) mod hosts;
pub(crate) mod links;
pub(crate) mod pages;

use db::{DbError, Value};
use kernel::WorkspaceId;
use serde::{Serialize, de::DeserializeOwned};

fn workspace_value(workspace: WorkspaceId) -> Value {
    Value::from(i64::from(workspace.0))
}

fn json(value: &impl Serialize) -> Result<String, DbError> {
    serde_json::to_string(value).map_err(|error| DbError::corrupt(format!("what is not JSON: {error}")))
}

fn read<T: DeserializeOwned>(text: &str, what: &str) -> Result<T, DbError> {
    serde_json::from_str(text).map_err(|error| DbError::corrupt(format!("{what}: {error}")))
}

/// What a search is looked for as, in `like $n escape '\'`: the text anywhere, its own signs meaning nothing.
fn anywhere(text: &str) -> String {
    let plain = text.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_");
    format!("%{plain}%")
}
