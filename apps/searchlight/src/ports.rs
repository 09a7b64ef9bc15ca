//! What slices ask of one another, wired here: each declares the narrow port it needs, nobody imports a neighbour.

use std::{
    collections::{BTreeMap, BTreeSet},
    error::Error,
    sync::{Arc, Weak},
};

use access::Access;
use async_trait::async_trait;
use audience::Audiences;
use db::{DbError, Tx};
use facts::{Fact, NamedId, Namespace, WhoKey};
use identity::{Customers, People};
use kernel::{CampaignId, Handle, Offset, RootOwner, Scope, StaffId, UnitId, WorkspaceId};
use network::{Networks, PortError, Profile, Roots, model::Network};
use river::{Ask, Order, Rivers};
use web::Fans;

use crate::house::House;

/// `access` asks for the river of the brand that was just founded.
pub struct FirstBrand(pub Weak<House>);

#[async_trait]
impl access::Opening for FirstBrand {
    async fn open(&self, workspace: WorkspaceId) -> Result<(), Box<dyn Error + Send + Sync>> {
        let house = self.0.upgrade().ok_or("the server is stopping")?;
        Ok(house.start_river(workspace).await?)
    }
}

/// `capture` asks whose timeline it is.
pub struct Timelines(pub People);

#[async_trait]
impl capture::People for Timelines {
    async fn handles(&self, workspace: WorkspaceId, whose: &capture::Whose) -> Result<Vec<Handle>, PortError> {
        let key = match whose {
            capture::Whose::Person(person) => return Ok(self.0.handles(workspace, person.0).await?),
            capture::Whose::User(value) => WhoKey { namespace: Namespace::User, value },
            capture::Whose::Anonymous(value) => WhoKey { namespace: Namespace::Anonymous, value },
        };
        match self.0.find(workspace, key).await? {
            Some(handle) => Ok(self.0.handles(workspace, handle).await?),
            None => Ok(Vec::new()),
        }
    }

    async fn known(&self, workspace: WorkspaceId, user_ids: &[String]) -> Result<Vec<bool>, PortError> {
        let keys: Vec<_> = user_ids.iter().map(|value| WhoKey { namespace: Namespace::User, value }).collect();
        let found = self.0.find_all(workspace, &keys).await?;
        Ok(keys.iter().map(|key| found.contains(key)).collect())
    }
}

/// `capture` asks what keys and staff are called.
pub struct Sources(pub Access);

#[async_trait]
impl capture::Sources for Sources {
    async fn names(&self, workspace: WorkspaceId) -> Result<BTreeMap<String, String>, PortError> {
        Ok(self.0.actor_names(workspace).await?)
    }
}

/// `network` asks who people are and what units are called.
pub struct Directory {
    pub people: People,
    pub access: Access,
    pub audiences: Arc<Audiences>,
}

#[async_trait]
impl network::Directory for Directory {
    async fn find(&self, workspace: WorkspaceId, key: WhoKey<'_>) -> Result<Option<Handle>, PortError> {
        Ok(self.people.find(workspace, key).await?)
    }

    async fn profiles(&self, workspace: WorkspaceId, handles: &[Handle]) -> Result<Vec<Profile>, PortError> {
        let profiles = self.people.profiles(workspace, handles).await?;
        Ok(profiles.into_iter().map(|identity::Profile { handle, known }| Profile { handle, known }).collect())
    }

    async fn staff(&self, workspace: WorkspaceId) -> Result<Vec<network::Colleague>, PortError> {
        let colleague = |(id, name, unit)| network::Colleague { id, name, unit };
        Ok(self.access.colleagues(workspace).await?.into_iter().map(colleague).collect())
    }

    async fn units(&self, workspace: WorkspaceId) -> Result<Arc<BTreeMap<UnitId, String>>, PortError> {
        let units = self.access.units(workspace).await?;
        Ok(Arc::new(units.into_iter().map(|unit| (unit.id, unit.name)).collect()))
    }

