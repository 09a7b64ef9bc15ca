//! Commands as data, and the pure decision about them.
//!
//! A batch is decided against [`Known`], which holds what the records say about everything the batch names; each accepted
//! command changes it, so that the next sees it. What must be written gathers in [`Effects`], and beside every change the
//! entry of the audit trail that tells of it: both are stored in one transaction.

mod elsewhere;
mod organisation;
mod roles;
mod staff;
#[cfg(test)]
mod tests;
mod trail;
mod ways_in;

use std::collections::{BTreeMap, BTreeSet};

use kernel::{StaffId, Timestamp, UnitId, WorkspaceId};
use web::PermissionSet;

use crate::{
    model::{
        Attempt, By, Entry, Invitation, Key, Linked, OwnRole, Provider, RoleId, SecretHash, Session, Sight, Staff,
        Sticky, Unit, UnitKind,
    },
    rules::import::ImportError,
};

/// A command, whose it is, and when it was given.
#[derive(Clone, Debug)]
pub(crate) struct Order {
    pub(crate) by: By,
    pub(crate) at: Timestamp,
    pub(crate) command: Command,
    /// What is answered, when it was sent under a key.
    pub(crate) sticky: Option<Sticky>,
}

/// What is asked of the slice.
#[derive(Clone, Debug)]
pub(crate) enum Command {
    /// A new brand; `first` when it must be the installation's first. Its parts carry no workspace of their own yet: they
    /// get the new one.
    Found { first: bool, name: String, units: Vec<Unit>, staff: Vec<Staff>, keys: Vec<(Key, SecretHash)> },
    /// Units, parents before their children.
    AddUnits { workspace: WorkspaceId, units: Vec<Unit> },
    /// A list laid over the organisation.
    ImportUnits { workspace: WorkspaceId, units: Vec<Unit> },
    /// A unit gets another name, storey or place.
    ChangeUnit { workspace: WorkspaceId, unit: UnitId, change: UnitChange },
    /// A unit under which nothing hangs goes away.
    DeleteUnit { workspace: WorkspaceId, unit: UnitId },
    /// Somebody new.
    AddStaff { staff: Staff },
    /// Somebody's name, role or unit changes, or whether they may come in.
    ChangeStaff { workspace: WorkspaceId, staff: StaffId, change: StaffChange },
    /// Somebody's password changes, and all their sessions but one end.
    SetPassword { workspace: WorkspaceId, staff: StaffId, hash: String, must_change: bool, keep: Option<SecretHash> },
    /// A new role.
    CreateRole(OwnRole),
    /// A role gets another name, other permissions or another sight.
    ChangeRole { workspace: WorkspaceId, role: RoleId, change: RoleChange },
    /// A role that nobody has goes away.
    DeleteRole { workspace: WorkspaceId, role: RoleId },
    /// Somebody is asked to join; an open invitation of the same address ends.
    Invite(Invitation),
    /// An invitation ends unused.
    RevokeInvitation { workspace: WorkspaceId, invitation: String },
    /// Somebody joins. Address, role and unit are the invitation's.
    AcceptInvitation { token: SecretHash, staff: Staff },
    /// A new key.
    AddKey { key: Key, secret: SecretHash },
    /// The key gets another name.
    RenameKey { workspace: WorkspaceId, key: String, name: String },
    /// The key gets another secret; the one it has works until `old_ends_at`, or no longer.
    RotateKey {
        workspace: WorkspaceId,
        key: String,
        prefix: String,
        secret: SecretHash,
        old_ends_at: Option<Timestamp>,
    },
    /// The key stops working.
    RevokeKey { workspace: WorkspaceId, key: String },
    /// The key is in use.
    UseKey { workspace: WorkspaceId, key: String },
    /// People may sign in by way of a provider, from now on or in another way.
    SetProvider(Box<Provider>),
    /// Nobody signs in by way of it any more.
    DeleteProvider { workspace: WorkspaceId, provider: String },
    /// Somebody sets out for a provider.
    BeginAttempt(Box<Attempt>),
    /// They are back.
    EndAttempt(SecretHash),
    /// Whoever that is there is this person here.
    Link(Linked),
    /// And is no more.
    Unlink { workspace: WorkspaceId, staff: StaffId, provider: String },
    /// Somebody signed in.
    OpenSession(Session),
    /// A session is in use and lives longer.
    ExtendSession { token: SecretHash, expires_at: Timestamp },
    /// Sessions of one person end.
    EndSessions { workspace: WorkspaceId, staff: StaffId, which: Which },
}

