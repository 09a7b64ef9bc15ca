//! Telling who came into a segment and who left it, and writing down how large segments are.

use std::{
    collections::{BTreeMap, BTreeSet, btree_map::Entry},
    sync::Arc,
    time::Duration,
};

use db::{DbError, audit::By};
use facts::{SegmentTurn, names};
use kernel::{Handle, PersonId, Timestamp, WorkspaceId};

use super::{
    Slice,
    command::{Command, Order, fact},
};
use crate::{LiveAudience, model::kept::Size, rules::turns::Turn};

/// How often it is looked who came and who left.
const LOOK_EVERY: Duration = Duration::from_millis(250);
/// Facts told in one transaction.
const FACTS_MAX: usize = 2000;

/// How large segments were when it was written down last, and on which day.
type Written = BTreeMap<(WorkspaceId, String), (u64, i32)>;

impl Slice {
    /// Lets days pass and tells what changed, until the future is dropped. What could not be written is tried again.
    pub(crate) async fn keep(self) {
        let mut written = Written::new();
        let mut begun = BTreeSet::new();
        loop {
            tokio::time::sleep(LOOK_EVERY).await;
            for (workspace, live) in self.audiences.all() {
                // Until everything was folded again, nobody has come and no day has passed.
                if !begun.contains(&workspace) {
                    match self.rivers.get(workspace) {
                        Some(river) if river.wait_for(None, Duration::ZERO).await.is_ok() => begun.insert(workspace),
                        _ => continue,
                    };
                }
                if let Err(error) = self.tell(workspace, &live, &mut written).await {
                    tracing::warn!(%error, %workspace, "who came into segments and who left them could not be told");
                }
            }
        }
    }

    async fn tell(
        &self,
        workspace: WorkspaceId,
        live: &Arc<LiveAudience>,
        written: &mut Written,
    ) -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
        let now = self.clock.now();
        let at = Arc::clone(live);
        let (turns, next, day, sizes, ids) = tokio::task::spawn_blocking(move || {
            at.advance(now);
            let (turns, next, day) = at.turns();
            at.read(|engine| {
                let sizes: Vec<(String, u64)> = engine.sizes().map(|(id, size)| (id.to_owned(), size)).collect();
                let ids: Vec<Option<String>> =
                    turns.iter().map(|turn| engine.id_of(turn.segment).map(str::to_owned)).collect();
                (turns, next, day, sizes, ids)
            })
        })
        .await?;
        let back = turns.clone();
        let done = self.write(workspace, (turns, ids), sizes, (next, day.0, now), written).await;
        if done.is_err() {
            super::change(live, move |engine| engine.turns_back(back)).await.ok();
        }
        done
    }

    async fn write(
        &self,
        workspace: WorkspaceId,
        (turns, ids): (Vec<Turn>, Vec<Option<String>>),
        sizes: Vec<(String, u64)>,
        (next, day, now): (u64, i32, Timestamp),
        written: &mut Written,
    ) -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
        let turned = counted(turns.into_iter().zip(ids).filter_map(|(turn, id)| Some((id?, turn))));
        let sizes: Vec<Size> = sizes
            .into_iter()
            .filter_map(|(id, size)| {
                let (entered, gone) = turned.sums.get(&id).copied().unwrap_or_default();
                let place = (workspace, id.clone());
                let same = written.get(&place) == Some(&(size, day));
                (!same || entered + gone > 0).then_some(Size { segment: id, day, size, entered, gone })
            })
            .collect();
        if turned.turns.is_empty() && sizes.is_empty() {
            return Ok(());
        }
        let facts = told(&turned.turns, now)?;
        let mut chunks = facts.chunks(FACTS_MAX).map(<[_]>::to_vec).collect::<Vec<_>>();
        let last = chunks.pop().unwrap_or_default();
        for facts in chunks {
            self.book(workspace, Command::Tell { facts, sizes: Vec::new(), told: None }).await?;
        }
        let command = Command::Tell { facts: last, sizes: sizes.clone(), told: Some((next, day)) };
        self.book(workspace, command).await?;
        self.signal.notify_one();
        written.extend(sizes.into_iter().map(|size| ((workspace, size.segment), (size.size, size.day))));
        Ok(())
    }

    async fn book(
        &self,
        workspace: WorkspaceId,
        command: Command,
    ) -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
        let order = Order { workspace, by: By::named("audience"), command, told: None, sticky: None };
        self.commands.submit(order).await?;
        Ok(())
    }
}

/// Who came and who left.
#[derive(Default)]
struct Turned {
    turns: Vec<(String, Turn)>,
    /// By segment: who came, who left.
    sums: BTreeMap<String, (u64, u64)>,
}

/// Somebody who came and left by one and the same fact did neither.
fn counted(all: impl Iterator<Item = (String, Turn)>) -> Turned {
    let mut turned = Turned::default();
    let mut places: BTreeMap<(u32, Handle, u64, bool), Option<usize>> = BTreeMap::new();
    let mut kept: Vec<Option<(String, Turn)>> = Vec::new();
    for (id, turn) in all {
        let place = (turn.segment, turn.person, turn.offset, turn.by_time);
        match places.entry(place) {
            Entry::Occupied(mut found) => match found.insert(None) {
                Some(at) => kept[at] = None,
                None => {
                    found.insert(Some(kept.len()));
                    kept.push(Some((id, turn)));
                }
            },
            Entry::Vacant(free) => {
                free.insert(Some(kept.len()));
                kept.push(Some((id, turn)));
            }
        }
    }
    turned.turns = kept.into_iter().flatten().collect();
    for (id, turn) in &turned.turns {
        let (entered, gone) = turned.sums.entry(id.clone()).or_default();
        *(if turn.entered { entered } else { gone }) += 1;
    }
    turned
}

/// The facts that tell it. Each has the same id whenever it is told, so that it counts once. Tags that go by a rule are no
/// segments that anybody listens to.
fn told(turns: &[(String, Turn)], now: Timestamp) -> Result<Vec<Vec<u8>>, DbError> {
    let segments = turns.iter().filter(|(id, _)| !id.starts_with("tg_"));
    segments
        .map(|(id, turn)| {
            let (event, sign) = if turn.entered { (names::SEGMENT_ENTERED, 'e') } else { (names::SEGMENT_LEFT, 'l') };
            let when = if turn.by_time { format!("d{}", turn.day.0) } else { turn.offset.to_string() };
            let person = PersonId(turn.person);
            let message_id = format!("{id}:{sign}:{person}:{when}");
            fact(event, message_id, &SegmentTurn { segment: id.clone(), person }, now)
        })
        .collect()
}
