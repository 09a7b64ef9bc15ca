//! Making and changing links, pages and what may be led to.

use db::{DbError, Tx, outbox};
use serde_json::{Value, json};

use super::{Order, Outcome};
use crate::{
    model::{
        link::Link,
        page::{Page, PageDocument, Version},
        target::Slug,
    },
    rules::hosts::Hosts,
    store::{hosts, links, pages},
};

fn told(link: &Link) -> Value {
    json!({"kind": link.kind, "name": link.name, "target": link.target, "campaign": link.campaign, "owner": link.owner,
        "on": link.on, "expires_at": link.expires_at})
}

pub(super) async fn make_link(tx: &Tx, order: &Order, link: &Link, started: Option<&[u8]>) -> Result<Outcome, DbError> {
    if links::link_of_code(tx, &link.code).await?.is_some() {
        return Ok(Outcome::Taken);
    }
    links::put_link(tx, link).await?;
    if let Some(started) = started {
        outbox::emit(tx, order.workspace, &[started.to_vec()]).await?;
    }
    order.tell(tx, "link.made", format!("link:{}", link.code), None, Some(told(link))).await?;
    Ok(Outcome::Done)
}

pub(super) async fn change_link(tx: &Tx, order: &Order, new: &Link) -> Result<Outcome, DbError> {
    let Some(before) = links::link_in_workspace(tx, order.workspace, &new.code).await? else {
        return Ok(Outcome::Missing);
    };
    if new.revision != before.revision + 1 {
        return Ok(Outcome::Changed);
    }
    links::put_link(tx, new).await?;
    order.tell(tx, "link.changed", format!("link:{}", new.code), Some(told(&before)), Some(told(new))).await?;
    Ok(Outcome::Done)
}

pub(super) async fn put_hosts(tx: &Tx, order: &Order, new: &Hosts) -> Result<Outcome, DbError> {
    let before = hosts::hosts_in_workspace(tx, order.workspace).await?;
    hosts::put_hosts(tx, order.workspace, new).await?;
    let told = |hosts: &Hosts| Some(json!({"hosts": hosts.iter().collect::<Vec<_>>()}));
    order.tell(tx, "link_hosts.changed", "link_hosts".to_owned(), told(&before), told(new)).await?;
    Ok(Outcome::Done)
}

pub(super) async fn make_page(tx: &Tx, order: &Order, page: &Page) -> Result<Outcome, DbError> {
    if pages::page_in_workspace(tx, order.workspace, page.id.as_str()).await?.is_some() {
        return Ok(Outcome::Taken);
    }
    pages::put_page(tx, order.workspace, page).await?;
    let after = json!({"title": page.draft.title});
    order.tell(tx, "page.made", format!("page:{}", page.id), None, Some(after)).await?;
    Ok(Outcome::Page(Box::new(page.clone())))
}

/// The page as it is, if nobody has changed it since this revision.
async fn unchanged(tx: &Tx, order: &Order, page: &Slug, revision: i64) -> Result<Result<Page, Outcome>, DbError> {
    let found = pages::page_in_workspace(tx, order.workspace, page.as_str()).await?;
    Ok(match found {
        None => Err(Outcome::Missing),
        Some(page) if page.revision != revision => Err(Outcome::Changed),
        Some(page) => Ok(page),
    })
}

impl Order {
    /// The page after a change by this order.
    fn changes(&self, page: Page) -> Page {
        let changed_by = self.by.actor.clone();
        Page { changed_at: self.at, changed_by, revision: page.revision + 1, ..page }
    }
}

/// A draft is written often, so the trail tells only what customers see.
pub(super) async fn write(
    tx: &Tx,
    order: &Order,
    (page, revision): (&Slug, i64),
    draft: &PageDocument,
) -> Result<Outcome, DbError> {
    let before = match unchanged(tx, order, page, revision).await? {
        Ok(before) => before,
        Err(outcome) => return Ok(outcome),
    };
    let page = order.changes(Page { draft: draft.clone(), ..before });
    pages::put_page(tx, order.workspace, &page).await?;
    Ok(Outcome::Page(Box::new(page)))
}

pub(super) async fn publish(tx: &Tx, order: &Order, page: &Slug, revision: i64) -> Result<Outcome, DbError> {
    let before = match unchanged(tx, order, page, revision).await? {
        Ok(before) => before,
        Err(outcome) => return Ok(outcome),
    };
    let number = before.last_version + 1;
    let version = Version {
        version: number,
        document: before.draft.clone(),
        published_at: order.at,
        published_by: order.by.actor.clone(),
    };
    pages::insert_version(tx, order.workspace, page, &version).await?;
    let told = (before.published.map(|version| json!({"version": version})), json!({"version": number}));
    let page = order.changes(Page { published: Some(number), last_version: number, ..before });
    pages::put_page(tx, order.workspace, &page).await?;
    order.tell(tx, "page.published", format!("page:{}", page.id), told.0, Some(told.1)).await?;
    Ok(Outcome::Page(Box::new(page)))
}

pub(super) async fn withdraw(tx: &Tx, order: &Order, page: &Slug) -> Result<Outcome, DbError> {
    let Some(before) = pages::page_in_workspace(tx, order.workspace, page.as_str()).await? else {
        return Ok(Outcome::Missing);
    };
    let Some(version) = before.published else { return Ok(Outcome::Page(Box::new(before))) };
    let page = order.changes(Page { published: None, ..before });
    pages::put_page(tx, order.workspace, &page).await?;
    let told = json!({"version": version});
    order.tell(tx, "page.withdrawn", format!("page:{}", page.id), Some(told), None).await?;
    Ok(Outcome::Page(Box::new(page)))
}
