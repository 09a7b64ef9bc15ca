//! Setting up the providers that people may sign in by.

use db::audit::By;
use kernel::{WorkspaceId, token};

use crate::{
    Access, AccessError, Name,
    model::{ClientSecret, Issuer, Provider},
    rules::decide::Command,
    store,
};

/// A provider to be.
pub(crate) struct NewProvider {
    pub(crate) name: Name,
    pub(crate) issuer: Issuer,
    pub(crate) client_id: String,
    pub(crate) client_secret: ClientSecret,
    pub(crate) match_email: bool,
}

/// What of a provider is to change; what is `None` stays.
#[derive(Default)]
pub(crate) struct ProviderChange {
    pub(crate) name: Option<Name>,
    pub(crate) issuer: Option<Issuer>,
    pub(crate) client_id: Option<String>,
    pub(crate) client_secret: Option<ClientSecret>,
    pub(crate) match_email: Option<bool>,
}

impl Access {
    /// Every provider that the sign-in page offers.
    pub(crate) async fn doors(&self) -> Result<Vec<Provider>, AccessError> {
        Ok(store::providers(self.reads(), None).await?)
    }

    pub(crate) async fn providers(&self, workspace: WorkspaceId) -> Result<Vec<Provider>, AccessError> {
        Ok(store::providers(self.reads(), Some(workspace)).await?)
    }

    pub(crate) async fn add_provider(
        &self,
        by: By,
        workspace: WorkspaceId,
        new: NewProvider,
    ) -> Result<Provider, AccessError> {
        let NewProvider { name, issuer, client_id, client_secret, match_email } = new;
        let id = format!("p-{}", token(self.entropy(), 12));
        let created_at = self.now();
        self.set(by, Provider { workspace, id, name, issuer, client_id, client_secret, match_email, created_at }).await
    }

    pub(crate) async fn change_provider(
        &self,
        by: By,
        workspace: WorkspaceId,
        id: &str,
        change: ProviderChange,
    ) -> Result<Provider, AccessError> {
        let there = store::provider_by_id(self.reads(), id).await?;
        let there = there.filter(|provider| provider.workspace == workspace).ok_or(AccessError::NotFound)?;
        let ProviderChange { name, issuer, client_id, client_secret, match_email } = change;
        let provider = Provider {
            name: name.unwrap_or(there.name),
            issuer: issuer.unwrap_or(there.issuer),
            client_id: client_id.unwrap_or(there.client_id),
            client_secret: client_secret.unwrap_or(there.client_secret),
            match_email: match_email.unwrap_or(there.match_email),
            ..there
        };
        self.set(by, provider).await
    }

    /// It must answer, and be what it is said to be.
    async fn set(&self, by: By, provider: Provider) -> Result<Provider, AccessError> {
        self.discovery()
            .metadata(&provider, self.clock())
            .await
            .map_err(|error| AccessError::Provider(error.into()))?;
        self.submit(by, Command::SetProvider(Box::new(provider.clone()))).await?;
        Ok(provider)
    }

    pub(crate) async fn delete_provider(&self, by: By, workspace: WorkspaceId, id: String) -> Result<(), AccessError> {
        self.submit(by, Command::DeleteProvider { workspace, provider: id }).await?;
        Ok(())
    }
}
