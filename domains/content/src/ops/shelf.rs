//! Links at hand: a browser that opens one is answered from memory. Bounded, and never older than the last change.

use std::sync::Arc;

use db::{DbError, Records};
use facts::LogError;
use kernel::{CampaignId, Timestamp, WorkspaceId};
use parking_lot::Mutex;
use quick_cache::sync::Cache;
use serde::Serialize;
use serde_json::value::{RawValue, to_raw_value};

use crate::{
    model::link::{Link, State},
    rules::leads::Lead,
    store::{hosts, links},
};

/// Links at hand, at most.
const LINKS_MAX: usize = 100_000;
/// Codes at hand of which none has a link, at most: whoever tries codes does not push out the links.
const UNKNOWN_MAX: usize = 20_000;

/// A link, ready to be opened.
#[derive(Clone, Debug)]
pub(crate) struct Ready {
    pub(crate) link: Link,
    /// Where it leads; nothing when the brand no longer allows that.
    pub(crate) lead: Option<Lead>,
    /// What the facts of its openings say: the same of each.
    pub(crate) told: Box<RawValue>,
    /// What the fact of a hop says that its own token brought about.
    pub(crate) hop: Option<Box<RawValue>>,
}

#[derive(Serialize)]
struct Told<'a> {
    link: &'a str,
    kind: &'a str,
    target: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    campaign: Option<&'a CampaignId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    unit: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    staff: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    channel: Option<&'a str>,
}

#[derive(Serialize)]
struct Hop<'a> {
    campaign: &'a CampaignId,
    spread: &'a str,
}

/// What the fact of a hop says: who is to be thanked, in which campaign.
pub(crate) fn hop(campaign: &CampaignId, spread: &str) -> Result<Box<RawValue>, LogError> {
    to_raw_value(&Hop { campaign, spread }).map_err(LogError::Body)
}

impl Ready {
    fn new(link: Link, lead: Option<Lead>) -> Result<Self, LogError> {
        let told = Told {
            link: &link.code,
            kind: link.kind.as_str(),
            target: link.target.word(),
            campaign: link.campaign.as_ref(),
            unit: link.owner.unit.as_ref().map(|unit| unit.as_str()),
            staff: link.owner.staff.as_ref().map(|staff| staff.as_str()),
            channel: link.owner.channel.as_deref(),
        };
        let told = to_raw_value(&told).map_err(LogError::Body)?;
        let own = link.campaign.as_ref().zip(link.spread.as_deref());
        let hop = own.map(|(campaign, spread)| hop(campaign, spread)).transpose()?;
        Ok(Self { link, lead, told, hop })
    }

    /// How it stands: a link to what is no longer allowed is off.
    pub(crate) fn state(&self, now: Timestamp) -> State {
        match self.link.state(now) {
            State::On if self.lead.is_none() => State::Off,
            state => state,
        }
    }
}

/// Why a link is not at hand.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ShelfError {
    #[error("links cannot be read")]
    Records(#[from] DbError),
    #[error("what a link tells cannot be written")]
    Fact(#[from] LogError),
}

/// Links by code.
pub(crate) struct Shelf {
    records: Records,
    links: Cache<String, Arc<Ready>>,
    unknown: Cache<String, ()>,
    /// Rises with every change. What was read before a change is not put on the shelf after it.
    turn: Mutex<u64>,
}

impl Shelf {
    pub(crate) fn new(records: Records) -> Self {
        let (links, unknown) = (Cache::new(LINKS_MAX), Cache::new(UNKNOWN_MAX));
        Self { records, links, unknown, turn: Mutex::default() }
    }

    /// The link of a code.
    pub(crate) async fn get(&self, code: &str) -> Result<Option<Arc<Ready>>, ShelfError> {
        if let Some(ready) = self.links.get(code) {
            return Ok(Some(ready));
        }
        if self.unknown.get(code).is_some() {
            return Ok(None);
        }
        let turn = *self.turn.lock();
        let reads = self.records.reads();
        let Some(link) = links::link_of_code(reads, code).await? else {
            self.put(turn, || self.unknown.insert(code.to_owned(), ()));
            return Ok(None);
        };
        let allowed = hosts::hosts_in_workspace(reads, link.workspace).await?;
        let lead = Lead::new(link.workspace, &link.target, &link.code, &allowed).ok();
        let ready = Arc::new(Ready::new(link, lead)?);
        self.put(turn, || self.links.insert(code.to_owned(), Arc::clone(&ready)));
        Ok(Some(ready))
    }

    fn put(&self, read_at: u64, put: impl FnOnce()) {
        let turn = self.turn.lock();
        if *turn == read_at {
            put();
        }
    }

    /// A link was made or changed: whoever opens it from now on sees that.
    pub(crate) fn changed(&self, code: &str) {
        let mut turn = self.turn.lock();
        *turn += 1;
        self.links.remove(code);
        self.unknown.remove(code);
    }

    /// What links of a workspace may lead to was changed.
    pub(crate) fn hosts_changed(&self, workspace: WorkspaceId) {
        let mut turn = self.turn.lock();
        *turn += 1;
        self.links.retain(|_, ready| ready.link.workspace != workspace);
    }
}
