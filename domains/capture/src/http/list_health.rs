//! `GET /api/v1/facts/health`: how each source is doing.

use std::collections::BTreeMap;

use axum::{
    extract::State,
    response::{IntoResponse, Response},
};
use kernel::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use web::{CanReadFacts, Csv, Format, Json, Page, Problem, Query};

use crate::{
    Doors,
    ops::{Checkup, checkups},
    rules::health::{Alarm, AlarmKind, Day, Gap},
};

/// Names told of one alarm.
const NAMES_MAX: usize = 20;

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct HealthQuery {
    #[serde(default)]
    #[param(inline)]
    format: Format,
}

/// How a source is doing.
#[derive(Serialize, ToSchema)]
pub(super) struct SourceHealth {
    /// The key or person.
    #[schema(example = "key:k-7pm")]
    source: String,
    /// What that key or person is called now, if it is there.
    source_name: Option<String>,
    /// `alarm`: data is being lost now. `notice`: something is worth a look. `learning`: fine so far, and too young to tell a
    /// break. Else `fine`.
    state: Standing,
    /// The first hour of the last five weeks in which anything came.
    #[schema(value_type = String, format = DateTime)]
    first_at: Timestamp,
    /// When the last fact was taken; null when none was in five weeks.
    #[schema(value_type = Option<String>, format = DateTime)]
    last_at: Option<Timestamp>,
    /// Seconds since then.
    silent_secs: Option<i64>,
    /// The last 24 hours.
    day: DayRow,
    /// The 24 hours before.
    day_before: DayRow,
    /// What is the matter, the urgent first.
    alarms: Vec<AlarmRow>,
    /// Breaks of the last seven days that are over.
    gaps: Vec<GapRow>,
    /// Hour by hour, the last seven days; the last hour is not over.
    hours: Vec<HourRow>,
}

#[derive(Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = SourceState)]
enum Standing {
    Alarm,
    Notice,
    Learning,
    Fine,
}

/// What came within 24 hours.
#[derive(Serialize, ToSchema)]
#[schema(as = SourceDay)]
pub(super) struct DayRow {
    /// Facts taken.
    accepted: u64,
    /// Items not taken.
    rejected: u64,
    /// Which share of what came was not taken; null when nothing came.
    reject_rate: Option<f64>,
    /// Which share of the facts carries an id of a person, not of a device or a browser alone; null when nothing came.
    id_coverage: Option<f64>,
}

/// What is the matter.
#[derive(Serialize, ToSchema)]
#[schema(as = SourceAlarm)]
pub(super) struct AlarmRow {
    /// `silent`, `starving`, `rejecting`, `unnamed`, `other_kind`, `gone` or `new`.
    #[schema(example = "silent")]
    kind: &'static str,
    /// Whether data is being lost now.
    urgent: bool,
    /// Since when, where that is known.
    #[schema(value_type = Option<String>, format = DateTime)]
    since: Option<Timestamp>,
    /// `silent`, `starving`: how many facts were due at the least. `rejecting`, `unnamed`: the usual share.
    usual: Option<f64>,
    /// `starving`: how many facts came. `rejecting`, `unnamed`: the share now.
    now: Option<f64>,
    /// `other_kind`, `gone`, `new`: events and properties (`event.property`), the first twenty.
    names: Vec<String>,
    /// And so many more.
    more: usize,
    /// What to do.
    advice: &'static str,
}

/// A time in which nothing came though it usually would.
#[derive(Serialize, ToSchema)]
#[schema(as = SourceGap)]
pub(super) struct GapRow {
    #[schema(value_type = String, format = DateTime)]
    from: Timestamp,
    /// When facts came again.
    #[schema(value_type = Option<String>, format = DateTime)]
    to: Option<Timestamp>,
    /// How many facts come in such a time at the least.
    missed: u64,
}

/// An hour of a source.
#[derive(Serialize, ToSchema)]
#[schema(as = SourceHour)]
pub(super) struct HourRow {
    /// Its beginning.
    #[schema(value_type = String, format = DateTime)]
    hour: Timestamp,
    accepted: u64,
    rejected: u64,
    /// What comes in such an hour at worst; null while that is not known.
    quiet_end: Option<f64>,
}

impl SourceHealth {
    fn of(checkup: Checkup, source_name: Option<String>, now: Timestamp) -> Self {
        let Checkup { source, first_at, last_at, day, day_before, is_known, curve, gaps, alarms } = checkup;
        let state = match (alarms.first(), is_known) {
            (Some(first), _) if first.kind.is_urgent() => Standing::Alarm,
            (Some(_), _) => Standing::Notice,
            (None, false) => Standing::Learning,
            (None, true) => Standing::Fine,
        };
        let hours = curve.into_iter().map(|point| HourRow {
            hour: point.hour,
            accepted: point.accepted,
            rejected: point.rejected,
            quiet_end: point.quiet_end,
        });
        Self {
            source,
            source_name,
            state,
            first_at,
            last_at,
            silent_secs: last_at.map(|last| now.micros_since(last) / 1_000_000),
            day: DayRow::of(&day),
            day_before: DayRow::of(&day_before),
            alarms: alarms.into_iter().map(AlarmRow::of).collect(),
            gaps: gaps.into_iter().map(GapRow::of).collect(),
            hours: hours.collect(),
        }
    }
}

