//! `POST /api/v1/campaigns/{campaign}/spreads`

use axum::{extract::State, http::StatusCode, response::Response};
use facts::Sharer;
use kernel::{CampaignId, ErrorCode, RootOwner, Scope, StaffId, UnitId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use web::{Asked, CanStartSpreads, Origin, Path, Principal, Problem};

use crate::{
    Slice,
    ops::{
        command::{Command, Order, Outcome},
        mint_spread::{Given, MintError, mint as mint_token},
    },
};

/// Who is given a token: a root, or a person who passes it on. Exactly one of the two.
#[derive(Deserialize, ToSchema)]
#[schema(example = json!({"root": {"unit": "store-66", "staff": "chen-yu", "channel": "wecom"}}))]
pub(super) struct NewSpread {
    root: Option<NewRoot>,
    sharer: Option<NewSharer>,
}

/// A root and whom it belongs to. Naming one of them is enough.
#[derive(Deserialize, ToSchema)]
pub(super) struct NewRoot {
    /// The id the root is known by as a person, for instance the member of staff's own customer id.
    user_id: Option<String>,
    #[schema(value_type = Option<String>)]
    unit: Option<UnitId>,
    #[schema(value_type = Option<String>)]
    staff: Option<StaffId>,
    channel: Option<String>,
}

/// A person by one of their ids.
#[derive(Deserialize, ToSchema)]
pub(super) struct NewSharer {
    user_id: Option<String>,
    anonymous_id: Option<String>,
}

/// A token to put into a link.
#[derive(Serialize, ToSchema)]
pub(super) struct MintedSpread {
    /// Name it as `spread` in `Spread Opened`.
    #[schema(example = "k7m2p9qwertz")]
    spread: String,
}

/// Mint a spread token
///
/// The token stands for the root or the person it is given to: whoever opens it was brought by them.
#[utoipa::path(
    post, path = "/api/v1/campaigns/{campaign}/spreads", tag = "network", operation_id = "network.spread.mint",
    params(("campaign" = String, Path)),
    request_body = NewSpread,
    responses(
        (status = 201, body = MintedSpread),
        (status = 404, description = "No such campaign, or a root or a sharer outside the caller's scope"),
        (status = 422, description = "Nobody, or both, are named"),
    ),
    extensions(("x-permission" = json!("start_spreads")), ("x-once" = json!(true))),
)]
pub(super) async fn mint(
    caller: CanStartSpreads,
    State(slice): State<Slice>,
    origin: Origin,
    Path(campaign): Path<CampaignId>,
    Asked { body: new, once }: Asked<NewSpread>,
) -> Result<Response, Problem> {
    if let Some(answer) = once.replay(slice.records.reads(), &caller, slice.clock.now()).await? {
        return Ok(answer);
    }
    let given = given(new, &caller)?;
    slice.refuse_foreign(&caller, &campaign, &given).await?;
    let minted = mint_token(caller.workspace, campaign, &given, slice.clock.now(), &*slice.entropy);
    let (spread, minted) = minted.map_err(|error| match error {
        MintError::Nobody => Problem::invalid("root", error.to_string()),
        MintError::Sharer => Problem::invalid("sharer", error.to_string()),
        MintError::Fact => Problem::internal(error),
    })?;
    let (answer, sticky) = once.answer(&caller, StatusCode::CREATED, &MintedSpread { spread })?;
    let order = Order { by: origin.by(&caller), command: Command::MintSpread(minted), sticky };
    match slice.commands.submit(order).await.map_err(Problem::unavailable)? {
        Outcome::NoSuchCampaign => {
            Err(Problem::new(ErrorCode::NotFound).detail("There is no such campaign; set it up first"))
        }
        Outcome::Again => once.again(slice.records.reads(), &caller, slice.clock.now()).await,
        Outcome::Done | Outcome::Taken => {
            slice.signal.notify_one();
            Ok(answer)
        }
    }
}

impl Slice {
    /// A token must not reach out of the caller's scope: a root that has a place elsewhere would come over with everybody
    /// below them, and what a foreign sharer shares is none of the caller's business.
    async fn refuse_foreign(&self, caller: &Principal, campaign: &CampaignId, given: &Given) -> Result<(), Problem> {
        let (false, Some(who)) = (caller.scope.is_all(), given.who()) else { return Ok(()) };
        let live = self.live(caller.workspace, None).await?;
        let known = self.directory.find(caller.workspace, who.key()).await.map_err(Problem::unavailable)?;
        let is_foreign = live.read(|network| match given {
            Given::Root { .. } => {
                let cascade = network.campaign(campaign).map(|campaign| &campaign.cascade);
                let owner = known.zip(cascade).and_then(|(who, of)| of.owner_of(network.people().person(who)));
                owner.is_some_and(|owner| !caller.scope.covers(owner))
            }
            Given::Sharer(_) => known.is_none_or(|who| network.standings(who, &caller.scope, 0).campaigns.is_empty()),
        });
        if is_foreign { Err(ErrorCode::NotFound.into()) } else { Ok(()) }
    }
}

