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
