//! For the tests of slices: a gate with known callers, a client that asks as one of them, and a proof that an operation's `x-permission` is what its handler
//! asks for.

use std::{collections::BTreeMap, sync::Arc};

use async_trait::async_trait;
use axum::{
    Router,
    body::{Body, Bytes, to_bytes},
    http::{HeaderMap, Request, StatusCode, request::Builder},
};
use kernel::{Scope, StaffId, WorkspaceId};
use serde_json::Value;
use tower::ServiceExt;
use utoipa::openapi::OpenApi;
use utoipa_axum::router::OpenApiRouter;

use crate::{
    Actor, AuthError, Authenticate, Caller, Credentials, Fan, Fans, Permission, PermissionSet, Principal, openapi,
    openapi::{Access, Listed},
};

/// A gate that knows some callers by a word, sent as `Authorization: Bearer <word>` or as the session cookie.
#[derive(Clone, Debug, Default)]
pub struct KnownCallers(BTreeMap<String, Caller>);

impl KnownCallers {
    /// Adds a caller under a word.
    #[must_use]
    pub fn with(mut self, word: &str, principal: Principal) -> Self {
        self.0.insert(word.to_owned(), Arc::new(principal));
        self
    }

    /// As the port that routers take.
    #[must_use]
    pub fn gate(self) -> Arc<dyn Authenticate> {
        Arc::new(self)
    }
}

#[async_trait]
impl Authenticate for KnownCallers {
    async fn authenticate(&self, credentials: Credentials) -> Result<Option<Caller>, AuthError> {
        let (Credentials::Session(word) | Credentials::Key(word)) = credentials;
        Ok(self.0.get(&word).cloned())
    }
}

/// Customers known by a word, which is their token.
#[derive(Clone, Debug, Default)]
pub struct KnownFans(BTreeMap<String, Fan>);

impl KnownFans {
    /// Adds a customer under a word.
    #[must_use]
    pub fn with(mut self, word: &str, fan: Fan) -> Self {
        self.0.insert(word.to_owned(), fan);
        self
    }

    /// As the port that routers take.
    #[must_use]
    pub fn known(self) -> Arc<dyn Fans> {
        Arc::new(self)
    }
}

#[async_trait]
impl Fans for KnownFans {
    async fn fan(&self, workspace: WorkspaceId, token: &str) -> Result<Option<Fan>, AuthError> {
        Ok(self.0.get(token).filter(|fan| fan.workspace == workspace).cloned())
    }
}

/// Asks a router as one of the callers its gate knows by a word.
#[derive(Clone, Debug)]
pub struct Client(pub Router);

impl Client {
    /// Reads something.
    pub async fn get(&self, who: &str, path: &str) -> Answer {
        self.ask(who, Request::get(path), None).await
    }

    /// Makes something.
    pub async fn post(&self, who: &str, path: &str, body: &Value) -> Answer {
        self.ask(who, Request::post(path), Some(body)).await
    }

    /// Sets something.
    pub async fn put(&self, who: &str, path: &str, body: &Value) -> Answer {
        self.ask(who, Request::put(path), Some(body)).await
    }

    /// Changes part of something.
    pub async fn patch(&self, who: &str, path: &str, body: &Value) -> Answer {
        self.ask(who, Request::patch(path), Some(body)).await
    }

    /// Removes something.
    pub async fn delete(&self, who: &str, path: &str) -> Answer {
        self.ask(who, Request::delete(path), None).await
    }

    /// Asks with headers of one's own.
    ///
    /// # Panics
    /// When it is no proper request, or the answer is not whole.
    pub async fn ask(&self, who: &str, request: Builder, body: Option<&Value>) -> Answer {
        let mut request = request.header("authorization", format!("Bearer {who}"));
        if body.is_some() {
            request = request.header("content-type", "application/json");
        }
        let request = request.body(body.map_or_else(Body::empty, |body| Body::from(body.to_string())));
        let response = self.0.clone().oneshot(request.expect("a proper request")).await;
        let (parts, body) = response.unwrap_or_else(|never| match never {}).into_parts();
        let bytes = to_bytes(body, usize::MAX).await.expect("a whole answer");
        let json = serde_json::from_slice(&bytes).unwrap_or(Value::Null);
        Answer { status: parts.status.as_u16(), headers: parts.headers, bytes, json }
    }
}

