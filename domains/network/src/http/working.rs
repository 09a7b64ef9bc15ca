//! Answers that take long: 200 with the answer, or 202 with how far the work is.

use std::sync::Arc;

use axum::{
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use serde::Serialize;
use utoipa::ToSchema;
use web::{Json, Problem};

use crate::ops::shelf::{Got, Made, ShelfError};

/// The answer is being worked out: ask again in a second.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
pub(super) struct Working {
    /// How much is done, from 0 to 1.
    working: f64,
}

impl IntoResponse for Working {
    fn into_response(self) -> Response {
        (StatusCode::ACCEPTED, [(header::RETRY_AFTER, "1")], Json(self)).into_response()
    }
}

/// The answer, or what to tell instead.
pub(super) fn ready<V>(got: Result<Got<V>, ShelfError>) -> Result<Result<Arc<Made<V>>, Working>, Problem> {
    Ok(match got.map_err(Problem::internal)? {
        Got::Ready(made) => Ok(made),
        Got::Working(working) => Err(Working { working }),
    })
}
