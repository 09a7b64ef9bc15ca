//! `GET /api/v1/network/paths`

use axum::extract::State;
use kernel::{ErrorCode, Handle, Timestamp, WorkspaceId};
use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use web::{CanReadNetwork, Json, Limit, Problem, Query};

use super::{
    naming::Brief,
    routes::{HopView, PathView, Seen, visible},
};
use crate::{Slice, ops::plan_reach::PlanWanted, store};

/// People one may ask to go round, at once.
const AVOID_MAX: usize = 100;

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct PathQuery {
    /// Who wants to reach: `p42`, `user:<id>` or `anonymous:<id>`.
    from: String,
    /// Who is to be reached.
    to: String,
    /// People not to go through, separated by commas. Those who said no about this target are avoided anyway.
    avoid: Option<String>,
    /// Chances as they were at this time; now when missing.
    #[param(value_type = Option<String>, format = DateTime)]
    as_of: Option<Timestamp>,
    /// Answer only when the fact at this offset has been folded.
    wait_offset: Option<u64>,
    #[serde(default)]
    #[param(inline)]
    limit: Limit<4, 10>,
}

/// Routes from one person to another over people who know each other, and on whom they hang.
#[derive(Serialize, ToSchema)]
pub(super) struct PathList {
    #[schema(value_type = String, format = DateTime)]
    as_of: Timestamp,
    from: Brief,
    to: Brief,
    /// The most reliable first, of up to 5 hops; then alternatives that use other people. Empty when there is none.
    paths: Vec<PathView>,
    /// False when there were too many ties to look at all of them.
    complete: bool,
    independence: IndependenceView,
    /// Who is left out because they said no about this target.
    refused: Vec<HopView>,
}

/// How many routes share nobody.
#[derive(Serialize, ToSchema)]
pub(super) struct IndependenceView {
    /// So many, of any length, a direct tie included; counted up to 5.
    routes: usize,
    /// Whether there may be more.
    at_least: bool,
    /// If all of these say no, nobody can be asked any more; empty when it is not known.
    cut: Vec<HopView>,
}

/// How to reach a person
///
/// The first route is the most reliable: the chances of its ties multiply, and each further person asked is a nuisance.
/// Alternatives do without people already used as far as they can.
#[utoipa::path(
    get, path = "/api/v1/network/paths", tag = "network", operation_id = "network.path.list",
    params(PathQuery),
    responses(
        (status = 200, body = PathList),
        (status = 404, description = "One of the people is not in the caller's scope"),
    ),
    extensions(("x-permission" = json!("read_network"))),
)]
pub(super) async fn list(
    caller: CanReadNetwork,
    State(slice): State<Slice>,
    Query(query): Query<PathQuery>,
) -> Result<Json<PathList>, Problem> {
    let live = slice.live(caller.workspace, query.wait_offset).await?;
    let from = slice.handle(caller.workspace, &query.from).await?;
    let to = slice.handle(caller.workspace, &query.to).await?;
    let avoid = slice.handles(caller.workspace, query.avoid.as_deref()).await?;
    let (from, to) = live.read(|network| {
        let (from, to) = (network.people().person(from), network.people().person(to));
        let seen = [from, to]
            .into_iter()
            .chain(avoid.iter().copied())
            .all(|person| visible(network, network.people().person(person), &caller.scope));
        if seen { Ok((from, to)) } else { Err(Problem::from(ErrorCode::NotFound)) }
    })?;
    let as_of = query.as_of.unwrap_or_else(|| slice.clock.now());
    let wanted = PlanWanted { from, to, limit: query.limit.get(), avoid, as_of };
    let plan = live.plan(wanted).await.map_err(Problem::unavailable)?;
    let mut seen = live.read(|network| {
        let mut seen = Seen::of(network, plan.routes.iter(), &caller.scope);
        for person in [from, to].iter().chain(&plan.cut).chain(&plan.refused) {
            seen.add(network, *person, &caller.scope);
        }
        seen
    });
    let names = std::mem::take(&mut seen.mentioned).look_up(&slice, caller.workspace).await?;
    let campaigns = slice.campaign_names(caller.workspace).await?;
    let telling = seen.named(&names, &campaigns, as_of);
    let people = |people: &[Handle]| people.iter().map(|person| telling.person(*person)).collect();
    Ok(Json(PathList {
        as_of,
        from: names.brief(from, None, None),
        to: names.brief(to, None, None),
        paths: plan.routes.iter().map(|route| telling.route(route)).collect(),
        complete: plan.complete,
        independence: IndependenceView { routes: plan.independent, at_least: plan.at_least, cut: people(&plan.cut) },
        refused: people(&plan.refused),
    }))
}

impl Slice {
    /// Several people in one text, separated by commas.
    pub(super) async fn handles(&self, workspace: WorkspaceId, text: Option<&str>) -> Result<Vec<Handle>, Problem> {
        let texts: Vec<&str> =
            text.unwrap_or_default().split(',').map(str::trim).filter(|text| !text.is_empty()).collect();
        if texts.len() > AVOID_MAX {
            return Err(Problem::invalid("avoid", format!("at most {AVOID_MAX} people")));
        }
        let mut handles = Vec::with_capacity(texts.len());
        for text in texts {
            handles.push(self.handle(workspace, text).await?);
        }
        Ok(handles)
    }

