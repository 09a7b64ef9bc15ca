//! Invitations: a link that lets one person join, once, within a week.

use db::audit::By;
use kernel::{UnitId, WorkspaceId, token};

use crate::{
    Access, AccessError, Email, Name, NewStaff, Password, RoleId, Unit,
    model::{Invitation, SecretHash, Visit},
    ops::SignedIn,
    rules::decide::{Command, Rejection},
    store,
};

/// How long an invitation stands.
const INVITATION_SECS: i64 = 7 * 24 * 3600;
/// Characters of chance in its token: 160 bits.
const TOKEN_LENGTH: usize = 32;

/// Somebody to be asked to join.
pub(crate) struct NewInvitation {
    pub(crate) email: Email,
    pub(crate) role: RoleId,
    pub(crate) unit: Option<UnitId>,
}

/// An invitation with its unit.
pub(crate) struct Invited {
    pub(crate) invitation: Invitation,
    pub(crate) unit: Option<Unit>,
    /// What the role is called, if the brand made it.
    pub(crate) role_name: Option<String>,
}

/// What whoever holds the link is told.
pub(crate) struct Welcome {
    pub(crate) brand: String,
    pub(crate) invited: Invited,
}

impl Access {
    /// The invitation and its token, which is shown this once.
    /// It stands once the command is done.
    pub(crate) async fn new_invitation(
        &self,
        workspace: WorkspaceId,
        new: NewInvitation,
    ) -> Result<(Invited, String, Command), AccessError> {
        let now = self.now();
        let secret = token(self.entropy(), TOKEN_LENGTH);
        let invitation = Invitation {
            workspace,
            id: format!("i-{}", token(self.entropy(), 12)),
            email: new.email.into(),
            role: new.role,
            unit: new.unit,
            token: SecretHash::of(&secret),
            created_at: now,
            expires_at: now.plus_secs(INVITATION_SECS),
        };
        let command = Command::Invite(invitation.clone());
        Ok((self.with_unit(invitation).await?, secret, command))
    }

    pub(crate) async fn invitations(&self, workspace: WorkspaceId) -> Result<Vec<Invited>, AccessError> {
        let mut invited = Vec::new();
        for invitation in store::invitations(self.reads(), workspace, self.now()).await? {
            invited.push(self.with_unit(invitation).await?);
        }
        Ok(invited)
    }

    pub(crate) async fn revoke_invitation(
        &self,
        by: By,
        workspace: WorkspaceId,
        invitation: String,
    ) -> Result<(), AccessError> {
        self.submit(by, Command::RevokeInvitation { workspace, invitation }).await?;
        Ok(())
    }

    pub(crate) async fn welcome(&self, token: &str) -> Result<Welcome, AccessError> {
        let open = store::invitation_by_token(self.reads(), SecretHash::of(token), self.now()).await?;
        let invitation = open.ok_or(Rejection::InvitationOver)?;
        let brand = store::workspace(self.reads(), invitation.workspace).await?.ok_or(AccessError::NotFound)?.name;
        Ok(Welcome { brand, invited: self.with_unit(invitation).await? })
    }

    /// Whoever holds the link joins and is signed in.
    pub(crate) async fn accept(
        &self,
        token: &str,
        name: Name,
        password: Password,
        visit: Visit,
    ) -> Result<SignedIn, AccessError> {
        self.count_visit(&visit)?;
        let token = SecretHash::of(token);
        let open = store::invitation_by_token(self.reads(), token, self.now()).await?;
        let Invitation { id, workspace, email, role, unit, .. } = open.ok_or(Rejection::InvitationOver)?;
        let email = Email::try_from(email).map_err(|_| Rejection::InvitationOver)?;
        let new = NewStaff { id: None, name, email, password, role, unit };
        let staff = self.staff_of(workspace, new).await?;
        let by = visit.origin.named(format!("invitation:{id}"));
        self.submit(by, Command::AcceptInvitation { token, staff: staff.clone() }).await?;
        self.refund_visit(&visit);
        self.open_session(staff, visit).await
    }

    async fn with_unit(&self, invitation: Invitation) -> Result<Invited, AccessError> {
        let unit = match &invitation.unit {
            Some(unit) => store::unit_named(self.reads(), invitation.workspace, unit).await?,
            None => None,
        };
        let role_name = self.role_name(invitation.workspace, &invitation.role).await?;
        Ok(Invited { invitation, unit, role_name })
    }
}
