//! Looking for people: by name, by sound, by id, by phone number; or simply who was there lately.

use facts::Identified;
use kernel::{Handle, PersonId, Scope, Timestamp, UnitId, WorkspaceId};
use rustc_hash::FxHashMap;

use super::Slice;
use crate::{
    PortError, Standing,
    model::{Ask, Filter, Found, Hit, Matched, Profile},
    rules::{self, Namespaces, PhoneAsked, Wanted},
    store,
    subscribe::directory::StillReading,
};

/// How many ids of each kind may begin like what was asked; more are not counted.
const BEGINNINGS_MAX: usize = 500;

/// What is looked for, as a caller asks.
pub(crate) struct Search {
    pub(crate) text: String,
    pub(crate) filter: Filter,
    /// Only people whose root belongs to this unit.
    pub(crate) unit: Option<UnitId>,
    pub(crate) after: Option<Hit>,
    pub(crate) limit: usize,
}

/// Who asks.
pub(crate) struct Asker<'a> {
    pub(crate) workspace: WorkspaceId,
    pub(crate) scope: &'a Scope,
    /// Whether they may read ids. Who may not finds one only by the whole of it: beginnings would soon tell the rest.
    pub(crate) reads_ids: bool,
}

/// Somebody who was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Person {
    pub(crate) hit: Hit,
    pub(crate) known: Identified,
    /// When they were first and last seen, if they did anything themselves.
    pub(crate) seen: Option<(Timestamp, Timestamp)>,
    pub(crate) standing: Standing,
}

/// A page of people.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct People {
    pub(crate) people: Vec<Person>,
    pub(crate) total: usize,
    /// Whether `total` is all of them, and not at least so many.
    pub(crate) is_exact: bool,
    pub(crate) more: bool,
}

/// Why nobody can be looked for.
#[derive(Debug, thiserror::Error)]
pub(crate) enum FindError {
    #[error(transparent)]
    StillReading(#[from] StillReading),
    #[error("records or network cannot be read")]
    Unavailable(#[source] PortError),
}

impl From<db::DbError> for FindError {
    fn from(error: db::DbError) -> Self {
        Self::Unavailable(error.into())
    }
}

impl Slice {
    /// Finds people whom the asker may see. Whom they may not see is not even counted.
    pub(crate) async fn find_people(&self, asker: &Asker<'_>, search: Search) -> Result<People, FindError> {
        let Some(directory) = self.people.directories.get(asker.workspace) else { return Ok(People::default()) };
        let Search { text, filter, unit, after, limit } = search;
        let Some(scope) = narrowed(asker.scope, unit) else {
            return Ok(People { is_exact: true, ..People::default() });
        };
        let within = (!scope.is_all()).then(|| self.circles.within(asker.workspace, &scope).into_iter().collect());
        let ids = self.by_id(asker, text.trim()).await?;
        let is_exact = ids.len() < BEGINNINGS_MAX;
        let (wanted, phone) = (Wanted::new(&text), PhoneAsked::new(&text));
        let ask = Ask { wanted, phone, ids, filter, within, after, limit };
        let (found, handles) = directory
            .read(move |index| {
                let found = index.search(&ask);
                let handles: Vec<Vec<Handle>> =
                    found.hits.iter().map(|hit| index.handles(hit.person).collect()).collect();
                (found, handles)
            })
            .await?;
        let Found { hits, total, more } = found;
        let people = self.known_of(asker.workspace, &scope, hits, &handles).await?;
        Ok(People { people, total, is_exact, more })
    }

    async fn by_id(&self, asker: &Asker<'_>, text: &str) -> Result<Vec<(Handle, Matched)>, FindError> {
        if text.is_empty() {
            return Ok(Vec::new());
        }
        let reads = self.people.records.reads();
        let namespaces = Namespaces::with(store::evidence::namespaces(reads, asker.workspace).await?);
        let spaces: Vec<i64> = namespaces.all().iter().map(|declared| declared.code).collect();
        let asked = (&*spaces, BEGINNINGS_MAX);
        let found = store::handles_like(reads, asker.workspace, text, asker.reads_ids, asked);
        let mut found = found.await?;
        if let Ok(person) = text.parse::<PersonId>() {
            found.push((person.0, Matched::Id));
        }
        Ok(found)
    }

    async fn known_of(
        &self,
        workspace: WorkspaceId,
        scope: &Scope,
        hits: Vec<Hit>,
        handles: &[Vec<Handle>],
    ) -> Result<Vec<Person>, FindError> {
        let reads = self.people.records.reads();
        let all = handles.concat();
        let mut profiles: FxHashMap<Handle, Profile> = FxHashMap::default();
        for profile in store::profiles_in_workspace(reads, workspace, &all).await? {
            profiles.insert(profile.handle, profile);
        }
        let seen = store::first_and_last_seen(reads, workspace, &all).await?;
        let seen: FxHashMap<Handle, _> =
            seen.into_iter().map(|(handle, first, last)| (handle, (first, last))).collect();
        let persons: Vec<Handle> = hits.iter().map(|hit| hit.person).collect();
        let standings = self.circles.standings(workspace, scope, &persons).await.map_err(FindError::Unavailable)?;
        let people = hits.into_iter().zip(handles).zip(standings).map(|((hit, handles), standing)| Person {
            hit,
            known: Profile::of_person(handles.iter().filter_map(|handle| profiles.remove(handle)).collect()),
            seen: rules::span(handles.iter().filter_map(|handle| seen.get(handle).copied())),
            standing,
        });
        Ok(people.collect())
    }
}

/// The roots of one unit, as far as they are in scope. Narrowing must not tell of what is out of scope: somebody's place
/// elsewhere is looked at by nobody who does not see it.
fn narrowed(scope: &Scope, unit: Option<UnitId>) -> Option<Scope> {
    let Some(unit) = unit else { return Some(scope.clone()) };
    let sees = match scope {
        Scope::All => true,
        Scope::Units(units) => units.contains(&unit),
        Scope::Own(_) => false,
    };
    sees.then(|| Scope::Units([unit].into()))
}
