//! Forms: made, opened, answered.

use std::collections::BTreeSet;

use facts::{Fact, FormAnswered, Kind, NamedId, Purpose, names};
use kernel::{ErrorCode, Timestamp, WorkspaceId};
use serde_json::{Map, Value, json};
use web::Problem;

use super::{
    Slice,
    command::{Answered, Command, NotTaken, Order, Outcome, Told},
    define::wrong,
};
use crate::{
    model::form::{Answers, Asked, Form, FormState, Given},
    rules::form::{Said, check, read},
    store::{self, forms},
};

/// Forms a brand can have.
const FORMS_MAX: usize = 1000;
/// Characters of a fact's id.
const MESSAGE_ID_LENGTH: usize = 20;
/// Answers of one address are counted within this time.
const ORIGIN_SECS: i64 = 3600;

/// An answer as it comes from a page.
pub struct Answering {
    /// By whom.
    pub subject: NamedId,
    /// To what was asked in this version.
    pub version: u32,
    /// What.
    pub answers: Answers,
    /// Whether they agreed to what the form says their data is for.
    pub agreed: bool,
    /// From which address, if that is known.
    pub ip: Option<String>,
}

impl Slice {
    /// A form.
    pub(crate) async fn form(&self, workspace: WorkspaceId, id: &str) -> Result<Form, Problem> {
        let found = forms::form_in_workspace(self.records.reads(), workspace, id).await;
        found.map_err(Problem::unavailable)?.ok_or_else(|| ErrorCode::NotFound.into())
    }

    /// Refuses to ask what cannot be asked.
    pub(crate) async fn check_asked(&self, workspace: WorkspaceId, asked: &Asked) -> Result<(), Problem> {
        wrong(check(asked, &self.tag_ids(workspace).await?))
    }

    /// Refuses one form more than a brand can have.
    pub(crate) async fn check_forms(&self, workspace: WorkspaceId) -> Result<(), Problem> {
        let forms = forms::forms_in_workspace(self.records.reads(), workspace).await.map_err(Problem::unavailable)?;
        if forms.len() < FORMS_MAX {
            return Ok(());
        }
        Err(Problem::new(ErrorCode::Conflict).detail(format!("There are {FORMS_MAX} forms; delete some first")))
    }

    async fn tag_ids(&self, workspace: WorkspaceId) -> Result<BTreeSet<String>, Problem> {
        let tags = store::tags_in_workspace(self.records.reads(), workspace).await.map_err(Problem::unavailable)?;
        Ok(tags.into_iter().map(|tag| tag.id).collect())
    }

    /// Keeps a form in place of what it was.
    pub(crate) async fn put_form(
        &self,
        mut order: Order,
        form: Form,
        before: Option<&Form>,
    ) -> Result<Outcome, Problem> {
        order.told = Some(Told {
            action: if before.is_some() { "form.changed" } else { "form.created" },
            subject: format!("form:{}", form.id),
            before: before.map(form_told),
            after: Some(form_told(&form)),
        });
        order.command = Command::PutForm(Box::new(form));
        self.submit(order).await
    }

    /// Forgets a form and its answers. Tags and profiles they gave stay.
    pub(crate) async fn remove_form(&self, mut order: Order, form: &Form) -> Result<(), Problem> {
        order.command = Command::RemoveForm(form.id.clone());
        order.told = Some(Told {
            action: "form.deleted",
            subject: format!("form:{}", form.id),
            before: Some(form_told(form)),
            after: None,
        });
        self.submit(order).await.map(|_| ())
    }

