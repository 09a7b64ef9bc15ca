//! `POST /api/v1/segments/overlap`

use axum::extract::State;
use roaring::RoaringBitmap;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use web::{CanReadNetwork, Json, Problem};

use crate::{
    ops::{Slice, look},
    store,
};

/// Segments to be compared.
#[derive(Deserialize, ToSchema)]
pub(in crate::http) struct OverlapWanted {
    /// Ids of 2 to 8 segments, each once.
    segments: Vec<String>,
}

/// How large one of them is.
#[derive(Serialize, ToSchema)]
pub(in crate::http) struct OverlapSize {
    segment: String,
    name: String,
    size: u64,
}

/// How two of them overlap.
#[derive(Serialize, ToSchema)]
pub(in crate::http) struct OverlapPair {
    a: String,
    b: String,
    /// Who belongs to both.
    both: u64,
    /// Who belongs to `a` and not to `b`.
    only_a: u64,
    only_b: u64,
}

/// How segments overlap.
#[derive(Serialize, ToSchema)]
pub(in crate::http) struct Overlap {
    sizes: Vec<OverlapSize>,
    pairs: Vec<OverlapPair>,
    /// Who belongs to all of them.
    all: u64,
}

/// How segments overlap
///
/// Counts those whom the caller may see.
#[utoipa::path(
    post, path = "/api/v1/segments/overlap", tag = "audience", operation_id = "audience.segment.overlap",
    request_body = OverlapWanted,
    responses((status = 200, body = Overlap), (status = 422, description = "A segment is not there, or there are too few or too many")),
    extensions(("x-permission" = json!("read_network"))),
)]
pub(in crate::http) async fn overlap(
    caller: CanReadNetwork,
    State(slice): State<Slice>,
    Json(OverlapWanted { segments: wanted }): Json<OverlapWanted>,
) -> Result<Json<Overlap>, Problem> {
    if !(2..=8).contains(&wanted.len()) {
        return Err(Problem::invalid("segments", "2 to 8 segments"));
    }
    let known = store::segments_in_workspace(slice.records.reads(), caller.workspace).await;
    let known = known.map_err(Problem::unavailable)?;
    let mut named = Vec::with_capacity(wanted.len());
    for (index, id) in wanted.into_iter().enumerate() {
        let missing = || Problem::invalid(format!("segments[{index}]"), format!("there is no segment {id}"));
        named.push((id.clone(), known.iter().find(|segment| segment.id == id).ok_or_else(missing)?.name.clone()));
    }
    let live = slice.live(caller.workspace, None).await?;
    let seen = slice.seen_by(&caller, &live).await?;
    let overlap = look(&live, move |engine| {
        let members = |id: &str| -> RoaringBitmap {
            let members = engine.members(id).cloned().unwrap_or_default();
            seen.as_ref().map_or_else(|| members.clone(), |seen| &members & seen)
        };
        let sets: Vec<(String, String, RoaringBitmap)> =
            named.into_iter().map(|(id, name)| (id.clone(), name, members(&id))).collect();
        between(&sets)
    });
    overlap.await.map(Json)
}

fn between(sets: &[(String, String, RoaringBitmap)]) -> Overlap {
    let size = |(id, name, members): &(String, String, RoaringBitmap)| OverlapSize {
        segment: id.clone(),
        name: name.clone(),
        size: members.len(),
    };
    let mut pairs = Vec::new();
    for (index, (a, _, first)) in sets.iter().enumerate() {
        for (b, _, second) in &sets[index + 1..] {
            let both = first.intersection_len(second);
            let (only_a, only_b) = (first.len() - both, second.len() - both);
            pairs.push(OverlapPair { a: a.clone(), b: b.clone(), both, only_a, only_b });
        }
    }
    let all = sets.iter().map(|(_, _, members)| members.clone()).reduce(|all, members| all & members);
    Overlap { sizes: sets.iter().map(size).collect(), pairs, all: all.map_or(0, |all| all.len()) }
}
