//! `GET /api/v1/network/paths`

use axum::extract::State;
use kernel::{CampaignId, ErrorCode, Handle, PersonId, RootOwner, Scope, UnitId};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use web::{CanReadNetwork, Json, Limit, Problem, Query};

use super::naming::{Brief, Mentioned, Names, Sentence, UnitBrief};
use crate::{
    Slice,
    model::Network,
    rules::path::{Ended, Path as ReachPath, Wanted},
};

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct PathQuery {
    /// Who wants to reach: `p42`, `user:<id>` or `anonymous:<id>`.
    from: String,
    /// Who is to be reached.
    to: String,
    /// Only ties of this campaign.
    #[param(value_type = Option<String>)]
    campaign: Option<CampaignId>,
    /// Answer only when the fact at this offset has been folded.
    wait_offset: Option<u64>,
    #[serde(default)]
    #[param(inline)]
    limit: Limit<3, 10>,
}

/// Ways from one person to another over people who know each other. Each avoids the people of those before it.
#[derive(Serialize, ToSchema)]
pub(super) struct PathList {
    from: Brief,
    to: Brief,
    /// The shortest first; empty when there is none of up to 5 hops.
    paths: Vec<PathView>,
    /// False when there were too many ties to look at all of them.
    complete: bool,
}

/// One way.
#[derive(Serialize, ToSchema)]
pub(super) struct PathView {
    /// From the first person to the last, both included.
    hops: Vec<HopView>,
    /// How many hops.
    length: usize,
}

/// One person on the way, and what ties the one before to them.
#[derive(Serialize, ToSchema)]
pub(super) struct HopView {
    /// Null for a person outside the caller's scope.
    #[schema(value_type = Option<String>)]
    person: Option<PersonId>,
    name: Option<String>,
    /// The unit of the root they hang under.
    unit: Option<UnitBrief>,
    /// For a person outside the caller's scope: someone at their unit.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    someone: Option<Sentence>,
    /// How often the two touched.
    ties: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    evidence: Option<Sentence>,
}

/// A hop taken out of live state.
struct Step {
    person: Handle,
    visible: bool,
    unit: Option<UnitId>,
    ties: u32,
    evidence: Option<Sentence>,
}

/// How to reach a person
#[utoipa::path(
    get, path = "/api/v1/network/paths", tag = "network", operation_id = "network.path.list",
    params(PathQuery),
    responses(
        (status = 200, body = PathList),
        (status = 404, description = "One of the two is not in the caller's scope"),
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
    let mut mentioned = Mentioned::default();
    let (from, to, paths, ended) = live.read(|network| {
        let (from, to) = (network.people().person(from), network.people().person(to));
        if !(visible(network, from, &caller.scope) && visible(network, to, &caller.scope)) {
            return Err(Problem::from(ErrorCode::NotFound));
        }
        let wanted = Wanted {
            limit: query.limit.get(),
            campaign: query
                .campaign
                .as_ref()
                .map(|id| network.campaign_place(id).ok_or(ErrorCode::NotFound))
                .transpose()?,
            ..Wanted::new(from, to)
        };
        let found = network.paths(&wanted);
        mentioned.add(network.people(), from);
        mentioned.add(network.people(), to);
        let paths: Vec<Vec<Step>> = found.paths.iter().map(|path| steps(network, path, &caller.scope)).collect();
        for step in paths.iter().flatten().filter(|step| step.visible) {
            mentioned.add(network.people(), step.person);
        }
        Ok((from, to, paths, found.ended))
    })?;
    let names = mentioned.look_up(&slice, caller.workspace).await?;
    Ok(Json(PathList {
        from: names.brief(from, None, None),
        to: names.brief(to, None, None),
        paths: paths.into_iter().map(|steps| view(steps, &names)).collect(),
        complete: ended != Ended::TooWide,
    }))
}

/// Whether somebody is in scope in any campaign. Who waits for a place is seen with the whole workspace only; who was never
/// heard of, by nobody.
pub(super) fn visible(network: &Network, person: Handle, scope: &Scope) -> bool {
    let waits = || scope.is_all() && network.ties().degree(network.people(), person) > 0;
    owners(network, person).any(|owner| scope.covers(owner)) || waits()
}

/// Whom the roots belong to under which somebody hangs.
fn owners(network: &Network, person: Handle) -> impl Iterator<Item = &RootOwner> {
    network.campaigns().iter().filter_map(move |campaign| campaign.cascade.owner_of(person))
}

fn steps(network: &Network, path: &ReachPath, scope: &Scope) -> Vec<Step> {
    let step = |person, ties, evidence| Step {
        person,
        visible: visible(network, person, scope),
        unit: unit(network, person, scope),
        ties,
        evidence,
    };
    let first = step(path.from, 0, None);
    let further = path.hops.iter().map(|hop| step(hop.person, hop.tie.count, Some(hop.evidence().into())));
    std::iter::once(first).chain(further).collect()
}

/// Where somebody is at home: at a unit in scope if they are at one, else wherever.
pub(super) fn unit(network: &Network, person: Handle, scope: &Scope) -> Option<UnitId> {
    let unit = |owner: &RootOwner| owner.unit.clone();
    let near = owners(network, person).filter(|owner| scope.covers(owner)).find_map(unit);
    near.or_else(|| owners(network, person).find_map(unit))
}

fn view(steps: Vec<Step>, names: &Names) -> PathView {
    let length = steps.len().saturating_sub(1);
    let hops = steps.into_iter().map(|step| {
        let unit = names.unit(step.unit.as_ref());
        let place = |unknown: &str| unit.as_ref().map_or_else(|| unknown.to_owned(), |unit| unit.name.clone());
        let someone = (!step.visible).then(|| Sentence {
            zh: format!("{}的一位顾客", place("其他门店")),
            en: format!("someone at {}", place("another store")),
        });
        HopView {
            person: step.visible.then_some(PersonId(step.person)),
            name: if step.visible { names.person(step.person) } else { None },
            unit,
            someone,
            ties: step.ties,
            evidence: step.evidence,
        }
    });
    PathView { hops: hops.collect(), length }
}

#[cfg(test)]
mod tests {
    use db::{Records, db_test};
    use serde_json::{Value, json};

    use crate::http::tests::{Answer, House, migrations};

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
    async fn a_campaign_may_be_asked_for_alone(records: Records) {
        let house = town(&records).await;
        let path = "/api/v1/network/paths?from=user:m1&to=user:m2";
        assert_eq!(house.get("all", path).await.json["paths"][0]["length"], 2, "over a, who stands in both");
        let spring = house.get("all", &format!("{path}&campaign=spring")).await;
        assert_eq!(spring.json["paths"][0]["length"], 3, "over a and h");
        let autumn = house.get("all", &format!("{path}&campaign=autumn")).await;
        assert_eq!(autumn.json["paths"], json!([]));
        assert_eq!(house.get("all", &format!("{path}&campaign=winter")).await.status, 404);
    }
}
