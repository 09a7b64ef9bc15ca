//! `GET /api/v1/persons/{person}/network`

use axum::extract::State;
use facts::{Identified, PersonRef};
use kernel::{CampaignId, ErrorCode, Handle, PersonId, Timestamp, UnitId, WorkspaceId};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use web::{CanReadNetwork, Json, Path, Problem, Query};

use super::{
    naming::{Brief, Mentioned, Names, UnitBrief},
    read_cascade::{CampaignBrief, money},
    read_kocs::TermRow,
};
use crate::{
    Slice,
    rules::{
        cascade::{Brought, Orders, Standing},
        koc::Koc,
    },
};

/// How many of the people somebody brought are told by name.
const BROUGHT_MAX: usize = 50;
/// Further down nobody is called a key user.
const KOCS_MAX: usize = 1000;

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct PersonQuery {
    /// Answer only when the fact at this offset has been folded.
    wait_offset: Option<u64>,
}

/// A person's place in the network, over the campaigns in which the caller may see them.
#[derive(Serialize, ToSchema)]
pub(super) struct PersonNetwork {
    /// The person's name today: an old id redirects.
    #[schema(value_type = String)]
    person: PersonId,
    name: Option<String>,
    /// Left phone and WeChat id.
    is_fan: bool,
    /// Phone with its middle hidden.
    phone_masked: Option<String>,
    city: Option<String>,
    /// The ring that keeps them out of rankings and rewards; null for almost everybody.
    suspicion: Option<Suspicion>,
    campaigns: Vec<PersonInCampaign>,
}

/// Held or confirmed as cheating.
#[derive(Serialize, ToSchema)]
pub(super) struct Suspicion {
    /// The ring's id.
    ring: String,
    /// `held` or `confirmed`.
    verdict: &'static str,
}

/// Who brought them, and whom they brought.
#[derive(Serialize, ToSchema)]
pub(super) struct PersonInCampaign {
    campaign: CampaignBrief,
    /// Hops from the root; null while they wait for a place.
    circle: Option<u32>,
    root: Option<PersonRoot>,
    brought_by: Option<Brief>,
    /// From the root down to the person.
    chain: Vec<Brief>,
    /// Whom they brought directly, the newest first, 50 at most.
    brought: Vec<Brief>,
    direct_invites: u32,
    /// Whom they brought, directly or not.
    reach: u32,
    #[schema(value_type = Option<String>, format = DateTime)]
    joined_at: Option<Timestamp>,
    /// Not counted in this campaign's rankings: they, or somebody above them, are held or confirmed as cheating.
    kept_out: bool,
    /// How often they were touched.
    touches: u64,
    orders: u64,
    /// What they paid, in the smallest unit of the currency.
    paid_minor: i64,
    /// Why they are a key user; null unless they are among the first 1,000 of those who brought anybody.
    koc: Option<PersonKoc>,
}

/// Their place among the key users of a campaign that the caller may see.
#[derive(Serialize, ToSchema)]
pub(super) struct PersonKoc {
    rank: u32,
    /// The terms' points added up.
    score: f64,
    terms: Vec<TermRow>,
}

impl From<Koc> for PersonKoc {
    fn from(Koc { rank, score, terms, .. }: Koc) -> Self {
        Self { rank, score, terms: terms.into_iter().map(TermRow::from).collect() }
    }
}

/// The root they hang under.
#[derive(Serialize, ToSchema)]
pub(super) struct PersonRoot {
    #[schema(value_type = String)]
    person: PersonId,
    name: Option<String>,
    unit: Option<UnitBrief>,
}

/// A standing taken out of live state.
struct Place {
    campaign: CampaignId,
    circle: Option<u32>,
    root: Option<(Handle, Option<UnitId>)>,
    brought_by: Option<Brought>,
    chain: Vec<Brought>,
    brought: Vec<Brought>,
    direct_invites: u32,
    reach: u32,
    joined_at: Option<Timestamp>,
    kept_out: bool,
    touches: u64,
    orders: Orders,
    koc: Option<Koc>,
}

impl Place {
    fn of(campaign: &CampaignId, standing: Standing<'_>, koc: Option<Koc>, kept_out: bool) -> Self {
        Self {
            campaign: campaign.clone(),
            circle: standing.circle,
            root: standing.tree.map(|tree| (tree.person, tree.owner.unit.clone())),
            brought_by: standing.brought_by(),
            chain: standing.chain,
            brought: standing.brought,
            direct_invites: standing.direct_invites,
            reach: standing.reach,
            joined_at: standing.joined_at,
            kept_out,
            touches: standing.touches,
            orders: standing.orders,
            koc,
        }
    }

