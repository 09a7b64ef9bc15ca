//! Providers, who is who there, and who is on their way.

use kernel::{StaffId, WorkspaceId};
use serde_json::json;
use web::PermissionSet;

use super::{Desk, Done, Rejection, staff::subject, trail};
use crate::{
    model::{Attempt, Linked, Provider, SecretHash},
    rules::grants,
};

/// Providers a brand may have.
const PROVIDERS_MAX: usize = 20;

impl Desk<'_> {
    /// Whoever decides how people sign in can become anybody: they must hold everything.
    pub(super) fn set_provider(&mut self, provider: Provider) -> Result<Done, Rejection> {
        grants::check(self.held(provider.workspace), PermissionSet::ALL)?;
        let place = (provider.workspace, provider.id.clone());
        let before = self.known.providers.get(&place).cloned();
        let many = self.known.providers.keys().filter(|(workspace, _)| *workspace == provider.workspace).count();
        if before.is_none() && many >= PROVIDERS_MAX {
            return Err(Rejection::TooManyProviders(PROVIDERS_MAX));
        }
        let action = if before.is_none() { "provider.created" } else { "provider.changed" };
        let (was, mut is) = (before.as_ref().and_then(trail::provider), trail::provider(&provider));
        if before.is_some_and(|before| before.client_secret != provider.client_secret)
            && let Some(is) = &mut is
        {
            is["renewed"] = json!(true);
        }
        self.tell(provider.workspace, action, format!("provider:{}", provider.id), was, is);
        self.known.providers.insert(place.clone(), provider.clone());
        self.effects.providers.insert(place, Some(provider));
        Ok(Done::Stored)
    }

    pub(super) fn delete_provider(&mut self, workspace: WorkspaceId, id: String) -> Result<Done, Rejection> {
        let there = self.known.providers.get(&(workspace, id.clone())).cloned();
        let there = there.ok_or_else(|| Rejection::ProviderMissing(id.clone()))?;
        grants::check(self.held(workspace), PermissionSet::ALL)?;
        self.known.providers.remove(&(workspace, id.clone()));
        self.tell(workspace, "provider.deleted", format!("provider:{id}"), trail::provider(&there), None);
        self.effects.providers.insert((workspace, id), None);
        Ok(Done::Stored)
    }

    /// No entry: nothing has happened yet.
    pub(super) fn begin_attempt(&mut self, attempt: Attempt) -> Result<Done, Rejection> {
        self.known.attempts.insert(attempt.state);
        self.effects.attempts.push((attempt, self.at));
        Ok(Done::Stored)
    }

    pub(super) fn end_attempt(&mut self, state: SecretHash) -> Result<Done, Rejection> {
        if !self.known.attempts.remove(&state) {
            return Err(Rejection::AttemptOver);
        }
        self.effects.attempts_ended.push(state);
        Ok(Done::Stored)
    }

    /// One person there is one person here, and the other way round: a later link replaces an earlier one.
    pub(super) fn link(&mut self, link: Linked) -> Result<Done, Rejection> {
        let Linked { workspace, provider, subject: there, staff, label, .. } = link.clone();
        if !self.known.staff.get(&(workspace, staff.clone())).is_some_and(|staff| staff.active) {
            return Err(Rejection::StaffMissing(staff));
        }
        let place = (workspace, provider.clone());
        let others = self.known.links.get(&place).into_iter().flatten();
        if others.into_iter().any(|other| other.subject == there && other.staff != staff) {
            return Err(Rejection::LinkTaken);
        }
        let links = self.known.links.entry(place).or_default();
        links.retain(|other| other.staff != staff);
        links.push(link.clone());
        let after = json!({ "provider": provider, "label": label });
        self.tell(workspace, "sign_in.linked", subject(&staff), None, Some(after));
        self.effects.unlinked.push((workspace, staff, provider));
        self.effects.links.push(link);
        Ok(Done::Stored)
    }

    pub(super) fn unlink(
        &mut self,
        workspace: WorkspaceId,
        staff: StaffId,
        provider: String,
    ) -> Result<Done, Rejection> {
        let links = self.known.links.entry((workspace, provider.clone())).or_default();
        let at = links.iter().position(|link| link.staff == staff).ok_or(Rejection::NotLinked)?;
        let label = links.remove(at).label;
        let before = json!({ "provider": provider, "label": label });
        self.tell(workspace, "sign_in.unlinked", subject(&staff), Some(before), None);
        self.effects
            .links
            .retain(|link| !(link.workspace == workspace && link.staff == staff && link.provider == provider));
        self.effects.unlinked.push((workspace, staff, provider));
        Ok(Done::Stored)
    }
}
