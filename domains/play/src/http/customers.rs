//! What customers see and do: `/api/v1/fan/{workspace}/plays/{play}…`. Every command may be sent again: it is done once, by what it is.

use axum::extract::State;
use facts::NamedId;
use kernel::{ErrorCode, Timestamp, WorkspaceId};
use serde::Serialize;
use utoipa::ToSchema;
use web::{Fan, Json, Path, Problem, ProblemItem};

use super::view::{Shown, shown};
use crate::{
    Slice,
    model::{Declaration, Grant, GrantState, Instance, InstanceState, Kind, Phase, Progress, SeatState, Subject},
    ops::{Acted, Asked, Command, Order, Outcome},
    rules::{
        words::Refusal,
        world::{Act, Done},
    },
    store::taken,
};

/// Characters of the id of a try: nobody guesses one.
const ID_LENGTH: usize = 12;

/// A play as customers see it.
#[derive(Serialize, ToSchema)]
#[schema(as = FanPlay)]
pub(super) struct PlayShown {
    id: String,
    /// What it is called.
    name: String,
    kind: Kind,
    phase: Phase,
    /// The rules in words.
    terms: String,
    /// Who answers for it.
    organiser: String,
    #[schema(value_type = String, format = DateTime)]
    starts_at: Timestamp,
    #[schema(value_type = String, format = DateTime)]
    ends_at: Timestamp,
    /// How many friends it takes at most; 0 when none are needed.
    friends: i64,
    rewards: Vec<Shown>,
    /// How often nothing is won, of a million, if a draw decides.
    none_ppm: Option<u32>,
    /// What one began, if anything.
    mine: Option<InstanceShown>,
    /// What one has.
    got: Vec<Got>,
}

/// A reward one has.
#[derive(Serialize, ToSchema)]
#[schema(as = FanGrant)]
struct Got {
    reward: String,
    name: String,
    /// What is in it, if it is money.
    fen: Option<i64>,
    state: GrantState,
    /// Claim it by then.
    #[schema(value_type = Option<String>, format = DateTime)]
    until: Option<Timestamp>,
}

/// A try as customers see it.
#[derive(Serialize, ToSchema)]
#[schema(as = FanInstance)]
pub(super) struct InstanceShown {
    id: String,
    state: InstanceState,
    /// What was counted; of a bargain what was cut off, in fen.
    progress: i64,
    /// What it takes for everything.
    goal: i64,
    /// How many friends helped.
    helpers: u32,
    /// One's own.
    is_mine: bool,
    /// Whether one helped it, and did not take that back.
    helped: bool,
    #[schema(value_type = String, format = DateTime)]
    deadline: Timestamp,
    /// Seats that were paid, and seats that wait for money.
    seats: SeatsShown,
    /// The cards that came.
    cards: std::collections::BTreeMap<String, u32>,
}

/// Seats of a group.
#[derive(Serialize, ToSchema)]
#[schema(as = FanSeats)]
struct SeatsShown {
    paid: usize,
    locked: usize,
}

/// What became of an act.
#[derive(Serialize, ToSchema)]
#[schema(as = FanPlayAnswer)]
pub(super) struct Answer {
    /// The try it was about.
    instance: Option<InstanceShown>,
    /// What it brought at once: a cut in fen, one more friend.
    amount: Option<i64>,
    /// What a draw came to; null for nothing.
    drawn: Option<Got>,
    /// The card that came.
    card: Option<String>,
    /// What one has claimed.
    claimed: Vec<Got>,
    /// Pay by then.
    #[schema(value_type = Option<String>, format = DateTime)]
    pay_by: Option<Timestamp>,
}

fn got(declaration: &Declaration, grant: &Grant) -> Got {
    let reward = declaration.reward(&grant.reward);
    let fen = declaration.packet_of(&grant.reward).map(|_| grant.cost_fen - reward.map_or(0, |reward| reward.cost_fen));
    Got {
        reward: grant.reward.clone(),
        name: reward.map_or_else(String::new, |reward| reward.name.clone()),
        fen,
        state: grant.state,
        until: grant.until,
    }
}

