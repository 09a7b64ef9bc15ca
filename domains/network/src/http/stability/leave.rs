//! `GET /api/v1/network/stability/leave`

use std::{collections::BTreeSet, sync::Arc};

use axum::{
    extract::State,
    response::{IntoResponse, Response},
};
use kernel::UnitId;
use serde::{Deserialize, Serialize};
use tokio::task::spawn_blocking;
use utoipa::{IntoParams, ToSchema};
use web::{CanReadNetwork, Csv, Format, Json, Problem, Query};

use super::{super::working::Working, Reported, Somebody, StabilityQuery};
use crate::{
    Slice,
    rules::stability::{Left, leave},
};

/// Pieces told one by one.
const PIECES_MAX: usize = 50;
/// People of a piece told by name.
const PEOPLE_MAX: usize = 50;
/// Lines of an export at most.
const EXPORT_MAX: usize = 10_000;

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct LeaveQuery {
    /// Who would leave: `p42`, `user:<id>` or `anonymous:<id>`.
    person: String,
    /// Answer only when the fact at this offset has been folded.
    wait_offset: Option<u64>,
    #[serde(default)]
    #[param(inline)]
    format: Format,
}

/// What breaks when somebody leaves.
#[derive(Serialize, ToSchema)]
pub(super) struct LeaveView {
    person: Somebody,
    /// The roots that are asked from: those of the units they stand under.
    roots: u32,
    /// People who can be reached from these roots today.
    before: u32,
    /// People who no longer could.
    lost: u32,
    /// How many groups of people who would still have one another.
    pieces_total: u32,
    /// The largest first, 50 at most.
    pieces: Vec<LeavePiece>,
}

/// People who would lose every way to the store, and still have one another.
#[derive(Serialize, ToSchema)]
pub(super) struct LeavePiece {
    people: u32,
    /// 50 at most; the one to be introduced comes first.
    members: Vec<Somebody>,
    /// The tie that would mend it.
    mend: Option<MendingTie>,
}

/// A tie to be made while somebody is still here: both know them.
#[derive(Serialize, ToSchema)]
pub(super) struct MendingTie {
    /// Who stays with the store.
    from: Somebody,
    /// Whom they should be introduced to.
    to: Somebody,
}

/// What breaks when a person leaves
///
/// Who loses every way to the roots of their units, over people the caller may see, and which new tie would mend it.
#[utoipa::path(
    get, path = "/api/v1/network/stability/leave", tag = "network", operation_id = "network.stability.leave",
    params(LeaveQuery),
    responses(
        (status = 200, body = LeaveView),
        (status = 202, body = Working, description = "Still being worked out"),
        (status = 404, description = "No such person in the caller's scope, or one who is tied to nobody"),
    ),
    extensions(("x-permission" = json!("read_network"))),
)]
pub(super) async fn read(
    caller: CanReadNetwork,
    State(slice): State<Slice>,
    Query(query): Query<LeaveQuery>,
) -> Result<Response, Problem> {
    let person = slice.handle(caller.workspace, &query.person).await?;
    let asked = StabilityQuery { unit: None, wait_offset: query.wait_offset };
    let reported = match slice.stability(caller.workspace, &caller.scope, asked).await? {
        Ok(reported) => reported,
        Err(working) => return Ok(working.into_response()),
    };
    let person = reported.live.read(|network| network.people().person(person));
    let leaver = reported.place(person)?;
    let roots = roots(&reported, leaver);
    let made = Arc::clone(&reported.made);
    let asked_from = roots.clone();
    let break_off = move || {
        let stability = &made.value;
        leave(&stability.report.part, &stability.ground.value.beams, &asked_from, leaver)
    };
    let left = spawn_blocking(break_off).await.map_err(Problem::internal)?;
    Ok(match query.format {
        Format::Json => Json(view(&slice, &caller, &reported, leaver, roots.len(), left).await?).into_response(),
        Format::Csv => csv(&slice, &caller, &reported, &left).await?.into_response(),
    })
}

/// The roots of the units somebody stands under, and their own roots where those name no unit.
fn roots(reported: &Reported, person: u32) -> Vec<u32> {
    let stability = &reported.made.value;
    let (ground, part) = (&stability.ground.value, &stability.report.part);
    let own: Vec<_> = ground.roots_of(part.node(person), &reported.scope).map(|(root, _)| root).collect();
    let units: BTreeSet<&UnitId> = own.iter().filter_map(|root| root.owner.unit.as_ref()).collect();
    let in_scope = ground.roots.iter().filter(|root| reported.scope.covers(&root.owner));
    let of_units = in_scope.filter(|root| root.owner.unit.as_ref().is_some_and(|unit| units.contains(unit)));
    let persons = of_units.chain(own.iter().copied()).map(|root| root.person);
    let places: BTreeSet<u32> = persons.filter_map(|person| part.place(ground.graph.node(person)?)).collect();
    places.into_iter().collect()
}

async fn view(
    slice: &Slice,
    caller: &CanReadNetwork,
    reported: &Reported,
    leaver: u32,
    roots: usize,
    left: Left,
) -> Result<LeaveView, Problem> {
    let (lost, before, pieces_total) = (left.lost(), left.before, left.pieces.len() as u32);
    let pieces = || left.pieces.iter().take(PIECES_MAX);
    let members = pieces().flat_map(|piece| piece.people.iter().take(PEOPLE_MAX).copied());
    let mentioned = members.chain(pieces().filter_map(|piece| piece.helper)).chain([leaver]);
    let names = reported.names(slice, caller.workspace, mentioned).await?;
    let pieces = pieces().map(|piece| LeavePiece {
        people: piece.people.len() as u32,
        members: piece.people.iter().take(PEOPLE_MAX).map(|place| reported.somebody(*place, &names)).collect(),
        mend: piece
            .helper
            .zip(piece.people.first())
            .map(|(from, to)| MendingTie { from: reported.somebody(from, &names), to: reported.somebody(*to, &names) }),
    });
    Ok(LeaveView {
        person: reported.somebody(leaver, &names),
        roots: roots as u32,
        before,
        lost,
        pieces_total,
        pieces: pieces.collect(),
    })
}

/// Everybody who would be lost.
async fn csv(slice: &Slice, caller: &CanReadNetwork, reported: &Reported, left: &Left) -> Result<Csv, Problem> {
    let lost = left
        .pieces
        .iter()
        .enumerate()
        .flat_map(|(piece, people)| people.people.iter().map(move |place| (piece + 1, *place, people.helper)));
    let lost: Vec<_> = lost.take(EXPORT_MAX).collect();
    let mentioned = lost.iter().flat_map(|(_, place, helper)| helper.iter().copied().chain([*place]));
    let names = reported.names(slice, caller.workspace, mentioned).await?;
    let mut csv = Csv::new("stability-leave", &["piece", "person", "name", "unit", "ties", "helper", "helper_name"]);
    for (piece, place, helper) in lost {
        let somebody = reported.somebody(place, &names);
        let helper = helper.map(|place| reported.somebody(place, &names));
        csv.line([
            piece.into(),
            somebody.person.to_string().into(),
            somebody.name.into(),
            somebody.unit.map(|unit| unit.name).into(),
            somebody.ties.into(),
            helper.as_ref().map(|helper| helper.person.to_string()).into(),
            helper.and_then(|helper| helper.name).into(),
        ]);
    }
    Ok(csv)
}
