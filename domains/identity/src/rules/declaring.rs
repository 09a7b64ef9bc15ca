//! What a brand may say of its namespaces.

use facts::namespace_key;

use super::namespaces::{Declared, Level, Namespaces};

/// Codes from here on are the brand's own.
pub(crate) const OWN_FROM: i64 = 1000;
/// Own namespaces at most.
const OWN_MAX: usize = 200;
const KEY_BYTES_MAX: usize = 64;
const NAME_CHARS_MAX: usize = 40;
const CAP_MAX: u32 = 1000;
const WINDOW_DAYS_MAX: u32 = 3650;
const PRIORITY_MAX: i32 = 10_000;
const BLOCKED_MAX: usize = 200;
const BLOCKED_BYTES_MAX: usize = 256;
/// Codes of the namespaces that facts are booked under: user, anonymous id, spread token.
const OF_FACTS: [i64; 3] = [1, 2, 3];

/// Why a namespace cannot be declared so, and in which field.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{why}")]
pub(crate) struct NotSo {
    pub(crate) field: &'static str,
    pub(crate) why: String,
}

fn not_so<T>(field: &'static str, why: impl Into<String>) -> Result<T, NotSo> {
    Err(NotSo { field, why: why.into() })
}

/// A key that a brand declares: of its own, and not one that another namespace answers to.
pub(crate) fn new_key(known: &Namespaces, key: &str) -> Result<(), NotSo> {
    let proper = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"_-.:".contains(&byte);
    let starts_well = key.bytes().next().is_some_and(|byte| byte.is_ascii_lowercase());
    if !starts_well || key.len() > KEY_BYTES_MAX || !key.bytes().all(proper) || key.ends_with(':') {
        return not_so(
            "key",
            format!("a key begins with a lower case letter and has at most {KEY_BYTES_MAX} of a-z, 0-9, _ - . and :"),
        );
    }
    if namespace_key(key) != key || known.answers_to(key) {
        return not_so("key", "another namespace answers to this key; change that one, or choose another key");
    }
    if known.all().iter().filter(|declared| declared.code >= OWN_FROM).count() >= OWN_MAX {
        return not_so("key", format!("a brand declares at most {OWN_MAX} namespaces of its own"));
    }
    Ok(())
}

/// Checks what is said of a namespace among the others, itself as it was among them if it is there.
pub(crate) fn declare(known: &Namespaces, wanted: Declared) -> Result<Declared, NotSo> {
    let name = wanted.name.trim().to_owned();
    if name.is_empty() || name.chars().count() > NAME_CHARS_MAX || name.chars().any(char::is_control) {
        return not_so("name", format!("1 to {NAME_CHARS_MAX} characters"));
    }
    if wanted.cap > CAP_MAX {
        return not_so("cap", format!("0 for any number, or at most {CAP_MAX}"));
    }
    if wanted.window_days > WINDOW_DAYS_MAX {
        return not_so("window_days", format!("0 for ever, or at most {WINDOW_DAYS_MAX} days"));
    }
    if !(0..=PRIORITY_MAX).contains(&wanted.priority) {
        return not_so("priority", format!("0 to {PRIORITY_MAX}"));
    }
    let mut blocked: Vec<String> = wanted.blocked.iter().map(|value| value.trim().to_owned()).collect();
    blocked.retain(|value| !value.is_empty());
    blocked.sort_unstable();
    blocked.dedup();
    let proper = |value: &String| value != "*" && value.len() <= BLOCKED_BYTES_MAX && !value.contains('\0');
    if blocked.len() > BLOCKED_MAX || !blocked.iter().all(proper) {
        return not_so(
            "blocked",
            format!(
                "at most {BLOCKED_MAX} values of {BLOCKED_BYTES_MAX} bytes; one that ends with * stands for all that begin so"
            ),
        );
    }
    if let Some(before) = known.of(wanted.code) {
        if OF_FACTS.contains(&wanted.code) {
            if !wanted.is_on {
                return not_so("is_on", "facts are booked under this namespace: it cannot be switched off");
            }
            if wanted.level != before.level {
                return not_so("level", "the level of this namespace cannot be changed");
            }
        }
        if wanted.per_app != before.per_app {
            return not_so("per_app", "ids that are stored would mean something else: this cannot be changed");
        }
    }
    if let Some(parent) = wanted.parent {
        if known.of(parent).is_none() {
            return not_so("parent", "there is no such namespace");
        }
        if parent == wanted.code || is_above(known, wanted.code, parent) {
            return not_so("parent", "a namespace cannot stand below itself");
        }
    }
    let cap = if wanted.level == Level::Login { 1 } else { wanted.cap };
    Ok(Declared { name, cap, blocked, ..wanted })
}

