//! `GET /api/v1/campaigns/{campaign}/kocs`

use axum::{
    extract::State,
    response::{IntoResponse, Response},
};
use kernel::{CampaignId, ErrorCode, PersonId, Timestamp};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use web::{CanReadNetwork, Csv, Format, Json, Limit, Path, Problem, Query};

use super::{
    naming::{Mentioned, Names, Sentence, UnitBrief},
    visible_root,
};
use crate::{
    Slice,
    rules::koc::{Koc, Term},
};

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct KocQuery {
    /// Only people under this root.
    #[param(value_type = Option<String>)]
    root: Option<PersonId>,
    /// Scores as they were at this time; now when missing.
    #[param(value_type = Option<String>, format = DateTime)]
    as_of: Option<Timestamp>,
    /// Answer only when the fact at this offset has been folded.
    wait_offset: Option<u64>,
    #[serde(default)]
    #[param(inline)]
    limit: Limit<50, 1000>,
    #[serde(default)]
    #[param(inline)]
    format: Format,
}

/// The key users of a campaign, the best first.
#[derive(Serialize, ToSchema)]
pub(super) struct KocList {
    #[schema(value_type = String, format = DateTime)]
    as_of: Timestamp,
    /// People in scope who are not counted: held or confirmed as cheating, and everybody below them.
    kept_out: u64,
    items: Vec<KocRow>,
    /// Always null: ask for more by `limit`.
    next: Option<String>,
}

/// A person whose reach is worth an action, with the reasons.
#[derive(Serialize, ToSchema)]
pub(super) struct KocRow {
    rank: u32,
    #[schema(value_type = String)]
    person: PersonId,
    name: Option<String>,
    /// The root they hang under.
    #[schema(value_type = String)]
    root: PersonId,
    unit: Option<UnitBrief>,
    /// Hops from the root.
    circle: u32,
    is_fan: bool,
    #[schema(value_type = String, format = DateTime)]
    joined_at: Timestamp,
    /// The terms' points added up.
    score: f64,
    /// People they brought, directly or not.
    reach: u32,
    /// People they brought directly.
    direct_invites: u32,
    /// Of those, the ones of the last quarter of the campaign so far.
    recent_invites: u32,
    terms: Vec<TermRow>,
}

/// One reason: score = ln(1+reach) + 0.5·ln(1+recent) + 0.4·ln(1+prior) − 0.1·ln(age in hours).
#[derive(Serialize, ToSchema)]
pub(super) struct TermRow {
    /// `reach`, `recent`, `prior` or `age`.
    term: &'static str,
    value: f64,
    /// What it adds to the score.
    points: f64,
    words: Sentence,
}

impl From<Term> for TermRow {
    fn from(Term { kind, value, points, words }: Term) -> Self {
        Self { term: kind.as_str(), value, points, words: words.into() }
    }
}

impl KocRow {
    fn of(koc: Koc, unit: Option<UnitBrief>, names: &Names) -> Self {
        let candidate = koc.candidate;
        Self {
            rank: koc.rank,
            person: PersonId(candidate.person),
            name: names.person(candidate.person),
            root: PersonId(candidate.root),
            unit,
            circle: candidate.circle,
            is_fan: candidate.is_fan,
            joined_at: candidate.joined_at,
            score: koc.score,
            reach: candidate.reach,
            direct_invites: candidate.direct_invites,
            recent_invites: candidate.recent_invites,
            terms: koc.terms.into_iter().map(TermRow::from).collect(),
        }
    }
}

/// The key users of a campaign, with reasons
///
/// Within a live campaign reach with a recency tie-break is nearly everything; the score says how much each term adds.
#[utoipa::path(
    get, path = "/api/v1/campaigns/{campaign}/kocs", tag = "network", operation_id = "network.koc.list",
    params(("campaign" = String, Path), KocQuery),
    responses(
        (status = 200, body = KocList),
        (status = 404, description = "No such campaign, or a root outside the caller's scope"),
    ),
    extensions(("x-permission" = json!("read_network"))),
)]
pub(super) async fn list(
    caller: CanReadNetwork,
    State(slice): State<Slice>,
    Path(campaign): Path<CampaignId>,
    Query(query): Query<KocQuery>,
) -> Result<Response, Problem> {
    let live = slice.live(caller.workspace, query.wait_offset).await?;
    let campaign = slice.campaign(caller.workspace, &campaign, &live).await?;
    let as_of = query.as_of.unwrap_or_else(|| slice.clock.now());
    let mut mentioned = Mentioned::default();
    let (kept_out, kocs) = live.read(|network| {
        let root = query.root.map(|root| visible_root(network, &campaign.id, root, &caller.scope)).transpose()?;
        let kocs = network.kocs(&campaign.id, &caller.scope, root, as_of, query.limit.get()).unwrap_or_default();
        let with_unit = kocs.into_iter().map(|koc| {
            mentioned.add(network.people(), koc.candidate.person);
            let cascade = network.campaign(&campaign.id).map(|campaign| &campaign.cascade);
            let owner = cascade.and_then(|cascade| cascade.owner_of(koc.candidate.person));
            (owner.and_then(|owner| owner.unit.clone()), koc)
        });
        let kept_out = network.suspicious_count(&campaign.id, &caller.scope);
        Ok::<_, ErrorCode>((kept_out, with_unit.collect::<Vec<_>>()))
    })?;
    let names = mentioned.look_up(&slice, caller.workspace).await?;
    let items = kocs.into_iter().map(|(unit, koc)| KocRow::of(koc, names.unit(unit.as_ref()), &names)).collect();
    let list = KocList { as_of, kept_out, items, next: None };
    Ok(match query.format {
        Format::Json => Json(list).into_response(),
        Format::Csv => csv(&list).into_response(),
    })
}

