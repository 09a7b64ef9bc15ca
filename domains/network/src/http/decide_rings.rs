//! `POST /api/v1/fraud/decisions`

use axum::extract::State;
use kernel::ErrorCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use web::{CanReviewFraud, Json, Origin, Problem};

use super::{
    naming::Mentioned,
    rings::{RingRow, Sight, not_there, verdict},
};
use crate::{
    Slice,
    ops::review_rings::{Review, Reviewed},
    store::rings,
};

/// Rings decided about at once.
const RINGS_MAX: usize = 200;
/// Longest reason, in characters.
const WHY_CHARS_MAX: usize = 500;

/// What to do with some rings.
#[derive(Deserialize, ToSchema)]
#[schema(example = json!({"rings": ["r-4kq2m0a7xz"], "verdict": "held", "why": "60 个账号共用 15 台设备"}))]
pub(super) struct Decision {
    /// Up to 200.
    rings: Vec<String>,
    /// `held` (kept out until somebody has looked), `confirmed`, `cleared`, or `open`, which takes a decision back.
    verdict: String,
    /// For those who look later; at most 500 characters.
    why: Option<String>,
}

/// The rings as they stand now.
#[derive(Serialize, ToSchema)]
pub(super) struct Decided {
    items: Vec<RingRow>,
}

/// Decide about rings
///
/// Whoever is held or confirmed counts nowhere any more, with everybody below them. `open` takes a decision back.
#[utoipa::path(
    post, path = "/api/v1/fraud/decisions", tag = "network", operation_id = "network.ring.decide",
    request_body = Decision,
    responses(
        (status = 200, body = Decided),
        (status = 403, description = "A ring reaches beyond the caller's scope"),
        (status = 404, description = "No such ring in the caller's scope; nothing was decided"),
        (status = 422, description = "A field is not valid"),
    ),
    extensions(("x-permission" = json!("review_fraud"))),
)]
pub(super) async fn decide(
    caller: CanReviewFraud,
    State(slice): State<Slice>,
    origin: Origin,
    Json(decision): Json<Decision>,
) -> Result<Json<Decided>, Problem> {
    let verdict = verdict(&decision.verdict, "verdict")?;
    if decision.rings.is_empty() || decision.rings.len() > RINGS_MAX {
        return Err(Problem::invalid("rings", format!("1 to {RINGS_MAX} rings")));
    }
    let why = decision.why.map(|why| why.trim().to_owned()).filter(|why| !why.is_empty());
    if why.as_ref().is_some_and(|why| why.chars().count() > WHY_CHARS_MAX) {
        return Err(Problem::invalid("why", format!("at most {WHY_CHARS_MAX} characters")));
    }
    let mut ids = decision.rings;
    ids.sort_unstable();
    ids.dedup();
    let live = slice.live(caller.workspace, None).await?;
    let known = rings::some_rings_in_workspace(slice.records.reads(), caller.workspace, &ids).await;
    let known = known.map_err(Problem::unavailable)?;
    live.read(|network| {
        let sights = known.iter().map(|booked| (Sight::of(network, &booked.ring, &caller.scope), booked));
        let mut seen = 0;
        for (sight, booked) in sights {
            let sight = sight.ok_or_else(not_there)?;
            if sight.visible < booked.ring.size && !caller.scope.is_all() {
                return Err(Problem::new(ErrorCode::Forbidden)
                    .detail("This ring reaches into units you do not see; somebody who sees all of them must decide"));
            }
            seen += 1;
        }
        if seen < ids.len() { Err(not_there()) } else { Ok(()) }
    })?;
    let review = Review::Decide { workspace: caller.workspace, by: origin.by(&caller), rings: ids, verdict, why };
    let decided = match slice.reviews.submit(review).await.map_err(Problem::unavailable)? {
        Reviewed::Decided(decided) => decided,
        Reviewed::Found { .. } | Reviewed::NoSuchRing => return Err(not_there()),
    };
    slice.signal.notify_one();
    let names = Mentioned::default().look_up(&slice, caller.workspace).await?;
    let items = live.read(|network| {
        let row = |booked: rings::Booked| {
            let sight = Sight::of(network, &booked.ring, &caller.scope)?;
            Some(RingRow::of(booked, &sight, &names))
        };
        decided.into_iter().filter_map(row).collect()
    });
    Ok(Json(Decided { items }))
}
