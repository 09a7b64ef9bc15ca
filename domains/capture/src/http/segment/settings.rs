//! `GET /v1/projects/{key}/settings`: where analytics.js is told to send to.

use axum::{
    extract::State,
    http::{HeaderValue, header},
    response::{IntoResponse, Response},
};
use kernel::ErrorCode;
use serde_json::{Value, json};
use web::{Actor, Credentials, Json, KeyKind, Origin, Path, Problem};

use super::Http;

/// How long a browser may go on with settings it was told.
const REMEMBERED: HeaderValue = HeaderValue::from_static("private, max-age=300");

/// Settings for analytics.js
///
/// Load it with `cdnURL` set to this server: what it reads here makes it send to this server as well, and nowhere else. Asks
/// for a write key; a secret key has no place in a page and is refused.
#[utoipa::path(
    get, path = "/v1/projects/{key}/settings", tag = "capture", operation_id = "capture.segment.settings",
    params(("key" = String, Path, description = "A write key")),
    responses(
        (status = 200, body = Value),
        (status = 403, description = "A secret key, which has no place in a page"),
        (status = 404, description = "No such key"),
    ),
    extensions(("x-permission" = json!("public"))),
)]
pub(super) async fn read(
    State(http): State<Http>,
    Path(key): Path<String>,
    Origin { came, .. }: Origin,
) -> Result<Response, Problem> {
    let caller = http.gate.authenticate(Credentials::Key(key.clone())).await?.ok_or(ErrorCode::NotFound)?;
    if !matches!(caller.actor, Actor::Key { kind: KeyKind::Write, .. }) {
        let detail = "This is a secret key: revoke it if it ever stood in a page, and use a write key there";
        return Err(Problem::new(ErrorCode::Forbidden).detail(detail));
    }
    let host =
        came.host.as_deref().ok_or_else(|| Problem::new(ErrorCode::Malformed).detail("The header Host is missing"))?;
    let protocol = if came.https { "https" } else { "http" };
    let mut response = Json(settings(&key, host, protocol)).into_response();
    response.headers_mut().insert(header::CACHE_CONTROL, REMEMBERED);
    Ok(response)
}

fn settings(key: &str, host: &str, protocol: &str) -> Value {
    json!({
        "integrations": {
            "Segment.io": { "apiKey": key, "apiHost": format!("{host}/v1"), "protocol": protocol },
        },
        "plan": {
            "track": { "__default": { "enabled": true, "integrations": {} } },
            "identify": { "__default": { "enabled": true } },
            "group": { "__default": { "enabled": true } },
        },
        "edgeFunction": {},
        "analyticsNextEnabled": true,
        "middlewareSettings": {},
        "enabledMiddleware": {},
        "metrics": { "sampleRate": 0, "host": format!("{host}/v1") },
        "legacyVideoPluginsEnabled": false,
        "remotePlugins": [],
    })
}

#[cfg(test)]
mod tests {
    use db::{Records, db_test};
    use serde_json::json;

    use crate::http::tests::{Ask, House, migrations};

    #[db_test(migrations = migrations())]
    async fn a_page_is_told_to_send_to_the_host_it_asked(records: Records) {
        let house = House::new(&records);
        let asked = |key: &str, at: &str| {
            Ask::get(&format!("{at}/v1/projects/{key}/settings")).header("host", "sl.example:8443")
        };
        let ask = |key: &str| asked(key, "");
        let answer = house.ask(asked("write", "https://sl.example:8443")).await;
        assert_eq!((answer.status, &answer.headers["cache-control"]), (200, &"private, max-age=300".parse().unwrap()));
        let told = json!({ "apiKey": "write", "apiHost": "sl.example:8443/v1", "protocol": "https" });
        assert_eq!(answer.body["integrations"]["Segment.io"], told);
        assert_eq!(house.ask(ask("write")).await.body["integrations"]["Segment.io"]["protocol"], "http");
        assert_eq!(house.ask(ask("nobody")).await.refusal(), (404, "not_found"));
        assert_eq!(house.ask(ask("secret")).await.refusal(), (403, "forbidden"), "it has no place in a page");
        let without_host = house.ask(Ask::get("/v1/projects/write/settings")).await;
        assert_eq!(without_host.refusal(), (400, "malformed"));
    }
}
