//! Where each setting comes from: the built-in file, the operator's file, the environment, the command line, in this order.
//!
//! The built-in file is the list of keys, so a key cannot exist without its default and its comment. Everything that is wrong
//! is told at once, each with its place and, for a key nobody knows, the one that was probably meant.

use std::{collections::BTreeMap, fmt, ops::Range, path::Path};

use toml::{
    Spanned, Table, Value,
    de::{DeTable, DeValue},
};

/// Begins the names of environment variables; a variable is ours when it also has the `__` that stands for a dot.
const PREFIX: &str = "SEARCHLIGHT_";

/// Who set a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    /// Nobody: it is the default.
    Default,
    /// A line of a file.
    File {
        /// The file as it was named.
        file: String,
        /// From 1.
        line: usize,
    },
    /// An environment variable.
    Variable(String),
    /// An option, as it was written.
    Option(String),
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Default => f.write_str("default"),
            Self::File { file, line } => write!(f, "{file}:{line}"),
            Self::Variable(name) => f.write_str(name),
            Self::Option(option) => f.write_str(option),
        }
    }
}

/// What is wrong with a configuration, in sentences for the person who wrote it.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", .0.join("\n"))]
pub struct ConfigError(pub Vec<String>);

/// Every key with its value and who set it, in the order of the built-in file.
#[derive(Clone, Debug)]
pub struct Layers {
    order: Vec<String>,
    values: BTreeMap<String, (Value, Origin)>,
    complaints: Vec<String>,
}

impl Layers {
    /// The defaults alone.
    pub fn of_defaults(text: &str) -> Self {
        let mut layers = Self { order: Vec::new(), values: BTreeMap::new(), complaints: Vec::new() };
        match parse(text) {
            Ok(leaves) => {
                for leaf in leaves {
                    layers.order.push(leaf.key.clone());
                    layers.values.insert(leaf.key, (leaf.value, Origin::Default));
                }
            }
            Err((_, message)) => layers.complaints.push(format!("the built-in configuration: {message}")),
        }
        layers
    }

    /// Puts a file on top. `name` is what complaints call it.
    pub fn file(&mut self, name: &str, text: &str) {
        let leaves = match parse(text) {
            Ok(leaves) => leaves,
            Err((at, message)) => {
                self.complaints.push(format!("{name}:{}: {message}", line_of(text, &at)));
                return;
            }
        };
        for leaf in leaves {
            let origin = Origin::File { file: name.to_owned(), line: line_of(text, &leaf.span) };
            self.set(&leaf.key, leaf.value, origin);
        }
    }

    /// Puts environment variables on top: those of ours, the others are not looked at.
    pub fn variables(&mut self, variables: impl Iterator<Item = (String, String)>) {
        for (name, text) in variables {
            let Some(key) = name.strip_prefix(PREFIX).filter(|rest| rest.contains("__")) else { continue };
            self.text(&key.to_lowercase().replace("__", "."), &text, Origin::Variable(name.clone()));
        }
    }

    /// Puts `key=value` of the command line on top.
    pub fn option(&mut self, assignment: &str) {
        match assignment.split_once('=') {
            Some((key, text)) => self.text(key.trim(), text, Origin::Option(format!("--set {}", key.trim()))),
            None => self.complaints.push(format!("--set {assignment}: write --set key=value")),
        }
    }

    /// Puts a value on top that is written as a text: what the default is tells how to read it.
    pub fn text(&mut self, key: &str, text: &str, origin: Origin) {
        let value = match self.values.get(key).map(|(default, _)| default) {
            Some(Value::Boolean(_)) => text.parse().map(Value::Boolean).ok(),
            Some(Value::Integer(_)) => text.parse().map(Value::Integer).ok(),
            Some(Value::Float(_)) => text.parse().map(Value::Float).ok(),
            Some(Value::Array(_)) => {
                let items = text.split(',').map(str::trim).filter(|item| !item.is_empty());
                Some(Value::Array(items.map(|item| Value::String(item.to_owned())).collect()))
            }
            _ => None,
        };
        self.set(key, value.unwrap_or_else(|| Value::String(text.to_owned())), origin);
    }

    fn set(&mut self, key: &str, value: Value, origin: Origin) {
        let Some((now, _)) = self.values.get(key) else {
            self.complaints.push(format!("{origin}: there is no setting {key}{}", self.meant(key)));
            return;
        };
        // 1 is a fine way to write 1.0.
        let value = match (now, value) {
            (Value::Float(_), Value::Integer(whole)) => Value::Float(whole as f64),
            (_, value) => value,
        };
        if now.same_type(&value) {
            self.values.insert(key.to_owned(), (value, origin));
        } else {
            let (wanted, found) = (named(now), named(&value));
            self.complaints.push(format!("{origin}: {key} is {wanted}, not {found}"));
        }
    }

