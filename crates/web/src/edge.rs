//! The edge every request passes once on its way in and once on its way out.
//!
//! In: a request id, where it came from as far as proxies are trusted, whether the client may ask that often, and a span
//! without personal data (method, the route's pattern, workspace; never a query string, an address or a name). Out: problem
//! documents get the request id, causes are logged here and nowhere else, each operation is counted and timed, and the
//! headers are set that tell browsers what not to do.

use std::{
    any::Any,
    error::Error,
    fmt::Write as _,
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Instant,
};

use axum::{
    Router,
    body::HttpBody as _,
    extract::{ConnectInfo, MatchedPath, Request, State},
    http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header},
    middleware::{Next, from_fn_with_state},
    response::{IntoResponse, Response},
};
use kernel::{Clock, Entropy, ErrorCode, token};
use metrics::{Unit, counter, describe_counter, describe_histogram, histogram};
use tower_http::{CompressionLevel, catch_panic::CatchPanicLayer, compression::CompressionLayer};
use tracing::{Instrument as _, field};

use crate::{Came, Limits, Problem, TrustedProxies, limits::Counter, problem::Told};

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Names one request in the log and in problem documents. In the request's extensions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequestId(pub Arc<str>);

/// What the edge is put up with.
pub struct Edge<'a> {
    /// Names this process in request ids.
    pub entropy: &'a dyn Entropy,
    /// Tells when requests come, for the limits.
    pub clock: Arc<dyn Clock>,
    /// Whose word about the client counts.
    pub proxies: TrustedProxies,
    /// How often one client may ask.
    pub limits: Limits,
}

impl<'a> Edge<'a> {
    /// An edge that trusts no proxy and keeps the usual limits.
    #[must_use]
    pub fn new(entropy: &'a dyn Entropy, clock: Arc<dyn Clock>) -> Self {
        Self { entropy, clock, proxies: TrustedProxies::default(), limits: Limits::default() }
    }
}

/// Makes a request's span part of a trace its sender has begun. In the request's extensions, from whoever makes traces.
#[derive(Clone, Copy)]
pub struct Join(pub fn(&tracing::Span, &HeaderMap));

/// Puts the edge around a whole router. Routes added afterwards would miss it.
pub fn layers<S: Clone + Send + Sync + 'static>(router: Router<S>, edge: Edge<'_>) -> Router<S> {
    describe_counter!("searchlight_http_requests_total", "Requests answered, by operation and status");
    describe_counter!("searchlight_http_limited_total", "Requests refused because their client asked too often");
    describe_histogram!("searchlight_http_seconds", Unit::Seconds, "Time to answer a request, by operation");
    let Edge { entropy, clock, proxies, limits } = edge;
    let ids = RequestIds { process: token(entropy, 8), next: AtomicU64::new(1) };
    let watch = Arc::new(Watch { ids, clock, proxies, counter: Counter::new(limits) });
    router
        .layer(CatchPanicLayer::custom(panicked))
        .layer(from_fn_with_state(watch, pass))
        .layer(CompressionLayer::new().gzip(true).br(true).quality(CompressionLevel::Default))
}

/// What the edge remembers between requests.
struct Watch {
    ids: RequestIds,
    clock: Arc<dyn Clock>,
    proxies: TrustedProxies,
    counter: Counter,
}

/// Ids that are unique over restarts and cost no randomness each.
struct RequestIds {
    process: String,
    next: AtomicU64,
}

impl RequestIds {
    /// The id a proxy gave, if it is a plain short word, or the next of our own.
    fn of(&self, headers: &HeaderMap) -> RequestId {
        let plain = |id: &&str| {
            (1..=64).contains(&id.len()) && id.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'))
        };
        let given = headers.get(&REQUEST_ID).and_then(|value| value.to_str().ok()).filter(plain);
        RequestId(given.map_or_else(
            || format!("{}-{}", self.process, self.next.fetch_add(1, Ordering::Relaxed)).into(),
            Into::into,
        ))
    }
}