impl DayRow {
    fn of(day: &Day) -> Self {
        let (reject_rate, id_coverage) = (day.reject_rate(), day.id_coverage());
        Self { accepted: day.accepted, rejected: day.rejected, reject_rate, id_coverage }
    }
}

impl GapRow {
    fn of(gap: Gap) -> Self {
        Self { from: gap.from, to: gap.to, missed: gap.missed.round() as u64 }
    }
}

impl AlarmRow {
    fn of(alarm: Alarm) -> Self {
        let Alarm { kind, since } = alarm;
        let (code, urgent, advice) = (kind.code(), kind.is_urgent(), kind.advice());
        let (now, usual, mut names) = match kind {
            AlarmKind::Silent(gap) => (None, Some(gap.missed.round()), Vec::new()),
            AlarmKind::Starving(came, due) => (Some(came as f64), Some(due.round()), Vec::new()),
            AlarmKind::Rejecting(now, usual) | AlarmKind::Unnamed(now, usual) => (Some(now), Some(usual), Vec::new()),
            AlarmKind::OtherKind(names) | AlarmKind::Gone(names) | AlarmKind::New(names) => (None, None, names),
        };
        let more = names.len().saturating_sub(NAMES_MAX);
        names.truncate(NAMES_MAX);
        Self { kind: code, urgent, since, usual, now, names, more, advice }
    }
}

/// How each source is doing
///
/// Every key and person that sent anything in the last five weeks, whatever is urgent first: how fresh it is, how much came, how
/// much was refused, how many facts carry an id of a person, breaks against the source's own rhythm, and changes in what it sends.
#[utoipa::path(
    get, path = "/api/v1/facts/health", tag = "capture", operation_id = "capture.health.list",
    params(HealthQuery),
    responses((status = 200, body = Page<SourceHealth>)),
    extensions(("x-permission" = json!("read_facts"))),
)]
pub(super) async fn list(
    caller: CanReadFacts,
    State(doors): State<Doors>,
    Query(asked): Query<HealthQuery>,
) -> Result<Response, Problem> {
    let pulse = &doors.register.pulse;
    let hours = pulse.hours(caller.workspace).await.map_err(Problem::unavailable)?;
    let shapes = pulse.shapes(caller.workspace, None).await.map_err(Problem::unavailable)?;
    let names = doors.sources.names(caller.workspace).await.map_err(Problem::unavailable)?;
    let now = doors.clock.now();
    let sources = told(checkups(hours, shapes, now), &names, now);
    match asked.format {
        Format::Json => Ok(Json(Page::whole(sources)).into_response()),
        Format::Csv => Ok(table(sources).into_response()),
    }
}

fn told(checkups: Vec<Checkup>, names: &BTreeMap<String, String>, now: Timestamp) -> Vec<SourceHealth> {
    let named = checkups.into_iter().map(|checkup| {
        let name = names.get(&checkup.source).cloned();
        SourceHealth::of(checkup, name, now)
    });
    named.collect()
}

fn table(sources: Vec<SourceHealth>) -> Csv {
    let columns = [
        "source",
        "source_name",
        "state",
        "first_at",
        "last_at",
        "silent_secs",
        "accepted",
        "rejected",
        "reject_rate",
        "id_coverage",
        "accepted_before",
        "rejected_before",
        "alarms",
        "advice",
    ];
    let mut csv = Csv::new("health", &columns);
    for source in sources {
        let state = match source.state {
            Standing::Alarm => "alarm",
            Standing::Notice => "notice",
            Standing::Learning => "learning",
            Standing::Fine => "fine",
        };
        let alarms: Vec<_> = source.alarms.iter().map(|alarm| alarm.kind).collect();
        csv.line([
            source.source.into(),
            source.source_name.into(),
            state.into(),
            source.first_at.into(),
            source.last_at.into(),
            source.silent_secs.into(),
            source.day.accepted.into(),
            source.day.rejected.into(),
            source.day.reject_rate.into(),
            source.day.id_coverage.into(),
            source.day_before.accepted.into(),
            source.day_before.rejected.into(),
            alarms.join(" ").into(),
            source.alarms.first().map(|alarm| alarm.advice.to_owned()).into(),
        ]);
    }
    csv
}

#[cfg(test)]
mod tests {
    use db::{Records, db_test};
    use serde_json::{Value, json};

    use crate::http::tests::{Ask, House, migrations};

