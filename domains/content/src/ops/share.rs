//! A customer passes a link on as themselves: a token stands for them, and whoever opens it was brought by them.

use bytes::Bytes;
use facts::{LogError, NamedId, names};
use kernel::{CampaignId, WorkspaceId};

use super::{
    open::{NotAppended, ours},
    shelf::{ShelfError, hop},
};
use crate::{Slice, model::link::State};

/// Why nobody can pass it on.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ShareError {
    #[error("there is no such link, or it leads nowhere now")]
    Missing,
    #[error(transparent)]
    Shelf(#[from] ShelfError),
    #[error("what happened cannot be written")]
    Fact(#[from] LogError),
    #[error(transparent)]
    Append(#[from] NotAppended),
}

impl Slice {
    /// The token that stands for a customer in the campaign of a link; nothing when it is counted to none.
    pub(crate) async fn share(
        &self,
        workspace: WorkspaceId,
        who: &NamedId,
        code: &str,
    ) -> Result<Option<String>, ShareError> {
        let now = self.clock.now();
        let found = self.shelf.get(code).await?.filter(|ready| ready.link.workspace == workspace);
        let ready = found.filter(|ready| ready.state(now) == State::On).ok_or(ShareError::Missing)?;
        let Some(campaign) = &ready.link.campaign else { return Ok(None) };
        let spread = token_of(workspace, campaign, who);
        // Told once, however often it is asked: the message is known by the token.
        let fact = ours(names::SPREAD_SHARED, format!("share-{spread}"), who, hop(campaign, &spread)?, now);
        self.append(workspace, vec![Bytes::from(fact.to_log()?)]).await?;
        Ok(Some(spread))
    }
}

/// The token of a customer in a campaign: always the same, so that it needs no row. It tells nothing about them.
fn token_of(workspace: WorkspaceId, campaign: &CampaignId, who: &NamedId) -> String {
    let mut hasher = blake3::Hasher::new_derive_key("searchlight spread token 1");
    hasher.update(&workspace.0.to_le_bytes());
    for part in [campaign.as_str(), &who.namespace, &who.value] {
        hasher.update(&(part.len() as u64).to_le_bytes()).update(part.as_bytes());
    }
    hasher.finalize().to_hex()[..20].to_owned()
}
