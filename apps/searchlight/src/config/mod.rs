//! The configuration: one commented file is the manual, the list of keys and the defaults at once.

mod layers;
mod values;

use std::{
    fmt::Write as _,
    net::SocketAddr,
    path::{Path, PathBuf},
};

use clap::Args;
use serde::Deserialize;
use toml::Value;
use web::TrustedProxies;

use self::values::{optional, parsed};
pub use self::{
    layers::{ConfigError, Layers, Origin},
    values::{Secret, Size, Span},
};

/// The manual; `searchlight config default` prints it.
pub const DEFAULT: &str = include_str!("default.toml");
/// The file that is read from the data folder when none is named.
pub const FILE: &str = "searchlight.toml";
/// Keys whose values are not shown; of `records.url` the password.
const SECRETS: &[&str] = &["metrics.token", "traces.headers"];

/// Every setting, as [`DEFAULT`] explains them.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    pub server: Server,
    pub tls: Tls,
    pub fan: Fan,
    pub shop: Shop,
    pub data: Data,
    pub records: Records,
    pub logging: Logging,
    pub metrics: Metrics,
    pub traces: Traces,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Server {
    pub listen: SocketAddr,
    pub behind_proxy: bool,
    #[serde(deserialize_with = "parsed")]
    pub trusted_proxies: TrustedProxies,
    pub requests_per_second: u32,
    pub drain: Span,
    pub linger: Span,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tls {
    #[serde(deserialize_with = "optional")]
    pub certificate: Option<PathBuf>,
    #[serde(deserialize_with = "optional")]
    pub key: Option<PathBuf>,
    pub watch: Span,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fan {
    pub sign_in: FanSignIn,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Shop {
    pub payments: ShopPayments,
}

/// Who takes customers' money.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ShopPayments {
    Off,
    Sandbox,
}

/// How customers show who they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FanSignIn {
    Off,
    StandIn,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Data {
    pub folder: PathBuf,
    pub free_min: Size,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Records {
    #[serde(deserialize_with = "optional")]
    pub url: Option<Secret>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Logging {
    pub level: Level,
    pub format: Format,
}

/// The least important line that is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    Error,
    Warn,
    Info,
    Debug,
    Trace,
}

/// How lines are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Format {
    Text,
    Json,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Metrics {
    #[serde(deserialize_with = "optional")]
    pub token: Option<Secret>,
    #[serde(deserialize_with = "optional")]
    pub listen: Option<SocketAddr>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Traces {
    #[serde(deserialize_with = "optional")]
    pub endpoint: Option<String>,
    #[serde(deserialize_with = "optional")]
    pub headers: Option<Secret>,
    pub sample: f64,
}

/// The options every command takes that opens a data folder.
#[derive(Args, Clone, Debug, Default)]
pub struct Choice {
    /// The configuration to read; without it searchlight.toml in the data folder, if there is one.
    #[arg(long, env = "SEARCHLIGHT_CONFIG", value_name = "FILE")]
    config: Option<PathBuf>,
    /// Where everything is kept. Short for --set data.folder=…
    #[arg(long, value_name = "FOLDER")]
    data_dir: Option<PathBuf>,
    /// Records in PostgreSQL instead of in the data folder: postgres://user@host/database. Short for --set records.url=…
    #[arg(long, value_name = "URL")]
    records: Option<String>,
    /// Any setting, as key=value; may be given several times.
    #[arg(long = "set", value_name = "KEY=VALUE")]
    set: Vec<String>,
}

impl Choice {
    /// With an address from the command line as well.
    #[must_use]
    pub fn listening(mut self, listen: Option<SocketAddr>) -> Self {
        self.set.extend(listen.map(|listen| format!("server.listen={listen}")));
        self
    }

    /// The configuration that applies.
    ///
    /// # Errors
    /// Everything that is wrong with it.
    pub fn load(&self) -> Result<Config, ConfigError> {
        read(&self.layers()?)
    }

    /// All layers, one upon the other.
    ///
    /// # Errors
    /// When the file cannot be read, or lies in a data folder that it says is elsewhere.
    pub fn layers(&self) -> Result<Layers, ConfigError> {
        let variables: Vec<_> = std::env::vars_os()
            .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
            .collect();
        self.layers_with(&variables)
    }

    fn layers_with(&self, variables: &[(String, String)]) -> Result<Layers, ConfigError> {
        let Some(file) = &self.config else {
            // Where the data folder is must be known before its file is: from everything but that file.
            let mut layers = Layers::of_defaults(DEFAULT);
            self.above(&mut layers, variables);
            let folder = folder_of(&layers);
            let file = folder.join(FILE);
            if !file.is_file() {
                return Ok(layers);
            }
            let layers = self.over(&file, variables)?;
            if folder_of(&layers) != folder {
                let origin = layers.origin("data.folder").map(ToString::to_string).unwrap_or_default();
                return Err(ConfigError(vec![format!(
                    "{origin}: data.folder cannot be set by a file that was found in the data folder {}; \
                     leave it out, or name the file with --config",
                    folder.display()
                )]));
            }
            return Ok(layers);
        };
        self.over(file, variables)
    }

    fn over(&self, file: &Path, variables: &[(String, String)]) -> Result<Layers, ConfigError> {
        let mut layers = Layers::of_defaults(DEFAULT);
        layers.file(&file.display().to_string(), &layers::read(file)?);
        self.above(&mut layers, variables);
        Ok(layers)
    }

    fn above(&self, layers: &mut Layers, variables: &[(String, String)]) {
        layers.variables(variables.iter().cloned());
        if let Some(folder) = &self.data_dir {
            layers.text("data.folder", &folder.display().to_string(), Origin::Option("--data-dir".to_owned()));
        }
        if let Some(url) = &self.records {
            layers.text("records.url", url, Origin::Option("--records".to_owned()));
        }
        for assignment in &self.set {
            layers.option(assignment);
        }
    }
}

fn folder_of(layers: &Layers) -> PathBuf {
    let folder = layers.iter().find(|(key, ..)| *key == "data.folder").and_then(|(_, value, _)| value.as_str());
    PathBuf::from(folder.unwrap_or_default())
}

/// The layers as typed settings.
///
/// # Errors
/// Everything that is wrong.
pub fn read(layers: &Layers) -> Result<Config, ConfigError> {
    let table = layers.table()?;
    let config: Config = serde_path_to_error::deserialize(Value::Table(table)).map_err(|error| {
        let key = error.path().to_string();
        let reason = error.inner().message();
        let origin = layers.origin(&key).unwrap_or(&Origin::Default);
        ConfigError(vec![format!("{origin}: {key}: {}", reason.trim())])
    })?;
    let complaints = config.complaints();
    if complaints.is_empty() { Ok(config) } else { Err(ConfigError(complaints)) }
}

impl Config {
    /// The defaults.
    #[must_use]
    pub fn builtin() -> Self {
        read(&Layers::of_defaults(DEFAULT)).expect("the built-in configuration is sound: a test reads it")
    }

    /// Settings that do not go together.
    fn complaints(&self) -> Vec<String> {
        let mut complaints = Vec::new();
        let mut say = |what: &str| complaints.push(what.to_owned());
        if self.tls.certificate.is_some() != self.tls.key.is_some() {
            say("tls.certificate and tls.key belong together; set both or neither");
        }
        let open = !self.server.listen.ip().is_loopback();
        if open && self.tls.certificate.is_none() && !self.server.behind_proxy {
            complaints.push(format!(
                "server.listen {} is open to a network, where passwords and keys could be read on the way; set \
                 tls.certificate and tls.key, or server.behind_proxy = true when a proxy in front of it does TLS",
                self.server.listen
            ));
        }
        if self.fan.sign_in == FanSignIn::StandIn && (open || self.server.behind_proxy) {
            complaints.push(
                "fan.sign_in = \"stand_in\" believes everybody who they say they are; leave it off where others can \
                 reach this server"
                    .into(),
            );
        }
        if self.shop.payments == ShopPayments::Sandbox && (open || self.server.behind_proxy) {
            complaints.push(
                "shop.payments = \"sandbox\" lets everybody have what they order without paying; leave it off where others \
                 can reach this server"
                    .into(),
            );
        }
        if self.metrics.listen.is_some() && self.metrics.listen == Some(self.server.listen) {
            complaints
                .push("metrics.listen is the address of the server itself; leave it empty, or choose another".into());
        }
        let endpoint = self.traces.endpoint.as_deref().unwrap_or("http://");
        if !endpoint.starts_with("http://") {
            complaints.push(format!(
                "traces.endpoint {endpoint} must begin with http://; a collector beside the server can pass traces on by TLS"
            ));
        }
        if !(0.0..=1.0).contains(&self.traces.sample) {
            complaints.push(format!("traces.sample is a share from 0.0 to 1.0, not {}", self.traces.sample));
        }
        complaints
    }
}

/// What applies, as a file that could be read again, with where each value comes from. Secrets are masked.
pub fn show(layers: &Layers) -> String {
    let mut text = String::new();
    let mut section = "";
    for (key, value, origin) in layers.iter() {
        let (of, name) = key.split_once('.').unwrap_or(("", key));
        if of != section {
            let gap = if section.is_empty() { "" } else { "\n" };
            let _ = writeln!(text, "{gap}[{of}]");
            section = of;
        }
        let _ = writeln!(text, "{:<56} # {origin}", format!("{name} = {}", shown(key, value)));
    }
    text
}

fn shown(key: &str, value: &Value) -> String {
    match value {
        Value::String(text) if !text.is_empty() && SECRETS.contains(&key) => "\"***\"".to_owned(),
        Value::String(text) if key == "records.url" => format!("{:?}", db::without_password(text)),
        value => value.to_string(),
    }
}

#[cfg(test)]
mod tests;
