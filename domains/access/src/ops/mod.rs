//! The use cases: load, decide, store. Writing goes through the records' grouped writer as commands.

mod audit;
mod discovery;
mod elsewhere;
mod found;
mod gate;
mod invitations;
mod keys;
mod organisation;
mod passwords;
mod providers;
mod roles;
mod sessions;
mod setup;
mod staff;

use async_trait::async_trait;
use db::{DbError, Decider, Tx, ViolationKind, WriteError, sticky::Stuck};
use kernel::ErrorCode;
use web::{Problem, ProblemItem};

pub(crate) use self::{
    audit::Told,
    discovery::Discovery,
    elsewhere::{ATTEMPT_SECS, Returned},
    gate::{Gate, Memory},
    invitations::{Invited, NewInvitation, Welcome},
    organisation::{Member, StaffFilter, StaffState},
    passwords::Passwords,
    providers::{NewProvider, ProviderChange},
    roles::RoleView,
    sessions::{SESSION_SECS, SessionView, SignedIn},
    setup::Setup,
};
pub use self::{
    found::{Founded, Founding, NewKey, NewStaff, NewUnit},
    keys::IssuedKey,
    passwords::Hashing,
    setup::{Opening, SetupToken},
};
use crate::{
    rules::{
        decide::{Done, Effects, Known, Order, Rejection, decide},
        import::ImportError,
    },
    store,
};

/// Decides the slice's commands; see [`crate::rules::decide`].
pub(crate) struct Decisions;

#[async_trait]
impl Decider for Decisions {
    type Command = Order;
    type Outcome = Result<Done, Rejection>;

    fn name(&self) -> &'static str {
        "access"
    }

    async fn decide(&self, tx: &Tx, orders: &[Order]) -> Result<Vec<Self::Outcome>, DbError> {
        let mut known = store::known(tx, orders).await?;
        let mut effects = Effects::default();
        let mut stuck = Stuck::load(tx, orders.iter().filter_map(|order| order.sticky.as_ref())).await?;
        let outcomes =
            orders.iter().map(|order| decide_once(&mut known, &mut effects, &mut stuck, order.clone())).collect();
        store::apply(tx, effects).await?;
        stuck.store(tx).await?;
        Ok(outcomes)
    }
}

/// Decides one command, unless it was done already under its key.
fn decide_once(known: &mut Known, effects: &mut Effects, stuck: &mut Stuck, order: Order) -> Result<Done, Rejection> {
    let sticky = order.sticky.clone();
    if sticky.as_ref().is_some_and(|sticky| stuck.is_taken(sticky)) {
        return Err(Rejection::DoneAlready);
    }
    let done = decide(known, effects, order)?;
    if let Some(sticky) = sticky {
        stuck.keep(sticky);
    }
    Ok(done)
}

/// What went wrong with somebody else's answer.
type Foreign = Box<dyn std::error::Error + Send + Sync>;

