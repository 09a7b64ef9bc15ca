//! Keys and sessions.

use kernel::{StaffId, Timestamp, WorkspaceId};
use serde_json::json;

use super::{Desk, Done, KeyChange, KeyEffect, Rejection, Which, staff, trail};
use crate::{
    model::{Key, SecretHash, Session},
    rules::grants,
};

impl Desk<'_> {
    pub(super) fn add_key(&mut self, key: Key, secret: SecretHash) -> Result<Done, Rejection> {
        grants::check_key(self.held(key.workspace), key.kind)?;
        self.put_key(key, secret);
        Ok(Done::Stored)
    }

    pub(super) fn put_key(&mut self, key: Key, secret: SecretHash) {
        self.tell(key.workspace, "key.created", subject(&key.id), None, trail::key(&key));
        self.known.keys.insert((key.workspace, key.id.clone()), key.clone());
        self.effects.keys.push((key, secret));
    }

    pub(super) fn rename_key(&mut self, workspace: WorkspaceId, id: String, name: String) -> Result<Done, Rejection> {
        let (before, key) = self.alter_key(workspace, &id, |key| key.name.clone_from(&name))?;
        self.tell(workspace, "key.renamed", subject(&id), trail::key(&before), trail::key(&key));
        self.write_key(workspace, id, KeyChange::Renamed(name));
        Ok(Done::Stored)
    }

    pub(super) fn rotate_key(
        &mut self,
        workspace: WorkspaceId,
        id: String,
        prefix: String,
        secret: SecretHash,
        old_ends_at: Option<Timestamp>,
    ) -> Result<Done, Rejection> {
        if let Some(key) = self.known.keys.get(&(workspace, id.clone())) {
            // Whoever rotates it is shown its secret.
            grants::check_key(self.held(workspace), key.kind)?;
        }
        let (before, key) = self.alter_key(workspace, &id, |key| key.prefix.clone_from(&prefix))?;
        let after = trail::key(&key).map(|mut after| {
            after["old_ends_at"] = json!(old_ends_at.unwrap_or(self.at));
            after
        });
        self.tell(workspace, "key.rotated", subject(&id), trail::key(&before), after);
        self.write_key(workspace, id, KeyChange::Rotated { prefix, secret, old_ends_at });
        Ok(Done::Stored)
    }

    pub(super) fn revoke_key(&mut self, workspace: WorkspaceId, id: String) -> Result<Done, Rejection> {
        let key = self.known.keys.remove(&(workspace, id.clone()));
        let key = key.ok_or_else(|| Rejection::KeyUnknown(id.clone()))?;
        self.tell(workspace, "key.revoked", subject(&id), trail::key(&key), None);
        self.write_key(workspace, id, KeyChange::Revoked(self.at));
        Ok(Done::Stored)
    }

    /// No entry: use is no change.
    pub(super) fn use_key(&mut self, workspace: WorkspaceId, id: String) -> Result<Done, Rejection> {
        self.write_key(workspace, id, KeyChange::Used(self.at));
        Ok(Done::Stored)
    }

    /// Whoever was deactivated between the check of their password and now stays outside.
    pub(super) fn open_session(&mut self, session: Session) -> Result<Done, Rejection> {
        let Session { workspace, staff, agent, token, .. } = session.clone();
        if !self.known.staff.get(&(workspace, staff.clone())).is_some_and(|staff| staff.active) {
            return Err(Rejection::StaffMissing(staff));
        }
        let after = json!({ "session": token.name(), "agent": agent });
        self.tell(workspace, "session.opened", staff::subject(&staff), None, Some(after));
        self.effects.sessions.insert(token, session);
        Ok(Done::Stored)
    }

    pub(super) fn end_sessions(
        &mut self,
        workspace: WorkspaceId,
        staff: StaffId,
        which: Which,
    ) -> Result<Done, Rejection> {
        let before = match which {
            Which::One(token) => json!({ "session": token.name() }),
            Which::AllBut(Some(kept)) => json!({ "all_but": kept.name() }),
            Which::AllBut(None) => json!({ "all": true }),
        };
        self.tell(workspace, "session.ended", staff::subject(&staff), Some(before), None);
        self.effects.ended.push((workspace, staff, which));
        Ok(Done::Stored)
    }

    /// The key before and after.
    fn alter_key(
        &mut self,
        workspace: WorkspaceId,
        id: &str,
        alter: impl FnOnce(&mut Key),
    ) -> Result<(Key, Key), Rejection> {
        let key = self.known.keys.get_mut(&(workspace, id.to_owned()));
        let key = key.ok_or_else(|| Rejection::KeyUnknown(id.to_owned()))?;
        let before = key.clone();
        alter(key);
        Ok((before, key.clone()))
    }

    fn write_key(&mut self, workspace: WorkspaceId, key: String, what: KeyChange) {
        self.effects.keys_changed.push(KeyEffect { workspace, key, what });
    }
}

fn subject(key: &str) -> String {
    format!("key:{key}")
}
