//! `searchlight config …`: what can be set, and what applies.

use std::io::{self, Write};

use clap::Subcommand;

use crate::config::{self, Choice};

/// See what can be set, and what applies.
#[derive(Subcommand)]
pub enum Config {
    /// Print the configuration file with every setting, its default and what it is for.
    Default,
    /// Print what applies and where each value comes from; secrets are masked.
    Show {
        #[command(flatten)]
        choice: Choice,
    },
}

impl Config {
    pub fn run(self) -> anyhow::Result<()> {
        let text = match self {
            Self::Default => config::DEFAULT.to_owned(),
            Self::Show { choice } => {
                let layers = choice.layers()?;
                config::read(&layers)?;
                config::show(&layers)
            }
        };
        io::stdout().lock().write_all(text.as_bytes())?;
        Ok(())
    }
}
