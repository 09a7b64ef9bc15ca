//! `GET /api/v1/fraud/rings`

use axum::{
    extract::State,
    response::{IntoResponse, Response},
};
use kernel::UnitId;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use web::{CanReviewFraud, Csv, Format, Json, Limit, Problem, Query};

use super::{
    naming::{Mentioned, Sentence},
    rings::{RingRow, SearchView, Sight, verdict},
};
use crate::{
    Slice,
    rules::fraud::{Kind, SCORE_MIN, Sign},
    store::rings,
};

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct RingQuery {
    /// Only `open`, `held`, `confirmed` or `cleared` ones.
    verdict: Option<String>,
    /// Only `accounts`, `together` or `star`.
    kind: Option<String>,
    /// Only those with somebody of this unit.
    #[param(value_type = Option<String>)]
    unit: Option<UnitId>,
    /// `newest` first (the default), `score`, or `size`.
    sort: Option<String>,
    /// `next` of the page before.
    after: Option<String>,
    #[serde(default)]
    #[param(inline)]
    limit: Limit<50, 1000>,
    #[serde(default)]
    #[param(inline)]
    format: Format,
}

/// The review queue.
#[derive(Serialize, ToSchema)]
pub(super) struct RingList {
    items: Vec<RingRow>,
    next: Option<String>,
    /// How many there are of each verdict, whatever was asked for.
    counts: Counts,
    /// Null while no search has ended since the server started.
    last_search: Option<SearchView>,
    /// From this score on a ring is reported.
    score_min: u32,
    /// What is looked for.
    signs: Vec<SignRow>,
}

/// Rings by verdict.
#[derive(Default, Serialize, ToSchema)]
pub(super) struct Counts {
    open: u64,
    held: u64,
    confirmed: u64,
    cleared: u64,
}

/// A sign and what it takes.
#[derive(Serialize, ToSchema)]
pub(super) struct SignRow {
    sign: &'static str,
    /// What it adds alone, from 0 to 1.
    weight: f64,
    rule: Sentence,
}

/// Rings of people who may be cheating
///
/// Nobody is kept out by being in this list: somebody decides.
#[utoipa::path(
    get, path = "/api/v1/fraud/rings", tag = "network", operation_id = "network.ring.list",
    params(RingQuery),
    responses((status = 200, body = RingList)),
    extensions(("x-permission" = json!("review_fraud"))),
)]
pub(super) async fn list(
    caller: CanReviewFraud,
    State(slice): State<Slice>,
    Query(query): Query<RingQuery>,
) -> Result<Response, Problem> {
    let wanted = query.verdict.as_deref().map(|word| verdict(word, "verdict")).transpose()?;
    let kind =
        |word: &str| Kind::parse(word).ok_or_else(|| Problem::invalid("kind", "one of accounts, together, star"));
    let kind = query.kind.as_deref().map(kind).transpose()?;
    let live = slice.live(caller.workspace, None).await?;
    let booked = rings::rings_in_workspace(slice.records.reads(), caller.workspace).await;
    let booked = booked.map_err(Problem::unavailable)?;
    let mut counts = Counts::default();
    let mut seen: Vec<_> = live.read(|network| {
        let sight = |booked: rings::Booked| Some((Sight::of(network, &booked.ring, &caller.scope)?, booked));
        booked.into_iter().filter_map(sight).collect()
    });
    for (_, booked) in &seen {
        *match booked.verdict {
            facts::Verdict::Open => &mut counts.open,
            facts::Verdict::Held => &mut counts.held,
            facts::Verdict::Confirmed => &mut counts.confirmed,
            facts::Verdict::Cleared => &mut counts.cleared,
        } += 1;
    }
    seen.retain(|(sight, booked)| {
        wanted.is_none_or(|wanted| booked.verdict == wanted)
            && kind.is_none_or(|kind| booked.ring.kind == kind)
            && query.unit.as_ref().is_none_or(|unit| sight.units.contains(unit))
    });
    match query.sort.as_deref() {
        Some("score") => seen.sort_by_key(|(_, booked)| std::cmp::Reverse(booked.ring.score)),
        Some("size") => seen.sort_by_key(|(_, booked)| std::cmp::Reverse(booked.ring.size)),
        None | Some("newest") => {}
        Some(_) => return Err(Problem::invalid("sort", "one of newest, score, size")),
    }
    if let Some(after) = &query.after {
        let position = seen.iter().position(|(_, booked)| booked.id == *after);
        seen.drain(..position.map_or(0, |position| position + 1));
    }
    let limit = query.limit.get();
    let next = seen.get(limit).and_then(|_| seen.get(limit - 1)).map(|(_, booked)| booked.id.clone());
    seen.truncate(limit);
    let names = Mentioned::default().look_up(&slice, caller.workspace).await?;
    let items = seen.into_iter().map(|(sight, booked)| RingRow::of(booked, &sight, &names)).collect();
    let last_search = live.last_search().map(SearchView::from);
    let list = RingList { items, next, counts, last_search, score_min: SCORE_MIN, signs: signs() };
    Ok(match query.format {
        Format::Json => Json(list).into_response(),
        Format::Csv => csv(&list).into_response(),
    })
}

fn signs() -> Vec<SignRow> {
    let sign = |sign: &Sign| SignRow { sign: sign.as_str(), weight: sign.weight(), rule: sign.rule().into() };
    Sign::ALL.iter().map(sign).collect()
}

fn csv(list: &RingList) -> Csv {
    let columns = [
        "id",
        "verdict",
        "kind",
        "score",
        "people",
        "units",
        "campaigns",
        "found_at",
        "seen_at",
        "decided_at",
        "decided_by",
        "why",
        "reasons_zh",
        "reasons_en",
    ];
    let mut csv = Csv::new("rings", &columns);
    for ring in &list.items {
        let reasons = |words: fn(&Sentence) -> &str| {
            ring.reasons.iter().map(|reason| words(&reason.words)).collect::<Vec<_>>().join("; ")
        };
        let units: Vec<&str> = ring.units.iter().map(|unit| unit.name.as_str()).collect();
        let campaigns: Vec<&str> = ring.campaigns.iter().map(kernel::CampaignId::as_str).collect();
        csv.line([
            ring.id.clone().into(),
            ring.verdict.into(),
            ring.kind.into(),
            ring.score.into(),
            ring.size.into(),
            units.join(" ").into(),
            campaigns.join(" ").into(),
            ring.found_at.into(),
            ring.seen_at.into(),
            ring.decided_at.into(),
            ring.decided_by.clone().into(),
            ring.why.clone().into(),
            reasons(|words| &words.zh).into(),
            reasons(|words| &words.en).into(),
        ]);
    }
    csv
}
