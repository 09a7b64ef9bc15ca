//! `POST /api/v1/fraud/decisions`

use axum::extract::State;
use kernel::ErrorCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use web::{CanReviewFraud, Json, Origin, Problem};

use super::{
    naming::Mentioned,
    rings::{RingRow, Sight, not_there, verdict},
};
use crate::{
    Slice,
    ops::review_rings::{Review, Reviewed},
    store::rings,
};

/// Rings decided about at once.
const RINGS_MAX: usize = 200;
/// Longest reason, in characters.
const WHY_CHARS_MAX: usize = 500;

/// What to do with some rings.
#[derive(Deserialize, ToSchema)]
#[schema(example = json!({"rings": ["r-4kq2m0a7xz"], "verdict": "held", "why": "60 个账号共用 15 台设备"}))]
pub(super) struct Decision {
    /// Up to 200.
    rings: Vec<String>,
    /// `held` (kept out until somebody has looked), `confirmed`, `cleared`, or `open`, which takes a decision back.
    verdict: String,
    /// For those who look later; at most 500 characters.
    why: Option<String>,
}

/// The rings as they stand now.
#[derive(Serialize, ToSchema)]
pub(super) struct Decided {
    items: Vec<RingRow>,
}

/// Decide about rings
///
/// Whoever is held or confirmed counts nowhere any more, with everybody below them. `open` takes a decision back.
#[utoipa::path(
    post, path = "/api/v1/fraud/decisions", tag = "network", operation_id = "network.ring.decide",
    request_body = Decision,
    responses(
        (status = 200, body = Decided),
        (status = 403, description = "A ring reaches beyond the caller's scope"),
        (status = 404, description = "No such ring in the caller's scope; nothing was decided"),
        (status = 422, description = "A field is not valid"),
    ),
    extensions(("x-permission" = json!("review_fraud"))),
)]
pub(super) async fn decide(
    caller: CanReviewFraud,
    State(slice): State<Slice>,
    origin: Origin,
    Json(decision): Json<Decision>,
) -> Result<Json<Decided>, Problem> {
    let verdict = verdict(&decision.verdict, "verdict")?;
    if decision.rings.is_empty() || decision.rings.len() > RINGS_MAX {
        return Err(Problem::invalid("rings", format!("1 to {RINGS_MAX} rings")));
    }
    let why = decision.why.map(|why| why.trim().to_owned()).filter(|why| !why.is_empty());
    if why.as_ref().is_some_and(|why| why.chars().count() > WHY_CHARS_MAX) {
        return Err(Problem::invalid("why", format!("at most {WHY_CHARS_MAX} characters")));
    }
    let mut ids = decision.rings;
    ids.sort_unstable();
    ids.dedup();
    let live = slice.live(caller.workspace, None).await?;
    let known = rings::some_rings_in_workspace(slice.records.reads(), caller.workspace, &ids).await;
    let known = known.map_err(Problem::unavailable)?;
    live.read(|network| {
        let sights = known.iter().map(|booked| (Sight::of(network, &booked.ring, &caller.scope), booked));
        let mut seen = 0;
        for (sight, booked) in sights {
            let sight = sight.ok_or_else(not_there)?;
            if sight.visible < booked.ring.size && !caller.scope.is_all() {
                return Err(Problem::new(ErrorCode::Forbidden)
                    .detail("This ring reaches into units you do not see; somebody who sees all of them must decide"));
            }
            seen += 1;
        }
        if seen < ids.len() { Err(not_there()) } else { Ok(()) }
    })?;
    let review = Review::Decide { workspace: caller.workspace, by: origin.by(&caller), rings: ids, verdict, why };
    let decided = match slice.reviews.submit(review).await.map_err(Problem::unavailable)? {
        Reviewed::Decided(decided) => decided,
        Reviewed::Found { .. } | Reviewed::NoSuchRing => return Err(not_there()),
    };
    slice.signal.notify_one();
    let names = Mentioned::default().look_up(&slice, caller.workspace).await?;
    let items = live.read(|network| {
        let row = |booked: rings::Booked| {
            let sight = Sight::of(network, &booked.ring, &caller.scope)?;
            Some(RingRow::of(booked, &sight, &names))
        };
        decided.into_iter().filter_map(row).collect()
    });
    Ok(Json(Decided { items }))
}

