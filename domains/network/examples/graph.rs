//! How fast a graph is read and analysed, and what it weighs, on files that other libraries can read too:
//!
//!     cargo run --release -p network --example graph -- make NODES TIES EDGES TREE
//!     cargo run --release -p network --example graph -- run EDGES TREE OUT
//!
//! EDGES holds one undirected tie a line, TREE one `parent child` a line with 0 as the root. `run` prints one JSON object of
//! seconds and bytes and leaves the answers in OUT as plain little-endian arrays.
//!
//! The made-up network grows as one does: a newcomer is tied to hubs and to people who came shortly before; one block of
//! twenty in fifty is an island.

use std::{
    collections::BTreeSet,
    fs::{self, File},
    io::{BufRead, BufReader, BufWriter, Seek, SeekFrom, Write},
    path::Path,
};

use network::rules::graph::{
    adjacency::{Adjacency, Walk},
    betweenness::betweenness,
    components::components,
    cores::cores,
    page_rank::PageRank,
    subtree::{NOBODY, subtree_sizes},
};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha20Rng;
use serde_json::{Map, Value, json};

const ISLAND: u32 = 20;
const NEAR: u32 = 10_000;
/// The ends of the sample of shortest ways.
const SOURCES: u32 = 8;

type Told<T> = Result<T, Box<dyn std::error::Error + Send + Sync>>;

fn main() -> Told<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["make", nodes, ties, edges, tree] => make(nodes.parse()?, ties.parse()?, edges.as_ref(), tree.as_ref()),
        ["run", edges, tree, out] => run(edges.as_ref(), tree.as_ref(), out.as_ref()),
        _ => Err("make NODES TIES EDGES TREE, or run EDGES TREE OUT".into()),
    }
}

fn make(nodes: u32, ties: u32, edges: &Path, tree: &Path) -> Told<()> {
    let mut chance = ChaCha20Rng::seed_from_u64(1);
    let (mut edges, mut tree) = (BufWriter::new(File::create(edges)?), BufWriter::new(File::create(tree)?));
    let each = ties / nodes;
    for node in 1..nodes {
        let block = node - node % ISLAND;
        let on_island = block > 0 && (block / ISLAND).is_multiple_of(50);
        let mut others = BTreeSet::new();
        let mut parent = None;
        let first = if on_island { block } else { 0 };
        while others.len() < each.min(node - first) as usize {
            let other = match chance.random::<bool>() {
                _ if on_island => chance.random_range(first..node),
                true => (f64::from(node) * chance.random::<f64>().powi(3)) as u32,
                false => node - 1 - chance.random_range(0..node.min(NEAR)),
            };
            // Nobody from outside is tied to an island.
            let lands = on_island || other < ISLAND || !(other / ISLAND).is_multiple_of(50);
            if lands && others.insert(other) {
                parent = parent.or(Some(other));
                writeln!(edges, "{node} {other}")?;
            }
        }
        writeln!(tree, "{} {node}", parent.unwrap_or(0))?;
    }
    edges.flush()?;
    Ok(tree.flush()?)
}

