//! The OpenAPI document: put together from the slices' routers, and completed with what all operations share.
//!
//! An operation says who may use it in the extension `x-permission`: a permission's slug, `signed_in`, `fan`, or `public`. From
//! that one word follow its security requirement and the answers 401 and 403. Every error answer carries the problem
//! document.

use std::collections::BTreeSet;

use axum::Router;
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{
        Components, Content, Info, ObjectBuilder, OpenApi, PathItem, Paths, Ref, RefOr, Required, Response, Type,
        extensions::Extensions,
        path::{Operation, ParameterBuilder, ParameterIn},
        security::{ApiKey, ApiKeyValue, Http, HttpAuthScheme, SecurityRequirement, SecurityScheme},
        tag::Tag as OpenApiTag,
    },
};
use utoipa_axum::router::OpenApiRouter;

use crate::{IDEMPOTENCY_KEY, Permission, ProblemDocument, SESSION_COOKIE, problem::PROBLEM_JSON};

const CSV: &str = "text/csv";

/// The extension that says who may use an operation.
pub const X_PERMISSION: &str = "x-permission";

/// The extension that says whether an operation takes an `Idempotency-Key`.
pub const X_ONCE: &str = "x-once";

/// A group of operations, named in both languages. The name is the slice's.
#[derive(Clone, Copy, Debug)]
pub struct Tag {
    /// The slice.
    pub name: &'static str,
    /// What it is called in Chinese.
    pub zh: &'static str,
    /// What it is called in English.
    pub en: &'static str,
}

/// Who may use an operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// Anybody.
    Public,
    /// Anybody with good credentials.
    SignedIn,
    /// A customer: whoever has the cookie of the brand's own pages.
    Fan,
    /// A caller with this permission.
    Needs(Permission),
}

impl Access {
    /// Reads the word of `x-permission`.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        match word {
            "public" => Some(Self::Public),
            "signed_in" => Some(Self::SignedIn),
            "fan" => Some(Self::Fan),
            slug => Permission::ALL.iter().copied().find(|permission| permission.slug() == slug).map(Self::Needs),
        }
    }

    fn of(operation: &Operation) -> Option<Self> {
        Self::parse(operation.extensions.as_ref()?.get(X_PERMISSION)?.as_str()?)
    }
}

/// One operation of the document, as the coverage tests need it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    /// `slice.noun.verb`.
    pub id: String,
    /// `GET`, `POST` …
    pub method: &'static str,
    /// The path with its variables in braces.
    pub path: String,
    /// Who may use it; `None` when it does not say.
    pub access: Option<Access>,
}

/// Merges the slices' routers into one and completes the document.
///
/// # Panics
/// When two slices give one name to different schemas, or one address to two operations: a mistake of ours that the first
/// test that starts the app finds.
pub fn assemble<S: Clone + Send + Sync + 'static>(
    title: &str,
    version: &str,
    tags: &[Tag],
    slices: impl IntoIterator<Item = OpenApiRouter<S>>,
) -> (Router<S>, OpenApi) {
    let start = OpenApiRouter::with_openapi(OpenApi::new(Info::new(title, version), Paths::new()));
    let merged = slices.into_iter().fold(start, |all, slice| {
        let clash = clash(all.get_openapi().components.as_ref(), slice.get_openapi().components.as_ref());
        assert!(
            clash.is_none(),
            "two schemas are named {}; rename one with #[schema(as = …)]",
            clash.unwrap_or_default()
        );
        all.merge(slice)
    });
    let (router, mut api) = merged.split_for_parts();
    complete(&mut api);
    api.tags = Some(tags.iter().map(tag).collect());
    (router, api)
}

/// A name that stands for two different schemas.
fn clash(all: Option<&Components>, slice: Option<&Components>) -> Option<String> {
    let (all, slice) = (&all?.schemas, &slice?.schemas);
    slice
        .iter()
        .find(|(name, schema)| all.get(*name).is_some_and(|other| other != *schema))
        .map(|(name, _)| name.clone())
}

fn tag(tag: &Tag) -> OpenApiTag {
    let mut made = OpenApiTag::new(tag.name);
    made.description = Some(format!("{} · {}", tag.zh, tag.en));
    let words = serde_json::json!({ "zh": tag.zh, "en": tag.en });
    made.extensions = Some(Extensions::from_iter([("x-words", words)]));
    made
}

/// Every operation in the order of the document.
#[must_use]
pub fn operations(api: &OpenApi) -> Vec<Listed> {
    let mut found = Vec::new();
    for (path, item) in &api.paths.paths {
        let mut item = item.clone();
        for (method, operation) in methods(&mut item) {
            let id = operation.operation_id.clone().unwrap_or_default();
            found.push(Listed { id, method, path: path.clone(), access: Access::of(operation) });
        }
    }
    found
}

/// What a document lacks: an operation without a proper id, a tag, a summary, or a word on who may use it.
#[must_use]
pub fn complaints(api: &OpenApi) -> Vec<String> {
    let mut complaints = Vec::new();
    let mut ids = BTreeSet::new();
    let tags: BTreeSet<_> = api.tags.iter().flatten().map(|tag| tag.name.clone()).collect();
    for (path, item) in &api.paths.paths {
        let mut item = item.clone();
        for (method, operation) in methods(&mut item) {
            let mut say = |what: &str| complaints.push(format!("{method} {path}: {what}"));
            let id = operation.operation_id.clone().unwrap_or_default();
            if id.split('.').count() != 3 {
                say("operation_id must be slice.noun.verb");
            }
            if !ids.insert(id) {
                say("operation_id is taken");
            }
            if Access::of(operation).is_none() {
                say("extensions((\"x-permission\" = json!(…))) must name a permission, signed_in, fan or public");
            }
            if operation.summary.as_deref().unwrap_or_default().is_empty() {
                say("the handler's doc comment is missing");
            }
            if !operation.tags.iter().flatten().any(|tag| tags.contains(tag)) {
                say("its tag is not one of the document's");
            }
        }
    }
    complaints
}

