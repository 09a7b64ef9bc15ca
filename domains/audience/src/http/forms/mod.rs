//! Forms: made by staff, answered by customers.

pub(super) mod answer;
pub(super) mod answers;
pub(super) mod change;
pub(super) mod create;
pub(super) mod list;
pub(super) mod remove;
pub(super) mod show;
pub(super) mod summary;

use kernel::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

use crate::model::form::{Asked, Form, FormState};

/// A form.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Form)]
pub(super) struct FormView {
    /// `fm_…`.
    form: String,
    state: FormState,
    asked: Asked,
    /// Grows with every change of what is asked.
    version: u32,
    /// How many people answered.
    answers: u64,
    /// Where customers answer it, below the address of the server.
    path: String,
    #[schema(value_type = String, format = DateTime)]
    created_at: Timestamp,
    #[schema(value_type = String, format = DateTime)]
    changed_at: Timestamp,
    /// Who made it.
    by: String,
}

impl FormView {
    fn of(workspace: kernel::WorkspaceId, form: Form) -> Self {
        let Form { id, state, asked, version, answers, created_at, changed_at, by } = form;
        let path = format!("/f/{workspace}/form/{id}");
        Self { form: id, state, asked, version, answers, path, created_at, changed_at, by }
    }
}
