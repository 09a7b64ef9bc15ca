//! `POST /v1/identify`, `/v1/track` …: one item a request, as browsers send it.

use axum::{body::Body, extract::State, http::Request};
use facts::Kind;
use web::{Json, Problem};

use super::{Done, Http, Shape, take};

macro_rules! calls {
    ($($(#[$doc:meta])* $name:ident: $kind:ident, $path:literal, $operation:literal;)*) => {$(
        $(#[$doc])*
        ///
        /// One item of the Segment protocol, also at the address's first letter, at most 32 KiB. Keys come as for a batch. An
        /// item that breaks a rule is recorded as rejected and answered 200, as the protocol wants it; a request that cannot be
        /// read or is too large is 400.
        #[utoipa::path(
            post, path = $path, tag = "capture", operation_id = $operation,
            request_body(content = Object, description = "userId, anonymousId, messageId, timestamp, sentAt, context, writeKey, \
                and what the call says"),
            responses(
                (status = 200, body = Done),
                (status = 400, description = "Not an object, or larger than 32 KiB"),
                (status = 429, description = "The log is full; nothing was taken"),
                (status = 503, description = "The log cannot be written; nothing was taken"),
            ),
            security(("bearer" = []), ("basic" = [])),
            extensions(("x-permission" = json!("capture_facts"))),
        )]
        pub(super) async fn $name(State(http): State<Http>, request: Request<Body>) -> Result<Json<Done>, Problem> {
            take(&http, request, Shape::Call(Kind::$kind)).await.map(Json)
        }
    )*};
}

calls! {
    /// Say who somebody is
    identify: Identify, "/v1/identify", "capture.segment.identify";
    /// Say what somebody did
    track: Track, "/v1/track", "capture.segment.track";
    /// Say which page somebody saw
    page: Page, "/v1/page", "capture.segment.page";
    /// Say which screen somebody saw
    screen: Screen, "/v1/screen", "capture.segment.screen";
    /// Say which group somebody belongs to
    group: Group, "/v1/group", "capture.segment.group";
    /// Say which id somebody had before
    alias: Alias, "/v1/alias", "capture.segment.alias";
}

#[cfg(test)]
mod tests {
    use db::{Records, db_test};
    use serde_json::{Value, json};

    use crate::http::tests::{Ask, House, migrations};

    fn call(path: &str, body: &Value) -> Ask {
        Ask::raw(path, body.to_string())
    }

    #[db_test(migrations = migrations())]
    async fn the_address_says_what_is_called_whether_in_a_word_or_a_letter(records: Records) {
        let house = House::new(&records);
        let calls = [("identify", "i"), ("track", "t"), ("page", "p"), ("screen", "s"), ("group", "g"), ("alias", "a")];
        for (word, letter) in calls {
            for (path, kind) in [(word, Value::Null), (letter, json!(word)), (letter, json!("track"))] {
                let body = json!({ "type": kind, "userId": "u1", "anonymousId": "a1", "writeKey": "write", "event": "E",
                    "groupId": "g1", "previousId": "a0", "traits": { "t": 1 }, "properties": { "p": 1 } });
                let ask = call(&format!("/v1/{path}"), &body).header("content-type", "text/plain");
                let answer = house.ask(ask).await;
                assert_eq!((answer.status, answer.body), (200, json!({ "success": true })), "{path}");
            }
        }
        let facts = house.facts("wait_offset=18").await;
        let kinds: Vec<_> = facts.iter().map(|fact| fact["type"].as_str().unwrap()).collect();
        let expected: Vec<_> = calls.iter().flat_map(|(word, _)| [*word; 3]).collect();
        assert_eq!(kinds, expected, "whatever stands inside");
        let of = |kind: &str| facts.iter().find(|fact| fact["type"] == kind).unwrap()["properties"].clone();
        assert_eq!(of("identify"), json!({ "t": 1 }));
        assert_eq!(of("track"), json!({ "p": 1 }));
        assert_eq!(of("group"), json!({ "t": 1, "group_id": "g1" }));
        assert_eq!(of("alias"), json!({ "p": 1, "previous_id": "a0" }));
    }

    #[db_test(migrations = migrations())]
    async fn a_call_is_corrected_for_its_own_clock(records: Records) {
        let house = House::new(&records);
        let body = json!({ "event": "E", "anonymousId": "a1", "timestamp": "2026-11-22T06:59:30.123Z",
            "sentAt": "2026-11-22T07:00:00.123Z" });
        assert_eq!(house.ask(call("/v1/t", &body).by("write")).await.status, 200);
        let facts = house.facts("wait_offset=1").await;
        assert_eq!(facts[0]["timestamp"], "2026-11-22T07:59:30Z");
        assert_eq!(facts[0]["original_timestamp"], "2026-11-22T06:59:30.123Z");
    }

