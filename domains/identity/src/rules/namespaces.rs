//! The namespaces of a workspace: which ids it knows, and how far each of them speaks for a person.

use std::borrow::Cow;

use facts::{NAMESPACE_BYTES_MAX, NamedId, namespace_key, namespaces as keys};
use serde::{Deserialize, Serialize};

/// Longest id, in bytes.
const VALUE_BYTES_MAX: usize = 256;

/// How far an id speaks for a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Level {
    /// One signs in with it: two of them are never one person unless somebody says so.
    Login,
    /// It belongs to a person, as far as anybody knows: an openid, a phone number.
    Account,
    /// Several people may use it: a browser, a device.
    Device,
}

/// One namespace as it is declared.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Declared {
    /// Stored with every handle: never renumbered.
    pub(crate) code: i64,
    pub(crate) key: String,
    pub(crate) name: String,
    pub(crate) level: Level,
    /// So many of them one person may have within the window; 0 for any number.
    pub(crate) cap: u32,
    /// In days; 0 for ever.
    pub(crate) window_days: u32,
    /// The higher one stays when not all ids of a fact can be of one person.
    pub(crate) priority: i32,
    /// Unbinding an id of that namespace unbinds those of this one with it.
    pub(crate) parent: Option<i64>,
    /// Values that stand for nobody; one that ends with `*` for all that begin so.
    pub(crate) blocked: Vec<String>,
    /// Its key may be followed by an app (`wechat:openid:wxApp`): the same id of another app is another one.
    pub(crate) per_app: bool,
    /// Whether the traits of an identify say such an id.
    pub(crate) from_traits: bool,
    /// Whether it links people.
    pub(crate) is_on: bool,
}

impl Declared {
    /// A namespace that a brand begins to declare.
    pub(crate) fn fresh(code: i64, key: String) -> Self {
        Self {
            code,
            name: key.clone(),
            key,
            level: Level::Account,
            cap: 0,
            window_days: 0,
            priority: 300,
            parent: None,
            blocked: Vec::new(),
            per_app: false,
            from_traits: false,
            is_on: true,
        }
    }

    fn blocks(&self, value: &str) -> bool {
        let zeros = value.bytes().all(|byte| byte == b'0' || byte == b'-');
        let named = self.blocked.iter().any(|blocked| match blocked.strip_suffix('*') {
            Some(start) => value.starts_with(start),
            None => value == blocked,
        });
        zeros || named
    }
}

/// Code, key, name, level, cap, window, priority, per app.
type Preset = (i64, &'static str, &'static str, Level, u32, u32, i32, bool);

const PRESET: [Preset; 15] = [
    (1, keys::USER, "登录账号", Level::Login, 1, 0, 1000, false),
    (2, keys::ANONYMOUS, "匿名访客", Level::Device, 0, 0, 20, false),
    (3, keys::SPREAD, "传播链接", Level::Device, 0, 0, 10, false),
    (10, keys::UNIONID, "微信 unionid", Level::Account, 1, 0, 800, false),
    (11, keys::OPENID, "微信 openid", Level::Account, 20, 0, 700, true),
    (12, keys::EXTERNAL_USERID, "企业微信客户", Level::Account, 5, 0, 750, false),
    (13, keys::PHONE, "手机号", Level::Account, 5, 365, 600, false),
    (14, keys::EMAIL, "邮箱", Level::Account, 5, 365, 500, false),
    (15, keys::COOKIE, "浏览器", Level::Device, 0, 0, 30, false),
    (16, keys::DEVICE, "设备", Level::Device, 0, 0, 40, false),
    (17, keys::MEMBER, "会员号", Level::Login, 1, 0, 900, false),
    (18, keys::DOUYIN, "抖音", Level::Account, 5, 0, 450, false),
    (19, keys::XIAOHONGSHU, "小红书", Level::Account, 5, 0, 440, false),
    (20, keys::TAOBAO, "淘宝", Level::Account, 5, 0, 430, false),
    (21, keys::FAN, "客户页访客", Level::Device, 0, 0, 25, false),
];

/// All namespaces of a workspace.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Namespaces(Vec<Declared>);

impl Namespaces {
    /// Those that come with the house, under what the brand says of them, and its own.
    pub(crate) fn with(own: Vec<Declared>) -> Self {
        let preset = |&(code, key, name, level, cap, window_days, priority, per_app): &Preset| Declared {
            name: name.to_owned(),
            level,
            cap,
            window_days,
            priority,
            parent: (code == 11).then_some(10),
            per_app,
            ..Declared::fresh(code, key.to_owned())
        };
        let mut all: Vec<Declared> = PRESET.iter().map(preset).collect();
        for declared in own {
            match all.iter_mut().find(|known| known.code == declared.code) {
                Some(known) => *known = declared,
                None => all.push(declared),
            }
        }
        Self(all)
    }

    pub(crate) fn all(&self) -> &[Declared] {
        &self.0
    }

