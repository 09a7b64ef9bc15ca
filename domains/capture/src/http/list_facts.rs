//! `GET /api/v1/facts`: what has been digested, in order.

use axum::extract::State;
use facts::{Fact, Kind, NamedId};
use kernel::{ErrorCode, Handle, Offset, PersonId, Timestamp};
use river::{Ask, LakeError, Order, River};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use utoipa::{IntoParams, ToSchema};
use web::{CanReadFacts, Json, Limit, Page, Problem, Query};

use crate::{Doors, Whose};

/// Facts read at once when some of them will not fit.
const STEP: usize = 500;
/// Facts looked through in one request.
const LOOKED_MAX: usize = 5_000;

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct ListQuery {
    /// Only facts of the person with this user id, under whatever id they were sent.
    user_id: Option<String>,
    /// Only facts of the person with this anonymous id.
    anonymous_id: Option<String>,
    /// Only facts of this person, such as `p42`.
    #[param(value_type = Option<String>)]
    person: Option<PersonId>,
    /// Only facts of this name.
    event: Option<String>,
    /// Only facts from this source, such as `key:k-…`.
    source: Option<String>,
    /// Only facts of this kind.
    #[param(value_type = Option<String>)]
    r#type: Option<Kind>,
    /// From which end.
    #[serde(default)]
    #[param(inline)]
    order: Direction,
    /// Only facts behind this offset in that order: `next` of the page before.
    after: Option<u64>,
    /// Answer only when the fact at this offset has been digested.
    wait_offset: Option<u64>,
    #[serde(default)]
    #[param(inline)]
    limit: Limit<100, 1000>,
}

/// From which end a list is read.
#[derive(Clone, Copy, Default, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum Direction {
    /// In the order they were digested.
    #[default]
    Oldest,
    /// The latest first.
    Newest,
}

/// A fact as it was kept.
#[derive(Serialize, ToSchema)]
pub(super) struct FactRow {
    /// Its place in the workspace's log, from 1.
    offset: u64,
    /// Tells a repeat from a new fact, together with the source.
    message_id: String,
    /// The key or module it was heard from.
    source: String,
    /// What kind of fact.
    #[schema(value_type = String)]
    r#type: Kind,
    /// What happened.
    event: String,
    user_id: Option<String>,
    anonymous_id: Option<String>,
    /// Further ids of the same person.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    ids: Vec<FactId>,
    /// When it happened, corrected for the sender's clock.
    #[schema(value_type = String, format = DateTime)]
    timestamp: Timestamp,
    /// When the sender says it happened.
    #[schema(value_type = Option<String>, format = DateTime)]
    original_timestamp: Option<Timestamp>,
    /// When the sender says it was sent.
    #[schema(value_type = Option<String>, format = DateTime)]
    sent_at: Option<Timestamp>,
    /// When the door heard it.
    #[schema(value_type = String, format = DateTime)]
    received_at: Timestamp,
    /// For `identify` and `group` the traits.
    #[schema(value_type = Object)]
    properties: Box<RawValue>,
    #[schema(value_type = Option<Object>)]
    context: Option<Box<RawValue>>,
}

/// One of the further ids of a fact.
#[derive(Serialize, ToSchema)]
pub(super) struct FactId {
    /// What kind of id, such as `wechat:unionid` or `phone`.
    namespace: String,
    value: String,
}

impl FactRow {
    fn of(offset: Offset, fact: Fact) -> Self {
        Self {
            offset: offset.0,
            message_id: fact.message_id,
            source: fact.source,
            r#type: fact.kind,
            event: fact.event,
            user_id: fact.user_id,
            anonymous_id: fact.anonymous_id,
            ids: fact.ids.into_iter().map(|NamedId { namespace, value }| FactId { namespace, value }).collect(),
            timestamp: fact.timestamp,
            original_timestamp: fact.original_timestamp,
            sent_at: fact.sent_at,
            received_at: fact.received_at,
            properties: fact.properties,
            context: fact.context,
        }
    }
}

