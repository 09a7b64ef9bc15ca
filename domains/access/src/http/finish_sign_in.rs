//! `GET /api/v1/sign-in/callback`

use axum::{
    extract::State,
    http::{HeaderMap, HeaderValue, StatusCode, header},
};
use kernel::ErrorCode;
use serde::Deserialize;
use utoipa::IntoParams;
use web::{Problem, Query};

use super::{
    begin_sign_in::{BINDING_COOKIE, binding},
    origin::Origin,
    session::cookie,
};
use crate::{Access, AccessError, ops::Returned};

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct FinishSignIn {
    /// What the attempt is found by.
    #[serde(default)]
    state: String,
    /// What the provider gives for a token.
    #[serde(default)]
    code: String,
    /// What went wrong there, instead of a code.
    error: Option<String>,
}

/// Comes back from a provider
///
/// The provider sends the browser here. It goes on to the page it came from, signed in, or to the sign-in page, which says why
/// it is not (`?problem=`). What was begun in another browser, has been used, or is older than ten minutes is over.
#[utoipa::path(
    get, path = "/api/v1/sign-in/callback", tag = "access", operation_id = "access.sign_in.finish",
    params(FinishSignIn),
    responses((status = 303, description = "To a page of the console")),
    extensions(("x-permission" = json!("public"))),
)]
pub(super) async fn finish_sign_in(
    State(access): State<Access>,
    origin: Origin,
    headers: HeaderMap,
    Query(FinishSignIn { state, code, error }): Query<FinishSignIn>,
) -> (StatusCode, HeaderMap) {
    let told = match (error, web::cookie(&headers, BINDING_COOKIE)) {
        (Some(_), _) => Err("cancelled"),
        (None, None) => Err("over"),
        (None, Some(kept)) => {
            let finished = access.finish_elsewhere(&state, kept, &code, origin.visit.clone()).await;
            finished.map_err(|error| word_for(error, &origin))
        }
    };
    let mut answer = binding(None, &origin);
    let page = match told {
        Ok(Returned::In(signed_in, page)) => {
            if let Some(set) = cookie(Some(&signed_in.token), &origin).remove(header::SET_COOKIE) {
                answer.append(header::SET_COOKIE, set);
            }
            page
        }
        Ok(Returned::Linked(page)) => page,
        Err(word) => format!("/signin?problem={word}"),
    };
    answer.insert(header::LOCATION, HeaderValue::try_from(page).unwrap_or(HeaderValue::from_static("/signin")));
    (StatusCode::SEE_OTHER, answer)
}

/// What the sign-in page is told. The log is told why, with the request's id.
fn word_for(error: AccessError, origin: &Origin) -> &'static str {
    let request = origin.visit.origin.request.as_ref().map(|id| id.0.as_ref().to_owned());
    tracing::info!(%error, request, "a sign-in by way of a provider did not work");
    match error {
        AccessError::UnknownElsewhere => "unknown",
        AccessError::Locked { .. } => "too_many",
        AccessError::Rejected(crate::Rejection::LinkTaken) => "taken",
        AccessError::Elsewhere(_) | AccessError::Disbelieved(_) => "provider",
        other => match Problem::from(other).code() {
            ErrorCode::Unavailable | ErrorCode::Internal => "unavailable",
            _ => "over",
        },
    }
}

#[cfg(test)]
mod tests {
    use db::{db_test, testing::TestDb};
    use serde_json::{Value, json};
    use testkit::provider::{CLIENT, Provider, SECRET, Signing};

    use crate::http::tests::{Answer, Ask, House};

    const NOW_SECS: i64 = 1_790_000_000;

    /// A brand with a provider set up.
    struct Scene {
        house: House,
        there: Provider,
        boss: String,
        id: String,
    }

    impl Scene {
        async fn new(db: &TestDb, match_email: bool) -> Self {
            let (house, there) = (House::new(&db.records()).await, Provider::start(NOW_SECS).await);
            let boss = house.sign_in("boss@one.example").await;
            let set_up = json!({
                "name": "公司账号", "issuer": there.issuer, "client_id": CLIENT, "client_secret": SECRET,
                "match_email": match_email,
            });
            let made = house.ask(Ask::post("/api/v1/providers").cookie(&boss).body(set_up)).await;
            assert_eq!(made.status, 201, "{}", made.body);
            assert!(!made.text.contains(SECRET));
            let id = made.body["id"].as_str().unwrap().to_owned();
            Self { house, there, boss, id }
        }