    async fn cities(&self, workspace: WorkspaceId) -> Result<BTreeMap<UnitId, String>, PortError> {
        let units: BTreeMap<UnitId, access::Unit> =
            self.access.units(workspace).await?.into_iter().map(|unit| (unit.id.clone(), unit)).collect();
        let above = |unit: &&access::Unit| unit.parent.as_ref().and_then(|parent| units.get(parent));
        let city = |unit| {
            let mut way = std::iter::successors(Some(unit), above).take(units.len());
            way.find(|unit| unit.kind == access::UnitKind::City)
        };
        Ok(units.values().filter_map(|unit| Some((unit.id.clone(), city(unit)?.name.clone()))).collect())
    }

    async fn who_lives_in(&self, workspace: WorkspaceId, city: &str) -> Result<Vec<Handle>, PortError> {
        Ok(self.people.who_lives_in(workspace, city).await?)
    }

    async fn who_wears(&self, workspace: WorkspaceId, tag: &str) -> Result<Option<Vec<Handle>>, PortError> {
        Ok(self.audiences.who_wears(workspace, tag).await?)
    }
}

/// `identity` asks who may see whom, and where people stand.
pub struct Circles {
    pub networks: Arc<Networks>,
    pub access: Access,
}

#[async_trait]
impl identity::Circles for Circles {
    fn within(&self, workspace: WorkspaceId, scope: &Scope) -> Vec<Handle> {
        let live = self.networks.get(workspace);
        live.map(|live| live.read(|network| network.within(scope))).unwrap_or_default()
    }

    async fn standings(
        &self,
        workspace: WorkspaceId,
        scope: &Scope,
        persons: &[Handle],
    ) -> Result<Vec<identity::Standing>, PortError> {
        let Some(live) = self.networks.get(workspace) else {
            return Ok(vec![identity::Standing::default(); persons.len()]);
        };
        let units = self.access.units(workspace).await?;
        let brief = |id: UnitId| {
            let known = units.iter().find(|unit| unit.id == id);
            identity::UnitBrief { name: known.map_or_else(|| id.to_string(), |unit| unit.name.clone()), id }
        };
        let standings = live.read(|network| persons.iter().map(|person| standing(network, *person, scope)).collect());
        let with_unit = |(standing, unit): (identity::Standing, Option<UnitId>)| identity::Standing {
            unit: unit.map(brief),
            ..standing
        };
        let standings: Vec<_> = standings;
        Ok(standings.into_iter().map(with_unit).collect())
    }

    fn campaigns(&self, workspace: WorkspaceId, persons: &[Handle]) -> Vec<CampaignId> {
        let Some(live) = self.networks.get(workspace) else { return Vec::new() };
        let found: BTreeSet<CampaignId> = live.read(|network| {
            let places = persons.iter().flat_map(|person| network.standings(*person, &Scope::All, 0).campaigns);
            places.map(|place| place.campaign.id.clone()).collect()
        });
        found.into_iter().collect()
    }

    async fn actors(&self, workspace: WorkspaceId) -> Result<BTreeMap<String, String>, PortError> {
        Ok(self.access.actor_names(workspace).await?)
    }
}

fn standing(network: &Network, person: Handle, scope: &Scope) -> (identity::Standing, Option<UnitId>) {
    let found = network.standings(person, scope, 0).campaigns;
    let unit = found.iter().find_map(|place| place.standing.tree).and_then(|tree| tree.owner.unit.clone());
    let reach = found.iter().map(|place| place.standing.reach).max().unwrap_or(0);
    (identity::Standing { campaigns: found.len() as u32, reach, unit: None }, unit)
}

/// `identity` asks what a person did.
pub struct Deeds(pub Arc<Rivers>);

