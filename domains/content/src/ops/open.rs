//! Somebody opens a link: what happened is durable before their browser is sent on.

use std::sync::Arc;

use bytes::Bytes;
use db::{DbError, WriteError};
use factlog::AppendError;
use facts::{Fact, Kind, LogError, NamedId, names};
use kernel::{Timestamp, UnitId, WorkspaceId, token};
use serde_json::value::RawValue;

use super::{
    assign::Scan,
    shelf::{Ready, ShelfError, hop},
};
use crate::{
    PortError, Slice,
    model::{link::State, routing::Way},
    rules::{leads::is_token, route::again},
    store::ways,
};

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
    /// A live code led them to somebody: that is shown, for them to take the step.
    Choose { workspace: WorkspaceId, name: String, way: Way, token: Option<String> },
    /// It leads nowhere at the moment.
    Closed(State),
    /// Nobody made it.
    Unknown,
}

/// Which steps somebody has taken.
#[derive(Clone, Copy, Debug)]
struct Steps {
    /// They scanned a code.
    scanned: bool,
    /// They came to where it leads.
    opened: bool,
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
    #[error("whom a live code leads to cannot be stored")]
    Assign(#[from] WriteError),
    #[error("whom a live code led to cannot be read")]
    Records(#[from] DbError),
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
    /// Opens a link for a browser that somebody sent here, who is named by a token of theirs or else by the link. A live code leads it to
    /// whoever is free, in the unit its printed address names first.
    pub(crate) async fn open(
        &self,
        code: &str,
        browser: &dyn Browser,
        by: Option<&str>,
        unit: Option<UnitId>,
    ) -> Result<Opened, OpenError> {
        let now = self.clock.now();
        let Some(ready) = self.shelf.get(code).await? else { return Ok(Opened::Unknown) };
        let lead = match (ready.state(now), &ready.lead) {
            (State::On, Some(lead)) => lead,
            (state, _) => return Ok(Opened::Closed(state)),
        };
        let workspace = ready.link.workspace;
        let (who, token) = self.visitor(workspace, browser).await?;
        let by = by.filter(|by| is_token(by) && ready.link.campaign.is_some());
        let way = match &ready.routing {
            None => None,
            Some(routing) => {
                let (link, routing) = (ready.link.code.clone(), Arc::clone(routing));
                let scan = Scan { workspace, link, who: who.clone(), unit, routing, at: now };
                self.codes.submit(scan).await?
            }
        };
        let way = way.and_then(|way| again(ready.routing.as_deref()?, &way));
        // Whoever is led to somebody has one more step to take.
        let steps = Steps { scanned: ready.link.kind.is_code(), opened: way.is_none() };
        self.append(workspace, self.story(&ready, &who, (steps, way, by), now)?).await?;
        Ok(match way {
            Some(way) => Opened::Choose { workspace, name: ready.link.name.clone(), way: way.clone(), token },
            None => Opened::Go { workspace, address: lead.address(by.or(ready.link.spread.as_deref())), token },
        })
    }

    /// Takes the step behind a live code: on to whom it led this browser.
    pub(crate) async fn follow(&self, code: &str, browser: &dyn Browser) -> Result<Opened, OpenError> {
        let now = self.clock.now();
        let ready = self.shelf.get(code).await?;
        let Some((ready, routing)) = ready.and_then(|ready| Some((Arc::clone(&ready), ready.routing.clone()?))) else {
            return Ok(Opened::Unknown);
        };
        let lead = match (ready.state(now), &ready.lead) {
            (State::On, Some(lead)) => lead,
            (state, _) => return Ok(Opened::Closed(state)),
        };
        let workspace = ready.link.workspace;
        let (who, token) = self.visitor(workspace, browser).await?;
        let led = ways::way_of(self.records.reads(), workspace, &ready.link.code, &who).await?;
        let way = led.and_then(|led| again(&routing, &led));
        let steps = Steps { scanned: false, opened: true };
        self.append(workspace, self.story(&ready, &who, (steps, way, None), now)?).await?;
        let address = way.map_or_else(|| lead.address(ready.link.spread.as_deref()), |way| way.url.clone());
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

    /// What is told of these steps, to whom they led, and, when somebody comes, who is to be thanked.
    fn story(
        &self,
        ready: &Ready,
        who: &NamedId,
        (steps, way, by): (Steps, Option<&Way>, Option<&str>),
        now: Timestamp,
    ) -> Result<Vec<Bytes>, OpenError> {
        let once = token(&*self.entropy, MESSAGE_ID_LENGTH);
        let fact = |event: &str, part: &str, told: Box<RawValue>| {
            Ok::<_, LogError>(Bytes::from(ours(event, format!("{once}{part}"), who, told, now).to_log()?))
        };
        let mut facts = Vec::with_capacity(3);
        if steps.scanned {
            facts.push(fact(names::CODE_SCANNED, "s", ready.told_with(way)?)?);
        }
        if steps.opened {
            facts.push(fact(names::LINK_OPENED, "o", ready.told_with(way)?)?);
        }
        let comes = steps.scanned || !ready.link.kind.is_code();
        let hop = match (by, &ready.link.campaign) {
            (Some(by), Some(campaign)) => Some(hop(campaign, by)?),
            _ => ready.hop.clone(),
        };
        if let Some(hop) = hop.filter(|_| comes) {
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
