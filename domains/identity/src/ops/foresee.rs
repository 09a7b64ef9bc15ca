//! What a decision about who is who would do: the same replay that carries it out, with nothing written.

use std::collections::BTreeSet;

use db::{ConnectionTrait, DbError};
use kernel::{Handle, Timestamp, WorkspaceId};

use super::hanging::{Component, hanging_together};
use crate::{
    rules::{Member, Namespaces, Persons, Piece},
    store::{
        decisions,
        evidence::{self, Stored},
    },
};

/// A change that could be decided.
#[derive(Clone, Debug)]
pub(crate) enum Change {
    /// Both are one person.
    Merge(Handle, Handle),
    /// The ones and the others are two persons.
    Apart(Vec<Handle>, Vec<Handle>),
    /// A decision is taken back.
    TakeBack(String),
}

/// The persons a change is about, by their handles, the earliest first.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Foreseen {
    pub(crate) before: Vec<Vec<Handle>>,
    pub(crate) after: Vec<Vec<Handle>>,
}

/// What a change would do to the persons it is about and to whoever hangs together with them.
pub(crate) async fn foresee<C: ConnectionTrait>(
    conn: &C,
    workspace: WorkspaceId,
    rules: &Namespaces,
    change: &Change,
) -> Result<Foreseen, DbError> {
    let (about, mut apart) = match change {
        Change::Merge(one, other) => (vec![*one, *other], decisions::apart(conn, workspace).await?),
        Change::Apart(one, other) => ([one.as_slice(), other].concat(), decisions::apart(conn, workspace).await?),
        Change::TakeBack(decision) => (
            decisions::touched_by(conn, workspace, decision).await?,
            decisions::apart_without(conn, workspace, decision).await?,
        ),
    };
    let Component { before, pieces, .. } =
        hanging_together(conn, workspace, about.clone(), |piece| stands(piece, change)).await?;
    let mut offered: Vec<Piece> = pieces.iter().map(Stored::piece).collect();
    match change {
        Change::Merge(one, other) => {
            let (one_whole, other_whole) = (whole(&before, *one), whole(&before, *other));
            apart.retain(|(a, b)| {
                !(one_whole.contains(a) && other_whole.contains(b) || one_whole.contains(b) && other_whole.contains(a))
            });
            offered.push(Piece { handle: *one, into: *other, at: last(&pieces).0, by_staff: true });
        }
        Change::Apart(one, other) => apart.extend(one.iter().min().copied().zip(other.iter().min().copied())),
        Change::TakeBack(_) => {}
    }
    let mut persons = Persons::alone(rules, apart, before.iter().flatten());
    for piece in &offered {
        persons.offer(piece);
    }
    Ok(compared(&before, &about, &persons))
}

/// Whether a piece of evidence would stand.
fn stands(piece: &Stored, change: &Change) -> bool {
    match change {
        Change::Merge(..) => piece.retracted_by.is_none(),
        Change::Apart(one, other) => {
            let crosses = (one.contains(&piece.handle) && other.contains(&piece.into))
                || (other.contains(&piece.handle) && one.contains(&piece.into));
            piece.retracted_by.is_none() && !crosses
        }
        Change::TakeBack(decision) => {
            piece.decision.as_ref() != Some(decision)
                && piece.retracted_by.as_ref().is_none_or(|retracted| retracted == decision)
        }
    }
}

fn whole(persons: &[Vec<Member>], handle: Handle) -> Vec<Handle> {
    let person = persons.iter().find(|members| members.iter().any(|member| member.handle == handle));
    person.into_iter().flatten().map(|member| member.handle).collect()
}

fn last(pieces: &[Stored]) -> Timestamp {
    pieces.iter().map(|piece| piece.at).max().unwrap_or(Timestamp(0))
}

/// Who is asked about and who changes, as they are and as they would be.
fn compared(before: &[Vec<Member>], about: &[Handle], persons: &Persons<'_>) -> Foreseen {
    let handles = |members: &[Member]| {
        let mut handles: Vec<Handle> = members.iter().map(|member| member.handle).collect();
        handles.sort_unstable();
        handles
    };
    let told = |members: &&Vec<Member>| {
        let same = persons.members(members[0].handle).len() == members.len()
            && members.iter().all(|member| persons.person(member.handle) == persons.person(members[0].handle));
        !same || members.iter().any(|member| about.contains(&member.handle))
    };
    let mut before: Vec<Vec<Handle>> = before.iter().filter(told).map(|members| handles(members)).collect();
    let names: BTreeSet<Handle> = before.iter().flatten().map(|handle| persons.person(*handle)).collect();
    before.sort_unstable();
    Foreseen { before, after: names.into_iter().map(|name| handles(persons.members(name))).collect() }
}

/// The handles on one side of a piece of evidence, as the pieces that joined a person hang together without it. Each of them
/// joined two, so there are two sides.
pub(crate) fn side(pieces: &[Stored], (handle, into): (Handle, Handle)) -> BTreeSet<Handle> {
    let joins = |piece: &&Stored| {
        piece.standing == evidence::Standing::Joins
            && piece.retracted_by.is_none()
            && (piece.handle, piece.into) != (handle, into)
    };
    let joins: Vec<&Stored> = pieces.iter().filter(joins).collect();
    let mut found = BTreeSet::from([handle]);
    loop {
        let before = found.len();
        for piece in &joins {
            if found.contains(&piece.handle) || found.contains(&piece.into) {
                found.extend([piece.handle, piece.into]);
            }
        }
        if found.len() == before {
            return found;
        }
    }
}