    #[db_test(migrations = migrations())]
    async fn an_item_that_breaks_a_rule_is_200_and_a_request_that_cannot_be_read_is_400(records: Records) {
        let house = House::new(&records);
        let broken = house.ask(call("/v1/track", &json!({ "event": "E" })).by("write")).await;
        let reason = json!([{ "index": 0, "reason": "user_id or anonymous_id is needed" }]);
        assert_eq!(broken.status, 200, "or the SDK would report its delivery as failed");
        assert_eq!(broken.body, json!({ "success": true, "rejected": 1, "reasons": reason }));
        let large = json!({ "event": "E", "userId": "u1", "properties": { "x": "y".repeat(33_000) } });
        for body in ["", "[]", "null", "7", "{", &large.to_string()] {
            let answer = house.ask(Ask::raw("/v1/track", body.to_owned()).by("write")).await;
            assert_eq!(answer.refusal(), (400, "malformed"), "{:.20}", body);
        }
        assert_eq!(house.ask(call("/v1/track", &large)).await.refusal(), (401, "unauthenticated"));
        assert_eq!(house.ask(call("/v1/track", &json!({ "writeKey": "analyst" }))).await.refusal(), (403, "forbidden"));
        let rejected = house.ask(Ask::get("/api/v1/facts/rejected").by("analyst")).await;
        assert_eq!(rejected.body["items"].as_array().unwrap().len(), 7);
    }

    #[db_test(migrations = migrations())]
    async fn a_page_of_any_origin_may_ask_these_doors_and_no_other(records: Records) {
        let house = House::new(&records);
        let foreign = |ask: Ask| ask.header("origin", "https://shop.example");
        let ask_first = |path: &str| {
            foreign(Ask::new("OPTIONS", path))
                .header("access-control-request-method", "POST")
                .header("access-control-request-headers", "authorization,content-type")
        };
        for path in ["/v1/t", "/v1/identify", "/v1/b", "/v1/batch", "/v1/m", "/v1/projects/write/settings"] {
            let allowed = house.ask(ask_first(path)).await;
            let header = |name: &str| allowed.headers[name].to_str().unwrap();
            assert_eq!((allowed.status, header("access-control-allow-origin")), (200, "*"), "{path}");
            assert!(header("access-control-allow-headers").contains("authorization"));
            assert!(!allowed.headers.contains_key("access-control-allow-credentials"), "cookies are nobody's business");
        }
        for refused in [
            foreign(call("/v1/t", &json!({}))),
            foreign(Ask::raw("/v1/t", "{").by("write")),
            foreign(Ask::get("/v1/projects/nobody/settings")),
        ] {
            let answer = house.ask(refused).await;
            assert!(answer.status >= 400);
            assert_eq!(answer.headers["access-control-allow-origin"], "*", "or a page could not read why");
        }
        let own = house.ask(ask_first("/api/v1/facts")).await;
        assert_eq!(own.status, 405);
        assert!(!own.headers.contains_key("access-control-allow-origin"));
    }

    #[db_test(migrations = migrations())]
    async fn what_is_no_door_is_404_and_a_method_a_door_does_not_take_405(records: Records) {
        let house = House::new(&records);
        for path in ["/v1/x", "/v1/tracks", "/v1/t/x", "/v1", "/v1/projects/write"] {
            assert_eq!(house.ask(Ask::raw(path, "{}").by("write")).await.refusal(), (404, "not_found"), "{path}");
            assert_eq!(house.ask(Ask::get(path).by("write")).await.status, 404, "{path}");
        }
        for path in ["/v1/t", "/v1/track", "/v1/batch", "/v1/import", "/v1/m"] {
            let answer = house.ask(Ask::get(path).by("write")).await;
            assert_eq!((answer.status, &answer.headers["allow"]), (405, &"POST".parse().unwrap()), "{path}");
        }
        let settings = house.ask(Ask::raw("/v1/projects/write/settings", "{}")).await;
        assert_eq!((settings.status, &settings.headers["allow"]), (405, &"GET,HEAD".parse().unwrap()));
        assert_eq!(house.ask(call("/v1/m", &json!({ "series": [] }))).await.body, json!({ "success": true }));
    }
}
