//! `GET /api/v1/persons/{person}/audience`

use axum::extract::State;
use kernel::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use web::{CanReadNetwork, Json, Path, Problem, Query};

use super::view::Brief;
use crate::{
    model::{Standing, kept::Intent},
    ops::Slice,
    rules::value::{Stage, ValueClass},
    store,
};

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct PersonQuery {
    /// Answer only when the fact at this offset has been digested.
    wait_offset: Option<u64>,
}

/// What is kept of a person.
#[derive(Serialize, ToSchema)]
pub(super) struct PersonAudience {
    standing: Standing,
    /// Null for who was only spoken of.
    stage: Option<Stage>,
    /// Null for who never paid.
    value_class: Option<ValueClass>,
    /// Null for who never paid.
    rfm: Option<Rfm>,
    /// Days from one order to the next on average; null with fewer than two.
    purchase_period_days: Option<f64>,
    tags: Vec<WornTag>,
    traits: Vec<TraitValue>,
    segments: Vec<Brief>,
    /// What they did most within 90 days, at most five.
    prefers: Vec<Preference>,
}

/// Fifths of all who paid, from 1 to 5, the best; ties go by who came first.
#[derive(Serialize, ToSchema)]
pub(super) struct Rfm {
    /// How lately.
    r: u8,
    /// How often.
    f: u8,
    /// How much.
    m: u8,
    /// Days since the last order.
    recency_days: i64,
    orders: i64,
    /// In the smallest unit of the currency.
    paid_minor: i64,
}

/// A tag a person wears.
#[derive(Serialize, ToSchema)]
pub(super) struct WornTag {
    tag: String,
    group: String,
    name: String,
    intent: Intent,
    /// `staff:<id>`, `key:<id>`, or `rule`.
    by: String,
    /// When it was put on; null by a rule.
    #[schema(value_type = Option<String>, format = DateTime)]
    at: Option<Timestamp>,
    /// The tag falls off at the end of the day this lies in.
    #[schema(value_type = Option<String>, format = DateTime)]
    until: Option<Timestamp>,
    note: Option<String>,
}

/// What a trait tells.
#[derive(Serialize, ToSchema)]
pub(super) struct TraitValue {
    name: String,
    zh: String,
    en: String,
    /// Null when there is no such number.
    value: Option<i64>,
}

/// Something a person does.
#[derive(Serialize, ToSchema)]
pub(super) struct Preference {
    /// Name of the facts.
    what: String,
    /// Of all they did, from 0 to 1.
    share: f64,
}

/// Who a person is to the brand
///
/// Standing, stage, value, tags, traits and segments of somebody the caller may see.
#[utoipa::path(
    get, path = "/api/v1/persons/{person}/audience", tag = "audience", operation_id = "audience.person.read",
    params(("person" = String, Path, description = "`p42`, `user:<id>` or `anonymous:<id>`"), PersonQuery),
    responses((status = 200, body = PersonAudience), (status = 404, description = "Nobody the caller may see")),
    extensions(("x-permission" = json!("read_network"))),
)]
pub(super) async fn read(
    caller: CanReadNetwork,
    State(slice): State<Slice>,
    Path(person): Path<String>,
    Query(query): Query<PersonQuery>,
) -> Result<Json<PersonAudience>, Problem> {
    let live = slice.live(caller.workspace, query.wait_offset).await?;
    let seen = slice.seen_by(&caller, &live).await?;
    let handle = slice.handle(caller.workspace, &live, seen.as_ref(), &person).await?;
    let person = live.read(|engine| engine.people().person(handle));
    let portrait = slice.portrait(&live, person).await?;
    let reads = slice.records.reads();
    let tags = store::tags_in_workspace(reads, caller.workspace).await.map_err(Problem::unavailable)?;
    let defs = store::traits_in_workspace(reads, caller.workspace).await.map_err(Problem::unavailable)?;
    let worn =
        store::worn_in_workspace(reads, caller.workspace, &portrait.handles).await.map_err(Problem::unavailable)?;
    let names = slice.names(caller.workspace).await?;
    let tags = tags.into_iter().filter_map(|tag| {
        let by_hand = portrait.tags.contains(&tag.id);
        let by_rule = portrait.segments.contains(&tag.id);
        let last = worn.iter().filter(|worn| by_hand && worn.tag == tag.id).max_by_key(|worn| worn.at);
        (by_hand || by_rule).then(|| WornTag {
            by: last.map_or_else(|| "rule".to_owned(), |worn| worn.by.clone()),
            at: last.map(|worn| worn.at),
            until: last.and_then(|worn| worn.until),
            note: last.and_then(|worn| worn.note.clone()),
            tag: tag.id,
            group: tag.group,
            name: tag.name,
            intent: tag.intent,
        })
    });
    let value = |name: &str| portrait.traits.iter().find(|(known, _)| known == name).and_then(|(_, value)| *value);
    let brief = |id: &String| Some(Brief { name: names.get(id)?.clone(), segment: id.clone() });
    Ok(Json(PersonAudience {
        standing: portrait.standing,
        stage: portrait.stage,
        value_class: portrait.bought.map(|(bought, fifths)| fifths.class(&bought)),
        rfm: portrait.bought.map(|(bought, fifths)| Rfm {
            r: fifths.recency,
            f: fifths.frequency,
            m: fifths.money,
            recency_days: bought.recency_days,
            orders: bought.orders,
            paid_minor: bought.paid_minor,
        }),
        purchase_period_days: portrait.purchase_period_days,
        tags: tags.collect(),
        traits: defs
            .into_iter()
            .map(|def| TraitValue { value: value(&def.name), name: def.name, zh: def.zh, en: def.en })
            .collect(),
        segments: portrait.segments.iter().filter(|id| !id.starts_with("tg_")).filter_map(brief).collect(),
        prefers: portrait.prefers.into_iter().map(|(what, share)| Preference { what, share }).collect(),
    }))
}