impl InstanceShown {
    fn of(declaration: &Declaration, instance: &Instance, is_mine: bool, helped: bool) -> Self {
        let goal = match &declaration.progress {
            Progress::Sum { start_fen, floor_fen, .. } => start_fen - floor_fen,
            _ => declaration.thresholds.last().map_or(0, |last| last.at),
        };
        let seats = |is: fn(&SeatState) -> bool| instance.seats.iter().filter(|seat| is(&seat.state)).count();
        Self {
            id: instance.id.clone(),
            state: instance.state,
            progress: instance.progress,
            goal,
            helpers: instance.helpers,
            is_mine,
            helped,
            deadline: instance.deadline,
            seats: SeatsShown {
                paid: seats(|state| matches!(state, SeatState::Paid(_))),
                locked: seats(|state| matches!(state, SeatState::Locked(_))),
            },
            cards: instance.cards.clone(),
        }
    }
}

/// Why somebody cannot, as a problem that says what to do: `errors[0].field` is the reason's stable word.
pub(super) fn refusal(refusal: Refusal) -> Problem {
    let code = match refusal {
        Refusal::Missing => ErrorCode::NotFound,
        Refusal::SignInFirst => ErrorCode::Forbidden,
        _ => ErrorCode::Conflict,
    };
    let field = Some(refusal.slug().to_owned());
    Problem::new(code).detail(refusal.en()).item(ProblemItem { index: None, field, message: refusal.zh().to_owned() })
}

impl Slice {
    /// Hands in an act.
    pub(super) async fn act(
        &self,
        workspace: WorkspaceId,
        play: String,
        by: NamedId,
        signed_in: bool,
        act: Act,
    ) -> Result<Acted, Problem> {
        let mut seed = [0; 8];
        self.entropy.fill(&mut seed);
        let id = kernel::token(&*self.entropy, ID_LENGTH);
        let asked = Asked { play, by, signed_in, id, seed: u64::from_le_bytes(seed), act };
        let order = Order { workspace, command: Command::Act(Box::new(asked)), sticky: None };
        let outcome = self.commands.submit(order).await.map_err(Problem::unavailable)?;
        self.signal.notify_one();
        match outcome {
            Outcome::Acted(acted) => Ok(*acted),
            _ => Err(Problem::new(ErrorCode::NotFound).detail("There is no such play")),
        }
    }

    async fn fan_acts(&self, fan: &Fan, play: String, act: Act) -> Result<Json<Answer>, Problem> {
        let acted = self.act(fan.workspace, play, fan.subject.clone(), fan.signed_in, act.clone()).await?;
        let declaration = &acted.declaration;
        let done = acted.outcome.map_err(refusal)?;
        let me = Subject::from(&fan.subject);
        let began = matches!(act, Act::Join | Act::CheckIn | Act::Claim(_));
        let helped = matches!(act, Act::Help(_));
        let instance = acted.instance.as_ref();
        let instance = instance.map(|one| InstanceShown::of(declaration, one, began || one.owner == me, helped));
        let mut answer = Answer { instance, amount: None, drawn: None, card: None, claimed: Vec::new(), pay_by: None };
        match done {
            Done::Helped { amount } => answer.amount = Some(amount),
            Done::Seated(until) => answer.pay_by = Some(until),
            Done::CheckedIn { card } => answer.card = card,
            Done::Claimed(grants) => answer.claimed = grants.iter().map(|grant| got(declaration, grant)).collect(),
            Done::Drawn { reward: Some(reward), fen } => {
                let name = declaration.reward(&reward).map_or_else(String::new, |reward| reward.name.clone());
                let fen = declaration.packet_of(&reward).map(|_| fen);
                answer.drawn = Some(Got { reward, name, fen, state: GrantState::Given, until: None });
            }
            _ => {}
        }
        Ok(Json(answer))
    }
}

