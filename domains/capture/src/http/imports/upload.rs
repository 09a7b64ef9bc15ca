//! `POST /api/v1/imports`: a table comes in.

use axum::{
    body::Body,
    extract::State,
    http::{HeaderMap, StatusCode},
};
use kernel::ErrorCode;
use serde::Deserialize;
use utoipa::IntoParams;
use web::{CanImportFacts, Json, Origin, Problem, Query};

use super::{View, view};
use crate::{
    Doors,
    http::body,
    ops::imports::{NotKept, upload as keep},
    rules::import::{Kind, UPLOAD_BYTES_MAX},
};

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct UploadQuery {
    /// What the rows are.
    #[param(inline)]
    kind: Kind,
    /// The name of the file, to find it again; 100 characters at most.
    name: Option<String>,
}

/// Bring a table
///
/// CSV (UTF-8, UTF-16 or GB18030; parted by comma, semicolon or tab) or XLSX (its first sheet that is not empty): the first
/// line names the columns. At most 50 MiB, 500,000 rows and 200 columns. Nothing is imported yet: look at what the columns are
/// taken for, change it, check it, then run it. What is never run goes after seven days.
#[utoipa::path(
    post, path = "/api/v1/imports", tag = "capture", operation_id = "capture.import.upload",
    params(UploadQuery),
    request_body(content = String, content_type = "application/octet-stream", description = "The file"),
    responses(
        (status = 201, body = View),
        (status = 400, description = "The body is cut off"),
        (status = 413, description = "More than 50 MiB"),
        (status = 422, description = "No table; `detail` says what to do"),
    ),
    extensions(("x-permission" = json!("import_facts"))),
)]
pub(super) async fn upload(
    caller: CanImportFacts,
    State(doors): State<Doors>,
    Query(asked): Query<UploadQuery>,
    origin: Origin,
    headers: HeaderMap,
    body: Body,
) -> Result<(StatusCode, Json<View>), Problem> {
    let name: String = asked.name.unwrap_or_default().chars().filter(|letter| !letter.is_control()).take(100).collect();
    let name = if name.trim().is_empty() { "table".to_owned() } else { name.trim().to_owned() };
    let bytes = body::read(&headers, body, UPLOAD_BYTES_MAX)
        .await
        .map_err(|unread| unread.problem(ErrorCode::TooLarge, UPLOAD_BYTES_MAX))?;
    match keep(&doors, caller.workspace, origin.by(&caller), (asked.kind, name), bytes).await {
        Ok(import) => Ok((StatusCode::CREATED, Json(view(&doors, caller.workspace, *import).await?))),
        Err(NotKept::Unreadable(reason)) => {
            Err(Problem::invalid("file", reason.to_string()).detail(reason.to_string()))
        }
        Err(NotKept::Trouble(error)) => Err(Problem::unavailable(error)),
    }
}
