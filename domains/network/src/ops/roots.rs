//! Campaigns and their roots, for slices that hand out links of their own.

use std::sync::Arc;

use db::{DbError, Records};
use kernel::{CampaignId, Clock, Entropy, RootOwner, WorkspaceId};

use crate::{
    ops::mint_spread::{Given, mint},
    store,
};

/// What campaigns are called, and tokens for those who start something in them.
#[derive(Clone)]
pub struct Roots {
    records: Records,
    clock: Arc<dyn Clock>,
    entropy: Arc<dyn Entropy>,
}

impl Roots {
    /// Of these records.
    #[must_use]
    pub fn new(records: Records, clock: Arc<dyn Clock>, entropy: Arc<dyn Entropy>) -> Self {
        Self { records, clock, entropy }
    }

    /// What a campaign is called; nothing when nobody set it up.
    ///
    /// # Errors
    /// [`DbError`] by class.
    pub async fn campaign_name(
        &self,
        workspace: WorkspaceId,
        campaign: &CampaignId,
    ) -> Result<Option<String>, DbError> {
        let found = store::campaign_in_workspace(self.records.reads(), workspace, campaign).await?;
        Ok(found.map(|campaign| campaign.name))
    }

    /// A token that stands for this owner in the campaign, and the fact that declares them a root, as the log holds it: whoever hands
    /// out the token tells the fact with it. Nothing for nobody.
    #[must_use]
    pub fn root(&self, workspace: WorkspaceId, campaign: &CampaignId, owner: &RootOwner) -> Option<(String, Vec<u8>)> {
        let given = Given::Root { user_id: None, owner: owner.clone() };
        let minted = mint(workspace, campaign.clone(), &given, self.clock.now(), &*self.entropy).ok()?;
        Some((minted.0, minted.1.fact))
    }
}
