//! Pages made of blocks, and their versions.

use db::{ConnectionTrait, DbError, Narrowed, QueryResult, Row, Sql, values};
use kernel::{Timestamp, WorkspaceId};

use super::{anywhere, json, read};
use crate::model::{
    page::{Page, Version},
    target::Slug,
};

const COLUMNS: &str = "id, draft, published, last_version, created_at, created_by, changed_at, changed_by, revision";

fn slug(row: &QueryResult, column: &str) -> Result<Slug, DbError> {
    let text: String = row.get(column)?;
    Slug::try_from(text).map_err(|_| DbError::corrupt("the id of a page"))
}

fn page(row: &QueryResult) -> Result<Page, DbError> {
    let draft: String = row.get("draft")?;
    Ok(Page {
        id: slug(row, "id")?,
        draft: read(&draft, "a page")?,
        published: row.get("published")?,
        last_version: row.get("last_version")?,
        created_at: Timestamp(row.get("created_at")?),
        created_by: row.get("created_by")?,
        changed_at: Timestamp(row.get("changed_at")?),
        changed_by: row.get("changed_by")?,
        revision: row.get("revision")?,
    })
}

fn version(row: &QueryResult) -> Result<Version, DbError> {
    let document: String = row.get("document")?;
    Ok(Version {
        version: row.get("version")?,
        document: read(&document, "a version of a page")?,
        published_at: Timestamp(row.get("published_at")?),
        published_by: row.get("published_by")?,
    })
}

/// A page of a workspace.
pub async fn page_in_workspace<C: ConnectionTrait>(
    conn: &C,
    workspace: WorkspaceId,
    id: &str,
) -> Result<Option<Page>, DbError> {
    let sql = format!("select {COLUMNS} from content_page where workspace_id = $1 and id = $2");
    conn.one(&sql, values![i64::from(workspace.0), id]).await?.as_ref().map(page).transpose()
}

/// Pages with a text in their draft or their id, the last changed first.
pub async fn pages_in_workspace<C: ConnectionTrait>(
    conn: &C,
    workspace: WorkspaceId,
    (q, published): (Option<&str>, Option<bool>),
    after: Option<&(Timestamp, String)>,
    limit: usize,
) -> Result<Vec<Page>, DbError> {
    let mut sql = format!("select {COLUMNS} from content_page where workspace_id = $1");
    if let Some(published) = published {
        sql += if published { " and published is not null" } else { " and published is null" };
    }
    let q = q.map(|q| anywhere(&q.to_lowercase()));
    let mut query = Narrowed::new(sql, values![i64::from(workspace.0)])
        .by(" and (lower(draft) like $n escape '\\' or lower(id) like $n escape '\\')", q);
    if let Some((at, id)) = after {
        let condition = format!(" and (changed_at < {0} or (changed_at = {0} and id < $n))", at.0);
        query = query.by(&condition, Some(id.as_str()));
    }
    query.first(conn, "changed_at desc, id desc", limit).await?.iter().map(page).collect()
}

/// Writes a page, new or changed.
pub async fn put_page<C: ConnectionTrait>(conn: &C, workspace: WorkspaceId, page: &Page) -> Result<(), DbError> {
    let row = values![
        i64::from(workspace.0),
        page.id.as_str(),
        json(&page.draft)?,
        page.published,
        page.last_version,
        page.created_at.0,
        page.created_by.as_str(),
        page.changed_at.0,
        page.changed_by.as_str(),
        page.revision,
    ];
    let head = format!("insert into content_page (workspace_id, {COLUMNS})");
    let tail = "on conflict (workspace_id, id) do update set draft = excluded.draft, published = excluded.published,
        last_version = excluded.last_version, changed_at = excluded.changed_at, changed_by = excluded.changed_by,
        revision = excluded.revision";
    conn.insert_rows(&head, 10, row.into(), tail).await?;
    Ok(())
}

/// Writes a version, which never changes.
pub async fn insert_version<C: ConnectionTrait>(
    conn: &C,
    workspace: WorkspaceId,
    page: &Slug,
    version: &Version,
) -> Result<(), DbError> {
    let row = values![
        i64::from(workspace.0),
        page.as_str(),
        version.version,
        json(&version.document)?,
        version.published_at.0,
        version.published_by.as_str(),
    ];
    let head = "insert into content_page_version (workspace_id, page, version, document, published_at, published_by)";
    conn.insert_rows(head, 6, row.into(), "").await?;
    Ok(())
}

/// A version of a page.
pub async fn version_in_workspace<C: ConnectionTrait>(
    conn: &C,
    workspace: WorkspaceId,
    page: &str,
    number: i64,
) -> Result<Option<Version>, DbError> {
    let sql = "select version, document, published_at, published_by from content_page_version
        where workspace_id = $1 and page = $2 and version = $3";
    conn.one(sql, values![i64::from(workspace.0), page, number]).await?.as_ref().map(version).transpose()
}

/// The versions of a page, the newest first.
pub async fn versions_in_workspace<C: ConnectionTrait>(
    conn: &C,
    workspace: WorkspaceId,
    page: &str,
    limit: usize,
) -> Result<Vec<Version>, DbError> {
    let sql = "select version, document, published_at, published_by from content_page_version
        where workspace_id = $1 and page = $2";
    let query = Narrowed::new(sql, values![i64::from(workspace.0), page]);
    query.first(conn, "version desc", limit).await?.iter().map(version).collect()
}

/// What customers see of a page.
pub async fn published_in_workspace<C: ConnectionTrait>(
    conn: &C,
    workspace: WorkspaceId,
    page: &str,
) -> Result<Option<Version>, DbError> {
    let sql = "select v.version, v.document, v.published_at, v.published_by
        from content_page p join content_page_version v
          on v.workspace_id = p.workspace_id and v.page = p.id and v.version = p.published
        where p.workspace_id = $1 and p.id = $2";
    conn.one(sql, values![i64::from(workspace.0), page]).await?.as_ref().map(version).transpose()
}
