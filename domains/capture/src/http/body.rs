//! Reading a body, compressed or not, of bounded size.

use axum::{
    body::Body,
    http::{HeaderMap, header},
};
use bytes::{Bytes, BytesMut};
use futures::StreamExt;
use kernel::ErrorCode;
use web::Problem;

use crate::rules::{Inflate, inflate};

/// Why a body is not read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Unread {
    /// It is larger than the door takes, as sent or inflated.
    TooLarge,
    /// It is compressed in a way no door knows.
    Encoding,
    /// It is no gzip, or the connection broke.
    Broken,
}

impl Unread {
    /// What the sender is told; `too_large` is the door's own word for that case.
    pub(super) fn problem(self, too_large: ErrorCode, bytes_max: usize) -> Problem {
        match self {
            Self::TooLarge => Problem::new(too_large).detail(format!("A request has at most {} KiB", bytes_max / 1024)),
            Self::Encoding => Problem::new(ErrorCode::Malformed).detail("Content-Encoding must be gzip or identity"),
            Self::Broken => Problem::new(ErrorCode::Malformed).detail("The body is cut off, or is no gzip"),
        }
    }
}

/// The body, inflated if it is compressed.
pub(super) async fn read(headers: &HeaderMap, body: Body, bytes_max: usize) -> Result<Bytes, Unread> {
    let mut encodings = headers.get_all(header::CONTENT_ENCODING).into_iter();
    let encoding = encodings.next().map_or("identity", |value| value.to_str().unwrap_or("unreadable"));
    let gzip = match encoding.trim().to_ascii_lowercase().as_str() {
        "identity" | "" => false,
        "gzip" | "x-gzip" => true,
        _ => return Err(Unread::Encoding),
    };
    if encodings.next().is_some() {
        return Err(Unread::Encoding);
    }
    let mut bytes = BytesMut::new();
    let mut chunks = body.into_data_stream();
    while let Some(chunk) = chunks.next().await {
        let chunk = chunk.map_err(|_| Unread::Broken)?;
        if bytes.len() + chunk.len() > bytes_max {
            return Err(Unread::TooLarge);
        }
        bytes.extend_from_slice(&chunk);
    }
    if !gzip {
        return Ok(bytes.freeze());
    }
    inflate(&bytes, bytes_max).map(Bytes::from).map_err(|error| match error {
        Inflate::TooLarge => Unread::TooLarge,
        Inflate::Broken => Unread::Broken,
    })
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use db::{Records, db_test};
    use flate2::{Compression, write::GzEncoder};
    use serde_json::json;

    use crate::http::tests::{Ask, House, migrations};

    fn gzip(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    #[db_test(migrations = migrations())]
    async fn every_door_takes_gzip_and_no_bomb(records: Records) {
        let house = House::new(&records);
        let own = json!([{ "event": "E", "user_id": "u1" }]).to_string();
        let batch = json!({ "batch": [{ "type": "track", "event": "E", "userId": "u1" }] }).to_string();
        let call = json!({ "event": "E", "userId": "u1", "writeKey": "write" }).to_string();
        let bomb = gzip(&vec![b' '; 5 << 20]);
        assert!(bomb.len() < 64 << 10);
        for (path, body, too_large) in [("/api/v1/facts", own, 413), ("/v1/batch", batch, 400), ("/v1/t", call, 400)] {
            let send = async |body: Vec<u8>, encoding: &str| {
                house.ask(Ask::raw(path, body).by("write").header("content-encoding", encoding)).await
            };
            assert_eq!(send(gzip(body.as_bytes()), "gzip").await.status, 200, "{path}");
            assert_eq!(send(body.clone().into(), "identity").await.status, 200, "{path}");
            let packed = gzip(body.as_bytes());
            assert_eq!(send(packed[..packed.len() / 2].to_vec(), "gzip").await.refusal(), (400, "malformed"), "{path}");
            assert_eq!(send(body.clone().into(), "gzip").await.refusal(), (400, "malformed"), "{path}");
            assert_eq!(send(body.into(), "br").await.refusal(), (400, "malformed"), "{path}");
            assert_eq!(send(bomb.clone(), "gzip").await.status, too_large, "{path}");
        }
        let in_body = json!({ "event": "E", "userId": "u1", "writeKey": "write" }).to_string();
        let ask = Ask::raw("/v1/track", gzip(in_body.as_bytes())).header("content-encoding", "gzip");
        assert_eq!(house.ask(ask).await.status, 200, "the key is found inside");
        assert_eq!(house.facts("wait_offset=7").await.len(), 7);
    }
}
