//! `GET` and `PUT /api/v1/content/hosts`

use axum::extract::State as Wired;
use kernel::ErrorCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use web::{CanManageCampaigns, CanReadCampaigns, Json, Origin, Problem};

use super::refused;
use crate::{
    Slice,
    ops::{Command, Outcome},
    rules::hosts::{HOSTS_MAX, Hosts, host},
};

/// Hosts outside that links and pages may lead to.
#[derive(Serialize, Deserialize, ToSchema)]
#[schema(as = LinkHosts)]
pub(super) struct HostsView {
    /// `shop.example`, or `*.shop.example` for all below it; at most 200.
    #[schema(example = json!(["shop.example", "*.brand.example"]))]
    hosts: Vec<String>,
}

impl HostsView {
    fn of(hosts: &Hosts) -> Self {
        Self { hosts: hosts.iter().map(str::to_owned).collect() }
    }
}

/// Hosts that links may lead to
#[utoipa::path(
    get, path = "/api/v1/content/hosts", tag = "content", operation_id = "content.host.list",
    responses((status = 200, body = HostsView)),
    extensions(("x-permission" = json!("read_campaigns"))),
)]
pub(super) async fn read(caller: CanReadCampaigns, Wired(slice): Wired<Slice>) -> Result<Json<HostsView>, Problem> {
    Ok(Json(HostsView::of(&slice.hosts(caller.workspace).await?)))
}

/// Set which hosts links may lead to
///
/// Links to a host that is no longer allowed lead nowhere from then on. Only for those who see the whole brand.
#[utoipa::path(
    put, path = "/api/v1/content/hosts", tag = "content", operation_id = "content.host.update",
    request_body = HostsView,
    responses((status = 200, body = HostsView), (status = 422, description = "Something is no host")),
    extensions(("x-permission" = json!("manage_campaigns"))),
)]
pub(super) async fn put(
    caller: CanManageCampaigns,
    Wired(slice): Wired<Slice>,
    origin: Origin,
    Json(asked): Json<HostsView>,
) -> Result<Json<HostsView>, Problem> {
    if !caller.scope.is_all() {
        return Err(Problem::new(ErrorCode::Forbidden).detail("This concerns the whole brand"));
    }
    if asked.hosts.len() > HOSTS_MAX {
        return Err(Problem::invalid("hosts", format!("at most {HOSTS_MAX}")));
    }
    let read = |(place, text): (usize, &String)| {
        host(text).map_err(|error| Problem::invalid(format!("hosts[{place}]"), error.to_string()))
    };
    let hosts = Hosts::new(asked.hosts.iter().enumerate().map(read).collect::<Result<Vec<_>, _>>()?);
    match slice.submit(&caller, &origin, Command::PutHosts(hosts.clone())).await? {
        Outcome::Done => {}
        outcome => return Err(refused(&outcome)),
    }
    slice.shelf.hosts_changed(caller.workspace);
    Ok(Json(HostsView::of(&hosts)))
}
