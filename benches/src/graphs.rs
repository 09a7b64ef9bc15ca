//! The graph beside the libraries people would reach for: the same files, one after the other, and the answers compared.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    process::Stdio,
};

use anyhow::{Context, ensure};
use serde_json::Value;
use tokio::process::Command;

use crate::{
    examples,
    report::{Report, verdict, whole},
};

/// The libraries, as the Python that drives them knows them.
const PEERS: [&str; 3] = ["networkit", "igraph", "rustworkx"];

/// What is asked, how it is called in the table, and how its answers are compared.
const ASKED: [(&str, &str, Compare); 5] = [
    ("pagerank", "PageRank to 1e-10", Compare::Ranks),
    ("components", "components", Compare::Equal),
    ("cores", "k-core", Compare::Equal),
    ("betweenness", "betweenness from 8 sources", Compare::Ways),
    ("subtrees", "subtree sizes of a tree of all nodes", Compare::Equal),
];

#[derive(Clone, Copy, PartialEq)]
enum Compare {
    /// Number for number.
    Equal,
    /// Numbers whose differences add up to next to nothing.
    Ranks,
    /// Numbers up to rounding; a library may count each way once for both of its ends.
    Ways,
}

/// Ranks that were settled to 1e-10 differ by no more than this, added up.
const RANKS_APART: f64 = 1e-8;

/// One program's numbers, and where its answers are.
struct Measured {
    numbers: Value,
    answers: PathBuf,
}

impl Measured {
    fn number(&self, what: &str) -> Option<f64> {
        self.numbers[what].as_f64()
    }
}

/// Measures ours and every peer. `peers` is the folder their Python packages lie in; without it only ours is measured.
pub async fn run(within: &Path, quick: bool, peers: Option<&Path>, report: &mut Report) -> anyhow::Result<()> {
    let folder = tempfile::tempdir_in(within)?;
    let (edges, tree) = (folder.path().join("edges"), folder.path().join("tree"));
    let (nodes, ties) = if quick { (50_000, 500_000) } else { (1_000_000, 10_000_000) };
    eprintln!("a graph of {nodes} nodes and {ties} ties");
    let (edges_path, tree_path) = (text(&edges)?, text(&tree)?);
    examples::run("graph", &["make", &nodes.to_string(), &ties.to_string(), edges_path, tree_path]).await?;

    let mut measured = BTreeMap::new();
    let ours = answers(folder.path(), "ours")?;
    let told = examples::run("graph", &["run", edges_path, tree_path, text(&ours)?]).await?;
    let ours = Measured { numbers: serde_json::from_str(told.trim())?, answers: ours };
    if let Some(packages) = peers {
        for name in PEERS {
            let out = answers(folder.path(), name)?;
            eprintln!("  {name}");
            measured.insert(name, peer(packages, name, &edges, &tree, out).await?);
        }
    }
    let told_ties = ours.number("edges").context("ours tells how many ties there are")?;
    tell(&format!("graph, {} nodes, {} ties", whole(nodes as f64), whole(told_ties)), &ours, &measured, report)
}

fn answers(within: &Path, name: &str) -> anyhow::Result<PathBuf> {
    let folder = within.join(name);
    fs::create_dir(&folder)?;
    Ok(folder)
}

fn text(path: &Path) -> anyhow::Result<&str> {
    path.to_str().context("the folder's name is no text")
}

async fn peer(packages: &Path, name: &str, edges: &Path, tree: &Path, out: PathBuf) -> anyhow::Result<Measured> {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("peers/graphs.py");
    let mut python = Command::new("python3");
    python.arg(script).arg(name).args([edges, tree]).arg(&out).env("PYTHONPATH", packages).stderr(Stdio::inherit());
    let ran = python.output().await.context("python3 cannot be started")?;
    ensure!(ran.status.success(), "{name} failed");
    Ok(Measured { numbers: serde_json::from_slice(&ran.stdout)?, answers: out })
}