fn given(new: NewSpread, caller: &Principal) -> Result<Given, Problem> {
    match (new.root, new.sharer) {
        (Some(root), None) => {
            let owner = RootOwner { unit: root.unit, staff: root.staff, channel: text(root.channel, "root.channel")? };
            // A root outside one's own light does not exist for the caller, and who works in no unit lights none of theirs.
            let own = matches!(caller.scope, Scope::Own(_));
            let foreign_unit = own && owner.unit.is_some() && owner.unit != caller.unit;
            if foreign_unit || !caller.scope.covers(&owner) {
                return Err(ErrorCode::NotFound.into());
            }
            Ok(Given::Root { user_id: text(root.user_id, "root.user_id")?, owner })
        }
        (None, Some(sharer)) => {
            match (text(sharer.user_id, "sharer.user_id")?, text(sharer.anonymous_id, "sharer.anonymous_id")?) {
                (Some(user), _) => Ok(Given::Sharer(Sharer::User(user))),
                (None, Some(anonymous)) => Ok(Given::Sharer(Sharer::Anonymous(anonymous))),
                (None, None) => Err(Problem::invalid("sharer", MintError::Sharer.to_string())),
            }
        }
        _ => Err(Problem::invalid("root", "name a root or a sharer, not both")),
    }
}

/// Longest id or channel, in bytes.
const TEXT_BYTES_MAX: usize = 256;

fn text(text: Option<String>, field: &'static str) -> Result<Option<String>, Problem> {
    let Some(text) = text.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty()) else { return Ok(None) };
    if text.len() > TEXT_BYTES_MAX || text.chars().any(char::is_control) {
        return Err(Problem::invalid(field, "too long, or with control characters"));
    }
    Ok(Some(text))
}

#[cfg(test)]
mod tests {
    use db::{Records, db_test, outbox};
    use facts::{Fact, Typed};
    use serde_json::{Value, json};

    use crate::http::tests::{House, migrations};

    const SPREADS: &str = "/api/v1/campaigns/spring/spreads";

    async fn spring(records: &Records) -> House {
        let house = House::new(records).await;
        house.post("all", "/api/v1/campaigns", &json!({"id": "spring", "name": "春"})).await;
        house
    }

    #[db_test(migrations = migrations())]
    async fn a_token_goes_out_with_the_fact_that_says_whose_it_is(records: Records) {
        let house = spring(&records).await;
        let root = json!({"root": {"unit": "store-1", "staff": "chen", "channel": " wecom "}});
        let minted = house.post("all", SPREADS, &root).await;
        assert_eq!(minted.status, 201);
        let waiting = outbox::pending(records.reads(), 0, 10).await.unwrap();
        let fact = Fact::from_log(&waiting[0].payload).unwrap();
        assert_eq!((waiting.len(), fact.user_id.as_deref()), (1, Some("staff:chen")));
        let Ok(Typed::SpreadStarted(started)) = fact.typed() else { panic!("a root: {fact:?}") };
        assert_eq!(started.owner.channel.as_deref(), Some("wecom"));
        assert_eq!(Value::from(started.spread), minted.json["spread"]);

        let minted = house.post("all", SPREADS, &json!({"sharer": {"anonymous_id": "br"}})).await;
        let waiting = outbox::pending(records.reads(), 0, 10).await.unwrap();
        let fact = Fact::from_log(&waiting[1].payload).unwrap();
        assert_eq!((minted.status, fact.anonymous_id.as_deref()), (201, Some("br")));
        assert!(matches!(fact.typed(), Ok(Typed::SpreadShared(_))));
    }

    #[db_test(migrations = migrations())]
    async fn a_token_is_given_to_exactly_one(records: Records) {
        let house = spring(&records).await;
        let long = "x".repeat(257);
        for body in [
            json!({}),
            json!({"root": {}}),
            json!({"sharer": {}}),
            json!({"sharer": {"user_id": " "}}),
            json!({"root": {"unit": "store-1"}, "sharer": {"user_id": "a"}}),
            json!({"root": {"unit": "a b"}}),
            json!({"root": {"channel": long}}),
            json!({"sharer": {"user_id": "a\u{0}b"}}),
        ] {
            assert_eq!(house.post("all", SPREADS, &body).await.status, 422, "{body}");
        }
        let unknown = house.post("all", "/api/v1/campaigns/none/spreads", &json!({"root": {"unit": "store-1"}})).await;
        assert_eq!(unknown.status, 404);
        assert!(outbox::pending(records.reads(), 0, 10).await.unwrap().is_empty());
    }

    #[db_test(migrations = migrations())]
    async fn nobody_reaches_out_of_their_scope(records: Records) {
        let house = spring(&records).await;
        house.root("spring", "m1", "store-1").await;
        house.root("spring", "m2", "store-2").await;
        house.open("spring", "a", "m1").await;
        house.open("spring", "b", "m2").await;
        let root = |unit: &str, user: &str| json!({"root": {"unit": unit, "user_id": user}});
        let sharer = |user: &str| json!({"sharer": {"user_id": user}});
        for (who, body, expected) in [
            ("one", root("store-1", "m1"), 201),
            ("one", root("store-1", "new"), 201),
            ("one", root("store-2", "m1"), 404),
            ("one", root("store-1", "b"), 404),
            ("one", json!({"root": {"channel": "poster"}}), 404),
            ("both", root("store-1", "b"), 201),
            ("own", json!({"root": {"staff": "tester"}}), 201),
            ("own", json!({"root": {"staff": "tester", "unit": "store-1"}}), 404),
            ("own", json!({"root": {"staff": "tester", "user_id": "a"}}), 404),
            ("one", sharer("a"), 201),
            ("one", sharer("b"), 404),
            ("one", sharer("never-seen"), 404),
            ("all", sharer("never-seen"), 201),
        ] {
            assert_eq!(house.post(who, SPREADS, &body).await.status, expected, "{who} {body}");
        }
    }
}
