//! What others hear of: facts of the slice's own, each about the customer it names, and every step from friend to friend as a hop of
//! the network, in a campaign of the play's own.

use db::DbError;
use facts::{Fact, NamedId, names, namespaces};
use kernel::Timestamp;
use serde_json::{Value, json};

use crate::{
    model::{Subject, Told},
    store::plays::Play,
};

/// The campaign a play's hops stand in.
fn campaign(play: &str) -> String {
    format!("play-{play}")
}

/// The token that stands for whoever began a try. The play's own id stands for the play: the root everybody hangs under who came by
/// nobody.
fn token(play: &str, instance: &str) -> String {
    format!("{play}-{instance}")
}

/// The root of a play's cascade, told when it begins to run.
pub(super) fn launched(play: &Play, at: Timestamp) -> Result<Vec<u8>, DbError> {
    let root =
        json!({"campaign": campaign(&play.id), "spread": play.id, "unit": null, "staff": null, "channel": play.id});
    let fact = Fact::ours(facts::PLAY, names::SPREAD_STARTED, format!("started-{}", play.id), &root, at)?;
    Ok(Fact { user_id: Some(format!("play:{}", play.id)), ..fact }.to_log()?)
}

/// What was told, as the log holds it.
pub(super) fn facts(play: &str, told: &[Told], at: Timestamp) -> Result<Vec<Vec<u8>>, DbError> {
    let mut facts = Vec::with_capacity(told.len());
    let hop = |subject: &Subject, event: &str, spread: String| {
        let message_id = name_of(&format!("{event} {spread} {subject}"));
        let properties = json!({"campaign": campaign(play), "spread": spread});
        about(subject, Fact::ours(facts::PLAY, event, message_id, &properties, at)?)
    };
    for told in told {
        facts.push(fact(play, told, at)?);
        match told {
            Told::Joined(owner, instance) if !instance.is_empty() => {
                facts.push(hop(owner, names::SPREAD_OPENED, play.to_owned())?);
                facts.push(hop(owner, names::SPREAD_SHARED, token(play, instance))?);
            }
            Told::Helped(by, instance, _) => facts.push(hop(by, names::SPREAD_OPENED, token(play, instance))?),
            _ => {}
        }
    }
    Ok(facts)
}

fn fact(play: &str, told: &Told, at: Timestamp) -> Result<Vec<u8>, DbError> {
    let (event, subject, instance, more): (_, _, _, Value) = match told {
        Told::Joined(subject, instance) => ("Play Joined", subject, instance, json!({})),
        Told::Helped(subject, instance, _) => ("Play Helped", subject, instance, json!({})),
        Told::Completed(subject, instance) => ("Play Completed", subject, instance, json!({})),
        Told::Given(subject, instance, reward, fen) => {
            ("Reward Given", subject, instance, json!({"reward": reward, "cost_fen": fen}))
        }
        Told::TakenBack(subject, instance, reward, fen) => {
            ("Reward Taken Back", subject, instance, json!({"reward": reward, "cost_fen": fen}))
        }
        Told::RefundDue(subject, instance, order) => ("Play Refund Due", subject, instance, json!({"order": order})),
    };
    let mut properties = json!({"play": play});
    if let (Value::Object(all), Value::Object(more)) = (&mut properties, more) {
        all.extend(more);
        if !instance.is_empty() {
            all.insert("instance".to_owned(), json!(instance));
        }
    }
    // Money that comes for the same lost seat twice goes back once.
    let when = if let Told::RefundDue(..) = told { 0 } else { at.0 };
    let message_id = name_of(&format!("{event} {play} {instance} {subject} {properties} {when}"));
    about(subject, Fact::ours(facts::PLAY, event, message_id, &properties, at)?)
}

/// A fact about a customer, as the log holds it.
fn about(subject: &Subject, mut fact: Fact) -> Result<Vec<u8>, DbError> {
    let NamedId { namespace, value } = subject.id();
    match namespace.as_str() {
        namespaces::USER => fact.user_id = Some(value),
        namespaces::ANONYMOUS => fact.anonymous_id = Some(value),
        _ => fact.ids = vec![NamedId { namespace, value }],
    }
    Ok(fact.to_log()?)
}

/// A short name for a long text: what is told twice is heard once.
fn name_of(text: &str) -> String {
    blake3::hash(text.as_bytes()).to_hex().as_str()[..40].to_owned()
}