fn tell(what: &str, ours: &Measured, peers: &BTreeMap<&str, Measured>, report: &mut Report) -> anyhow::Result<()> {
    for (name, peer) in peers {
        let ties = peer.number("edges");
        ensure!(ties == ours.number("edges"), "{name} read {ties:?} ties");
    }
    time(what, "load from a text file", "load", ours, peers, String::new(), report);
    let beside = beside(peers, |peer| peer.number("bytes").map(|bytes| format!("{} MB", whole(bytes / 1e6))));
    let third = peers.get("networkit").and_then(|peer| peer.number("bytes")).zip(ours.number("bytes"));
    let need = third.map(|(theirs, ours)| verdict("≤ a third of networkit's", ours * 3.0 <= theirs));
    let bytes = whole(ours.number("bytes").unwrap_or(0.0) / 1e6);
    report.row(format!("{what}: memory once loaded"), format!("{bytes} MB"), beside, need.unwrap_or_default());
    for (asked, called, compare) in ASKED {
        let mut agree = Vec::new();
        for (name, peer) in peers {
            if let Some(apart) = apart(ours, peer, asked, compare)? {
                agree.push(format!("{name} {apart}"));
            }
        }
        let agree = if agree.is_empty() { String::new() } else { format!("; {}", agree.join(", ")) };
        time(what, called, asked, ours, peers, agree, report);
    }
    Ok(())
}

/// A row about how long something takes.
fn time(
    what: &str,
    called: &str,
    asked: &str,
    ours: &Measured,
    peers: &BTreeMap<&str, Measured>,
    agree: String,
    report: &mut Report,
) {
    let secs = ours.number(asked).unwrap_or(f64::NAN);
    let fastest = peers.values().filter_map(|peer| peer.number(asked)).reduce(f64::min);
    let times = beside(peers, |peer| peer.number(asked).map(|secs| format!("{secs:.3} s")));
    let factor = fastest.map(|fastest| fastest / secs);
    let need = match (asked, factor) {
        ("pagerank" | "components", Some(factor)) => verdict("≥ 2 × the fastest", factor >= 2.0),
        _ => String::new(),
    };
    let factor = factor.map_or_else(String::new, |factor| format!(", {factor:.1} × the fastest"));
    report.row(format!("{what}: {called}"), format!("{secs:.3} s{factor}"), format!("{times}{agree}"), need);
}

fn beside(peers: &BTreeMap<&str, Measured>, number: impl Fn(&Measured) -> Option<String>) -> String {
    let told = |(name, peer): (&&str, &Measured)| format!("{name} {}", number(peer).unwrap_or_else(|| "–".to_owned()));
    if peers.is_empty() {
        "no peers installed".to_owned()
    } else {
        peers.iter().map(told).collect::<Vec<_>>().join(", ")
    }
}

/// How the answers of a peer agree with ours; nothing if it gave none.
fn apart(ours: &Measured, peer: &Measured, asked: &str, compare: Compare) -> anyhow::Result<Option<String>> {
    let theirs = peer.answers.join(asked);
    if !theirs.exists() {
        return Ok(None);
    }
    let (ours, theirs) = (fs::read(ours.answers.join(asked))?, fs::read(theirs)?);
    if compare == Compare::Equal {
        return Ok(Some(if ours == theirs { "agrees" } else { "**disagrees**" }.to_owned()));
    }
    let (ours, theirs) = (reals(&ours), reals(&theirs));
    let close = ours.len() == theirs.len()
        && match compare {
            Compare::Ranks => ours.iter().zip(&theirs).map(|(a, b)| (a - b).abs()).sum::<f64>() <= RANKS_APART,
            Compare::Ways | Compare::Equal => {
                let times = [1.0, 2.0].into_iter();
                times.into_iter().any(|times| ours.iter().zip(&theirs).all(|(a, b)| same(*a, times * b)))
            }
        };
    Ok(Some(if close { "agrees" } else { "**disagrees**" }.to_owned()))
}

fn same(one: f64, other: f64) -> bool {
    (one - other).abs() <= 1e-6 * one.abs().max(other.abs()).max(1.0)
}

fn reals(bytes: &[u8]) -> Vec<f64> {
    bytes.as_chunks().0.iter().map(|number| f64::from_le_bytes(*number)).collect()
}
