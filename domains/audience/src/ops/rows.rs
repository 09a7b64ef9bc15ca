//! People as lists show them.

use std::sync::Arc;

use facts::Identified;
use kernel::{Handle, Timestamp, WorkspaceId};
use rustc_hash::FxHashMap;
use web::Problem;

use super::{Slice, look};
use crate::{
    LiveAudience,
    model::Standing,
    rules::{engine::Engine, part::ANY},
};

/// Somebody in a list.
pub struct Row {
    /// By name.
    pub person: Handle,
    /// What they call themselves.
    pub name: Option<String>,
    /// Where they say to live.
    pub city: Option<String>,
    /// How far they have come.
    pub standing: Standing,
    /// When they did something last.
    pub last_seen: Option<Timestamp>,
}

/// When somebody did something last.
pub fn last_seen(engine: &Engine, person: Handle) -> Option<Timestamp> {
    engine.people().tally(person, ANY, None, engine.today()).last.map(Timestamp)
}

impl Slice {
    /// These people, in their order.
    pub(crate) async fn rows(
        &self,
        workspace: WorkspaceId,
        live: &Arc<LiveAudience>,
        persons: Vec<Handle>,
    ) -> Result<Vec<Row>, Problem> {
        let (mut rows, handles) = look(live, move |engine| {
            let row = |person: &Handle| Row {
                person: *person,
                name: None,
                city: engine.people().city_name(*person).map(str::to_owned),
                standing: engine.standing(*person),
                last_seen: last_seen(engine, *person),
            };
            let of = |person: &Handle| {
                let person = *person;
                engine.people().handles(person).map(move |handle| (handle, person)).collect::<Vec<_>>()
            };
            let handles: FxHashMap<Handle, Handle> = persons.iter().flat_map(of).collect();
            (persons.iter().map(row).collect::<Vec<_>>(), handles)
        })
        .await?;
        let asked: Vec<Handle> = handles.keys().copied().collect();
        let mut profiles: Vec<(Handle, Identified)> =
            self.directory.profiles(workspace, &asked).await.map_err(Problem::unavailable)?;
        profiles.sort_unstable_by_key(|(handle, _)| *handle);
        // A later handle is the signed-in one: what it says counts more.
        let names: FxHashMap<Handle, String> =
            profiles.into_iter().filter_map(|(handle, known)| Some((*handles.get(&handle)?, known.name?))).collect();
        for row in &mut rows {
            row.name = names.get(&row.person).cloned();
        }
        Ok(rows)
    }
}
