//! `GET /api/v1/segments/vocabulary`

use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;
use web::{CanReadNetwork, Json, Problem};

use crate::{
    model::{Measure, TraitDef},
    ops::{Slice, count, look},
    store,
};

/// Events and cities told at most, those of most people first.
const WORDS_MAX: usize = 500;

/// What rules can name.
#[derive(Serialize, ToSchema)]
pub(super) struct Vocabulary {
    /// The 500 of most people; `*`, any, comes first.
    events: Vec<VocabularyEvent>,
    /// The 500 of most people.
    cities: Vec<VocabularyCity>,
    traits: Vec<TraitDef>,
    tags: Vec<VocabularyTag>,
    measures: Vec<VocabularyMeasure>,
}

/// A name of facts.
#[derive(Serialize, ToSchema)]
pub(super) struct VocabularyEvent {
    event: String,
    /// How many did it, of those the caller may see.
    people: u64,
}

/// A city.
#[derive(Serialize, ToSchema)]
pub(super) struct VocabularyCity {
    city: String,
    people: u64,
}

/// A tag.
#[derive(Serialize, ToSchema)]
pub(super) struct VocabularyTag {
    tag: String,
    name: String,
    group: String,
}

/// A number that can be asked for.
#[derive(Serialize, ToSchema)]
pub(super) struct VocabularyMeasure {
    measure: Measure,
    zh: &'static str,
    en: &'static str,
    /// Whether it can be asked for a window of days.
    takes_window: bool,
}

/// What rules can name
#[utoipa::path(
    get, path = "/api/v1/segments/vocabulary", tag = "audience", operation_id = "audience.vocabulary.read",
    responses((status = 200, body = Vocabulary)),
    extensions(("x-permission" = json!("read_network"))),
)]
pub(super) async fn read(caller: CanReadNetwork, State(slice): State<Slice>) -> Result<Json<Vocabulary>, Problem> {
    let live = slice.live(caller.workspace, None).await?;
    let seen = slice.seen_by(&caller, &live).await?;
    let reads = slice.records.reads();
    let traits = store::traits_in_workspace(reads, caller.workspace).await.map_err(Problem::unavailable)?;
    let tags = store::tags_in_workspace(reads, caller.workspace).await.map_err(Problem::unavailable)?;
    let tags = tags.into_iter().map(|tag| VocabularyTag { tag: tag.id, name: tag.name, group: tag.group }).collect();
    let (events, cities) = look(&live, move |engine| {
        let most = |words: Vec<(&str, u64)>| {
            let mut words: Vec<(String, u64)> = words
                .into_iter()
                .filter(|(_, people)| *people > 0)
                .map(|(word, people)| (word.to_owned(), people))
                .collect();
            words.sort_unstable_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
            words.truncate(WORDS_MAX);
            words
        };
        let people = engine.people();
        let events = most(people.event_people().map(|(event, who)| (event, count(&who, seen.as_ref()))).collect());
        let cities = most(people.city_people().map(|(city, who)| (city, count(&who, seen.as_ref()))).collect());
        (events, cities)
    })
    .await?;
    let measures = Measure::ALL.iter().map(|(measure, zh, en)| VocabularyMeasure {
        measure: *measure,
        zh,
        en,
        takes_window: measure.takes_window(),
    });
    Ok(Json(Vocabulary {
        events: events.into_iter().map(|(event, people)| VocabularyEvent { event, people }).collect(),
        cities: cities.into_iter().map(|(city, people)| VocabularyCity { city, people }).collect(),
        traits,
        tags,
        measures: measures.collect(),
    }))
}
