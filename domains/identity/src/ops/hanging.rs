//! What hangs together by evidence: all that has to be looked at when a piece of it is given or taken back.

use db::{ConnectionTrait, DbError};
use kernel::{Handle, WorkspaceId};
use rustc_hash::{FxHashMap, FxHashSet};

use crate::{
    rules::Member,
    store::evidence::{self, Source, Stored},
};

/// Handles that hang together by evidence are replayed up to so many at once.
const REPLAY_MAX: usize = 100_000;

/// Handles that evidence connects.
pub(crate) struct Component {
    pub(crate) handles: Vec<Handle>,
    /// The persons they make up now.
    pub(crate) before: Vec<Vec<Member>>,
    /// The evidence that connects them, in the order of its facts.
    pub(crate) pieces: Vec<Stored>,
}

/// All handles that evidence which `stands` connects with these, whether it joined them or was refused.
pub(crate) async fn hanging_together<C: ConnectionTrait>(
    conn: &C,
    workspace: WorkspaceId,
    about: Vec<Handle>,
    stands: impl Fn(&Stored) -> bool,
) -> Result<Component, DbError> {
    let known = evidence::persons_of(conn, workspace, &about).await?;
    let from: Vec<Handle> = known.iter().flatten().map(|member| member.handle).collect();
    let mut all: FxHashSet<Handle> = from.iter().copied().collect();
    let mut pieces: FxHashMap<(Handle, Handle, Source), Stored> = FxHashMap::default();
    let mut edge = from;
    while !edge.is_empty() && all.len() < REPLAY_MAX {
        let mut next = Vec::new();
        for piece in evidence::touching(conn, workspace, &edge).await? {
            if stands(&piece) {
                next.extend([piece.handle, piece.into].into_iter().filter(|handle| all.insert(*handle)));
                pieces.insert((piece.handle, piece.into, piece.source), piece);
            }
        }
        // A person is whole: also where what once joined them no longer would.
        for member in evidence::persons_of(conn, workspace, &next).await?.iter().flatten() {
            if all.insert(member.handle) {
                next.push(member.handle);
            }
        }
        edge = next;
    }
    let mut pieces: Vec<Stored> = pieces.into_values().collect();
    pieces.sort_unstable_by_key(|piece| (piece.offset, piece.place, piece.handle, piece.into));
    let handles: Vec<Handle> = all.into_iter().collect();
    let before = evidence::persons_of(conn, workspace, &handles).await?;
    Ok(Component { handles, before, pieces })
}
