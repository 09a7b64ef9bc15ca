//! Lights and stability of a workspace, each worked out once for everybody of the same scope.

use std::sync::Arc;

use kernel::{CampaignId, Offset, Scope, Timestamp, UnitId};
use tokio::task::{JoinError, spawn_blocking};

use super::shelf::{Asker, Got, Made, Progress, Shelf, ShelfError};
use crate::{
    rules::{
        ground::{Census, Ground},
        lights::{self, Grouping, Survey},
        stability::{self, Report},
    },
    subscribe::LiveNetwork,
};

/// Which lights.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct LightsAsked {
    /// What makes roots one light.
    pub by: Grouping,
    /// Only roots of this campaign.
    pub campaign: Option<CampaignId>,
    /// Lit is who is reached with at least this, in millionths.
    pub least_millionths: u32,
    /// Over which roots.
    pub scope: Scope,
}

impl LightsAsked {
    /// Lit is who is reached with at least this.
    #[must_use]
    pub fn least(&self) -> f32 {
        self.least_millionths as f32 / 1e6
    }
}

/// Whose stability.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct StabilityAsked {
    /// Only people of this unit.
    pub unit: Option<UnitId>,
    /// Over which roots.
    pub scope: Scope,
}

/// A report, and what it stands on.
#[derive(Debug)]
pub struct Stability {
    /// The report.
    pub report: Report,
    /// Nodes in the report are of this graph.
    pub ground: Arc<Made<Ground>>,
}

/// What was surveyed of a workspace.
#[derive(Default)]
pub struct Surveys {
    ground: Shelf<(), Arc<Made<Ground>>>,
    lights: Shelf<LightsAsked, Survey>,
    stability: Shelf<StabilityAsked, Stability>,
}

impl LiveNetwork {
    fn asker(&self, shown: Option<Offset>, now: Timestamp) -> Asker {
        Asker { shown, next: self.read(|network| network.next_offset()), now }
    }

    /// The ground of the present moment, or of one just before.
    ///
    /// # Errors
    /// When the work ended without an answer: the server is stopping.
    pub async fn ground(
        self: &Arc<Self>,
        shown: Option<Offset>,
        now: Timestamp,
    ) -> Result<Got<Arc<Made<Ground>>>, ShelfError> {
        let make = |_| {
            let live = Arc::clone(self);
            async move {
                let ground = Arc::new(live.lay_ground(now).await?);
                Ok(Made { offset: ground.offset, at: now, value: ground })
            }
        };
        self.surveys.ground.get(&(), self.asker(shown, now), make).await
    }

    async fn lay_ground(self: Arc<Self>, now: Timestamp) -> Result<Made<Ground>, JoinError> {
        let graph = self.whole_graph().await?;
        spawn_blocking(move || {
            let (census, nowhere) = self.read(|network| {
                let (nowhere, kept_out) = network.not_counted();
                let campaigns = network.campaigns().iter().zip(&kept_out);
                let campaigns = campaigns.map(|(campaign, kept_out)| (&campaign.id, &campaign.cascade, kept_out));
                (Census::take(network.people(), campaigns, &nowhere, network.next_offset()), nowhere)
            });
            let graph = if nowhere.is_empty() { graph } else { Arc::new(graph.without(&nowhere)) };
            let ground = Ground::of(graph, census, now);
            Made { offset: ground.offset, at: now, value: ground }
        })
        .await
    }

    /// The ground for a work that may take its time, shared with others where there is one.
    async fn ground_for(
        self: Arc<Self>,
        shown: Option<Offset>,
        now: Timestamp,
    ) -> Result<Arc<Made<Ground>>, JoinError> {
        loop {
            match self.ground(shown, now).await {
                Ok(Got::Ready(ground)) => return Ok(Arc::clone(&ground.value)),
                Ok(Got::Working(_)) => {}
                Err(ShelfError::Ended) => return self.lay_ground(now).await.map(Arc::new),
            }
        }
    }

    /// The survey of lights.
    ///
    /// # Errors
    /// When the work ended without an answer: the server is stopping.
    pub async fn lights(
        self: &Arc<Self>,
        asked: &LightsAsked,
        shown: Option<Offset>,
        now: Timestamp,
    ) -> Result<Got<Survey>, ShelfError> {
        let make = |progress: Progress| {
            let (live, asked) = (Arc::clone(self), asked.clone());
            async move {
                let ground = live.ground_for(shown, now).await?;
                spawn_blocking(move || {
                    let at = asked.campaign.as_ref().map(|id| {
                        ground.value.campaigns.iter().position(|campaign| campaign == id).unwrap_or(usize::MAX) as u32
                    });
                    let wanted =
                        lights::Wanted { by: asked.by, campaign: at, scope: &asked.scope, least: asked.least() };
                    let value = lights::survey(&ground.value, &wanted, &|done| progress.tell(done));
                    Made { value, offset: ground.offset, at: now }
                })
                .await
            }
        };
        self.surveys.lights.get(asked, self.asker(shown, now), make).await
    }

    /// The report on stability.
    ///
    /// # Errors
    /// When the work ended without an answer: the server is stopping.
    pub async fn stability(
        self: &Arc<Self>,
        asked: &StabilityAsked,
        shown: Option<Offset>,
        now: Timestamp,
    ) -> Result<Got<Stability>, ShelfError> {
        let make = |progress: Progress| {
            let (live, asked) = (Arc::clone(self), asked.clone());
            async move {
                let ground = live.ground_for(shown, now).await?;
                spawn_blocking(move || {
                    let told = |done| progress.tell(done);
                    let report = stability::report(&ground.value, &asked.scope, asked.unit.as_ref(), &told);
                    Made { offset: ground.offset, at: now, value: Stability { report, ground } }
                })
                .await
            }
        };
        self.surveys.stability.get(asked, self.asker(shown, now), make).await
    }
}