    async fn told(house: &House) -> Value {
        let answer = house.ask(Ask::get("/api/v1/facts/health").by("analyst")).await;
        assert_eq!(answer.status, 200, "{}", answer.body);
        answer.body["items"].clone()
    }

    async fn send(house: &House, count: usize, item: &Value) {
        let answer = house.ask(Ask::facts(&json!(vec![item; count])).by("write")).await;
        assert_eq!(answer.status, 200);
    }

    #[db_test(migrations = migrations())]
    async fn a_source_that_breaks_is_told_with_what_to_do(records: Records) {
        let house = House::new(&records);
        assert_eq!(told(&house).await, json!([]));
        let seen = json!({ "event": "Seen", "user_id": "u1", "properties": { "amount": 1 } });
        send(&house, 10, &seen).await;
        let first = &told(&house).await[0];
        assert_eq!(
            (&first["source"], &first["source_name"], &first["state"]),
            (&json!("key:k1"), &json!("小程序"), &json!("learning"))
        );
        assert_eq!(first["day"], json!({ "accepted": 10, "rejected": 0, "reject_rate": 0.0, "id_coverage": 1.0 }));
        assert_eq!((&first["silent_secs"], first["hours"].as_array().unwrap().len()), (&json!(0), 168));
        for _ in 0..80 {
            house.clock.advance_secs(3600);
            send(&house, 10, &seen).await;
        }
        let fine = &told(&house).await[0];
        assert_eq!(
            (&fine["state"], &fine["alarms"], &fine["hours"][160]["quiet_end"]),
            (&json!("fine"), &json!([]), &json!(10.0))
        );

        send(&house, 1, &json!({ "event": "Seen", "user_id": "u1", "properties": { "amount": "1" } })).await;
        send(&house, 1, &json!({ "event": "Brand New", "user_id": "u1" })).await;
        let changed = &told(&house).await[0];
        assert_eq!(changed["state"], "notice");
        let kinds: Vec<_> =
            changed["alarms"].as_array().unwrap().iter().map(|alarm| (&alarm["kind"], &alarm["names"])).collect();
        assert_eq!(kinds, [(&json!("other_kind"), &json!(["Seen.amount"])), (&json!("new"), &json!(["Brand New"]))]);

        house.clock.advance_secs(3 * 3600);
        let broken = &told(&house).await[0];
        let alarm = &broken["alarms"][0];
        assert_eq!(
            (&broken["state"], &alarm["kind"], &alarm["urgent"]),
            (&json!("alarm"), &json!("silent"), &json!(true))
        );
        assert_eq!((&alarm["since"], &broken["silent_secs"]), (&broken["last_at"], &json!(3 * 3600)));
        assert!(alarm["usual"].as_f64().unwrap() >= 20.0 && alarm["advice"].as_str().unwrap().contains("live events"));
        send(&house, 10, &seen).await;
        house.clock.advance_secs(3600);
        send(&house, 10, &seen).await;
        let back = &told(&house).await[0];
        assert_eq!(back["gaps"].as_array().unwrap().len(), 1, "{back:#}");
        assert!(back["alarms"].as_array().unwrap().iter().all(|alarm| alarm["kind"] != "silent"));
        let csv = house.ask(Ask::get("/api/v1/facts/health?format=csv").by("analyst")).await;
        let csv = csv.body.as_str().unwrap().to_owned();
        assert!(csv.lines().count() == 2 && csv.contains("key:k1,小程序,notice,"), "{csv}");
    }

    #[db_test(migrations = migrations())]
    async fn what_is_refused_counts_and_each_brand_sees_its_own(records: Records) {
        let house = House::new(&records);
        send(&house, 40, &json!({ "event": "Seen" })).await;
        send(&house, 60, &json!({ "event": "Seen", "anonymous_id": "a1" })).await;
        house.ask(Ask::raw("/v1/t", json!({ "event": "Theirs", "userId": "u" }).to_string()).by("other")).await;
        let items = told(&house).await;
        assert_eq!(items.as_array().unwrap().len(), 1);
        assert_eq!(items[0]["day"], json!({ "accepted": 60, "rejected": 40, "reject_rate": 0.4, "id_coverage": 0.0 }));
        assert_eq!((&items[0]["state"], &items[0]["alarms"][0]["kind"]), (&json!("alarm"), &json!("rejecting")));
        let theirs = house.ask(Ask::get("/api/v1/facts/health").by("other")).await;
        assert_eq!(theirs.body["items"][0]["day"]["accepted"], 1);
        for path in ["/api/v1/facts/health", "/api/v1/facts/health/shapes"] {
            assert_eq!(house.ask(Ask::get(path)).await.refusal(), (401, "unauthenticated"));
            assert_eq!(house.ask(Ask::get(path).by("write")).await.refusal(), (403, "forbidden"));
        }
    }
}
