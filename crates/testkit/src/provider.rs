//! A provider that speaks OpenID Connect, for tests: it lets in whoever the test says, signs with real keys, and lies on
//! request.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use base64::{
    Engine,
    prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD},
};
use ring::{
    digest,
    rand::SystemRandom,
    signature::{self, EcdsaKeyPair, KeyPair, RsaKeyPair},
};
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};

/// What the provider calls us.
pub const CLIENT: &str = "searchlight";
/// What it gave us.
pub const SECRET: &str = "a secret/with:signs";

/// Made for these tests and used nowhere else.
const RSA_KEY: &str = include_str!("provider/rsa_key.txt");

/// How the provider signs, or pretends to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Signing {
    /// RSA.
    Rs256,
    /// The curve P-256.
    Es256,
    /// Not at all: `alg: none`.
    None,
    /// With its own public key as if it were a shared secret.
    Hs256,
    /// With a key it has never published.
    Stranger,
}

/// A running provider. It stops with the test's runtime.
#[derive(Clone)]
pub struct Provider {
    /// Its address, which is its name.
    pub issuer: String,
    state: Arc<Mutex<State>>,
}

struct State {
    signing: Signing,
    generation: u32,
    ec: EcdsaKeyPair,
    now_secs: i64,
    codes: BTreeMap<String, Code>,
    issued: u32,
    change: Value,
    asked: Vec<String>,
}

#[derive(Clone)]
struct Code {
    nonce: String,
    challenge: String,
    redirect_uri: String,
    person: Value,
}

impl Provider {
    /// Listens on a free port of this machine. `now_secs` is its clock, which stands still.
    ///
    /// # Panics
    /// When no port is free.
    pub async fn start(now_secs: i64) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let issuer = format!("http://{}", listener.local_addr().expect("an address"));
        let state = State {
            signing: Signing::Rs256,
            generation: 1,
            ec: ec_key(),
            now_secs,
            codes: BTreeMap::new(),
            issued: 0,
            change: json!({}),
            asked: Vec::new(),
        };
        let provider = Self { issuer, state: Arc::new(Mutex::new(state)) };
        let serving = provider.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let serving = serving.clone();
                tokio::spawn(async move { serving.answer(stream).await });
            }
        });
        provider
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Signs this way from now on.
    pub fn sign(&self, signing: Signing) {
        self.state().signing = signing;
    }

    /// Has another key from now on, under another name.
    pub fn change_keys(&self) {
        let mut state = self.state();
        state.generation += 1;
        state.ec = ec_key();
    }

    /// Says these things in the next tokens instead of the truth.
    pub fn say(&self, change: Value) {
        self.state().change = change;
    }

    /// The paths it was asked for so far.
    pub fn asked(&self) -> Vec<String> {
        self.state().asked.clone()
    }

    /// What happens in the browser: somebody is sent here with a question, says who they are, and is sent back with a code.
    /// Gives the address they are sent to.
    ///
    /// # Panics
    /// When the question is not one that the standard allows.
    pub fn let_in(&self, url: &str, person: Value) -> String {
        let (address, query) = url.split_once('?').expect("a question");
        assert_eq!(address, format!("{}/authorize", self.issuer));
        let asked = fields(query);
        let of = |name: &str| asked.get(name).unwrap_or_else(|| panic!("{name} in {url}")).clone();
        assert_eq!(
            (of("response_type"), of("client_id"), of("code_challenge_method")),
            ("code".into(), CLIENT.into(), "S256".into())
        );
        assert!(of("scope").split(' ').any(|scope| scope == "openid"));
        let mut state = self.state();
        state.issued += 1;
        let code = format!("code-{}", state.issued);
        let (nonce, challenge, redirect_uri) = (of("nonce"), of("code_challenge"), of("redirect_uri"));
        let back = format!("{redirect_uri}?code={code}&state={}", of("state"));
        state.codes.insert(code, Code { nonce, challenge, redirect_uri, person });
        back
    }

    async fn answer(&self, mut stream: TcpStream) {
        let Some((head, body)) = read(&mut stream).await else { return };
        let path = head.split(' ').nth(1).unwrap_or_default().to_owned();
        let (status, body) = self.told(&path, &head, &body);
        let body = body.to_string();
        let answer = format!(
            "HTTP/1.1 {status} X\r\ncontent-type: application/json\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}",
            body.len()
        );
        // Whoever asked may have gone.
        let _ = stream.write_all(answer.as_bytes()).await;
    }

    fn told(&self, path: &str, head: &str, body: &str) -> (u16, Value) {
        let issuer = &self.issuer;
        let mut state = self.state();
        state.asked.push(path.to_owned());
        match path {
            "/.well-known/openid-configuration" => (
                200,
                json!({
                    "issuer": issuer, "authorization_endpoint": format!("{issuer}/authorize"),
                    "token_endpoint": format!("{issuer}/token"), "jwks_uri": format!("{issuer}/keys"),
                }),
            ),
            "/keys" => (200, json!({ "keys": state.keys() })),
            "/token" => match state.redeem(issuer, head, &fields(body)) {
                Ok(token) => (200, json!({ "access_token": "x", "token_type": "Bearer", "id_token": token })),
                Err(why) => (400, json!({ "error": why })),
            },
            _ => (404, json!({})),
        }
    }
}

