//! The further ids an item carries.

use facts::{IDS_MAX, NAMESPACE_BYTES_MAX, NamedId, namespace_key};
use serde_json::value::RawValue;

use super::{
    accept::{Id, read_object, who},
    rejection::Rejection,
};

/// `identities` of our own door: an object of namespaces and ids.
pub(super) fn own(json: Option<&RawValue>) -> Result<Vec<NamedId>, Rejection> {
    let Some(json) = json.filter(|json| json.get() != "null") else { return Ok(Vec::new()) };
    let told: Named<'_> = read_object(json).ok_or(Rejection::Object("identities"))?;
    if told.len() > IDS_MAX {
        return Err(Rejection::Text("identities"));
    }
    let mut ids = Vec::with_capacity(told.len());
    for (namespace, id) in told {
        let namespace = namespace.trim();
        if namespace.is_empty() || namespace.len() > NAMESPACE_BYTES_MAX || namespace.chars().any(char::is_control) {
            return Err(Rejection::Text("identities"));
        }
        if let Some(value) = who(Some(&id.0), "identities")? {
            ids.push(NamedId::new(namespace_key(namespace), value));
        }
    }
    Ok(ids)
}

type Named<'a> = std::collections::BTreeMap<std::borrow::Cow<'a, str>, Id<'a>>;

/// `externalIds` of the Segment protocol's context. The protocol rejects no item for one of them, so what is none is left out.
pub(super) fn external(context: Option<&RawValue>) -> Vec<NamedId> {
    #[derive(serde::Deserialize)]
    struct Context {
        #[serde(rename = "externalIds", default)]
        ids: Vec<serde_json::Value>,
    }
    let context = context.and_then(|context| serde_json::from_str::<Context>(context.get()).ok());
    let ids = context.map_or_else(Vec::new, |context| context.ids).into_iter().filter_map(|id| {
        let (namespace, value) = (id.get("type")?.as_str()?.trim(), id.get("id")?.as_str()?);
        let fits =
            !namespace.is_empty() && namespace.len() <= NAMESPACE_BYTES_MAX && !namespace.chars().any(char::is_control);
        let value = who(Some(value), "externalIds").ok().flatten()?;
        fits.then(|| NamedId::new(namespace_key(namespace), value))
    });
    ids.take(IDS_MAX).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn raw(json: &str) -> &RawValue {
        serde_json::from_str(json).unwrap()
    }

    #[test]
    fn ids_are_taken_under_the_names_they_are_declared_by() {
        let ids = own(Some(raw(r#"{"unionid":" oU ","phone":17000000001,"email":""}"#))).unwrap();
        assert_eq!(ids, [NamedId::new("phone", "17000000001"), NamedId::new("wechat:unionid", "oU")]);
        assert_eq!(own(Some(raw("null"))), Ok(Vec::new()));
        assert_eq!(own(Some(raw("[]"))), Err(Rejection::Object("identities")));
        assert_eq!(own(Some(raw(r#"{"phone":"undefined"}"#))), Err(Rejection::StandsForNobody("identities")));
        assert_eq!(own(Some(raw(r#"{" ":"1"}"#))), Err(Rejection::Text("identities")));
        let many: String = (0..17).map(|n| format!(r#""k{n}":"v","#)).collect();
        assert_eq!(own(Some(raw(&format!("{{{}}}", many.trim_end_matches(','))))), Err(Rejection::Text("identities")));
    }

    #[test]
    fn of_external_ids_those_that_are_some_are_taken() {
        let context = r#"{"externalIds":[{"id":"oU","type":"unionid","collection":"users","encoding":"none"},
            {"id":7,"type":"phone"},{"id":"null","type":"phone"},{"type":"email"},3]}"#;
        assert_eq!(external(Some(raw(context))), [NamedId::new("wechat:unionid", "oU")]);
        assert_eq!(external(Some(raw(r#"{"externalIds":"x"}"#))), []);
        assert_eq!(external(None), []);
    }
}