/// Read facts
///
/// In the order they were digested or back from the latest, each exactly once: repeats are gone. When facts of one source or
/// kind are asked for, a page may hold fewer than asked and yet have a `next`: there is more to look through behind it.
#[utoipa::path(
    get, path = "/api/v1/facts", tag = "capture", operation_id = "capture.fact.list",
    params(ListQuery),
    responses(
        (status = 200, body = Page<FactRow>),
        (status = 503, description = "The offset to wait for did not arrive in time"),
    ),
    extensions(("x-permission" = json!("read_facts"))),
)]
pub(super) async fn list(
    caller: CanReadFacts,
    State(doors): State<Doors>,
    Query(query): Query<ListQuery>,
) -> Result<Json<Page<FactRow>>, Problem> {
    let whose = whose(query.user_id, query.anonymous_id, query.person)?;
    let river = doors.rivers.get(caller.workspace).ok_or(ErrorCode::NotFound)?;
    doors
        .rivers
        .wait_for(caller.workspace, query.wait_offset.map(Offset))
        .await
        .map_err(|error| Problem::new(ErrorCode::NotCaughtUp).because(error))?;
    let handles = match whose {
        None => None,
        Some(whose) => Some(doors.people.handles(caller.workspace, &whose).await.map_err(Problem::unavailable)?),
    };
    let limit = query.limit.get();
    let looking = Looking {
        river: &river,
        handles,
        event: query.event,
        source: query.source,
        kind: query.r#type,
        order: query.order,
    };
    looking.page(query.after, limit).await.map(Json)
}

/// What is looked for.
struct Looking<'a> {
    river: &'a River,
    handles: Option<Vec<Handle>>,
    event: Option<String>,
    source: Option<String>,
    kind: Option<Kind>,
    order: Direction,
}

impl Looking<'_> {
    /// A page of it. There is no index by source and kind: facts are looked through, so many in one request.
    async fn page(&self, mut after: Option<u64>, limit: usize) -> Result<Page<FactRow>, Problem> {
        let all_fit = self.source.is_none() && self.kind.is_none();
        let step = if all_fit { limit + 1 } else { STEP };
        let (mut rows, mut looked) = (Vec::new(), 0);
        loop {
            let found = self.read(after, step).await.map_err(Problem::unavailable)?;
            looked += found.len();
            let ended = found.len() < step;
            after = found.last().map(|(offset, _)| offset.0).or(after);
            rows.extend(
                found.into_iter().filter(|(_, fact)| self.fits(fact)).map(|(offset, fact)| FactRow::of(offset, fact)),
            );
            if rows.len() > limit || ended {
                return Ok(Page::cut(rows, limit, |row: &FactRow| row.offset.to_string()));
            }
            if looked >= LOOKED_MAX {
                return Ok(Page { items: rows, next: after.map(|after| after.to_string()) });
            }
        }
    }

    fn fits(&self, fact: &Fact) -> bool {
        self.source.as_ref().is_none_or(|source| *source == fact.source)
            && self.kind.is_none_or(|kind| kind == fact.kind)
    }

    async fn read(&self, after: Option<u64>, limit: usize) -> Result<Vec<(Offset, Fact)>, LakeError> {
        let order = match self.order {
            Direction::Oldest => Order::OldestFirst,
            Direction::Newest => Order::NewestFirst,
        };
        let (handles, event) = (self.handles.clone(), self.event.clone());
        let found = self.river.timeline(Ask { handles, event, order, after: after.map(Offset), limit }).await?;
        Ok(found.into_iter().map(|row| (row.offset, row.fact)).collect())
    }
}

fn whose(
    user_id: Option<String>,
    anonymous_id: Option<String>,
    person: Option<PersonId>,
) -> Result<Option<Whose>, Problem> {
    let mut named =
        [user_id.map(Whose::User), anonymous_id.map(Whose::Anonymous), person.map(Whose::Person)].into_iter().flatten();
    match (named.next(), named.next()) {
        (_, Some(_)) => Err(Problem::invalid("user_id", "name one of user_id, anonymous_id and person, not several")),
        (whose, None) => Ok(whose),
    }
}

#[cfg(test)]
mod tests {
    use db::{Records, db_test};
    use facts::Namespace;
    use kernel::WorkspaceId;
    use serde_json::json;

    use super::super::tests::{Ask, House, migrations};

