//! The doors facts come in by. See the README for the doors and their rules.

mod http;
mod model;
mod ops;
pub mod rules;
mod store;

use std::{collections::BTreeMap, sync::Arc};

use async_trait::async_trait;
use db::Migration;
use kernel::{Clock, Entropy, Handle, PersonId, WorkspaceId};
use river::Rivers;
use utoipa_axum::router::OpenApiRouter;
use web::{Authenticate, openapi::Tag};

pub use ops::{Imports, Register};

/// The slice's own tables.
pub const MIGRATIONS: &[Migration] = &[
    Migration { name: "capture_0001_register", sql: include_str!("../migrations/0001_capture.sql") },
    Migration { name: "capture_0002_health", sql: include_str!("../migrations/0002_health.sql") },
    Migration { name: "capture_0003_imports", sql: include_str!("../migrations/0003_imports.sql") },
];

/// The slice in the OpenAPI document.
pub const TAG: Tag = Tag { name: "capture", zh: "事件采集", en: "The doors facts come in by" };

/// What the doors need.
#[derive(Clone)]
pub struct Doors {
    /// The river of each workspace: facts are appended to its log.
    pub rivers: Arc<Rivers>,
    /// Who knows people.
    pub people: Arc<dyn People>,
    /// What sources are called.
    pub sources: Arc<dyn Sources>,
    /// Where it is written down what came and what was refused.
    pub register: Arc<Register>,
    /// Tables that people bring.
    pub imports: Arc<Imports>,
    /// Stamps the time of receipt.
    pub clock: Arc<dyn Clock>,
    /// Makes message ids where the sender chose none.
    pub entropy: Arc<dyn Entropy>,
}

/// Who a timeline is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Whose {
    /// `user_id`.
    User(String),
    /// `anonymous_id`.
    Anonymous(String),
    /// `person`.
    Person(PersonId),
}

/// Another slice knows which handles are one person.
#[async_trait]
pub trait People: Send + Sync {
    /// All handles of a person; empty when there is no such person.
    ///
    /// # Errors
    /// Whatever keeps the answer away at the moment.
    async fn handles(
        &self,
        workspace: WorkspaceId,
        whose: &Whose,
    ) -> Result<Vec<Handle>, Box<dyn std::error::Error + Send + Sync>>;

    /// Whether the brand knows somebody by each of these user ids, in their order.
    ///
    /// # Errors
    /// Whatever keeps the answer away at the moment.
    async fn known(
        &self,
        workspace: WorkspaceId,
        user_ids: &[String],
    ) -> Result<Vec<bool>, Box<dyn std::error::Error + Send + Sync>>;
}

/// Works on imports that wait, those of before a crash too, until the future is dropped.
pub async fn work_on_imports(doors: Doors) {
    ops::imports::run(doors).await;
}

/// Another slice knows what keys and people are called.
#[async_trait]
pub trait Sources: Send + Sync {
    /// The names of a brand's sources, by the word that stands in facts as `source`.
    ///
    /// # Errors
    /// Whatever keeps the answer away at the moment.
    async fn names(
        &self,
        workspace: WorkspaceId,
    ) -> Result<BTreeMap<String, String>, Box<dyn std::error::Error + Send + Sync>>;
}

/// Which items of a JSON array our own door would reject, by their place from 0, and why. For those who check facts before
/// they send them; an array that cannot be read at all has no items.
#[must_use]
pub fn complaints(items: &[u8]) -> Vec<(usize, String)> {
    let items: Vec<&serde_json::value::RawValue> = serde_json::from_slice(items).unwrap_or_default();
    let accepting = rules::Accepting {
        source: "",
        received_at: kernel::Timestamp(i64::MAX / 2),
        sent_at: None,
        by_the_brand: true,
    };
    let judged = items.into_iter().map(|item| accepting.own(item, String::new)).enumerate();
    judged.filter_map(|(index, judged)| Some((index, judged.err()?.to_string()))).collect()
}

/// The slice's endpoints.
#[must_use]
pub fn router(doors: Doors, gate: Arc<dyn Authenticate>) -> OpenApiRouter {
    http::router(doors, gate)
}