async fn pass(State(watch): State<Arc<Watch>>, mut request: Request, next: Next) -> Response {
    let id = watch.ids.of(request.headers());
    let method = method_name(request.method());
    let path = request.extensions().get::<MatchedPath>().cloned();
    let path = path.as_ref().map_or("unmatched", MatchedPath::as_str);
    let span = tracing::info_span!("request", id = &*id.0, method, path, workspace = field::Empty);
    if let Some(Join(join)) = request.extensions().get::<Join>().copied() {
        join(&span, request.headers());
    }
    let is_api = request.uri().path().starts_with("/api/");
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>().map(|peer| peer.0.ip());
    let came = watch.proxies.came(peer, request.uri(), request.headers());
    request.extensions_mut().insert(id.clone());
    request.extensions_mut().insert(came.clone());
    let (parts, body) = request.into_parts();
    let counted = watch.counter.count(&parts, &came, watch.clock.now());
    let request = Request::from_parts(parts, body);

    #[expect(clippy::disallowed_methods, reason = "measures a duration, which no decision rests upon")]
    let started = Instant::now();
    let response = match counted {
        Ok(()) => next.run(request).instrument(span.clone()).await,
        Err(refused) => refused.into_response(),
    };
    let seconds = started.elapsed().as_secs_f64();

    let mut response = span.in_scope(|| tell(plain_error_as_problem(response), &id));
    let status = response.status();
    span.in_scope(|| tracing::debug!(status = status.as_u16(), seconds, "answered"));
    let operation = format!("{method} {path}");
    counter!("searchlight_http_requests_total", "operation" => operation.clone(), "status" => status.as_u16().to_string())
        .increment(1);
    histogram!("searchlight_http_seconds", "operation" => operation).record(seconds);

    let headers = response.headers_mut();
    if let Ok(value) = HeaderValue::from_str(&id.0) {
        headers.insert(REQUEST_ID, value);
    }
    guard(headers, &came, is_api);
    response
}

/// What a browser must not do with an answer. Pages say more about themselves: what is set already stays.
fn guard(headers: &mut HeaderMap, came: &Came, is_api: bool) {
    let mut unless_set = |name: HeaderName, value: &'static str| {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    };
    unless_set(header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    unless_set(header::REFERRER_POLICY, "same-origin");
    unless_set(header::X_FRAME_OPTIONS, "DENY");
    // What is no page loads nothing, wherever somebody gets it shown.
    unless_set(header::CONTENT_SECURITY_POLICY, "default-src 'none'; frame-ancestors 'none'");
    unless_set(HeaderName::from_static("cross-origin-opener-policy"), "same-origin");
    if is_api {
        unless_set(header::CACHE_CONTROL, "no-store");
    }
    if came.https {
        unless_set(header::STRICT_TRANSPORT_SECURITY, "max-age=31536000");
    }
}

/// The method as a label. A client may make up its own, so what is not ours is one.
fn method_name(method: &Method) -> &'static str {
    const OURS: [&str; 7] = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];
    OURS.into_iter().find(|ours| method.as_str() == *ours).unwrap_or("OTHER")
}

/// Logs a problem's cause and puts the request id into its document.
fn tell(mut response: Response, id: &RequestId) -> Response {
    let Some(mut told) = response.extensions_mut().remove::<Told>() else { return response };
    let code = told.document.code;
    if code == ErrorCode::NotCaughtUp.slug() {
        // Nothing failed: whoever asked is told to ask again, and a load balancer does so all day.
        tracing::debug!(code, detail = told.document.detail, "not caught up");
    } else if response.status().is_server_error() {
        let cause = told.cause.as_ref().map(|cause| chain(&**cause));
        tracing::error!(code, cause, detail = told.document.detail, "request failed");
    } else if let Some(cause) = &told.cause {
        tracing::info!(code, cause = chain(&**cause), "request refused");
    }
    told.document.request_id = Some(id.0.as_ref().to_owned());
    *response.body_mut() = told.body();
    response.headers_mut().remove(header::CONTENT_LENGTH);
    response
}

/// An error and what caused it, in one line.
fn chain(error: &dyn Error) -> String {
    let mut line = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        let _ = write!(line, ": {cause}");
        source = cause.source();
    }
    line
}

