//! All SQL of the slice.

pub(crate) mod heard;
pub(crate) mod reminders;
pub(crate) mod rules;

use db::{DbError, Value};
use kernel::{Handle, WorkspaceId};

fn workspace_value(workspace: WorkspaceId) -> Value {
    Value::from(i64::from(workspace.0))
}

fn handle_value(handle: Handle) -> Value {
    Value::from(i64::from(handle.0))
}

fn handle_list(handles: &[Handle]) -> Vec<Value> {
    handles.iter().copied().map(handle_value).collect()
}

fn handle(number: i64) -> Result<Handle, DbError> {
    u32::try_from(number).map(Handle).map_err(|_| DbError::corrupt("a handle"))
}

fn texts(texts: &[String]) -> Vec<Value> {
    texts.iter().map(|text| Value::from(text.as_str())).collect()
}
