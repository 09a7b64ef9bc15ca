//! Plays of the sale and the sharing (拼团, 砍价, 助力, 抽奖, 红包, 集福, 打卡, 0元领, 老带新): one declarative engine, checked against law and
//! channel before it runs. See the README for the words and what always holds.

mod http;
pub mod model;
mod ops;
pub mod rules;
mod store;

use std::sync::Arc;

use async_trait::async_trait;
use db::{DbError, Group, Migration, Records, Tx};
use facts::NamedId;
use kernel::{Clock, Entropy, WorkspaceId};
use tokio::sync::Notify;
use utoipa_axum::router::OpenApiRouter;
use web::{Authenticate, Fans, openapi::Tag};

use crate::ops::Deciding;

/// The slice's tables.
pub const MIGRATIONS: &[Migration] =
    &[Migration { name: "play_0001_plays", sql: include_str!("../migrations/0001_plays.sql") }];

/// The slice in the OpenAPI document.
pub const TAG: Tag =
    Tag { name: "play", zh: "玩法", en: "Plays: group buys, bargains, draws, packets and what friends earn" };

/// Somebody who takes part, as other slices know them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Who {
    /// All ids of the person, the one asked about among them.
    pub ids: Vec<NamedId>,
    /// They never bought.
    pub newcomer: bool,
    /// They are in a ring of people who may be cheating, which somebody decided about.
    pub held: bool,
}

/// Who is who, as a transaction sees it.
#[async_trait]
pub trait Persons: Send + Sync {
    /// The persons these ids belong to, in the order asked.
    ///
    /// # Errors
    /// [`DbError`] by class.
    async fn who(&self, tx: &Tx, workspace: WorkspaceId, ids: &[NamedId]) -> Result<Vec<Who>, DbError>;
}

/// What the slice is wired to.
pub struct Wiring {
    /// Plays, and what comes of them.
    pub records: Records,
    /// Who is who.
    pub persons: Arc<dyn Persons>,
    /// Tells the time.
    pub clock: Arc<dyn Clock>,
    /// Makes ids and chance.
    pub entropy: Arc<dyn Entropy>,
    /// Notified when a command wrote to the outbox.
    pub signal: Arc<Notify>,
}

/// The slice, wired. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Slice {
    records: Records,
    commands: Group<Deciding>,
    clock: Arc<dyn Clock>,
    entropy: Arc<dyn Entropy>,
    signal: Arc<Notify>,
}

impl Slice {
    pub(crate) fn new(wiring: Wiring) -> Self {
        let Wiring { records, persons, clock, entropy, signal } = wiring;
        let commands = records.group(Deciding { persons });
        Self { records, commands, clock, entropy, signal }
    }
}

/// The slice's endpoints: for staff behind the gate, for customers behind their cookie.
#[must_use]
pub fn router(wiring: Wiring, gate: Arc<dyn Authenticate>, fans: Arc<dyn Fans>) -> OpenApiRouter {
    http::router(Slice::new(wiring), gate, fans)
}

/// Settles what falls due by itself, until the future is dropped.
pub async fn keep(wiring: Wiring) {
    Slice::new(wiring).keep().await;
}