/// What came back.
#[derive(Clone, Debug)]
pub struct Answer {
    /// The status.
    pub status: u16,
    /// The headers.
    pub headers: HeaderMap,
    /// The body.
    pub bytes: Bytes,
    /// The body, read; null when it is no JSON.
    pub json: Value,
}

impl Answer {
    /// A text as it was downloaded.
    ///
    /// # Panics
    /// When it is none.
    #[must_use]
    pub fn text(&self) -> &str {
        std::str::from_utf8(&self.bytes).expect("text").trim_start_matches('\u{feff}')
    }

    /// A field of every item of a list.
    ///
    /// # Panics
    /// When there is no such list.
    #[must_use]
    pub fn each(&self, list: &str, field: &str) -> Vec<Value> {
        let items = self.json[list].as_array().unwrap_or_else(|| panic!("{list} in {}", self.json));
        items.iter().map(|item| item[field].clone()).collect()
    }
}

/// A member of staff named `tester` with these permissions and this scope.
#[must_use]
pub fn staff(workspace: WorkspaceId, permissions: PermissionSet, scope: Scope) -> Principal {
    let tester: StaffId = "tester".parse().expect("a proper id");
    Principal { workspace, actor: Actor::Staff(tester), permissions, scope, unit: None }
}

/// Asks every operation of a slice without credentials (401 expected), with all permissions but its own (403), and with
/// its own alone (neither). Variables of paths are filled with `1`, bodies are empty. Gives what went wrong; an empty list
/// is a proof that the signatures and the document agree.
pub async fn check_authorisation(slice: impl FnOnce(Arc<dyn Authenticate>) -> OpenApiRouter) -> Vec<String> {
    let caller = |permissions| staff(WorkspaceId(1), permissions, Scope::All);
    let mut known = KnownCallers::default().with("nothing", caller(PermissionSet::NONE));
    for permission in Permission::ALL {
        let slug = permission.slug();
        known = known.with(slug, caller(PermissionSet::of(&[*permission])));
        known = known.with(&format!("but-{slug}"), caller(PermissionSet::ALL.without(*permission)));
    }
    let (router, api): (Router, OpenApi) = slice(known.gate()).split_for_parts();

    let mut wrong = Vec::new();
    for operation in openapi::operations(&api) {
        let cases = match operation.access {
            None => {
                wrong.push(format!("{}: no x-permission", operation.id));
                continue;
            }
            Some(Access::Public) => continue,
            // Staff are no customers: only the cookie of the brand's pages is asked for.
            Some(Access::Fan) => vec![(None, Some(401)), (Some("nothing".to_owned()), Some(401))],
            Some(Access::SignedIn) => vec![(None, Some(401)), (Some("nothing".to_owned()), None)],
            Some(Access::Needs(permission)) => {
                let slug = permission.slug();
                vec![(None, Some(401)), (Some(format!("but-{slug}")), Some(403)), (Some(slug.to_owned()), None)]
            }
        };
        for (word, expected) in cases {
            let status = ask(&router, &operation, word.as_deref()).await;
            let right = expected.map_or(!matches!(status, 401 | 403), |expected| status == expected);
            if !right {
                wrong.push(format!("{}: caller {word:?} got {status}, expected {expected:?}", operation.id));
            }
        }
    }
    wrong
}

async fn ask(router: &Router, operation: &Listed, word: Option<&str>) -> u16 {
    let mut path = String::new();
    for part in operation.path.split('/').skip(1) {
        path.push('/');
        path.push_str(if part.starts_with('{') { "1" } else { part });
    }
    let mut request = Request::builder().method(operation.method).uri(path);
    if let Some(word) = word {
        request = request.header("authorization", format!("Bearer {word}"));
    }
    let request = request.body(Body::empty()).expect("a proper request");
    let response = router.clone().oneshot(request).await.unwrap_or_else(|never| match never {});
    let status = response.status();
    // A body left unread would keep the handler's work unfinished.
    if to_bytes(response.into_body(), usize::MAX).await.is_err() {
        return StatusCode::INTERNAL_SERVER_ERROR.as_u16();
    }
    status.as_u16()
}

#[cfg(test)]
mod tests {
    use axum::extract::FromRef;
    use serde_json::json;
    use utoipa_axum::routes;

    use super::*;
    use crate::{CanManageKeys, CanReadNetwork, Json, Page, Path, Problem, SignedIn, openapi::Tag};

