//! Who a record is about: the one it names, and their further ids in the namespaces they are of.

use facts::{IDS_MAX, NamedId, namespace_key, namespaces};

use super::{
    name::{Members, is_name},
    record::{Does, Record},
};
use crate::rules::{
    Rejection,
    accept::{Id, who},
};

/// Who it was.
#[derive(Default)]
pub(super) struct Ids {
    /// After signing in.
    pub(super) user_id: Option<String>,
    /// Before that.
    pub(super) anonymous_id: Option<String>,
    /// All other ids; when one is taken off, that one alone.
    pub(super) ids: Vec<NamedId>,
}

impl Ids {
    /// `by_the_brand` as in [`Accepting`](crate::rules::Accepting).
    pub(super) fn of(
        does: Does,
        record: &Record<'_>,
        distinct_id: Option<&str>,
        properties: &Members<'_>,
        by_the_brand: bool,
    ) -> Result<Self, Rejection> {
        if matches!(does, Does::Item(_)) {
            return Ok(Self::default());
        }
        let distinct_id = distinct_id.ok_or(Rejection::DistinctIdMissing)?;
        let mut ids = identities(record)?;
        let written = |id: &Option<Id<'_>>, name| who(id.as_ref().map(|id| &*id.0), name);
        let (login, before) = (written(&record.login_id, "login_id")?, written(&record.anonymous_id, "anonymous_id")?);
        if does == Does::Unbind {
            // Which id is taken off stands among the others; whoever it was taken off is somebody else.
            let ids = if ids.is_empty() { return Err(Rejection::Identities("the id that is taken off")) } else { ids };
            // Whoever reads a page's key takes ids off nobody but the person that key is told to be.
            let own = (!by_the_brand && login.is_none()).then(|| distinct_id.to_owned());
            return Ok(Self { user_id: login, anonymous_id: before.or(own), ids });
        }
        let mut take = |namespace: &str| {
            let at = ids.iter().position(|id| id.namespace == namespace)?;
            Some(ids.remove(at).value)
        };
        let (login_among, before_among) = (take(namespaces::USER), take(namespaces::ANONYMOUS));
        // A login id of another kind is written `key+value`, and stands among the identities as what it is.
        let login = login.filter(|login| !is_among(login, record)).or(login_among);
        let says_login = properties.get("$is_login_id").is_some_and(|says| says.get() == "true");
        let login = login.or_else(|| (does == Does::SignUp || says_login).then(|| distinct_id.to_owned()));
        let before = before
            .or(written(&record.original_id, "original_id")?.filter(|_| does == Does::SignUp))
            .or(before_among)
            .or_else(|| login.is_none().then(|| distinct_id.to_owned()));
        if does == Does::Bind && usize::from(login.is_some()) + usize::from(before.is_some()) + ids.len() < 2 {
            return Err(Rejection::Identities("at least two ids of one person"));
        }
        Ok(Self { user_id: login, anonymous_id: before, ids })
    }
}

/// Whether an id is one of the identities, written `key+value`.
fn is_among(id: &str, record: &Record<'_>) -> bool {
    let split = id.split_once('+');
    split.is_some_and(|(key, value)| {
        record.identities.as_ref().and_then(|ids| ids.get(key)).is_some_and(|among| among.0 == value)
    })
}

/// The ids a record names, each in the namespace it is of.
fn identities(record: &Record<'_>) -> Result<Vec<NamedId>, Rejection> {
    let mut ids = Vec::new();
    for (key, value) in record.identities.iter().flatten() {
        if !is_name(key) {
            return Err(Rejection::Identity);
        }
        if let Some(value) = who(Some(&value.0), "identities")? {
            ids.push(NamedId::new(namespace_key(key), value));
        }
    }
    ids.dedup();
    if ids.len() > IDS_MAX { Err(Rejection::Identities("at most sixteen ids")) } else { Ok(ids) }
}