/// The router's own refusals (no such route, no such method, body too large) in the form of all others.
fn plain_error_as_problem(response: Response) -> Response {
    let status = response.status();
    let kind = response.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let ours = response.extensions().get::<Told>().is_some();
    let bare = kind.map_or(response.body().size_hint().exact() == Some(0), |kind| kind.starts_with("text/plain"));
    if ours || !bare || !(status.is_client_error() || status.is_server_error()) {
        return response;
    }
    let code = match status {
        StatusCode::NOT_FOUND => ErrorCode::NotFound,
        StatusCode::METHOD_NOT_ALLOWED => ErrorCode::MethodNotAllowed,
        StatusCode::PAYLOAD_TOO_LARGE => ErrorCode::TooLarge,
        StatusCode::TOO_MANY_REQUESTS => ErrorCode::TooMany,
        status if status.is_client_error() => ErrorCode::Malformed,
        _ => ErrorCode::Internal,
    };
    let mut problem = Problem::new(code);
    if status == StatusCode::METHOD_NOT_ALLOWED {
        problem = problem.detail("The header Allow names those it takes");
    }
    let mut told = problem.into_response();
    *told.status_mut() = status;
    if let Some(document) = told.extensions_mut().get_mut::<Told>() {
        document.document.status = status.as_u16();
    }
    if let Some(allow) = response.headers().get(header::ALLOW) {
        told.headers_mut().insert(header::ALLOW, allow.clone());
    }
    told
}

#[expect(clippy::needless_pass_by_value, reason = "the shape the layer asks for")]
fn panicked(panic: Box<dyn Any + Send>) -> Response {
    let said = panic.downcast_ref::<String>().map(String::as_str).or_else(|| panic.downcast_ref::<&str>().copied());
    Problem::internal(format!("a handler panicked: {}", said.unwrap_or("without a word"))).into_response()
}

#[cfg(test)]
mod tests {
    use axum::{
        body::{Body, to_bytes},
        extract::DefaultBodyLimit,
        routing::{get, post},
    };
    use kernel::{ManualClock, SeededEntropy};
    use serde_json::{Value, json};
    use tower::ServiceExt;

    use super::*;
    use crate::{Json, Origin, Rate};

    fn app() -> Router {
        let router = Router::new()
            .route(
                "/fails",
                get(|| async { Problem::internal("the password of the database is 1234").detail("secret") }),
            )
            .route("/panics", get(|| async { panic!("the password is 1234") as Response }))
            .route("/refuses", get(|| async { Problem::new(ErrorCode::TooMany).detail("wait").retry_after(30) }))
            .route("/long", get(|| async { "searchlight ".repeat(400) }))
            .route("/api/v1/told", get(|origin: Origin| async move { format!("{:?}", origin.came) }))
            .route("/takes", post(|body: Json<Value>| async { body }).layer(DefaultBodyLimit::max(16)));
        let entropy = SeededEntropy::new(1);
        let proxies = "10.0.0.0/8".parse().unwrap();
        let limits = Limits { address: Rate { per_sec: 1, burst: 3 }, ..Limits::default() };
        layers(router, Edge { proxies, limits, ..Edge::new(&entropy, Arc::new(ManualClock::default())) })
    }

    async fn ask(request: axum::http::request::Builder) -> (StatusCode, HeaderMap, Value) {
        let response = app().oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
        let (parts, body) = response.into_parts();
        let body = to_bytes(body, 65536).await.unwrap();
        (parts.status, parts.headers, serde_json::from_slice(&body).unwrap_or(Value::Null))
    }

    #[tokio::test]
    async fn our_mistakes_tell_the_request_id_and_nothing_else() {
        for path in ["/fails", "/panics"] {
            let (status, headers, problem) = ask(Request::get(path)).await;
            let id = headers["x-request-id"].to_str().unwrap();
            let expected = json!({
                "type": "urn:searchlight:problem:internal", "title": "Something went wrong on our side",
                "status": 500, "code": "internal", "request_id": id,
            });
            assert_eq!((status.as_u16(), problem), (500, expected), "{path}");
            assert_eq!(headers["content-type"], "application/problem+json");
        }
    }

