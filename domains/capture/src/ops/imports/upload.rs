//! A table comes in: it is read once, whatever it was, and kept as rows.

use std::sync::Arc;

use bytes::Bytes;
use chrono::FixedOffset;
use db::audit::By;
use kernel::{WorkspaceId, token};

use super::{Done, ImportCommand, ImportOrder, Refusal, Trouble};
use crate::{
    Doors,
    model::import::{Counts, Import, State},
    rules::import::{Field, Kind, Mapping, Opened, RowRead, Unreadable, guess, open},
};

/// Rows kept together, and imported together.
const PIECE_ROWS: usize = 2000;
/// How hard pieces are packed: they are read once or twice.
const PACKING: i32 = 1;
/// Offset of the zone that times are in unless told otherwise: China.
const ZONE_SECS: i32 = 8 * 3600;

/// Why an upload is not kept.
pub(crate) enum NotKept {
    /// It is no table.
    Unreadable(Unreadable),
    /// The records refuse.
    Trouble(Trouble),
}

/// Reads an upload and keeps it.
pub(crate) async fn upload(
    doors: &Doors,
    workspace: WorkspaceId,
    by: By,
    (kind, name): (Kind, String),
    bytes: Bytes,
) -> Result<Done, NotKept> {
    let trouble = |error: Trouble| NotKept::Trouble(error);
    let seat = doors.imports.reading.acquire().await.map_err(|error| trouble(error.into()))?;
    let read = tokio::task::spawn_blocking(move || read(kind, &bytes)).await.map_err(|error| trouble(error.into()))?;
    drop(seat);
    let Read { opened, mapping, pieces } = read.map_err(NotKept::Unreadable)?;
    let import = Import {
        id: format!("im-{}", token(&*doors.entropy, 10)),
        kind,
        name,
        written: opened.written.to_owned(),
        state: State::Draft,
        rows: opened.rows.len() as u64,
        columns: opened.columns,
        mapping,
        pieces: u32::try_from(pieces.len()).unwrap_or(u32::MAX),
        next_piece: 0,
        counts: Counts::default(),
        created_at: doors.clock.now(),
        created_by: by.actor.clone(),
        finished_at: None,
        before: None,
        last: None,
        undo_from: None,
        undone_to: None,
    };
    let command = ImportCommand::Create(Box::new(import), Arc::new(pieces));
    let kept = doors.imports.orders.submit(ImportOrder { by, workspace, command }).await;
    kept.map_err(|error| trouble(error.into()))?.map_err(|refusal: Refusal| trouble(format!("{refusal:?}").into()))
}

struct Read {
    opened: Opened,
    mapping: Mapping,
    pieces: Vec<Vec<u8>>,
}

fn read(kind: Kind, bytes: &[u8]) -> Result<Read, Unreadable> {
    let opened = open(bytes)?;
    let zone = FixedOffset::east_opt(ZONE_SECS).expect("eight hours are an offset");
    let guessed = guess(kind, &opened.columns, &opened.rows, zone);
    let mapping = Mapping {
        columns: guessed.iter().map(|field| field.as_ref().map_or_else(String::new, Field::word)).collect(),
        zone: zone.to_string(),
        currency: "CNY".to_owned(),
        campaign: None,
    };
    let pieces = opened.rows.chunks(PIECE_ROWS).map(packed).collect();
    Ok(Read { opened, mapping, pieces })
}

fn packed(rows: &[RowRead]) -> Vec<u8> {
    let json = serde_json::to_vec(rows).expect("texts and numbers are JSON");
    zstd::bulk::compress(&json, PACKING).expect("compressing in memory")
}

/// The rows of a piece.
pub(super) fn unpacked(piece: &[u8]) -> Result<Vec<RowRead>, Trouble> {
    let json = zstd::decode_all(piece)?;
    Ok(serde_json::from_slice(&json)?)
}
