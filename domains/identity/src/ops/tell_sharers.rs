//! Who shared what somebody opened, as far as the asker may see them.

use facts::{Identified, Namespace, Typed, WhoKey};
use kernel::{Handle, Scope, WorkspaceId};
use rustc_hash::FxHashMap;

use super::Slice;
use crate::{
    PortError,
    model::Profile,
    rules::{self, Key},
    store,
};

/// An id with its own text.
type OwnedKey = (Namespace, String);

/// A sharer; empty when the asker may not see them, or nobody knows who it is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct SharerKnown {
    pub(crate) person: Option<Handle>,
    pub(crate) name: Option<String>,
}

/// The sharers of a page.
#[derive(Debug, Default)]
pub(crate) struct Sharers(FxHashMap<OwnedKey, SharerKnown>);

impl Sharers {
    pub(crate) fn get(&self, key: WhoKey<'_>) -> SharerKnown {
        self.0.get(&(key.namespace, key.value.to_owned())).cloned().unwrap_or_default()
    }
}

impl Slice {
    /// The sharers that these facts name.
    pub(crate) async fn sharers(
        &self,
        workspace: WorkspaceId,
        scope: &Scope,
        facts: impl Iterator<Item = &Typed>,
    ) -> Result<Sharers, PortError> {
        let mut keys: Vec<WhoKey<'_>> = facts.filter_map(rules::sharer).collect();
        keys.sort_unstable();
        keys.dedup();
        let Some(directory) = self.people.directories.get(workspace).filter(|_| !keys.is_empty()) else {
            return Ok(Sharers::default());
        };
        let reads = self.people.records.reads();
        let keys: Vec<Key<'_>> = keys.into_iter().map(Key::from).collect();
        let found = store::handles_in_workspace(reads, workspace, &keys).await?;
        let owned = |(key, handle): (Key<'_>, Handle)| {
            Some(((Namespace::from_code(key.space)?, key.value.into_owned()), handle))
        };
        let found: Vec<(OwnedKey, Handle)> = found.into_iter().filter_map(owned).collect();
        let persons: Vec<(OwnedKey, Vec<Handle>)> = directory
            .read(move |index| {
                let whole = |handle| index.handles(index.person(handle)).collect();
                found.into_iter().map(|(key, handle)| (key, whole(handle))).collect()
            })
            .await?;
        // A token that was opened before anybody heard whose it is stands for nobody yet.
        let alone = |key: &OwnedKey, handles: &[Handle]| key.0 == Namespace::Spread && handles.len() == 1;
        let persons: Vec<_> = persons.into_iter().filter(|(key, handles)| !alone(key, handles)).collect();
        let names: Vec<Handle> = persons.iter().map(|(_, handles)| handles[0]).collect();
        let standings = self.circles.standings(workspace, scope, &names).await?;
        let all: Vec<Handle> = persons.iter().flat_map(|(_, handles)| handles.iter().copied()).collect();
        let profiles = store::profiles_in_workspace(reads, workspace, &all).await?;
        let mut sharers = Sharers::default();
        for ((key, handles), standing) in persons.into_iter().zip(standings) {
            if scope.is_all() || standing.campaigns > 0 {
                let own: Vec<Profile> = profiles.iter().filter(|one| handles.contains(&one.handle)).cloned().collect();
                let Identified { name, .. } = Profile::of_person(own);
                sharers.0.insert(key, SharerKnown { person: Some(handles[0]), name });
            }
        }
        Ok(sharers)
    }
}
