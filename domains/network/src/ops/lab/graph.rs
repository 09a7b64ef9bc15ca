//! Reads a graph: one edge a line, `from to` or `from to chance`, separated by blanks, tabs or commas.
//!
//! Lines that begin with `#` or `%` are comments. A first line `people edges` that fits the rest is a head. Edges to oneself
//! are left out; of an edge that comes again only the first counts.

use std::io::BufRead;

use rustc_hash::{FxHashMap, FxHashSet};

use super::LabError;
use crate::rules::seeds::Edge;

/// What an edge's chance is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Model {
    /// Weighted cascade: one over the number of edges into the same person.
    Wc,
    /// The third column.
    Weights,
    /// The same for all.
    Uniform(f64),
}

impl std::str::FromStr for Model {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "wc" => Ok(Self::Wc),
            "weights" => Ok(Self::Weights),
            _ => text
                .strip_prefix("uniform:")
                .and_then(|chance| chance.parse().ok())
                .filter(|chance| (0.0..=1.0).contains(chance))
                .map(Self::Uniform)
                .ok_or_else(|| "a model is wc, weights, or uniform:P with P from 0 to 1".to_owned()),
        }
    }
}

/// A graph as it was read.
pub struct Graph {
    /// The ids of the file, in the order they first came; a person's number is the place here.
    pub ids: Vec<u64>,
    /// The edges, by number of person.
    pub edges: Vec<Edge>,
}

struct Row {
    line: u64,
    from: u64,
    to: u64,
    weight: Option<f64>,
}

/// Reads a graph.
///
/// # Errors
/// [`LabError`] names the line that cannot be read.
pub fn read(reader: impl BufRead, model: Model, undirected: bool) -> Result<Graph, LabError> {
    let mut rows = Vec::new();
    for (text, line) in reader.lines().zip(1..) {
        let text = text.map_err(|source| LabError::Read { line, source })?;
        let text = text.trim();
        if !text.is_empty() && !text.starts_with(['#', '%']) {
            rows.push(row(text, line)?);
        }
    }
    if has_head(&rows) {
        rows.remove(0);
    }
    let mut graph = Graph { ids: Vec::new(), edges: Vec::new() };
    let mut numbers: FxHashMap<u64, u32> = FxHashMap::default();
    let mut known: FxHashSet<(u32, u32)> = FxHashSet::default();
    for Row { line, from, to, weight } in rows {
        let chance = match model {
            Model::Wc => 1.0,
            Model::Uniform(chance) => chance,
            Model::Weights => weight
                .filter(|chance| (0.0..=1.0).contains(chance))
                .ok_or(LabError::Edge { line, reason: "the third column is no chance from 0 to 1" })?,
        };
        let mut number = |id| {
            *numbers.entry(id).or_insert_with(|| {
                graph.ids.push(id);
                graph.ids.len() as u32 - 1
            })
        };
        let (from, to) = (number(from), number(to));
        let both = [(from, to), (to, from)];
        for (from, to) in both.into_iter().take(if undirected { 2 } else { 1 }).filter(|(from, to)| from != to) {
            if known.insert((from, to)) {
                graph.edges.push(Edge { from, to, chance });
            }
        }
    }
    if model == Model::Wc {
        weigh(&mut graph);
    }
    Ok(graph)
}

fn weigh(graph: &mut Graph) {
    let mut into = vec![0_u32; graph.ids.len()];
    for edge in &graph.edges {
        into[edge.to as usize] += 1;
    }
    for edge in &mut graph.edges {
        edge.chance = 1.0 / f64::from(into[edge.to as usize]);
    }
}

fn row(text: &str, line: u64) -> Result<Row, LabError> {
    let mut columns = text.split([' ', '\t', ',']).filter(|column| !column.is_empty());
    let mut id = || columns.next().and_then(|column| column.parse().ok());
    let (Some(from), Some(to)) = (id(), id()) else {
        return Err(LabError::Edge { line, reason: "an edge is two whole numbers, and perhaps a chance" });
    };
    // Whether a third column has to be a chance depends on the model.
    let weight = columns.next().map(|column| column.parse().unwrap_or(f64::NAN));
    Ok(Row { line, from, to, weight })
}

/// Whether the first row counts the others: as many edges, and more people than any id.
fn has_head(rows: &[Row]) -> bool {
    let Some((head, edges)) = rows.split_first() else { return false };
    head.weight.is_none()
        && head.to == edges.len() as u64
        && edges.iter().all(|edge| edge.from.max(edge.to) < head.from)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn edges(text: &str, model: Model, undirected: bool) -> Result<Vec<(u64, u64, f64)>, String> {
        let graph = read(text.as_bytes(), model, undirected).map_err(|error| error.to_string())?;
        let named = |edge: &Edge| (graph.ids[edge.from as usize], graph.ids[edge.to as usize], edge.chance);
        Ok(graph.edges.iter().map(named).collect())
    }

    #[test]
    fn a_head_a_comment_a_loop_and_a_repeat_are_no_edges() {
        let told = "# two columns\n4 5\n0 1\n2,1\n0\t1 0.9\n3 3\n\n1 0\n";
        let expected = [(0, 1, 0.5), (2, 1, 0.5), (1, 0, 1.0)];
        assert_eq!(edges(told, Model::Wc, false), Ok(expected.to_vec()));
        assert_eq!(edges("3 1\n1 7\n", Model::Uniform(0.2), false), Ok(vec![(3, 1, 0.2), (1, 7, 0.2)]));
    }

    #[test]
    fn an_undirected_edge_goes_both_ways_once() {
        let expected = [(1, 2, 0.3), (2, 1, 0.3)];
        assert_eq!(edges("1 2 0.3\n2 1 0.3\n", Model::Weights, true), Ok(expected.to_vec()));
    }

    #[test]
    fn a_line_that_is_no_edge_is_named() {
        for (bad, model) in [("1", Model::Wc), ("1 x", Model::Wc), ("1 2", Model::Weights), ("1 2 1.5", Model::Weights)]
        {
            let error = edges(&format!("0 1 0.5\n{bad}\n"), model, false).expect_err(bad);
            assert!(error.starts_with("line 2: "), "{error}");
        }
    }

    #[test]
    fn a_model_is_read_from_the_command_line() {
        assert_eq!(
            ["wc", "weights", "uniform:0.05"].map(str::parse),
            [Ok(Model::Wc), Ok(Model::Weights), Ok(Model::Uniform(0.05))]
        );
        assert!(["", "uniform:", "uniform:2", "x"].iter().all(|text| text.parse::<Model>().is_err()));
    }
}
