//! `GET /api/v1/persons`

use axum::{
    extract::State,
    response::{IntoResponse, Response},
};
use kernel::{Handle, PersonId, Timestamp, UnitId};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use web::{CanReadNetwork, Csv, Format, Json, Limit, Problem, Query};

use super::reads_ids;
use crate::{
    UnitBrief,
    model::{Filter, Hit, Matched},
    ops::{
        Slice,
        find_people::{Asker, People, Person, Search},
    },
};

/// Lines of an export at most.
const EXPORT_MAX: usize = 10_000;

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct PeopleQuery {
    /// A name or part of one, its pinyin in full or by first letters, an id, a phone number or its last four digits. When
    /// missing, those who were there last come first.
    q: Option<String>,
    /// Only fans, or only visitors.
    #[param(inline)]
    kind: Option<Kind>,
    /// Only who says to live there.
    city: Option<String>,
    /// Only people whose root belongs to this unit.
    #[param(value_type = Option<String>)]
    unit: Option<UnitId>,
    /// Only who was seen at or after this time.
    #[param(value_type = Option<String>, format = DateTime)]
    seen_from: Option<Timestamp>,
    /// `next` of the page before.
    after: Option<String>,
    /// Answer only when the fact at this offset has been digested.
    wait_offset: Option<u64>,
    #[serde(default)]
    #[param(inline)]
    limit: Limit<50, 200>,
    /// `csv` gives the first 10,000, whatever the limit.
    #[serde(default)]
    #[param(inline)]
    format: Format,
}

/// Who left phone and WeChat id is a fan, anybody else a visitor.
#[derive(Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum Kind {
    Fan,
    Visitor,
}

/// People who answer, the best first.
#[derive(Serialize, ToSchema)]
pub(super) struct PersonList {
    items: Vec<PersonRow>,
    /// Send this as `after` to get the next page; null when this was the last.
    next: Option<String>,
    /// How many there are in all.
    total: usize,
    /// Whether `total` is exact; else there are at least so many.
    total_is_exact: bool,
}

/// Somebody who was found. Ids and numbers are masked.
#[derive(Serialize, ToSchema)]
pub(super) struct PersonRow {
    #[schema(value_type = String)]
    person: PersonId,
    /// Null when they have told none.
    name: Option<String>,
    /// Why they were found.
    matched: Matched,
    /// Left phone and WeChat id.
    is_fan: bool,
    /// Phone with its middle hidden.
    phone_masked: Option<String>,
    city: Option<String>,
    /// When they first did something; null when they were only spoken of.
    #[schema(value_type = Option<String>, format = DateTime)]
    first_seen: Option<Timestamp>,
    /// When they did something last.
    #[schema(value_type = Option<String>, format = DateTime)]
    last_seen: Option<Timestamp>,
    /// The unit of their root, in the campaign they joined last.
    unit: Option<UnitRow>,
    /// In how many campaigns the caller sees them.
    campaigns: u32,
    /// Most people they brought in one campaign, directly or not.
    reach: u32,
}

/// A unit by id and name.
#[derive(Serialize, ToSchema)]
pub(super) struct UnitRow {
    #[schema(value_type = String)]
    id: UnitId,
    /// The id again when the organisation does not know it.
    name: String,
}

impl From<UnitBrief> for UnitRow {
    fn from(UnitBrief { id, name }: UnitBrief) -> Self {
        Self { id, name }
    }
}

impl From<Person> for PersonRow {
    fn from(Person { hit, known, seen, standing }: Person) -> Self {
        Self {
            person: PersonId(hit.person),
            matched: hit.matched,
            is_fan: known.phone.is_some() && known.wechat.is_some(),
            phone_masked: known.phone_masked(),
            name: known.name,
            city: known.city,
            first_seen: seen.map(|(first, _)| first),
            last_seen: seen.map(|(_, last)| last),
            unit: standing.unit.map(UnitRow::from),
            campaigns: standing.campaigns,
            reach: standing.reach,
        }
    }
}

/// Find people
///
/// By name (Chinese, pinyin, first letters, or a mixture), id, phone number. Only people whom the caller may see are found
/// and counted.
#[utoipa::path(
    get, path = "/api/v1/persons", tag = "identity", operation_id = "identity.person.list",
    params(PeopleQuery),
    responses((status = 200, body = PersonList), (status = 503, description = "People are still being read at the start")),
    extensions(("x-permission" = json!("read_network"))),
)]
pub(super) async fn list(
    caller: CanReadNetwork,
    State(slice): State<Slice>,
    Query(query): Query<PeopleQuery>,
) -> Result<Response, Problem> {
    slice.caught_up(caller.workspace, query.wait_offset).await?;
    let after = query.after.as_deref().map(hit_at).transpose()?;
    let as_csv = query.format == Format::Csv;
    let search = Search {
        text: query.q.unwrap_or_default(),
        filter: Filter {
            fan: query.kind.map(|kind| kind == Kind::Fan),
            city: query.city.filter(|city| !city.trim().is_empty()),
            seen_from: query.seen_from,
        },
        unit: query.unit,
        after: after.filter(|_| !as_csv),
        limit: if as_csv { EXPORT_MAX } else { query.limit.get() },
    };
    let asker = Asker { workspace: caller.workspace, scope: &caller.scope, reads_ids: reads_ids(&caller) };
    let People { people, total, is_exact, more } = slice.find_people(&asker, search).await?;
    if as_csv {
        return Ok(table(people).into_response());
    }
    let next = people.last().filter(|_| more).map(|last| cursor(&last.hit));
    let items = people.into_iter().map(PersonRow::from).collect();
    Ok(Json(PersonList { items, next, total, total_is_exact: is_exact }).into_response())
}

fn table(people: Vec<Person>) -> Csv {
    let columns =
        ["person", "name", "is_fan", "phone_masked", "city", "first_seen", "last_seen", "unit", "campaigns", "reach"];
    let mut csv = Csv::new("people", &columns);
    for row in people.into_iter().map(PersonRow::from) {
        csv.line([
            row.person.to_string().into(),
            row.name.into(),
            row.is_fan.into(),
            row.phone_masked.into(),
            row.city.into(),
            row.first_seen.into(),
            row.last_seen.into(),
            row.unit.map(|unit| unit.name).into(),
            row.campaigns.into(),
            row.reach.into(),
        ]);
    }
    csv
}

fn cursor(hit: &Hit) -> String {
    format!("{}.{}.{}", hit.matched as u8, hit.seen_secs(), hit.person.0)
}

fn hit_at(cursor: &str) -> Result<Hit, Problem> {
    let wrong = || Problem::invalid("after", "send what was given as next");
    let mut parts = cursor.splitn(3, '.').map(str::parse::<u32>);
    let mut part = || parts.next().and_then(Result::ok).ok_or_else(wrong);
    let (matched, seen_secs, person) = (part()?, part()?, part()?);
    let matched = Matched::ALL.get(matched as usize).copied().ok_or_else(wrong)?;
    Ok(Hit::new(matched, seen_secs, Handle(person)))
}