#[async_trait]
impl identity::Timelines for Deeds {
    async fn page(
        &self,
        workspace: WorkspaceId,
        page: identity::TimelinePage,
    ) -> Result<Vec<(Offset, Fact)>, PortError> {
        let Some(river) = self.0.get(workspace) else { return Ok(Vec::new()) };
        let identity::TimelinePage { handles, event, before, limit } = page;
        let ask = Ask { handles: Some(handles), event, order: Order::NewestFirst, after: before, limit };
        let found = river.timeline(ask).await?;
        Ok(found.into_iter().map(|row| (row.offset, row.fact)).collect())
    }
}

/// `journey` and `content` ask who is who, in the transaction they write in.
pub struct Persons;

#[async_trait]
impl journey::Persons for Persons {
    async fn within(&self, tx: &Tx, workspace: WorkspaceId, handles: &[Handle]) -> Result<Vec<Vec<Handle>>, DbError> {
        People::persons_within(tx, workspace, handles).await
    }
}

#[async_trait]
impl content::Persons for Persons {
    async fn within(&self, tx: &Tx, workspace: WorkspaceId, handles: &[Handle]) -> Result<Vec<Vec<Handle>>, DbError> {
        People::persons_within(tx, workspace, handles).await
    }
}

/// `journey` asks who people are, whose they are, and who works for the brand.
pub struct Surroundings {
    pub people: People,
    pub access: Access,
    pub networks: Arc<Networks>,
}

#[async_trait]
impl journey::Directory for Surroundings {
    async fn persons(&self, workspace: WorkspaceId, handles: &[Handle]) -> Result<Vec<Vec<Handle>>, PortError> {
        Ok(self.people.persons(workspace, handles).await?)
    }

    fn owners(&self, workspace: WorkspaceId, people: &[Handle]) -> Vec<RootOwner> {
        let Some(live) = self.networks.get(workspace) else { return vec![RootOwner::default(); people.len()] };
        // In pieces: the reader of facts waits meanwhile.
        let piece = |people: &[Handle]| -> Vec<RootOwner> {
            live.read(|network| people.iter().map(|handle| owner(network, *handle)).collect())
        };
        people.chunks(256).flat_map(piece).collect()
    }

    async fn names(&self, workspace: WorkspaceId, handles: &[Handle]) -> Result<BTreeMap<Handle, String>, PortError> {
        let profiles = self.people.profiles(workspace, handles).await?;
        Ok(profiles.into_iter().filter_map(|profile| Some((profile.handle, profile.known.name?))).collect())
    }

    async fn audience(
        &self,
        workspace: WorkspaceId,
        audience: journey::model::Audience,
        after: Handle,
        limit: usize,
    ) -> Result<(Vec<Handle>, Option<Handle>), PortError> {
        use journey::model::Audience;
        let mut handles = match audience {
            Audience::Everybody | Audience::Fans => self.people.known_after(workspace, after, limit).await?,
            Audience::Members => self.people.who_did_after(workspace, facts::names::ORDER_PAID, after, limit).await?,
        };
        let next = handles.last().copied().filter(|_| handles.len() == limit);
        if audience == Audience::Fans {
            match self.networks.get(workspace) {
                Some(live) => live.read(|network| handles.retain(|handle| network.people().is_fan(*handle))),
                None => handles.clear(),
            }
        }
        Ok((handles, next))
    }

    async fn staff(&self, workspace: WorkspaceId) -> Result<Vec<journey::Colleague>, PortError> {
        let colleague = |(id, name, unit)| journey::Colleague { id, name, unit };
        Ok(self.access.colleagues(workspace).await?.into_iter().map(colleague).collect())
    }

    async fn units(&self, workspace: WorkspaceId) -> Result<BTreeMap<UnitId, String>, PortError> {
        Ok(self.access.units(workspace).await?.into_iter().map(|unit| (unit.id, unit.name)).collect())
    }
}

/// Whom the root of a person belongs to, in the campaign they joined last.
fn owner(network: &Network, person: Handle) -> RootOwner {
    let found = network.standings(person, &Scope::All, 0).campaigns;
    found.iter().find_map(|place| place.standing.tree).map(|tree| tree.owner.clone()).unwrap_or_default()
}

