//! Giving ids their handles, in the order facts name them.

use std::borrow::Cow;

use facts::{Fact, IDS_MAX, Kind, NamedId, Namespace, Typed, WhoKey};
use kernel::Handle;
use rustc_hash::{FxHashMap, FxHashSet};

use super::namespaces::Namespaces;

/// An id as it is kept: the code of its namespace, and its text.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Key<'a> {
    pub(crate) space: i64,
    pub(crate) value: Cow<'a, str>,
}

impl<'a> From<WhoKey<'a>> for Key<'a> {
    fn from(WhoKey { namespace, value }: WhoKey<'a>) -> Self {
        Self { space: namespace.code(), value: Cow::Borrowed(value) }
    }
}

/// Whether both engines can store an id. The doors let no other in; one that came by an older door names nobody.
pub(crate) fn storable(key: &WhoKey<'_>) -> bool {
    !key.value.contains('\0')
}

/// The other one a fact is about: who shared, when it is a hop; who was added as a friend.
pub(crate) fn sharer(typed: &Typed) -> Option<WhoKey<'_>> {
    match typed {
        Typed::SpreadOpened(hop) => Some(hop.sharer.key()).filter(storable),
        Typed::FriendAdded(added) => Some(added.friend.key()).filter(storable),
        _ => None,
    }
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

/// The ids a fact names.
#[derive(Debug, Default)]
pub(crate) struct Named<'a> {
    /// All ids of the one it is about; the one it is booked under first.
    own: Vec<Key<'a>>,
    sharer: Option<Key<'a>>,
    token: Option<Key<'a>>,
}

impl<'a> Named<'a> {
    /// What a fact names, under the namespaces of its workspace. It is booked under the user id, else under the id that speaks
    /// most for a person.
    pub(crate) fn of(fact: &'a Fact, typed: &'a Typed, namespaces: &Namespaces) -> Self {
        let storable = |key: &WhoKey<'_>| storable(key);
        let user = fact.user_key().filter(storable).map(Key::from);
        let anonymous = fact.anonymous_key().filter(storable).map(Key::from);
        let mut own: Vec<Key<'a>> = user.into_iter().chain(anonymous).collect();
        let ids = fact.ids.iter().take(IDS_MAX).filter_map(|id| namespaces.resolve(id));
        own.extend(ids.chain(of_traits(fact, namespaces)).map(|(space, value)| Key { space, value }));
        // Stable: of equal ones the first that was sent.
        let priority = |key: &Key<'_>| namespaces.of(key.space).map_or(0, |declared| declared.priority);
        if own.len() > 2 || !fact.ids.is_empty() {
            own.sort_by_key(|key| (key.space != Namespace::User.code(), std::cmp::Reverse(priority(key))));
            let mut seen = FxHashSet::default();
            own.retain(|key| seen.insert(key.clone()));
        }
        Self { own, sharer: sharer(typed).map(Key::from), token: token(typed).map(Key::from) }
    }

    /// The id the fact is booked under.
    pub(crate) fn subject(&self) -> Option<&Key<'a>> {
        self.own.first()
    }

    /// Who shared, when the fact is a hop.
    pub(crate) fn sharer(&self) -> Option<&Key<'a>> {
        self.sharer.as_ref()
    }

    /// All of them, in the order they get their handles: subject first.
    pub(crate) fn keys(&self) -> impl Iterator<Item = &Key<'a>> {
        self.own.iter().chain(&self.sharer).chain(&self.token)
    }

    /// Which id belongs to which by this fact: further ids to the subject, a spread token to its subject.
    pub(crate) fn joins(&self) -> impl Iterator<Item = (&Key<'a>, &Key<'a>)> {
        let subject = self.own.first();
        self.own.iter().skip(1).chain(&self.token).filter_map(move |key| Some((key, subject?)))
    }

    /// The ids an unbinding takes away: those beside the user's and the browser's own.
    pub(crate) fn unbound(&self, fact: &Fact) -> impl Iterator<Item = &Key<'a>> {
        let named = fact.user_id.is_some() || fact.anonymous_id.is_some();
        let is_own =
            move |key: &&Key<'_>| !named || ![Namespace::User.code(), Namespace::Anonymous.code()].contains(&key.space);
        self.own.iter().filter(is_own)
    }
}

