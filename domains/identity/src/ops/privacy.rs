//! What touches a person's own data: showing it in full, handing it out, and writing down what they agreed to. Each is told
//! in the audit trail, in the transaction that allows it.

use std::collections::BTreeMap;

use async_trait::async_trait;
use db::{
    DbError, Decider, Tx,
    audit::{self, By, Entry, Query},
    outbox,
};
use facts::{ConsentFields, Fact, NamedId, Purpose, names, namespaces};
use kernel::{PersonId, Timestamp, WorkspaceId};
use serde_json::{Value as Json, json};

/// How often somebody may see data in full within a day. A whole customer base is not read out one by one.
pub(crate) const REVEALS_A_DAY: usize = 200;
const DAY_MICROS: i64 = 24 * 3600 * 1_000_000;
const REVEALED: &str = "person.revealed";

/// What is asked, of whom, and by whom.
#[derive(Clone, Debug)]
pub(crate) struct Asked {
    pub(crate) workspace: WorkspaceId,
    pub(crate) by: By,
    pub(crate) person: PersonId,
    pub(crate) what: What,
}

#[derive(Clone, Debug)]
pub(crate) enum What {
    /// Show a field in full.
    Reveal { field: &'static str, reason: String },
    /// Hand out everything.
    Export { reason: String },
    /// Write down what they said to a member of staff. `id` is the fact's.
    Consent { id: String, who: NamedId, purpose: Purpose, given: bool, channel: String },
}

/// What became of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Allowed {
    Yes,
    /// [`REVEALS_A_DAY`] is reached.
    TooMany,
}

/// Decides what touches a person's own data.
pub(crate) struct Privacy;

#[async_trait]
impl Decider for Privacy {
    type Command = Asked;
    type Outcome = Allowed;

    fn name(&self) -> &'static str {
        "identity_privacy"
    }

    async fn decide(&self, tx: &Tx, commands: &[Asked]) -> Result<Vec<Allowed>, DbError> {
        let mut seen: BTreeMap<(u32, String), usize> = BTreeMap::new();
        let (mut outcomes, mut told) = (Vec::with_capacity(commands.len()), Vec::new());
        for asked in commands {
            if matches!(asked.what, What::Reveal { .. }) {
                let key = (asked.workspace.0, asked.by.actor.clone());
                let before = match seen.get(&key) {
                    Some(before) => *before,
                    None => revealed_today(tx, asked).await?,
                };
                if before >= REVEALS_A_DAY {
                    outcomes.push(Allowed::TooMany);
                    continue;
                }
                seen.insert(key, before + 1);
            }
            if let Some(fact) = asked.fact(tx.at())? {
                outbox::emit(tx, asked.workspace, &[fact]).await?;
            }
            told.push(asked.entry(tx.at()));
            outcomes.push(Allowed::Yes);
        }
        audit::write(tx, told).await?;
        Ok(outcomes)
    }
}

async fn revealed_today(tx: &Tx, asked: &Asked) -> Result<usize, DbError> {
    let query = Query {
        actor: Some(asked.by.actor.clone()),
        action: Some(REVEALED.to_owned()),
        from: Some(Timestamp(tx.at().0 - DAY_MICROS)),
        ..Query::default()
    };
    Ok(audit::entries(tx, asked.workspace, &query, REVEALS_A_DAY).await?.len())
}

impl Asked {
    /// What the audit trail tells: what was shown and why, never the data itself.
    fn entry(&self, at: Timestamp) -> Entry {
        let (action, after): (&str, Json) = match &self.what {
            What::Reveal { field, reason } => (REVEALED, json!({"field": field, "reason": reason})),
            What::Export { reason } => ("person.exported", json!({"reason": reason})),
            What::Consent { purpose, given, channel, .. } => {
                ("consent.recorded", json!({"purpose": purpose, "given": given, "channel": channel}))
            }
        };
        let (action, subject) = (action.to_owned(), format!("person:{}", self.person));
        Entry { workspace: self.workspace, at, by: self.by.clone(), action, subject, before: None, after: Some(after) }
    }

    fn fact(&self, at: Timestamp) -> Result<Option<Vec<u8>>, DbError> {
        let What::Consent { id, who, purpose, given, channel } = &self.what else {
            return Ok(None);
        };
        let (purpose, channel) = (Some(purpose.as_str().to_owned()), Some(channel.clone()));
        let fields = ConsentFields { purpose, notice: None, channel };
        let is_further = ![namespaces::USER, namespaces::ANONYMOUS].contains(&who.namespace.as_str());
        let event = if *given { names::CONSENT_GIVEN } else { names::CONSENT_WITHDRAWN };
        let fact = Fact {
            user_id: (who.namespace == namespaces::USER).then(|| who.value.clone()),
            anonymous_id: (who.namespace == namespaces::ANONYMOUS).then(|| who.value.clone()),
            ids: if is_further { vec![who.clone()] } else { Vec::new() },
            ..Fact::ours(facts::IDENTITY, event, id.clone(), &fields, at)?
        };
        Ok(Some(fact.to_log()?))
    }
}