/// Why something asked of the slice was not done.
#[derive(Debug, thiserror::Error)]
pub enum AccessError {
    /// The rules say no.
    #[error(transparent)]
    Rejected(#[from] Rejection),
    /// E-mail and password do not fit, or there is no such address.
    #[error("e-mail or password is wrong")]
    WrongCredentials,
    /// Too many wrong passwords for this address.
    #[error("too many wrong passwords; wait {wait_secs} seconds")]
    Locked {
        /// Seconds until it may be tried again.
        wait_secs: u64,
    },
    /// Somebody who wants another password does not know the one they have.
    #[error("this is not your password")]
    WrongPassword,
    /// The token printed at the start is another.
    #[error("this is not the token that the server printed when it started")]
    WrongSetupToken,
    /// The brand is founded, but its river does not flow.
    #[error("the brand is founded, but cannot be opened; restart the server")]
    Opening(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// Not there, or not visible to the caller.
    #[error("there is no such thing here")]
    NotFound,
    /// The records could not be read.
    #[error(transparent)]
    Read(#[from] DbError),
    /// The records could not be written.
    #[error(transparent)]
    Write(#[from] WriteError),
    /// The provider knows who it is, and we know nobody like that.
    #[error("nobody here is known by that account; ask for an invitation, or sign in with your password and link it")]
    UnknownElsewhere,
    /// A provider's answer cannot be used.
    #[error("the provider cannot be used at the moment: {0}")]
    Elsewhere(#[source] Foreign),
    /// What a provider said is not believed.
    #[error("the provider's answer is not believed: {0}")]
    Disbelieved(#[source] Foreign),
    /// What is set up is no provider.
    #[error("there is no provider at this address: {0}")]
    Provider(#[source] Foreign),
    /// The password hash could not be made or read.
    #[error("hashing a password failed: {0}")]
    Hashing(String),
}

impl From<AccessError> for Problem {
    fn from(error: AccessError) -> Self {
        match error {
            AccessError::Rejected(rejection) => refused(&rejection),
            AccessError::WrongCredentials => ErrorCode::WrongCredentials.into(),
            AccessError::Locked { wait_secs } => Self::new(ErrorCode::TooMany).retry_after(wait_secs),
            AccessError::UnknownElsewhere => Self::new(ErrorCode::Forbidden).detail(error.to_string()),
            AccessError::Elsewhere(_) => {
                Self::new(ErrorCode::Unavailable).detail("The provider does not answer as it should").because(error)
            }
            AccessError::Disbelieved(_) => Self::new(ErrorCode::WrongCredentials).because(error),
            AccessError::Provider(_) => Self::invalid("issuer", error.to_string()),
            AccessError::WrongPassword => Self::invalid("old_password", error.to_string()),
            AccessError::WrongSetupToken => Self::new(ErrorCode::Forbidden).detail(error.to_string()),
            AccessError::NotFound => ErrorCode::NotFound.into(),
            AccessError::Read(ref cause) if cause.is_passing() => Self::unavailable(error),
            AccessError::Write(WriteError::Rejected(ref violation)) if violation.kind == ViolationKind::Unique => {
                Self::new(ErrorCode::Conflict).because(error)
            }
            AccessError::Write(_) => Self::unavailable(error),
            AccessError::Read(_) | AccessError::Hashing(_) | AccessError::Opening(_) => Self::internal(error),
        }
    }
}

fn refused(rejection: &Rejection) -> Problem {
    let said = rejection.to_string();
    match rejection {
        Rejection::FoundedAlready
        | Rejection::UnitTaken(_)
        | Rejection::UnitInUse { .. }
        | Rejection::StaffTaken(_)
        | Rejection::EmailTaken(_)
        | Rejection::LastOwner(_)
        | Rejection::DoneAlready
        | Rejection::PresetRole
        | Rejection::RoleNameTaken(_)
        | Rejection::TooManyRoles(_)
        | Rejection::RoleInUse { .. } => Problem::new(ErrorCode::Conflict).detail(said),
        Rejection::BeyondYou(_) => Problem::new(ErrorCode::Forbidden).detail(said),
        Rejection::TooManyProviders(_) | Rejection::LinkTaken => Problem::new(ErrorCode::Conflict).detail(said),
        Rejection::RoleUnknown(_) => Problem::invalid("role", said),
        Rejection::NeedsEverybody(_) => Problem::invalid("permissions", said),
        Rejection::ParentUnknown(_) | Rejection::ParentTooLow { .. } => Problem::invalid("parent", said),
        Rejection::UnitUnknown(_) => Problem::invalid("unit", said),
        Rejection::PasswordIsEmail => Problem::invalid("password", said),
        Rejection::Import(errors) => {
            errors.iter().fold(Problem::new(ErrorCode::Invalid).detail(said), |problem, error| {
                let ImportError { index, field, message } = error.clone();
                problem.item(ProblemItem { index: Some(index), field: Some(field.to_owned()), message })
            })
        }
        Rejection::UnitMissing(_)
        | Rejection::StaffMissing(_)
        | Rejection::RoleMissing(_)
        | Rejection::ProviderMissing(_)
        | Rejection::AttemptOver
        | Rejection::NotLinked
        | Rejection::InvitationOver
        | Rejection::KeyUnknown(_) => Problem::new(ErrorCode::NotFound).detail(said),
    }
}
