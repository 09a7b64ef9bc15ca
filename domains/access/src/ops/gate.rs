//! The gate: credentials to callers, from memory whenever possible, so that the doors do not ask the records each time.
//!
//! An answer, also "nobody", is remembered for [`REMEMBER_SECS`] at most, which bounds how long another node's revocation
//! goes unnoticed; what is changed through this node is forgotten at once.

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use async_trait::async_trait;
use kernel::Timestamp;
use quick_cache::sync::Cache;
use web::{Actor, AuthError, Authenticate, Caller, Credentials, Principal};

use crate::{
    Access, AccessError,
    model::{SecretHash, command_line},
    ops::sessions::SEEN_EVERY_SECS,
    rules::{decide::Command, roles},
    store,
};

/// How long an answer is remembered.
const REMEMBER_SECS: i64 = 10;
/// How often a key's use is written down.
const USED_EVERY_SECS: i64 = 60;
/// How many are.
const REMEMBERED_MAX: usize = 50_000;

/// What the gate remembers.
pub(crate) struct Memory {
    answers: Cache<(Door, SecretHash), Answer>,
    /// Rises with every change, before anything is forgotten: what was read before a change is not remembered after it.
    changes: AtomicU64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Door {
    Session,
    Key,
}

#[derive(Clone)]
struct Answer {
    caller: Option<Caller>,
    until: Timestamp,
}

impl Memory {
    pub(crate) fn new() -> Self {
        Self { answers: Cache::new(REMEMBERED_MAX), changes: AtomicU64::new(0) }
    }

    /// Forgets everybody.
    pub(crate) fn clear(&self) {
        self.changes.fetch_add(1, Ordering::SeqCst);
        self.answers.clear();
    }

    /// Forgets one session.
    pub(crate) fn forget_session(&self, token: SecretHash) {
        self.changes.fetch_add(1, Ordering::SeqCst);
        self.answers.remove(&(Door::Session, token));
    }
}

/// [`Access`] as the port that the routers take.
pub(crate) struct Gate(pub(crate) Access);

#[async_trait]
impl Authenticate for Gate {
    async fn authenticate(&self, credentials: Credentials) -> Result<Option<Caller>, AuthError> {
        let (door, secret) = match &credentials {
            Credentials::Session(token) => (Door::Session, SecretHash::of(token)),
            Credentials::Key(key) => (Door::Key, SecretHash::of(key)),
        };
        let memory = self.0.memory();
        let now = self.0.now();
        if let Some(answer) = memory.answers.get(&(door, secret))
            && answer.until > now
        {
            return Ok(answer.caller);
        }
        let changes = memory.changes.load(Ordering::SeqCst);
        let found = match door {
            Door::Session => self.session(secret, now).await,
            Door::Key => self.key(secret, now).await,
        };
        let found = found.map_err(|error| AuthError(error.into()))?;
        let mut until = now.plus_secs(REMEMBER_SECS);
        if let Some(ends) = found.as_ref().and_then(|(_, ends)| *ends) {
            until = until.min(ends);
        }
        let caller = found.map(|(principal, _)| Arc::new(principal));
        memory.answers.insert((door, secret), Answer { caller: caller.clone(), until });
        if memory.changes.load(Ordering::SeqCst) != changes {
            memory.answers.remove(&(door, secret));
        }
        Ok(caller)
    }
}

impl Gate {
    /// Who holds this session, and when it ends.
    async fn session(
        &self,
        token: SecretHash,
        now: Timestamp,
    ) -> Result<Option<(Principal, Option<Timestamp>)>, AccessError> {
        let Some((session, staff)) = store::session(self.0.reads(), token, now).await? else { return Ok(None) };
        let mut ends = session.expires_at;
        if now.micros_since(session.seen_at) >= SEEN_EVERY_SECS * 1_000_000 {
            ends = self.0.keep_alive(&session, now).await?;
        }
        Ok(Some((self.0.principal_of(&staff).await?, Some(ends))))
    }

    /// Whose key this is, and when it ends.
    async fn key(
        &self,
        secret: SecretHash,
        now: Timestamp,
    ) -> Result<Option<(Principal, Option<Timestamp>)>, AccessError> {
        let Some((key, ends)) = store::key_by_secret(self.0.reads(), secret, now).await? else { return Ok(None) };
        if key.last_used_at.is_none_or(|last| now.micros_since(last) >= USED_EVERY_SECS * 1_000_000) {
            let used = Command::UseKey { workspace: key.workspace, key: key.id.clone() };
            // A key opens its door also while nothing can be written.
            if let Err(error) = self.0.submit(command_line(), used).await {
                tracing::warn!(%error, key = key.id, "the use of a key could not be written down");
            }
        }
        let principal = Principal {
            workspace: key.workspace,
            actor: Actor::Key { id: key.id, kind: key.kind.into() },
            permissions: roles::key_permissions(key.kind),
            scope: roles::key_scope(key.kind),
            unit: None,
        };
        Ok(Some((principal, ends)))
    }
}

#[cfg(test)]
mod tests {
    use db::{db_test, testing::TestDb};
    use kernel::{ManualClock, Scope, SeededEntropy, Timestamp};
    use web::PermissionSet;

    use super::*;
    use crate::{Founding, Hashing, KeyFor, Name, NewKey};

    fn key(text: &str) -> Credentials {
        Credentials::Key(text.to_owned())
    }

    #[db_test(migrations = crate::MIGRATIONS)]
    async fn the_doors_ask_the_records_once_in_ten_seconds(db: TestDb) {
        let clock = Arc::new(ManualClock::at(Timestamp::from_secs(1_790_000_000)));
        let access = Access::new(&db.records(), clock.clone(), Arc::new(SeededEntropy::new(1)), Hashing::Modest);
        let name = |text| Name::try_from(text).unwrap();
        let keys = vec![NewKey { kind: KeyFor::Write, name: name("pages") }];
        let founded = access.found(Founding { name: name("one"), units: vec![], staff: vec![], keys }).await.unwrap();
        let write = &founded.keys[0].key;
        let gate = access.gate();
        let caller = gate.authenticate(key(write)).await.unwrap().unwrap();
        assert_eq!(caller.workspace, founded.workspace);
        assert_eq!(caller.permissions, PermissionSet::of(&[web::Permission::CaptureFacts]));
        assert_eq!(caller.scope, Scope::Units([].into()), "it sees nobody");
        assert!(gate.authenticate(key("slw_unknown")).await.unwrap().is_none());

        // Somebody else revokes the key behind this node's back.
        db.execute("update api_key set revoked_at = 1", []).await;
        clock.advance_secs(REMEMBER_SECS - 1);
        let again = gate.authenticate(key(write)).await.unwrap().unwrap();
        assert!(Arc::ptr_eq(&caller, &again), "from memory");
        clock.advance_secs(1);
        assert!(gate.authenticate(key(write)).await.unwrap().is_none());
    }

    #[db_test(migrations = crate::MIGRATIONS)]
    async fn records_that_do_not_answer_let_nobody_in_and_accuse_nobody(db: TestDb) {
        let clock = Arc::new(ManualClock::default());
        let access = Access::new(&db.records(), clock, Arc::new(SeededEntropy::new(1)), Hashing::Modest);
        db.execute("drop table api_key", []).await;
        let error = access.gate().authenticate(key("slw_x")).await.unwrap_err();
        assert_eq!(web::Problem::from(error).code(), kernel::ErrorCode::Unavailable);
    }
}