    /// Five facts of u1 under three ids, and three of others.
    async fn told(records: &Records) -> House {
        let house = House::new(records);
        let items = json!([
            { "event": "Page Seen", "user_id": "u1", "message_id": "m-1" },
            { "event": "Page Seen", "user_id": "u2", "message_id": "m-2" },
            { "event": "Signed In", "user_id": "u1", "anonymous_id": "a1", "message_id": "m-3" },
            { "event": "Page Seen", "anonymous_id": "a1", "message_id": "m-4" },
            { "event": "Page Seen", "anonymous_id": "a2", "message_id": "m-5" },
            { "event": "Signed In", "user_id": "u1", "anonymous_id": "a3", "message_id": "m-6" },
            { "event": "Page Seen", "anonymous_id": "a3", "message_id": "m-7" },
            { "event": "Page Seen", "anonymous_id": "a9", "message_id": "m-8" },
        ]);
        let answer = house.ask(Ask::facts(&items).by("write")).await;
        assert_eq!(answer.body["last_offset"], 8);
        house.facts("wait_offset=8").await;
        house
    }

    async fn offsets(house: &House, query: &str) -> Vec<u64> {
        house.facts(query).await.iter().map(|fact| fact["offset"].as_u64().unwrap()).collect()
    }

    #[db_test(migrations = migrations())]
    async fn a_person_is_one_under_whatever_id(records: Records) {
        let house = told(&records).await;
        let all = [1, 3, 4, 6, 7];
        assert_eq!(offsets(&house, "user_id=u1").await, all);
        assert_eq!(offsets(&house, "anonymous_id=a1").await, all);
        assert_eq!(offsets(&house, "anonymous_id=a3").await, all);
        let person = house.handle(Namespace::User, "u1");
        assert_eq!(offsets(&house, &format!("person=p{person}")).await, all);
        assert_eq!(offsets(&house, "anonymous_id=a2").await, [5]);
        for nobody in ["user_id=a1", "user_id=", "anonymous_id=u1", "person=p4294967295"] {
            assert_eq!(offsets(&house, nobody).await, [0; 0], "{nobody}");
        }
    }

    #[db_test(migrations = migrations())]
    async fn facts_are_read_page_by_page(records: Records) {
        let house = told(&records).await;
        for (query, pages) in [
            ("limit=3", vec![vec![1, 2, 3], vec![4, 5, 6], vec![7, 8]]),
            ("limit=4", vec![vec![1, 2, 3, 4], vec![5, 6, 7, 8]]),
            ("limit=0&event=Signed%20In", vec![vec![3], vec![6]]),
            ("limit=2&user_id=u1", vec![vec![1, 3], vec![4, 6], vec![7]]),
            ("limit=2&user_id=u1&event=Page%20Seen", vec![vec![1, 4], vec![7]]),
            ("limit=9000&event=Nothing", vec![vec![]]),
        ] {
            let mut found = Vec::new();
            let mut after = String::new();
            loop {
                let answer = house.ask(Ask::get(&format!("/api/v1/facts?{query}{after}")).by("analyst")).await;
                let items = answer.body["items"].as_array().unwrap();
                found.push(items.iter().map(|fact| fact["offset"].as_u64().unwrap()).collect::<Vec<_>>());
                let Some(next) = answer.body["next"].as_str() else { break };
                after = format!("&after={next}");
            }
            assert_eq!(found, pages, "{query}");
        }
        assert_eq!(offsets(&house, "after=8").await, [0; 0]);
        assert_eq!(offsets(&house, &format!("after={}", u64::MAX)).await, [0; 0]);
    }

    #[db_test(migrations = migrations())]
    async fn the_latest_are_read_first_and_of_one_source_or_kind(records: Records) {
        let house = told(&records).await;
        let other = json!([{ "type": "identify", "user_id": "u1", "message_id": "m-9", "traits": { "name": "林" } }]);
        house.ask(Ask::facts(&other).by("secret")).await;
        house.facts("wait_offset=9").await;
        for (query, found) in [
            ("order=newest&limit=3", vec![9, 8, 7]),
            ("order=newest&limit=3&after=7", vec![6, 5, 4]),
            ("order=newest&after=2", vec![1]),
            ("order=newest&after=1", vec![]),
            ("order=newest&user_id=u1&limit=4", vec![9, 7, 6, 4]),
            ("order=newest&event=Signed%20In", vec![6, 3]),
            ("order=newest&event=Signed%20In&user_id=u1&limit=1", vec![6]),
            ("source=key:k2", vec![9]),
            ("type=identify&order=newest", vec![9]),
            ("type=track&source=key:k1&limit=2&order=newest", vec![8, 7]),
            ("type=alias", vec![]),
        ] {
            assert_eq!(offsets(&house, query).await, found, "{query}");
        }
    }