        /// Sets out: the address to go to, and the cookie that was set.
        async fn begin(&self, ask: Ask) -> (String, String) {
            let begun = self.house.ask(ask.body(json!({ "return_to": "/network" }))).await;
            assert_eq!(begun.status, 200, "{}", begun.body);
            let set = begun.headers["set-cookie"].to_str().unwrap();
            assert!(set.contains("; Path=/api/v1/sign-in; HttpOnly; SameSite=Lax; Max-Age=600"), "{set}");
            let kept = set.split(';').next().unwrap().to_owned();
            (begun.body["url"].as_str().unwrap().to_owned(), kept)
        }

        async fn set_out(&self) -> (String, String) {
            self.begin(Ask::post(&format!("/api/v1/sign-in/{}", self.id))).await
        }

        /// Comes back as this person.
        async fn come_back(&self, (url, kept): (String, String), person: Value) -> Answer {
            self.arrive(&self.there.let_in(&url, person), &kept).await
        }

        async fn arrive(&self, back: &str, kept: &str) -> Answer {
            let path = back.strip_prefix("http://shop.example").unwrap_or_else(|| panic!("{back} is not ours"));
            let answer = self.house.ask(Ask::get(path).header("cookie", kept)).await;
            assert_eq!(answer.status, 303, "{}", answer.body);
            answer
        }

        async fn sign_in_as(&self, person: Value) -> Answer {
            self.come_back(self.set_out().await, person).await
        }
    }

    fn person(subject: &str, email: &str) -> Value {
        json!({ "sub": subject, "email": email, "email_verified": true, "name": "李雷" })
    }

    fn page(answer: &Answer) -> &str {
        answer.headers["location"].to_str().unwrap()
    }

    /// The session that was opened, if one was.
    fn session(answer: &Answer) -> Option<String> {
        let set = answer.headers.get_all("set-cookie").into_iter().filter_map(|set| set.to_str().ok());
        let mut sessions = set.filter_map(|set| set.strip_prefix("sl_session=")?.split(';').next().map(str::to_owned));
        sessions.next()
    }

    async fn is(house: &House, session: &str) -> Value {
        house.ask(Ask::get("/api/v1/session").cookie(session)).await.body["staff"]["id"].clone()
    }

    #[db_test(migrations = crate::MIGRATIONS)]
    async fn whoever_the_provider_vouches_for_is_let_in_as_themselves(db: TestDb) {
        let scene = Scene::new(&db, true).await;
        let doors = scene.house.ask(Ask::get("/api/v1/sign-in")).await.body;
        assert_eq!(doors["items"], json!([{ "id": scene.id, "name": "公司账号" }]));
        for (signing, who) in [(Signing::Rs256, "city"), (Signing::Es256, "store")] {
            scene.there.sign(signing);
            let answer = scene.sign_in_as(person(who, &format!("{}@one.example", who.to_uppercase()))).await;
            assert_eq!(page(&answer), "/network");
            assert_eq!(is(&scene.house, &session(&answer).unwrap()).await, json!(who));
        }
        // From then on the provider's own name for them counts, whatever their address is now.
        let again = scene.sign_in_as(json!({ "sub": "city", "email": "new@else.example" })).await;
        assert_eq!(is(&scene.house, &session(&again).unwrap()).await, json!("city"));
        // Keys that are changed are fetched again.
        scene.there.change_keys();
        scene.house.clock.advance_secs(61);
        let after = scene.sign_in_as(person("city", "x@x")).await;
        assert_eq!(is(&scene.house, &session(&after).unwrap()).await, json!("city"));
        let asked = scene.there.asked();
        assert_eq!(asked.iter().filter(|path| *path == "/keys").count(), 2, "{asked:?}");
        assert_eq!(asked.iter().filter(|path| path.starts_with("/.well-known")).count(), 1, "{asked:?}");
        let told = scene.house.ask(Ask::get("/api/v1/audit?format=csv").cookie(&scene.boss)).await.text;
        assert!(
            told.contains("provider.created") && told.contains("sign_in.linked") && !told.contains(SECRET),
            "{told}"
        );
    }

