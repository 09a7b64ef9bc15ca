//! What slices ask of one another, wired here: each declares the narrow port it needs, nobody imports a neighbour.

use std::{
    collections::BTreeMap,
    error::Error,
    sync::{Arc, Weak},
};

use access::Access;
use async_trait::async_trait;
use facts::{Namespace, WhoKey};
use identity::People;
use kernel::{Handle, UnitId, WorkspaceId};
use network::{PortError, Profile};

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

    async fn units(&self, workspace: WorkspaceId) -> Result<Arc<BTreeMap<UnitId, String>>, PortError> {
        let units = self.access.units(workspace).await?;
        Ok(Arc::new(units.into_iter().map(|unit| (unit.id, unit.name)).collect()))
    }
}
