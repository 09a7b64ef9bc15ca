//! Use cases: load, decide, store and emit in one transaction.

pub(crate) mod answer;
pub(crate) mod change;
pub(crate) mod open;
pub(crate) mod shelf;

use async_trait::async_trait;
use db::{
    DbError, Decider, Tx,
    audit::{self, By, Entry},
};
use kernel::{Timestamp, WorkspaceId};
use serde_json::Value;

use crate::{
    model::{
        link::Link,
        page::{Page, PageDocument},
        target::Slug,
    },
    rules::hosts::Hosts,
};

/// A command, and whose it is.
#[derive(Clone, Debug)]
pub(crate) struct Order {
    /// In which workspace.
    pub(crate) workspace: WorkspaceId,
    /// Who asks.
    pub(crate) by: By,
    /// When.
    pub(crate) at: Timestamp,
    /// For what.
    pub(crate) command: Command,
}

/// What is asked for. What is changed names the revision it was read at, so that nobody overwrites what they have not seen.
#[derive(Clone, Debug)]
pub(crate) enum Command {
    /// Makes a link, with the fact that declares its owner a root.
    MakeLink { link: Box<Link>, started: Option<Vec<u8>> },
    /// Changes a link: it bears the next revision.
    ChangeLink(Box<Link>),
    /// Allows these hosts.
    PutHosts(Hosts),
    /// Makes a page.
    MakePage(Box<Page>),
    /// Writes the draft of a page.
    Write { page: Slug, revision: i64, draft: Box<PageDocument> },
    /// Shows customers the draft from now on.
    Publish { page: Slug, revision: i64 },
    /// Shows customers the page no longer.
    Withdraw { page: Slug },
}

/// What became of a command.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Outcome {
    /// It is done.
    Done,
    /// It is done, and this is the page now.
    Page(Box<Page>),
    /// There is no such thing.
    Missing,
    /// There is such a thing already.
    Taken,
    /// It has changed meanwhile.
    Changed,
}

/// Decides the commands of the slice.
pub(crate) struct Deciding;

#[async_trait]
impl Decider for Deciding {
    type Command = Order;
    type Outcome = Outcome;

    fn name(&self) -> &'static str {
        "content"
    }

    async fn decide(&self, tx: &Tx, orders: &[Order]) -> Result<Vec<Outcome>, DbError> {
        let mut outcomes = Vec::with_capacity(orders.len());
        for order in orders {
            outcomes.push(match &order.command {
                Command::MakeLink { link, started } => change::make_link(tx, order, link, started.as_deref()).await?,
                Command::ChangeLink(link) => change::change_link(tx, order, link).await?,
                Command::PutHosts(hosts) => change::put_hosts(tx, order, hosts).await?,
                Command::MakePage(page) => change::make_page(tx, order, page).await?,
                Command::Write { page, revision, draft } => change::write(tx, order, (page, *revision), draft).await?,
                Command::Publish { page, revision } => change::publish(tx, order, page, *revision).await?,
                Command::Withdraw { page } => change::withdraw(tx, order, page).await?,
            });
        }
        Ok(outcomes)
    }
}

impl Order {
    async fn tell(
        &self,
        tx: &Tx,
        action: &str,
        subject: String,
        before: Option<Value>,
        after: Option<Value>,
    ) -> Result<(), DbError> {
        let action = action.to_owned();
        let entry =
            Entry { workspace: self.workspace, at: self.at, by: self.by.clone(), action, subject, before, after };
        audit::write(tx, vec![entry]).await
    }
}
