//! `Idempotency-Key`: whoever does not know whether a command arrived sends it again under the same key, and it is done once.
//!
//! The key belongs to the caller and the operation. The same key with another body is a mistake of the caller's and refused;
//! with the same body it gets the answer of the first time, for 24 hours. What is stored of an answer may hold a secret that
//! is shown once, so it is sealed with the key, of which only a hash is stored: the records alone do not open it.

use axum::{
    body::Body,
    extract::{FromRequest, Request},
    http::{HeaderName, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use db::{
    ConnectionTrait,
    sticky::{self, Sticky},
};
use kernel::{ErrorCode, Timestamp, WorkspaceId};
use serde::{Serialize, de::DeserializeOwned};

use crate::{Caller, Fan, Json, Principal, Problem};

/// The header a key is sent in.
pub const IDEMPOTENCY_KEY: &str = "idempotency-key";
/// Tells that an answer is that of the first time.
const REPLAYED: HeaderName = HeaderName::from_static("idempotency-replayed");
/// Longest key.
const KEY_BYTES_MAX: usize = 200;
/// Longest body of a command that takes a key.
const BODY_BYTES_MAX: usize = 1 << 20;

/// Whoever sends commands under keys of their own: staff, a program, a customer.
pub trait Asker {
    /// The brand.
    fn workspace(&self) -> WorkspaceId;
    /// Who it is, told apart from everybody else there.
    fn name(&self) -> String;
}

impl Asker for Principal {
    fn workspace(&self) -> WorkspaceId {
        self.workspace
    }

    fn name(&self) -> String {
        self.actor.to_string()
    }
}

impl Asker for Caller {
    fn workspace(&self) -> WorkspaceId {
        self.workspace
    }

    fn name(&self) -> String {
        self.actor.to_string()
    }
}

impl Asker for Fan {
    fn workspace(&self) -> WorkspaceId {
        self.workspace
    }

    fn name(&self) -> String {
        format!("fan:{}:{}", self.subject.namespace, self.subject.value)
    }
}

/// The body of a command, and the key it was sent under.
#[derive(Clone, Debug)]
pub struct Asked<T> {
    /// What is asked.
    pub body: T,
    /// How it is kept from being done twice.
    pub once: Once,
}

/// A key, if there is one, and what was asked under it.
#[derive(Clone)]
pub struct Once(Option<Keyed>);

#[derive(Clone)]
struct Keyed {
    key: String,
    operation: String,
    request: [u8; 32],
}

impl std::fmt::Debug for Once {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(if self.0.is_some() { "Once(…)" } else { "Once" })
    }
}

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Asked<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let Some(key) = request.headers().get(IDEMPOTENCY_KEY) else {
            let Json(body) = Json::from_request(request, state).await?;
            return Ok(Self { body, once: Once(None) });
        };
        let key = key.to_str().ok().filter(|key| (1..=KEY_BYTES_MAX).contains(&key.len())).map(str::to_owned);
        let key = key.ok_or_else(|| {
            Problem::new(ErrorCode::Malformed)
                .detail("Idempotency-Key is 1 to 200 printable characters, such as a UUID")
        })?;
        // The address itself, not its pattern: the same body to another campaign is another command.
        let (operation, (parts, body)) =
            (format!("{} {}", request.method(), request.uri().path()), request.into_parts());
        let bytes = axum::body::to_bytes(body, BODY_BYTES_MAX).await.map_err(|_| Problem::new(ErrorCode::TooLarge))?;
        let request = *blake3::hash(&bytes).as_bytes();
        let Json(body) = Json::from_request(Request::from_parts(parts, Body::from(bytes)), state).await?;
        Ok(Self { body, once: Once(Some(Keyed { key, operation, request })) })
    }
}

impl Once {
    /// The answer of the first time, if there was one.
    ///
    /// # Errors
    /// `key_reused` when something else was asked under the key; `unavailable` when it cannot be found out.
    pub async fn replay(
        &self,
        reads: &impl ConnectionTrait,
        caller: &(impl Asker + ?Sized),
        now: Timestamp,
    ) -> Result<Option<Response>, Problem> {
        let Some(keyed) = &self.0 else { return Ok(None) };
        let place = keyed.place(caller);
        let earlier = sticky::earlier(reads, caller.workspace(), place, now).await.map_err(Problem::unavailable)?;
        let Some(earlier) = earlier else { return Ok(None) };
        if earlier.request != keyed.request {
            return Err(ErrorCode::KeyReused.into());
        }
        let opened = keyed.open(place, &earlier.answer).unwrap_or_default();
        let (status, body) =
            opened.split_first_chunk::<2>().ok_or_else(|| Problem::internal("a short sticky answer"))?;
        let status = StatusCode::from_u16(u16::from_be_bytes(*status)).map_err(Problem::internal)?;
        let mut response = answer(status, body.to_vec());
        response.headers_mut().insert(REPLAYED, HeaderValue::from_static("true"));
        Ok(Some(response))
    }