/// The ids among the traits of an identify, in the namespaces that are read from there.
fn of_traits<'a>(fact: &'a Fact, namespaces: &Namespaces) -> Vec<(i64, Cow<'a, str>)> {
    let wanted = || namespaces.all().iter().filter(|declared| declared.from_traits);
    if fact.kind != Kind::Identify || wanted().next().is_none() {
        return Vec::new();
    }
    let Ok(traits) = serde_json::from_str::<serde_json::Map<String, serde_json::Value>>(fact.properties.get()) else {
        return Vec::new();
    };
    let ids = traits.iter().filter_map(|(name, value)| Some(NamedId::new(name.as_str(), value.as_str()?)));
    let read = |id: NamedId| {
        let (code, value) = namespaces.resolve(&id)?;
        wanted().any(|declared| declared.code == code).then(|| (code, Cow::Owned(value.into_owned())))
    };
    ids.filter_map(read).take(IDS_MAX).collect()
}

/// The handles of one batch: known ones, and new ones handed out from a counter.
pub(crate) struct Handles<'a> {
    known: FxHashMap<Key<'a>, Handle>,
    next: u32,
    /// New handles in the order they were handed out.
    pub(crate) fresh: Vec<(Key<'a>, Handle)>,
}

impl<'a> Handles<'a> {
    /// Starts from what is known and the next free handle.
    pub(crate) const fn new(known: FxHashMap<Key<'a>, Handle>, next: Handle) -> Self {
        Self { known, next: next.0, fresh: Vec::new() }
    }

    /// The handle of an id; a new one when it was never seen.
    pub(crate) fn intern(&mut self, key: &Key<'a>) -> Handle {
        if let Some(handle) = self.known.get(key) {
            return *handle;
        }
        let handle = Handle(self.next);
        self.next += 1;
        self.known.insert(key.clone(), handle);
        self.fresh.push((key.clone(), handle));
        handle
    }

    /// The handle of an id that must be known.
    pub(crate) fn get(&self, key: &Key<'_>) -> Option<Handle> {
        self.known.get(key).copied()
    }
}

#[cfg(test)]
mod tests {
    use facts::names;
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
        let named = Named::of(fact, typed, &Namespaces::with(Vec::new()));
        named.keys().map(|key| format!("{:?} {}", Namespace::from_code(key.space).unwrap(), key.value)).collect()
    }

    /// Interns what a fact names from 1 on, and gives who joins whom.
    fn joined((fact, typed): &(Fact, Typed)) -> Vec<(u32, u32)> {
        let mut handles = Handles::new(FxHashMap::default(), Handle(1));
        let named = Named::of(fact, typed, &Namespaces::with(Vec::new()));
        for key in named.keys() {
            handles.intern(key);
        }
        let handle = |key: &Key<'_>| handles.get(key).unwrap().0;
        named.joins().map(|(key, into)| (handle(key), handle(into))).collect()
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
        let named = Named::of(&own.0, &own.1, &Namespaces::with(Vec::new()));
        let given: Vec<_> = named.keys().map(|key| handles.intern(key)).collect();
        assert_eq!((given, handles.fresh.len()), (vec![Handle(1), Handle(1)], 1));
    }

    #[test]
    fn an_id_that_no_engine_stores_names_nobody() {
        let (fact, typed) =
            fact(names::SPREAD_OPENED, Some("u\0"), Some("a"), r#"{"campaign":"c","spread":"t\u0000"}"#);
        let named = Named::of(&fact, &typed, &Namespaces::with(Vec::new()));
        assert_eq!(named.subject().map(|key| &*key.value), Some("a"));
        assert_eq!(sharer(&typed), None);
        assert_eq!(named.keys().count(), 1);
    }

    #[test]
    fn known_ids_keep_their_handles_and_new_ones_follow() {
        let key = |value| Key::from(WhoKey { namespace: Namespace::User, value });
        let known = [(key("u7"), Handle(7))].into_iter().collect();
        let mut handles = Handles::new(known, Handle(9));
        assert_eq!(["u7", "new", "u7", "new", "newer"].map(|value| handles.intern(&key(value)).0), [7, 9, 7, 9, 10]);
        let same_text = Key::from(WhoKey { namespace: Namespace::Anonymous, value: "u7" });
        assert_eq!((handles.get(&same_text), handles.intern(&same_text)), (None, Handle(11)));
    }
}
