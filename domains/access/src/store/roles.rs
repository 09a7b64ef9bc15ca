//! The roles that brands made.

use db::{ConnectionTrait, DbError, QueryResult, Row, Sql, values};
use kernel::WorkspaceId;
use web::{Permission, PermissionSet};

use super::{role_id, word, workspace_id};
use crate::model::{OwnRole, Power, RoleId, Sight};

pub(super) const ROLE: &str = "workspace_id, id, name, permissions, sight";

/// The roles a brand made, by name.
pub(crate) async fn roles(reads: &impl ConnectionTrait, workspace: WorkspaceId) -> Result<Vec<OwnRole>, DbError> {
    let sql = format!("select {ROLE} from role where workspace_id = $1 order by name, id");
    reads.all(&sql, values![workspace.0]).await?.iter().map(role).collect()
}

pub(crate) async fn role_named(
    reads: &impl ConnectionTrait,
    workspace: WorkspaceId,
    id: &RoleId,
) -> Result<Option<OwnRole>, DbError> {
    let sql = format!("select {ROLE} from role where workspace_id = $1 and id = $2");
    reads.one(&sql, values![workspace.0, id.as_str()]).await?.as_ref().map(role).transpose()
}

/// A permission that this version does not know is not held: a newer one may have been here.
pub(super) fn role(row: &QueryResult) -> Result<OwnRole, DbError> {
    let slugs: String = row.get("permissions")?;
    let held: Vec<_> =
        Permission::ALL.iter().copied().filter(|each| slugs.split(' ').any(|s| s == each.slug())).collect();
    Ok(OwnRole {
        workspace: workspace_id(row, "workspace_id")?,
        id: role_id(row.get("id")?)?,
        name: row.get("name")?,
        power: Power { permissions: PermissionSet::of(&held), sight: word(row, "sight", Sight::parse)? },
    })
}

/// As a column holds them.
pub(super) fn slugs(permissions: PermissionSet) -> String {
    permissions.iter().map(Permission::slug).collect::<Vec<_>>().join(" ")
}
