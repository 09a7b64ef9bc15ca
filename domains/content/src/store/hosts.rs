//! Hosts that may be led to.

use db::{ConnectionTrait, DbError, Row, Sql, values};
use kernel::WorkspaceId;

use super::workspace_value;
use crate::rules::hosts::Hosts;

/// What a workspace allows.
pub async fn hosts_in_workspace<C: ConnectionTrait>(conn: &C, workspace: WorkspaceId) -> Result<Hosts, DbError> {
    let sql = "select host from content_host where workspace_id = $1";
    let rows = conn.all(sql, [workspace_value(workspace)]).await?;
    let hosts: Result<Vec<String>, DbError> = rows.iter().map(|row| row.get("host")).collect();
    Ok(Hosts::new(hosts?))
}

/// Allows these and no others.
pub async fn put_hosts<C: ConnectionTrait>(conn: &C, workspace: WorkspaceId, hosts: &Hosts) -> Result<(), DbError> {
    conn.run("delete from content_host where workspace_id = $1", [workspace_value(workspace)]).await?;
    let rows = hosts.iter().flat_map(|host| values![i64::from(workspace.0), host]).collect();
    conn.insert_rows("insert into content_host (workspace_id, host)", 2, rows, "").await?;
    Ok(())
}