    fn mentioned(&self) -> impl Iterator<Item = Handle> + '_ {
        let root = self.root.iter().map(|(root, _)| *root);
        root.chain(self.chain.iter().chain(&self.brought).map(|brought| brought.person))
    }

    fn view(self, names: &Names, name: String) -> PersonInCampaign {
        let brief = |brought: Brought| names.brief(brought.person, Some(brought.at), Some(brought.reach));
        PersonInCampaign {
            campaign: CampaignBrief { id: self.campaign, name },
            circle: self.circle,
            root: self.root.map(|(root, unit)| PersonRoot {
                person: PersonId(root),
                name: names.person(root),
                unit: names.unit(unit.as_ref()),
            }),
            brought_by: self.brought_by.map(brief),
            chain: self.chain.into_iter().map(brief).collect(),
            brought: self.brought.into_iter().map(brief).collect(),
            direct_invites: self.direct_invites,
            reach: self.reach,
            joined_at: self.joined_at,
            kept_out: self.kept_out,
            touches: self.touches,
            orders: self.orders.count,
            paid_minor: money(self.orders),
            koc: self.koc.map(PersonKoc::from),
        }
    }
}

/// A person's place in the network
///
/// Who brought them, whom they brought, in every campaign in which the caller may see them.
#[utoipa::path(
    get, path = "/api/v1/persons/{person}/network", tag = "network", operation_id = "network.person.read",
    params(("person" = String, Path, description = "`p42`, `user:<id>` or `anonymous:<id>`"), PersonQuery),
    responses(
        (status = 200, body = PersonNetwork),
        (status = 404, description = "No such person in the caller's scope"),
    ),
    extensions(("x-permission" = json!("read_network"))),
)]
pub(super) async fn read(
    caller: CanReadNetwork,
    State(slice): State<Slice>,
    Path(person): Path<String>,
    Query(query): Query<PersonQuery>,
) -> Result<Json<PersonNetwork>, Problem> {
    let live = slice.live(caller.workspace, query.wait_offset).await?;
    let handle = slice.handle(caller.workspace, &person).await?;
    let now = slice.clock.now();
    let mut mentioned = Mentioned::default();
    let (person, is_fan, suspicion, places) = live.read(|network| {
        let found = network.standings(handle, &caller.scope, BROUGHT_MAX);
        let places = found.campaigns.into_iter().map(|place| {
            let (campaign, standing) = (&place.campaign.id, place.standing);
            // Ranking looks at the whole campaign; who brought nobody is not worth it.
            let koc = if standing.reach > 0 {
                let kocs = network.kocs(campaign, &caller.scope, None, now, KOCS_MAX).unwrap_or_default();
                kocs.into_iter().find(|koc| koc.candidate.person == found.person)
            } else {
                None
            };
            let kept_out = network.suspicious(campaign).contains(found.person);
            Place::of(campaign, standing, koc, kept_out)
        });
        let places: Vec<_> = places.collect();
        mentioned.add(network.people(), found.person);
        places.iter().flat_map(Place::mentioned).for_each(|other| mentioned.add(network.people(), other));
        let suspicion = network.verdict(found.person);
        let suspicion = suspicion.map(|(ring, verdict)| Suspicion { ring: ring.to_owned(), verdict: verdict.as_str() });
        (found.person, found.is_fan, suspicion, places)
    });
    if places.is_empty() {
        return Err(ErrorCode::NotFound.into());
    }
    let names = mentioned.look_up(&slice, caller.workspace).await?;
    let mut campaigns = Vec::with_capacity(places.len());
    for place in places {
        let name = slice.campaign(caller.workspace, &place.campaign, &live).await?.name;
        campaigns.push(place.view(&names, name));
    }
    let profile = names.profile(person);
    Ok(Json(PersonNetwork {
        person: PersonId(person),
        name: names.person(person),
        is_fan,
        phone_masked: profile.and_then(Identified::phone_masked),
        city: profile.and_then(|profile| profile.city.clone()),
        suspicion,
        campaigns,
    }))
}

