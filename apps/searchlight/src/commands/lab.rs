//! `searchlight lab …`: experiments on files.

use std::{
    fs::File,
    io::{self, BufRead, BufReader, BufWriter, Write},
    path::{Path, PathBuf},
};

use anyhow::Context;
use clap::Subcommand;
use kernel::SystemClock;
use network::{
    lab::{Model, PathsGraph, PathsWanted, SeedsWanted},
    rules::seeds::Wanted,
};
use serde::Serialize;

/// Experiments on files that reproduce known numbers.
#[derive(Subcommand)]
pub enum Lab {
    /// Run a file of cascades through the network's own code: one JSON line per cascade.
    Cascades {
        /// JSON lines with cascade_id, node_id, parent_id, ts, seq, parent_seq; `.zst` is decompressed.
        file: PathBuf,
    },
    /// How well the KOC rules tell who brings people next: one JSON object.
    Koc {
        /// Cascades, as for `lab cascades`.
        file: PathBuf,
    },
    /// How well rings of fake accounts are found among real users: one JSON object.
    Fraud {
        /// Cascades, as for `lab cascades`.
        file: PathBuf,
        /// The same seed of chance, the same fakes.
        #[arg(long, default_value_t = 1)]
        seed: u64,
    },
    /// How honest forecasts of campaigns are, on cascades stopped halfway: one JSON object.
    Whatif {
        /// Cascades, as for `lab cascades`.
        file: PathBuf,
        /// The same seed of chance, the same answer.
        #[arg(long, default_value_t = 1)]
        seed: u64,
    },
    /// With whom to start so that most people are won: one JSON object.
    Seeds {
        /// A graph: `from to` or `from to chance` a line; `.zst` is decompressed.
        graph: PathBuf,
        /// Chance of an edge: `wc` (one over the edges into the same person), `weights` (third column), `uniform:P`.
        #[arg(long, default_value = "wc")]
        model: Model,
        /// How many people to start with.
        #[arg(long, default_value_t = 50)]
        k: usize,
        /// How much of the best may be lost by sampling; smaller is slower.
        #[arg(long, default_value_t = 0.1, value_parser = epsilon)]
        epsilon: f64,
        /// An edge goes both ways.
        #[arg(long)]
        undirected: bool,
        /// The same seed of chance, the same answer.
        #[arg(long, default_value_t = 1)]
        seed: u64,
    },
    /// How fast reach paths are found, and how well they do without whoever refuses: one JSON object.
    Paths {
        /// A graph, as for `lab seeds`; its edges go both ways.
        #[arg(required_unless_present = "random")]
        graph: Option<PathBuf>,
        /// A graph of PEOPLE,TIES at random instead of a file.
        #[arg(long, value_name = "PEOPLE,TIES", conflicts_with = "graph", value_parser = people_and_ties)]
        random: Option<(u32, usize)>,
        /// Chance of a tie: `weights` (third column) or `uniform:P`; drawn from the seed when not given.
        #[arg(long, conflicts_with = "random")]
        model: Option<Model>,
        /// Between how many pairs of people.
        #[arg(long, default_value_t = 1000)]
        pairs: usize,
        /// At most so many hops a path.
        #[arg(long, default_value_t = network::rules::reach::HOPS_MAX)]
        hops: usize,
        /// The same seed of chance, the same pairs and chances.
        #[arg(long, default_value_t = 1)]
        seed: u64,
    },
}

impl Lab {
    pub fn run(self) -> anyhow::Result<()> {
        match self {
            Self::Cascades { file } => {
                let mut out = BufWriter::new(io::stdout().lock());
                network::lab::cascades(open(&file)?, &mut out)
                    .with_context(|| format!("{} could not be run", file.display()))?;
                out.flush()?;
            }
            Self::Koc { file } => {
                let report = network::lab::koc(open(&file)?);
                print(&report.with_context(|| format!("{} could not be run", file.display()))?)?;
            }
            Self::Fraud { file, seed } => {
                let report = network::lab::fraud(open(&file)?, seed, &SystemClock);
                print(&report.with_context(|| format!("{} could not be run", file.display()))?)?;
            }
            Self::Whatif { file, seed } => {
                let report = network::lab::whatif(open(&file)?, seed, threads());
                print(&report.with_context(|| format!("{} could not be run", file.display()))?)?;
            }
            Self::Seeds { graph, model, k, epsilon, undirected, seed } => {
                let wanted = Wanted { count: k, epsilon, seed, threads: threads() };
                let asked = SeedsWanted { model, undirected, wanted };
                let report = network::lab::seeds(open(&graph)?, &asked, &SystemClock);
                print(&report.with_context(|| format!("{} could not be run", graph.display()))?)?;
            }
            Self::Paths { graph, random, model, pairs, hops, seed } => {
                let wanted = PathsWanted { pairs, hops_max: hops, seed };
                let report = match (graph, random) {
                    (Some(file), _) => {
                        let report = network::lab::paths(PathsGraph::File(open(&file)?, model), &wanted, &SystemClock);
                        report.with_context(|| format!("{} could not be run", file.display()))?
                    }
                    (None, random) => {
                        let (people, ties) = random.unwrap_or_default();
                        let graph = PathsGraph::<BufReader<File>>::Random { people, ties };
                        network::lab::paths(graph, &wanted, &SystemClock)?
                    }
                };
                print(&report)?;
            }
        }
        Ok(())
    }
}

fn threads() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}

fn print(report: &impl Serialize) -> anyhow::Result<()> {
    println!("{}", serde_json::to_string(report)?);
    Ok(())
}

fn people_and_ties(text: &str) -> Result<(u32, usize), String> {
    let told = text.split_once(',').and_then(|(people, ties)| Some((people.parse().ok()?, ties.parse().ok()?)));
    told.filter(|(people, _)| *people > 1).ok_or_else(|| "must be two numbers, such as 1000000,10000000".to_owned())
}

fn epsilon(text: &str) -> Result<f64, String> {
    let most = 1.0 - (-1.0_f64).exp();
    let epsilon: f64 = text.parse().map_err(|_| "not a number".to_owned())?;
    if epsilon > 0.0 && epsilon < most { Ok(epsilon) } else { Err(format!("must be above 0 and below {most:.3}")) }
}

fn open(path: &Path) -> anyhow::Result<Box<dyn BufRead>> {
    let file = File::open(path).with_context(|| format!("{} cannot be opened", path.display()))?;
    if path.extension().is_some_and(|extension| extension == "zst") {
        let decoder = zstd::stream::read::Decoder::new(file)?;
        return Ok(Box::new(BufReader::with_capacity(1 << 20, decoder)));
    }
    Ok(Box::new(BufReader::with_capacity(1 << 20, file)))
}