    /// Takes an answer: it is kept, and the river is told of it, of what they let us know and of what they agreed to.
    pub(crate) async fn answer(&self, mut order: Order, form: &Form, answering: Answering) -> Result<(), Problem> {
        let Answering { subject, version, answers, agreed, ip } = answering;
        let mut said = read(&form.asked, &answers).or_else(|wrongs| wrong(wrongs).map(|()| Said::default()))?;
        let personal = said.known.name.is_some() || said.known.phone.is_some();
        if personal && !agreed {
            return Err(Problem::invalid("agreed", "their agreement is needed to keep who they are"));
        }
        let tags = self.tag_ids(order.workspace).await?;
        said.tags.retain(|tag| tags.contains(tag));
        let now = self.clock.now();
        let facts = self.facts_of(form, &subject, &said, agreed, now).map_err(Problem::internal)?;
        let given = Given {
            form: form.id.clone(),
            version,
            subject: format!("{}:{}", subject.namespace, subject.value),
            answers: said.answers,
            at: now,
        };
        let origin = origin(order.workspace, ip.as_deref().unwrap_or(&given.subject), now);
        order.command = Command::Answer(Box::new(Answered { given, origin, facts }));
        match self.submit(order).await? {
            Outcome::Done | Outcome::Again => Ok(()),
            Outcome::NotTaken(why) => Err(not_taken(why)),
        }
    }

    /// What the river is told of an answer, each fact of whoever answered.
    fn facts_of(
        &self,
        form: &Form,
        subject: &NamedId,
        said: &Said,
        agreed: bool,
        at: Timestamp,
    ) -> Result<Vec<Vec<u8>>, facts::LogError> {
        let of_them = |kind: Kind, event: &str, told: &Value| {
            let message_id = kernel::token(&*self.entropy, MESSAGE_ID_LENGTH);
            let mut fact = Fact::ours(facts::AUDIENCE, event, message_id, told, at)?;
            fact.kind = kind;
            fact.ids = vec![subject.clone()];
            fact.to_log()
        };
        let tags: Vec<String> = said.tags.iter().cloned().collect();
        let answered = FormAnswered { form: form.id.clone(), version: form.version, tags };
        let mut told = json!(answered);
        told["answers"] = json!(said.answers);
        let mut facts = vec![of_them(Kind::Track, names::FORM_ANSWERED, &told)?];
        let known = [("name", &said.known.name), ("phone", &said.known.phone), ("city", &said.known.city)];
        let traits: Map<String, Value> =
            known.into_iter().filter_map(|(name, value)| Some((name.to_owned(), json!(value.as_ref()?)))).collect();
        if !traits.is_empty() {
            facts.push(of_them(Kind::Identify, Kind::Identify.as_str(), &Value::Object(traits))?);
        }
        if agreed && !form.asked.consent.is_empty() {
            let notice = format!("{}:{}", form.id, form.version);
            let told = json!({ "purpose": Purpose::Contact, "notice": notice, "channel": "form" });
            facts.push(of_them(Kind::Track, names::CONSENT_GIVEN, &told)?);
        }
        Ok(facts)
    }
}

/// The same for what comes from one address within an hour; nobody can tell the address from it.
fn origin(workspace: WorkspaceId, from: &str, now: Timestamp) -> String {
    let hour = now.secs().div_euclid(ORIGIN_SECS);
    let digest = blake3::hash(format!("{workspace}|{hour}|{from}").as_bytes());
    digest.to_hex()[..16].to_owned()
}

fn not_taken(why: NotTaken) -> Problem {
    match why {
        NotTaken::Changed => {
            Problem::new(ErrorCode::Conflict).detail("The form has changed or is over; open the page again")
        }
        NotTaken::Before => Problem::new(ErrorCode::Conflict).detail("You have answered this already; thank you"),
        NotTaken::Full => Problem::new(ErrorCode::Conflict).detail("All places are taken"),
        NotTaken::Flood => Problem::new(ErrorCode::TooMany).retry_after(ORIGIN_SECS.unsigned_abs()),
    }
}

/// What a form is, for the audit trail.
fn form_told(form: &Form) -> Value {
    json!({ "state": form.state, "version": form.version, "asked": form.asked })
}

/// Whether it can be answered at this moment.
pub fn is_open(form: &Form, now: Timestamp) -> bool {
    let over = form.asked.until.is_some_and(|until| until < now);
    let full = form.asked.places.is_some_and(|places| form.answers >= u64::from(places));
    form.state == FormState::Open && !over && !full
}
