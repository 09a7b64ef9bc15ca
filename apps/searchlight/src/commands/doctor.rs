//! `searchlight doctor`.

use std::{
    io::{self, Write},
    process::ExitCode,
    sync::Arc,
};

use clap::Args;
use kernel::{Clock, SystemClock};

use crate::{
    config::{self, Choice, Format, Level},
    doctor::{self, Finding, Verdict},
    logging,
};

/// Look at everything an installation rests on, and say what to do. Changes nothing; the server may be running.
#[derive(Args)]
pub struct Doctor {
    #[command(flatten)]
    choice: Choice,
    /// One JSON object instead of a table.
    #[arg(long)]
    json: bool,
}

impl Doctor {
    /// Fails when something is bad.
    pub async fn run(self) -> anyhow::Result<ExitCode> {
        logging::start(Level::Error, Format::Text, None);
        let config = config::read(&self.choice.layers()?)?;
        let clock: Arc<dyn Clock> = Arc::new(SystemClock);
        let findings = doctor::examine(&config, &clock).await;
        let mut out = io::stdout().lock();
        if self.json {
            let verdict = findings.iter().map(|finding| finding.verdict).max();
            let told = serde_json::json!({"verdict": verdict, "findings": findings});
            writeln!(out, "{}", serde_json::to_string_pretty(&told)?)?;
        } else {
            out.write_all(table(&findings, in_chinese()).as_bytes())?;
        }
        let bad = findings.iter().any(|finding| finding.verdict == Verdict::Bad);
        Ok(if bad { ExitCode::FAILURE } else { ExitCode::SUCCESS })
    }
}

fn in_chinese() -> bool {
    let set = ["LC_ALL", "LC_MESSAGES", "LANG"].iter().filter_map(|name| std::env::var(name).ok());
    set.into_iter().find(|value| !value.is_empty()).is_some_and(|value| value.starts_with("zh"))
}

fn table(findings: &[Finding], chinese: bool) -> String {
    let say = |words: &doctor::Words| if chinese { words.zh.clone() } else { words.en.clone() };
    let mut text = String::new();
    for finding in findings {
        let sign = match finding.verdict {
            Verdict::Good => '✓',
            Verdict::Warn => '!',
            Verdict::Bad => '✗',
        };
        text += &format!("{sign} {:<8} {}\n", finding.check, say(&finding.found));
        if let Some(advice) = &finding.advice {
            text += &format!("  {:<8} → {}\n", "", say(advice));
        }
    }
    text
}
