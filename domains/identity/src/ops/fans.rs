//! Customers at the brand's own pages: who a cookie stands for, signing in by WeChat, and signing out.

use std::sync::Arc;

use async_trait::async_trait;
use db::{DbError, Decider, Group, Records, Tx, WriteError, outbox};
use facts::{Fact, Kind, NamedId, namespaces};
use kernel::{Clock, Entropy, Timestamp, WorkspaceId, token};
use quick_cache::sync::Cache;
use serde_json::json;
use tokio::sync::Notify;
use web::{AuthError, Fan, Fans};

use crate::{
    PortError,
    model::fan::{Attempt, Session, WeChatPerson},
    rules::visitor::{self, Hash, TOKEN_LENGTH},
    store::fans as store,
};

/// How long a sign-in lasts; then WeChat is asked again, which costs the customer a moment.
const SESSION_SECS: i64 = 90 * 24 * 3600;
/// How long a customer may take to sign in.
const ATTEMPT_SECS: i64 = 600;
/// How long it is remembered who a token stands for. Also how long another server may not know that somebody signed out.
const REMEMBER_SECS: i64 = 10;
/// How many are.
const REMEMBERED_MAX: usize = 100_000;

/// Asks WeChat who somebody is (OAuth 2: the browser is sent there and comes back with a code).
#[async_trait]
pub trait WeChatSignIn: Send + Sync {
    /// The app people sign in to. An openid is an id in that app.
    fn app(&self) -> &str;

    /// Where the browser goes. It comes back to `back` with `code` and this `state`.
    fn authorize(&self, workspace: WorkspaceId, back: &str, state: &str) -> String;

    /// Whom a code stands for; nobody when it was used or never given.
    ///
    /// # Errors
    /// Whatever keeps the answer away at the moment.
    async fn exchange(&self, code: &str) -> Result<Option<WeChatPerson>, PortError>;
}

/// Customers, their sessions, and how they sign in. Cheap to clone.
#[derive(Clone)]
pub struct Customers {
    records: Records,
    sign_ins: Group<SignIns>,
    remembered: Arc<Cache<(WorkspaceId, Hash), Remembered>>,
    wechat: Option<Arc<dyn WeChatSignIn>>,
    clock: Arc<dyn Clock>,
    entropy: Arc<dyn Entropy>,
    signal: Arc<Notify>,
}

#[derive(Clone)]
struct Remembered {
    subject: Option<NamedId>,
    until: Timestamp,
}

/// A sign-in that has begun.
pub(crate) struct Begun {
    /// Where the browser goes.
    pub(crate) go_to: String,
    /// The token the browser has to have, if it had none.
    pub(crate) token: Option<String>,
}

/// A sign-in that is finished.
pub(crate) struct Finished {
    /// The browser's token from now on.
    pub(crate) token: String,
    pub(crate) return_to: String,
}

