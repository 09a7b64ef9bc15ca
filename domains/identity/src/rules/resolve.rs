//! Who is one person: a view over the evidence, and nothing else.
//!
//! Evidence is offered in the order of its facts. Each piece joins two persons, confirms that they are one, or is refused for a
//! reason that depends only on the two persons as they are then. So what one gets by going on is what one gets by replaying all
//! that survives, and it is enough to replay the pieces that hang together with one that was taken back.

use kernel::Handle;
use rustc_hash::FxHashMap;

use super::namespaces::{Level, Namespaces};

/// Code of the namespace of spread tokens.
const SPREAD: i64 = 3;
const DAY_MICROS: i64 = 86_400_000_000;

/// A piece of evidence: these two handles are of one person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Piece {
    pub(crate) handle: Handle,
    pub(crate) into: Handle,
    /// Microseconds since 1970.
    pub(crate) at: i64,
    /// Somebody decided it: nothing but another decision speaks against it.
    pub(crate) by_staff: bool,
}

/// Why a piece of evidence joins nobody.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Why {
    /// Two persons who sign in by different ids.
    TwoLogins,
    /// More ids of one namespace than a person may have.
    Limit,
    /// Staff said that they are two persons.
    KeptApart,
    /// A token is given once.
    Given,
}

impl Why {
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::TwoLogins => "two_logins",
            Self::Limit => "limit",
            Self::KeptApart => "kept_apart",
            Self::Given => "given",
        }
    }
}

/// What became of a piece of evidence.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// Two persons are one now.
    Joined,
    /// They were.
    Known,
    /// They stay two.
    Refused(Why),
}

/// A handle of a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Member {
    pub(crate) handle: Handle,
    /// Its namespace's code.
    pub(crate) space: i64,
    /// When it joined, in microseconds since 1970; nobody joined who is alone.
    pub(crate) joined_at: Option<i64>,
}

/// Some persons of a workspace, whole.
#[derive(Debug)]
pub(crate) struct Persons<'a> {
    rules: &'a Namespaces,
    of: FxHashMap<Handle, usize>,
    groups: Vec<Vec<Member>>,
    apart: Vec<(Handle, Handle)>,
}

impl<'a> Persons<'a> {
    /// Nobody yet. `apart` are handles that staff said are of two persons.
    pub(crate) fn new(rules: &'a Namespaces, apart: Vec<(Handle, Handle)>) -> Self {
        Self { rules, of: FxHashMap::default(), groups: Vec::new(), apart }
    }