    /// The key that was probably meant.
    fn meant(&self, key: &str) -> String {
        let near = |known: &&String| strsim::jaro_winkler(known, key);
        // A section is no key of its own, and a key may stand in the wrong section.
        let name = |of: &str| of.rsplit('.').next().unwrap_or_default().to_owned();
        let best = self.order.iter().max_by(|a, b| near(a).total_cmp(&near(b)));
        match self.order.iter().find(|known| name(known) == name(key)).or(best.filter(|best| near(best) > 0.8)) {
            Some(known) => format!("; did you mean {known}?"),
            None => "; `searchlight config default` prints them all".to_owned(),
        }
    }

    /// Every key with its value and who set it.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Value, &Origin)> {
        self.order.iter().filter_map(|key| self.values.get(key).map(|(value, origin)| (key.as_str(), value, origin)))
    }

    /// Who set a key.
    pub fn origin(&self, key: &str) -> Option<&Origin> {
        self.values.get(key).map(|(_, origin)| origin)
    }

    /// All values as one table, unless something is wrong.
    ///
    /// # Errors
    /// Everything that is wrong.
    pub fn table(&self) -> Result<Table, ConfigError> {
        if !self.complaints.is_empty() {
            return Err(ConfigError(self.complaints.clone()));
        }
        let mut table = Table::new();
        for (key, value, _) in self.iter() {
            // Every key is a name in a section.
            let (section, name) = key.split_once('.').unwrap_or(("", key));
            if let Value::Table(section) = table.entry(section).or_insert_with(|| Value::Table(Table::new())) {
                section.insert(name.to_owned(), value.clone());
            }
        }
        Ok(table)
    }
}

/// A type as people call it.
fn named(value: &Value) -> &'static str {
    match value {
        Value::String(_) => "a text in quotes",
        Value::Integer(_) => "a whole number",
        Value::Float(_) => "a number",
        Value::Boolean(_) => "true or false",
        Value::Datetime(_) => "a date",
        Value::Array(_) => "a list",
        Value::Table(_) => "a section",
    }
}

/// One `key = value`.
struct Leaf {
    key: String,
    value: Value,
    span: Range<usize>,
}

fn parse(text: &str) -> Result<Vec<Leaf>, (Range<usize>, String)> {
    let told = |error: &toml::de::Error| (error.span().unwrap_or_default(), error.message().to_owned());
    let table = DeTable::parse(text).map_err(|error| told(&error))?;
    let mut leaves = Vec::new();
    collect("", table.get_ref(), &mut leaves);
    leaves.sort_by_key(|leaf: &Leaf| leaf.span.start);
    Ok(leaves)
}

fn collect(section: &str, table: &DeTable<'_>, leaves: &mut Vec<Leaf>) {
    for (name, value) in table {
        let key = if section.is_empty() { name.get_ref().to_string() } else { format!("{section}.{}", name.get_ref()) };
        match value.get_ref() {
            DeValue::Table(inner) => collect(&key, inner, leaves),
            _ => leaves.push(Leaf { key, value: plain(value), span: name.span() }),
        }
    }
}

fn plain(value: &Spanned<DeValue<'_>>) -> Value {
    match value.get_ref() {
        DeValue::String(text) => Value::String(text.to_string()),
        DeValue::Boolean(yes) => Value::Boolean(*yes),
        DeValue::Datetime(when) => Value::Datetime(*when),
        DeValue::Integer(number) => i64::from_str_radix(number.as_str(), number.radix())
            .map_or_else(|_| text_of(number.as_str()), Value::Integer),
        DeValue::Float(number) => number.as_str().parse().map_or_else(|_| text_of(number.as_str()), Value::Float),
        DeValue::Array(items) => Value::Array(items.iter().map(plain).collect()),
        DeValue::Table(table) => {
            Value::Table(table.iter().map(|(name, value)| (name.get_ref().to_string(), plain(value))).collect())
        }
    }
}

/// A number too large for one, which no setting takes.
fn text_of(number: &str) -> Value {
    Value::String(number.to_owned())
}

fn line_of(text: &str, span: &Range<usize>) -> usize {
    text.bytes().take(span.start).filter(|byte| *byte == b'\n').count() + 1
}

/// The file's own words, or why it cannot be read.
pub fn read(path: &Path) -> Result<String, ConfigError> {
    std::fs::read_to_string(path).map_err(|error| {
        ConfigError(vec![format!(
            "the configuration {} cannot be read: {error}; check its name and its rights",
            path.display()
        )])
    })
}
