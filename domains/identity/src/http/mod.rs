//! One file per endpoint.

mod deciding;
mod fans;
mod list_identities;
mod list_people;
mod list_timeline;
mod namespaces;
mod privacy;
mod read_person;

use std::sync::Arc;

use axum::extract::FromRef;
use kernel::{ErrorCode, Handle, Offset, WorkspaceId};
use utoipa_axum::{router::OpenApiRouter, routes};
use web::{Authenticate, Permission, Principal, Problem};

use crate::{
    Wiring,
    ops::{Slice, find_people::FindError},
};

#[derive(Clone, FromRef)]
struct Http {
    slice: Slice,
    gate: Arc<dyn Authenticate>,
}

pub(crate) fn router(wiring: Wiring, gate: Arc<dyn Authenticate>) -> OpenApiRouter {
    let fans = fans::router(wiring.customers.clone());
    OpenApiRouter::default()
        .routes(routes!(list_people::list))
        .routes(routes!(read_person::read))
        .routes(routes!(list_timeline::list))
        .routes(routes!(list_identities::list))
        .routes(routes!(deciding::list_conflicts::list))
        .routes(routes!(deciding::preview_decision::preview))
        .routes(routes!(deciding::list_decisions::list, deciding::make_decision::decide))
        .routes(routes!(namespaces::list_namespaces::list))
        .routes(routes!(namespaces::declare_namespace::declare))
        .routes(routes!(privacy::reveal_person::reveal))
        .routes(routes!(privacy::list_consents::list, privacy::record_consent::record))
        .routes(routes!(privacy::export_person::export))
        .with_state(Http { slice: wiring.into(), gate })
        .merge(fans)
}

impl Slice {
    /// Waits until the fact at `offset` has been digested.
    async fn caught_up(&self, workspace: WorkspaceId, offset: Option<u64>) -> Result<(), Problem> {
        self.rivers
            .wait_for(workspace, offset.map(Offset))
            .await
            .map_err(|error| Problem::new(ErrorCode::NotCaughtUp).because(error))
    }

    /// All handles of somebody the caller may see; somebody else is not there.
    async fn handles_of(&self, caller: &Principal, person: &str) -> Result<Vec<Handle>, Problem> {
        let person = facts::PersonRef::parse(person).ok_or_else(|| {
            Problem::new(ErrorCode::NotFound).detail("A person is written p42, user:<id> or anonymous:<id>")
        })?;
        let handles = self.visible(caller.workspace, &caller.scope, person).await.map_err(Problem::unavailable)?;
        handles.ok_or_else(|| ErrorCode::NotFound.into())
    }
}

/// Whether a caller may read ids as they came in: whoever reads facts sees them there.
fn reads_ids(caller: &Principal) -> bool {
    caller.permissions.contains(Permission::ReadFacts)
}

impl From<FindError> for Problem {
    fn from(error: FindError) -> Self {
        match error {
            FindError::StillReading(_) => Self::new(ErrorCode::NotCaughtUp).because(error),
            FindError::Unavailable(source) => Self::unavailable(source),
        }
    }
}
