//! API keys: issued once, stored as a hash, revoked for good.

use db::audit::By;
use kernel::{Timestamp, WorkspaceId, token};

use crate::{
    Access, AccessError, KeyFor, Name, NewKey,
    model::{Key, SecretHash},
    rules::decide::{Command, Rejection},
    store,
};

/// Characters of chance in a key: 160 bits.
const KEY_LENGTH: usize = 32;
/// How much of a key is shown in lists, its mark included.
const PREFIX_LENGTH: usize = 8;
/// How long a rotated key's old secret works beside the new one, if it is to.
const GRACE_SECS: i64 = 24 * 3600;

/// A key that was just made: the only time it can be seen.
#[derive(Clone)]
pub struct IssuedKey {
    /// Its id.
    pub id: String,
    /// What it is for.
    pub kind: KeyFor,
    /// What it is called.
    pub name: String,
    /// How it begins, to be recognised by.
    pub prefix: String,
    /// Since when.
    pub created_at: Timestamp,
    /// The key itself.
    pub key: String,
}

impl std::fmt::Debug for IssuedKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "IssuedKey({} {})", self.id, self.prefix)
    }
}

impl Access {
    /// Draws a key: what is shown of it now, and what is stored.
    pub(crate) fn key_of(&self, workspace: WorkspaceId, new: NewKey, at: Timestamp) -> (IssuedKey, (Key, SecretHash)) {
        let NewKey { kind, name } = new;
        let id = format!("k-{}", token(self.entropy(), 12));
        let (secret, prefix) = self.draw_secret(kind);
        let name = name.into();
        let key = Key { workspace, id, kind, name, prefix, created_at: at, last_used_at: None, old_ends_at: None };
        let hash = SecretHash::of(&secret);
        let Key { id, name, prefix, .. } = key.clone();
        (IssuedKey { id, kind, name, prefix, created_at: at, key: secret }, (key, hash))
    }

    pub(crate) async fn keys(&self, workspace: WorkspaceId) -> Result<Vec<Key>, AccessError> {
        Ok(store::keys(self.reads(), workspace).await?)
    }

    /// A key that works once the command is done.
    pub(crate) fn new_key(&self, workspace: WorkspaceId, new: NewKey) -> (IssuedKey, Command) {
        let (issued, (key, secret)) = self.key_of(workspace, new, self.now());
        (issued, Command::AddKey { key, secret })
    }

    pub(crate) async fn rename_key(
        &self,
        by: By,
        workspace: WorkspaceId,
        key: String,
        name: Name,
    ) -> Result<Key, AccessError> {
        self.submit(by, Command::RenameKey { workspace, key: key.clone(), name: name.into() }).await?;
        self.key_named(workspace, key).await
    }

    /// A new secret for a key. The old one works for a day more if there is to be grace, and one from an earlier rotation
    /// no longer.
    pub(crate) async fn rotate_key(
        &self,
        by: By,
        workspace: WorkspaceId,
        key: String,
        grace: bool,
    ) -> Result<(Key, String), AccessError> {
        let kind = self.key_named(workspace, key.clone()).await?.kind;
        let (secret, prefix) = self.draw_secret(kind);
        let old_ends_at = grace.then(|| self.now().plus_secs(GRACE_SECS));
        let rotate =
            Command::RotateKey { workspace, key: key.clone(), prefix, secret: SecretHash::of(&secret), old_ends_at };
        self.submit(by, rotate).await?;
        self.forget_callers();
        Ok((self.key_named(workspace, key).await?, secret))
    }

    pub(crate) async fn revoke_key(&self, by: By, workspace: WorkspaceId, key: String) -> Result<(), AccessError> {
        self.submit(by, Command::RevokeKey { workspace, key }).await?;
        self.forget_callers();
        Ok(())
    }

    async fn key_named(&self, workspace: WorkspaceId, id: String) -> Result<Key, AccessError> {
        let keys = self.keys(workspace).await?;
        keys.into_iter().find(|key| key.id == id).ok_or_else(|| Rejection::KeyUnknown(id).into())
    }

    /// A secret and how it begins.
    fn draw_secret(&self, kind: KeyFor) -> (String, String) {
        let secret = format!("{}{}", kind.mark(), token(self.entropy(), KEY_LENGTH));
        let prefix = secret[..PREFIX_LENGTH].to_owned();
        (secret, prefix)
    }
}
