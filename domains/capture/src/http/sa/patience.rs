//! What these addresses do where others would answer 429 or 5xx.
//!
//! A mini-program takes whatever answer for a yes and forgets its records. So a request that cannot be taken yet is kept
//! waiting while the server tries again, and when that has taken too long the connection is closed without an answer: then the
//! client knows that nothing was taken, and sends it again.

use std::{future::Future, io, sync::Arc, time::Duration};

use axum::{
    body::Body,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use bytes::Bytes;
use facts::Fact;
use kernel::ErrorCode;
use tokio::sync::Semaphore;
use web::Problem;

use crate::http::append::{Sender, encode};

/// How long a request may wait: less than the minute after which proxies answer 504 of their own.
const WAIT: Duration = Duration::from_secs(50);
/// Bytes of facts that all waiting requests may hold together.
const WAITING_BYTES_MAX: usize = 64 << 20;
/// The first pause before trying again, and the longest; each is twice the one before.
const PAUSES: (Duration, Duration) = (Duration::from_millis(50), Duration::from_secs(1));

/// How long requests wait, and how much they may hold meanwhile.
#[derive(Clone)]
pub(crate) struct Patience {
    wait: Duration,
    /// A permit is a byte.
    room: Arc<Semaphore>,
}

impl Default for Patience {
    fn default() -> Self {
        Self::new(WAIT, WAITING_BYTES_MAX)
    }
}

impl Patience {
    pub(crate) fn new(wait: Duration, bytes_max: usize) -> Self {
        Self { wait, room: Arc::new(Semaphore::new(bytes_max)) }
    }

    /// Appends facts as soon as the log takes them. Whoever finds no room to wait with them is told at once.
    pub(super) async fn append(&self, sender: &Sender<'_>, facts: &[Fact]) -> Result<(), Problem> {
        if facts.is_empty() {
            return Ok(());
        }
        let records = encode(facts)?;
        let bytes = records.iter().map(Bytes::len).sum::<usize>();
        let (mut room, mut pause) = (None, PAUSES.0);
        loop {
            match sender.append_encoded(records.clone()).await {
                Err(problem) if passes(problem.code()) => {
                    if room.is_none() {
                        metrics::counter!("searchlight_capture_waited_total", "door" => "sa").increment(1);
                        let permits = u32::try_from(bytes).unwrap_or(u32::MAX);
                        room = Some(self.room.try_acquire_many(permits).map_err(|_| problem)?);
                    }
                }
                answered => return answered.map(|_| ()),
            }
            tokio::time::sleep(pause).await;
            pause = PAUSES.1.min(pause * 2);
        }
    }

    /// The answer to a request, or none.
    pub(super) async fn answer(&self, request: impl Future<Output = Result<Response, Problem>>) -> Response {
        let until = tokio::time::sleep(self.wait);
        tokio::pin!(until);
        let refused = tokio::select! {
            answer = request => match answer {
                Ok(answer) => return answer,
                Err(problem) if !passes(problem.code()) => return problem.into_response(),
                Err(problem) => Some(problem),
            },
            () = &mut until => None,
        };
        if let Some(problem) = refused {
            tracing::error!(%problem, "a request is kept waiting and then left without an answer");
            until.await;
        }
        metrics::counter!("searchlight_capture_unanswered_total", "door" => "sa").increment(1);
        hang_up()
    }
}

/// Whether trying again later may help. Our own mistakes count among them: they are mended, and the records come again.
fn passes(code: ErrorCode) -> bool {
    code.status() >= 500 || code == ErrorCode::Overloaded
}

/// An answer that breaks off before it begins: the server closes the connection and nothing of it is sent.
fn hang_up() -> Response {
    let broken = futures::stream::once(async { Err::<Bytes, _>(io::Error::other("nothing was taken")) });
    (StatusCode::TOO_MANY_REQUESTS, Body::from_stream(broken)).into_response()
}