#[cfg(test)]
mod tests {
    use db::{Records, db_test};
    use facts::Kind;
    use serde_json::{Value, json};

    use crate::http::tests::{House, migrations};

    /// Two stores; below the first somebody who brought three honest people and six accounts of one device.
    async fn farm(records: &Records) -> House {
        let house = House::new(records).await;
        house.root("spring", "m1", "store-1").await;
        house.root("spring", "m2", "store-2").await;
        house.open("spring", "koc", "m1").await;
        house.open("spring", "rival", "m1").await;
        for n in 0..3 {
            house.open("spring", &format!("honest-{n}"), "koc").await;
        }
        for n in 0..4 {
            house.open("spring", &format!("friend-{n}"), "rival").await;
        }
        for n in 0..6 {
            let told = json!({"campaign": "spring", "sharer_id": "koc"});
            house.tell(Kind::Track, "Spread Opened", (Some(&format!("fake-{n}")), Some("tablet")), told).await;
        }
        house.open("spring", "elsewhere", "m2").await;
        house
    }

    async fn reaches(house: &House) -> Vec<Value> {
        house.get("all", "/api/v1/campaigns/spring/kocs?limit=2").await.each("items", "reach")
    }

    async fn found(house: &House) -> String {
        let searched = house.post("all", "/api/v1/fraud/search", &json!({})).await;
        assert_eq!((searched.status, &searched.json["new"]), (200, &json!(1)), "{}", searched.json);
        let list = house.get("all", "/api/v1/fraud/rings").await;
        list.json["items"][0]["id"].as_str().expect("a ring").to_owned()
    }

    #[db_test(migrations = migrations())]
    async fn accounts_of_one_device_are_held_and_count_nowhere_until_that_is_taken_back(records: Records) {
        let house = farm(&records).await;
        let ring = found(&house).await;
        let list = house.get("all", "/api/v1/fraud/rings").await;
        let first = &list.json["items"][0];
        assert_eq!((&first["size"], &first["score"], &first["verdict"]), (&json!(6), &json!(65), &json!("open")));
        let why = first["reasons"][0]["words"]["zh"].as_str().expect("words");
        assert!(why.starts_with("6 个账号使用同一设备"), "{why}");
        assert_eq!(reaches(&house).await, [9, 4], "being in the queue keeps nobody out");

        let view = house.get("all", &format!("/api/v1/fraud/rings/{ring}")).await;
        assert_eq!(view.each("people", "is_head"), [false; 6]);
        assert_eq!(view.json["shared"][0]["people"], json!([0, 1, 2, 3, 4, 5]));
        let effect = &view.json["effects"][0];
        assert_eq!((&effect["people"], &effect["kocs"][0]["before"]), (&json!(6), &json!(1)));
        assert_eq!((&effect["kocs"][0]["after"], &effect["kocs"][0]["reach_after"]), (&json!(2), &json!(3)));

        let hold = json!({"rings": [ring], "verdict": "held", "why": "同一台平板"});
        let held = house.post("all", "/api/v1/fraud/decisions", &hold).await;
        assert_eq!((held.status, &held.json["items"][0]["verdict"]), (200, &json!("held")), "{}", held.json);
        house.carry().await;
        assert_eq!(reaches(&house).await, [4, 3], "without the six the rival is first");
        assert_eq!(house.get("all", "/api/v1/campaigns/spring/cascade").await.json["suspicious"], 6);
        assert_eq!(house.get("all", "/api/v1/campaigns/spring/kocs").await.json["kept_out"], 6);
        assert_eq!(house.get("all", "/api/v1/network/kocs?campaign=spring").await.json["suspicious"], 6);
        assert_eq!(
            house.get("all", "/api/v1/network/compare?campaigns=spring").await.each("items", "kept_out"),
            [json!(6)]
        );
        // The picture ends with who does not count: six of them.
        let picture = house.get("all", "/api/v1/campaigns/spring/picture").await;
        assert_eq!(picture.bytes[picture.bytes.len() - 7], 6);
        let person = house.get("all", "/api/v1/persons/user:fake-3/network").await.json;
        assert_eq!(
            (&person["suspicion"]["verdict"], &person["campaigns"][0]["kept_out"]),
            (&json!("held"), &json!(true))
        );

        // The same again changes nothing; a new search leaves what was decided; and a decision is taken back.
        assert_eq!(house.post("all", "/api/v1/fraud/decisions", &hold).await.status, 200);
        let again = house.post("all", "/api/v1/fraud/search", &json!({})).await;
        assert_eq!((&again.json["new"], &again.json["known"]), (&json!(0), &json!(1)));
        let back = json!({"rings": [ring], "verdict": "open"});
        assert_eq!(house.post("all", "/api/v1/fraud/decisions", &back).await.json["items"][0]["why"], json!(null));
        house.carry().await;
        assert_eq!(reaches(&house).await, [9, 4]);
        let told = db::audit::entries(records.reads(), kernel::WorkspaceId(1), &db::audit::Query::default(), 9).await;
        let actions: Vec<String> = told.expect("the trail").into_iter().map(|stored| stored.entry.action).collect();
        assert_eq!(actions, ["ring.reopened", "ring.held"]);
    }

