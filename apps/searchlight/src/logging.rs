//! Lines for the person who runs it, on stderr: one a happening, with the request's id, never with personal data; and spans
//! for the collector of traces, if there is one.
//!
//! Only Searchlight's own crates are heard at the level asked for. What libraries say below a warning may hold statements and
//! headers, so it is never written.

use std::io::{self, IsTerminal};

use tracing_subscriber::{EnvFilter, Layer, Registry, layer::SubscriberExt, reload, util::SubscriberInitExt};

use crate::{
    config::{Format, Level},
    traces::Traces,
};

/// Our crates, whose lines hold no personal data at any level.
const OURS: &[&str] = &[
    "searchlight",
    "access",
    "audience",
    "bookkeeping",
    "capture",
    "commerce",
    "content",
    "db",
    "factlog",
    "facts",
    "identity",
    "journey",
    "kernel",
    "lake",
    "ledger",
    "network",
    "play",
    "river",
    "web",
    "simulator",
];
/// The target of spans that are only for the collector.
const TRACED: &str = "trace";

/// The level of the running process, to be changed while it runs.
#[derive(Clone)]
pub struct Levels(reload::Handle<EnvFilter, Registry>);

impl Levels {
    /// From now on at this level.
    pub fn set(&self, level: Level) {
        if let Err(error) = self.0.reload(filter(level)) {
            tracing::error!(%error, "the level of logging cannot be changed");
        }
    }
}

/// Starts to write lines, and to make traces. Once a process; a second time changes nothing.
pub fn start(level: Level, format: Format, traces: Option<&Traces>) -> Levels {
    let (chosen, handle) = reload::Layer::new(filter(level));
    let lines = match format {
        Format::Text => {
            tracing_subscriber::fmt::layer().with_ansi(io::stderr().is_terminal()).with_writer(io::stderr).boxed()
        }
        Format::Json => tracing_subscriber::fmt::layer()
            .json()
            .flatten_event(true)
            .with_span_list(false)
            .with_writer(io::stderr)
            .boxed(),
    };
    let spans = traces.map(|traces| {
        let layer = tracing_opentelemetry::layer().with_tracer(traces.tracer());
        let layer = layer.with_location(false).with_threads(false).with_tracked_inactivity(false);
        let ours = OURS.iter().map(|name| format!("{name}=info,")).collect::<String>();
        layer.with_filter(EnvFilter::new(format!("{ours}{TRACED}=info")))
    });
    let _ = tracing_subscriber::registry().with(lines.with_filter(chosen)).with(spans).try_init();
    Levels(handle)
}

fn filter(level: Level) -> EnvFilter {
    let level = match level {
        Level::Error => "error",
        Level::Warn => "warn",
        Level::Info => "info",
        Level::Debug => "debug",
        Level::Trace => "trace",
    };
    let others = if level == "error" { "error" } else { "warn" };
    let ours = OURS.iter().map(|name| format!(",{name}={level}")).collect::<String>();
    EnvFilter::new(format!("{others},{TRACED}=off{ours}"))
}

#[cfg(test)]
mod tests {
    use std::{collections::BTreeSet, fs, path::Path};

    use super::*;

    #[test]
    fn every_room_of_the_house_is_heard() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
        let rooms = ["crates", "domains", "apps"].iter().flat_map(|of| fs::read_dir(root.join(of)).unwrap());
        let names = rooms.map(|room| room.unwrap().file_name().into_string().unwrap().replace('-', "_"));
        let silent = ["db_macros", "testkit"];
        let names: BTreeSet<String> = names.filter(|name| !silent.contains(&name.as_str())).collect();
        assert_eq!(names, OURS.iter().map(|name| (*name).to_owned()).collect());
    }
}
