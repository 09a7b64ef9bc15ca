//! Giving ids their handles, in the order facts name them.

use facts::{Namespace, Typed, WhoKey};
use kernel::Handle;
use river::Record;
use rustc_hash::FxHashMap;

/// An id with its own text.
pub(crate) type OwnedKey = (Namespace, String);

/// The ids a fact names, in the order they get their handles: subject first.
pub(crate) fn keys(record: &Record) -> impl Iterator<Item = WhoKey<'_>> {
    let fact = &record.fact;
    let spread = |token| WhoKey { namespace: Namespace::Spread, value: token };
    let other = match &record.typed {
        Typed::SpreadOpened(hop) => Some(hop.sharer.key()),
        Typed::SpreadShared(shared) => Some(spread(&shared.spread)),
        Typed::SpreadStarted(started) => started.spread.as_deref().map(spread),
        _ => None,
    };
    fact.user_key().into_iter().chain(fact.anonymous_key()).chain(other)
}

/// The handles of one batch: known ones, and new ones handed out from a counter.
pub(crate) struct Handles {
    known: FxHashMap<OwnedKey, Handle>,
    next: u32,
    /// New handles in the order they were handed out.
    pub(crate) fresh: Vec<(Namespace, String, Handle)>,
}

impl Handles {
    /// Starts from what is known and the next free handle.
    pub(crate) fn new(known: FxHashMap<OwnedKey, Handle>, next: Handle) -> Self {
        Self { known, next: next.0, fresh: Vec::new() }
    }

    /// The handle of an id; a new one when it was never seen.
    pub(crate) fn intern(&mut self, key: WhoKey<'_>) -> Handle {
        let owned = (key.namespace, key.value.to_owned());
        if let Some(handle) = self.known.get(&owned) {
            return *handle;
        }
        let handle = Handle(self.next);
        self.next += 1;
        self.fresh.push((key.namespace, key.value.to_owned(), handle));
        self.known.insert(owned, handle);
        handle
    }

    /// The handle of an id that must be known.
    pub(crate) fn get(&self, key: WhoKey<'_>) -> Option<Handle> {
        self.known.get(&(key.namespace, key.value.to_owned())).copied()
    }
}

/// Which handle joins which by this fact: an anonymous id the user id beside it, a spread token its subject.
pub(crate) fn joins(record: &Record, mut handle: impl FnMut(WhoKey<'_>) -> Option<Handle>) -> Vec<(Handle, Handle)> {
    let fact = &record.fact;
    let mut joins = Vec::new();
    if let (Some(user), Some(anonymous)) = (fact.user_key(), fact.anonymous_key())
        && let (Some(user), Some(anonymous)) = (handle(user), handle(anonymous))
    {
        joins.push((anonymous, user));
    }
    let token = match &record.typed {
        Typed::SpreadShared(shared) => Some(shared.spread.as_str()),
        Typed::SpreadStarted(started) => started.spread.as_deref(),
        _ => None,
    };
    if let (Some(token), Some(subject)) = (token, fact.subject())
        && let (Some(token), Some(subject)) =
            (handle(WhoKey { namespace: Namespace::Spread, value: token }), handle(subject))
    {
        joins.push((token, subject));
    }
    joins
}
