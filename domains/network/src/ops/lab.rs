//! Runs recorded cascades through the network, to check it against known answers.
//!
//! One JSON object a line: `cascade_id`, `node_id` (who was touched), `parent_id` (who shared; null for a root), `ts`
//! (seconds since 1970) and, where known, `seq` (order of arrival in the cascade). Lines of different cascades may be
//! mixed; without `seq` they count as they come. Other fields are passed over. Each cascade is a campaign of its own.

use std::{
    borrow::Cow,
    io::{self, BufRead, Write},
};

use kernel::{CampaignId, Handle, Offset, RootOwner, Scope, Timestamp};
use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};

use crate::{
    model::{Event, Network},
    rules::cascade::Totals,
};

/// Why cascades could not be read or told.
#[derive(Debug, thiserror::Error)]
pub enum LabError {
    /// The input stopped.
    #[error("line {line}: the input cannot be read")]
    Read {
        /// From 1.
        line: u64,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// A line is not a row of a cascade.
    #[error(
        "line {line}, column {column}: {reason}; a row is \
         {{\"cascade_id\":text,\"node_id\":id,\"parent_id\":id or null,\"ts\":seconds}}"
    )]
    Row {
        /// From 1.
        line: u64,
        /// From 1.
        column: usize,
        /// What is wrong there.
        reason: String,
    },
    /// The output refused.
    #[error("the result cannot be written")]
    Write(#[source] io::Error),
}

/// What the network says about one cascade. One JSON object a line.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct CascadeLine<'a> {
    /// As given.
    pub cascade_id: &'a str,
    /// People with a place, the root included.
    pub people: u64,
    /// Most hops from the root.
    pub depth_max: u32,
    /// Most people anybody brought directly.
    pub invites_max: u32,
    /// Touches of oneself.
    pub self_shares: u64,
    /// Touches of somebody who had a place or waited for one.
    pub repeats: u64,
    /// People who never got a place.
    pub unknown_parents: u64,
    /// Mean distance of two people.
    pub structural_virality: f64,
}

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

struct Row {
    seq: Option<u64>,
    person: Handle,
    sharer: Option<Handle>,
    at: Timestamp,
}

/// One cascade while its lines come in.
#[derive(Default)]
struct Gathered {
    id: String,
    handles: FxHashMap<Id<'static>, Handle>,
    rows: Vec<Row>,
}

impl Gathered {
    fn handle(&mut self, id: Id<'_>) -> Handle {
        let next = Handle(self.handles.len() as u32 + 1);
        *self.handles.entry(id.into_owned()).or_insert(next)
    }

    /// The rows in the order of arrival as events of one campaign.
    fn events(mut self, campaign: &CampaignId) -> Vec<Event> {
        // Stable: rows without a number stay as they came.
        self.rows.sort_by_key(|row| row.seq);
        let event = |(row, offset): (Row, u64)| {
            let (offset, at, campaign) = (Offset(offset), row.at, campaign.clone());
            match row.sharer {
                None => Event::RootDeclared { offset, at, campaign, handle: row.person, owner: RootOwner::default() },
                Some(sharer) => Event::Touched { offset, at, campaign, receiver: row.person, sharer },
            }
        };
        self.rows.into_iter().zip(1..).map(event).collect()
    }
}

/// Reads cascades and writes what the network says about each, in the order they first came.
///
/// # Errors
/// [`LabError`] names the line that cannot be read.
pub fn cascades(mut reader: impl BufRead, mut out: impl Write) -> Result<(), LabError> {
    let mut places: FxHashMap<String, usize> = FxHashMap::default();
    let mut gathered: Vec<Gathered> = Vec::new();
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
                places.insert(id.clone(), gathered.len());
                gathered.push(Gathered { id, ..Gathered::default() });
                gathered.len() - 1
            }
        };
        let cascade = &mut gathered[place];
        let person = cascade.handle(row.node_id);
        let sharer = row.parent_id.map(|id| cascade.handle(id));
        cascade.rows.push(Row { seq: row.seq, person, sharer, at: Timestamp::from_secs(row.ts) });
    }
    for cascade in gathered {
        let id = cascade.id.clone();
        let line = told(&id, &fold(cascade));
        serde_json::to_writer(&mut out, &line).map_err(|error| LabError::Write(error.into()))?;
        out.write_all(b"\n").map_err(LabError::Write)?;
    }
    out.flush().map_err(LabError::Write)
}

fn not_a_row(line: u64, error: &serde_json::Error) -> LabError {
    let text = error.to_string();
    // The parser saw one line only: its own count of lines would mislead.
    let reason = text.split(" at line ").next().unwrap_or(&text).to_owned();
    LabError::Row { line, column: error.column(), reason }
}

fn fold(cascade: Gathered) -> Totals {
    let campaign: CampaignId = "cascade".parse().expect("a well-formed id");
    let events = cascade.events(&campaign);
    let next_offset = Offset(events.len() as u64 + 1);
    let mut network = Network::new();
    network.apply(events, next_offset);
    network.totals(&campaign, &Scope::All).unwrap_or_default()
}

fn told<'a>(cascade_id: &'a str, totals: &Totals) -> CascadeLine<'a> {
    CascadeLine {
        cascade_id,
        people: totals.people,
        depth_max: totals.depth_max,
        invites_max: totals.invites_max,
        self_shares: totals.anomalies.self_shares,
        repeats: totals.anomalies.repeats,
        unknown_parents: totals.anomalies.unknown_parents,
        structural_virality: totals.structural_virality,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(input: &str) -> Result<Vec<String>, LabError> {
        let mut out = Vec::new();
        cascades(input.as_bytes(), &mut out)?;
        Ok(String::from_utf8(out).expect("UTF-8").lines().map(str::to_owned).collect())
    }

    #[test]
    fn mixed_cascades_are_told_apart_and_seq_is_arrival() {
        let lines = run(concat!(
            r#"{"cascade_id":"a","node_id":2,"parent_id":1,"ts":11,"seq":1}"#,
            "\n",
            r#"{"cascade_id":"b","node_id":"x","parent_id":"y","ts":5}"#,
            "\n\n",
            r#"{"cascade_id":"a","node_id":1,"parent_id":null,"ts":10,"seq":0,"text":"…"}"#,
            "\n",
            r#"{"cascade_id":"a","node_id":2,"parent_id":2,"ts":12,"seq":2}"#,
        ));
        assert_eq!(
            lines.expect("readable"),
            [
                r#"{"cascade_id":"a","people":2,"depth_max":1,"invites_max":1,"self_shares":1,"repeats":0,"unknown_parents":0,"structural_virality":1.0}"#,
                r#"{"cascade_id":"b","people":0,"depth_max":0,"invites_max":0,"self_shares":0,"repeats":0,"unknown_parents":1,"structural_virality":0.0}"#,
            ]
        );
    }

    #[test]
    fn a_line_that_is_no_row_is_named() {
        let good = r#"{"cascade_id":"a","node_id":1,"parent_id":null,"ts":1}"#;
        for bad in [
            "{",
            "[]",
            r#"{"cascade_id":"a","node_id":2,"ts":1}"#,
            r#"{"cascade_id":"a","node_id":-1,"parent_id":1,"ts":1}"#,
        ] {
            let error = run(&format!("{good}\n{bad}\n{good}")).expect_err("malformed");
            assert!(matches!(error, LabError::Row { line: 2, .. }), "{bad}: {error}");
            assert!(error.to_string().starts_with("line 2, column "), "{error}");
        }
    }
}