impl Command {
    /// The brand in which whoever gives the command hands out power, or takes it away.
    pub(crate) fn hands_out_in(&self) -> Option<WorkspaceId> {
        match self {
            Self::AddStaff { staff } => Some(staff.workspace),
            Self::ChangeStaff { workspace, .. }
            | Self::SetPassword { workspace, .. }
            | Self::ChangeRole { workspace, .. }
            | Self::DeleteRole { workspace, .. }
            | Self::RotateKey { workspace, .. } => Some(*workspace),
            Self::DeleteProvider { workspace, .. } => Some(*workspace),
            Self::SetProvider(provider) => Some(provider.workspace),
            Self::CreateRole(role) => Some(role.workspace),
            Self::Invite(invitation) => Some(invitation.workspace),
            Self::AddKey { key, .. } => Some(key.workspace),
            _ => None,
        }
    }
}

/// What of a unit is to change; what is `None` stays.
#[derive(Clone, Debug, Default)]
pub(crate) struct UnitChange {
    pub(crate) name: Option<String>,
    pub(crate) kind: Option<UnitKind>,
    pub(crate) parent: Option<Option<UnitId>>,
}

/// What of a member of staff is to change; what is `None` stays.
#[derive(Clone, Debug, Default)]
pub(crate) struct StaffChange {
    pub(crate) name: Option<String>,
    pub(crate) role: Option<RoleId>,
    pub(crate) unit: Option<Option<UnitId>>,
    pub(crate) active: Option<bool>,
}

/// What of a role is to change; what is `None` stays.
#[derive(Clone, Debug, Default)]
pub(crate) struct RoleChange {
    pub(crate) name: Option<String>,
    pub(crate) permissions: Option<PermissionSet>,
    pub(crate) sight: Option<Sight>,
}

/// Some of one person's sessions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Which {
    One(SecretHash),
    AllBut(Option<SecretHash>),
}

/// What became of a command that was accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Done {
    /// The brand has this number.
    Founded(WorkspaceId),
    /// So many units were new, changed and as they are.
    Imported { created: usize, changed: usize, unchanged: usize },
    /// It is stored.
    Stored,
}

/// Why a command was refused. The first that applies, in this order.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Rejection {
    /// There is a brand, so nobody may found the first.
    #[error("this installation has its brand already")]
    FoundedAlready,
    /// The id is taken.
    #[error("there is a unit {0} already")]
    UnitTaken(UnitId),
    /// The parent is not there.
    #[error("there is no unit {0} to stand below")]
    ParentUnknown(UnitId),
    /// A store stands below a city or a group, a city below a group.
    #[error("a {child} cannot stand below a {parent}")]
    ParentTooLow {
        /// What was to stand below.
        child: &'static str,
        /// What it was to stand below of.
        parent: &'static str,
    },
    /// Not there.
    #[error("there is no unit {0}")]
    UnitMissing(UnitId),
    /// Something hangs below.
    #[error("{units} units, {staff} staff and {invitations} open invitations belong to {unit}; move them first")]
    UnitInUse {
        /// The unit.
        unit: UnitId,
        /// Units right below it.
        units: usize,
        /// Staff who work there, also those who may not come in any more.
        staff: usize,
        /// Invitations to work there.
        invitations: usize,
    },
    /// A list of units cannot be taken over.
    #[error("the list cannot be taken over: {} entries are wrong", .0.len())]
    Import(Vec<ImportError>),
    /// The id is taken.
    #[error("there is a member of staff {0} already")]
    StaffTaken(StaffId),
    /// The address signs in somebody else.
    #[error("{0} is in use already")]
    EmailTaken(String),
    /// The unit is not there.
    #[error("there is no unit {0}")]
    UnitUnknown(UnitId),
    /// Not there, or not allowed in any more.
    #[error("there is no member of staff {0}")]
    StaffMissing(StaffId),
    /// Nobody would be left to let anybody in.
    #[error("{0} is the last owner; make somebody else an owner first")]
    LastOwner(StaffId),
    /// Nobody gives, or takes away, what they do not hold.
    #[error("you cannot give or take away what you do not hold: {}", slugs(*.0))]
    BeyondYou(PermissionSet),
    /// No such role to change.
    #[error("there is no role {0}")]
    RoleMissing(RoleId),
    /// No such role to give.
    #[error("there is no role {0}")]
    RoleUnknown(RoleId),
    /// One of the five.
    #[error("this role is the same in every brand; make a copy of it and change that")]
    PresetRole,
    /// The name is taken.
    #[error("there is a role {0} already")]
    RoleNameTaken(String),
    /// So many are enough.
    #[error("a brand has at most {0} roles of its own")]
    TooManyRoles(usize),
    /// Somebody has it.
    #[error("{staff} staff and {invitations} open invitations have the role {name}; give them another one first")]
    RoleInUse {
        /// What it is called.
        name: String,
        /// Staff, also those who may not come in any more.
        staff: usize,
        /// Invitations to it.
        invitations: usize,
    },
    /// These reach the whole brand.
    #[error("only a role that sees everybody can hold these: {}", slugs(*.0))]
    NeedsEverybody(PermissionSet),
    /// The password is the address.
    #[error("a password must not be the e-mail address")]
    PasswordIsEmail,
    /// No such invitation, or it is over.
    #[error("this invitation is over, or never was; ask for a new one")]
    InvitationOver,
    /// So many are enough.
    #[error("a brand has at most {0} providers")]
    TooManyProviders(usize),
    /// Not there.
    #[error("there is no provider {0}")]
    ProviderMissing(String),
    /// Begun elsewhere, finished already, or too old.
    #[error("this sign-in is over; begin again")]
    AttemptOver,
    /// Whoever that is signs in as somebody else here.
    #[error("this account is linked to another member of staff")]
    LinkTaken,
    /// Nobody there is this person.
    #[error("your account is not linked there")]
    NotLinked,
    /// It was done already, under the same idempotency key.
    #[error("this was done already")]
    DoneAlready,
    /// No such key, or revoked already.
    #[error("there is no key {0}")]
    KeyUnknown(String),
}