/// A play, and how one stands in it
#[utoipa::path(
    get, path = "/api/v1/fan/{workspace}/plays/{play}", tag = "play", operation_id = "play.fan_play.read",
    params(("workspace" = u32, Path), ("play" = String, Path)),
    responses((status = 200, body = PlayShown), (status = 404, description = "No such play")),
    extensions(("x-permission" = json!("fan"))),
)]
pub(super) async fn read(
    fan: Fan,
    State(slice): State<Slice>,
    Path((_, id)): Path<(u32, String)>,
) -> Result<Json<PlayShown>, Problem> {
    let play = slice.play(fan.workspace, &id).await?;
    if play.phase == Phase::Draft {
        return Err(ErrorCode::NotFound.into());
    }
    let (reads, me, declaration) = (slice.records.reads(), Subject::from(&fan.subject), &play.declaration);
    let people = taken::people(reads, fan.workspace, &id, std::slice::from_ref(&me)).await;
    let person = people.map_err(Problem::unavailable)?.remove(&me).unwrap_or_default();
    let mine = person.owns.last().map(String::as_str);
    let mine = taken::instances(reads, fan.workspace, &id, mine).await.map_err(Problem::unavailable)?.pop();
    let none_ppm = match &declaration.chance {
        Some(crate::model::Chance::Lottery { none_ppm, .. }) => Some(*none_ppm),
        _ => None,
    };
    Ok(Json(PlayShown {
        id,
        name: play.name.clone(),
        kind: declaration.kind,
        phase: play.phase,
        terms: declaration.terms.text.clone(),
        organiser: declaration.terms.organiser.clone(),
        starts_at: declaration.starts_at,
        ends_at: declaration.ends_at,
        friends: if declaration.needs_friends() { declaration.friends() } else { 0 },
        rewards: shown(declaration, &play.pools),
        none_ppm,
        mine: mine.map(|instance| InstanceShown::of(declaration, &instance, true, false)),
        got: person.grants.iter().map(|grant| got(declaration, grant)).collect(),
    }))
}

/// Begin, or take part
///
/// Whoever began already gets what they began; a draw is drawn once.
#[utoipa::path(
    post, path = "/api/v1/fan/{workspace}/plays/{play}/join", tag = "play", operation_id = "play.fan_try.create",
    params(("workspace" = u32, Path), ("play" = String, Path)),
    responses(
        (status = 200, body = Answer),
        (status = 404, description = "No such play"),
        (status = 409, description = "Not now, or not they: the reason's word stands in `errors`"),
    ),
    extensions(("x-permission" = json!("fan"))),
)]
pub(super) async fn join(
    fan: Fan,
    State(slice): State<Slice>,
    Path((_, play)): Path<(u32, String)>,
) -> Result<Json<Answer>, Problem> {
    slice.fan_acts(&fan, play, Act::Join).await
}

/// Come today
#[utoipa::path(
    post, path = "/api/v1/fan/{workspace}/plays/{play}/check-in", tag = "play", operation_id = "play.fan_check_in.create",
    params(("workspace" = u32, Path), ("play" = String, Path)),
    responses(
        (status = 200, body = Answer),
        (status = 404, description = "No such play, or one has not begun"),
        (status = 409, description = "Not now, or not they: the reason's word stands in `errors`"),
    ),
    extensions(("x-permission" = json!("fan"))),
)]
pub(super) async fn check_in(
    fan: Fan,
    State(slice): State<Slice>,
    Path((_, play)): Path<(u32, String)>,
) -> Result<Json<Answer>, Problem> {
    slice.fan_acts(&fan, play, Act::CheckIn).await
}