impl Slice {
    /// The handle behind `p42`, `user:<id>` or `anonymous:<id>`.
    pub(super) async fn handle(&self, workspace: WorkspaceId, person: &str) -> Result<Handle, Problem> {
        let key = match PersonRef::parse(person) {
            Some(PersonRef::Person(person)) => return Ok(person.0),
            Some(PersonRef::Key(key)) => key,
            None => {
                return Err(
                    Problem::new(ErrorCode::NotFound).detail("A person is written p42, user:<id> or anonymous:<id>")
                );
            }
        };
        let found = self.directory.find(workspace, key).await.map_err(Problem::unavailable)?;
        found.ok_or_else(|| ErrorCode::NotFound.into())
    }
}

#[cfg(test)]
mod tests {
    use db::{Records, db_test};
    use facts::Kind;
    use serde_json::{Value, json};

    use crate::http::tests::{House, migrations};

    #[db_test(migrations = migrations())]
    async fn a_person_is_told_with_who_brought_them_and_whom_they_brought(records: Records) {
        let house = House::new(&records).await;
        house.root("spring", "m1", "store-1").await;
        house.open("spring", "a", "m1").await;
        for child in 0..60 {
            house.open("spring", &format!("c{child}"), "a").await;
        }
        house.open("spring", "g", "c7").await;
        house
            .tell(
                Kind::Track,
                "Order Paid",
                (Some("a"), None),
                json!({"order_id": "1", "amount_minor": 990, "campaign": "spring"}),
            )
            .await;
        house.identify("a", json!({"name": "林", "phone": "17012345678", "unionid": "o", "city": "杭州"})).await;

        let person = house.get("one", "/api/v1/persons/user:a/network").await.json;
        let told = ["name", "is_fan", "phone_masked", "city"].map(|field| person[field].clone());
        assert_eq!(told, [json!("林"), json!(true), json!("170****5678"), json!("杭州")]);
        let place = &person["campaigns"][0];
        for (field, number) in
            [("circle", 1), ("direct_invites", 60), ("reach", 61), ("touches", 1), ("orders", 1), ("paid_minor", 990)]
        {
            assert_eq!(place[field], number, "{field}");
        }
        assert_eq!(place["brought_by"]["person"], place["root"]["person"]);
        assert_eq!((&place["koc"]["rank"], place["koc"]["terms"].as_array().unwrap().len()), (&json!(1), 4));
        assert_eq!(place["chain"].as_array().unwrap().len(), 2);
        let brought = place["brought"].as_array().unwrap();
        let newest: Vec<&str> = brought.iter().map(|brief| brief["at"].as_str().unwrap()).collect();
        assert!(brought.len() == 50 && newest.is_sorted_by(|a, b| a >= b), "{newest:?}");
        assert!(!person.to_string().contains("17012345678"), "the number is nowhere whole");

        let root = house.get("one", "/api/v1/persons/p1/network").await.json;
        assert_eq!((&root["campaigns"][0]["circle"], &root["campaigns"][0]["brought_by"]), (&json!(0), &Value::Null));
    }

    #[db_test(migrations = migrations())]
    async fn an_old_id_leads_to_the_person_and_waiting_is_seen_by_all_alone(records: Records) {
        let house = House::new(&records).await;
        house.root("spring", "m1", "store-1").await;
        house
            .tell(Kind::Track, "Spread Opened", (None, Some("br")), json!({"campaign": "spring", "sharer_id": "m1"}))
            .await;
        house.open("spring", "u", "m1").await;
        house.tell(Kind::Identify, "identify", (Some("u"), Some("br")), json!({"name": "余"})).await;
        let told = house.get("one", "/api/v1/persons/p2/network").await.json;
        assert_eq!(
            (&told["person"], &told["name"], &told["campaigns"][0]["touches"]),
            (&json!("p2"), &json!("余"), &json!(2))
        );
        for way in ["p3", "user:u", "anonymous:br"] {
            assert_eq!(house.get("one", &format!("/api/v1/persons/{way}/network")).await.json, told, "{way}");
        }
        house.open("spring", "waits", "nobody").await;
        let waiting = house.get("all", "/api/v1/persons/user:waits/network").await.json;
        assert_eq!((&waiting["campaigns"][0]["circle"], &waiting["campaigns"][0]["chain"]), (&Value::Null, &json!([])));
        assert_eq!(house.get("one", "/api/v1/persons/user:waits/network").await.status, 404);
    }
}
