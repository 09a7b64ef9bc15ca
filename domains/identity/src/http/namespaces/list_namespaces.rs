//! `GET /api/v1/identity/namespaces`

use axum::{
    extract::State,
    response::{IntoResponse, Response},
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use web::{CanManageIdentity, Csv, Format, Json, Page, Problem, Query};

use crate::{
    ops::Slice,
    rules::{Declared, Level, Namespaces, declaring::OWN_FROM},
};

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(in crate::http) struct NamespaceQuery {
    #[serde(default)]
    #[param(inline)]
    format: Format,
}

/// How far an id speaks for a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(in crate::http) enum NamespaceLevel {
    /// One signs in with it: two of them are never one person unless somebody says so.
    Login,
    /// It belongs to a person, as far as anybody knows: an openid, a phone number.
    Account,
    /// Several people may use it: a browser, a device.
    Device,
}

impl From<Level> for NamespaceLevel {
    fn from(level: Level) -> Self {
        match level {
            Level::Login => Self::Login,
            Level::Account => Self::Account,
            Level::Device => Self::Device,
        }
    }
}

impl From<NamespaceLevel> for Level {
    fn from(level: NamespaceLevel) -> Self {
        match level {
            NamespaceLevel::Login => Self::Login,
            NamespaceLevel::Account => Self::Account,
            NamespaceLevel::Device => Self::Device,
        }
    }
}

/// A namespace as it is declared.
#[derive(Serialize, ToSchema)]
pub(in crate::http) struct NamespaceRow {
    /// What facts call it.
    key: String,
    /// For people.
    name: String,
    level: NamespaceLevel,
    /// So many of them one person may have within the window; 0 for any number.
    cap: u32,
    /// In days; 0 for ever.
    window_days: u32,
    /// Facts without a user id are booked under the id of the highest priority.
    priority: i32,
    /// Key of the namespace whose unbinding unbinds these ids too.
    parent: Option<String>,
    /// Values that stand for nobody; one that ends with `*` for all that begin so.
    blocked: Vec<String>,
    /// Its key may be followed by an app (`wechat:openid:wxApp`): the same id of another app is another one.
    per_app: bool,
    /// Whether the traits of an identify say such an id, under the same key.
    from_traits: bool,
    /// Whether such ids are taken in.
    is_on: bool,
    /// Whether the brand declared it; else it comes with the house.
    is_own: bool,
}

impl NamespaceRow {
    pub(super) fn of(declared: &Declared, all: &Namespaces) -> Self {
        Self {
            key: declared.key.clone(),
            name: declared.name.clone(),
            level: declared.level.into(),
            cap: declared.cap,
            window_days: declared.window_days,
            priority: declared.priority,
            parent: declared.parent.map(|parent| all.key_of(parent)),
            blocked: declared.blocked.clone(),
            per_app: declared.per_app,
            from_traits: declared.from_traits,
            is_on: declared.is_on,
            is_own: declared.code >= OWN_FROM,
        }
    }
}

/// The namespaces of ids
///
/// Those that come with the house, changed as the brand says, and its own; the highest priority first.
#[utoipa::path(
    get, path = "/api/v1/identity/namespaces", tag = "identity", operation_id = "identity.namespace.list",
    params(NamespaceQuery),
    responses((status = 200, body = Page<NamespaceRow>)),
    extensions(("x-permission" = json!("manage_identity"))),
)]
pub(in crate::http) async fn list(
    caller: CanManageIdentity,
    State(slice): State<Slice>,
    Query(query): Query<NamespaceQuery>,
) -> Result<Response, Problem> {
    let all = slice.namespaces(caller.workspace).await?;
    let mut declared: Vec<&Declared> = all.all().iter().collect();
    declared.sort_by_key(|declared| (std::cmp::Reverse(declared.priority), declared.code));
    let items: Vec<NamespaceRow> = declared.into_iter().map(|declared| NamespaceRow::of(declared, &all)).collect();
    Ok(match query.format {
        Format::Json => Json(Page::whole(items)).into_response(),
        Format::Csv => table(&items).into_response(),
    })
}

fn table(items: &[NamespaceRow]) -> Csv {
    let columns = [
        "key",
        "name",
        "level",
        "cap",
        "window_days",
        "priority",
        "parent",
        "blocked",
        "per_app",
        "from_traits",
        "is_on",
        "is_own",
    ];
    let mut csv = Csv::new("namespaces", &columns);
    for item in items {
        let level = match item.level {
            NamespaceLevel::Login => "login",
            NamespaceLevel::Account => "account",
            NamespaceLevel::Device => "device",
        };
        csv.line([
            item.key.clone().into(),
            item.name.clone().into(),
            level.into(),
            item.cap.into(),
            item.window_days.into(),
            item.priority.into(),
            item.parent.clone().into(),
            item.blocked.join(" ").into(),
            item.per_app.into(),
            item.from_traits.into(),
            item.is_on.into(),
            item.is_own.into(),
        ]);
    }
    csv
}
