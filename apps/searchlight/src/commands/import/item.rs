//! What is sent for a line.

/// The JSON of a fact, and the campaign that must be there for it.
#[derive(Debug, PartialEq, Eq)]
pub struct Item {
    pub json: String,
    /// Only of a cascade: whoever imports a campaign's hops wants to see the campaign.
    pub campaign: Option<String>,
}

impl Item {
    pub fn of(json: String) -> Self {
        Self { json, campaign: None }
    }
}

/// A message id that is the same each time the line is read: from the file's name, the line's number and its text.
pub fn stable_id(name: &str, line: u64, text: &[u8]) -> String {
    let mut hasher = blake3::Hasher::new();
    hasher.update(&(name.len() as u64).to_le_bytes()).update(name.as_bytes());
    hasher.update(&line.to_le_bytes()).update(text);
    let hex = hasher.finalize().to_hex();
    format!("i-{}", &hex[..32])
}
