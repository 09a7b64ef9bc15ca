//! One file per endpoint.

mod forms;
mod person;
mod segments;
mod tags;
mod traits;
mod view;
mod vocabulary;

use std::sync::Arc;

use axum::extract::FromRef;
use facts::PersonRef;
use kernel::{ErrorCode, Handle, Offset, WorkspaceId};
use roaring::RoaringBitmap;
use utoipa_axum::{router::OpenApiRouter, routes};
use web::{Authenticate, Fans, Principal, Problem};

use crate::{
    LiveAudience,
    ops::{Slice, look, sees},
};

/// People named in one request at most.
const PEOPLE_MAX: usize = 10_000;

#[derive(Clone, FromRef)]
struct Http {
    slice: Slice,
    gate: Arc<dyn Authenticate>,
    fans: Arc<dyn Fans>,
}

pub(crate) fn router(slice: Slice, gate: Arc<dyn Authenticate>, fans: Arc<dyn Fans>) -> OpenApiRouter {
    OpenApiRouter::default()
        .routes(routes!(person::read))
        .routes(routes!(vocabulary::read))
        .routes(routes!(segments::preview::preview))
        .routes(routes!(segments::overlap::overlap))
        .routes(routes!(segments::list::list, segments::create::create))
        .routes(routes!(segments::read::read, segments::change::change, segments::remove::remove))
        .routes(routes!(segments::people::list, segments::put_people::put))
        .routes(routes!(segments::sizes::list))
        .routes(routes!(segments::why::read))
        .routes(routes!(traits::list::list, traits::create::create))
        .routes(routes!(traits::remove::remove))
        .routes(routes!(tags::list::list, tags::create::create))
        .routes(routes!(tags::change::change, tags::remove::remove))
        .routes(routes!(tags::people::put))
        .routes(routes!(forms::list::list, forms::create::create))
        .routes(routes!(forms::list::read, forms::change::change, forms::remove::remove))
        .routes(routes!(forms::answers::list))
        .routes(routes!(forms::summary::read))
        .routes(routes!(forms::show::read))
        .routes(routes!(forms::answer::answer))
        .with_state(Http { slice, gate, fans })
}

impl Slice {
    /// The live audience of a workspace, once it has folded the fact at `wait_offset`.
    async fn live(&self, workspace: WorkspaceId, wait_offset: Option<u64>) -> Result<Arc<LiveAudience>, Problem> {
        self.rivers
            .wait_for(workspace, wait_offset.map(Offset))
            .await
            .map_err(|error| Problem::new(ErrorCode::NotCaughtUp).because(error))?;
        self.audiences.get(workspace).ok_or_else(|| ErrorCode::NotFound.into())
    }

    /// People the caller may see; nothing for everybody.
    async fn seen_by(&self, caller: &Principal, live: &Arc<LiveAudience>) -> Result<Option<RoaringBitmap>, Problem> {
        self.seen(caller.workspace, &caller.scope, live).await
    }

    /// The permanent handle somebody is named by, if the caller may see them.
    async fn handle(
        &self,
        workspace: WorkspaceId,
        live: &Arc<LiveAudience>,
        seen: Option<&RoaringBitmap>,
        person: &str,
    ) -> Result<Handle, Problem> {
        let written =
            || Problem::new(ErrorCode::NotFound).detail("A person is written p42, user:<id> or anonymous:<id>");
        let handle = match PersonRef::parse(person).ok_or_else(written)? {
            PersonRef::Person(person) => person.0,
            PersonRef::Key(key) => {
                let found = self.directory.find(workspace, key).await.map_err(Problem::unavailable)?;
                found.ok_or(ErrorCode::NotFound)?
            }
        };
        let known = live.read(|engine| {
            let person = engine.people().person(handle);
            engine.people().everyone().contains(person.0) && sees(seen, person)
        });
        if known { Ok(handle) } else { Err(ErrorCode::NotFound.into()) }
    }

    /// Permanent handles of everybody named in a field, each of whom the caller must see.
    async fn named(
        &self,
        caller: &Principal,
        live: &Arc<LiveAudience>,
        field: &str,
        people: &[String],
    ) -> Result<Vec<Handle>, Problem> {
        if people.len() > PEOPLE_MAX {
            return Err(Problem::invalid(field, format!("at most {PEOPLE_MAX} people at once")));
        }
        let seen = self.seen_by(caller, live).await?;
        let mut handles = Vec::with_capacity(people.len());
        for (index, person) in people.iter().enumerate() {
            match self.handle(caller.workspace, live, seen.as_ref(), person).await {
                Ok(handle) => handles.push(handle),
                Err(problem) if problem.code() == ErrorCode::NotFound => {
                    return Err(Problem::invalid(
                        format!("{field}[{index}]"),
                        format!("there is nobody called {person}"),
                    ));
                }
                Err(problem) => return Err(problem),
            }
        }
        Ok(handles)
    }

    /// Persons, by name, of these handles.
    async fn persons(&self, live: &Arc<LiveAudience>, handles: Vec<Handle>) -> Result<Vec<Handle>, Problem> {
        look(live, move |engine| handles.into_iter().map(|handle| engine.people().person(handle)).collect()).await
    }
}
