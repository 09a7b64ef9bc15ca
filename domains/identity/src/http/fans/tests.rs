//! A customer's way in, and those who try to take it for somebody else.

use std::sync::Arc;

use axum::{Router, body::Body, http::Request};
use db::{Records, db_test, outbox, testing::TestDb};
use facts::{Fact, Typed};
use kernel::{ManualClock, SeededEntropy, Timestamp, WorkspaceId};
use serde_json::Value;
use tower::ServiceExt;

use crate::{Customers, StandIn};

const PAGE: &str = "/f/1/play/books";
const DAY_SECS: i64 = 24 * 3600;

/// A brand's pages, a clock, and a stand-in for WeChat.
struct Scene {
    records: Records,
    router: Router,
    stand_in: Arc<StandIn>,
    clock: Arc<ManualClock>,
}

/// What came back.
struct Answer {
    status: u16,
    location: String,
    /// The token that was set, if one was.
    token: Option<String>,
    json: Value,
}

impl Scene {
    fn new(db: &TestDb) -> Self {
        let records = db.records();
        let entropy = Arc::new(SeededEntropy::new(7));
        let clock = Arc::new(ManualClock::at(Timestamp::from_secs(1_790_000_000)));
        let stand_in = Arc::new(StandIn::new(entropy.clone()));
        let customers = Customers::new(&records, Some(stand_in.clone()), clock.clone(), entropy, Arc::default());
        let (router, _) = super::router(customers).split_for_parts();
        Self { records, router, stand_in, clock }
    }

    async fn ask(&self, method: &str, path: &str, token: Option<&str>) -> Answer {
        let workspace = path.split('/').nth(4).unwrap();
        let mut request = Request::builder().method(method).uri(path);
        if let Some(token) = token {
            request = request.header("cookie", format!("sl_fan_{workspace}={token}"));
        }
        let mut request = request.body(Body::empty()).unwrap();
        request.extensions_mut().insert(web::Came { host: Some("shop.example".into()), ..web::Came::default() });
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let bytes = axum::body::to_bytes(body, usize::MAX).await.unwrap();
        let text = |name: &str| parts.headers.get(name).map(|value| value.to_str().unwrap().to_owned());
        let set = text("set-cookie").inspect(|set| assert!(set.contains("HttpOnly; SameSite=Lax"), "{set}"));
        Answer {
            status: parts.status.as_u16(),
            location: text("location").unwrap_or_default(),
            token: set.map(|set| set.split(['=', ';']).nth(1).unwrap().to_owned()),
            json: serde_json::from_slice(&bytes).unwrap_or_default(),
        }
    }

    /// Sets out to sign in: the state, and the browser's token.
    async fn set_out(&self, token: Option<&str>) -> (String, String) {
        let begun = self.ask("GET", &format!("/api/v1/fan/1/sign-in?to={PAGE}"), token).await;
        assert_eq!(begun.status, 303);
        let state = begun.location.strip_prefix("/f/1/stand-in?state=").unwrap().to_owned();
        (state, begun.token.or(token.map(str::to_owned)).unwrap())
    }

    async fn come_back(&self, workspace: u32, state: &str, code: &str, token: &str) -> Answer {
        let path = format!("/api/v1/fan/{workspace}/sign-in/callback?state={state}&code={code}");
        self.ask("GET", &path, Some(token)).await
    }

    /// The token after signing in under this name.
    async fn sign_in(&self, name: &str, token: Option<&str>) -> String {
        let (state, token) = self.set_out(token).await;
        let back = self.come_back(1, &state, &self.stand_in.let_in(name), &token).await;
        assert_eq!((back.status, back.location.as_str()), (303, PAGE));
        back.token.unwrap()
    }

    async fn is_signed_in(&self, workspace: u32, token: &str) -> bool {
        let me = self.ask("GET", &format!("/api/v1/fan/{workspace}/me"), Some(token)).await;
        assert_eq!((me.status, &me.json["can_sign_in"]), (200, &Value::Bool(true)));
        me.json["signed_in"].as_bool().unwrap()
    }

    async fn facts(&self) -> Vec<Fact> {
        let items = outbox::pending(self.records.reads(), 0, 100).await.unwrap();
        items.iter().map(|item| Fact::from_log(&item.payload).unwrap()).collect()
    }
}

#[db_test(migrations = crate::MIGRATIONS)]
async fn a_visitor_becomes_somebody_and_it_is_told_once_who(db: TestDb) {
    let scene = Scene::new(&db);
    let visitor = "abcdefghjkmnpqrstuvwxyz23456789A";
    assert!(!scene.is_signed_in(1, visitor).await);
    let token = scene.sign_in("林小雨", Some(visitor)).await;
    assert_ne!(token, visitor);
    assert!(scene.is_signed_in(1, &token).await);
    assert!(!scene.is_signed_in(1, visitor).await, "a token somebody put there before is worth nothing");

    let facts = scene.facts().await;
    let [fact] = &facts[..] else { panic!("{facts:?}") };
    let spaces: Vec<&str> = fact.ids.iter().map(|id| id.namespace.as_str()).collect();
    assert_eq!(spaces, ["wechat:openid:wxStandIn", "wechat:unionid", "searchlight:fan"]);
    assert_eq!(fact.ids[2], crate::rules::visitor::browser(WorkspaceId(1), visitor));
    let Typed::Identified(known) = fact.typed().unwrap() else { panic!("{fact:?}") };
    assert_eq!(known.name.as_deref(), Some("林小雨"));

    assert_eq!(scene.ask("DELETE", "/api/v1/fan/1/session", Some(&token)).await.status, 204);
    assert!(!scene.is_signed_in(1, &token).await);
    // From another phone, without any cookie yet, they are the same person again.
    let phone = scene.sign_in("林小雨", None).await;
    assert!(scene.is_signed_in(1, &phone).await);
    assert_eq!(scene.facts().await[1].ids[0], fact.ids[0]);
}

