//! One person: whom a name means today, and whether the asker may see them.

use facts::PersonRef;
use kernel::{Handle, Scope, WorkspaceId};

use super::Slice;
use crate::{PortError, store};

impl Slice {
    /// All handles of a person whom the asker may see, the earliest first; nobody else is there.
    pub(crate) async fn visible(
        &self,
        workspace: WorkspaceId,
        scope: &Scope,
        person: PersonRef<'_>,
    ) -> Result<Option<Vec<Handle>>, PortError> {
        let handle = match person {
            PersonRef::Person(person) => Some(person.0),
            PersonRef::Key(key) => self.people.find(workspace, key).await?,
        };
        let Some(handle) = handle else { return Ok(None) };
        // A number that was never given to anybody is no person.
        if store::ids(self.people.records.reads(), workspace, &[handle]).await?.is_empty() {
            return Ok(None);
        }
        let handles = self.people.handles(workspace, handle).await?;
        if !scope.is_all() && !self.sees(workspace, scope, handles[0]).await? {
            return Ok(None);
        }
        Ok(Some(handles))
    }

    async fn sees(&self, workspace: WorkspaceId, scope: &Scope, person: Handle) -> Result<bool, PortError> {
        let standings = self.circles.standings(workspace, scope, &[person]).await?;
        Ok(standings.first().is_some_and(|standing| standing.campaigns > 0))
    }
}