fn run(edges: &Path, tree: &Path, out: &Path) -> Told<()> {
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let mut told = Map::new();
    let mut timed = |what: &str, secs: f64| told.insert(what.to_owned(), json!(secs));
    let before = memory("VmRSS:");
    let (graph, secs) = measured(|| {
        let edges = read(edges, threads)?;
        let nodes = edges.iter().map(|(one, other)| one.max(other) + 1).max().unwrap_or(0);
        Told::Ok(Adjacency::of(nodes as usize, &edges, threads))
    });
    let graph = graph?;
    let bytes = memory("VmRSS:").saturating_sub(before);
    timed("load", secs);
    let (ranks, secs) = measured(|| PageRank { threads, ..PageRank::default() }.of(&graph));
    timed("pagerank", secs);
    let (parts, secs) = measured(|| components(&graph));
    timed("components", secs);
    let (levels, secs) = measured(|| cores(&graph));
    timed("cores", secs);
    let nodes = graph.nodes() as u32;
    let sources: Vec<u32> =
        (0..u64::from(SOURCES)).map(|at| (at * u64::from(nodes) / u64::from(SOURCES)) as u32).collect();
    let (between, secs) = measured(|| betweenness(&graph, &sources, threads));
    timed("betweenness", secs);
    let mut above = vec![NOBODY; nodes as usize];
    for (parent, child) in read(tree, threads)? {
        above[child as usize] = parent;
    }
    let (below, secs) = measured(|| subtree_sizes(&above));
    timed("subtrees", secs);
    told.insert("bytes".to_owned(), json!(bytes));
    told.insert("edges".to_owned(), json!(graph.edges()));
    told.insert("rounds".to_owned(), json!(ranks.rounds));
    told.insert("peak".to_owned(), json!(memory("VmHWM:")));
    let numbers = |numbers: &[u32]| numbers.iter().flat_map(|number| number.to_le_bytes()).collect::<Vec<u8>>();
    let reals = |numbers: &[f64]| numbers.iter().flat_map(|number| number.to_le_bytes()).collect::<Vec<u8>>();
    fs::write(out.join("pagerank"), reals(&ranks.ranks))?;
    fs::write(out.join("components"), numbers(&parts))?;
    fs::write(out.join("cores"), numbers(&levels))?;
    fs::write(out.join("betweenness"), reals(&between))?;
    fs::write(out.join("subtrees"), numbers(&below))?;
    println!("{}", Value::Object(told));
    Ok(())
}

/// The pairs of a file, each thread reading its part.
fn read(path: &Path, threads: usize) -> Told<Vec<(u32, u32)>> {
    let length = fs::metadata(path)?.len();
    let part = |part: usize| (length * part as u64 / threads as u64)..(length * (part as u64 + 1) / threads as u64);
    std::thread::scope(|scope| {
        let reading: Vec<_> = (0..threads).map(|at| scope.spawn(move || read_part(path, part(at)))).collect();
        let mut pairs = Vec::new();
        for thread in reading {
            let mut part = thread.join().map_err(|_| "a thread ended early")??;
            if pairs.is_empty() { pairs = part } else { pairs.append(&mut part) }
        }
        Ok(pairs)
    })
}

/// The lines that begin within a stretch of a file.
fn read_part(path: &Path, stretch: std::ops::Range<u64>) -> Told<Vec<(u32, u32)>> {
    let mut file = BufReader::with_capacity(1 << 20, File::open(path)?);
    let mut line = Vec::new();
    let mut at = stretch.start;
    if at > 0 {
        // The line that is cut belongs to the part before, unless it begins right here.
        file.seek(SeekFrom::Start(at - 1))?;
        at = at - 1 + file.read_until(b'\n', &mut line)? as u64;
    }
    let mut pairs = Vec::new();
    while at < stretch.end {
        line.clear();
        let length = file.read_until(b'\n', &mut line)?;
        if length == 0 {
            break;
        }
        at += length as u64;
        pairs.push(pair(&line).ok_or("a line is two numbers")?);
    }
    Ok(pairs)
}

fn pair(line: &[u8]) -> Option<(u32, u32)> {
    let mut numbers = [None; 2];
    let mut place = 0;
    for byte in line.trim_ascii_end() {
        match byte {
            b'0'..=b'9' => {
                let number = numbers.get_mut(place)?;
                *number = Some(number.unwrap_or(0_u32).checked_mul(10)?.checked_add(u32::from(byte - b'0'))?);
            }
            _ => place += 1,
        }
    }
    numbers[0].zip(numbers[1])
}

#[expect(clippy::disallowed_methods, reason = "measures how long a step takes")]
fn measured<T>(step: impl FnOnce() -> T) -> (T, f64) {
    let start = std::time::Instant::now();
    let answer = step();
    (answer, start.elapsed().as_secs_f64())
}

/// Bytes the process holds, or held at most (Linux; 0 elsewhere).
fn memory(field: &str) -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix(field)).unwrap_or_default();
    line.trim().trim_end_matches(" kB").parse::<u64>().unwrap_or(0) * 1024
}
