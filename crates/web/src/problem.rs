//! What an error looks like from outside: RFC 9457 `application/problem+json`, with a stable code from one table.
//!
//! A problem carries two things that never meet: what the client is told, and the cause, which is logged once at the edge
//! (see [`crate::layers`]) together with the request id and never sent.

use std::{error::Error, fmt, sync::Arc};

use axum::{
    body::Body,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use db::DbError;
use kernel::ErrorCode;
use serde::Serialize;
use utoipa::ToSchema;

/// The media type of problem documents.
pub(crate) const PROBLEM_JSON: &str = "application/problem+json";

/// An error on its way to the client. Made from an [`ErrorCode`] and said more exactly by the builder methods.
#[derive(Debug)]
pub struct Problem(Box<Inner>);

#[derive(Debug)]
struct Inner {
    code: ErrorCode,
    detail: Option<String>,
    errors: Vec<ProblemItem>,
    retry_after_secs: Option<u64>,
    cause: Option<Arc<dyn Error + Send + Sync>>,
}

/// One thing that is wrong with the request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct ProblemItem {
    /// Position in the array that was sent, from 0.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub index: Option<usize>,
    /// The field, as a path such as `root.unit`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub field: Option<String>,
    /// What is wrong with it, and what would be right.
    pub message: String,
}

/// An error as the client sees it (RFC 9457).
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Problem)]
pub struct ProblemDocument {
    /// A name for this kind of problem: `urn:searchlight:problem:<code>`.
    pub r#type: String,
    /// The kind of problem in a sentence; the same for the same code.
    pub title: &'static str,
    /// The HTTP status.
    pub status: u16,
    /// The kind of problem as a stable word to act upon.
    pub code: &'static str,
    /// What happened this time.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub detail: Option<String>,
    /// Name this when asking for help: the server's log knows it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub request_id: Option<String>,
    /// The single things that are wrong, if there are several or if they have a place.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    pub errors: Vec<ProblemItem>,
}

impl Problem {
    /// A problem of this kind.
    #[must_use]
    pub fn new(code: ErrorCode) -> Self {
        Self(Box::new(Inner { code, detail: None, errors: Vec::new(), retry_after_secs: None, cause: None }))
    }

    /// Our mistake: the client learns nothing but the request id, the log learns the cause.
    #[must_use]
    pub fn internal(cause: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self::new(ErrorCode::Internal).because(cause)
    }

    /// A store refuses at the moment; trying again may help, or making room on its disk.
    #[must_use]
    pub fn unavailable(cause: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        let cause = cause.into();
        let code = if is_full(&*cause) { ErrorCode::StorageFull } else { ErrorCode::Unavailable };
        Self::new(code).because(cause)
    }

    /// One field is not valid.
    #[must_use]
    pub fn invalid(field: impl Into<String>, message: impl Into<String>) -> Self {
        Self::new(ErrorCode::Invalid).field(field, message)
    }

    /// Says what happened this time, in a sentence for the client. Never a cause: that is for [`Problem::because`].
    #[must_use]
    pub fn detail(mut self, detail: impl Into<String>) -> Self {
        self.0.detail = Some(detail.into());
        self
    }

    /// Adds a field and what is wrong with it.
    #[must_use]
    pub fn field(mut self, field: impl Into<String>, message: impl Into<String>) -> Self {
        self.0.errors.push(ProblemItem { index: None, field: Some(field.into()), message: message.into() });
        self
    }

    /// Adds an entry of the array that was sent, by its position, and what is wrong with it.
    #[must_use]
    pub fn at(mut self, index: usize, message: impl Into<String>) -> Self {
        self.0.errors.push(ProblemItem { index: Some(index), field: None, message: message.into() });
        self
    }

    /// Adds one thing that is wrong.
    #[must_use]
    pub fn item(mut self, item: ProblemItem) -> Self {
        self.0.errors.push(item);
        self
    }

    /// Asks the client to wait that long before it tries again.
    #[must_use]
    pub fn retry_after(mut self, secs: u64) -> Self {
        self.0.retry_after_secs = Some(secs);
        self
    }

    /// Keeps the cause for the log. The client never sees it.
    #[must_use]
    pub fn because(mut self, cause: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        self.0.cause = Some(Arc::from(cause.into()));
        self
    }

    /// The kind of problem.
    #[must_use]
    pub fn code(&self) -> ErrorCode {
        self.0.code
    }
}

/// Whether somewhere among the causes a disk is full.
fn is_full(error: &(dyn Error + 'static)) -> bool {
    let full = match (error.downcast_ref::<Arc<DbError>>(), error.downcast_ref::<DbError>()) {
        (Some(error), _) => matches!(**error, DbError::Full(_)),
        (_, Some(error)) => matches!(error, DbError::Full(_)),
        _ => false,
    };
    full || error.source().is_some_and(is_full)
}

impl From<ErrorCode> for Problem {
    fn from(code: ErrorCode) -> Self {
        Self::new(code)
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.code.slug())?;
        self.0.detail.as_ref().map_or(Ok(()), |detail| write!(f, ": {detail}"))
    }
}

/// What the edge needs of a problem once it has become a response.
#[derive(Clone, Debug)]
pub(crate) struct Told {
    pub(crate) document: ProblemDocument,
    pub(crate) cause: Option<Arc<dyn Error + Send + Sync>>,
}

impl Told {
    /// The document as a body. Encoding cannot fail: it is strings and numbers.
    pub(crate) fn body(&self) -> Body {
        Body::from(serde_json::to_vec(&self.document).unwrap_or_default())
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let Inner { code, detail, errors, retry_after_secs, cause } = *self.0;
        let told = Told {
            document: ProblemDocument {
                r#type: format!("urn:searchlight:problem:{}", code.slug()),
                title: code.title(),
                status: code.status(),
                code: code.slug(),
                // Of our own mistakes nothing is told but the request id.
                detail: detail.filter(|_| code != ErrorCode::Internal),
                request_id: None,
                errors,
            },
            cause,
        };
        let mut response = Response::new(told.body());
        *response.status_mut() = StatusCode::from_u16(code.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(PROBLEM_JSON));
        if let Some(secs) = retry_after_secs {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(secs));
        }
        if code == ErrorCode::Unauthenticated {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        response.extensions_mut().insert(told);
        response
    }
}
