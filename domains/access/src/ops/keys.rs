//! API keys: issued once, stored as a hash, revoked for good.

use kernel::{Timestamp, WorkspaceId, token};

use crate::{
    Access, AccessError, KeyFor, NewKey,
    model::{Key, SecretHash},
    rules::decide::Command,
    store,
};

/// Characters of chance in a key: 160 bits.
const KEY_LENGTH: usize = 32;
/// How much of a key is shown in lists, its mark included.
const PREFIX_LENGTH: usize = 8;

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
        let secret = format!("{}{}", kind.mark(), token(self.entropy(), KEY_LENGTH));
        let prefix = secret[..PREFIX_LENGTH].to_owned();
        let key = Key { workspace, id, kind, name: name.into(), prefix, created_at: at };
        let hash = SecretHash::of(&secret);
        let Key { id, name, prefix, .. } = key.clone();
        (IssuedKey { id, kind, name, prefix, created_at: at, key: secret }, (key, hash))
    }

    pub(crate) async fn keys(&self, workspace: WorkspaceId) -> Result<Vec<Key>, AccessError> {
        Ok(store::keys(self.reads(), workspace).await?)
    }

    pub(crate) async fn add_key(&self, workspace: WorkspaceId, new: NewKey) -> Result<IssuedKey, AccessError> {
        let (issued, (key, secret)) = self.key_of(workspace, new, self.now());
        self.submit(Command::AddKey { key, secret }).await?;
        Ok(issued)
    }

    pub(crate) async fn revoke_key(&self, workspace: WorkspaceId, key: String) -> Result<(), AccessError> {
        self.submit(Command::RevokeKey { workspace, key, at: self.now() }).await?;
        self.forget_callers();
        Ok(())
    }
}