    #[derive(Clone, FromRef)]
    struct Http {
        gate: Arc<dyn Authenticate>,
    }

    /// Something read
    #[utoipa::path(get, path = "/things/{id}", tag = "things", operation_id = "things.thing.read",
        params(("id" = u32, Path)),
        responses((status = 200, body = Page<String>), (status = 404, description = "No such thing")),
        extensions(("x-permission" = json!("read_network"))))]
    async fn read(caller: CanReadNetwork, Path(id): Path<u32>) -> Result<Json<Page<String>>, Problem> {
        Ok(Json(Page::whole(vec![format!("{id} of {}", caller.workspace)])))
    }

    /// Who am I
    #[utoipa::path(get, path = "/me", tag = "things", operation_id = "things.me.read",
        responses((status = 200, body = String)), extensions(("x-permission" = json!("signed_in"))))]
    async fn me(caller: SignedIn) -> Json<String> {
        Json(caller.actor.to_string())
    }

    /// Says one thing and asks for another
    #[utoipa::path(post, path = "/things", tag = "things", operation_id = "things.thing.create",
        responses((status = 201)), extensions(("x-permission" = json!("read_network"))))]
    async fn liar(_: CanManageKeys) {}

    #[utoipa::path(delete, path = "/things", responses((status = 204)))]
    async fn mute() {}

    const TAGS: [Tag; 1] = [Tag { name: "things", zh: "事物", en: "Things" }];

    #[tokio::test]
    async fn a_slice_whose_words_and_signatures_agree_passes() {
        let slice = |gate| OpenApiRouter::default().routes(routes!(read)).routes(routes!(me)).with_state(Http { gate });
        assert_eq!(check_authorisation(slice).await, [""; 0]);
    }

    #[tokio::test]
    async fn a_slice_whose_words_and_signatures_differ_is_caught() {
        let slice = |gate| OpenApiRouter::default().routes(routes!(liar, mute)).with_state(Http { gate });
        let wrong = check_authorisation(slice).await;
        assert_eq!(wrong.len(), 3, "{wrong:#?}");
        let (_, api) = openapi::assemble("t", "1", &TAGS, [slice(KnownCallers::default().gate())]);
        assert_eq!(openapi::complaints(&api).len(), 4, "{:#?}", openapi::complaints(&api));
    }

    #[test]
    fn the_document_is_completed_from_one_word() {
        let slice = OpenApiRouter::default().routes(routes!(read)).routes(routes!(me));
        let slice = slice.with_state(Http { gate: KnownCallers::default().gate() });
        let (_, api): (Router, _) = openapi::assemble("Searchlight", "1", &TAGS, [slice]);
        assert_eq!(openapi::complaints(&api), [""; 0]);
        let api = serde_json::to_value(&api).unwrap();
        let operation = &api["paths"]["/things/{id}"]["get"];
        assert_eq!(operation["security"], json!([{ "session": [] }, { "bearer": [] }]));
        let problem = json!({ "application/problem+json": { "schema": { "$ref": "#/components/schemas/Problem" } } });
        for status in ["401", "403", "404", "default"] {
            assert_eq!(operation["responses"][status]["content"], problem, "{status}");
        }
        assert_eq!(api["paths"]["/me"]["get"]["responses"].get("403"), None);
        for schema in ["Problem", "ProblemItem"] {
            assert!(api["components"]["schemas"].get(schema).is_some(), "{schema}");
        }
        assert_eq!(api["tags"][0]["x-words"], json!({ "zh": "事物", "en": "Things" }));
    }

    mod elsewhere {
        /// Another page of another shape
        #[derive(serde::Serialize, utoipa::ToSchema)]
        #[schema(as = Page_String)]
        pub(super) struct Other {
            n: u32,
        }

        /// Answers in its own shape
        #[utoipa::path(get, path = "/other", responses((status = 200, body = Other)))]
        pub(super) async fn other() -> crate::Json<Other> {
            crate::Json(Other { n: 1 })
        }
    }

    #[test]
    #[should_panic(expected = "two schemas are named Page_String")]
    fn one_name_for_two_shapes_is_noticed() {
        let one =
            OpenApiRouter::default().routes(routes!(read)).with_state(Http { gate: KnownCallers::default().gate() });
        let other = OpenApiRouter::default().routes(routes!(elsewhere::other));
        let _: (Router, _) = openapi::assemble("t", "1", &TAGS, [one, other]);
    }
}
