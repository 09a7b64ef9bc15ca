//! Declaring namespaces: what holds for ids that come from now on.

use async_trait::async_trait;
use db::{
    DbError, Decider, Tx,
    audit::{self, By, Entry},
};
use kernel::WorkspaceId;

use crate::{
    rules::{
        Declared, Level, Namespaces,
        declaring::{NotSo, OWN_FROM, declare, new_key},
    },
    store::{evidence, queue},
};

/// What is to be declared, and by whom.
#[derive(Clone, Debug)]
pub(crate) struct Declaration {
    pub(crate) workspace: WorkspaceId,
    pub(crate) by: By,
    pub(crate) key: String,
    pub(crate) said: Said,
}

/// What is said of a namespace.
#[derive(Clone, Debug)]
pub(crate) struct Said {
    pub(crate) name: String,
    pub(crate) level: Level,
    pub(crate) cap: u32,
    pub(crate) window_days: u32,
    pub(crate) priority: i32,
    /// The key of the parent.
    pub(crate) parent: Option<String>,
    pub(crate) blocked: Vec<String>,
    pub(crate) per_app: bool,
    pub(crate) from_traits: bool,
    pub(crate) is_on: bool,
}

/// What became of it: the namespace as it stands now, and whether it is new.
pub(crate) type Declaring = Result<(Declared, bool), NotSo>;

/// Declares namespaces.
pub(crate) struct Declarations;

#[async_trait]
impl Decider for Declarations {
    type Command = Declaration;
    type Outcome = Declaring;

    fn name(&self) -> &'static str {
        "identity_namespaces"
    }

    async fn decide(&self, tx: &Tx, commands: &[Declaration]) -> Result<Vec<Declaring>, DbError> {
        let mut outcomes = Vec::with_capacity(commands.len());
        for command in commands {
            let known = Namespaces::with(evidence::namespaces(tx, command.workspace).await?);
            let last = queue::last_code(tx, command.workspace).await?;
            let outcome = decided(&known, command, (last + 1).max(OWN_FROM));
            if let Ok((declared, _)) = &outcome {
                store(tx, command, &known, declared).await?;
            }
            outcomes.push(outcome);
        }
        Ok(outcomes)
    }
}

fn decided(known: &Namespaces, Declaration { key, said, .. }: &Declaration, next: i64) -> Declaring {
    let before = known.all().iter().find(|declared| declared.key == *key);
    if before.is_none() {
        new_key(known, key)?;
    }
    let parent = match &said.parent {
        None => None,
        Some(parent) => {
            let found = known.all().iter().find(|declared| declared.key == *parent);
            let none = || NotSo { field: "parent", why: format!("there is no namespace {parent}") };
            Some(found.ok_or_else(none)?.code)
        }
    };
    let wanted = Declared {
        code: before.map_or(next, |before| before.code),
        key: key.clone(),
        name: said.name.clone(),
        level: said.level,
        cap: said.cap,
        window_days: said.window_days,
        priority: said.priority,
        parent,
        blocked: said.blocked.clone(),
        per_app: said.per_app,
        from_traits: said.from_traits,
        is_on: said.is_on,
    };
    Ok((declare(known, wanted)?, before.is_none()))
}

async fn store(tx: &Tx, command: &Declaration, known: &Namespaces, declared: &Declared) -> Result<(), DbError> {
    let written = |declared: &Declared| {
        serde_json::to_value(declared).map_err(|error| DbError::corrupt(format!("a namespace: {error}")))
    };
    let before = known.of(declared.code).map(written).transpose()?;
    let after = written(declared)?;
    if before.as_ref() == Some(&after) {
        return Ok(());
    }
    queue::put_namespace(tx, command.workspace, declared.code, &declared.key, &after.to_string()).await?;
    let action = if before.is_some() { "namespace.changed" } else { "namespace.declared" }.to_owned();
    let entry = Entry {
        workspace: command.workspace,
        at: tx.at(),
        by: command.by.clone(),
        action,
        subject: format!("namespace:{}", declared.key),
        before,
        after: Some(after),
    };
    audit::write(tx, vec![entry]).await
}
