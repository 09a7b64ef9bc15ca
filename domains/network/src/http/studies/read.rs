//! `GET /api/v1/network/studies/{study}`

use axum::{
    extract::State,
    response::{IntoResponse, Response},
};
use kernel::{Handle, PersonId};
use serde::{Deserialize, de::DeserializeOwned};
use utoipa::IntoParams;
use web::{CanReadNetwork, Cell, Csv, Format, Json, Path, Problem, Query};

use super::{StudyRow, StudyView};
use crate::{
    Slice,
    http::naming::{Mentioned, Names},
    ops::study::answer::{Failure, ForecastAnswer, SeedsAnswer, StoreName, Told},
    store::studies::{Kind, State as StudyState},
};

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(in crate::http) struct ReadQuery {
    #[serde(default)]
    #[param(inline)]
    format: Format,
}

/// A study: how far it is, and its answer
///
/// As a table: the people to start with and why, or the curves hour by hour.
#[utoipa::path(
    get, path = "/api/v1/network/studies/{study}", tag = "network", operation_id = "network.study.read",
    params(("study" = String, Path), ReadQuery),
    responses((status = 200, body = StudyView), (status = 404, description = "No such study in the caller's scope")),
    extensions(("x-permission" = json!("read_network"))),
)]
pub(in crate::http) async fn read(
    caller: CanReadNetwork,
    State(slice): State<Slice>,
    Path(id): Path<String>,
    Query(query): Query<ReadQuery>,
) -> Result<Response, Problem> {
    let under_way = slice.studies.under_way(caller.workspace);
    let study = slice.study(caller.workspace, &caller.scope, &id).await?;
    let live = slice.live(caller.workspace, None).await?;
    let (kind, state, asked) = (study.kind, study.state, study.asked.clone());
    let answer = study.answer.clone();
    let done = answer.as_deref().filter(|_| state == StudyState::Done);
    let mut view = StudyView {
        row: StudyRow::of(&under_way, study),
        asked_seeds: of_kind(kind == Kind::Seeds, Some(&asked))?,
        asked_forecast: of_kind(kind == Kind::Forecast, Some(&asked))?,
        seeds: of_kind(kind == Kind::Seeds, done)?,
        forecast: of_kind(kind == Kind::Forecast, done)?,
        failure: of_kind::<Failure>(state == StudyState::Failed, answer.as_deref())?.map(|failure| failure.words),
    };
    // Persons may have become one with others since, and names are those of today.
    let mut mentioned = Mentioned::default();
    live.read(|network| {
        for seed in view.seeds.iter_mut().flat_map(|seeds| &mut seeds.seeds) {
            let person: Handle = network.people().person(seed.person.0);
            seed.person = PersonId(person);
            mentioned.add(network.people(), person);
        }
    });
    let names = mentioned.look_up(&slice, caller.workspace).await?;
    name(&mut view, &names);
    Ok(match (query.format, &view.seeds, &view.forecast) {
        (Format::Csv, Some(seeds), _) => seeds_csv(seeds).into_response(),
        (Format::Csv, _, Some(forecast)) => forecast_csv(forecast).into_response(),
        _ => Json(view).into_response(),
    })
}

fn of_kind<T: DeserializeOwned>(is: bool, text: Option<&str>) -> Result<Option<T>, Problem> {
    let text = text.filter(|_| is);
    text.map(serde_json::from_str).transpose().map_err(Problem::unavailable)
}

fn name(view: &mut StudyView, names: &Names) {
    let store = |store: &mut StoreName| store.name = names.unit(store.unit.as_ref()).map(|unit| unit.name);
    if let Some(seeds) = &mut view.seeds {
        for seed in &mut seeds.seeds {
            seed.name = names.person(seed.person.0);
            store(&mut seed.store);
        }
        seeds.stores.iter_mut().for_each(|row| store(&mut row.store));
    }
    if let Some(forecast) = &mut view.forecast {
        forecast.stores.iter_mut().for_each(|row| store(&mut row.store));
    }
}

fn seeds_csv(answer: &SeedsAnswer) -> Csv {
    let columns = [
        "rank",
        "person",
        "name",
        "store",
        "gain",
        "cost_minor",
        "forced",
        "anyway",
        "ties",
        "invites",
        "campaigns",
        "reasons_zh",
        "reasons_en",
    ];
    let mut csv = Csv::new("seeds", &columns);
    for seed in &answer.seeds {
        let reasons = |words: fn(&Told) -> &str| seed.reasons.iter().map(words).collect::<Vec<_>>().join("; ");
        csv.line([
            seed.rank.into(),
            seed.person.to_string().into(),
            seed.name.clone().into(),
            seed.store.name.clone().into(),
            seed.gain.into(),
            seed.cost_minor.into(),
            seed.forced.into(),
            seed.anyway.into(),
            seed.ties.into(),
            seed.invites.into(),
            seed.campaigns.into(),
            reasons(|told| &told.zh).into(),
            reasons(|told| &told.en).into(),
        ]);
    }
    csv
}

fn forecast_csv(answer: &ForecastAnswer) -> Csv {
    let levels = ["p5", "p10", "p25", "p50", "p75", "p90", "p95"];
    let columns: Vec<String> = std::iter::once("hour".to_owned())
        .chain(["people", "fans"].iter().flat_map(|what| levels.map(|level| format!("{what}_{level}"))))
        .collect();
    let mut csv = Csv::new("forecast", &columns.iter().map(String::as_str).collect::<Vec<_>>());
    for (place, hour) in answer.hours.iter().enumerate() {
        let curves = [&answer.people, &answer.fans]
            .into_iter()
            .flat_map(|bands| [&bands.p5, &bands.p10, &bands.p25, &bands.p50, &bands.p75, &bands.p90, &bands.p95]);
        let cells = curves.map(|curve| Cell::from(curve[place]));
        csv.cells(std::iter::once(Cell::from(*hour)).chain(cells));
    }
    csv
}
