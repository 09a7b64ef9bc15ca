//! Ranking everybody, once for all who ask the same.
//!
//! The network is read campaign by campaign, so that the reader of facts never waits for more than the copy of one; the
//! ranking itself holds no lock.

use std::sync::Arc;

use kernel::{CampaignId, Handle, Offset, Scope, Timestamp};
use parking_lot::Mutex;
use rustc_hash::{FxHashMap, FxHashSet};
use tokio::{sync::Mutex as TurnMutex, task::JoinError};

use crate::{
    model::Campaign,
    rules::board::{Board, Sheet},
    subscribe::LiveNetwork,
};

/// Boards kept at hand, a workspace.
const BOARDS_MAX: usize = 32;
/// People on all of them together: about 150 bytes each.
const ROWS_MAX: usize = 3_000_000;
/// A board younger than this is served again although facts have come since.
const FRESH_SECS: i64 = 10;
/// Though nothing happens the past moves on: a week ago is another day tomorrow.
const OLD_SECS: i64 = 600;

/// Which board is asked for.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Question {
    /// Over which roots.
    pub scope: Scope,
    /// Inside which campaign; across all when missing.
    pub campaign: Option<CampaignId>,
    /// At which moment; the present when missing.
    pub as_of: Option<Timestamp>,
}

/// A board and the state it shows.
#[derive(Clone)]
struct Ranked {
    board: Arc<Board>,
    next: Offset,
    made_at: Timestamp,
}

type Turn = Arc<TurnMutex<Option<Ranked>>>;

/// Boards at hand. Whoever asks the same at the same time waits for one ranking.
#[derive(Default)]
pub struct Boards(Mutex<FxHashMap<Question, (Turn, usize)>>);

impl Boards {
    fn turn(&self, question: &Question) -> Turn {
        let mut turns = self.0.lock();
        if turns.len() >= BOARDS_MAX && !turns.contains_key(question) {
            turns.clear();
        }
        Arc::clone(&turns.entry(question.clone()).or_default().0)
    }

    /// Lets the others go when they are too many people together.
    fn weigh(&self, question: &Question, rows: usize) {
        let mut turns = self.0.lock();
        if let Some(kept) = turns.get_mut(question) {
            kept.1 = rows;
        }
        if turns.values().map(|kept| kept.1).sum::<usize>() > ROWS_MAX {
            turns.retain(|kept, _| kept == question);
        }
    }
}

impl LiveNetwork {
    /// The board that is asked for, ranked when there is none of the present state. One that is young enough serves for it,
    /// if it shows the fact at `shown`.
    ///
    /// # Errors
    /// When the ranking was cancelled: the server is stopping.
    pub async fn board(
        self: &Arc<Self>,
        question: Question,
        shown: Option<Offset>,
        now: Timestamp,
    ) -> Result<Arc<Board>, JoinError> {
        let turn = self.boards.turn(&question);
        let mut at_hand = turn.lock().await;
        let next = self.read(|network| network.next_offset());
        if let Some(ranked) = &*at_hand {
            let age_secs = now.micros_since(ranked.made_at) / 1_000_000;
            let young = age_secs < FRESH_SECS && shown.is_none_or(|shown| shown < ranked.next);
            if young || (ranked.next == next && age_secs < OLD_SECS) {
                return Ok(Arc::clone(&ranked.board));
            }
        }
        let (live, asked) = (Arc::clone(self), question.clone());
        let board = tokio::task::spawn_blocking(move || Arc::new(live.rank(&asked, now))).await?;
        self.boards.weigh(&question, board.rows.len());
        *at_hand = Some(Ranked { board: Arc::clone(&board), next, made_at: now });
        Ok(board)
    }

    fn rank(&self, question: &Question, now: Timestamp) -> Board {
        let campaigns = self.read(|network| network.campaigns().len() as u32);
        let sheets: Vec<Sheet> = (0..campaigns).filter_map(|campaign| self.sheet(campaign, &question.scope)).collect();
        let place = |id: &CampaignId| self.read(|network| network.campaign_place(id)).unwrap_or(u32::MAX);
        Board::build(&sheets, question.campaign.as_ref().map(place), question.as_of.unwrap_or(now))
    }

    /// One campaign's people, copied. Two handles that become one person between two copies are two people on this board,
    /// and one on the next.
    fn sheet(&self, campaign: u32, scope: &Scope) -> Option<Sheet> {
        let (span, roots, columns, suspicious) = self.read(|network| {
            let Campaign { id, cascade, .. } = &network.campaigns()[campaign as usize];
            let suspicious: FxHashSet<Handle> = network.suspicious(id).people().collect();
            let roots = cascade.trees(scope).map(|tree| (tree.person, tree.owner.unit.clone())).collect::<Vec<_>>();
            Some((cascade.span()?, roots, cascade.columns(scope, None), suspicious))
        })?;
        Some(Sheet::new(campaign, span, roots, columns, &suspicious))
    }
}
