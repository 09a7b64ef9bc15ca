//! Talking to a provider: what it says of itself, its keys, and the exchange of a code for a token.

use std::{collections::BTreeMap, error::Error, sync::OnceLock, time::Duration};

use base64::{Engine, prelude::BASE64_STANDARD};
use bytes::Bytes;
use http::Request;
use http_body_util::{BodyExt, Full, Limited};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::{
    client::legacy::{Client, connect::HttpConnector},
    rt::TokioExecutor,
};
use kernel::{Clock, Timestamp};
use parking_lot::Mutex;
use serde::{Deserialize, de::DeserializeOwned};
use tokio::time::timeout;
use url::Url;

use crate::{
    model::{Attempt, Provider, is_safe_address},
    rules::{
        claims::Claims,
        jws::{self, Keys, Unproven},
    },
};

/// How long what a provider says of itself is remembered.
const REMEMBER_SECS: i64 = 3600;
/// How often its keys are fetched again because a token names another one.
const AGAIN_SECS: i64 = 60;
/// How long a provider may take to answer.
const PATIENCE: Duration = Duration::from_secs(10);
/// Longest answer that is read.
const BYTES_MAX: usize = 1 << 20;
/// Providers remembered.
const REMEMBERED_MAX: usize = 1000;

/// Why a provider's answer cannot be used. For the log; whoever signs in is told to try again.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Elsewhere {
    #[error("the provider cannot be asked: {0}")]
    Unreachable(#[source] Box<dyn Error + Send + Sync>),
    #[error("the provider answered {0}")]
    Status(u16),
    #[error("the provider's answer cannot be used: {0}")]
    Unusable(&'static str),
    #[error("the provider's token is no proof: {0}")]
    Unproven(#[from] Unproven),
}

/// What a provider says of itself.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Metadata {
    issuer: String,
    pub(crate) authorization_endpoint: String,
    token_endpoint: String,
    jwks_uri: String,
    #[serde(default)]
    token_endpoint_auth_methods_supported: Vec<String>,
}

#[derive(Deserialize)]
struct Tokens {
    id_token: Option<String>,
}

/// What is known of providers, and the way to ask them.
#[derive(Default)]
pub(crate) struct Discovery {
    client: OnceLock<Option<Https>>,
    known: Mutex<BTreeMap<String, (Timestamp, Metadata)>>,
    keys: Mutex<BTreeMap<String, (Timestamp, Keys)>>,
}

impl Discovery {
    /// What the provider says of itself. It must call itself what it was introduced as.
    pub(crate) async fn metadata(&self, provider: &Provider, clock: &dyn Clock) -> Result<Metadata, Elsewhere> {
        let issuer = provider.issuer.as_str();
        if let Some(known) = fresh(&self.known, issuer, clock.now(), REMEMBER_SECS) {
            return Ok(known);
        }
        let told: Metadata = self.get(&provider.issuer.discovery()).await?;
        if told.issuer != issuer {
            return Err(Elsewhere::Unusable("it calls itself by another name than its issuer"));
        }
        let addresses = [&told.authorization_endpoint, &told.token_endpoint, &told.jwks_uri];
        if !addresses.into_iter().all(|address| is_safe_address(address)) {
            return Err(Elsewhere::Unusable("one of its addresses is not https"));
        }
        remember(&self.known, issuer, clock.now(), told.clone());
        Ok(told)
    }

    /// Exchanges the code for a token and checks its signature, with keys fetched anew if those at hand do not fit.
    pub(crate) async fn redeem(
        &self,
        provider: &Provider,
        attempt: &Attempt,
        code: &str,
        clock: &dyn Clock,
    ) -> Result<Claims, Elsewhere> {
        let told = self.metadata(provider, clock).await?;
        let mut form = vec![
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", &attempt.redirect_uri),
            ("code_verifier", &attempt.verifier),
        ];
        let secret = &provider.client_secret.0;
        let methods = &told.token_endpoint_auth_methods_supported;
        let basic = methods.is_empty() || methods.iter().any(|method| method == "client_secret_basic");
        if !basic {
            form.extend([("client_id", provider.client_id.as_str()), ("client_secret", secret)]);
        }
        let pair = format!("{}:{}", escape(&provider.client_id), escape(secret));
        let proof = basic.then(|| format!("Basic {}", BASE64_STANDARD.encode(pair)));
        let request = request(&told.token_endpoint, Some((encode(&form), proof)))?;
        let tokens: Tokens = self.read(request).await?;
        let token = tokens.id_token.ok_or(Elsewhere::Unusable("it gave no id_token"))?;

        let at_hand = fresh(&self.keys, &told.jwks_uri, clock.now(), REMEMBER_SECS);
        if let Some(keys) = at_hand {
            match jws::claims(&token, &keys) {
                Err(Unproven::UnknownKey | Unproven::Signature)
                    if fresh(&self.keys, &told.jwks_uri, clock.now(), AGAIN_SECS).is_none() => {}
                judged => return Ok(judged?),
            }
        }
        let keys: Keys = self.get(&told.jwks_uri).await?;
        remember(&self.keys, &told.jwks_uri, clock.now(), keys.clone());
        Ok(jws::claims(&token, &keys)?)
    }

    async fn get<T: DeserializeOwned>(&self, address: &str) -> Result<T, Elsewhere> {
        self.read(request(address, None)?).await
    }

    /// Redirects are not followed: one could lead anywhere.
    async fn read<T: DeserializeOwned>(&self, request: Request<Full<Bytes>>) -> Result<T, Elsewhere> {
        let asked = async {
            let answer = self.client()?.request(request).await.map_err(|error| Elsewhere::Unreachable(error.into()))?;
            if !answer.status().is_success() {
                return Err(Elsewhere::Status(answer.status().as_u16()));
            }
            Limited::new(answer.into_body(), BYTES_MAX).collect().await.map_err(Elsewhere::Unreachable)
        };
        let body = timeout(PATIENCE, asked).await.map_err(|_| Elsewhere::Unusable("it takes too long"))??;
        serde_json::from_slice(&body.to_bytes()).map_err(|_| Elsewhere::Unusable("it is not what the standard says"))
    }

    /// Made when it is first needed.
    fn client(&self) -> Result<&Https, Elsewhere> {
        let made = self.client.get_or_init(|| {
            let roots = HttpsConnectorBuilder::new().with_native_roots();
            let roots =
                roots.inspect_err(|error| tracing::error!(%error, "this machine's certificates cannot be read"));
            let connector = roots.ok()?.https_or_http().enable_http1().build();
            Some(Client::builder(TokioExecutor::new()).build(connector))
        });
        made.as_ref().ok_or(Elsewhere::Unusable("this machine has no certificates to know others by"))
    }
}

/// A question: reading, or a form with the proof of who we are.
fn request(address: &str, form: Option<(String, Option<String>)>) -> Result<Request<Full<Bytes>>, Elsewhere> {
    let mut made = Request::builder().uri(address).header("accept", "application/json");
    let mut body = Bytes::new();
    if let Some((form, proof)) = form {
        made = made.method("POST").header("content-type", "application/x-www-form-urlencoded");
        if let Some(proof) = proof {
            made = made.header("authorization", proof);
        }
        body = form.into();
    }
    made.body(Full::new(body)).map_err(|error| Elsewhere::Unreachable(error.into()))
}

/// Speaks to providers: over TLS, or in the clear to this very machine.
type Https = Client<HttpsConnector<HttpConnector>, Full<Bytes>>;

type Remembered<T> = Mutex<BTreeMap<String, (Timestamp, T)>>;

fn fresh<T: Clone>(known: &Remembered<T>, name: &str, now: Timestamp, secs: i64) -> Option<T> {
    let known = known.lock();
    known.get(name).filter(|(since, _)| since.plus_secs(secs) > now).map(|(_, told)| told.clone())
}

fn remember<T>(known: &Remembered<T>, name: &str, now: Timestamp, told: T) {
    let mut known = known.lock();
    if known.len() >= REMEMBERED_MAX {
        known.clear();
    }
    known.insert(name.to_owned(), (now, told));
}

/// `https://provider/authorize` with what is asked for behind it.
pub(crate) fn with_query(address: &str, pairs: &[(&str, &str)]) -> Option<String> {
    let mut url = Url::parse(address).ok()?;
    url.query_pairs_mut().extend_pairs(pairs);
    Some(url.into())
}

fn encode(pairs: &[(&str, &str)]) -> String {
    with_query("http://form", pairs)
        .and_then(|url| url.split_once('?').map(|(_, form)| form.to_owned()))
        .unwrap_or_default()
}

fn escape(text: &str) -> String {
    encode(&[("x", text)]).split_off(2)
}