    pub(crate) fn of(&self, code: i64) -> Option<&Declared> {
        self.0.iter().find(|declared| declared.code == code)
    }

    /// The key a namespace is declared under; its number when it is declared no more.
    pub(crate) fn key_of(&self, code: i64) -> String {
        self.of(code).map_or_else(|| code.to_string(), |declared| declared.key.clone())
    }

    /// Whether ids of this key, which may bear an app, are those of a namespace.
    pub(crate) fn answers_to(&self, key: &str) -> bool {
        self.find(key).is_some()
    }

    /// The namespaces whose ids are unbound with those of `code`.
    pub(crate) fn children(&self, code: i64) -> impl Iterator<Item = i64> + '_ {
        self.0.iter().filter(move |declared| declared.parent == Some(code)).map(|declared| declared.code)
    }

    /// The code and the text under which an id is kept; nothing for a namespace nobody declared or switched off, and for a
    /// value that stands for nobody.
    pub(crate) fn resolve<'a>(&self, id: &'a NamedId) -> Option<(i64, Cow<'a, str>)> {
        let (declared, app) = self.find(&id.namespace)?;
        let value = id.value.trim();
        if !declared.is_on || value.is_empty() || value.len() > VALUE_BYTES_MAX || value.contains('\0') {
            return None;
        }
        let value = written(declared.key.as_str(), value);
        if declared.blocks(&value) {
            return None;
        }
        Some((declared.code, if app.is_empty() { value } else { Cow::Owned(format!("{app}:{value}")) }))
    }

    /// A namespace by its key, which may bear an app, or by the name another protocol has for it.
    fn find(&self, key: &str) -> Option<(&Declared, String)> {
        if key.len() > NAMESPACE_BYTES_MAX {
            return None;
        }
        let exactly = |key: &str| self.0.iter().find(|declared| declared.key == key);
        if let Some(declared) = exactly(key) {
            return Some((declared, String::new()));
        }
        let key = namespace_key(key);
        if let Some(declared) = exactly(&key) {
            return Some((declared, String::new()));
        }
        let (family, app) = key.rsplit_once(':')?;
        exactly(family).filter(|declared| declared.per_app).map(|declared| (declared, app.to_owned()))
    }
}

/// The same number or address is the same text.
fn written<'a>(key: &str, value: &'a str) -> Cow<'a, str> {
    match key {
        keys::PHONE => {
            let digits: String = value.chars().filter(char::is_ascii_digit).collect();
            let national = digits.strip_prefix("0086").or_else(|| digits.strip_prefix("86"));
            Cow::Owned(national.filter(|rest| rest.len() == 11).unwrap_or(&digits).to_owned())
        }
        keys::EMAIL => Cow::Owned(value.to_lowercase()),
        _ => Cow::Borrowed(value),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn resolve(namespace: &str, value: &str) -> Option<(i64, String)> {
        let id = NamedId::new(namespace, value);
        Namespaces::with(Vec::new()).resolve(&id).map(|(code, value)| (code, value.into_owned()))
    }

    #[test]
    fn an_id_is_found_under_any_of_its_names_and_written_alike() {
        assert_eq!(resolve("wechat:unionid", "oU"), Some((10, "oU".into())));
        assert_eq!(resolve("$identity_mp_unionid", " oU "), Some((10, "oU".into())));
        assert_eq!(resolve("wechat:openid:wxA", "o1"), Some((11, "wxA:o1".into())));
        assert_eq!(resolve("$identity_mp_wxA_openid", "o1"), resolve("wechat:openid:wxA", "o1"));
        assert_eq!(resolve("phone", "+86 170-1234-5678"), Some((13, "17012345678".into())));
        assert_eq!(resolve("email", "Lin@Example.com"), Some((14, "lin@example.com".into())));
        for (namespace, value) in
            [("shoe_size", "42"), ("phone", "000"), ("phone", ""), ("douyin", "a\0b"), ("phone:wxA", "1")]
        {
            assert_eq!(resolve(namespace, value), None, "{namespace} {value}");
        }
    }

    #[test]
    fn a_brand_declares_its_own_and_changes_ours() {
        let blocked = vec!["170*".to_owned(), "400800".to_owned()];
        let phone = Declared { blocked, code: 13, ..Declared::fresh(13, "phone".into()) };
        let own = Declared::fresh(1000, "staff_no".into());
        let off = Declared { is_on: false, ..Declared::fresh(18, "douyin".into()) };
        let namespaces = Namespaces::with(vec![phone, own, off]);
        let code = |namespace: &str, value: &str| namespaces.resolve(&NamedId::new(namespace, value)).map(|id| id.0);
        assert_eq!(code("staff_no", "7"), Some(1000));
        assert_eq!(
            (code("phone", "17012345678"), code("phone", "400800"), code("phone", "13800000001")),
            (None, None, Some(13))
        );
        assert_eq!(code("douyin", "x"), None);
        assert_eq!(namespaces.children(10).collect::<Vec<_>>(), [11]);
    }
}
