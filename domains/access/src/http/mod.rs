//! One file per endpoint; here the router and the shapes several of them answer with.

mod accept_invitation;
mod add_key;
mod add_provider;
mod add_role;
mod add_staff;
mod add_unit;
mod begin_sign_in;
mod change_key;
mod change_password;
mod change_provider;
mod change_role;
mod change_staff;
mod change_unit;
mod delete_provider;
mod delete_role;
mod delete_unit;
mod end_other_sessions;
mod end_session;
mod finish_sign_in;
mod import_units;
mod invite;
mod list_audit;
mod list_invitations;
mod list_keys;
mod list_links;
mod list_permissions;
mod list_providers;
mod list_roles;
mod list_sessions;
mod list_sign_ins;
mod list_staff;
mod list_units;
mod origin;
mod read_invitation;
mod read_setup;
mod reset_password;
mod revoke_invitation;
mod revoke_key;
mod rotate_key;
mod session;
mod set_up;
mod sign_in;
mod sign_out;
#[cfg(test)]
mod tests;
mod unlink;
mod who_am_i;

use std::sync::Arc;

use axum::{
    extract::{DefaultBodyLimit, FromRef},
    http::StatusCode,
    response::Response,
};
use db::audit::By;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};
use web::{Authenticate, Once, Principal, Problem};

use crate::{
    Access, AccessError, KeyFor, Rejection, RoleId, UnitKind,
    model::{Key, Staff, Unit},
    ops::Member,
    rules::decide::Command,
};

#[derive(Clone, FromRef)]
struct Http {
    access: Access,
    gate: Arc<dyn Authenticate>,
}

pub(crate) fn router(access: Access, gate: Arc<dyn Authenticate>) -> OpenApiRouter {
    let import = OpenApiRouter::default().routes(routes!(import_units::import_units));
    OpenApiRouter::default()
        .routes(routes!(read_setup::read_setup, set_up::set_up))
        .routes(routes!(sign_in::sign_in, who_am_i::who_am_i, sign_out::sign_out))
        .routes(routes!(change_password::change_password))
        .routes(routes!(list_sessions::list_sessions, end_other_sessions::end_other_sessions))
        .routes(routes!(end_session::end_session))
        .routes(routes!(list_units::list_units, add_unit::add_unit))
        .routes(routes!(change_unit::change_unit, delete_unit::delete_unit))
        .merge(import.layer(DefaultBodyLimit::max(import_units::BYTES_MAX)))
        .routes(routes!(list_staff::list_staff, add_staff::add_staff))
        .routes(routes!(change_staff::change_staff))
        .routes(routes!(reset_password::reset_password))
        .routes(routes!(list_roles::list_roles, add_role::add_role))
        .routes(routes!(change_role::change_role, delete_role::delete_role))
        .routes(routes!(list_permissions::list_permissions))
        .routes(routes!(list_invitations::list_invitations, invite::invite))
        .routes(routes!(revoke_invitation::revoke_invitation))
        .routes(routes!(read_invitation::read_invitation))
        .routes(routes!(accept_invitation::accept_invitation))
        .routes(routes!(list_keys::list_keys, add_key::add_key))
        .routes(routes!(change_key::change_key, revoke_key::revoke_key))
        .routes(routes!(rotate_key::rotate_key))
        .routes(routes!(list_sign_ins::list_sign_ins))
        .routes(routes!(begin_sign_in::begin_sign_in))
        .routes(routes!(finish_sign_in::finish_sign_in))
        .routes(routes!(list_links::list_links))
        .routes(routes!(begin_sign_in::begin_link, unlink::unlink))
        .routes(routes!(list_providers::list_providers, add_provider::add_provider))
        .routes(routes!(change_provider::change_provider, delete_provider::delete_provider))
        .routes(routes!(list_audit::list_audit))
        .with_state(Http { access, gate })
}

/// Gives a command that may be sent again under a key, with its answer, which is known before it is done.
async fn give_once(
    access: &Access,
    caller: &Principal,
    once: &Once,
    by: By,
    command: Command,
    body: &impl Serialize,
) -> Result<Response, Problem> {
    let (answer, sticky) = once.answer(caller, StatusCode::CREATED, body)?;
    match access.submit_once(by, command, sticky).await {
        Err(AccessError::Rejected(Rejection::DoneAlready)) => once.again(access.reads(), caller, access.now()).await,
        done => done.map(|_| answer).map_err(Problem::from),
    }
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
    /// What they are for the brand: `owner`, `operator`, `city_manager`, `store_manager`, `guide`, `analyst`, or a role the brand made.
    #[schema(value_type = String, example = "store_manager")]
    role: RoleId,
    /// What the brand calls its role; null for those of every brand.
    role_name: Option<String>,
    /// Where they work; null if nowhere in particular.
    unit: Option<UnitName>,
    /// Whether they may come in.
    active: bool,
}

impl StaffItem {
    fn new(Member { staff, unit, role_name }: Member) -> Self {
        let Staff { id, name, email, role, active, .. } = staff;
        Self { id: id.into(), name, email, role, role_name, unit: unit.map(UnitName::from), active }
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
    /// To the minute; null if never.
    #[schema(value_type = Option<String>, format = DateTime)]
    last_used_at: Option<kernel::Timestamp>,
    /// Until when the secret it had before it was rotated works too; null or past if it does not.
    #[schema(value_type = Option<String>, format = DateTime)]
    old_ends_at: Option<kernel::Timestamp>,
}

impl From<Key> for KeyItem {
    fn from(key: Key) -> Self {
        let Key { id, kind, name, prefix, created_at, last_used_at, old_ends_at, .. } = key;
        Self { id, kind, name, prefix, created_at, last_used_at, old_ends_at }
    }
}