    #[db_test(migrations = migrations())]
    async fn a_ring_is_for_those_who_see_it_and_decided_by_those_who_see_all_of_it(records: Records) {
        let house = farm(&records).await;
        // One of the accounts stands below the other store.
        let told = json!({"campaign": "spring", "sharer_id": "m2"});
        house.tell(Kind::Track, "Spread Opened", (Some("fake-far"), Some("tablet")), told).await;
        let ring = found(&house).await;
        let path = format!("/api/v1/fraud/rings/{ring}");
        let hold = json!({"rings": [ring], "verdict": "held"});
        for (who, reads, decides) in [("all", 200, 200), ("both", 200, 200), ("one", 200, 403), ("own", 404, 404)] {
            assert_eq!(house.get(who, &path).await.status, reads, "{who}");
            assert_eq!(house.post(who, "/api/v1/fraud/decisions", &hold).await.status, decides, "{who}");
        }
        let one = house.get("one", &path).await.json;
        assert_eq!((&one["ring"]["size"], &one["ring"]["visible"]), (&json!(7), &json!(6)));
        let hidden: Vec<_> =
            one["people"].as_array().unwrap().iter().filter(|person| person["person"].is_null()).collect();
        assert_eq!((hidden.len(), &hidden[0]["unit"]["id"]), (1, &json!("store-2")));
        assert_eq!(house.get("own", "/api/v1/fraud/rings").await.json["items"], json!([]));
        assert_eq!(house.get("two", "/api/v1/fraud/rings?unit=store-1").await.json["items"], json!([]));
        assert_eq!(
            house.get("all", "/api/v1/fraud/rings?verdict=held&kind=accounts").await.each("items", "id"),
            [json!(ring)]
        );

        let unknown = json!({"rings": [ring, "r-none"], "verdict": "cleared"});
        assert_eq!(house.post("all", "/api/v1/fraud/decisions", &unknown).await.status, 404, "all of them or none");
        assert_eq!(house.get("all", &path).await.json["ring"]["verdict"], "held");
        for (body, field) in [
            (json!({"rings": [], "verdict": "held"}), "rings"),
            (json!({"rings": [ring], "verdict": "banned"}), "verdict"),
            (json!({"rings": [ring], "verdict": "held", "why": "x".repeat(501)}), "why"),
        ] {
            let refused = house.post("all", "/api/v1/fraud/decisions", &body).await;
            assert_eq!((refused.status, &refused.json["errors"][0]["field"]), (422, &json!(field)));
        }
        let csv = house.get("all", "/api/v1/fraud/rings?format=csv").await;
        assert!(csv.text().lines().nth(1).is_some_and(|line| line.contains("7 个账号使用同一设备")), "{}", csv.text());
    }
}
