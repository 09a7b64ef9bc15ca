//! Signing in and out, and what a session is.

use db::audit::By;
use kernel::{Scope, StaffId, Timestamp, WorkspaceId, token};
use web::{Actor, PermissionSet, Principal};

use crate::{
    Access, AccessError, RoleId, Workspace,
    model::{Email, SecretHash, Session, Staff, Visit},
    ops::Member,
    rules::{
        decide::{Command, Which},
        grants, roles,
    },
    store,
};

/// How long a session lives after it was last used.
pub(crate) const SESSION_SECS: i64 = 30 * 24 * 3600;
/// How often its use is written down.
pub(crate) const SEEN_EVERY_SECS: i64 = 3600;
/// Characters of chance in a session's token: 160 bits.
const TOKEN_LENGTH: usize = 32;

/// A fresh session.
pub(crate) struct SignedIn {
    pub(crate) token: String,
    pub(crate) view: SessionView,
}

/// A session as its holder sees it.
pub(crate) struct SessionView {
    pub(crate) workspace: Workspace,
    pub(crate) member: Member,
    pub(crate) principal: Principal,
}

impl Access {
    /// Signs somebody in by e-mail and password.
    pub(crate) async fn sign_in(&self, email: &str, password: String, visit: Visit) -> Result<SignedIn, AccessError> {
        let now = self.now();
        let address = Email::key_of(email);
        self.count_visit(&visit)?;
        self.attempts().lock().begin(&address, now).map_err(|wait_secs| AccessError::Locked { wait_secs })?;
        let staff = store::staff_by_email(self.reads(), &address).await?;
        let stored = staff.as_ref().map(|staff| staff.password_hash.clone());
        let fits = self.passwords().check(password, stored).await?;
        let staff = staff.filter(|staff| fits && staff.active).ok_or(AccessError::WrongCredentials)?;
        self.attempts().lock().succeeded(&address);
        self.refund_visit(&visit);
        self.open_session(staff, visit).await
    }

    /// Counts a try to come in by the address it is made from, whatever account it is for: otherwise one machine could try a
    /// few passwords on every account there is.
    pub(crate) fn count_visit(&self, visit: &Visit) -> Result<(), AccessError> {
        let Some(network) = visit.network() else { return Ok(()) };
        self.visits().lock().begin(&network, self.now()).map_err(|wait_secs| AccessError::Locked { wait_secs })
    }

    /// It was a good one.
    pub(crate) fn refund_visit(&self, visit: &Visit) {
        if let Some(network) = visit.network() {
            self.visits().lock().refund(&network);
        }
    }

    /// A session for somebody who has shown who they are.
    pub(crate) async fn open_session(&self, staff: Staff, visit: Visit) -> Result<SignedIn, AccessError> {
        let now = self.now();
        let token = token(self.entropy(), TOKEN_LENGTH);
        let session = Session {
            workspace: staff.workspace,
            token: SecretHash::of(&token),
            staff: staff.id.clone(),
            agent: visit.agent.clone(),
            created_at: now,
            seen_at: now,
            expires_at: now.plus_secs(SESSION_SECS),
        };
        self.submit(visit.by_staff(&staff.id), Command::OpenSession(session)).await?;
        let principal = self.principal_of(&staff).await?;
        Ok(SignedIn { token, view: self.view_of(staff, principal).await? })
    }

    /// Ends a session. One that is over already is none.
    pub(crate) async fn sign_out(&self, token: &str, visit: &Visit) -> Result<(), AccessError> {
        let token = SecretHash::of(token);
        if let Some((_, staff)) = store::session(self.reads(), token, self.now()).await? {
            let by = visit.by_staff(&staff.id);
            let end = Command::EndSessions { workspace: staff.workspace, staff: staff.id, which: Which::One(token) };
            self.submit(by, end).await?;
            self.memory().forget_session(token);
        }
        Ok(())
    }

    /// The caller's sessions, the latest used first. A key has none.
    pub(crate) async fn sessions_of(&self, caller: &Principal) -> Result<Vec<Session>, AccessError> {
        let staff = caller.staff().ok_or(AccessError::NotFound)?;
        Ok(store::sessions(self.reads(), caller.workspace, staff, self.now()).await?)
    }

    /// Ends one of the caller's sessions, by its name.
    pub(crate) async fn end_session(&self, by: By, caller: &Principal, name: &str) -> Result<(), AccessError> {
        let session = self.sessions_of(caller).await?.into_iter().find(|session| session.token.name() == name);
        let session = session.ok_or(AccessError::NotFound)?;
        self.end(by, session.workspace, session.staff, Which::One(session.token)).await
    }

    /// Ends the caller's sessions except the one they ask from.
    pub(crate) async fn end_other_sessions(
        &self,
        by: By,
        caller: &Principal,
        current: Option<&str>,
    ) -> Result<(), AccessError> {
        let staff = caller.staff().ok_or(AccessError::NotFound)?.clone();
        self.end(by, caller.workspace, staff, Which::AllBut(current.map(SecretHash::of))).await
    }

    async fn end(&self, by: By, workspace: WorkspaceId, staff: StaffId, which: Which) -> Result<(), AccessError> {
        self.submit(by, Command::EndSessions { workspace, staff, which }).await?;
        self.forget_callers();
        Ok(())
    }

    /// The caller's session. A key has none.
    pub(crate) async fn session_of(&self, caller: &Principal) -> Result<SessionView, AccessError> {
        let staff = caller.staff().ok_or(AccessError::NotFound)?;
        let staff = store::staff_member(self.reads(), caller.workspace, staff).await?.ok_or(AccessError::NotFound)?;
        self.view_of(staff, caller.clone()).await
    }

    async fn view_of(&self, staff: Staff, principal: Principal) -> Result<SessionView, AccessError> {
        let workspace = store::workspace(self.reads(), staff.workspace).await?.ok_or(AccessError::NotFound)?;
        Ok(SessionView { workspace, member: self.member(staff).await?, principal })
    }

    /// What a member of staff may do and see at this moment.
    pub(crate) async fn principal_of(&self, staff: &Staff) -> Result<Principal, AccessError> {
        if staff.must_change_password {
            // Until they have chosen a password of their own they may do nothing else.
            return Ok(Principal {
                workspace: staff.workspace,
                actor: Actor::Staff(staff.id.clone()),
                permissions: PermissionSet::NONE,
                scope: Scope::Own(staff.id.clone()),
                unit: staff.unit.clone(),
            });
        }
        let unit = staff.unit.as_ref();
        let own = match &staff.role {
            RoleId::Preset(_) => None,
            role @ RoleId::Own(_) => store::role_named(self.reads(), staff.workspace, role).await?,
        };
        let power = grants::power(&staff.role, own.as_ref());
        let units = match roles::needs_tree(power.sight, unit) {
            true => store::units(self.reads(), staff.workspace).await?,
            false => Vec::new(),
        };
        Ok(Principal {
            workspace: staff.workspace,
            actor: Actor::Staff(staff.id.clone()),
            permissions: power.permissions,
            scope: roles::scope(power.sight, &staff.id, unit, &units),
            unit: staff.unit.clone(),
        })
    }

    /// The session lives on: it is in use. Written down once in a while only.
    pub(crate) async fn keep_alive(&self, session: &Session, now: Timestamp) -> Result<Timestamp, AccessError> {
        let expires_at = now.plus_secs(SESSION_SECS);
        self.submit(
            Visit::default().by_staff(&session.staff),
            Command::ExtendSession { token: session.token, expires_at },
        )
        .await?;
        Ok(expires_at)
    }
}
