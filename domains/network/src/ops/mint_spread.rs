//! Giving a root or a sharer a spread token. The token is a fact: identity links it to the person it was given to.

use facts::{Fact, Sharer, names};
use kernel::{CampaignId, Entropy, RootOwner, Timestamp, WorkspaceId};
use serde_json::{Value, json};

/// Characters of a spread token: 60 bits, so that nobody guesses one.
const TOKEN_LENGTH: usize = 12;

/// A token on its way out: the fact that tells everybody whose it is.
#[derive(Clone, Debug)]
pub struct MintSpread {
    /// Whose.
    pub workspace: WorkspaceId,
    /// In which campaign.
    pub campaign: CampaignId,
    /// `Spread Started` or `Spread Shared`, as the log holds it.
    pub fact: Vec<u8>,
    /// What the audit trail tells of it: for whom, and not the token, which opens the link.
    pub told: Value,
}

/// Who is given a token.
#[derive(Clone, Debug)]
pub enum Given {
    /// A root: it is declared by the same fact.
    Root {
        /// The id the root is known by as a person; made from the owner when missing.
        user_id: Option<String>,
        /// Whom it belongs to.
        owner: RootOwner,
    },
    /// A person who passes it on.
    Sharer(Sharer),
}

impl Given {
    /// The id the token will stand for; nothing for a root that belongs to nobody.
    #[must_use]
    pub fn who(&self) -> Option<Sharer> {
        match self {
            Self::Root { user_id, owner } => user_id.clone().or_else(|| root_id(owner)).map(Sharer::User),
            Self::Sharer(sharer) => Some(sharer.clone()),
        }
    }
}

/// Why nobody can be given a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MintError {
    /// A root that belongs to nobody.
    #[error("a root needs a user_id, a unit, a member of staff or a channel")]
    Nobody,
    /// The sharer is a token.
    #[error("a sharer is named by user_id or anonymous_id")]
    Sharer,
    /// The fact cannot be written.
    #[error("the fact cannot be written")]
    Fact,
}

/// Mints a token and the fact that goes with it. Pure: the time and the chance are handed in.
///
/// # Errors
/// [`MintError`], to be told to whoever asked.
pub fn mint(
    workspace: WorkspaceId,
    campaign: CampaignId,
    given: &Given,
    now: Timestamp,
    entropy: &dyn Entropy,
) -> Result<(String, MintSpread), MintError> {
    let token = kernel::token(entropy, TOKEN_LENGTH);
    let (event, user_id, anonymous_id, properties) = match given {
        Given::Root { user_id, owner } => {
            let user_id = user_id.clone().or_else(|| root_id(owner)).ok_or(MintError::Nobody)?;
            let properties = json!({
                "campaign": campaign, "spread": token,
                "unit": owner.unit, "staff": owner.staff, "channel": owner.channel,
            });
            (names::SPREAD_STARTED, Some(user_id), None, properties)
        }
        Given::Sharer(Sharer::User(id)) => (names::SPREAD_SHARED, Some(id.clone()), None, shared(&campaign, &token)),
        Given::Sharer(Sharer::Anonymous(id)) => {
            (names::SPREAD_SHARED, None, Some(id.clone()), shared(&campaign, &token))
        }
        Given::Sharer(Sharer::Spread(_)) => return Err(MintError::Sharer),
    };
    let told_by_us = Fact::ours(facts::NETWORK, event, format!("spread-{token}"), &properties, now);
    let fact = Fact { user_id, anonymous_id, ..told_by_us.map_err(|_| MintError::Fact)? };
    let fact = fact.to_log().map_err(|_| MintError::Fact)?;
    Ok((token, MintSpread { workspace, campaign, fact, told: told(given) }))
}

/// For whom, as the audit trail tells it: customers are not named there.
fn told(given: &Given) -> Value {
    match given {
        Given::Root { owner, .. } => {
            json!({"for": "root", "unit": owner.unit, "staff": owner.staff, "channel": owner.channel})
        }
        Given::Sharer(_) => json!({"for": "sharer"}),
    }
}

fn shared(campaign: &CampaignId, token: &str) -> serde_json::Value {
    json!({"campaign": campaign, "spread": token})
}

/// The id of a root that is no customer: whoever it belongs to.
fn root_id(owner: &RootOwner) -> Option<String> {
    let staff = owner.staff.as_ref().map(|staff| format!("staff:{staff}"));
    let unit = || owner.unit.as_ref().map(|unit| format!("unit:{unit}"));
    let channel = || owner.channel.as_ref().map(|channel| format!("channel:{channel}"));
    staff.or_else(unit).or_else(channel)
}

#[cfg(test)]
mod tests {
    use facts::Typed;
    use kernel::SeededEntropy;

    use super::*;

    #[test]
    fn a_root_is_declared_by_its_token() {
        let owner = RootOwner { unit: Some("store-66".parse().unwrap()), ..RootOwner::default() };
        let campaign: CampaignId = "spring".parse().unwrap();
        let given = Given::Root { user_id: None, owner: owner.clone() };
        let (token, minted) =
            mint(WorkspaceId(1), campaign.clone(), &given, Timestamp(5), &SeededEntropy::new(1)).unwrap();
        let fact = Fact::from_log(&minted.fact).unwrap();
        assert_eq!(fact.user_id.as_deref(), Some("unit:store-66"));
        let Ok(Typed::SpreadStarted(started)) = fact.typed() else { panic!("a root: {fact:?}") };
        assert_eq!((started.campaign, started.owner, started.spread), (campaign, owner, Some(token)));
    }

    #[test]
    fn nobody_is_given_nothing() {
        let campaign: CampaignId = "spring".parse().unwrap();
        let given = Given::Root { user_id: None, owner: RootOwner::default() };
        let refused = mint(WorkspaceId(1), campaign, &given, Timestamp(5), &SeededEntropy::new(1));
        assert_eq!(refused.unwrap_err(), MintError::Nobody);
    }
}