/// Why a customer is not signed in.
#[derive(Debug, thiserror::Error)]
pub(crate) enum SignInError {
    #[error("the brand has no sign-in by WeChat")]
    Off,
    #[error("the sign-in was begun in another browser, is used up or too old")]
    Over,
    #[error("WeChat does not know the code")]
    Unknown,
    #[error("WeChat does not answer")]
    Elsewhere(#[source] PortError),
    #[error("the sign-in cannot be stored")]
    Store(#[source] WriteError),
}

impl From<WriteError> for SignInError {
    fn from(error: WriteError) -> Self {
        Self::Store(error)
    }
}

impl Customers {
    /// Customers of these records, who sign in there, if anywhere. Facts that wait in the outbox are signalled.
    #[must_use]
    pub fn new(
        records: &Records,
        wechat: Option<Arc<dyn WeChatSignIn>>,
        clock: Arc<dyn Clock>,
        entropy: Arc<dyn Entropy>,
        signal: Arc<Notify>,
    ) -> Self {
        Self {
            records: records.clone(),
            sign_ins: records.group(SignIns),
            remembered: Arc::new(Cache::new(REMEMBERED_MAX)),
            wechat,
            clock,
            entropy,
            signal,
        }
    }

    /// A token for a browser that has none.
    #[must_use]
    pub fn new_token(&self) -> String {
        token(&*self.entropy, TOKEN_LENGTH)
    }

    /// A token for a browser that was never here, and the id it stands for at this brand.
    #[must_use]
    pub fn newcomer(&self, workspace: WorkspaceId) -> (String, NamedId) {
        let token = self.new_token();
        let id = visitor::browser(workspace, &token);
        (token, id)
    }

    /// Whether customers can show who they are.
    #[must_use]
    pub fn can_sign_in(&self) -> bool {
        self.wechat.is_some()
    }

    /// Begins a sign-in for the browser with this token, which comes back to `back` and then goes to `return_to`.
    pub(crate) async fn begin(
        &self,
        workspace: WorkspaceId,
        held: Option<&str>,
        back: &str,
        return_to: String,
    ) -> Result<Begun, SignInError> {
        let wechat = self.wechat.as_ref().ok_or(SignInError::Off)?;
        let held = held.filter(|token| visitor::is_token(token));
        let now = self.clock.now();
        let (fresh, state) = (held.is_none().then(|| self.new_token()), self.new_token());
        let attempt = Attempt {
            workspace,
            state: visitor::hash(&state),
            token: visitor::hash(held.or(fresh.as_deref()).unwrap_or_default()),
            return_to,
            began: now,
            ends: now.plus_secs(ATTEMPT_SECS),
        };
        self.sign_ins.submit(Command::Begin(attempt)).await?;
        Ok(Begun { go_to: wechat.authorize(workspace, back, &state), token: fresh })
    }

    /// Finishes what the browser with this token began. It gets another token, so that one somebody else put there is worth nothing.
    pub(crate) async fn finish(
        &self,
        workspace: WorkspaceId,
        held: &str,
        state: &str,
        code: &str,
    ) -> Result<Finished, SignInError> {
        let wechat = self.wechat.as_ref().ok_or(SignInError::Off)?;
        // The state is used up before anybody is asked: it works once, whatever comes of it.
        let now = self.clock.now();
        let take = Command::Take { workspace, state: visitor::hash(state), token: visitor::hash(held), now };
        let Outcome::Taken(return_to) = self.sign_ins.submit(take).await? else { return Err(SignInError::Over) };
        let person = wechat.exchange(code).await.map_err(SignInError::Elsewhere)?.ok_or(SignInError::Unknown)?;
        let token = self.new_token();
        let openid = NamedId::new(format!("{}:{}", namespaces::OPENID, wechat.app()), person.openid.clone());
        let session = Session {
            workspace,
            token: visitor::hash(&token),
            subject: openid,
            began: now,
            ends: now.plus_secs(SESSION_SECS),
        };
        let open = Command::Open { browser: visitor::browser(workspace, held), session, person };
        self.sign_ins.submit(open).await?;
        // The session this browser had before has ended with it.
        self.remembered.remove(&(workspace, visitor::hash(held)));
        self.signal.notify_one();
        Ok(Finished { token, return_to })
    }

    /// Ends a session.
    pub(crate) async fn sign_out(&self, workspace: WorkspaceId, held: &str) -> Result<(), WriteError> {
        let token = visitor::hash(held);
        self.sign_ins.submit(Command::End { workspace, token }).await?;
        self.remembered.remove(&(workspace, token));
        Ok(())
    }

    async fn subject(&self, workspace: WorkspaceId, token: Hash) -> Result<Option<NamedId>, DbError> {
        let (now, place) = (self.clock.now(), (workspace, token));
        if let Some(known) = self.remembered.get(&place).filter(|known| known.until > now) {
            return Ok(known.subject);
        }
        let session = store::session(self.records.reads(), workspace, token, now).await?;
        let soon = now.plus_secs(REMEMBER_SECS);
        let until = session.as_ref().map_or(soon, |session| session.ends.min(soon));
        let subject = session.map(|session| session.subject);
        self.remembered.insert(place, Remembered { subject: subject.clone(), until });
        Ok(subject)
    }
}

#[async_trait]
impl Fans for Customers {
    async fn fan(&self, workspace: WorkspaceId, token: &str) -> Result<Option<Fan>, AuthError> {
        if !visitor::is_token(token) {
            return Ok(None);
        }
        let signed_in = self.subject(workspace, visitor::hash(token)).await.map_err(|error| AuthError(error.into()))?;
        Ok(Some(match signed_in {
            Some(subject) => Fan { workspace, subject, signed_in: true },
            None => Fan { workspace, subject: visitor::browser(workspace, token), signed_in: false },
        }))
    }
}

/// What is written down of sign-ins.
#[derive(Clone, Debug)]
pub(crate) enum Command {
    Begin(Attempt),
    Take {
        workspace: WorkspaceId,
        state: Hash,
        token: Hash,
        now: Timestamp,
    },
    /// They are who they say: the session, and the browser they were until now.
    Open {
        session: Session,
        browser: NamedId,
        person: WeChatPerson,
    },
    End {
        workspace: WorkspaceId,
        token: Hash,
    },
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    Done,
    /// Where to come back to.
    Taken(String),
    /// No sign-in of this browser waits under the state.
    Over,
}

/// Writes sign-ins down.
pub(crate) struct SignIns;

#[async_trait]
impl Decider for SignIns {
    type Command = Command;
    type Outcome = Outcome;

    fn name(&self) -> &'static str {
        "identity_fans"
    }

    async fn decide(&self, tx: &Tx, commands: &[Command]) -> Result<Vec<Outcome>, DbError> {
        let mut outcomes = Vec::with_capacity(commands.len());
        for command in commands {
            outcomes.push(match command {
                Command::Begin(attempt) => {
                    store::begin(tx, attempt).await?;
                    Outcome::Done
                }
                Command::Take { workspace, state, token, now } => {
                    store::take(tx, *workspace, (*state, *token), *now).await?.map_or(Outcome::Over, Outcome::Taken)
                }
                Command::Open { session, browser, person } => {
                    store::open_session(tx, session).await?;
                    outbox::emit(tx, session.workspace, &[identified(session, browser, person)?]).await?;
                    Outcome::Done
                }
                Command::End { workspace, token } => {
                    store::end_session(tx, *workspace, *token).await?;
                    Outcome::Done
                }
            });
        }
        Ok(outcomes)
    }
}

/// The fact that the openid, the unionid and the browser are of one person, and what they are called.
fn identified(session: &Session, browser: &NamedId, person: &WeChatPerson) -> Result<Vec<u8>, DbError> {
    let unionid = person.unionid.as_ref().map(|value| NamedId::new(namespaces::UNIONID, value.as_str()));
    let traits = person.name.as_ref().map_or_else(|| json!({}), |name| json!({ "name": name }));
    // The token's hash is no secret, and as unique as the token.
    let once: String = session.token.iter().take(16).map(|byte| format!("{byte:02x}")).collect();
    let ids = [Some(session.subject.clone()), unionid, Some(browser.clone())];
    let fact = Fact {
        kind: Kind::Identify,
        ids: ids.into_iter().flatten().collect(),
        ..Fact::ours(facts::IDENTITY, Kind::Identify.as_str(), format!("fan-{once}"), &traits, session.began)?
    };
    Ok(fact.to_log()?)
}
