//! What a batch says about who is who, told to the evidence: fact after fact, as the rules say.

use db::{DbError, Tx};
use facts::{IdentityDecided, IdentityDecision};
use kernel::{Handle, Offset, Timestamp, WorkspaceId};
use river::{Link, Move};
use rustc_hash::FxHashSet;

use crate::{
    ops::hanging::{Component, hanging_together},
    rules::{Level, Namespaces, Outcome, Persons, Piece, Why},
    store::{
        decisions::{self, Conflict},
        evidence::{self, Source, Standing, Stored},
        queue::{self, Pair},
    },
};

/// Two handles that were seen together.
#[derive(Clone, Copy, Debug)]
struct Seen {
    handle: Handle,
    into: Handle,
    offset: Offset,
    place: i64,
    at: Timestamp,
}

/// A batch, as far as it was told.
pub(super) struct Linking<'a> {
    tx: &'a Tx,
    workspace: WorkspaceId,
    rules: &'a Namespaces,
    pending: Vec<Seen>,
    told: FxHashSet<(Handle, Handle)>,
    pub(super) links: Vec<Link>,
    pub(super) moves: Vec<Move>,
    /// Pairs whose evidence is booked and need not be looked at again.
    pub(super) booked: Vec<(Handle, Handle)>,
    /// Evidence was taken back: nothing that was known of pairs holds.
    pub(super) took_back: bool,
}

impl<'a> Linking<'a> {
    pub(super) fn new(tx: &'a Tx, workspace: WorkspaceId, rules: &'a Namespaces) -> Self {
        Self {
            tx,
            workspace,
            rules,
            pending: Vec::new(),
            told: FxHashSet::default(),
            links: Vec::new(),
            moves: Vec::new(),
            booked: Vec::new(),
            took_back: false,
        }
    }

    /// A fact says that two handles are of one person. Only the first of a pair counts.
    pub(super) fn see(&mut self, (handle, into): (Handle, Handle), offset: Offset, at: Timestamp) {
        if handle != into && self.told.insert((handle, into)) {
            let place = self.pending.len() as i64;
            self.pending.push(Seen { handle, into, offset, place, at });
        }
    }

    /// Offers what was seen to the persons it is about, and writes down what became of it.
    pub(super) async fn flush(&mut self) -> Result<(), DbError> {
        self.told.clear();
        let mut pending = std::mem::take(&mut self.pending);
        if pending.is_empty() {
            return Ok(());
        }
        let ends = |pending: &[Seen]| {
            let mut handles: Vec<Handle> = pending.iter().flat_map(|seen| [seen.handle, seen.into]).collect();
            handles.sort_unstable();
            handles.dedup();
            handles
        };
        let joining: Vec<Handle> = pending.iter().map(|seen| seen.handle).collect();
        let known = evidence::of_pairs(self.tx, self.workspace, &joining).await?;
        // What a fact took back a fact may say again; what somebody took back stays so.
        pending.retain(|seen| {
            let pair = (seen.handle, seen.into);
            let holds = known.get(&pair).is_some_and(|retracted| retracted.as_deref().is_none_or(|by| !is_a_fact(by)));
            if holds {
                self.booked.push(pair);
            }
            !holds
        });
        if pending.is_empty() {
            return Ok(());
        }
        let apart = decisions::apart(self.tx, self.workspace).await?;
        let mut persons = Persons::new(self.rules, apart);
        for members in evidence::persons_of(self.tx, self.workspace, &ends(&pending)).await? {
            persons.know(members);
        }
        let (mut pieces, mut conflicts, mut changed) = (Vec::new(), Vec::new(), Vec::new());
        for seen in pending {
            let piece = Piece { handle: seen.handle, into: seen.into, at: seen.at.0, by_staff: false };
            let outcome = persons.offer(&piece);
            if outcome == Outcome::Joined {
                self.links.push(Link { offset: seen.offset, handle: seen.handle, into: seen.into });
                changed.push(seen.into);
            }
            let stored = stored(&seen, outcome);
            conflicts.extend(self.conflict(&persons, &stored, outcome));
            self.booked.push((seen.handle, seen.into));
            pieces.push(stored);
        }
        evidence::put(self.tx, self.workspace, &pieces).await?;
        conflicts.retain(|conflict| persons.person(conflict.handle) != persons.person(conflict.into));
        decisions::put_conflicts(self.tx, self.workspace, &conflicts).await?;
        self.write_persons(&persons, changed).await
    }

    async fn write_persons(&self, persons: &Persons<'_>, changed: Vec<Handle>) -> Result<(), DbError> {
        let mut names: Vec<Handle> = changed.into_iter().map(|handle| persons.person(handle)).collect();
        names.sort_unstable();
        names.dedup();
        let whole: Vec<_> = names.into_iter().map(|name| persons.members(name).to_vec()).collect();
        evidence::put_persons(self.tx, self.workspace, &whole).await
    }

