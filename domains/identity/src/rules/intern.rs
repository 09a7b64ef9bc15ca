//! Giving ids their handles, in the order facts name them.

use facts::{Fact, Namespace, Typed, WhoKey};
use kernel::Handle;
use rustc_hash::FxHashMap;

/// Whether both engines can store an id. The doors let no other in; one that came by an older door names nobody.
pub(crate) fn storable(key: &WhoKey<'_>) -> bool {
    !key.value.contains('\0')
}

/// The id a fact is booked under.
pub(crate) fn subject(fact: &Fact) -> Option<WhoKey<'_>> {
    user(fact).or_else(|| anonymous(fact))
}

/// Who shared, when the fact is a hop.
pub(crate) fn sharer(typed: &Typed) -> Option<WhoKey<'_>> {
    match typed {
        Typed::SpreadOpened(hop) => Some(hop.sharer.key()).filter(storable),
        _ => None,
    }
}

fn user(fact: &Fact) -> Option<WhoKey<'_>> {
    fact.user_key().filter(storable)
}

fn anonymous(fact: &Fact) -> Option<WhoKey<'_>> {
    fact.anonymous_key().filter(storable)
}

/// The spread token the subject was given.
fn token(typed: &Typed) -> Option<WhoKey<'_>> {
    let value = match typed {
        Typed::SpreadShared(shared) => Some(shared.spread.as_str()),
        Typed::SpreadStarted(started) => started.spread.as_deref(),
        _ => None,
    };
    value.map(|value| WhoKey { namespace: Namespace::Spread, value }).filter(storable)
}

/// The ids a fact names, in the order they get their handles: subject first.
pub(crate) fn keys<'a>(fact: &'a Fact, typed: &'a Typed) -> impl Iterator<Item = WhoKey<'a>> {
    user(fact).into_iter().chain(anonymous(fact)).chain(sharer(typed)).chain(token(typed))
}

/// The handles of one batch: known ones, and new ones handed out from a counter.
pub(crate) struct Handles<'a> {
    known: FxHashMap<WhoKey<'a>, Handle>,
    next: u32,
    /// New handles in the order they were handed out.
    pub(crate) fresh: Vec<(WhoKey<'a>, Handle)>,
}

impl<'a> Handles<'a> {
    /// Starts from what is known and the next free handle.
    pub(crate) const fn new(known: FxHashMap<WhoKey<'a>, Handle>, next: Handle) -> Self {
        Self { known, next: next.0, fresh: Vec::new() }
    }

    /// The handle of an id; a new one when it was never seen.
    pub(crate) fn intern(&mut self, key: WhoKey<'a>) -> Handle {
        *self.known.entry(key).or_insert_with(|| {
            let handle = Handle(self.next);
            self.next += 1;
            self.fresh.push((key, handle));
            handle
        })
    }

    /// The handle of an id that must be known.
    pub(crate) fn get(&self, key: WhoKey<'_>) -> Option<Handle> {
        self.known.get(&key).copied()
    }
}

/// Which handle joins which by this fact: an anonymous id the user id beside it, a spread token its subject.
pub(crate) fn joins<'a>(
    fact: &'a Fact,
    typed: &'a Typed,
    handle: impl Fn(WhoKey<'_>) -> Option<Handle> + 'a,
) -> impl Iterator<Item = (Handle, Handle)> {
    let pairs = [(anonymous(fact), user(fact)), (token(typed), subject(fact))];
    pairs.into_iter().filter_map(move |(joining, into)| Some((handle(joining?)?, handle(into?)?)))
}

#[cfg(test)]
mod tests {
    use facts::{Kind, names};
    use kernel::Timestamp;

    use super::*;