    /// Everybody by themselves, whoever they were with: evidence is to be replayed.
    pub(crate) fn alone<'m>(
        rules: &'a Namespaces,
        apart: Vec<(Handle, Handle)>,
        members: impl Iterator<Item = &'m Member>,
    ) -> Self {
        let mut persons = Self::new(rules, apart);
        members.for_each(|member| persons.know(vec![Member { joined_at: None, ..*member }]));
        persons
    }

    /// Makes a person known, with all their handles.
    pub(crate) fn know(&mut self, members: Vec<Member>) {
        let group = self.groups.len();
        self.of.extend(members.iter().map(|member| (member.handle, group)));
        self.groups.push(members);
    }

    /// The handles of the person a handle belongs to; nothing when nobody made it known.
    pub(crate) fn members(&self, handle: Handle) -> &[Member] {
        self.of.get(&handle).map_or(&[], |group| &self.groups[*group])
    }

    /// The person by name: the earliest handle.
    pub(crate) fn person(&self, handle: Handle) -> Handle {
        self.members(handle).iter().map(|member| member.handle).min().unwrap_or(handle)
    }

    /// Takes a piece of evidence in. Both handles have to be known.
    pub(crate) fn offer(&mut self, piece: &Piece) -> Outcome {
        let (Some(&one), Some(&other)) = (self.of.get(&piece.handle), self.of.get(&piece.into)) else {
            return Outcome::Refused(Why::Limit);
        };
        if one == other {
            return Outcome::Known;
        }
        if let Some(why) = self.against(one, other, piece) {
            return Outcome::Refused(why);
        }
        let joining = std::mem::take(&mut self.groups[one]);
        self.of.extend(joining.iter().map(|member| (member.handle, other)));
        let group = &mut self.groups[other];
        group.extend(joining);
        for member in group {
            member.joined_at = member.joined_at.or(Some(piece.at));
        }
        Outcome::Joined
    }

    fn against(&self, one: usize, other: usize, piece: &Piece) -> Option<Why> {
        let within = |handle: &Handle, group: usize| self.of.get(handle) == Some(&group);
        let apart = self
            .apart
            .iter()
            .any(|(a, b)| (within(a, one) && within(b, other)) || (within(a, other) && within(b, one)));
        if apart {
            return Some(Why::KeptApart);
        }
        if piece.by_staff {
            return None;
        }
        let given = |handle: Handle, group: usize| {
            let members = &self.groups[group];
            members.len() > 1 && members.iter().any(|member| member.handle == handle && member.space == SPREAD)
        };
        if given(piece.handle, one) {
            return Some(Why::Given);
        }
        self.too_many(one, other, piece.at)
    }

    /// Whether both together would have more ids of a namespace than a person may have.
    fn too_many(&self, one: usize, other: usize, at: i64) -> Option<Why> {
        let mut why = None;
        for member in &self.groups[one] {
            let both = self.groups[other].iter().any(|theirs| theirs.space == member.space);
            let Some(declared) = self.rules.of(member.space).filter(|_| both) else { continue };
            let is_login = declared.level == Level::Login;
            let cap = if is_login { 1 } else { declared.cap as usize };
            if cap == 0 {
                continue;
            }
            let from = match declared.window_days {
                0 => i64::MIN,
                days => at.saturating_sub(i64::from(days) * DAY_MICROS),
            };
            let all = self.groups[one].iter().chain(&self.groups[other]);
            let counted = all.filter(|their| their.space == member.space && their.joined_at.unwrap_or(at) >= from);
            if counted.count() > cap {
                if is_login {
                    return Some(Why::TwoLogins);
                }
                why = Some(Why::Limit);
            }
        }
        why
    }
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use proptest::prelude::*;

    use super::*;

    const HANDLES: u32 = 14;

    /// Three users, three phones, three browsers, three tokens, two unionids.
    fn space(handle: u32) -> i64 {
        match handle {
            1..=3 => 1,
            4..=6 => 13,
            7..=9 => 2,
            10..=12 => 3,
            _ => 10,
        }
    }

    fn alone(handle: u32) -> Vec<Member> {
        vec![Member { handle: Handle(handle), space: space(handle), joined_at: None }]
    }

    #[derive(Clone, Debug)]
    enum Op {
        Link(u32, u32),
        Unbind(u32),
        Merge(u32, u32),
        Apart(u32, u32),
        Undo(usize),
    }

    fn op() -> impl Strategy<Value = Op> {
        let handle = || 1..=HANDLES;
        prop_oneof![
            8 => (handle(), handle()).prop_map(|(a, b)| Op::Link(a, b)),
            1 => handle().prop_map(Op::Unbind),
            1 => (handle(), handle()).prop_map(|(a, b)| Op::Merge(a, b)),
            1 => (handle(), handle()).prop_map(|(a, b)| Op::Apart(a, b)),
            1 => (0..8_usize).prop_map(Op::Undo),
        ]
    }

    /// A piece of evidence with the decision that made it and the one that took it back.
    struct Kept {
        piece: Piece,
        made_by: Option<usize>,
        gone: Option<usize>,
    }

    struct Apart {
        pair: (Handle, Handle),
        made_by: usize,
        lifted: Option<usize>,
    }

    /// Identity as it lives: links as they come, and a replay of what hangs together when something is taken back.
    #[derive(Default)]
    struct Live {
        evidence: Vec<Kept>,
        apart: Vec<Apart>,
        persons: BTreeMap<u32, BTreeSet<u32>>,
        joined: BTreeMap<u32, i64>,
        decisions: usize,
    }

    /// Taken back by no decision that could be undone.
    const FOR_GOOD: usize = usize::MAX;

    impl Live {
        fn apart(&self) -> Vec<(Handle, Handle)> {
            self.apart.iter().filter(|apart| apart.lifted.is_none()).map(|apart| apart.pair).collect()
        }

        fn of(&self, handle: u32) -> BTreeSet<u32> {
            self.persons.get(&handle).cloned().unwrap_or_else(|| [handle].into())
        }

        fn whole(&self, handle: u32) -> Vec<Member> {
            let member = |of: u32| Member { joined_at: self.joined.get(&of).copied(), ..alone(of)[0] };
            self.of(handle).into_iter().map(member).collect()
        }

        fn take(&mut self, persons: &Persons<'_>, handles: impl IntoIterator<Item = u32>) {
            for handle in handles {
                let members = persons.members(Handle(handle));
                self.persons.insert(handle, members.iter().map(|member| member.handle.0).collect());
                self.joined.remove(&handle);
                let own = members.iter().find(|member| member.handle.0 == handle).filter(|_| members.len() > 1);
                self.joined.extend(own.and_then(|own| Some((handle, own.joined_at?))));
            }
        }

        fn link(&mut self, rules: &Namespaces, (handle, into): (u32, u32), at: i64) {
            let known =
                |kept: &Kept| kept.piece.handle.0 == handle && kept.piece.into.0 == into && !kept.piece.by_staff;
            if handle == into || self.evidence.iter().any(|kept| known(kept) && kept.gone != Some(FOR_GOOD)) {
                return;
            }
            let piece = Piece { handle: Handle(handle), into: Handle(into), at, by_staff: false };
            self.evidence.push(Kept { piece, made_by: None, gone: None });
            let mut persons = Persons::new(rules, self.apart());
            persons.know(self.whole(handle));
            if persons.members(Handle(into)).is_empty() {
                persons.know(self.whole(into));
            }
            persons.offer(&piece);
            let all: Vec<u32> = persons
                .members(Handle(handle))
                .iter()
                .chain(persons.members(Handle(into)))
                .map(|m| m.handle.0)
                .collect();
            self.take(&persons, all);
        }

        fn replay(&mut self, rules: &Namespaces, about: BTreeSet<u32>) {
            let mut all: BTreeSet<u32> = about.iter().flat_map(|handle| self.of(*handle)).collect();
            loop {
                let before = all.len();
                for Kept { piece, .. } in self.evidence.iter().filter(|kept| kept.gone.is_none()) {
                    if all.contains(&piece.handle.0) || all.contains(&piece.into.0) {
                        all.extend([piece.handle.0, piece.into.0]);
                    }
                }
                let whole: Vec<u32> = all.iter().flat_map(|handle| self.of(*handle)).collect();
                all.extend(whole);
                if all.len() == before {
                    break;
                }
            }
            let mut persons = Persons::new(rules, self.apart());
            all.iter().for_each(|handle| persons.know(alone(*handle)));
            for Kept { piece, .. } in self.evidence.iter().filter(|kept| kept.gone.is_none()) {
                if all.contains(&piece.handle.0) {
                    persons.offer(piece);
                }
            }
            self.take(&persons, all);
        }

        fn apply(&mut self, rules: &Namespaces, op: &Op, at: i64) {
            match *op {
                Op::Link(handle, into) => self.link(rules, (handle, into), at),
                Op::Unbind(handle) => {
                    let about = self.of(handle);
                    for kept in self.evidence.iter_mut().filter(|kept| kept.gone.is_none()) {
                        if kept.piece.handle.0 == handle || kept.piece.into.0 == handle {
                            kept.gone = Some(FOR_GOOD);
                        }
                    }
                    self.replay(rules, about);
                }
                Op::Merge(a, b) if a != b => {
                    let (one, other) = (self.of(a), self.of(b));
                    let decision = self.decisions;
                    self.decisions += 1;
                    for apart in self.apart.iter_mut().filter(|apart| apart.lifted.is_none()) {
                        let (x, y) = (apart.pair.0.0, apart.pair.1.0);
                        if (one.contains(&x) && other.contains(&y)) || (one.contains(&y) && other.contains(&x)) {
                            apart.lifted = Some(decision);
                        }
                    }
                    let piece = Piece { handle: Handle(a), into: Handle(b), at, by_staff: true };
                    self.evidence.push(Kept { piece, made_by: Some(decision), gone: None });
                    self.replay(rules, one.union(&other).copied().collect());
                }
                Op::Apart(a, b) if a != b => {
                    let (one, other) = match self.of(a) {
                        both if both.contains(&b) => {
                            ([a].into(), both.into_iter().filter(|handle| *handle != a).collect())
                        }
                        one => (one, self.of(b)),
                    };
                    let decision = self.decisions;
                    self.decisions += 1;
                    for kept in self.evidence.iter_mut().filter(|kept| kept.gone.is_none()) {
                        let (x, y) = (kept.piece.handle.0, kept.piece.into.0);
                        if (one.contains(&x) && other.contains(&y)) || (one.contains(&y) && other.contains(&x)) {
                            kept.gone = Some(decision);
                        }
                    }
                    let first = |set: &BTreeSet<u32>| Handle(*set.first().expect("never empty"));
                    let pair = (first(&one), first(&other));
                    self.apart.push(Apart { pair, made_by: decision, lifted: None });
                    self.replay(rules, one.union(&other).copied().collect());
                }
                Op::Undo(decision) if decision < self.decisions => {
                    let mut about = BTreeSet::new();
                    for kept in &mut self.evidence {
                        if kept.gone == Some(decision) || kept.made_by == Some(decision) {
                            about.extend([kept.piece.handle.0, kept.piece.into.0]);
                        }
                        kept.gone = kept.gone.filter(|by| *by != decision);
                    }
                    for apart in &mut self.apart {
                        if apart.made_by == decision || apart.lifted == Some(decision) {
                            about.extend([apart.pair.0.0, apart.pair.1.0]);
                        }
                        apart.lifted = apart.lifted.filter(|by| *by != decision);
                    }
                    self.evidence.retain(|kept| kept.made_by != Some(decision));
                    self.apart.retain(|apart| apart.made_by != decision);
                    self.replay(rules, about);
                }
                _ => {}
            }
        }
    }

    fn partition(persons: impl Fn(u32) -> BTreeSet<u32>) -> Vec<BTreeSet<u32>> {
        (1..=HANDLES).map(persons).collect()
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 10_000, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn whatever_happens_people_are_those_of_the_surviving_evidence(ops in prop::collection::vec(op(), 0..30)) {
            let rules = Namespaces::with(Vec::new());
            let mut live = Live::default();
            for (at, op) in (0_i64..).zip(&ops) {
                live.apply(&rules, op, at);
            }
            let mut persons = Persons::new(&rules, live.apart());
            (1..=HANDLES).for_each(|handle| persons.know(alone(handle)));
            for kept in live.evidence.iter().filter(|kept| kept.gone.is_none()) {
                persons.offer(&kept.piece);
            }
            let replayed = partition(|handle| persons.members(Handle(handle)).iter().map(|member| member.handle.0).collect());
            prop_assert_eq!(partition(|handle| live.of(handle)), replayed);
        }
    }

    #[test]
    fn two_logins_never_meet_silently_and_a_decision_may_join_them() {
        let rules = Namespaces::with(Vec::new());
        let mut persons = Persons::new(&rules, Vec::new());
        (1..=HANDLES).for_each(|handle| persons.know(alone(handle)));
        let piece = |handle, into, by_staff| Piece { handle: Handle(handle), into: Handle(into), at: 0, by_staff };
        assert_eq!(persons.offer(&piece(4, 1, false)), Outcome::Joined, "a phone and a user");
        assert_eq!(persons.offer(&piece(4, 1, false)), Outcome::Known);
        assert_eq!(persons.offer(&piece(4, 2, false)), Outcome::Refused(Why::TwoLogins), "the phone of another user");
        assert_eq!(persons.offer(&piece(13, 1, false)), Outcome::Joined);
        assert_eq!(persons.offer(&piece(14, 1, false)), Outcome::Refused(Why::Limit), "one unionid a person");
        assert_eq!(persons.offer(&piece(10, 7, false)), Outcome::Joined);
        assert_eq!(persons.offer(&piece(10, 8, false)), Outcome::Refused(Why::Given), "a token is given once");
        assert_eq!(persons.offer(&piece(2, 1, true)), Outcome::Joined);
        assert_eq!(persons.offer(&piece(3, 1, false)), Outcome::Refused(Why::TwoLogins));
        let names: Vec<u32> = persons.members(Handle(2)).iter().map(|member| member.handle.0).collect();
        assert_eq!((names.len(), persons.person(Handle(13))), (4, Handle(1)));
    }
}
