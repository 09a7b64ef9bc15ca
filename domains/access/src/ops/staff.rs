//! Staff: adding and changing them, and their passwords.

use db::audit::By;
use kernel::{StaffId, UnitId, WorkspaceId, token};
use web::Principal;

use crate::{
    Access, AccessError, Email, NewStaff, Password,
    model::{SecretHash, Staff, command_line},
    ops::Member,
    rules::decide::{Command, Rejection, StaffChange},
    store,
};

/// Characters of a password we make: 80 bits.
const MADE_LENGTH: usize = 16;

impl Access {
    /// Somebody who may come in once the command is done.
    pub(crate) async fn new_staff(
        &self,
        workspace: WorkspaceId,
        new: NewStaff,
    ) -> Result<(Member, Command), AccessError> {
        let staff = self.staff_of(workspace, new).await?;
        let command = Command::AddStaff { staff: staff.clone() };
        Ok((self.member(staff).await?, command))
    }

    /// Everybody who works for the brand and may come in: id, name, unit.
    ///
    /// # Errors
    /// [`AccessError`] when the records cannot be read.
    pub async fn colleagues(
        &self,
        workspace: WorkspaceId,
    ) -> Result<Vec<(StaffId, String, Option<UnitId>)>, AccessError> {
        let staff = store::staff(self.reads(), workspace).await?.into_iter().filter(|staff| staff.active);
        Ok(staff.map(|staff| (staff.id, staff.name, staff.unit)).collect())
    }

    /// Whoever is deactivated is out at once: their sessions end with it.
    pub(crate) async fn change_staff(
        &self,
        by: By,
        workspace: WorkspaceId,
        staff: StaffId,
        change: StaffChange,
    ) -> Result<Member, AccessError> {
        self.submit(by, Command::ChangeStaff { workspace, staff: staff.clone(), change }).await?;
        self.forget_callers();
        let staff = store::staff_member(self.reads(), workspace, &staff).await?.ok_or(AccessError::NotFound)?;
        self.member(staff).await
    }

    /// The caller's own password. Needs the one they have; their other sessions end. Wrong tries count like those of
    /// signing in.
    pub(crate) async fn change_password(
        &self,
        by: By,
        caller: &Principal,
        old: String,
        new: Password,
        current: Option<&str>,
    ) -> Result<(), AccessError> {
        let id = caller.staff().ok_or(AccessError::NotFound)?;
        let staff = store::staff_member(self.reads(), caller.workspace, id).await?.ok_or(AccessError::NotFound)?;
        let address = Email::key_of(&staff.email);
        self.attempts().lock().begin(&address, self.now()).map_err(|wait_secs| AccessError::Locked { wait_secs })?;
        if !self.passwords().check(old, Some(staff.password_hash.clone())).await? {
            return Err(AccessError::WrongPassword);
        }
        self.attempts().lock().succeeded(&address);
        if !new.suits(&staff.email) {
            return Err(Rejection::PasswordIsEmail.into());
        }
        self.set_password(by, staff, new, false, current.map(SecretHash::of)).await
    }

    /// A new password for somebody who lost theirs. It opens nothing but the choice of another one.
    pub(crate) async fn reset_password_of(
        &self,
        by: By,
        workspace: WorkspaceId,
        staff: &StaffId,
    ) -> Result<String, AccessError> {
        let there = store::staff_member(self.reads(), workspace, staff).await?.filter(|staff| staff.active);
        let staff = there.ok_or_else(|| Rejection::StaffMissing(staff.clone()))?;
        self.make_password(by, staff).await
    }

    /// The same by address, for the person who runs the server.
    ///
    /// # Errors
    /// [`AccessError::NotFound`] when nobody who may come in has this address; storage and hashing errors.
    pub async fn reset_password(&self, email: &str) -> Result<String, AccessError> {
        let there = store::staff_by_email(self.reads(), &Email::key_of(email)).await?;
        let staff = there.filter(|staff| staff.active).ok_or(AccessError::NotFound)?;
        self.make_password(command_line(), staff).await
    }

    async fn make_password(&self, by: By, staff: Staff) -> Result<String, AccessError> {
        let made = loop {
            let made = token(self.entropy(), MADE_LENGTH);
            if let Ok(password) = Password::try_from(made.clone()) {
                break (made, password);
            }
        };
        let address = Email::key_of(&staff.email);
        self.set_password(by, staff, made.1, true, None).await?;
        self.attempts().lock().succeeded(&address);
        Ok(made.0)
    }

    async fn set_password(
        &self,
        by: By,
        staff: Staff,
        password: Password,
        must_change: bool,
        keep: Option<SecretHash>,
    ) -> Result<(), AccessError> {
        let hash = self.passwords().hash(self.entropy(), password).await?;
        let set = Command::SetPassword { workspace: staff.workspace, staff: staff.id, hash, must_change, keep };
        self.submit(by, set).await?;
        self.forget_callers();
        Ok(())
    }
}
