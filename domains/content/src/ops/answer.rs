//! A customer answers a form. What they said is a fact; what belongs to their profile lets us know who they are.

use std::collections::BTreeMap;

use bytes::Bytes;
use facts::{Kind, LogError, NamedId, names};
use kernel::WorkspaceId;
use serde::Serialize;
use serde_json::value::to_raw_value;

use super::open::{NotAppended, ours};
use crate::{
    Slice,
    model::page::{Block, Version},
    rules::answers,
    store::pages,
};

/// Why an answer is not taken.
#[derive(Debug, thiserror::Error)]
pub(crate) enum AnswerError {
    #[error("there is no such form")]
    Missing,
    #[error("some answers are not right")]
    Faults(Vec<(String, String)>),
    #[error("pages cannot be read")]
    Records(#[from] db::DbError),
    #[error("what was said cannot be written")]
    Fact(#[from] LogError),
    #[error(transparent)]
    Append(#[from] NotAppended),
}

#[derive(Serialize)]
struct Told<'a> {
    page: &'a str,
    form: &'a str,
    version: i64,
    answers: &'a BTreeMap<String, String>,
}

impl Slice {
    /// Takes a customer's answers; what they are told then. The same answers of the same customer are told once.
    pub(crate) async fn answer(
        &self,
        workspace: WorkspaceId,
        who: &NamedId,
        (page, form): (&str, &str),
        sent: &BTreeMap<String, String>,
    ) -> Result<String, AnswerError> {
        let found = pages::published_in_workspace(self.records.reads(), workspace, page).await?;
        let Version { version, document, .. } = found.ok_or(AnswerError::Missing)?;
        let asked = document.blocks.into_iter().find_map(|block| match block {
            Block::Form { form: id, fields, thanks, .. } if id.as_str() == form => Some((fields, thanks)),
            _ => None,
        });
        let (fields, thanks) = asked.ok_or(AnswerError::Missing)?;
        let answered = answers::read(&fields, sent).map_err(AnswerError::Faults)?;
        let told = Told { page, form, version, answers: &answered.answers };
        let told = to_raw_value(&told).map_err(LogError::Body)?;
        let once = once(who, page, form, told.get());
        let now = self.clock.now();
        let mut facts = Vec::with_capacity(2);
        if !answered.traits.is_empty() {
            let traits = to_raw_value(&answered.traits).map_err(LogError::Body)?;
            let fact = ours(Kind::Identify.as_str(), format!("{once}i"), who, traits, now);
            facts.push(Bytes::from(facts::Fact { kind: Kind::Identify, ..fact }.to_log()?));
        }
        facts.push(Bytes::from(ours(names::FORM_SUBMITTED, format!("{once}f"), who, told, now).to_log()?));
        self.append(workspace, facts).await?;
        Ok(thanks)
    }
}

/// The same of the same: a tap too many is no second answer.
fn once(who: &NamedId, page: &str, form: &str, told: &str) -> String {
    let mut hasher = blake3::Hasher::new();
    for part in [who.namespace.as_str(), &who.value, page, form, told] {
        hasher.update(&(part.len() as u64).to_le_bytes()).update(part.as_bytes());
    }
    hasher.finalize().to_hex()[..32].to_owned()
}