/// Whether one namespace stands above another.
fn is_above(known: &Namespaces, above: i64, code: i64) -> bool {
    let mut at = Some(code);
    for _ in 0..=known.all().len() {
        match at.and_then(|code| known.of(code)).and_then(|declared| declared.parent) {
            Some(parent) if parent == above => return true,
            next => at = next,
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(change: impl FnOnce(&mut Declared)) -> Result<Declared, &'static str> {
        let known = Namespaces::with(Vec::new());
        let mut wanted = known.of(13).expect("phones").clone();
        change(&mut wanted);
        declare(&known, wanted).map_err(|not_so| not_so.field)
    }

    #[test]
    fn a_key_is_of_ones_own() {
        let known = Namespaces::with(vec![Declared::fresh(OWN_FROM, "staff_no".into())]);
        for (key, is_new) in [
            ("crm.member", true),
            ("shop:openid", true),
            ("staff_no", false),
            ("phone", false),
            ("mobile", false),
            ("unionid", false),
            ("wechat:openid:wx1", false),
            ("", false),
            ("Shop", false),
            ("9x", false),
            ("a b", false),
            ("a:", false),
        ] {
            assert_eq!(new_key(&known, key).is_ok(), is_new, "{key}");
        }
        let many = (0..200).map(|n| Declared::fresh(OWN_FROM + n, format!("n{n}"))).collect();
        assert!(new_key(&Namespaces::with(many), "one_more").is_err());
    }

    #[test]
    fn what_is_said_of_a_namespace_is_checked_field_by_field() {
        assert_eq!(said(|phone| phone.cap = 2).map(|phone| phone.cap), Ok(2));
        assert_eq!(said(|phone| phone.level = Level::Login).map(|phone| phone.cap), Ok(1));
        assert_eq!(said(|phone| phone.blocked = vec![" 170* ".into(), String::new()]).unwrap().blocked, ["170*"]);
        assert_eq!(said(|phone| phone.name = " ".into()), Err("name"));
        assert_eq!(said(|phone| phone.cap = 1001), Err("cap"));
        assert_eq!(said(|phone| phone.window_days = 4000), Err("window_days"));
        assert_eq!(said(|phone| phone.priority = -1), Err("priority"));
        assert_eq!(said(|phone| phone.blocked = vec!["*".into()]), Err("blocked"));
        assert_eq!(said(|phone| phone.per_app = true), Err("per_app"));
        assert_eq!(said(|phone| phone.parent = Some(77)), Err("parent"));
        assert_eq!(said(|phone| phone.parent = Some(13)), Err("parent"));
    }

    #[test]
    fn nothing_stands_below_itself_and_what_facts_need_stays_on() {
        let known = Namespaces::with(Vec::new());
        let mut unionid = known.of(10).expect("unionid").clone();
        unionid.parent = Some(11);
        assert_eq!(declare(&known, unionid).map_err(|not_so| not_so.field), Err("parent"));
        for code in OF_FACTS {
            let declared = known.of(code).expect("it comes with the house").clone();
            let off = Declared { is_on: false, ..declared.clone() };
            assert_eq!(declare(&known, off).map_err(|not_so| not_so.field), Err("is_on"));
            let level = Declared { level: Level::Account, ..declared };
            assert_eq!(declare(&known, level).map_err(|not_so| not_so.field), Err("level"));
        }
    }
}