/// `bookkeeping` asks which id of a person owns what is theirs.
pub struct Speaking(pub People);

#[async_trait]
impl bookkeeping::Persons for Speaking {
    async fn speaking(&self, workspace: WorkspaceId, person: Handle) -> Result<Option<NamedId>, PortError> {
        Ok(self.0.speaking(workspace, person).await?)
    }
}

/// `play` asks who takes part, in the transaction it writes in.
pub struct Players(pub Arc<Networks>);

#[async_trait]
impl play::Persons for Players {
    async fn who(&self, tx: &Tx, workspace: WorkspaceId, ids: &[NamedId]) -> Result<Vec<play::Who>, DbError> {
        let known = People::known_within(tx, workspace, ids).await?;
        let live = self.0.get(workspace);
        let held = |handles: &[Handle]| {
            let flagged = |network: &Network| handles.iter().any(|handle| network.is_flagged(*handle));
            live.as_ref().is_some_and(|live| live.read(flagged))
        };
        let who = |known: identity::KnownAs| play::Who {
            newcomer: !known.bought,
            held: held(&known.handles),
            ids: known.ids,
        };
        Ok(known.into_iter().map(who).collect())
    }
}

/// `audience` asks who people are, and who may see them.
pub struct Seen {
    pub people: People,
    pub networks: Arc<Networks>,
}

#[async_trait]
impl audience::Directory for Seen {
    fn within(&self, workspace: WorkspaceId, scope: &Scope) -> Vec<Handle> {
        let live = self.networks.get(workspace);
        live.map(|live| live.read(|network| network.within(scope))).unwrap_or_default()
    }

    async fn find(&self, workspace: WorkspaceId, key: WhoKey<'_>) -> Result<Option<Handle>, PortError> {
        Ok(self.people.find(workspace, key).await?)
    }

    async fn profiles(
        &self,
        workspace: WorkspaceId,
        handles: &[Handle],
    ) -> Result<Vec<(Handle, facts::Identified)>, PortError> {
        let profiles = self.people.profiles(workspace, handles).await?;
        Ok(profiles.into_iter().map(|profile| (profile.handle, profile.known)).collect())
    }
}

/// `content` asks whose browser opens a link.
pub struct Visitors(pub Customers);

#[async_trait]
impl content::Visitors for Visitors {
    fn newcomer(&self, workspace: WorkspaceId) -> (String, NamedId) {
        self.0.newcomer(workspace)
    }

    async fn known(&self, workspace: WorkspaceId, token: &str) -> Result<Option<NamedId>, PortError> {
        Ok(self.0.fan(workspace, token).await?.map(|fan| fan.subject))
    }
}

/// `content` asks for campaigns, and for roots in them.
pub struct Campaigns(pub Roots);

#[async_trait]
impl content::Campaigns for Campaigns {
    async fn name(&self, workspace: WorkspaceId, campaign: &CampaignId) -> Result<Option<String>, PortError> {
        Ok(self.0.campaign_name(workspace, campaign).await?)
    }

    fn root(&self, workspace: WorkspaceId, campaign: &CampaignId, owner: &RootOwner) -> Option<(String, Vec<u8>)> {
        self.0.root(workspace, campaign, owner)
    }
}

/// `content` asks what units and staff are called.
pub struct Owners(pub Access);

#[async_trait]
impl content::Directory for Owners {
    async fn units(&self, workspace: WorkspaceId) -> Result<BTreeMap<UnitId, String>, PortError> {
        Ok(self.0.units(workspace).await?.into_iter().map(|unit| (unit.id, unit.name)).collect())
    }

    async fn staff(&self, workspace: WorkspaceId) -> Result<BTreeMap<StaffId, (String, Option<UnitId>)>, PortError> {
        Ok(self.0.colleagues(workspace).await?.into_iter().map(|(id, name, unit)| (id, (name, unit))).collect())
    }
}