/// Permissions in a sentence.
fn slugs(permissions: PermissionSet) -> String {
    permissions.iter().map(web::Permission::slug).collect::<Vec<_>>().join(", ")
}

/// What the records say about everything a batch names.
#[derive(Debug, Default)]
pub(crate) struct Known {
    pub(crate) last_workspace: u32,
    pub(crate) units: BTreeMap<(WorkspaceId, UnitId), Unit>,
    pub(crate) staff: BTreeMap<(WorkspaceId, StaffId), Staff>,
    /// Those who may come in.
    pub(crate) owners: BTreeSet<(WorkspaceId, StaffId)>,
    /// How many staff and open invitations belong to the units that are to go.
    pub(crate) at_unit: BTreeMap<(WorkspaceId, UnitId), Uses>,
    /// How many staff and open invitations have the roles that are to go.
    pub(crate) role_uses: BTreeMap<(WorkspaceId, RoleId), Uses>,
    /// Every role that the brands in question made.
    pub(crate) roles: BTreeMap<(WorkspaceId, RoleId), OwnRole>,
    pub(crate) emails: BTreeSet<String>,
    pub(crate) providers: BTreeMap<(WorkspaceId, String), Provider>,
    /// Who is who, of the providers in question.
    pub(crate) links: BTreeMap<(WorkspaceId, String), Vec<Linked>>,
    /// Those who have set out, of those in question.
    pub(crate) attempts: BTreeSet<SecretHash>,
    /// Those that are not revoked.
    pub(crate) keys: BTreeMap<(WorkspaceId, String), Key>,
    /// Those that are open, expired ones among them.
    pub(crate) invitations: BTreeMap<(WorkspaceId, String), Invitation>,
}

/// Who belongs to a unit, or has a role.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Uses {
    pub(crate) staff: usize,
    pub(crate) invitations: usize,
}