fn complete(api: &mut OpenApi) {
    let components = api.components.get_or_insert_with(Components::new);
    let mut schemas = vec![(ProblemDocument::name().into_owned(), ProblemDocument::schema())];
    ProblemDocument::schemas(&mut schemas);
    components.schemas.extend(schemas);
    let cookie = SecurityScheme::ApiKey(ApiKey::Cookie(ApiKeyValue::new(SESSION_COOKIE)));
    components.add_security_scheme("session", cookie);
    let fan =
        ApiKeyValue::with_description("sl_fan_1", "Set by a page of the brand; the brand's number stands in its name");
    components.add_security_scheme("fan", SecurityScheme::ApiKey(ApiKey::Cookie(fan)));
    components.add_security_scheme("bearer", SecurityScheme::Http(Http::new(HttpAuthScheme::Bearer)));
    components.add_security_scheme("basic", SecurityScheme::Http(Http::new(HttpAuthScheme::Basic)));
    for item in api.paths.paths.values_mut() {
        for (_, operation) in methods(item) {
            secure(operation);
            document_tables(operation);
            document_once(operation);
            document_errors(operation);
        }
    }
}

/// An operation that knows fewer kinds of credentials than others of its permission names them itself.
fn secure(operation: &mut Operation) {
    let none: [&str; 0] = [];
    let scheme = |name: &str| SecurityRequirement::new(name, none);
    let (schemes, answers): (Vec<_>, &[_]) = match Access::of(operation) {
        None | Some(Access::Public) => (Vec::new(), &[]),
        Some(Access::SignedIn) => (vec![scheme("session"), scheme("bearer")], &[("401", "No good credentials")]),
        Some(Access::Fan) => (vec![scheme("fan")], &[("401", "No cookie of the brand's pages")]),
        // The doors of capture are also used by SDKs that can only do Basic.
        Some(Access::Needs(permission)) => (
            match permission {
                Permission::CaptureFacts => vec![scheme("session"), scheme("bearer"), scheme("basic")],
                _ => vec![scheme("session"), scheme("bearer")],
            },
            &[("401", "No good credentials"), ("403", "The caller's role does not allow it")],
        ),
    };
    operation.security.get_or_insert(schemes);
    for (status, description) in answers {
        let responses = &mut operation.responses.responses;
        responses.entry((*status).to_owned()).or_insert_with(|| RefOr::T(Response::new(*description)));
    }
}

/// Whatever can be asked for as a table says so.
fn document_tables(operation: &mut Operation) {
    let parameters = operation.parameters.iter().flatten();
    let mut names = parameters.filter_map(|parameter| match parameter {
        RefOr::T(parameter) => Some(parameter.name.as_str()),
        RefOr::Ref(_) => None,
    });
    if !names.any(|name| name == "format") {
        return;
    }
    if let Some(RefOr::T(response)) = operation.responses.responses.get_mut("200") {
        response.content.entry(CSV.to_owned()).or_insert_with(|| RefOr::T(Content::new(Some(String::schema()))));
    }
}

/// Whatever is done once under a key says in which header the key is sent.
fn document_once(operation: &mut Operation) {
    // The header says it now; what stays is one extension, for several have no order of their own.
    let is_once = operation.extensions.as_mut().and_then(|extensions| extensions.remove(X_ONCE));
    if is_once.is_none_or(|once| once != true) {
        return;
    }
    let key = ParameterBuilder::new()
        .name(IDEMPOTENCY_KEY)
        .parameter_in(ParameterIn::Header)
        .required(Required::False)
        .description(Some(
            "Whoever does not know whether this arrived sends it again under the same key: it is done once, and answered \
             the same for 24 hours, with `idempotency-replayed: true`. The same key with another body is refused (422, \
             `key_reused`).",
        ))
        .schema(Some(ObjectBuilder::new().schema_type(Type::String).min_length(Some(1)).max_length(Some(200))))
        .example(Some("0d3cf1b2-6c1e-4f0e-9c59-3a3bb0b1a7c4".into()));
    operation.parameters.get_or_insert_default().push(RefOr::T(key.build()));
}

fn document_errors(operation: &mut Operation) {
    let responses = &mut operation.responses.responses;
    responses.entry("default".to_owned()).or_insert_with(|| RefOr::T(Response::new("Any other error")));
    for (status, response) in responses {
        let RefOr::T(response) = response else { continue };
        if response.content.is_empty() && (status.starts_with(['4', '5']) || status == "default") {
            let problem = Content::new(Some(Ref::from_schema_name(ProblemDocument::name())));
            response.content.insert(PROBLEM_JSON.to_owned(), RefOr::T(problem));
        }
    }
}

fn methods(item: &mut PathItem) -> impl Iterator<Item = (&'static str, &mut Operation)> {
    let all = [
        ("GET", &mut item.get),
        ("PUT", &mut item.put),
        ("POST", &mut item.post),
        ("DELETE", &mut item.delete),
        ("PATCH", &mut item.patch),
        ("HEAD", &mut item.head),
        ("OPTIONS", &mut item.options),
    ];
    all.into_iter().filter_map(|(method, operation)| operation.as_mut().map(|operation| (method, operation)))
}
