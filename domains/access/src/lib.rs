//! Who may come in, and as whom: brands, their organisation, staff, roles, sessions and API keys.
//!
//! The app makes one [`Access`], founds brands with it, mounts its [`router`](Access::router) and hands its
//! [`gate`](Access::gate) to every other slice.

mod http;
mod model;
mod ops;
mod rules;
mod store;

use std::sync::Arc;

use db::{ConnectionTrait, Group, Migration, Records, audit::By, sticky::Sticky};
use kernel::{Clock, Entropy};
use parking_lot::Mutex;
use utoipa_axum::router::OpenApiRouter;
use web::{Authenticate, openapi::Tag};

pub use crate::{
    model::{Email, KeyFor, ModelError, Name, Password, Role, RoleId, Unit, UnitKind, Workspace},
    ops::{AccessError, Founded, Founding, Hashing, IssuedKey, NewKey, NewStaff, NewUnit, Opening, SetupToken},
    rules::{decide::Rejection, import::ImportError},
};
use crate::{
    ops::{Decisions, Discovery, Gate, Memory, Passwords, Setup},
    rules::{
        attempts::{self, Attempts},
        decide::{Command, Done, Order},
    },
};

/// The slice's tables.
pub const MIGRATIONS: &[Migration] = &[
    Migration { name: "access_0001_organisation", sql: include_str!("../migrations/0001_organisation.sql") },
    Migration { name: "access_0002_grown_up", sql: include_str!("../migrations/0002_grown_up.sql") },
    Migration { name: "access_0003_one_trail", sql: include_str!("../migrations/0003_one_trail.sql") },
    Migration { name: "access_0004_roles", sql: include_str!("../migrations/0004_roles.sql") },
    Migration { name: "access_0005_sign_in", sql: include_str!("../migrations/0005_sign_in.sql") },
];

/// The slice in the OpenAPI document.
pub const TAG: Tag = Tag { name: "access", zh: "组织与登录", en: "Organisation and sign-in" };

/// The slice: everything it does goes through here. Cheap to clone.
#[derive(Clone)]
pub struct Access(Arc<Inner>);

struct Inner {
    records: Records,
    decisions: Group<Decisions>,
    clock: Arc<dyn Clock>,
    entropy: Arc<dyn Entropy>,
    passwords: Passwords,
    attempts: Mutex<Attempts>,
    /// Tries by address of the network, of whatever account.
    visits: Mutex<Attempts>,
    discovery: Discovery,
    memory: Memory,
    setup: Setup,
}

impl Access {
    /// The slice over these records, which must have been opened with [`MIGRATIONS`].
    #[must_use]
    pub fn new(records: &Records, clock: Arc<dyn Clock>, entropy: Arc<dyn Entropy>, hashing: Hashing) -> Self {
        Self(Arc::new(Inner {
            records: records.clone(),
            decisions: records.group(Decisions),
            clock,
            entropy,
            passwords: Passwords::new(hashing),
            attempts: Mutex::new(Attempts::new(attempts::TRIES_MAX)),
            visits: Mutex::new(Attempts::new(attempts::VISITS_MAX)),
            discovery: Discovery::default(),
            memory: Memory::new(),
            setup: Setup::default(),
        }))
    }

    /// The check of credentials that every slice's router takes.
    #[must_use]
    pub fn gate(&self) -> Arc<dyn Authenticate> {
        Arc::new(Gate(self.clone()))
    }

    /// The slice's endpoints: set-up, session, units, staff, roles, invitations, keys, providers, audit.
    #[must_use]
    pub fn router(&self) -> OpenApiRouter {
        http::router(self.clone(), self.gate())
    }

    async fn submit(&self, by: By, command: Command) -> Result<Done, AccessError> {
        self.submit_once(by, command, None).await
    }

    /// The same for a command that may have been sent under a key.
    async fn submit_once(&self, by: By, command: Command, sticky: Option<Sticky>) -> Result<Done, AccessError> {
        Ok(self.0.decisions.submit(Order { by, at: self.now(), command, sticky }).await??)
    }

    fn reads(&self) -> &impl ConnectionTrait {
        self.0.records.reads()
    }

    fn clock(&self) -> &dyn Clock {
        &*self.0.clock
    }

    fn entropy(&self) -> &dyn Entropy {
        &*self.0.entropy
    }

    fn passwords(&self) -> &Passwords {
        &self.0.passwords
    }

    fn attempts(&self) -> &Mutex<Attempts> {
        &self.0.attempts
    }

    fn visits(&self) -> &Mutex<Attempts> {
        &self.0.visits
    }

    fn discovery(&self) -> &Discovery {
        &self.0.discovery
    }

    fn memory(&self) -> &Memory {
        &self.0.memory
    }

    fn setup(&self) -> &Setup {
        &self.0.setup
    }

    /// Something changed about who callers are: ask the records again.
    fn forget_callers(&self) {
        self.0.memory.clear();
    }
}