/// What somebody began
///
/// For friends who open its link.
#[utoipa::path(
    get, path = "/api/v1/fan/{workspace}/plays/{play}/instances/{instance}", tag = "play",
    operation_id = "play.fan_try.read",
    params(("workspace" = u32, Path), ("play" = String, Path), ("instance" = String, Path)),
    responses((status = 200, body = InstanceShown), (status = 404, description = "No such play or try")),
    extensions(("x-permission" = json!("fan"))),
)]
pub(super) async fn read_instance(
    fan: Fan,
    State(slice): State<Slice>,
    Path((_, play, instance)): Path<(u32, String, String)>,
) -> Result<Json<InstanceShown>, Problem> {
    let known = slice.play(fan.workspace, &play).await?;
    let found = taken::instances(slice.records.reads(), fan.workspace, &play, [instance.as_str()]).await;
    let instance = found.map_err(Problem::unavailable)?.pop().ok_or(ErrorCode::NotFound)?;
    let me = Subject::from(&fan.subject);
    let people = taken::people(slice.records.reads(), fan.workspace, &play, std::slice::from_ref(&me)).await;
    let person = people.map_err(Problem::unavailable)?.remove(&me).unwrap_or_default();
    let seated = instance.seats.iter().any(|seat| seat.subject == me);
    let helped = seated || person.helps.iter().any(|help| help.instance == instance.id && help.live);
    Ok(Json(InstanceShown::of(&known.declaration, &instance, instance.owner == me, helped)))
}

/// Help somebody; in a group, take a seat
#[utoipa::path(
    post, path = "/api/v1/fan/{workspace}/plays/{play}/instances/{instance}/help", tag = "play",
    operation_id = "play.fan_help.create",
    params(("workspace" = u32, Path), ("play" = String, Path), ("instance" = String, Path)),
    responses(
        (status = 200, body = Answer),
        (status = 404, description = "No such play or try"),
        (status = 409, description = "Not now, or not they: the reason's word stands in `errors`"),
    ),
    extensions(("x-permission" = json!("fan"))),
)]
pub(super) async fn help(
    fan: Fan,
    State(slice): State<Slice>,
    Path((_, play, instance)): Path<(u32, String, String)>,
) -> Result<Json<Answer>, Problem> {
    slice.fan_acts(&fan, play, Act::Help(instance)).await
}

/// Take help back
///
/// As long as it does not count for good.
#[utoipa::path(
    delete, path = "/api/v1/fan/{workspace}/plays/{play}/instances/{instance}/help", tag = "play",
    operation_id = "play.fan_help.delete",
    params(("workspace" = u32, Path), ("play" = String, Path), ("instance" = String, Path)),
    responses(
        (status = 200, body = Answer),
        (status = 404, description = "No such play, try or help"),
        (status = 409, description = "It counts for good"),
    ),
    extensions(("x-permission" = json!("fan"))),
)]
pub(super) async fn retract(
    fan: Fan,
    State(slice): State<Slice>,
    Path((_, play, instance)): Path<(u32, String, String)>,
) -> Result<Json<Answer>, Problem> {
    slice.fan_acts(&fan, play, Act::Retract(instance)).await
}

/// Claim what was reached
#[utoipa::path(
    post, path = "/api/v1/fan/{workspace}/plays/{play}/instances/{instance}/claim", tag = "play",
    operation_id = "play.fan_claim.create",
    params(("workspace" = u32, Path), ("play" = String, Path), ("instance" = String, Path)),
    responses(
        (status = 200, body = Answer),
        (status = 404, description = "No such play or try"),
        (status = 409, description = "Not reached, nothing left, or not theirs: the reason's word stands in `errors`"),
    ),
    extensions(("x-permission" = json!("fan"))),
)]
pub(super) async fn claim(
    fan: Fan,
    State(slice): State<Slice>,
    Path((_, play, instance)): Path<(u32, String, String)>,
) -> Result<Json<Answer>, Problem> {
    slice.fan_acts(&fan, play, Act::Claim(instance)).await
}
