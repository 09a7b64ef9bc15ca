//! Names of people and units, looked up once for everybody an answer mentions.

use std::{collections::BTreeMap, sync::Arc};

use facts::Identified;
use kernel::{Handle, PersonId, Timestamp, UnitId, WorkspaceId};
use rustc_hash::FxHashMap;
use serde::Serialize;
use utoipa::ToSchema;
use web::Problem;

use crate::{
    Slice,
    rules::{people::People, words::Words},
};

/// A unit by id and name.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(super) struct UnitBrief {
    #[schema(value_type = String)]
    pub(super) id: UnitId,
    /// The id again when the organisation does not know it.
    pub(super) name: String,
}

/// A person in a list.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(super) struct Brief {
    /// Such as `p42`.
    #[schema(value_type = String)]
    pub(super) person: PersonId,
    /// Null when they have told none.
    name: Option<String>,
    /// When they joined the campaign.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = String, format = DateTime, nullable = false)]
    at: Option<Timestamp>,
    /// How many people they brought, directly or not.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    reach: Option<u32>,
}

/// Everybody an answer mentions, as sets of handles: a profile may stand under any of a person's handles.
#[derive(Default)]
pub(super) struct Mentioned {
    handles: Vec<(Handle, Handle)>,
}

impl Mentioned {
    /// Remembers a person.
    pub(super) fn add(&mut self, people: &People, person: Handle) {
        self.handles.extend(people.handles(person).map(|handle| (handle, person)));
    }

    /// Looks everybody up.
    pub(super) async fn look_up(self, slice: &Slice, workspace: WorkspaceId) -> Result<Names, Problem> {
        let handles: Vec<Handle> = self.handles.iter().map(|(handle, _)| *handle).collect();
        let persons: FxHashMap<Handle, Handle> = self.handles.into_iter().collect();
        let mut profiles = slice.directory.profiles(workspace, &handles).await.map_err(Problem::unavailable)?;
        profiles.sort_unstable_by_key(|profile| profile.handle);
        let units = slice.directory.units(workspace).await.map_err(Problem::unavailable)?;
        let mut by_person: FxHashMap<Handle, Identified> = FxHashMap::default();
        for profile in profiles {
            let Some(person) = persons.get(&profile.handle) else { continue };
            let known = by_person.entry(*person).or_default();
            // A later handle is the signed-in one: what it says counts more.
            known.name = profile.known.name.or(known.name.take());
            known.phone = profile.known.phone.or(known.phone.take());
            known.city = profile.known.city.or(known.city.take());
        }
        Ok(Names { by_person, units })
    }
}

/// Names that were looked up.
pub(super) struct Names {
    by_person: FxHashMap<Handle, Identified>,
    units: Arc<BTreeMap<UnitId, String>>,
}

impl Names {
    /// What a person let us know.
    pub(super) fn profile(&self, person: Handle) -> Option<&Identified> {
        self.by_person.get(&person)
    }

    /// The name of a person.
    pub(super) fn person(&self, person: Handle) -> Option<String> {
        self.profile(person)?.name.clone()
    }

    /// A person in a list.
    pub(super) fn brief(&self, person: Handle, at: Option<Timestamp>, reach: Option<u32>) -> Brief {
        Brief { person: PersonId(person), name: self.person(person), at, reach }
    }

    /// A unit by id and name.
    pub(super) fn unit(&self, unit: Option<&UnitId>) -> Option<UnitBrief> {
        unit.map(|id| UnitBrief { id: id.clone(), name: self.units.get(id).cloned().unwrap_or_else(|| id.to_string()) })
    }
}

/// A sentence in the console's two languages.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(super) struct Sentence {
    pub(super) zh: String,
    pub(super) en: String,
}

impl From<Sentence> for Words {
    fn from(Sentence { zh, en }: Sentence) -> Self {
        Self { zh, en }
    }
}

impl From<Words> for Sentence {
    fn from(Words { zh, en }: Words) -> Self {
        Self { zh, en }
    }
}
