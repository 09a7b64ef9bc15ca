//! `POST /api/v1/network/forecasts`

use axum::{extract::State, http::StatusCode};
use kernel::PersonId;
use web::{CanReadNetwork, Json, Origin, Problem};

use super::{StudyRow, invalid};
use crate::{
    Slice,
    ops::study::{Question, answer::SeedsAnswer, asked::ForecastAsked},
    store::studies::Kind,
};

/// Play a campaign forward
///
/// One that has not begun, from the people it is to start with; or one that is under way, from where it stands.
/// Works in the background: ask for the study until it is `done`.
#[utoipa::path(
    post, path = "/api/v1/network/forecasts", tag = "network", operation_id = "network.forecast.start",
    request_body = ForecastAsked,
    responses(
        (status = 202, body = StudyRow),
        (status = 422, description = "A field is not valid, or the plan is not done or not there"),
        (status = 429, description = "Eight studies are under way already"),
    ),
    extensions(("x-permission" = json!("read_network"))),
)]
pub(in crate::http) async fn start(
    caller: CanReadNetwork,
    State(slice): State<Slice>,
    origin: Origin,
    Json(mut asked): Json<ForecastAsked>,
) -> Result<(StatusCode, Json<StudyRow>), Problem> {
    invalid(asked.wrongs())?;
    let mut planned: Vec<PersonId> = Vec::new();
    if let Some(plan) = &asked.plan {
        let study = slice.study(caller.workspace, &caller.scope, plan).await;
        let answer = study.ok().filter(|study| study.kind == Kind::Seeds).and_then(|study| study.answer);
        let answer = answer.and_then(|answer| serde_json::from_str::<SeedsAnswer>(&answer).ok());
        let answer = answer.ok_or_else(|| {
            Problem::invalid(
                "plan",
                "there is no seed plan of this id that is done; choose one from the list".to_owned(),
            )
        })?;
        planned.extend(answer.seeds.iter().map(|seed| seed.person));
        if asked.seeds_cost_minor == 0 {
            asked.seeds_cost_minor = answer.seeds.iter().map(|seed| seed.cost_minor).fold(0, u64::saturating_add);
        }
    }
    let mut running = None;
    if let Some(id) = &asked.campaign {
        let live = slice.live(caller.workspace, None).await?;
        let found = slice.campaign(caller.workspace, id, &live).await;
        let found =
            found.map_err(|_| Problem::invalid("campaign", "there is no such campaign; choose one of the list"))?;
        running = Some(found.name);
    }
    asked.name = asked.name.trim().to_owned();
    if asked.name.is_empty() {
        asked.name = match running {
            Some(name) => format!("{name} · 续演 {} 天 days on", asked.days).chars().take(100).collect(),
            None => format!("{} 天推演 days", asked.days),
        };
    }
    let text = serde_json::to_string(&asked).map_err(Problem::unavailable)?;
    let question = Question::Forecast(asked.clone(), planned);
    slice.begin(&caller, &origin, (Kind::Forecast, asked.name, text), question).await
}
