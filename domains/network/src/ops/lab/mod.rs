//! Experiments on files: the same rules the product runs, on data whose answers are known.

mod cascades;
mod fraud;
mod graph;
mod koc;
mod paths;
mod rows;
mod seeds;
mod whatif;

use std::io;

pub use cascades::{CascadeLine, cascades};
pub use fraud::{FraudReport, fraud};
pub use graph::Model;
pub use koc::{KocReport, koc};
pub use paths::{Net, PathsGraph, PathsReport, PathsWanted, measure, net, paths};
pub use seeds::{SeedsReport, SeedsWanted, seeds};
pub use whatif::{Stopped, WhatifReport, whatif};

/// Why an experiment could not be run.
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
    /// A line is not an edge of a graph.
    #[error("line {line}: {reason}")]
    Edge {
        /// From 1.
        line: u64,
        /// What is wrong there.
        reason: &'static str,
    },
    /// The output refused.
    #[error("the result cannot be written")]
    Write(#[source] io::Error),
}