    /// A refusal that somebody should look at: two ids of the kind that speaks for a person.
    fn conflict(&self, persons: &Persons<'_>, piece: &Stored, outcome: Outcome) -> Option<Conflict> {
        let Outcome::Refused(why @ (Why::TwoLogins | Why::Limit)) = outcome else { return None };
        let speaks = |handle: Handle| {
            let member = persons.members(handle).iter().find(|member| member.handle == handle);
            let declared = member.and_then(|member| self.rules.of(member.space));
            declared.is_some_and(|declared| declared.level != Level::Device)
        };
        (speaks(piece.handle) && speaks(piece.into)).then(|| Conflict {
            handle: piece.handle,
            into: piece.into,
            reason: why.as_str().to_owned(),
            offset: piece.offset,
            at: piece.at,
            confidence: piece.confidence,
            state: "open".to_owned(),
            decision: None,
        })
    }

    /// Ids are no longer those of the person they belong to; with a subject, of that person alone.
    pub(super) async fn unbind(
        &mut self,
        ids: Vec<Handle>,
        subject: Option<Handle>,
        (offset, at): (Offset, Timestamp),
    ) -> Result<(), DbError> {
        self.flush().await?;
        let persons = evidence::persons_of(self.tx, self.workspace, &ids).await?;
        let mut gone: FxHashSet<Handle> = FxHashSet::default();
        for members in &persons {
            if subject.is_some_and(|subject| members.iter().all(|member| member.handle != subject)) {
                continue;
            }
            let unbound = members.iter().filter(|member| ids.contains(&member.handle));
            let mut spaces: Vec<i64> = Vec::new();
            for member in unbound {
                gone.insert(member.handle);
                spaces.push(member.space);
            }
            while let Some(space) = spaces.pop() {
                for child in self.rules.children(space) {
                    let taken = members.iter().filter(|member| member.space == child && gone.insert(member.handle));
                    spaces.extend(taken.map(|member| member.space));
                }
            }
        }
        let handles: Vec<Handle> = gone.iter().copied().collect();
        let by = format!("fact:{}", offset.0);
        let touched = evidence::touching(self.tx, self.workspace, &handles).await?;
        self.retract(touched, &by, at).await?;
        self.replay(persons.into_iter().flatten().map(|member| member.handle).collect(), offset, None).await
    }

    async fn retract(&mut self, pieces: Vec<Stored>, by: &str, at: Timestamp) -> Result<(), DbError> {
        self.took_back = true;
        let retracted: Vec<Stored> = pieces
            .into_iter()
            .filter(|piece| piece.retracted_by.is_none())
            .map(|piece| Stored { retracted_by: Some(by.to_owned()), retracted_at: Some(at), ..piece })
            .collect();
        let refused = retracted.iter().filter(|piece| piece.standing == Standing::Refused);
        let refused: Vec<(Handle, Handle)> = refused.map(|piece| (piece.handle, piece.into)).collect();
        let (state, decision) = if is_a_fact(by) { ("gone", None) } else { ("apart", Some(by)) };
        decisions::settle_conflicts(self.tx, self.workspace, &refused, ("open", state), decision).await?;
        evidence::put(self.tx, self.workspace, &retracted).await
    }

    /// Somebody decided who is who.
    pub(super) async fn decide(
        &mut self,
        decided: &IdentityDecided,
        (offset, at): (Offset, Timestamp),
    ) -> Result<(), DbError> {
        self.flush().await?;
        let IdentityDecided { decision, what, one, other } = decided;
        let mut about: Vec<Handle> = one.iter().chain(other).copied().collect();
        match what {
            IdentityDecision::Merge => {
                let (Some(from), Some(into)) = (one.first(), other.first()) else { return Ok(()) };
                for pair in decisions::apart(self.tx, self.workspace).await? {
                    if self.lies_between(pair, (*from, *into)).await? {
                        decisions::lift_apart(self.tx, self.workspace, decision, pair).await?;
                    }
                }
                self.took_back = true;
                let piece = Stored {
                    handle: *from,
                    into: *into,
                    source: Source::Staff,
                    offset,
                    place: 0,
                    at,
                    confidence: 1.0,
                    standing: Standing::Joins,
                    decision: Some(decision.clone()),
                    retracted_by: None,
                    retracted_at: None,
                };
                evidence::put(self.tx, self.workspace, &[piece]).await?;
            }
            IdentityDecision::Apart => {
                let (Some(first), Some(second)) = (one.iter().min(), other.iter().min()) else { return Ok(()) };
                let crosses = |piece: &Stored| {
                    (one.contains(&piece.handle) && other.contains(&piece.into))
                        || (other.contains(&piece.handle) && one.contains(&piece.into))
                };
                let mut pieces = evidence::touching(self.tx, self.workspace, one).await?;
                pieces.retain(crosses);
                self.retract(pieces, decision, at).await?;
                decisions::put_apart(self.tx, self.workspace, decision, (*first, *second)).await?;
            }
            IdentityDecision::Undo => {
                self.took_back = true;
                about.extend(decisions::take_back(self.tx, self.workspace, decision).await?);
            }
        }
        queue::carried_out(self.tx, self.workspace, decision, offset).await?;
        let settling = Settling { decision, what: *what, one, other };
        let by = (*what != IdentityDecision::Undo).then_some(&settling);
        self.replay(about, offset, by).await
    }