    fn fact(event: &str, user_id: Option<&str>, anonymous_id: Option<&str>, properties: &str) -> (Fact, Typed) {
        let fact = Fact {
            source: "key:1".into(),
            message_id: "m".into(),
            kind: Kind::Track,
            event: event.into(),
            user_id: user_id.map(str::to_owned),
            anonymous_id: anonymous_id.map(str::to_owned),
            ids: Vec::new(),
            timestamp: Timestamp(1),
            original_timestamp: None,
            sent_at: None,
            received_at: Timestamp(1),
            properties: serde_json::from_str(properties).unwrap(),
            context: None,
        };
        let typed = fact.typed().unwrap();
        (fact, typed)
    }

    fn told((fact, typed): &(Fact, Typed)) -> Vec<String> {
        keys(fact, typed).map(|key| format!("{:?} {}", key.namespace, key.value)).collect()
    }

    /// Interns what a fact names from 1 on, and gives who joins whom.
    fn joined((fact, typed): &(Fact, Typed)) -> Vec<(u32, u32)> {
        let mut handles = Handles::new(FxHashMap::default(), Handle(1));
        for key in keys(fact, typed) {
            handles.intern(key);
        }
        joins(fact, typed, |key| handles.get(key)).map(|(handle, into)| (handle.0, into.0)).collect()
    }

    #[test]
    fn a_fact_names_its_subject_first() {
        let seen = fact("Page Seen", Some("u"), Some("a"), "{}");
        assert_eq!(told(&seen), ["User u", "Anonymous a"]);
        assert_eq!(joined(&seen), [(2, 1)]);
        let opened = fact(names::SPREAD_OPENED, None, Some("a"), r#"{"campaign":"c","spread":"t"}"#);
        assert_eq!(told(&opened), ["Anonymous a", "Spread t"]);
        assert_eq!(joined(&opened), [], "whose token it is, it does not say");
        let shared = fact(names::SPREAD_SHARED, None, Some("a"), r#"{"campaign":"c","spread":"t"}"#);
        assert_eq!(told(&shared), ["Anonymous a", "Spread t"]);
        assert_eq!(joined(&shared), [(2, 1)]);
        let started = fact(names::SPREAD_STARTED, Some("u"), Some("a"), r#"{"campaign":"c","spread":"t"}"#);
        assert_eq!(joined(&started), [(2, 1), (3, 1)]);
        let nobody = fact(names::SPREAD_STARTED, Some("u"), None, r#"{"campaign":"c"}"#);
        assert_eq!((told(&nobody), joined(&nobody)), (vec!["User u".to_owned()], vec![]));
    }

    #[test]
    fn who_opens_their_own_link_is_one_id() {
        let own = fact(names::SPREAD_OPENED, Some("u"), None, r#"{"campaign":"c","sharer_id":"u"}"#);
        let mut handles = Handles::new(FxHashMap::default(), Handle(1));
        let given: Vec<_> = keys(&own.0, &own.1).map(|key| handles.intern(key)).collect();
        assert_eq!((given, handles.fresh.len()), (vec![Handle(1), Handle(1)], 1));
    }

    #[test]
    fn an_id_that_no_engine_stores_names_nobody() {
        let (fact, typed) =
            fact(names::SPREAD_OPENED, Some("u\0"), Some("a"), r#"{"campaign":"c","spread":"t\u0000"}"#);
        assert_eq!(subject(&fact).map(|key| key.value), Some("a"));
        assert_eq!(sharer(&typed), None);
        assert_eq!(keys(&fact, &typed).count(), 1);
    }

    #[test]
    fn known_ids_keep_their_handles_and_new_ones_follow() {
        let key = |value| WhoKey { namespace: Namespace::User, value };
        let known = [(key("u7"), Handle(7))].into_iter().collect();
        let mut handles = Handles::new(known, Handle(9));
        assert_eq!(["u7", "new", "u7", "new", "newer"].map(|value| handles.intern(key(value)).0), [7, 9, 7, 9, 10]);
        let same_text = WhoKey { namespace: Namespace::Anonymous, value: "u7" };
        assert_eq!((handles.get(same_text), handles.intern(same_text)), (None, Handle(11)));
    }
}
