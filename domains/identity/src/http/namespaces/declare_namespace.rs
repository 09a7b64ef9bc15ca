//! `PUT /api/v1/identity/namespaces/{key}`

use axum::{
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use serde::Deserialize;
use utoipa::ToSchema;
use web::{CanManageIdentity, Json, Origin, Path, Problem};

use super::list_namespaces::{NamespaceLevel, NamespaceRow};
use crate::ops::{
    Slice,
    declare::{Declaration, Said},
};

/// What is said of a namespace.
#[derive(Deserialize, ToSchema)]
#[schema(example = json!({"name": "导购系统会员", "level": "account", "cap": 1, "priority": 650}))]
pub(in crate::http) struct NamespaceSaid {
    /// For people; 1 to 40 characters.
    name: String,
    level: NamespaceLevel,
    /// So many of them one person may have within the window; 0 for any number. Of a login namespace always 1.
    #[serde(default)]
    cap: u32,
    /// In days; 0 for ever.
    #[serde(default)]
    window_days: u32,
    /// 0 to 10,000.
    priority: i32,
    /// Key of the namespace whose unbinding unbinds these ids too.
    parent: Option<String>,
    /// Values that stand for nobody; one that ends with `*` for all that begin so.
    #[serde(default)]
    blocked: Vec<String>,
    /// Its key may be followed by an app. Cannot be changed later.
    #[serde(default)]
    per_app: bool,
    /// Whether the traits of an identify say such an id, under the same key.
    #[serde(default)]
    from_traits: bool,
    /// Whether such ids are taken in.
    #[serde(default = "on")]
    is_on: bool,
}

const fn on() -> bool {
    true
}

/// Declare a namespace, or change one
///
/// It holds for facts that come from now on. What was decided by what held before is judged anew only where something is taken
/// back.
#[utoipa::path(
    put, path = "/api/v1/identity/namespaces/{key}", tag = "identity", operation_id = "identity.namespace.declare",
    params(("key" = String, Path, description = "Such as `phone`, `wechat:openid` or one of the brand's own: `crm.member`")),
    request_body = NamespaceSaid,
    responses(
        (status = 200, body = NamespaceRow, description = "Changed"),
        (status = 201, body = NamespaceRow, description = "Declared"),
        (status = 422, description = "A field is not valid"),
    ),
    extensions(("x-permission" = json!("manage_identity"))),
)]
pub(in crate::http) async fn declare(
    caller: CanManageIdentity,
    State(slice): State<Slice>,
    origin: Origin,
    Path(key): Path<String>,
    Json(said): Json<NamespaceSaid>,
) -> Result<Response, Problem> {
    let declaration = Declaration {
        workspace: caller.workspace,
        by: origin.by(&caller),
        key,
        said: Said {
            name: said.name,
            level: said.level.into(),
            cap: said.cap,
            window_days: said.window_days,
            priority: said.priority,
            parent: said.parent,
            blocked: said.blocked,
            per_app: said.per_app,
            from_traits: said.from_traits,
            is_on: said.is_on,
        },
    };
    let outcome = slice.declarations.submit(declaration).await.map_err(Problem::unavailable)?;
    let (declared, is_new) = outcome.map_err(|not_so| Problem::invalid(not_so.field, not_so.why))?;
    let row = NamespaceRow::of(&declared, &slice.namespaces(caller.workspace).await?);
    let status = if is_new { StatusCode::CREATED } else { StatusCode::OK };
    Ok((status, Json(row)).into_response())
}
