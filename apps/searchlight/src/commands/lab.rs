//! `searchlight lab …`: experiments on files.

use std::{
    fs::File,
    io::{self, BufRead, BufReader, BufWriter, Write},
    path::{Path, PathBuf},
};

use anyhow::Context;
use clap::Subcommand;

/// Experiments on files that reproduce known numbers.
#[derive(Subcommand)]
pub enum Lab {
    /// Run a file of cascades through the network's own code: one JSON line per cascade.
    Cascades {
        /// JSON lines with cascade_id, node_id, parent_id, ts, seq, parent_seq; `.zst` is decompressed.
        file: PathBuf,
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
        }
        Ok(())
    }
}

fn open(path: &Path) -> anyhow::Result<Box<dyn BufRead>> {
    let file = File::open(path).with_context(|| format!("{} cannot be opened", path.display()))?;
    if path.extension().is_some_and(|extension| extension == "zst") {
        let decoder = zstd::stream::read::Decoder::new(file)?;
        return Ok(Box::new(BufReader::with_capacity(1 << 20, decoder)));
    }
    Ok(Box::new(BufReader::with_capacity(1 << 20, file)))
}
