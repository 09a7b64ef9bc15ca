//! `POST /api/v1/identity/decisions`

use axum::{extract::State, http::StatusCode, response::Response};
use kernel::ErrorCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use web::{Asked, CanManageIdentity, Origin, Problem};

use super::{DecisionAsked, settled, taken_back_before};
use crate::ops::{
    Slice,
    decide::{Choice, Order, Outcome},
};

/// Longest reason, in characters.
const REASON_CHARS_MAX: usize = 300;
/// Characters of a decision's id.
const ID_CHARS: usize = 12;

/// What is decided, and why.
#[derive(Deserialize, ToSchema)]
#[schema(example = json!({"decide": {"what": "merge", "one": "p12", "other": "p40"}, "reason": "同一位顾客，到店核实"}))]
pub(in crate::http) struct NewDecision {
    decide: DecisionAsked,
    /// 1 to 300 characters. It stands in the audit trail.
    reason: String,
}

/// A decision that is written down.
#[derive(Serialize, ToSchema)]
pub(in crate::http) struct DecisionMade {
    /// Its id; of a decision that was taken back the same.
    decision: String,
}

/// Decide who is who
///
/// Two people become one, stay two, or ids leave a person; or an earlier decision is taken back. It becomes a fact (`Identity
/// Decided`) and holds as soon as that is digested: network, paid sums and profiles follow. Nothing is ever lost: taken back, it
/// is as if it had never been.
#[utoipa::path(
    post, path = "/api/v1/identity/decisions", tag = "identity", operation_id = "identity.decision.create",
    request_body = NewDecision,
    responses(
        (status = 202, body = DecisionMade, description = "Written down; it is carried out in a moment"),
        (status = 404, description = "No such person, conflict, evidence or decision"),
        (status = 409, description = "The conflict was decided meanwhile, or the decision was taken back before"),
        (status = 422, description = "A field is not valid"),
    ),
    extensions(("x-permission" = json!("manage_identity")), ("x-once" = json!(true))),
)]
pub(in crate::http) async fn decide(
    caller: CanManageIdentity,
    State(slice): State<Slice>,
    origin: Origin,
    Asked { body: new, once }: Asked<NewDecision>,
) -> Result<Response, Problem> {
    let reads = slice.people.records.reads();
    if let Some(answer) = once.replay(reads, &caller, slice.clock.now()).await? {
        return Ok(answer);
    }
    let reason = new.reason.trim().to_owned();
    if reason.is_empty() || reason.chars().count() > REASON_CHARS_MAX || reason.contains('\0') {
        return Err(Problem::invalid(
            "reason",
            format!("1 to {REASON_CHARS_MAX} characters: it stands in the audit trail"),
        ));
    }
    let choice = slice.choice(caller.workspace, &new.decide).await?;
    let id = match &choice {
        Choice::Make { .. } => format!("d-{}", kernel::token(&*slice.entropy, ID_CHARS)),
        Choice::TakeBack { decision } => decision.clone(),
    };
    let (answer, sticky) = once.answer(&caller, StatusCode::ACCEPTED, &DecisionMade { decision: id.clone() })?;
    let order = Order { workspace: caller.workspace, by: origin.by(&caller), id, reason, choice, sticky };
    match slice.decisions.submit(order).await.map_err(Problem::unavailable)? {
        Outcome::Done => {
            slice.signal.notify_one();
            Ok(answer)
        }
        Outcome::Again => once.again(reads, &caller, slice.clock.now()).await,
        Outcome::Settled => Err(settled()),
        Outcome::NoSuchDecision => Err(ErrorCode::NotFound.into()),
        Outcome::TakenBackBefore => Err(taken_back_before()),
    }
}
