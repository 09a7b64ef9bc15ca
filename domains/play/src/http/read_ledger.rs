//! `GET /api/v1/plays/{play}/ledger`

use axum::extract::State;
use kernel::{ErrorCode, Scope};
use serde::Serialize;
use utoipa::ToSchema;
use web::{CanManageCampaigns, Json, Path, Problem};

use crate::{
    Slice,
    model::{Op, Pools},
    store::taken::{self, Sum},
};

/// What the transfers of one reward add up to, beside what the counters say.
#[derive(Serialize, ToSchema)]
#[schema(as = PlayLedgerRow)]
struct Line {
    reward: String,
    /// Kept for somebody, all transfers added up.
    held: i64,
    /// Given.
    given: i64,
    /// Gone back into stock, ever.
    returned: i64,
    /// Money given, less what was taken back.
    spent_fen: i64,
    /// Whether the counters say the same.
    agrees: bool,
}

/// A play's transfers, added up anew.
#[derive(Serialize, ToSchema)]
#[schema(as = PlayLedger)]
pub(super) struct Ledger {
    rows: Vec<Line>,
    /// Every counter, the money included, says what the transfers say.
    agrees: bool,
}

fn line(reward: &str, sums: &[Sum], pools: &Pools) -> (Line, i64) {
    let of = |op: Op| {
        let found = sums.iter().find(|sum| sum.reward == reward && sum.op == op.slug());
        found.map_or((0, 0), |sum| (sum.units, sum.fen))
    };
    let (hold, give, void, back) = (of(Op::Hold), of(Op::Give), of(Op::Void), of(Op::Back));
    let (held, given) = (hold.0 - give.0 - void.0, give.0 - back.0);
    let pool = pools.rewards.get(reward).copied().unwrap_or_default();
    let line = Line {
        reward: reward.to_owned(),
        held,
        given,
        returned: void.0 + back.0,
        spent_fen: give.1 - back.1,
        agrees: (pool.held, pool.given) == (held, given),
    };
    (line, hold.1 - give.1 - void.1)
}

/// Reconcile a play
///
/// Adds up every transfer of it and compares that with the counters stock and budget are guarded by. Only for callers who see
/// everybody.
#[utoipa::path(
    get, path = "/api/v1/plays/{play}/ledger", tag = "play", operation_id = "play.ledger.read",
    params(("play" = String, Path)),
    responses((status = 200, body = Ledger), (status = 404, description = "No such play")),
    extensions(("x-permission" = json!("manage_campaigns"))),
)]
pub(super) async fn read(
    caller: CanManageCampaigns,
    State(slice): State<Slice>,
    Path(id): Path<String>,
) -> Result<Json<Ledger>, Problem> {
    if caller.scope != Scope::All {
        return Err(ErrorCode::NotFound.into());
    }
    // The counters are read first and last: what moved in between would look like a difference.
    let mut before = slice.play(caller.workspace, &id).await?;
    let sums = loop {
        let sums =
            taken::transferred(slice.records.reads(), caller.workspace, &id).await.map_err(Problem::unavailable)?;
        let after = slice.play(caller.workspace, &id).await?;
        if after.pools == before.pools {
            break sums;
        }
        before = after;
    };
    let rewards = before.declaration.rewards.iter();
    let (rows, held): (Vec<Line>, Vec<i64>) = rewards.map(|reward| line(&reward.id, &sums, &before.pools)).unzip();
    let spent: i64 = rows.iter().map(|row| row.spent_fen).sum();
    let money = (held.iter().sum::<i64>(), spent) == (before.pools.held_fen, before.pools.spent_fen);
    let agrees = money && rows.iter().all(|row| row.agrees);
    Ok(Json(Ledger { rows, agrees }))
}