impl State {
    fn redeem(&mut self, issuer: &str, head: &str, form: &BTreeMap<String, String>) -> Result<String, &'static str> {
        let of = |name: &str| form.get(name).map(String::as_str).unwrap_or_default();
        let pair = format!("{CLIENT}:a+secret%2Fwith%3Asigns");
        let basic = format!("authorization: basic {}", BASE64_STANDARD.encode(pair)).to_lowercase();
        if !head.to_lowercase().contains(&basic) {
            return Err("invalid_client");
        }
        // A code is good once.
        let code = self.codes.remove(of("code")).ok_or("invalid_grant")?;
        let challenge = BASE64_URL_SAFE_NO_PAD.encode(digest::digest(&digest::SHA256, of("code_verifier").as_bytes()));
        let proper = of("grant_type") == "authorization_code" && of("redirect_uri") == code.redirect_uri;
        if !proper || challenge != code.challenge {
            return Err("invalid_grant");
        }
        let mut claims = json!({
            "iss": issuer, "aud": CLIENT, "nonce": code.nonce, "iat": self.now_secs, "exp": self.now_secs + 300,
        });
        for said in [&code.person, &self.change] {
            for (name, value) in said.as_object().into_iter().flatten() {
                claims[name] = value.clone();
            }
        }
        Ok(self.token(&claims))
    }

    fn token(&self, claims: &Value) -> String {
        let encode = |bytes: &[u8]| BASE64_URL_SAFE_NO_PAD.encode(bytes);
        let (alg, kid) = match self.signing {
            Signing::Rs256 => ("RS256", format!("rsa-{}", self.generation)),
            Signing::Es256 | Signing::Stranger => ("ES256", format!("ec-{}", self.generation)),
            Signing::None => ("none", String::new()),
            Signing::Hs256 => ("HS256", format!("rsa-{}", self.generation)),
        };
        let header = json!({ "alg": alg, "kid": kid, "typ": "JWT" }).to_string();
        let signed = format!("{}.{}", encode(header.as_bytes()), encode(claims.to_string().as_bytes()));
        let random = SystemRandom::new();
        let ec = |key: &EcdsaKeyPair| key.sign(&random, signed.as_bytes()).expect("signed").as_ref().to_vec();
        let signature = match self.signing {
            Signing::Rs256 => {
                let key = rsa_key();
                let mut signature = vec![0; key.public().modulus_len()];
                key.sign(&signature::RSA_PKCS1_SHA256, &random, signed.as_bytes(), &mut signature).expect("signed");
                signature
            }
            Signing::Es256 => ec(&self.ec),
            Signing::Stranger => ec(&ec_key()),
            Signing::None => Vec::new(),
            Signing::Hs256 => {
                let key = ring::hmac::Key::new(ring::hmac::HMAC_SHA256, rsa_key().public().as_ref());
                ring::hmac::sign(&key, signed.as_bytes()).as_ref().to_vec()
            }
        };
        format!("{signed}.{}", encode(&signature))
    }

    fn keys(&self) -> Value {
        let encode = |bytes: &[u8]| BASE64_URL_SAFE_NO_PAD.encode(bytes);
        let rsa = rsa_key();
        let public: ring::rsa::PublicKeyComponents<Vec<u8>> = rsa.public().into();
        let point = self.ec.public_key().as_ref();
        json!([
            { "kty": "RSA", "kid": format!("rsa-{}", self.generation), "use": "sig", "n": encode(&public.n), "e": encode(&public.e) },
            { "kty": "EC", "crv": "P-256", "kid": format!("ec-{}", self.generation), "x": encode(&point[1..33]),
              "y": encode(&point[33..]) },
        ])
    }
}

fn rsa_key() -> RsaKeyPair {
    let der = BASE64_STANDARD.decode(RSA_KEY.split_whitespace().collect::<String>()).expect("base64");
    RsaKeyPair::from_pkcs8(&der).expect("a key")
}

fn ec_key() -> EcdsaKeyPair {
    let random = SystemRandom::new();
    let algorithm = &signature::ECDSA_P256_SHA256_FIXED_SIGNING;
    let made = EcdsaKeyPair::generate_pkcs8(algorithm, &random).expect("a key");
    EcdsaKeyPair::from_pkcs8(algorithm, made.as_ref(), &random).expect("a key")
}

/// Head and body of a request.
async fn read(stream: &mut TcpStream) -> Option<(String, String)> {
    let mut bytes = Vec::new();
    loop {
        let text = String::from_utf8_lossy(&bytes).into_owned();
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let length =
                head.lines().find_map(|line| line.to_lowercase().strip_prefix("content-length:")?.trim().parse().ok());
            if body.len() >= length.unwrap_or(0) {
                return Some((head.to_owned(), body.to_owned()));
            }
        }
        if stream.read_buf(&mut bytes).await.ok()? == 0 {
            return None;
        }
    }
}

fn fields(text: &str) -> BTreeMap<String, String> {
    text.split('&').filter_map(|pair| pair.split_once('=')).map(|(name, value)| (plain(name), plain(value))).collect()
}

fn plain(text: &str) -> String {
    let (mut bytes, text) = (Vec::new(), text.replace('+', " "));
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        let hex: String = if byte == b'%' { rest.by_ref().take(2).map(char::from).collect() } else { String::new() };
        bytes.push(u8::from_str_radix(&hex, 16).unwrap_or(byte));
    }
    String::from_utf8_lossy(&bytes).into_owned()
}
