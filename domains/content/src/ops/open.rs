//! Somebody opens a link: what happened is durable before their browser is sent on.

use std::sync::Arc;

use bytes::Bytes;
use factlog::AppendError;
use facts::{Fact, Kind, LogError, NamedId, names};
use kernel::{Timestamp, WorkspaceId, token};
use serde_json::value::RawValue;

use super::shelf::{Ready, ShelfError, hop};
use crate::{PortError, Slice, model::link::State, rules::leads::is_token};

/// Characters of a message id: 80 bits, no two alike.
const MESSAGE_ID_LENGTH: usize = 16;

/// Who opens a link, as far as their browser says.
pub(crate) trait Browser: Send + Sync {
    /// The token it holds for this brand, if it holds one.
    fn token(&self, workspace: WorkspaceId) -> Option<&str>;
}

/// What became of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Opened {
    /// On to there. A browser that was never here gets a token of this brand.
    Go { workspace: WorkspaceId, address: String, token: Option<String> },
    /// It leads nowhere at the moment.
    Closed(State),
    /// Nobody made it.
    Unknown,
}

/// Why nobody can be sent on.
#[derive(Debug, thiserror::Error)]
pub(crate) enum OpenError {
    #[error(transparent)]
    Shelf(#[from] ShelfError),
    #[error("it cannot be found out who opens it")]
    Visitor(#[source] PortError),
    #[error("what happened cannot be written")]
    Fact(#[from] LogError),
    #[error(transparent)]
    Append(#[from] NotAppended),
}

/// Why facts are not in the log.
#[derive(Debug, thiserror::Error)]
pub(crate) enum NotAppended {
    #[error("the brand has no log here")]
    NoRiver,
    #[error(transparent)]
    Log(#[from] AppendError),
}

impl Slice {
    /// Opens a link for a browser that somebody sent here, who is named by a token of theirs or else by the link.
    pub(crate) async fn open(&self, code: &str, browser: &dyn Browser, by: Option<&str>) -> Result<Opened, OpenError> {
        let now = self.clock.now();
        let Some(ready) = self.shelf.get(code).await? else { return Ok(Opened::Unknown) };
        let lead = match (ready.state(now), &ready.lead) {
            (State::On, Some(lead)) => lead,
            (state, _) => return Ok(Opened::Closed(state)),
        };
        let workspace = ready.link.workspace;
        let (who, token) = self.visitor(workspace, browser).await?;
        let by = by.filter(|by| is_token(by) && ready.link.campaign.is_some());
        let facts = self.opening(&ready, &who, by, now)?;
        self.append(workspace, facts).await?;
        let address = lead.address(by.or(ready.link.spread.as_deref()));
        Ok(Opened::Go { workspace, address, token })
    }

    async fn visitor(
        &self,
        workspace: WorkspaceId,
        browser: &dyn Browser,
    ) -> Result<(NamedId, Option<String>), OpenError> {
        let known = match browser.token(workspace) {
            None => None,
            Some(token) => self.visitors.known(workspace, token).await.map_err(OpenError::Visitor)?,
        };
        Ok(match known {
            Some(who) => (who, None),
            None => {
                let (token, who) = self.visitors.newcomer(workspace);
                (who, Some(token))
            }
        })
    }

    /// What is told of an opening: that it happened, and of a campaign, who is to be thanked.
    fn opening(&self, ready: &Ready, who: &NamedId, by: Option<&str>, now: Timestamp) -> Result<Vec<Bytes>, OpenError> {
        let once = token(&*self.entropy, MESSAGE_ID_LENGTH);
        let fact = |event: &str, part: &str, told: Box<RawValue>| {
            Ok::<_, LogError>(Bytes::from(ours(event, format!("{once}{part}"), who, told, now).to_log()?))
        };
        let mut facts = Vec::with_capacity(3);
        if ready.link.kind.is_code() {
            facts.push(fact(names::CODE_SCANNED, "s", ready.told.clone())?);
        }
        facts.push(fact(names::LINK_OPENED, "o", ready.told.clone())?);
        let hop = match (by, &ready.link.campaign) {
            (Some(by), Some(campaign)) => Some(hop(campaign, by)?),
            _ => ready.hop.clone(),
        };
        if let Some(hop) = hop {
            facts.push(fact(names::SPREAD_OPENED, "h", hop)?);
        }
        Ok(facts)
    }

    /// Appends facts together. When it returns they are durable.
    pub(crate) async fn append(&self, workspace: WorkspaceId, facts: Vec<Bytes>) -> Result<(), NotAppended> {
        let river: Arc<_> = self.rivers.get(workspace).ok_or(NotAppended::NoRiver)?;
        river.log().append(facts).await?;
        Ok(())
    }
}

/// A fact of ours about a customer.
pub(crate) fn ours(event: &str, message_id: String, who: &NamedId, told: Box<RawValue>, at: Timestamp) -> Fact {
    Fact {
        source: facts::CONTENT.to_owned(),
        message_id,
        kind: Kind::Track,
        event: event.to_owned(),
        user_id: None,
        anonymous_id: None,
        ids: vec![who.clone()],
        timestamp: at,
        original_timestamp: None,
        sent_at: None,
        received_at: at,
        properties: told,
        context: None,
    }
}
