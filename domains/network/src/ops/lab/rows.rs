//! Reads recorded cascades.
//!
//! One JSON object a line: `cascade_id`, `node_id` (who was touched), `parent_id` (who shared; null for a root), `ts`
//! (seconds since 1970) and, where known, `seq` (order of arrival in the cascade). Lines of different cascades may be
//! mixed; without `seq` they count as they come. Other fields are passed over. Each cascade is a campaign of its own; the
//! same `node_id` is the same person in all of them.

use std::{borrow::Cow, io::BufRead};

use kernel::{CampaignId, Handle, Offset, RootOwner, Timestamp};
use rustc_hash::FxHashMap;
use serde::Deserialize;

use super::LabError;
use crate::model::Event;

/// Somebody's id: a number or a text.
#[derive(Deserialize, PartialEq, Eq, Hash)]
#[serde(untagged)]
enum Id<'a> {
    Number(u64),
    Text(#[serde(borrow)] Cow<'a, str>),
}

impl Id<'_> {
    fn into_owned(self) -> Id<'static> {
        match self {
            Self::Number(number) => Id::Number(number),
            Self::Text(text) => Id::Text(text.into_owned().into()),
        }
    }
}

#[derive(Deserialize)]
struct Line<'a> {
    #[serde(borrow)]
    cascade_id: Cow<'a, str>,
    #[serde(borrow)]
    node_id: Id<'a>,
    // Given or not, but never forgotten: a missing parent is no root.
    #[serde(borrow, deserialize_with = "Option::deserialize")]
    parent_id: Option<Id<'a>>,
    ts: i64,
    seq: Option<u64>,
}

/// One touch. People are numbered over the whole file, from 0.
pub(super) struct Row {
    seq: Option<u64>,
    person: u32,
    sharer: Option<u32>,
    at: Timestamp,
}

/// One cascade, its rows in the order of arrival.
pub(super) struct Recorded {
    pub id: String,
    pub rows: Vec<Row>,
}

impl Recorded {
    /// When the root shared first, or else the earliest row.
    pub fn started_at(&self) -> Option<Timestamp> {
        let root = self.rows.iter().find(|row| row.sharer.is_none());
        root.map(|row| row.at).or_else(|| self.rows.iter().map(|row| row.at).min())
    }

    /// Who was touched, the root included; who was touched again is told again.
    pub fn people(&self) -> impl Iterator<Item = u32> + '_ {
        self.rows.iter().map(|row| row.person)
    }
}

/// Gives each person of a file a handle as small as can be: memory goes by the largest.
#[derive(Default)]
pub(super) struct Handles(FxHashMap<u32, Handle>);

impl Handles {
    pub fn of(&mut self, person: u32) -> Handle {
        let next = Handle(self.0.len() as u32 + 1);
        *self.0.entry(person).or_insert(next)
    }

    /// Who stands behind each handle, without the first, which is nobody's.
    pub fn people(&self) -> FxHashMap<Handle, u32> {
        self.0.iter().map(|(person, handle)| (*handle, *person)).collect()
    }
}

/// Rows as events of one campaign, at offsets that follow `after`.
pub(super) fn events(rows: &[Row], campaign: &CampaignId, handles: &mut Handles, after: Offset) -> Vec<Event> {
    let event = |(row, offset): (&Row, u64)| {
        let (offset, at, campaign) = (Offset(offset), row.at, campaign.clone());
        let person = handles.of(row.person);
        match row.sharer {
            None => Event::RootDeclared { offset, at, campaign, handle: person, owner: RootOwner::default() },
            Some(sharer) => Event::Touched { offset, at, campaign, receiver: person, sharer: handles.of(sharer) },
        }
    };
    rows.iter().zip(after.0 + 1..).map(event).collect()
}

/// Reads cascades, in the order they first come.
///
/// # Errors
/// [`LabError`] names the line that cannot be read.
pub(super) fn read(mut reader: impl BufRead) -> Result<Vec<Recorded>, LabError> {
    let mut places: FxHashMap<String, usize> = FxHashMap::default();
    let mut people: FxHashMap<Id<'static>, u32> = FxHashMap::default();
    let mut recorded: Vec<Recorded> = Vec::new();
    let mut text = String::new();
    for line in 1.. {
        text.clear();
        if reader.read_line(&mut text).map_err(|source| LabError::Read { line, source })? == 0 {
            break;
        }
        if text.trim().is_empty() {
            continue;
        }
        let row: Line<'_> = serde_json::from_str(&text).map_err(|error| not_a_row(line, &error))?;
        let place = match places.get(row.cascade_id.as_ref()) {
            Some(place) => *place,
            None => {
                let id = row.cascade_id.into_owned();
                places.insert(id.clone(), recorded.len());
                recorded.push(Recorded { id, rows: Vec::new() });
                recorded.len() - 1
            }
        };
        let mut number = |id: Id<'_>| {
            let next = people.len() as u32;
            *people.entry(id.into_owned()).or_insert(next)
        };
        let (person, sharer) = (number(row.node_id), row.parent_id.map(&mut number));
        recorded[place].rows.push(Row { seq: row.seq, person, sharer, at: Timestamp::from_secs(row.ts) });
    }
    for cascade in &mut recorded {
        // Stable: rows without a number stay as they came.
        cascade.rows.sort_by_key(|row| row.seq);
    }
    Ok(recorded)
}

fn not_a_row(line: u64, error: &serde_json::Error) -> LabError {
    let text = error.to_string();
    // The parser saw one line only: its own count of lines would mislead.
    let reason = text.split(" at line ").next().unwrap_or(&text).to_owned();
    LabError::Row { line, column: error.column(), reason }
}