fn csv(list: &KocList) -> Csv {
    let columns = [
        "rank",
        "person",
        "name",
        "root",
        "unit",
        "circle",
        "fan",
        "joined_at",
        "score",
        "reach",
        "direct_invites",
        "recent_invites",
        "reasons_zh",
        "reasons_en",
    ];
    let mut csv = Csv::new("kocs", &columns);
    for koc in &list.items {
        let reasons = |words: fn(&Sentence) -> &str| {
            koc.terms.iter().map(|term| words(&term.words)).collect::<Vec<_>>().join("; ")
        };
        csv.line([
            koc.rank.into(),
            koc.person.to_string().into(),
            koc.name.clone().into(),
            koc.root.to_string().into(),
            koc.unit.as_ref().map(|unit| unit.name.clone()).into(),
            koc.circle.into(),
            koc.is_fan.into(),
            koc.joined_at.into(),
            koc.score.into(),
            koc.reach.into(),
            koc.direct_invites.into(),
            koc.recent_invites.into(),
            reasons(|words| &words.zh).into(),
            reasons(|words| &words.en).into(),
        ]);
    }
    csv
}

#[cfg(test)]
mod tests {
    use db::{Records, db_test};
    use serde_json::json;

    use crate::http::tests::{House, migrations};

    async fn spring(records: &Records) -> House {
        let house = House::new(records).await;
        house.root("spring", "m1", "store-1").await;
        house.root("spring", "m2", "store-2").await;
        for (receiver, sharer) in [("a", "m1"), ("b", "a"), ("c", "a"), ("f", "a"), ("g", "a"), ("d", "m2"), ("e", "d")]
        {
            house.open("spring", receiver, sharer).await;
        }
        house.identify("a", json!({"name": "林"})).await;
        house
    }

    #[db_test(migrations = migrations())]
    async fn the_best_come_first_with_reasons(records: Records) {
        let house = spring(&records).await;
        let told = house.get("all", "/api/v1/campaigns/spring/kocs?limit=2&as_of=2026-09-22T00:00:00Z").await;
        assert_eq!(told.each("items", "rank"), [1, 2]);
        assert_eq!(told.each("items", "reach"), [4, 1]);
        assert_eq!((&told.json["as_of"], &told.json["next"]), (&json!("2026-09-22T00:00:00Z"), &json!(null)));
        let best = &told.json["items"][0];
        assert_eq!((&best["name"], &best["unit"]["id"], &best["circle"]), (&json!("林"), &json!("store-1"), &json!(1)));
        assert_eq!(best["person"], house.get("all", "/api/v1/persons/user:a/network").await.json["person"]);
        let terms = best["terms"].as_array().unwrap();
        let points: f64 = terms.iter().map(|term| term["points"].as_f64().unwrap()).sum();
        assert!((points - best["score"].as_f64().unwrap()).abs() < 1e-9, "{best}");
        assert!(terms.iter().all(|term| term["words"]["zh"].is_string() && term["words"]["en"].is_string()));

        // Without a time it is now, and the clock is the house's.
        house.clock.advance_secs(3600);
        let now = house.get("all", "/api/v1/campaigns/spring/kocs").await;
        assert_eq!(now.json["as_of"], "2026-09-21T15:13:20Z");
        assert_eq!(house.get("all", "/api/v1/campaigns/spring/kocs?as_of=today").await.status, 422);
    }

    #[db_test(migrations = migrations())]
    async fn a_store_sees_its_own_and_a_root_is_asked_for_by_any_of_its_ids(records: Records) {
        let house = spring(&records).await;
        assert_eq!(house.get("one", "/api/v1/campaigns/spring/kocs").await.each("items", "root"), ["p1"; 5]);
        assert_eq!(house.get("both", "/api/v1/campaigns/spring/kocs?root=p2").await.each("items", "root"), ["p2"; 2]);
        assert_eq!(house.get("one", "/api/v1/campaigns/spring/kocs?root=p2").await.status, 404);
        assert_eq!(house.get("own", "/api/v1/campaigns/spring/kocs").await.json["items"], json!([]));
    }

    #[db_test(migrations = migrations())]
    async fn key_users_as_a_table_carry_their_reasons(records: Records) {
        let house = spring(&records).await;
        let path = "/api/v1/campaigns/spring/kocs?format=csv&limit=1&as_of=2026-09-22T00:00:00Z";
        let csv = house.get("two", path).await;
        let (head, line) = csv.text().split_once('\n').unwrap();
        let columns = "rank,person,name,root,unit,circle,fan,joined_at,score,reach,direct_invites,recent_invites,reasons_zh,reasons_en";
        assert_eq!(head, columns);
        let cells: Vec<&str> = line.trim_end().split(',').collect();
        assert_eq!((cells[0], cells[3], cells[4], cells[9]), ("1", "p2", "二店", "1"));
        assert!(cells.len() >= 14 && !cells[12].is_empty(), "{line}");
    }
}
