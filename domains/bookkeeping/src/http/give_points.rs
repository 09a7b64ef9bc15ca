//! `POST /api/v1/ledger/points`

use axum::{extract::State, http::StatusCode, response::Response};
use kernel::{ErrorCode, PersonId, Timestamp, WorkspaceId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use web::{Asked, CanGivePoints, Origin, Problem};

use crate::{
    Slice,
    ops::{Gift, Outcome},
};

/// Points of one gift.
const POINTS_MAX: i64 = 1_000_000;
/// Longest reason, in characters.
const REASON_CHARS_MAX: usize = 200;

/// Points by hand.
#[derive(Deserialize, ToSchema)]
#[schema(as = PointsByHand, example = json!({"person": "p42", "points": 100, "reason": "活动补偿"}))]
pub(super) struct Points {
    /// To whom, as `p42`.
    #[schema(value_type = String)]
    person: PersonId,
    /// How many; below zero they are taken back. At most a million, not zero.
    points: i64,
    /// Why: it stands in the ledger and in the audit trail. 1 to 200 characters.
    reason: String,
    /// Until when they can be used; for ever when missing.
    #[schema(value_type = Option<String>, format = DateTime)]
    ends_at: Option<Timestamp>,
}

/// What was moved.
#[derive(Serialize, ToSchema)]
#[schema(as = PointsMoved)]
pub(super) struct Moved {
    /// The chain of transfers.
    chain: String,
    /// Whose accounts they moved on.
    owner: String,
    /// How many.
    points: i64,
}

/// Give points by hand, or take them back
///
/// What the person owes is repaid first. What is taken back and not there any more is owed from then on. Under one `Idempotency-Key` it
/// happens once, for ever.
#[utoipa::path(
    post, path = "/api/v1/ledger/points", tag = "ledger", operation_id = "ledger.points.give",
    request_body = Points,
    responses(
        (status = 201, body = Moved),
        (status = 409, description = "Other points were moved under this key before"),
        (status = 422, description = "A field is not valid, or nobody of this id can own points"),
    ),
    extensions(("x-permission" = json!("give_points")), ("x-once" = json!(true))),
)]
pub(super) async fn give(
    caller: CanGivePoints,
    State(slice): State<Slice>,
    origin: Origin,
    Asked { body, once }: Asked<Points>,
) -> Result<Response, Problem> {
    let now = slice.clock.now();
    let reads = slice.records.reads();
    if let Some(answer) = once.replay(reads, &caller, now).await? {
        return Ok(answer);
    }
    let reason = checked(&body, now)?;
    let subject = slice.persons.speaking(caller.workspace, body.person.0).await.map_err(Problem::unavailable)?;
    let subject = subject.ok_or_else(|| Problem::invalid("person", "nobody of this id can own points"))?;
    // The chain's id follows from the key, if there is one: then it is found again after the sticky answer is forgotten.
    let (_, keyed) = once.answer(&caller, StatusCode::CREATED, &())?;
    let chain = slice.chain(caller.workspace, keyed.map(|sticky| sticky.place));
    let owner = ledger::Owner::subject(&subject).as_str().to_owned();
    let moved = Moved { chain: chain.clone(), owner, points: body.points };
    let (answer, sticky) = once.answer(&caller, StatusCode::CREATED, &moved)?;
    let gift = Gift {
        workspace: caller.workspace,
        by: origin.by(&caller),
        at: now,
        chain,
        subject,
        points: body.points,
        ends_at: body.ends_at,
        reason,
        sticky,
    };
    match slice.giving.submit(gift).await.map_err(Problem::unavailable)? {
        Outcome::Done => Ok(answer),
        Outcome::Again => once.again(reads, &caller, now).await,
        Outcome::Refused(refusal) => Err(Problem::new(ErrorCode::Conflict).detail(refusal.to_string())),
    }
}

/// The reason, if everything asked is fit.
fn checked(asked: &Points, now: Timestamp) -> Result<String, Problem> {
    if asked.points == 0 || !(-POINTS_MAX..=POINTS_MAX).contains(&asked.points) {
        return Err(Problem::invalid("points", format!("at most {POINTS_MAX} either way, and not 0")));
    }
    if asked.ends_at.is_some_and(|at| at <= now || asked.points < 0) {
        return Err(Problem::invalid("ends_at", "a moment in the future, and only of points that are given"));
    }
    let reason = asked.reason.trim();
    let fits = (1..=REASON_CHARS_MAX).contains(&reason.chars().count()) && !reason.contains('\0');
    if fits {
        Ok(reason.to_owned())
    } else {
        Err(Problem::invalid("reason", format!("1 to {REASON_CHARS_MAX} characters")))
    }
}

impl Slice {
    fn chain(&self, workspace: WorkspaceId, place: Option<[u8; 32]>) -> String {
        let unique = place.unwrap_or_else(|| {
            let mut drawn = [0; 32];
            self.entropy.fill(&mut drawn);
            drawn
        });
        let mut hasher = blake3::Hasher::new();
        hasher.update(&workspace.0.to_le_bytes()).update(&unique);
        format!("points:{}", &hasher.finalize().to_hex()[..32])
    }
}