    #[tokio::test]
    async fn the_routers_own_refusals_are_problems_too() {
        let (status, _, problem) = ask(Request::get("/nowhere")).await;
        assert_eq!((status.as_u16(), &problem["code"]), (404, &json!("not_found")));
        let (status, headers, problem) = ask(Request::delete("/long")).await;
        assert_eq!(
            (status.as_u16(), &problem["status"], &headers["allow"]),
            (405, &json!(405), &"GET,HEAD".parse().unwrap())
        );
        assert_eq!(problem["code"], "method_not_allowed");
        let (status, headers, _) = ask(Request::get("/refuses")).await;
        assert_eq!((status.as_u16(), &headers["retry-after"]), (429, &"30".parse().unwrap()));
    }

    #[tokio::test]
    async fn a_proxys_request_id_is_kept_if_it_is_a_plain_word() {
        let (_, headers, problem) = ask(Request::get("/nowhere").header("x-request-id", "from-proxy_1")).await;
        assert_eq!(
            (&headers["x-request-id"], &problem["request_id"]),
            (&"from-proxy_1".parse().unwrap(), &json!("from-proxy_1"))
        );
        let (_, headers, _) = ask(Request::get("/nowhere").header("x-request-id", "<script>")).await;
        assert_ne!(headers["x-request-id"], "<script>");
    }

    #[tokio::test]
    async fn what_a_client_is_and_how_often_it_asks_is_known_at_the_edge() {
        let app = app();
        let ask = async |client: &str| {
            let request = Request::get("/api/v1/told").header("x-forwarded-for", client);
            let request = request.header("x-forwarded-proto", "https").header("host", "shop.example");
            let mut request = request.body(Body::empty()).unwrap();
            request.extensions_mut().insert(ConnectInfo::<SocketAddr>("10.0.0.1:5000".parse().unwrap()));
            let response = app.clone().oneshot(request).await.unwrap();
            let (parts, body) = response.into_parts();
            (parts, String::from_utf8(to_bytes(body, 4096).await.unwrap().to_vec()).unwrap())
        };
        for n in 0..4 {
            let (parts, told) = ask("203.0.113.7").await;
            assert_eq!(parts.status.as_u16(), if n < 3 { 200 } else { 429 });
            assert_eq!(parts.headers["strict-transport-security"], "max-age=31536000");
            if n == 0 {
                assert_eq!(told, r#"Came { ip: Some(203.0.113.7), https: true, host: Some("shop.example") }"#);
                assert_eq!(parts.headers["cache-control"], "no-store");
            } else if n == 3 {
                assert_eq!(parts.headers["retry-after"], "1");
                assert!(told.contains("\"code\":\"too_many\"") && told.contains("request_id"), "{told}");
            }
        }
        assert_eq!(ask("203.0.113.8").await.0.status.as_u16(), 200);
    }

    #[tokio::test]
    async fn a_browser_is_told_what_not_to_do() {
        let (_, headers, _) = ask(Request::get("/long")).await;
        for (name, value) in [
            ("x-content-type-options", "nosniff"),
            ("referrer-policy", "same-origin"),
            ("x-frame-options", "DENY"),
            ("content-security-policy", "default-src 'none'; frame-ancestors 'none'"),
        ] {
            assert_eq!(headers[name], value);
        }
        assert!(!headers.contains_key("strict-transport-security"), "it would lock out whoever has no TLS");
    }

    #[test]
    fn made_up_methods_do_not_become_labels() {
        assert_eq!(method_name(&Method::PATCH), "PATCH");
        assert_eq!(method_name(&Method::from_bytes(b"BREW-42").unwrap()), "OTHER");
    }

    #[tokio::test]
    async fn long_answers_are_compressed() {
        for encoding in ["gzip", "br"] {
            let (_, headers, _) = ask(Request::get("/long").header("accept-encoding", encoding)).await;
            assert_eq!(headers["content-encoding"], encoding);
        }
        assert!(!ask(Request::get("/long")).await.1.contains_key("content-encoding"));
    }
}