/// What a batch writes.
#[derive(Debug, Default)]
pub(crate) struct Effects {
    pub(crate) workspaces: Vec<(WorkspaceId, String, Timestamp)>,
    pub(crate) units: Vec<(WorkspaceId, Unit)>,
    pub(crate) units_changed: Vec<(WorkspaceId, Unit)>,
    pub(crate) units_deleted: Vec<(WorkspaceId, UnitId)>,
    pub(crate) staff: Vec<(Staff, Timestamp)>,
    pub(crate) staff_changed: Vec<(Staff, Timestamp)>,
    /// Roles as they are now; nothing for those that are gone.
    pub(crate) roles: BTreeMap<(WorkspaceId, RoleId), Option<(OwnRole, Timestamp)>>,
    pub(crate) keys: Vec<(Key, SecretHash)>,
    pub(crate) keys_changed: Vec<KeyEffect>,
    pub(crate) invitations: Vec<Invitation>,
    pub(crate) invitations_closed: Vec<(WorkspaceId, String, Timestamp)>,
    /// Providers as they are now; nothing for those that are gone.
    pub(crate) providers: BTreeMap<(WorkspaceId, String), Option<Provider>>,
    pub(crate) links: Vec<Linked>,
    pub(crate) unlinked: Vec<(WorkspaceId, StaffId, String)>,
    pub(crate) attempts: Vec<(Attempt, Timestamp)>,
    pub(crate) attempts_ended: Vec<SecretHash>,
    pub(crate) sessions: BTreeMap<SecretHash, Session>,
    pub(crate) extended: BTreeMap<SecretHash, (Timestamp, Timestamp)>,
    pub(crate) ended: Vec<(WorkspaceId, StaffId, Which)>,
    pub(crate) audit: Vec<Entry>,
}

/// What happens to a key that is there.
#[derive(Debug)]
pub(crate) struct KeyEffect {
    pub(crate) workspace: WorkspaceId,
    pub(crate) key: String,
    pub(crate) what: KeyChange,
}

#[derive(Debug)]
pub(crate) enum KeyChange {
    Renamed(String),
    Rotated { prefix: String, secret: SecretHash, old_ends_at: Option<Timestamp> },
    Revoked(Timestamp),
    Used(Timestamp),
}

/// Decides one command. A refused one leaves no trace.
pub(crate) fn decide(known: &mut Known, effects: &mut Effects, order: Order) -> Result<Done, Rejection> {
    let Order { by, at, command, .. } = order;
    let mut desk = Desk { known, effects, by, at };
    match command {
        Command::Found { first, name, units, staff, keys } => desk.found(first, name, units, staff, keys),
        Command::AddUnits { workspace, units } => desk.add_units(workspace, units),
        Command::ImportUnits { workspace, units } => desk.import_units(workspace, &units),
        Command::ChangeUnit { workspace, unit, change } => desk.change_unit(workspace, unit, change),
        Command::DeleteUnit { workspace, unit } => desk.delete_unit(workspace, unit),
        Command::AddStaff { staff } => desk.add_staff(staff),
        Command::ChangeStaff { workspace, staff, change } => desk.change_staff(workspace, staff, change),
        Command::SetPassword { workspace, staff, hash, must_change, keep } => {
            desk.set_password(workspace, staff, hash, must_change, keep)
        }
        Command::CreateRole(role) => desk.create_role(role),
        Command::ChangeRole { workspace, role, change } => desk.change_role(workspace, role, change),
        Command::DeleteRole { workspace, role } => desk.delete_role(workspace, role),
        Command::Invite(invitation) => desk.invite(invitation),
        Command::RevokeInvitation { workspace, invitation } => desk.revoke_invitation(workspace, invitation),
        Command::AcceptInvitation { token, staff } => desk.accept_invitation(token, staff),
        Command::AddKey { key, secret } => desk.add_key(key, secret),
        Command::RenameKey { workspace, key, name } => desk.rename_key(workspace, key, name),
        Command::RotateKey { workspace, key, prefix, secret, old_ends_at } => {
            desk.rotate_key(workspace, key, prefix, secret, old_ends_at)
        }
        Command::RevokeKey { workspace, key } => desk.revoke_key(workspace, key),
        Command::UseKey { workspace, key } => desk.use_key(workspace, key),
        Command::SetProvider(provider) => desk.set_provider(*provider),
        Command::DeleteProvider { workspace, provider } => desk.delete_provider(workspace, provider),
        Command::BeginAttempt(attempt) => desk.begin_attempt(*attempt),
        Command::EndAttempt(state) => desk.end_attempt(state),
        Command::Link(link) => desk.link(link),
        Command::Unlink { workspace, staff, provider } => desk.unlink(workspace, staff, provider),
        Command::OpenSession(session) => desk.open_session(session),
        Command::ExtendSession { token, expires_at } => {
            desk.effects.extended.insert(token, (at, expires_at));
            Ok(Done::Stored)
        }
        Command::EndSessions { workspace, staff, which } => desk.end_sessions(workspace, staff, which),
    }
}

/// Where one command is decided: all it may look at and write.
struct Desk<'a> {
    known: &'a mut Known,
    effects: &'a mut Effects,
    by: By,
    at: Timestamp,
}