    /// Whether one of a pair belongs to one person and the other to the other.
    async fn lies_between(&self, pair: (Handle, Handle), ends: (Handle, Handle)) -> Result<bool, DbError> {
        let persons = evidence::persons_of(self.tx, self.workspace, &[ends.0, ends.1]).await?;
        let of = |handle: Handle| persons.iter().position(|all| all.iter().any(|member| member.handle == handle));
        let (one, other) = (of(ends.0), of(ends.1));
        let (a, b) = (of(pair.0), of(pair.1));
        Ok(a.is_some() && b.is_some() && ((a, b) == (one, other) || (a, b) == (other, one)))
    }

    /// Replays all surviving evidence that hangs together with these handles, and moves whoever belongs to somebody else now.
    async fn replay(&mut self, about: Vec<Handle>, offset: Offset, by: Option<&Settling<'_>>) -> Result<(), DbError> {
        let standing = |piece: &Stored| piece.retracted_by.is_none();
        let Component { handles, before, pieces } = hanging_together(self.tx, self.workspace, about, standing).await?;
        let apart = decisions::apart(self.tx, self.workspace).await?;
        let mut persons = Persons::alone(self.rules, apart, before.iter().flatten());
        let (mut stands, mut conflicts, mut gone) = (Vec::new(), Vec::new(), Vec::new());
        for piece in pieces {
            let outcome = persons.offer(&piece.piece());
            let standing = standing_of(outcome);
            match self.conflict(&persons, &piece, outcome) {
                Some(conflict) => conflicts.push(conflict),
                None if piece.standing == Standing::Refused => gone.push((piece.handle, piece.into)),
                None => {}
            }
            if standing != piece.standing {
                stands.push(Stored { standing, ..piece });
            }
        }
        evidence::put(self.tx, self.workspace, &stands).await?;
        conflicts.retain(|conflict| persons.person(conflict.handle) != persons.person(conflict.into));
        decisions::put_conflicts(self.tx, self.workspace, &conflicts).await?;
        self.settle(&persons, &handles, gone, by).await?;
        // Whoever is no longer with the same handles, under the name they had.
        let mut moved: Vec<Handle> = Vec::new();
        for members in &before {
            let name = members.iter().map(|member| member.handle).min();
            let same = members.iter().all(|member| Some(persons.person(member.handle)) == name)
                && members.first().is_some_and(|first| persons.members(first.handle).len() == members.len());
            if !same {
                moved.extend(members.iter().map(|member| member.handle));
            }
        }
        moved.sort_unstable();
        self.moves.extend(moved.iter().map(|handle| Move { offset, handle: *handle, person: persons.person(*handle) }));
        self.write_persons(&persons, handles).await
    }

    /// Closes what waits for a decision no longer: whoever is one person now, whoever was kept apart, and what evidence no longer
    /// speaks for.
    async fn settle(
        &self,
        persons: &Persons<'_>,
        handles: &[Handle],
        gone: Vec<Pair>,
        by: Option<&Settling<'_>>,
    ) -> Result<(), DbError> {
        let open = queue::open_conflicts_of(self.tx, self.workspace, handles).await?;
        let (together, others): (Vec<Pair>, Vec<Pair>) =
            open.into_iter().partition(|pair| persons.person(pair.0) == persons.person(pair.1));
        if let Some(Settling { decision, what, one, other }) = by {
            let state = if *what == IdentityDecision::Merge { "merged" } else { "moved" };
            let crosses =
                |(a, b): &Pair| (one.contains(a) && other.contains(b)) || (one.contains(b) && other.contains(a));
            let kept: Vec<Pair> = others.into_iter().filter(crosses).collect();
            let to = |state| (("open", state), Some(*decision));
            for (pairs, (states, decision)) in [(&together, to(state)), (&kept, to("apart"))] {
                decisions::settle_conflicts(self.tx, self.workspace, pairs, states, decision).await?;
            }
        }
        let gone: Vec<Pair> = together.into_iter().chain(gone).collect();
        decisions::settle_conflicts(self.tx, self.workspace, &gone, ("open", "gone"), None).await
    }
}

/// The decision that a replay follows, if one does.
struct Settling<'a> {
    decision: &'a str,
    what: IdentityDecision,
    one: &'a [Handle],
    other: &'a [Handle],
}

fn is_a_fact(retracted_by: &str) -> bool {
    retracted_by.starts_with("fact:")
}

fn standing_of(outcome: Outcome) -> Standing {
    match outcome {
        Outcome::Joined => Standing::Joins,
        Outcome::Known => Standing::Confirms,
        Outcome::Refused(_) => Standing::Refused,
    }
}

fn stored(seen: &Seen, outcome: Outcome) -> Stored {
    Stored {
        handle: seen.handle,
        into: seen.into,
        source: Source::Fact,
        offset: seen.offset,
        place: seen.place,
        at: seen.at,
        confidence: 1.0,
        standing: standing_of(outcome),
        decision: None,
        retracted_by: None,
        retracted_at: None,
    }
}
