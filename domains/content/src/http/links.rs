//! Links as they are told and asked for.

use std::collections::BTreeMap;

use kernel::{CampaignId, ErrorCode, RootOwner, Scope, StaffId, Timestamp, UnitId, WorkspaceId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use web::{Principal, Problem};

use crate::{
    Slice,
    model::{
        counts::Counts,
        link::{Kind, Link, State},
        target::Target,
    },
    rules::hosts::Hosts,
    store::{counts, hosts, links, pages},
};

/// Longest name of a link or a channel.
pub(super) const NAME_MAX: usize = 100;

/// What is said of somebody's or something's name.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = LinkOwnerName)]
pub(super) struct Named {
    pub(super) id: String,
    pub(super) name: String,
}

/// What came of a link.
#[derive(Clone, Copy, Debug, Default, Serialize, ToSchema)]
#[schema(as = LinkCounts)]
pub(super) struct CountsView {
    /// How often it was scanned: of codes only.
    pub(super) scans: i64,
    /// How often somebody came to where it leads.
    pub(super) opens: i64,
    /// How many browsers scanned it.
    pub(super) scanned: i64,
    /// How many came to where it leads.
    pub(super) opened: i64,
    /// How many of them then bought, joined, answered a form or became a friend, within 30 days and by no later link.
    pub(super) acted: i64,
}

impl From<Counts> for CountsView {
    fn from(Counts { scans, opens, scanned, opened, acted }: Counts) -> Self {
        Self { scans, opens, scanned, opened, acted }
    }
}

/// A short address of ours.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = SpreadLink)]
pub(super) struct LinkView {
    /// What it is found by: `/s/{code}`.
    #[schema(example = "k7m2p9qw")]
    pub(super) code: String,
    /// Its address on this server.
    #[schema(example = "/s/k7m2p9qw")]
    pub(super) path: String,
    #[schema(inline)]
    pub(super) kind: Kind,
    pub(super) name: String,
    pub(super) target: Target,
    #[schema(value_type = Option<String>)]
    pub(super) campaign: Option<CampaignId>,
    pub(super) unit: Option<Named>,
    pub(super) staff: Option<Named>,
    pub(super) channel: Option<String>,
    /// Whether whoever opens it becomes a hop of the campaign's network.
    pub(super) spreads: bool,
    #[schema(inline)]
    pub(super) state: State,
    #[schema(value_type = Option<String>, format = DateTime)]
    pub(super) expires_at: Option<Timestamp>,
    #[schema(value_type = String, format = DateTime)]
    pub(super) created_at: Timestamp,
    #[schema(value_type = String, format = DateTime)]
    pub(super) changed_at: Timestamp,
    /// Named when it is changed.
    pub(super) revision: i64,
    pub(super) counts: CountsView,
}

/// What links are told with.
pub(super) struct Naming {
    now: Timestamp,
    units: BTreeMap<UnitId, String>,
    staff: BTreeMap<StaffId, (String, Option<UnitId>)>,
    counts: BTreeMap<String, Counts>,
}

impl Naming {
    pub(super) fn tell(&self, link: &Link) -> LinkView {
        let unit = |id: &UnitId| Named {
            name: self.units.get(id).map_or_else(|| id.to_string(), Clone::clone),
            id: id.to_string(),
        };
        let staff = |id: &StaffId| Named {
            name: self.staff.get(id).map_or_else(|| id.to_string(), |(name, _)| name.clone()),
            id: id.to_string(),
        };
        LinkView {
            code: link.code.clone(),
            path: format!("/s/{}", link.code),
            kind: link.kind,
            name: link.name.clone(),
            target: link.target.clone(),
            campaign: link.campaign.clone(),
            unit: link.owner.unit.as_ref().map(unit),
            staff: link.owner.staff.as_ref().map(staff),
            channel: link.owner.channel.clone(),
            spreads: link.spread.is_some(),
            state: link.state(self.now),
            expires_at: link.expires_at,
            created_at: link.created_at,
            changed_at: link.changed_at,
            revision: link.revision,
            counts: self.counts.get(&link.code).copied().unwrap_or_default().into(),
        }
    }
}

/// Whom a new link belongs to.
#[derive(Clone, Debug, Default, Deserialize)]
pub(super) struct Asked {
    pub(super) unit: Option<UnitId>,
    pub(super) staff: Option<StaffId>,
    pub(super) channel: Option<String>,
}

impl Slice {
    /// What is needed to tell these links.
    pub(super) async fn naming(&self, workspace: WorkspaceId, links: &[Link]) -> Result<Naming, Problem> {
        let codes = links.iter().map(|link| link.code.as_str());
        Ok(Naming {
            now: self.clock.now(),
            units: self.directory.units(workspace).await.map_err(Problem::unavailable)?,
            staff: self.directory.staff(workspace).await.map_err(Problem::unavailable)?,
            counts: counts::counts_of(self.records.reads(), workspace, codes).await.map_err(Problem::unavailable)?,
        })
    }

    /// One link, told.
    pub(super) async fn told(&self, link: &Link) -> Result<LinkView, Problem> {
        Ok(self.naming(link.workspace, std::slice::from_ref(link)).await?.tell(link))
    }

    /// A link the caller may see.
    pub(super) async fn link(&self, caller: &Principal, code: &str) -> Result<Link, Problem> {
        let found = links::link_in_workspace(self.records.reads(), caller.workspace, code).await;
        let found = found.map_err(Problem::unavailable)?;
        found.filter(|link| caller.scope.covers(&link.owner)).ok_or_else(|| ErrorCode::NotFound.into())
    }

    pub(super) async fn hosts(&self, workspace: WorkspaceId) -> Result<Hosts, Problem> {
        hosts::hosts_in_workspace(self.records.reads(), workspace).await.map_err(Problem::unavailable)
    }

    /// Whether a link may lead there.
    pub(super) async fn check_target(&self, workspace: WorkspaceId, target: &Target) -> Result<(), Problem> {
        let astray = self.hosts(workspace).await?.check_target(target).err();
        if let Some(astray) = astray {
            return Err(Problem::invalid("target.url", astray.to_string()));
        }
        let Target::Page { page } = target else { return Ok(()) };
        let found = pages::page_in_workspace(self.records.reads(), workspace, page.as_str()).await;
        match found.map_err(Problem::unavailable)? {
            Some(_) => Ok(()),
            None => Err(Problem::invalid("target.page", "there is no such page: make it first")),
        }
    }

    /// Whom a new link belongs to. Whoever sees only their own makes only their own.
    pub(super) async fn owner(&self, caller: &Principal, asked: Asked) -> Result<RootOwner, Problem> {
        let Asked { mut unit, mut staff, channel } = asked;
        if let (Scope::Own(own), None) = (&caller.scope, &staff) {
            (staff, unit) = (Some(own.clone()), unit.or_else(|| caller.unit.clone()));
        }
        let units = self.directory.units(caller.workspace).await.map_err(Problem::unavailable)?;
        let known = self.directory.staff(caller.workspace).await.map_err(Problem::unavailable)?;
        if unit.as_ref().is_some_and(|unit| !units.contains_key(unit)) {
            return Err(Problem::invalid("unit", "there is no such unit"));
        }
        let own = matches!(caller.scope, Scope::Own(_));
        match staff.as_ref().map(|staff| known.get(staff)) {
            None => {}
            Some(None) => return Err(Problem::invalid("staff", "there is no such member of staff")),
            // A member of staff is a root of where they work: nobody takes them, and whom they brought, elsewhere.
            Some(Some((_, Some(works_in)))) if unit.as_ref().is_none_or(|unit| unit == works_in) => {
                unit = Some(works_in.clone());
            }
            Some(Some((_, None))) if own || caller.scope.is_all() => {}
            Some(Some(_)) => return Err(Problem::invalid("staff", "works somewhere else")),
        }
        let channel = match channel.as_deref().map(str::trim).filter(|channel| !channel.is_empty()) {
            None => None,
            Some(channel) => Some(super::line(channel, "channel", NAME_MAX)?),
        };
        let owner = RootOwner { unit, staff, channel };
        let foreign_unit = own && owner.unit.is_some() && owner.unit != caller.unit;
        if foreign_unit || !caller.scope.covers(&owner) {
            let what = "name a unit or a member of staff whose network you see";
            return Err(Problem::invalid(if owner.unit.is_some() { "unit" } else { "staff" }, what));
        }
        Ok(owner)
    }

    /// The campaign a link is counted to.
    pub(super) async fn campaign(
        &self,
        workspace: WorkspaceId,
        campaign: Option<CampaignId>,
    ) -> Result<Option<CampaignId>, Problem> {
        let Some(campaign) = campaign else { return Ok(None) };
        let name = self.campaigns.name(workspace, &campaign).await.map_err(Problem::unavailable)?;
        match name {
            Some(_) => Ok(Some(campaign)),
            None => Err(Problem::invalid("campaign", "there is no such campaign; set it up first")),
        }
    }

    /// An end that is still to come.
    pub(super) fn expiry(&self, at: Option<Timestamp>) -> Result<Option<Timestamp>, Problem> {
        match at {
            Some(at) if at <= self.clock.now() => Err(Problem::invalid("expires_at", "must be in the future")),
            at => Ok(at),
        }
    }
}
