//! The first run: an installation without a brand prints a token, and whoever holds it founds the brand.

use std::{error::Error, fmt, sync::Arc};

use async_trait::async_trait;
use kernel::{WorkspaceId, token};
use parking_lot::Mutex;

use crate::{
    Access, AccessError, Email, Founding, Name, NewStaff, Password, Role,
    model::{SecretHash, Visit},
    ops::SignedIn,
    store,
};

/// Characters of chance in the token: 160 bits.
const TOKEN_LENGTH: usize = 32;

/// What else must happen before a new brand can be used. The app fills it.
#[async_trait]
pub trait Opening: Send + Sync {
    /// Lets the brand's river flow.
    ///
    /// # Errors
    /// Whatever keeps it from flowing.
    async fn open(&self, workspace: WorkspaceId) -> Result<(), Box<dyn Error + Send + Sync>>;
}

/// Lets its holder found the first brand. To be shown to the person who started the server, and to nobody else.
#[derive(Clone, PartialEq, Eq)]
pub struct SetupToken(pub String);

impl fmt::Debug for SetupToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SetupToken(…)")
    }
}

/// Whether a first brand is waited for.
#[derive(Default)]
pub(crate) struct Setup(Mutex<Option<Awaited>>);

#[derive(Clone)]
struct Awaited {
    token: SecretHash,
    opening: Arc<dyn Opening>,
}

impl Access {
    /// Waits for the first brand if there is none: the token that founds it. It lives as long as this process.
    ///
    /// # Errors
    /// [`AccessError::Read`].
    pub async fn await_setup(&self, opening: Arc<dyn Opening>) -> Result<Option<SetupToken>, AccessError> {
        if !self.workspaces().await?.is_empty() {
            return Ok(None);
        }
        let secret = token(self.entropy(), TOKEN_LENGTH);
        *self.setup().0.lock() = Some(Awaited { token: SecretHash::of(&secret), opening });
        Ok(Some(SetupToken(secret)))
    }

    /// Whether the first brand is waited for.
    pub(crate) fn awaits_setup(&self) -> bool {
        self.setup().0.lock().is_some()
    }

    /// Founds the first brand, once, and signs its owner in.
    pub(crate) async fn set_up(
        &self,
        token: &str,
        brand: Name,
        owner: (Name, Email, Password),
        visit: Visit,
    ) -> Result<SignedIn, AccessError> {
        let awaited = self.setup().0.lock().clone().ok_or(AccessError::NotFound)?;
        self.count_visit(&visit)?;
        if awaited.token != SecretHash::of(token) {
            return Err(AccessError::WrongSetupToken);
        }
        let (name, email, password) = owner;
        let address = email.key();
        let owner = NewStaff { id: None, name, email, password, role: Role::Owner.into(), unit: None };
        let founding = Founding { name: brand, units: Vec::new(), staff: vec![owner], keys: Vec::new() };
        // Two at once: the records let one through.
        let founded = self.found_by(visit.origin.named("setup"), true, founding).await?;
        *self.setup().0.lock() = None;
        awaited.opening.open(founded.workspace).await.map_err(AccessError::Opening)?;
        let staff = store::staff_by_email(self.reads(), &address).await?.ok_or(AccessError::NotFound)?;
        self.refund_visit(&visit);
        self.open_session(staff, visit).await
    }
}
