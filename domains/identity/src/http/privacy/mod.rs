//! A person's own data: shown in full, handed out, and what they agreed to.

pub(super) mod export_person;
pub(super) mod list_consents;
pub(super) mod record_consent;
pub(super) mod reveal_person;

use facts::Identified;
use kernel::{ErrorCode, Handle, PersonId, WorkspaceId};
use web::{Caller, Origin, Problem};

use crate::{
    model::{Consent, Known, Profile},
    ops::{
        Slice,
        privacy::{Allowed, Asked, REVEALS_A_DAY, What},
    },
    store,
};

/// Longest reason, in characters.
const REASON_CHARS_MAX: usize = 300;

/// Why somebody asks: it stands in the audit trail, so it must be there.
fn reason(reason: &str) -> Result<String, Problem> {
    let reason = reason.trim();
    if reason.is_empty() || reason.chars().count() > REASON_CHARS_MAX {
        return Err(Problem::invalid(
            "reason",
            format!("1 to {REASON_CHARS_MAX} characters: it stands in the audit trail"),
        ));
    }
    Ok(reason.to_owned())
}

/// What is stored of one person.
struct Own {
    person: PersonId,
    handles: Vec<Handle>,
    ids: Vec<Known>,
    known: Identified,
    consents: Vec<Consent>,
}

impl Slice {
    async fn own(&self, workspace: WorkspaceId, handles: Vec<Handle>) -> Result<Own, Problem> {
        let reads = self.people.records.reads();
        let mut ids = store::ids(reads, workspace, &handles).await.map_err(Problem::unavailable)?;
        ids.sort_unstable_by_key(|id| id.handle);
        let profiles = store::profiles_in_workspace(reads, workspace, &handles).await.map_err(Problem::unavailable)?;
        let consents = store::consents_in_workspace(reads, workspace, &handles).await.map_err(Problem::unavailable)?;
        let person = PersonId(ids.first().ok_or(ErrorCode::NotFound)?.handle);
        Ok(Own { person, handles, ids, known: Profile::of_person(profiles), consents })
    }

    /// Writes down what is asked before anything is shown.
    async fn allow(&self, caller: &Caller, origin: &Origin, person: PersonId, what: What) -> Result<(), Problem> {
        let asked = Asked { workspace: caller.workspace, by: origin.by(caller), person, what };
        match self.privacy.submit(asked).await.map_err(Problem::unavailable)? {
            Allowed::Yes => Ok(()),
            Allowed::TooMany => Err(Problem::new(ErrorCode::TooMany).detail(format!(
                "You have seen the data of {REVEALS_A_DAY} people in full within a day; ask an owner"
            ))),
        }
    }
}
