//! Runs recorded cascades through the network, to check it against known answers.

use std::io::{BufRead, Write};

use kernel::{CampaignId, Offset, Scope};
use serde::Serialize;

use super::{
    LabError,
    rows::{self, Handles, Recorded},
};
use crate::{model::Network, rules::cascade::Totals};

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

/// Reads cascades and writes what the network says about each, in the order they first came.
///
/// # Errors
/// [`LabError`] names the line that cannot be read.
pub fn cascades(reader: impl BufRead, mut out: impl Write) -> Result<(), LabError> {
    for cascade in rows::read(reader)? {
        let line = told(&cascade.id, &fold(&cascade));
        serde_json::to_writer(&mut out, &line).map_err(|error| LabError::Write(error.into()))?;
        out.write_all(b"\n").map_err(LabError::Write)?;
    }
    out.flush().map_err(LabError::Write)
}

fn fold(cascade: &Recorded) -> Totals {
    let campaign: CampaignId = "cascade".parse().expect("a well-formed id");
    let events = rows::events(&cascade.rows, &campaign, &mut Handles::default(), Offset(0));
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