    #[db_test(migrations = crate::MIGRATIONS)]
    async fn nobody_is_made_up_and_whoever_is_invited_joins(db: TestDb) {
        let scene = Scene::new(&db, true).await;
        let unverified = json!({ "sub": "u", "email": "city@one.example", "email_verified": false });
        for stranger in
            [person("x", "stranger@else.example"), unverified, json!({ "sub": "y" }), person("z", "boss@two.example")]
        {
            let answer = scene.sign_in_as(stranger.clone()).await;
            assert_eq!((page(&answer), session(&answer)), ("/signin?problem=unknown", None), "{stranger}");
        }
        let invited = json!({ "email": "han@one.example", "role": "store_manager", "unit": "store-2" });
        assert_eq!(
            scene.house.ask(Ask::post("/api/v1/invitations").cookie(&scene.boss).body(invited)).await.status,
            201
        );
        let answer = scene.sign_in_as(person("han", "Han@One.example")).await;
        let joined = scene.house.ask(Ask::get("/api/v1/session").cookie(&session(&answer).unwrap())).await.body;
        assert_eq!((&joined["staff"]["name"], &joined["staff"]["role"]), (&json!("李雷"), &json!("store_manager")));
        assert_eq!(scene.house.ids(Ask::get("/api/v1/invitations").cookie(&scene.boss)).await, [""; 0]);

        // Whoever is shut out stays out.
        let staff = format!("/api/v1/staff/{}", joined["staff"]["id"].as_str().unwrap());
        scene.house.ask(Ask::patch(&staff).cookie(&scene.boss).body(json!({ "active": false }))).await;
        let answer = scene.sign_in_as(person("han", "han@one.example")).await;
        assert_eq!((page(&answer), session(&answer)), ("/signin?problem=unknown", None));
    }

    #[db_test(migrations = crate::MIGRATIONS)]
    async fn a_lie_opens_nothing(db: TestDb) {
        let scene = Scene::new(&db, true).await;
        let city = || person("city", "city@one.example");
        for lie in [
            json!({ "nonce": "another" }),
            json!({ "nonce": null }),
            json!({ "aud": "somebody-else" }),
            json!({ "aud": [CLIENT, "somebody-else"] }),
            json!({ "iss": "https://evil.example" }),
            json!({ "exp": NOW_SECS - 121 }),
            json!({ "iat": NOW_SECS + 121 }),
            json!({ "exp": "soon" }),
        ] {
            scene.there.say(lie.clone());
            let answer = scene.sign_in_as(city()).await;
            assert_eq!((page(&answer), session(&answer)), ("/signin?problem=provider", None), "{lie}");
        }
        scene.there.say(json!({}));
        for signing in [Signing::None, Signing::Hs256, Signing::Stranger] {
            scene.there.sign(signing);
            let answer = scene.sign_in_as(city()).await;
            assert_eq!((page(&answer), session(&answer)), ("/signin?problem=provider", None), "{signing:?}");
        }
        scene.there.sign(Signing::Rs256);
        assert!(session(&scene.sign_in_as(city()).await).is_some(), "and the truth does");
    }

    #[db_test(migrations = crate::MIGRATIONS)]
    async fn a_sign_in_is_finished_once_in_its_own_browser_and_in_time(db: TestDb) {
        let scene = Scene::new(&db, true).await;
        let city = || person("city", "city@one.example");
        let over = |answer: &Answer| (page(answer) == "/signin?problem=over") && session(answer).is_none();

        let (url, kept) = scene.set_out().await;
        let back = scene.there.let_in(&url, city());
        let (_, anothers) = scene.set_out().await;
        assert!(over(&scene.arrive(&back, &anothers).await), "another browser's");
        assert!(over(&scene.arrive(&back, "sl_sign_in=").await) && over(&scene.arrive(&back, "x=y").await));
        assert!(session(&scene.arrive(&back, &kept).await).is_some());
        assert!(over(&scene.arrive(&back, &kept).await), "a second time");

        // A code that somebody saw is no good in another sign-in: it was asked for with another proof.
        let (theirs, _) = scene.set_out().await;
        let stolen = scene.there.let_in(&theirs, city());
        let code = stolen.split("code=").nth(1).unwrap().split('&').next().unwrap();
        let (mine, kept) = scene.set_out().await;
        let own = scene.there.let_in(&mine, city());
        let (start, state) = (own.split("code=").next().unwrap(), own.split("&state=").nth(1).unwrap());
        let answer = scene.arrive(&format!("{start}code={code}&state={state}"), &kept).await;
        assert_eq!((page(&answer), session(&answer)), ("/signin?problem=provider", None));

        // Two with one state at once: one goes on.
        let (url, kept) = scene.set_out().await;
        let back = scene.there.let_in(&url, city());
        let (one, other) = tokio::join!(scene.arrive(&back, &kept), scene.arrive(&back, &kept));
        assert_eq!([one, other].iter().filter(|answer| session(answer).is_some()).count(), 1);

        let late = scene.set_out().await;
        scene.house.clock.advance_secs(600);
        assert!(over(&scene.come_back(late, city()).await));
        let refused = scene.arrive("http://shop.example/api/v1/sign-in/callback?error=access_denied", "x=y").await;
        assert_eq!(page(&refused), "/signin?problem=cancelled");
    }