    /// What the campaigns of a workspace are called.
    pub(super) async fn campaign_names(
        &self,
        workspace: WorkspaceId,
    ) -> Result<FxHashMap<kernel::CampaignId, String>, Problem> {
        let campaigns = store::campaigns_in_workspace(self.records.reads(), workspace).await;
        let named = campaigns.map_err(Problem::unavailable)?.into_iter().map(|campaign| (campaign.id, campaign.name));
        Ok(named.collect())
    }
}

#[cfg(test)]
mod tests {
    use db::{Records, db_test};
    use serde_json::{Value, json};
    use web::testing::Answer;

    use crate::http::tests::{House, migrations};

    /// m1 ─ a ─ b and m2 ─ h in spring; b touched h and h touched a. In autumn a stands under m2.
    async fn town(records: &Records) -> House {
        let house = House::new(records).await;
        house.root("spring", "m1", "store-1").await;
        house.root("spring", "m2", "store-2").await;
        for (receiver, sharer) in [("a", "m1"), ("c", "m1"), ("b", "c"), ("h", "m2"), ("b", "h"), ("h", "a")] {
            house.open("spring", receiver, sharer).await;
        }
        house.root("autumn", "m2", "store-2").await;
        house.open("autumn", "a", "m2").await;
        house.identify("h", json!({"name": "不该看见"})).await;
        house
    }

    fn hop(answer: &Answer, hop: usize, field: &str) -> Value {
        answer.json["paths"][0]["hops"][hop][field].clone()
    }

    #[db_test(migrations = migrations())]
    async fn a_foreigner_on_the_way_is_somebody_at_their_store(records: Records) {
        let house = town(&records).await;
        let path = "/api/v1/network/paths?from=user:a&to=user:b";
        let told = house.get("one", path).await;
        assert_eq!((hop(&told, 1, "person"), hop(&told, 1, "name")), (Value::Null, Value::Null));
        assert_eq!(hop(&told, 1, "someone"), json!({"zh": "二店的一位顾客", "en": "someone at 二店"}));
        assert_eq!((hop(&told, 1, "ties"), hop(&told, 0, "ties")), (json!(1), json!(0)));
        assert_eq!(hop(&told, 2, "evidence")["en"].as_str().map(|en| en.contains("someone at 二店")), Some(true));
        assert!(!told.text().contains("不该看见"));
        // Who is at home in two stores is shown at the one in scope.
        assert_eq!(hop(&told, 0, "unit")["id"], "store-1");

        let told = house.get("all", path).await;
        assert_eq!((hop(&told, 1, "name"), hop(&told, 1, "someone")), (json!("不该看见"), Value::Null));
        assert_eq!(told.json["complete"], true);
    }

    #[db_test(migrations = migrations())]
    async fn both_ends_must_be_in_scope(records: Records) {
        let house = town(&records).await;
        for (who, from, to, expected) in [
            ("one", "user:a", "user:h", 404),
            ("one", "user:h", "user:a", 404),
            ("two", "user:a", "user:h", 200),
            ("two", "user:b", "user:h", 404),
            ("own", "user:a", "user:b", 404),
            ("all", "user:nobody", "user:b", 404),
            ("all", "p1", "p999", 404),
            ("all", "somebody", "p1", 404),
        ] {
            let answer = house.get(who, &format!("/api/v1/network/paths?from={from}&to={to}")).await;
            assert_eq!(answer.status, expected, "{who} from {from} to {to}");
        }
    }

    #[db_test(migrations = migrations())]
    async fn the_plan_says_how_likely_who_is_needed_and_goes_round_whom_it_is_told(records: Records) {
        let house = town(&records).await;
        let path = "/api/v1/network/paths?from=user:m1&to=user:b";
        let told = house.get("all", path).await;
        assert_eq!(told.each("paths", "length")[..2], [2, 3], "over c; over a and h");
        assert_eq!(told.each("paths", "independent")[..2], [true, true]);
        let chances: Vec<f64> = told.each("paths", "chance").iter().filter_map(Value::as_f64).collect();
        assert!(chances[0] > chances[1] && chances[1] > 0.0, "{chances:?}");
        assert_eq!(told.json["independence"]["routes"], 2);
        assert_eq!(told.json["independence"]["cut"].as_array().map(Vec::len), Some(2));
        let evidence = hop(&told, 1, "evidence");
        assert!(
            evidence["zh"].as_str().is_some_and(|zh| zh.contains("打开过") && zh.contains("最近一次")),
            "{evidence}"
        );

        let later = house.get("all", &format!("{path}&as_of=2027-09-21T00:00:00Z")).await;
        assert!(later.json["paths"][0]["chance"].as_f64().is_some_and(|chance| chance < chances[0]), "{}", later.json);
        assert_eq!(later.json["as_of"], "2027-09-21T00:00:00Z");

        let round = house.get("all", &format!("{path}&avoid=user:c")).await;
        assert_eq!((&round.each("paths", "length")[0], &round.json["independence"]["routes"]), (&json!(3), &json!(1)));
        assert_eq!(house.get("one", &format!("{path}&avoid=user:h")).await.status, 404, "h is not theirs to name");
    }
}