    /// What is seldom is not looked for without end: the answer says where to go on.
    #[db_test(migrations = migrations())]
    async fn a_source_that_is_seldom_is_looked_for_page_by_page(records: Records) {
        let house = House::new(&records);
        let seldom = json!([{ "event": "Seldom", "user_id": "u1" }]);
        house.ask(Ask::facts(&seldom).by("secret")).await;
        let often = json!(vec![json!({ "event": "Often", "user_id": "u2" }); 2_500]);
        for _ in 0..2 {
            house.ask(Ask::facts(&often).by("write")).await;
        }
        let read = async |after: &str| {
            let path = format!("/api/v1/facts?source=key:k2&order=newest&wait_offset=5001{after}");
            house.ask(Ask::get(&path).by("analyst")).await.body
        };
        let first = read("").await;
        assert_eq!(first, json!({ "items": [], "next": "2" }));
        let second = read("&after=2").await;
        assert_eq!((second["items"][0]["event"].as_str(), &second["next"]), (Some("Seldom"), &json!(null)));
    }

    #[db_test(migrations = migrations())]
    async fn only_those_who_may_read_their_own_brand(records: Records) {
        let house = told(&records).await;
        let read =
            async |word: &str, query: &str| house.ask(Ask::get(&format!("/api/v1/facts?{query}")).by(word)).await;
        assert_eq!(house.ask(Ask::get("/api/v1/facts")).await.refusal(), (401, "unauthenticated"));
        assert_eq!(read("write", "").await.refusal(), (403, "forbidden"), "a write key stands in web pages");
        assert_eq!(read("analyst", "").await.body["items"].as_array().unwrap().len(), 8);
        for query in ["", "user_id=u1", "anonymous_id=a1", "person=p1", "event=Page%20Seen"] {
            let answer = read("other", query).await;
            assert_eq!(answer.body, json!({ "items": [], "next": null }), "{query}");
        }
    }

    #[db_test(migrations = migrations())]
    async fn a_question_that_cannot_be_is_refused(records: Records) {
        let house = told(&records).await;
        let ask = async |query: &str| house.ask(Ask::get(&format!("/api/v1/facts?{query}")).by("secret")).await;
        for query in [
            "person=42",
            "person=p0",
            "after=-1",
            "after=x",
            "order=random",
            "type=dance",
            "limit=many",
            "wait_offset=soon",
        ] {
            let answer = ask(query).await;
            assert_eq!(answer.refusal(), (422, "invalid"), "{query}");
        }
        for query in ["user_id=u1&anonymous_id=a1", "user_id=u1&person=p1", "anonymous_id=a1&person=p1"] {
            let answer = ask(query).await;
            assert_eq!(answer.refusal(), (422, "invalid"), "{query}");
            assert!(
                answer.body["errors"][0]["message"].as_str().unwrap().starts_with("name one of"),
                "{}",
                answer.body
            );
        }
        assert_eq!(ask("user_id=away").await.refusal(), (503, "unavailable"));
    }

    #[db_test(migrations = migrations())]
    async fn whoever_waits_in_vain_is_told_so(records: Records) {
        let house = told(&records).await;
        house.rivers.get(WorkspaceId(1)).unwrap().stop().await;
        assert_eq!(house.ask(Ask::facts(&json!([{ "event": "E", "user_id": "u1" }])).by("write")).await.status, 200);
        let answer = house.ask(Ask::get("/api/v1/facts?wait_offset=9").by("secret")).await;
        assert_eq!(answer.refusal(), (503, "not_caught_up"));
        assert_eq!(house.facts("wait_offset=8").await.len(), 8);
    }
}
