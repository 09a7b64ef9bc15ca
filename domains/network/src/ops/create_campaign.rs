//! Setting up a campaign.

use kernel::{CampaignId, Entropy, Timestamp};

use crate::store::Campaign;

/// Longest name, in characters.
const NAME_CHARS_MAX: usize = 100;
/// Characters of an id we make.
const ID_LENGTH: usize = 10;

/// What a brand says of a new campaign.
pub struct Draft {
    /// Made by us when missing.
    pub id: Option<CampaignId>,
    /// For people.
    pub name: String,
    /// When it begins.
    pub starts_at: Option<Timestamp>,
    /// When it ends.
    pub ends_at: Option<Timestamp>,
}

/// Why a draft is no campaign, and in which field.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DraftError {
    /// No name, or too long a one.
    #[error("a name has 1 to {NAME_CHARS_MAX} characters")]
    Name,
    /// The end is not after the beginning.
    #[error("the end must come after the beginning")]
    Period,
}

impl DraftError {
    /// The field it is about.
    #[must_use]
    pub const fn field(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::Period => "ends_at",
        }
    }
}

/// Makes a campaign of a draft. Pure: the time and the chance are handed in.
///
/// # Errors
/// [`DraftError`], to be told to whoever drafted it.
pub fn campaign(draft: Draft, now: Timestamp, entropy: &dyn Entropy) -> Result<Campaign, DraftError> {
    let name = draft.name.trim();
    if name.is_empty() || name.chars().count() > NAME_CHARS_MAX || name.chars().any(char::is_control) {
        return Err(DraftError::Name);
    }
    if let (Some(starts), Some(ends)) = (draft.starts_at, draft.ends_at)
        && ends <= starts
    {
        return Err(DraftError::Period);
    }
    let id = draft.id.unwrap_or_else(|| {
        let text = format!("c-{}", kernel::token(entropy, ID_LENGTH));
        text.parse().expect("letters, digits and a dash make an id")
    });
    Ok(Campaign { id, name: name.to_owned(), starts_at: draft.starts_at, ends_at: draft.ends_at, created_at: now })
}

#[cfg(test)]
mod tests {
    use kernel::SeededEntropy;

    use super::*;

    #[test]
    fn a_draft_needs_a_name_and_a_period_that_goes_forward() {
        let draft = |name: &str, starts_at, ends_at| {
            let draft = Draft { id: None, name: name.to_owned(), starts_at, ends_at };
            campaign(draft, Timestamp(1), &SeededEntropy::new(1))
        };
        assert_eq!(draft(" 春季书单 ", None, None).unwrap().name, "春季书单");
        assert_eq!(draft("  ", None, None), Err(DraftError::Name));
        assert_eq!(draft(&"长".repeat(101), None, None), Err(DraftError::Name));
        assert_eq!(draft("x", Some(Timestamp(2)), Some(Timestamp(2))), Err(DraftError::Period));
    }
}
