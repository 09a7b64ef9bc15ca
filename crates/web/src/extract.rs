//! axum's extractors with rejections that are problem documents.

use axum::{
    extract::{FromRequest, FromRequestParts, Request, rejection},
    http::{StatusCode, request::Parts},
    response::{IntoResponse, Response},
};
use kernel::ErrorCode;
use serde::{Serialize, de::DeserializeOwned};

use crate::{Problem, ProblemItem};

/// A JSON body, read or written. What cannot be read is `malformed`, what does not fit the shape is `invalid`, what is
/// larger than the router's `DefaultBodyLimit` is `too_large`.
#[derive(Clone, Copy, Debug)]
pub struct Json<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Json<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        use rejection::JsonRejection as R;
        match axum::Json::from_request(request, state).await {
            Ok(axum::Json(value)) => Ok(Self(value)),
            Err(R::JsonDataError(error)) => Err(invalid(&error.body_text())),
            Err(R::MissingJsonContentType(_)) => {
                Err(Problem::new(ErrorCode::Malformed).detail("Send JSON, and say so: Content-Type: application/json"))
            }
            Err(other) if other.status() == StatusCode::PAYLOAD_TOO_LARGE => Err(ErrorCode::TooLarge.into()),
            Err(other) => Err(Problem::new(ErrorCode::Malformed).detail(own_words(&other.body_text()))),
        }
    }
}

impl<T: Serialize> IntoResponse for Json<T> {
    fn into_response(self) -> Response {
        axum::Json(self.0).into_response()
    }
}

/// A NUL as it stands in an address. Not every engine can store one or look for it, and nothing is called so.
const NUL: &str = "%00";

/// The query string as a struct. What does not fit is `invalid`.
#[derive(Clone, Copy, Debug)]
pub struct Query<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequestParts<S> for Query<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        if parts.uri.query().is_some_and(|query| query.contains(NUL)) {
            return Err(Problem::new(ErrorCode::Invalid).detail("Take the NUL (%00) out of the query"));
        }
        match axum::extract::Query::from_request_parts(parts, state).await {
            Ok(axum::extract::Query(value)) => Ok(Self(value)),
            Err(error) => Err(invalid(&error.body_text())),
        }
    }
}

/// The variables of the path. An address that cannot name anything is `not_found`, like one that names nothing.
#[derive(Clone, Copy, Debug)]
pub struct Path<T>(pub T);

impl<T: DeserializeOwned + Send, S: Send + Sync> FromRequestParts<S> for Path<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        if parts.uri.path().contains(NUL) {
            return Err(ErrorCode::NotFound.into());
        }
        match axum::extract::Path::from_request_parts(parts, state).await {
            Ok(axum::extract::Path(value)) => Ok(Self(value)),
            Err(error) if error.status().is_server_error() => Err(Problem::internal(error)),
            Err(error) => Err(Problem::new(ErrorCode::NotFound).detail(own_words(&error.body_text()))),
        }
    }
}

/// axum's texts begin with a sentence about deserialising; what the client needs comes after it.
fn own_words(text: &str) -> &str {
    const PREFIXES: [&str; 4] = [
        "Failed to deserialize the JSON body into the target type: ",
        "Failed to parse the request body as JSON: ",
        "Failed to deserialize query string: ",
        "Invalid URL: ",
    ];
    PREFIXES.iter().find_map(|prefix| text.strip_prefix(prefix)).unwrap_or(text)
}

/// Takes `[3].root.unit: unknown variant` apart into index, field and message.
fn invalid(text: &str) -> Problem {
    let text = own_words(text);
    let (path, message) = text.split_once(": ").filter(|(path, _)| !path.contains(' ')).unwrap_or(("", text));
    let (index, field) = match path.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        Some((index, rest)) => (index.parse().ok(), rest.trim_start_matches('.')),
        None => (None, path),
    };
    let field = (!field.is_empty()).then(|| field.to_owned());
    Problem::new(ErrorCode::Invalid).item(ProblemItem { index, field, message: message.to_owned() })
}

#[cfg(test)]
mod tests {
    use axum::{
        Router,
        body::{Body, to_bytes},
        extract::DefaultBodyLimit,
        routing::post,
    };
    use serde::Deserialize;
    use serde_json::{Value, json};
    use tower::ServiceExt;

    use super::*;

    #[derive(Deserialize)]
    struct Thing {
        n: u8,
    }

    async fn sum(Path(base): Path<u8>, Query(more): Query<Thing>, Json(things): Json<Vec<Thing>>) -> Json<u32> {
        Json(u32::from(base) + u32::from(more.n) + things.iter().map(|thing| u32::from(thing.n)).sum::<u32>())
    }

    async fn ask(uri: &str, body: &str) -> (u16, Value) {
        let app = Router::new().route("/sum/{base}", post(sum)).layer(DefaultBodyLimit::max(64));
        let request = Request::post(uri).header("content-type", "application/json").body(Body::from(body.to_owned()));
        let response = app.oneshot(request.unwrap()).await.unwrap();
        let status = response.status().as_u16();
        let body = to_bytes(response.into_body(), 4096).await.unwrap();
        (status, serde_json::from_slice(&body).unwrap())
    }

    #[tokio::test]
    async fn a_nul_gets_in_by_no_address() {
        assert_eq!(ask("/sum/%00?n=2", "[]").await.0, 404);
        assert_eq!(ask("/sum/1?n=2&more=a%00b", "[]").await.0, 422);
        assert_eq!(ask("/sum/1?n=2&more=a%2500b", "[]").await, (200, json!(3)), "a percent sign and two zeros");
    }

    #[tokio::test]
    async fn what_cannot_be_read_is_told_from_what_cannot_be() {
        assert_eq!(ask("/sum/1?n=2", r#"[{"n":3}]"#).await, (200, json!(6)));

        let (status, problem) = ask("/sum/1?n=2", r#"[{"n":3}"#).await;
        assert_eq!((status, &problem["code"]), (400, &json!("malformed")));

        let (status, problem) = ask("/sum/1?n=2", r#"[{"n":3},{"n":300}]"#).await;
        assert_eq!((status, &problem["code"]), (422, &json!("invalid")));
        assert_eq!((&problem["errors"][0]["index"], &problem["errors"][0]["field"]), (&json!(1), &json!("n")));

        let (status, problem) = ask("/sum/1?n=2", r#"[{}]"#).await;
        assert_eq!(status, 422);
        assert!(problem["errors"][0]["message"].as_str().unwrap().starts_with("missing field `n`"), "{problem}");

        let (status, problem) = ask("/sum/1?n=two", "[]").await;
        assert_eq!((status, &problem["errors"][0]["field"]), (422, &json!("n")));

        assert_eq!(ask("/sum/one?n=2", "[]").await.0, 404);
        let (status, problem) = ask("/sum/1?n=2", &"[".repeat(65)).await;
        assert_eq!((status, &problem["code"]), (413, &json!("too_large")));
    }
}