    #[db_test(migrations = crate::MIGRATIONS)]
    async fn one_links_and_unlinks_ones_own_account(db: TestDb) {
        let scene = Scene::new(&db, false).await;
        let house = &scene.house;
        let (store, city) = (house.sign_in("store@one.example").await, house.sign_in("city@one.example").await);
        let place = format!("/api/v1/session/providers/{}", scene.id);
        let unlinked = scene.sign_in_as(person("store", "store@one.example")).await;
        assert_eq!(page(&unlinked), "/signin?problem=unknown", "the brand does not go by addresses");

        let begun = scene.begin(Ask::post(&place).cookie(&store)).await;
        let answer = scene.come_back(begun, person("s-there", "s@else.example")).await;
        assert_eq!((page(&answer), session(&answer)), ("/network", None));
        let links = house.ask(Ask::get("/api/v1/session/providers").cookie(&store)).await.body["items"].clone();
        assert_eq!((&links[0]["provider_name"], &links[0]["label"]), (&json!("公司账号"), &json!("s@else.example")));
        let entered = scene.sign_in_as(json!({ "sub": "s-there" })).await;
        assert_eq!(is(house, &session(&entered).unwrap()).await, json!("store"));

        let begun = scene.begin(Ask::post(&place).cookie(&city)).await;
        let taken = scene.come_back(begun, person("s-there", "s@else.example")).await;
        assert_eq!(page(&taken), "/signin?problem=taken");
        assert_eq!(house.ask(Ask::delete(&place).cookie(&city)).await.status, 404);
        assert_eq!(house.ask(Ask::delete(&place).cookie(&store)).await.status, 204);
        assert_eq!(page(&scene.sign_in_as(json!({ "sub": "s-there" })).await), "/signin?problem=unknown");
        // Another brand's staff cannot link there, another site cannot begin it, and nobody is sent elsewhere afterwards.
        let other = house.sign_in("boss@two.example").await;
        let body = json!({ "return_to": "/today" });
        assert_eq!(house.ask(Ask::post(&place).cookie(&other).body(body.clone())).await.status, 404);
        let foreign = Ask::post(&place).cookie(&store).header("sec-fetch-site", "cross-site");
        assert_eq!(house.ask(foreign.body(body)).await.status, 403);
        let away = json!({ "return_to": "//evil.example" });
        assert_eq!(house.ask(Ask::post(&place).cookie(&store).body(away)).await.status, 422);
    }

    #[db_test(migrations = crate::MIGRATIONS)]
    async fn only_whoever_holds_everything_decides_how_people_sign_in(db: TestDb) {
        let scene = Scene::new(&db, false).await;
        let house = &scene.house;
        let role = json!({ "name": "IT", "permissions": ["manage_sign_in"], "scope": "all" });
        let role = house.ask(Ask::post("/api/v1/roles").cookie(&scene.boss).body(role)).await.body["id"].clone();
        house.ask(Ask::patch("/api/v1/staff/rover").cookie(&scene.boss).body(json!({ "role": role }))).await;
        let it = house.sign_in("rover@one.example").await;
        let place = format!("/api/v1/providers/{}", scene.id);
        let listed = house.ask(Ask::get("/api/v1/providers").cookie(&it)).await;
        assert_eq!(listed.body["items"][0]["client_id"], CLIENT);
        assert!(!listed.text.contains(SECRET));
        let match_email = || json!({ "match_email": true });
        assert_eq!(house.ask(Ask::patch(&place).cookie(&it).body(match_email())).await.status, 403);
        assert_eq!(house.ask(Ask::delete(&place).cookie(&it)).await.status, 403);
        let other = house.sign_in("boss@two.example").await;
        assert_eq!(house.ask(Ask::patch(&place).cookie(&other).body(match_email())).await.status, 404);
        assert_eq!(house.ask(Ask::delete(&place).cookie(&other)).await.status, 404);

        let boss = |body: Value| Ask::patch(&place).cookie(&scene.boss).body(body);
        assert_eq!(house.ask(boss(match_email())).await.body["match_email"], true);
        // The stored secret goes to no other issuer, and what is no provider is not taken.
        let elsewhere = json!({ "issuer": "https://evil.example" });
        assert_eq!(house.ask(boss(elsewhere)).await.body["errors"][0]["field"], "client_secret");
        for issuer in [
            "http://login.example.com",
            "ftp://x",
            &format!("{}/x", scene.there.issuer),
            &format!("{}/", scene.there.issuer),
        ] {
            let refused = house.ask(boss(json!({ "issuer": issuer, "client_secret": "x" }))).await;
            assert_eq!((refused.status, &refused.body["errors"][0]["field"]), (422, &json!("issuer")), "{issuer}");
        }
        assert_eq!(house.ask(Ask::delete(&place).cookie(&scene.boss)).await.status, 204);
        assert_eq!(house.ask(Ask::post(&format!("/api/v1/sign-in/{}", scene.id)).body(json!({}))).await.status, 404);
    }
}
