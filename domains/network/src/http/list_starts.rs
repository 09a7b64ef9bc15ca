//! `GET /api/v1/reach/starts`

use std::collections::BTreeMap;

use axum::extract::State;
use kernel::{Handle, PersonId, RootOwner};
use serde::Serialize;
use utoipa::ToSchema;
use web::{CanPlanReach, Json, Page, Problem};

use super::{
    naming::{Mentioned, UnitBrief},
    tasks::{StaffBrief, doer},
};
use crate::Slice;

/// A root one can start from.
#[derive(Serialize, ToSchema)]
pub(super) struct StartRow {
    #[schema(value_type = String)]
    person: PersonId,
    name: Option<String>,
    unit: Option<UnitBrief>,
    /// Who would do it.
    staff: Option<StaffBrief>,
    /// It is the caller's own, or their unit's.
    mine: bool,
    /// In so many campaigns.
    campaigns: usize,
}

/// From whom one can start
///
/// The roots in the caller's scope over all campaigns, their own first.
#[utoipa::path(
    get, path = "/api/v1/reach/starts", tag = "network", operation_id = "network.start.list",
    responses((status = 200, body = Page<StartRow>)),
    extensions(("x-permission" = json!("plan_reach"))),
)]
pub(super) async fn list(caller: CanPlanReach, State(slice): State<Slice>) -> Result<Json<Page<StartRow>>, Problem> {
    let live = slice.live(caller.workspace, None).await?;
    let mut mentioned = Mentioned::default();
    let roots: BTreeMap<Handle, (RootOwner, usize)> = live.read(|network| {
        let mut roots: BTreeMap<Handle, (RootOwner, usize)> = BTreeMap::new();
        for tree in network.campaigns().iter().flat_map(|campaign| campaign.cascade.trees(&caller.scope)) {
            mentioned.add(network.people(), tree.person);
            roots.entry(tree.person).or_insert_with(|| (tree.owner.clone(), 0)).1 += 1;
        }
        roots
    });
    let names = mentioned.look_up(&slice, caller.workspace).await?;
    let staff = slice.directory.staff(caller.workspace).await.map_err(Problem::unavailable)?;
    let told = slice.task_names(&caller).await?;
    let row = |(person, (owner, campaigns)): (Handle, (RootOwner, usize))| StartRow {
        person: PersonId(person),
        name: names.person(person),
        mine: (owner.staff.is_some() && owner.staff.as_ref() == caller.staff())
            || (owner.unit.is_some() && owner.unit == caller.unit),
        staff: doer(&staff, &owner).map(|colleague| told.staff(&colleague.id)),
        unit: names.unit(owner.unit.as_ref()),
        campaigns,
    };
    let mut rows: Vec<StartRow> = roots.into_iter().map(row).collect();
    rows.sort_by_key(|row| !row.mine);
    Ok(Json(Page::whole(rows)))
}
