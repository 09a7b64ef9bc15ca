//! One file per endpoint; here the router and the shapes several of them answer with.

mod add_key;
mod add_staff;
mod add_unit;
mod list_keys;
mod list_staff;
mod list_units;
mod revoke_key;
mod session;
mod sign_in;
mod sign_out;
#[cfg(test)]
mod tests;
mod who_am_i;

use std::sync::Arc;

use axum::extract::FromRef;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};
use web::Authenticate;

use crate::{
    Access, KeyFor, Role, UnitKind,
    model::{Key, Staff, Unit},
};

#[derive(Clone, FromRef)]
struct Http {
    access: Access,
    gate: Arc<dyn Authenticate>,
}

pub(crate) fn router(access: Access, gate: Arc<dyn Authenticate>) -> OpenApiRouter {
    OpenApiRouter::default()
        .routes(routes!(sign_in::sign_in, who_am_i::who_am_i, sign_out::sign_out))
        .routes(routes!(list_units::list_units, add_unit::add_unit))
        .routes(routes!(list_staff::list_staff, add_staff::add_staff))
        .routes(routes!(list_keys::list_keys, add_key::add_key))
        .routes(routes!(revoke_key::revoke_key))
        .with_state(Http { access, gate })
}

/// A unit by id and name.
#[derive(Debug, Serialize, ToSchema)]
struct UnitName {
    #[schema(example = "store-66")]
    id: String,
    #[schema(example = "朝阳门店")]
    name: String,
}

impl From<Unit> for UnitName {
    fn from(unit: Unit) -> Self {
        Self { id: unit.id.into(), name: unit.name }
    }
}

/// A node of the organisation.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Unit)]
struct UnitItem {
    #[schema(example = "store-66")]
    id: String,
    #[schema(example = "朝阳门店")]
    name: String,
    kind: UnitKind,
    /// The unit it stands below; null at the top.
    #[schema(example = "beijing")]
    parent: Option<String>,
}

impl From<Unit> for UnitItem {
    fn from(unit: Unit) -> Self {
        Self { id: unit.id.into(), name: unit.name, kind: unit.kind, parent: unit.parent.map(String::from) }
    }
}

/// Somebody who works for the brand.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Staff)]
struct StaffItem {
    #[schema(example = "s-1024")]
    id: String,
    #[schema(example = "李雷")]
    name: String,
    #[schema(example = "lilei@example.com")]
    email: String,
    role: Role,
    /// Where they work; null if nowhere in particular.
    unit: Option<UnitName>,
}

impl StaffItem {
    fn new(staff: Staff, unit: Option<Unit>) -> Self {
        let Staff { id, name, email, role, .. } = staff;
        Self { id: id.into(), name, email, role, unit: unit.map(UnitName::from) }
    }
}

/// An API key without its secret.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Key)]
struct KeyItem {
    id: String,
    kind: KeyFor,
    name: String,
    /// How the key begins, to recognise it by.
    #[schema(example = "slw_k7pm")]
    prefix: String,
    #[schema(value_type = String, format = DateTime)]
    created_at: kernel::Timestamp,
}

impl From<Key> for KeyItem {
    fn from(key: Key) -> Self {
        let Key { id, kind, name, prefix, created_at, .. } = key;
        Self { id, kind, name, prefix, created_at }
    }
}
