//! `GET /api/v1/audit`

use axum::{
    extract::State,
    response::{IntoResponse, Response},
};
use db::audit::{By, Entry, Query as AuditQuery, Stored};
use kernel::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};
use web::{CanReadAudit, Csv, Format, Json, Limit, Page, Problem, Query};

use crate::{Access, ops::Told};

/// Lines of an export at most.
const EXPORT_MAX: usize = 100_000;

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct ListAudit {
    /// Exactly this actor, as in the entries: `staff:s-1024`, `key:k-…`, `invitation:i-…`, `setup`, `command_line`.
    actor: Option<String>,
    /// Exactly this action, or all of a kind: `unit.deleted`, `unit`.
    action: Option<String>,
    /// Exactly this subject, or all of a kind: `unit:store-66`, `unit`.
    subject: Option<String>,
    /// Exactly this address.
    ip: Option<String>,
    /// At or after this time.
    #[param(value_type = Option<String>, format = DateTime)]
    from: Option<Timestamp>,
    /// Before this time.
    #[param(value_type = Option<String>, format = DateTime)]
    to: Option<Timestamp>,
    /// Where the page before ended.
    after: Option<i64>,
    #[serde(default)]
    #[param(inline)]
    limit: Limit,
    /// `csv` gives the latest 100,000 entries that fit, whatever the limit.
    #[serde(default)]
    #[param(inline)]
    format: Format,
}

/// One change.
#[derive(Serialize, ToSchema)]
#[schema(as = AuditEntry)]
pub(super) struct AuditItem {
    /// Rises with time.
    id: i64,
    #[schema(value_type = String, format = DateTime)]
    at: Timestamp,
    /// Who did it.
    #[schema(example = "staff:s-1024")]
    actor: String,
    /// What they are called now, if they are staff or a key that works.
    actor_name: Option<String>,
    #[schema(example = "unit.changed")]
    action: String,
    /// To what.
    #[schema(example = "unit:store-66")]
    subject: String,
    /// How it was, without secrets; null for what is new.
    #[schema(value_type = Option<Object>)]
    before: Option<Value>,
    /// How it is, without secrets; null for what is gone.
    #[schema(value_type = Option<Object>)]
    after: Option<Value>,
    /// The request it was done by, as in the server's log; null when it was no request.
    request_id: Option<String>,
    /// The address the request came from; null when it was no request, or is not known.
    #[schema(example = "203.0.113.7")]
    ip: Option<String>,
}

impl From<Told> for AuditItem {
    fn from(Told { stored: Stored { id, entry }, actor_name }: Told) -> Self {
        let Entry { at, by: By { actor, request, ip }, action, subject, before, after, .. } = entry;
        Self { id, at, actor, actor_name, action, subject, before, after, request_id: request, ip }
    }
}

/// Who changed what, and when
///
/// Every change in the brand, of every part of the product, the latest first. An entry is stored together with its change, or
/// neither is.
#[utoipa::path(
    get, path = "/api/v1/audit", tag = "access", operation_id = "access.audit.list",
    params(ListAudit),
    responses((status = 200, body = Page<AuditItem>)),
    extensions(("x-permission" = json!("read_audit"))),
)]
pub(super) async fn list_audit(
    caller: CanReadAudit,
    State(access): State<Access>,
    Query(asked): Query<ListAudit>,
) -> Result<Response, Problem> {
    let ListAudit { actor, action, subject, ip, from, to, after, limit, format } = asked;
    let query = AuditQuery { actor, action, subject, ip, from, to, below: after };
    match format {
        Format::Json => {
            let told = access.audit(caller.workspace, &query, limit.get() + 1).await?;
            let items = told.into_iter().map(AuditItem::from).collect();
            Ok(Json(Page::cut(items, limit.get(), |item: &AuditItem| item.id.to_string())).into_response())
        }
        Format::Csv => Ok(table(access.audit(caller.workspace, &query, EXPORT_MAX).await?).into_response()),
    }
}

fn table(told: Vec<Told>) -> Csv {
    let columns = ["id", "at", "actor", "actor_name", "action", "subject", "before", "after", "request_id", "ip"];
    let mut csv = Csv::new("audit", &columns);
    for item in told.into_iter().map(AuditItem::from) {
        let text = |value: Option<Value>| value.map(|value| value.to_string());
        csv.line([
            item.id.into(),
            item.at.into(),
            item.actor.into(),
            item.actor_name.into(),
            item.action.into(),
            item.subject.into(),
            text(item.before).into(),
            text(item.after).into(),
            item.request_id.into(),
            item.ip.into(),
        ]);
    }
    csv
}

#[cfg(test)]
mod tests {
    use db::{db_test, testing::TestDb};
    use serde_json::{Value, json};

    use crate::http::tests::{Ask, House, PASSWORD};

    async fn told(house: &House, cookie: &str, query: &str) -> Vec<Value> {
        let answer = house.ask(Ask::get(&format!("/api/v1/audit{query}")).cookie(cookie)).await;
        assert_eq!(answer.status, 200, "{}", answer.body);
        answer.body["items"].as_array().unwrap().clone()
    }

