//! Stability: on whom the network hangs. Each file is an endpoint; here stands what they share.

mod bridges;
mod leave;
mod persons;
mod read;
mod routes;
#[cfg(test)]
mod tests;
mod units;

use std::sync::Arc;

use kernel::{ErrorCode, Handle, Offset, PersonId, Scope, UnitId, WorkspaceId};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};
use web::Problem;

use super::{
    Http,
    naming::{Mentioned, Names, UnitBrief},
    working::{Working, ready},
};
use crate::{
    Slice,
    ops::{
        shelf::Made,
        survey::{Stability, StabilityAsked},
    },
    rules::people::People,
    subscribe::LiveNetwork,
};

pub(super) fn router() -> OpenApiRouter<Http> {
    OpenApiRouter::default()
        .routes(routes!(read::read))
        .routes(routes!(units::list))
        .routes(routes!(persons::list))
        .routes(routes!(bridges::list))
        .routes(routes!(routes::list))
        .routes(routes!(leave::read))
}

#[derive(Clone, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct StabilityQuery {
    /// Only people under the roots of this unit, and the ties between them.
    #[param(value_type = Option<String>)]
    unit: Option<UnitId>,
    /// Answer only when the fact at this offset has been folded.
    wait_offset: Option<u64>,
}

/// A report with everything that is needed to tell of it.
pub(super) struct Reported {
    pub(super) live: Arc<LiveNetwork>,
    pub(super) scope: Scope,
    pub(super) made: Arc<Made<Stability>>,
}

impl Slice {
    /// The report somebody of this scope asks for. A unit outside it is not there.
    pub(super) async fn stability(
        &self,
        workspace: WorkspaceId,
        scope: &Scope,
        query: StabilityQuery,
    ) -> Result<Result<Reported, Working>, Problem> {
        let live = self.live(workspace, query.wait_offset).await?;
        let asked = StabilityAsked { unit: query.unit, scope: scope.clone() };
        if let Some(unit) = &asked.unit {
            let is_there = live.read(|network| {
                let trees = network.campaigns().iter().flat_map(|campaign| campaign.cascade.trees(scope));
                trees.into_iter().any(|tree| tree.owner.unit.as_ref() == Some(unit))
            });
            if !is_there {
                return Err(ErrorCode::NotFound.into());
            }
        }
        let got = live.stability(&asked, query.wait_offset.map(Offset), self.clock.now()).await;
        Ok(ready(got)?.map(|made| Reported { live, scope: asked.scope, made }))
    }
}

/// Somebody with the place they are at home.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(super) struct Somebody {
    #[schema(value_type = String)]
    pub(super) person: PersonId,
    pub(super) name: Option<String>,
    /// The unit of the root they stood under first.
    pub(super) unit: Option<UnitBrief>,
    /// Whether they are a root themselves.
    pub(super) is_root: bool,
    /// How many people they are tied to.
    pub(super) ties: u32,
}

impl Reported {
    /// Who stands at a place of the part, by name.
    pub(super) fn person(&self, place: u32) -> Handle {
        let Stability { report, ground } = &self.made.value;
        ground.value.graph.person(report.part.node(place))
    }

    /// Where a person stands in the part; who is not in it is not there.
    pub(super) fn place(&self, person: Handle) -> Result<u32, ErrorCode> {
        let Stability { report, ground } = &self.made.value;
        let node = ground.value.graph.node(person);
        node.and_then(|node| report.part.place(node)).ok_or(ErrorCode::NotFound)
    }

    /// Whether somebody is a root in scope.
    pub(super) fn is_root(&self, place: u32) -> bool {
        let Stability { report, ground } = &self.made.value;
        let mut roots = ground.value.roots_of(report.part.node(place), &self.scope);
        let person = self.person(place);
        roots.any(|(root, _)| root.person == person)
    }

    /// The unit somebody is at home at.
    pub(super) fn unit(&self, place: u32) -> Option<&UnitId> {
        let Stability { report, ground } = &self.made.value;
        let stand = ground.value.home(report.part.node(place), &self.scope)?;
        ground.value.roots[stand.root as usize].owner.unit.as_ref()
    }

    /// Looks up everybody at these places.
    pub(super) async fn names(
        &self,
        slice: &Slice,
        workspace: WorkspaceId,
        places: impl Iterator<Item = u32>,
    ) -> Result<Names, Problem> {
        let mut mentioned = Mentioned::default();
        self.live.read(|network| self.mention(&mut mentioned, network.people(), places));
        mentioned.look_up(slice, workspace).await
    }

    fn mention(&self, mentioned: &mut Mentioned, people: &People, places: impl Iterator<Item = u32>) {
        places.for_each(|place| mentioned.add(people, self.person(place)));
    }

    pub(super) fn somebody(&self, place: u32, names: &Names) -> Somebody {
        let person = self.person(place);
        Somebody {
            person: PersonId(person),
            name: names.person(person),
            unit: names.unit(self.unit(place)),
            is_root: self.is_root(place),
            ties: self.made.value.report.part.others(place).len() as u32,
        }
    }
}