#[db_test(migrations = crate::MIGRATIONS)]
async fn what_is_stored_opens_nothing(db: TestDb) {
    let scene = Scene::new(&db);
    let token = scene.sign_in("林小雨", None).await;
    let hash = crate::rules::visitor::hash(&token);
    let stored = crate::store::fans::session(scene.records.reads(), WorkspaceId(1), hash, Timestamp(0)).await.unwrap();
    assert_eq!(stored.unwrap().token, hash);
    let hex: String = hash.iter().map(|byte| format!("{byte:02x}")).collect();
    assert_eq!(scene.ask("GET", "/api/v1/fan/1/me", Some(&hex)).await.status, 401);
}

#[db_test(migrations = crate::MIGRATIONS)]
async fn a_session_is_of_one_brand_and_ends(db: TestDb) {
    let scene = Scene::new(&db);
    let token = scene.sign_in("林小雨", None).await;
    assert!(!scene.is_signed_in(2, &token).await, "another brand's pages know nothing of it");
    let (state, browser) = scene.set_out(None).await;
    let elsewhere = scene.come_back(2, &state, &scene.stand_in.let_in("王大海"), &browser).await;
    assert_eq!((elsewhere.location.as_str(), elsewhere.token), ("/f/2/?sign_in=over", None));

    scene.clock.advance_secs(90 * DAY_SECS - 1);
    assert!(scene.is_signed_in(1, &token).await);
    scene.clock.advance_secs(1);
    assert!(!scene.is_signed_in(1, &token).await);
}

#[db_test(migrations = crate::MIGRATIONS)]
async fn a_sign_in_is_finished_once_in_its_own_browser_and_in_time(db: TestDb) {
    let scene = Scene::new(&db);
    let over = |answer: Answer| answer.location == "/f/1/?sign_in=over" && answer.token.is_none();
    let (state, browser) = scene.set_out(None).await;
    let code = scene.stand_in.let_in("林小雨");
    // Somebody who read the address on the way has another browser; whoever sends a victim there signs nobody in as themselves.
    let (_, thief) = scene.set_out(None).await;
    assert!(over(scene.come_back(1, &state, &code, &thief).await));
    let nobody = scene.ask("GET", &format!("/api/v1/fan/1/sign-in/callback?state={state}&code={code}"), None).await;
    assert!(over(nobody));
    let signed_in = scene.come_back(1, &state, &code, &browser).await;
    assert_eq!(signed_in.location, PAGE);
    // The same address a second time, with the cookie of before and that of now.
    assert!(over(scene.come_back(1, &state, &code, &browser).await));
    assert!(over(scene.come_back(1, &state, &code, signed_in.token.as_deref().unwrap()).await));

    // A code is good once, and a state is used up by whatever came of it.
    let (state, browser) = scene.set_out(None).await;
    let refused = scene.come_back(1, &state, &code, &browser).await;
    assert_eq!((refused.location.as_str(), refused.token), ("/f/1/?sign_in=refused", None));
    assert!(over(scene.come_back(1, &state, &scene.stand_in.let_in("林小雨"), &browser).await));

    let (state, browser) = scene.set_out(None).await;
    scene.clock.advance_secs(600);
    assert!(over(scene.come_back(1, &state, &scene.stand_in.let_in("林小雨"), &browser).await));
    assert_eq!(scene.facts().await.len(), 1);
}

#[db_test(migrations = crate::MIGRATIONS)]
async fn nobody_is_sent_away_or_let_in_without_a_cookie_of_ours(db: TestDb) {
    let scene = Scene::new(&db);
    for away in ["//evil.example", "https://evil.example", "/f/2/play/books", "/f/1/../../network"] {
        let begun = scene.ask("GET", &format!("/api/v1/fan/1/sign-in?to={away}"), None).await;
        assert_eq!((begun.status, begun.token), (422, None), "{away}");
    }
    for token in [None, Some(""), Some("short"), Some("abcdefghjkmnpqrstuvwxyz23456789A-more")] {
        assert_eq!(scene.ask("GET", "/api/v1/fan/1/me", token).await.status, 401, "{token:?}");
    }
}

#[db_test(migrations = crate::MIGRATIONS)]
async fn a_brand_without_a_sign_in_says_so(db: TestDb) {
    let (records, entropy) = (db.records(), Arc::new(SeededEntropy::new(7)));
    let customers = Customers::new(&records, None, Arc::new(ManualClock::default()), entropy, Arc::default());
    let scene = Scene { router: super::router(customers).split_for_parts().0, ..Scene::new(&db) };
    let begun = scene.ask("GET", "/api/v1/fan/1/sign-in?to=/f/1/p/books?a=1", None).await;
    assert_eq!((begun.status, begun.location.as_str()), (303, "/f/1/p/books?a=1&sign_in=off"));
}