    #[db_test(migrations = crate::MIGRATIONS)]
    async fn every_change_is_told_with_who_and_what_and_no_secret(db: TestDb) {
        let house = House::new(&db.records()).await;
        let boss = house.sign_in("boss@one.example").await;
        let patch = json!({ "name": "朝阳门店" });
        let request = Ask::patch("/api/v1/units/store-1").cookie(&boss).header("x-request-id", "from-proxy-1");
        assert_eq!(house.ask(request.body(patch.clone())).await.status, 200);
        let same = Ask::patch("/api/v1/units/store-1").cookie(&boss).body(patch);
        assert_eq!(house.ask(same).await.status, 200);
        let entries = told(&house, &boss, "?action=unit.changed").await;
        assert_eq!(entries.len(), 1, "what changes nothing is no change");
        let mut entry = entries[0].clone();
        entry.as_object_mut().unwrap().remove("id");
        let expected = json!({
            "at": "2026-09-21T14:13:20Z", "actor": "staff:boss", "actor_name": "boss", "action": "unit.changed",
            "subject": "unit:store-1", "request_id": "from-proxy-1", "ip": "203.0.113.7",
            "before": { "name": "store-1 of one", "kind": "store", "parent": "beijing" },
            "after": { "name": "朝阳门店", "kind": "store", "parent": "beijing" },
        });
        assert_eq!(entry, expected);

        let key = json!({ "kind": "write", "name": "pages" });
        let key = house.ask(Ask::post("/api/v1/keys").cookie(&boss).body(key)).await.body;
        let by_key = json!({ "name": "x", "kind": "store", "parent": "beijing" });
        house.ask(Ask::post("/api/v1/units").bearer(&house.secret_key).body(by_key)).await;
        let actor = format!("?actor=key:{}", house.secret_key_id);
        assert_eq!(told(&house, &boss, &actor).await.len(), 1);
        let change = json!({ "old_password": PASSWORD, "password": "a better sesame" });
        house.ask(Ask::post("/api/v1/session/password").cookie(&boss).body(change)).await;
        let everything = house.ask(Ask::get("/api/v1/audit?format=csv").cookie(&boss)).await.text;
        for secret in [PASSWORD, "a better sesame", "argon2", boss.as_str(), key["key"].as_str().unwrap()] {
            assert!(!everything.contains(secret), "{secret}");
        }
        for action in ["workspace.founded", "staff.created", "session.opened", "staff.password_changed", "key.created"]
        {
            assert!(everything.contains(action), "{action} in {everything}");
        }
    }

    #[db_test(migrations = crate::MIGRATIONS)]
    async fn a_refused_change_leaves_no_entry_and_an_entry_that_cannot_be_stored_no_change(db: TestDb) {
        let house = House::new(&db.records()).await;
        let boss = house.sign_in("boss@one.example").await;
        let before = told(&house, &boss, "?limit=1000").await.len();
        let taken = json!({ "id": "store-1", "name": "x", "kind": "store" });
        assert_eq!(house.ask(Ask::post("/api/v1/units").cookie(&boss).body(taken)).await.status, 409);
        assert_eq!(told(&house, &boss, "?limit=1000").await.len(), before);

        db.execute("alter table audit_trail rename to audit_elsewhere", []).await;
        let new = json!({ "id": "store-9", "name": "x", "kind": "store" });
        assert_eq!(house.ask(Ask::post("/api/v1/units").cookie(&boss).body(new)).await.status, 503);
        db.execute("alter table audit_elsewhere rename to audit_trail", []).await;
        assert!(!house.ids(Ask::get("/api/v1/units").cookie(&boss)).await.contains(&"store-9".to_owned()));
    }

    #[db_test(migrations = crate::MIGRATIONS)]
    async fn entries_are_found_by_time_and_kind_and_read_in_pages(db: TestDb) {
        let house = House::new(&db.records()).await;
        let boss = house.sign_in("boss@one.example").await;
        house.clock.advance_secs(3600);
        for n in 0..5 {
            let new = json!({ "id": format!("new-{n}"), "name": "x", "kind": "store" });
            house.ask(Ask::post("/api/v1/units").cookie(&boss).body(new)).await;
        }
        assert_eq!(told(&house, &boss, "?from=2026-09-21T15:00:00Z").await.len(), 5);
        assert_eq!(told(&house, &boss, "?to=2026-09-21T15:00:00Z&action=unit").await.len(), 6);
        assert_eq!(told(&house, &boss, "?subject=unit:new-3").await.len(), 1);
        assert_eq!(told(&house, &boss, "?subject=unit&from=2026-09-21T15:00:00Z").await.len(), 5);
        assert_eq!(told(&house, &boss, "?ip=203.0.113.9").await.len(), 0);
        assert_eq!(told(&house, &boss, "?action=uni").await.len(), 0);

        let (mut after, mut subjects) = (String::new(), Vec::new());
        loop {
            let address = format!("/api/v1/audit?from=2026-09-21T15:00:00Z&limit=2{after}");
            let page = house.ask(Ask::get(&address).cookie(&boss)).await.body;
            subjects.extend(page["items"].as_array().unwrap().iter().map(|item| item["subject"].clone()));
            match page["next"].as_str() {
                Some(next) => after = format!("&after={next}"),
                None => break,
            }
        }
        assert_eq!(subjects, (0..5).rev().map(|n| json!(format!("unit:new-{n}"))).collect::<Vec<_>>());

        let (other, analyst) = (house.sign_in("boss@two.example").await, house.sign_in("analyst@one.example").await);
        assert!(!told(&house, &other, "?limit=1000").await.iter().any(|entry| entry["subject"] == "unit:new-1"));
        assert_eq!(house.ask(Ask::get("/api/v1/audit").cookie(&analyst)).await.status, 403);
    }
}
