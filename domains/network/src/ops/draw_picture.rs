//! Drawing a campaign, once for all viewers of the same scope.

use std::sync::Arc;

use bytes::Bytes;
use kernel::{CampaignId, Handle, Offset, Scope, Timestamp};
use parking_lot::Mutex;
use rustc_hash::FxHashMap;
use tokio::{sync::Mutex as TurnMutex, task::JoinError};

use crate::{
    model::Network,
    rules::picture::{self, Forest, Options},
    subscribe::LiveNetwork,
};

/// Pictures kept at hand, a workspace.
const PICTURES_MAX: usize = 64;
/// A picture younger than this is served again although the campaign has gone on.
const FRESH_SECS: i64 = 10;

/// What is to be drawn.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Motif {
    /// Which campaign.
    pub campaign: CampaignId,
    /// Over which roots.
    pub scope: Scope,
    /// Only the tree of one of them.
    pub root: Option<Handle>,
}

/// A picture and the state it shows.
#[derive(Debug)]
pub struct Drawn {
    /// As it is sent.
    pub bytes: Bytes,
    /// Names this picture among all.
    pub etag: String,
    /// The next fact it does not show.
    pub offset: Offset,
    version: Offset,
    drawn_at: Timestamp,
}

type Turn = Arc<TurnMutex<Option<Arc<Drawn>>>>;

/// Pictures at hand. Whoever asks for the same motif at the same time waits for one drawing.
#[derive(Default)]
pub struct Pictures(Mutex<FxHashMap<Motif, Turn>>);

impl Pictures {
    fn turn(&self, motif: &Motif) -> Turn {
        let mut turns = self.0.lock();
        if turns.len() >= PICTURES_MAX && !turns.contains_key(motif) {
            // Who draws at the moment keeps its own hold of the turn.
            turns.clear();
        }
        Arc::clone(turns.entry(motif.clone()).or_default())
    }
}

/// Changes whenever anything one can read of the campaign does.
fn version(network: &Network, campaign: &CampaignId) -> Offset {
    network.campaign(campaign).map_or(Offset(0), |campaign| campaign.version)
}

impl LiveNetwork {
    /// The picture of a motif, drawn when there is none of the present state. One that is young enough serves for it, if it
    /// shows the fact at `shown`.
    ///
    /// # Errors
    /// When the drawing was cancelled: the server is stopping.
    pub async fn picture(
        self: &Arc<Self>,
        motif: Motif,
        shown: Option<Offset>,
        now: Timestamp,
    ) -> Result<Arc<Drawn>, JoinError> {
        let turn = self.pictures.turn(&motif);
        let mut at_hand = turn.lock().await;
        let version = self.read(|network| version(network, &motif.campaign));
        if let Some(drawn) = &*at_hand {
            let young = now.micros_since(drawn.drawn_at) < FRESH_SECS * 1_000_000;
            if drawn.version == version || (young && shown.is_none_or(|shown| shown < drawn.offset)) {
                return Ok(Arc::clone(drawn));
            }
        }
        let live = Arc::clone(self);
        let drawn = tokio::task::spawn_blocking(move || Arc::new(live.draw(&motif, now))).await?;
        *at_hand = Some(Arc::clone(&drawn));
        Ok(drawn)
    }

    fn draw(&self, motif: &Motif, now: Timestamp) -> Drawn {
        let (columns, kept_out, version, offset) = self.read(|network| {
            let columns = network.columns(&motif.campaign, &motif.scope, motif.root).unwrap_or_default();
            let kept_out = network.suspicious(&motif.campaign);
            (columns, kept_out, version(network, &motif.campaign), network.next_offset())
        });
        let out: Vec<bool> = columns.handle.iter().map(|handle| kept_out.contains(Handle(*handle))).collect();
        let forest = Forest {
            parent: &columns.parent,
            joined_at: &columns.joined_at,
            fan: &columns.fan,
            handle: &columns.handle,
            out: &out,
        };
        let bytes = picture::draw(&forest, &Options::default()).encode(offset.0);
        let etag = format!("\"{}\"", blake3::hash(&bytes).to_hex());
        Drawn { bytes: Bytes::from(bytes), etag, offset, version, drawn_at: now }
    }
}