    /// Done already, in between: the answer of the first time. For commands whose transaction found the key taken.
    ///
    /// # Errors
    /// As [`Once::replay`]; `conflict` when it is gone again.
    pub async fn again(
        &self,
        reads: &impl ConnectionTrait,
        caller: &(impl Asker + ?Sized),
        now: Timestamp,
    ) -> Result<Response, Problem> {
        self.replay(reads, caller, now).await?.ok_or_else(|| ErrorCode::Conflict.into())
    }

    /// The answer, and what is to be stored of it in the command's transaction if there is a key.
    ///
    /// # Errors
    /// `internal` when the body cannot be written.
    pub fn answer(
        &self,
        caller: &(impl Asker + ?Sized),
        status: StatusCode,
        body: &impl Serialize,
    ) -> Result<(Response, Option<Sticky>), Problem> {
        let bytes = serde_json::to_vec(body).map_err(Problem::internal)?;
        let sticky = self.0.as_ref().map(|keyed| {
            let place = keyed.place(caller);
            let plain = [&status.as_u16().to_be_bytes()[..], &bytes].concat();
            let answer = keyed.seal(place, &plain);
            Sticky { workspace: caller.workspace(), place, request: keyed.request, answer }
        });
        Ok((answer(status, bytes), sticky))
    }
}

impl Keyed {
    fn place(&self, caller: &(impl Asker + ?Sized)) -> [u8; 32] {
        let mut hasher = blake3::Hasher::new();
        for part in [self.operation.as_str(), &caller.name(), &self.key] {
            hasher.update(&(part.len() as u64).to_le_bytes()).update(part.as_bytes());
        }
        *hasher.finalize().as_bytes()
    }

    /// Seals an answer with the key. What masks it follows from key, place and the answer itself, so no two answers ever share
    /// a mask.
    fn seal(&self, place: [u8; 32], plain: &[u8]) -> Vec<u8> {
        let mark = self.mark(place, plain);
        let mut sealed = mark.to_vec();
        sealed.extend(self.masked(&mark, plain));
        sealed
    }

    /// What was sealed, if it is whole and this is the key.
    fn open(&self, place: [u8; 32], sealed: &[u8]) -> Option<Vec<u8>> {
        let (mark, masked) = sealed.split_first_chunk::<32>()?;
        let plain = self.masked(mark, masked);
        (self.mark(place, &plain) == *mark).then_some(plain)
    }

    fn mark(&self, place: [u8; 32], plain: &[u8]) -> [u8; 32] {
        let mut hasher = blake3::Hasher::new_derive_key("searchlight sticky outcome mark 1");
        hasher.update(&place).update(&(self.key.len() as u64).to_le_bytes()).update(self.key.as_bytes()).update(plain);
        *hasher.finalize().as_bytes()
    }

    fn masked(&self, mark: &[u8; 32], bytes: &[u8]) -> Vec<u8> {
        let mut hasher = blake3::Hasher::new_derive_key("searchlight sticky outcome mask 1");
        hasher.update(mark).update(self.key.as_bytes());
        let mut mask = vec![0; bytes.len()];
        hasher.finalize_xof().fill(&mut mask);
        bytes.iter().zip(mask).map(|(byte, mask)| byte ^ mask).collect()
    }
}

fn answer(status: StatusCode, body: Vec<u8>) -> Response {
    (status, [(header::CONTENT_TYPE, "application/json")], body).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_opened_by_its_own_key_alone() {
        let keyed = |key: &str| Keyed { key: key.to_owned(), operation: "POST /x".to_owned(), request: [7; 32] };
        let plain = b"sls_a secret that is shown once".to_vec();
        let sealed = keyed("word").seal([1; 32], &plain);
        assert!(!sealed.windows(8).any(|part| part == &plain[..8]));
        assert_eq!(keyed("word").open([1; 32], &sealed), Some(plain.clone()));
        assert_eq!((keyed("Word").open([1; 32], &sealed), keyed("word").open([2; 32], &sealed)), (None, None));
        let other = keyed("word").seal([1; 32], b"sls_b secret that is shown once");
        assert_ne!(sealed[40..], other[40..], "another answer has another mask");
    }
}
